"""A chip that nobody has listed answers like the one it copies, or is unknown: never more freely."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.evidence.data_tree import DATA
from countermove.hardware import catalogue as hardware
from countermove.policy import items
from countermove.policy.checks import CheckResult, check
from countermove.policy.classification import catalogue_items
from countermove.policy.items import Item, catalogue_item, with_facts

DAYS = tuple(csv.reader(Path(__file__).with_name("outcomes.csv").open(encoding="utf-8")).__next__()[2:])
WIDE = ("2026-01-14", "2026-05-20", "2026-08-20", "2026-10-09")
INVENTED = "invented-1"
DEALS = (
    {},
    {"to": "hk"},
    {"to": "mo"},
    {"to": "sg", "parent": "cn"},
    {"end_user": "state-owned-enterprise"},
    {"end_user": "university", "end_use": "research"},
)

#: Named by a report or sold under its own name: a copy of such a chip is not the chip, so what is certain about it is open.
NAMED = ("h200-sxm", "h200-nvl", "h20", "mi308x", "rtx-pro-6000d", "l20")


def levels(result: CheckResult) -> tuple[tuple[int, int], tuple[int, int]]:
    return tuple(result.us.level), tuple(result.cn.level)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data tree with a copy of the MI355X, of the server that holds an MI325X, and of a chip of a vendor in no list."""
    for folder in ("chips", "systems"):
        shutil.copytree(DATA / folder, tmp_path / folder)
    amd = (tmp_path / "chips/amd.yaml").read_text(encoding="utf-8")
    entry = amd[amd.index("  mi355x:") :]
    assert "aliases: []" in entry
    name = entry.splitlines()[1].partition(": ")[2]
    copy = entry.replace("  mi355x:", f"  {INVENTED}:").replace(f"name: {name}", "name: Invented accelerator")
    nobody = (
        copy.replace(INVENTED, "invented-2")
        .replace("Invented acc", "Second invented acc")
        .replace("vendor: amd", "vendor: nobody")
    )
    (tmp_path / "chips/amd.yaml").write_text(amd + copy + nobody, encoding="utf-8")
    systems = (tmp_path / "systems/systems.yaml").read_text(encoding="utf-8")
    start = systems.index("  oam-mi325x:")
    server = systems[start:].partition("\n  ")[2].partition("\n  a")[0]
    text = "  invented-server:\n" + "\n".join(
        "    name: Invented server" if line.strip().startswith("name:") else line.replace("chip: mi325x", f"chip: {INVENTED}")
        for line in ("  " + server).splitlines()
    )
    (tmp_path / "systems/systems.yaml").write_text(systems.rstrip("\n") + "\n" + text + "\n", encoding="utf-8")
    found = hardware.read_catalogue(tmp_path)
    monkeypatch.setattr(hardware, "load_catalogue", lambda: found)
    items.catalogue_item.cache_clear()
    yield tmp_path
    items.catalogue_item.cache_clear()


@pytest.mark.parametrize("on", DAYS)
def test_a_copy_of_a_chip_in_the_data_answers_like_the_chip(on: str, copied: Path) -> None:
    for deal in DEALS:
        assert levels(check(INVENTED, on=on, **deal)) == levels(check("mi355x", on=on, **deal)), deal


@pytest.mark.parametrize("on", WIDE)
def test_a_server_of_invented_chips_answers_like_the_chip(on: str, copied: Path) -> None:
    assert check("invented-server", on=on).cn.outcome == check("mi355x", on=on).cn.outcome == "unknown"
    assert check("invented-server", on=on).us.outcome == "denied"


@pytest.mark.parametrize("on", WIDE)
def test_a_vendor_in_no_list_is_of_unknown_origin_and_not_free(on: str, copied: Path) -> None:
    result = check("invented-2", on=on)
    assert result.item.facts["origin"] is None
    assert result.item.exporter is None
    assert any("nobody" in note for note in result.item.notes)
    assert "allowed" not in (result.us.outcome, result.cn.outcome)
    assert result.cn.outcome == "unknown"


@pytest.mark.parametrize("on", DAYS)
def test_given_numbers_answer_like_the_chip_they_are_taken_from(on: str) -> None:
    item = catalogue_item("mi355x")
    numbers = {
        "tpp": item.metric("tpp"),
        "bandwidth_gb_s": item.metric("memory_bandwidth_gb_s"),
        "io_gb_s": item.metric("interconnect_gb_s"),
        "exporter": "amd",
    }
    assert levels(check("custom", on=on, **numbers)) == levels(check("mi355x", on=on))
    assert levels(check("custom", on=on, die_mm2=1800, **numbers)) == levels(check("mi355x", on=on))


@pytest.mark.parametrize("on", WIDE)
@pytest.mark.parametrize("tpp", [None, 500, 2368, 40_000])
def test_given_numbers_of_unknown_origin_are_unknown_to_beijing(tpp: float | None, on: str) -> None:
    facts = {"origin": "unknown"} | ({} if tpp is None else {"tpp": tpp})
    assert check("custom", on=on, facts=facts).cn.outcome == "unknown"


def renamed(item: Item) -> Item:
    return with_facts(item, {"item": INVENTED})


FOREIGN = [item.id for item in catalogue_items() if item.facts["origin"] == "us" and item.facts["kind"] == "chip"]


@pytest.mark.parametrize("name", FOREIGN)
def test_no_foreign_item_is_freer_under_another_name(name: str) -> None:
    """What is open may widen, and a door opened for a named chip stays shut for others; nothing certain becomes freer."""
    item = catalogue_item(name)
    for on in DAYS:
        for deal in DEALS if on in WIDE else DEALS[:1]:
            own, other = check(item, on=on, **deal), check(renamed(item), on=on, **deal)
            for mine, copy in zip(levels(own), levels(other), strict=True):
                assert copy[1] >= mine[1] or copy[0] < copy[1], (on, deal)
                assert copy == mine or item.facts["item"] in NAMED, (on, deal)


@settings(max_examples=200, deadline=None)
@given(
    tpp=st.none() | st.floats(1, 200_000),
    die=st.none() | st.floats(50, 3_000),
    memory=st.none() | st.floats(10, 30_000),
    links=st.none() | st.floats(0, 5_000),
    on=st.dates(dt.date(2026, 1, 14), dt.date(2027, 6, 1)),
)
def test_beijing_lets_in_no_foreign_chip_that_nobody_named(
    tpp: float | None, die: float | None, memory: float | None, links: float | None, on: dt.date
) -> None:
    """Every foreign chip belongs to a class about which something is reported, so one that is not named is never allowed."""
    numbers = {"tpp": tpp, "die_mm2": die, "bandwidth_gb_s": memory, "io_gb_s": links}
    assert check("custom", on=on, facts={"data_centre": True}, **numbers).cn.outcome == "unknown"

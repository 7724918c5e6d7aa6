"""With `known D` nothing printed was published after D: references, sources, notes, conditions, item facts, checklists."""

from __future__ import annotations

import re

import pytest

from countermove.desk.file_checklist import markdown
from countermove.policy.check_claims import bearing_claims
from countermove.policy.checks import check
from countermove.policy.leaks import days, item_ids, leaks, sweep
from countermove.policy.references import published_day, source_of


def test_no_item_on_any_day_cites_the_future() -> None:
    """Every item sees each ninth day and every day some items; the whole sweep is `python -m countermove.policy.leaks`."""
    assert len(item_ids()) >= 70
    assert 390 <= len(days()) <= 450
    assert not list(sweep(9))


@pytest.mark.parametrize(
    "deal",
    [
        {"to": "sg", "end_user": "bytedance"}, {"to": "cn", "end_user": "zhipu"}, {"to": "ae", "end_user": "g42"},
        {"to": "ir"}, {"to": "jp"}, {"to": "us"}, {"to": "my", "end_use": "weapons"}, {"to": "cn", "route": "remote-access"},
    ],
    ids=str,
)  # fmt: skip
def test_other_deals_do_not_either(deal: dict[str, str]) -> None:
    for day in days(40):
        for item in ("h200-sxm", "rtx-4090"):
            assert leaks(check(item, on=day, known=day, **deal)) == []


def test_the_sweep_finds_a_leak_that_is_there() -> None:
    """The finder is no rubber stamp: everything known in 2026, judged by 2023, leaks."""
    import dataclasses
    import datetime as dt

    late = check("h200-sxm", on="2026-08-20")
    assert len(leaks(dataclasses.replace(late, known=dt.date(2023, 1, 1)))) > 10


@pytest.mark.parametrize("day", ["2022-09-15", "2023-06-01", "2024-06-01", "2025-06-01", "2026-01-20"])
def test_the_checklist_and_the_claims_keep_to_the_day(day: str) -> None:
    for item in ("a100-sxm", "h20", "h200-sxm", "b30a"):
        result = check(item, on=day, known=day)
        text = markdown(result)
        for name in re.findall(r"\[([a-z0-9, -]+)\]", text):
            for source in name.split(", "):
                if source_of(source):
                    assert published_day(source) is not None
                    assert str(published_day(source)) <= day, (item, source)
        for claim in bearing_claims(result):
            assert all(str(published_day(source)) <= day for source in claim["sources"]), claim["id"]


def test_numbers_of_a_part_that_was_not_public_are_open() -> None:
    early = check("b30a", on="2023-06-01", known="2023-06-01")
    assert early.item.metric("tpp") is None
    assert any("no source on file" in note for note in early.item.notes)
    assert check("b30a", on="2026-08-20").item.metric("tpp") is not None
    assert check("rtx-5090", on="2023-06-01", known="2023-06-01").item.metric("tpp") is None


def test_the_day_of_january_2026_is_not_printed_in_2022() -> None:
    shown = str(check("h200-sxm", on="2022-06-01", known="2022-06-01").us.conditions)
    assert "US supply" not in shown
    assert "2026" not in shown

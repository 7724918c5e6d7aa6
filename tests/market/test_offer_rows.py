"""A product is one row: added to a copy of the data it is gated, made, wanted and sold; a slip in it is found with its line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import countermove
from countermove.errors import DataError, InputError
from countermove.evidence.data_tree import DATA
from countermove.evidence.ledger import load_parameters
from countermove.evidence.strict_yaml import loads
from countermove.market.offer_parameters import check_offers
from countermove.market.offers import (
    DOMESTIC,
    FOREIGN,
    OFFER_ROUTES,
    OFFER_VENDORS,
    VENDORS,
    in_group,
    of_vendor,
    offer,
    read_offers,
    read_vendors,
    side_by_side,
)

PACKAGE = Path(countermove.__file__).parent
OFFERS, VENDORS_FILE = "data/market/offers.yaml", "data/market/vendors.yaml"

MI355X = """\
    mi355x:
      from: "2025-07"
      price: [foreign.price_amd, foreign.mi325x_over_mi308x]
      price_date: "2025-07"
      line: {rate: foreign.amd_line_rate, months: foreign.line_months, ahead: true}
      cap_base: {yearly: foreign.amd_us_yearly}
      quality: {like: mi308x}
      groups: []
"""
BIREN = """\
    biren-br100:
      price: [prices.price_other]
      quality: {wanted: {year: 2025, units: [demand.latent_other_2025], shared: true}}
      groups: []
"""
BIREN_VENDOR = """\
  biren:
    label: Biren
    research_base: research.base_other
    performance: performance.other_domestic_scale
    memory_scale: supply.other_stacks
    software: [software.software_2024, software.software_other]
    split: supply.split_metax
"""
BIREN_PACKAGE = """\
  biren-br100:
    dies_per_package: {value: 1, basis: assumption, note: "for a test"}
    die_area: {value: 700, basis: assumption, note: "for a test"}
    hbm_stacks: {value: 4, basis: assumption, note: "for a test"}
    tsmc_die_bank: {value: false, basis: assumption, note: "for a test"}
"""

SELL = """
import json, sys
import numpy as np
from countermove.experiments.pipeline import PRIOR, compile_scenario, sampled
from countermove.experiments.scenario import load_scenario
from countermove.market.compile import GATE_PRODUCTS, compile_market
from countermove.market.offers import OFFER_VENDORS, VENDORS, offer, of_vendor
from countermove.market.simulate import simulate
from countermove.outcomes import measure

name, route = sys.argv[1:]
made = compile_scenario(load_scenario("all-open+open"), beliefs=PRIOR)
inputs = compile_market(sampled(made, seed=2026, draws=64), made.gates, made.levers)
run = simulate(inputs, keep=lambda _: True)
units = run.monthly["units"]
outcomes = measure(run)
print(json.dumps({
    "gated": name in GATE_PRODUCTS,
    "sold": float(np.median(units[:, offer(name, route)].sum(axis=0))),
    "price": float(np.median(inputs.constants["list_price"][offer(name, route)])),
    "amd": [float(np.median(outcomes["amd_china_units"][y])) for y in ("2027", "2028")],
    "nvidia": float(np.median(outcomes["nvidia_china_cards"]["2028"])),
    "cards": float(np.median(outcomes["china_cards"]["2028"])),
    "vendor": OFFER_VENDORS[offer(name, route)],
    "nvidia_revenue": float(np.median(outcomes["nvidia_china_ai_revenue_usd_bn"]["2028"])),
    "vendors": list(VENDORS),
    "split": float(inputs.constants["wafer_split"].sum(axis=0).max()),
}))
"""


def sold_in_a_copy(folder: Path, added: Mapping[str, tuple[str, str]], name: str, route: str) -> dict[str, object]:
    """Copy the package, add texts to its data (file -> mark, text before it; at the end where the mark is empty), and run it."""
    copy = copied(folder)
    for file, (mark, text) in added.items():
        path = copy / file
        whole = path.read_text(encoding="utf-8")
        assert mark in whole
        path.write_text(whole.replace(mark, text + mark, 1) if mark else whole + text, encoding="utf-8")
    return sold(folder, name, route)


def copied(folder: Path) -> Path:
    """Copy the package into a folder."""
    copy = folder / "countermove"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "static"))
    return copy


def sold(folder: Path, name: str, route: str) -> dict[str, object]:
    """Run the package of a folder, and say what became of one offer."""
    command = [sys.executable, "-c", SELL, name, route]
    done = subprocess.run(command, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_foreign_chip_that_is_given_a_row_is_gated_priced_and_sold(tmp_path: Path) -> None:
    found = sold_in_a_copy(tmp_path, {OFFERS: ("  grey:\n", MI355X)}, "mi355x", "direct")
    assert found["gated"]
    assert found["vendor"] == "amd"
    assert float(str(found["sold"])) > 1.0
    assert 13.0 < float(str(found["price"])) < 19.6


def test_a_vendor_and_its_chip_that_are_given_rows_are_made_and_sold(tmp_path: Path) -> None:
    added = {OFFERS: ("", BIREN), VENDORS_FILE: ("", BIREN_VENDOR), "data/chips/supply_inputs.yaml": ("", BIREN_PACKAGE)}
    found = sold_in_a_copy(tmp_path, added, "biren-br100", "domestic")
    assert found["vendors"] == [*VENDORS, "biren"]
    assert found["vendor"] == "biren"
    assert float(str(found["split"])) == pytest.approx(1.0)
    assert float(str(found["sold"])) > 1.0


def test_offers_are_chosen_by_route_vendor_and_group_and_not_by_their_place() -> None:
    assert OFFER_ROUTES[FOREIGN] == ("direct",) * (FOREIGN.stop - FOREIGN.start)
    assert offer("h200-sxm") != offer("h200-sxm", "offshore")
    assert set(OFFER_VENDORS[of_vendor("huawei")]) == {"huawei"}  # type: ignore[index]
    assert of_vendor("nvidia", "direct") == slice(0, 10)
    assert in_group("low-end") == side_by_side((offer("l20"), offer("rtx-pro-6000d")))
    assert isinstance(in_group("high-end"), np.ndarray)
    with pytest.raises(InputError, match="did you mean 'h200-sxm'"):
        offer("h200-sxn")
    with pytest.raises(InputError, match="no offer fits"):
        of_vendor("huawey")
    assert DOMESTIC.stop == len(OFFER_ROUTES)


def test_the_order_of_rows_means_nothing(tmp_path: Path) -> None:
    """The H200's row at the end of its route, behind AMD's: NVIDIA's offers no longer lie side by side."""
    text = (DATA / "market" / "offers.yaml").read_text(encoding="utf-8")
    first = text.index("    h200-sxm:\n")
    row = text[first : text.index("    b30a:\n")]
    there = sold_in_a_copy(tmp_path / "there", {}, "h200-sxm", "direct")
    folder = tmp_path / "moved"
    copied(folder)
    moved = text.replace(row, "", 1).replace("  grey:\n", row + "  grey:\n", 1)
    (folder / "countermove" / OFFERS).write_text(moved, encoding="utf-8")
    here = sold(folder, "h200-sxm", "direct")
    assert here.keys() == there.keys()
    for name, value in here.items():
        exact = isinstance(value, str | bool) or name == "vendors"
        assert value == (there[name] if exact else pytest.approx(there[name], rel=1e-9)), name


SLIPS = [
    ("      price: [foreign.price_h20]\n", "", "h20", ["the key 'price' is missing"]),
    (
        "      cap_base: {yearly: foreign.h200_us_yearly, earlier: foreign.h200_us_cumulative}\n",
        "",
        "h200-sxm",
        ["'cap_base'", "direct"],
    ),
    ("quality: {like: mi308x}", "quality: {like: mi308}", "mi325x", ["no other offer 'mi308'", "'mi308x'"]),
    (
        'quality: {like: h200-sxm}\n      groups: []\n      note: "hypo',
        'quality: {}\n      groups: []\n      note: "hypo',
        "b30a",
        ["one of"],
    ),
    ("groups: [low-end]", "groups: [low-ends]", "l20", ["unknown group 'low-ends'", "'low-end'"]),
    ("    rtx-pro-6000d:", "    rtx-pro-6000:", "rtx-pro-6000", ["no chip is called", "'rtx-pro-6000d'"]),
    (
        "      class: rubin\n      quality: {like: b200-sxm}",
        "      class: hopper\n      quality: {like: b200-sxm}",
        "grey",
        ["one row for each of"],
    ),
    ("successor: ascend-910c", "successor: cambricon-590", "ascend-910b", ["another vendor's"]),
    ('until: "2028-01"', 'until: "2028-13"', "h20", ["2028-13"]),
    ('until: "2028-01"', 'until: "2023-12"', "h20", ["before it comes"]),
    ("price: [foreign.price_h20]", "price: foreign.price_h20", "h20", ["a list of parameters, such as"]),
    ("ahead: false", "ahead: 'yes'", "h200-sxm", ["boolean"]),
    ("    mi325x:\n", "    ascend-910c:\n", "ascend-910c", ["is a Chinese vendor", "under 'domestic'"]),
    ("year: 2022, units: [demand.latent_a100_2022]", "year: 2022", "a100-sxm", ["'units'", "'market'"]),
    ("  grey:\n", "  gray:\n", "gray", ["unknown route 'gray'", "'grey'"]),
    ("    ascend-910b:\n", "    biren-br100:\n", "biren-br100", ["no vendor of vendors.yaml"]),
]


NAMED = [
    ("price: [foreign.price_h20]", "price: [foreign.line_months]", ["line_months (month) is not in thousand usd/package"]),
    (
        "price: [foreign.price_h20]",
        "price: [foreign.price_h21]",
        ["no parameter is called 'foreign.price_h21'", "'foreign.price_h20'"],
    ),
    ("rate: foreign.h20_line_rate", "rate: foreign.line_months", ["is not in thousand package/month"]),
    ("[demand.latent_h20_2024]", "[demand.latent_h20_2024, demand.latent_h20_2024]", ["is not in thousand package/year"]),
]


@pytest.mark.parametrize(("old", "new", "fragments"), NAMED)
def test_a_parameter_that_does_not_exist_or_counts_something_else_is_told_with_its_line(
    old: str, new: str, fragments: list[str]
) -> None:
    text = (DATA / "market" / "offers.yaml").read_text(encoding="utf-8")
    assert old in text
    document = loads(text.replace(old, new, 1), "data/market/offers.yaml")
    rows = read_offers(document, VENDORS)["direct"]
    with pytest.raises(DataError) as caught:
        check_offers(document, rows, load_parameters())
    assert "data/market/offers.yaml:" in str(caught.value)
    assert "offers.direct.h20" in str(caught.value)
    assert all(fragment in str(caught.value) for fragment in fragments), str(caught.value)


@pytest.mark.parametrize(("old", "new", "place", "fragments"), SLIPS)
def test_a_slip_in_a_row_is_a_data_error_with_file_and_line(old: str, new: str, place: str, fragments: list[str]) -> None:
    text = (DATA / "market" / "offers.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(DataError) as caught:
        read_offers(loads(text.replace(old, new, 1), "data/market/offers.yaml"), VENDORS)
    said = str(caught.value)
    assert "data/market/offers.yaml:" in said
    assert place in said
    assert all(fragment in said for fragment in fragments), said


def test_a_vendor_without_a_part_of_the_shared_figures_needs_its_own() -> None:
    text = (DATA / "market" / "vendors.yaml").read_text(encoding="utf-8")
    with pytest.raises(DataError, match=r"vendors\.yaml:\d+ \(vendors\.hygon\).*'plan_share' is missing"):
        read_vendors(loads(text.replace("    split: supply.split_hygon\n", "", 1), "data/market/vendors.yaml"))

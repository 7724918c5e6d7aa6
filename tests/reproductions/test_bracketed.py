"""Published results with partly known inputs: our range contains or touches theirs, and what misses is known and explained."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.reproductions.carry_out import PASSES, Carried, carry_out
from countermove.reproductions.catalogue import load_reproductions

DRAWS = 256

#: Rows that miss, as last looked at: a row that leaves or joins this list has to be looked at again, with its reason.
MISSES = {
    "cfr-deficit": {"share-2026"},
    "ifp-hopper": set(),
    "ifp-b30a": {"ratio-b30a", "ratio-no-exports"},
    "semianalysis-hbm": {"free-2025"},
    "grunewald-2026": {"smuggled"},
    "bernstein-2028-crossing": {"supply"},
}

#: Rows whose published figure lies within the sampling error of an end of our range: either verdict may come out.
EDGE = {
    "ifp-b30a": {"ratio-all-money"},
    "semianalysis-hbm": {"uplift-2025"},
    "bernstein-2028-crossing": {"crossing"},
}


@pytest.fixture(scope="module")
def carried() -> dict[str, Carried]:
    market = [entry for entry in load_reproductions().values() if entry.tier != "exact"]
    return {one.entry.id: one for one in carry_out(market, draws=DRAWS, beside=False)}


def test_every_bracketed_result_is_in_the_list() -> None:
    assert {name for name, entry in load_reproductions().items() if entry.tier == "bracketed"} == set(MISSES)


@pytest.mark.parametrize("name", MISSES)
def test_a_bracketed_result_contains_or_touches_the_published_figures_except_where_known(
    name: str, carried: dict[str, Carried]
) -> None:
    sure = [row for row in carried[name].rows if row.id not in EDGE.get(name, set())]
    rows = {row.id: row for row in sure if row.verdict != "beside"}
    missed = {key for key, row in rows.items() if row.verdict not in PASSES}
    shown = {key: (row.published, row.ours) for key, row in rows.items() if key in missed ^ MISSES[name]}
    assert missed == MISSES[name], shown


@pytest.mark.parametrize(("name", "row"), [(name, row) for name, rows in EDGE.items() for row in sorted(rows)])
def test_a_row_on_the_edge_is_within_sampling_error_of_it(name: str, row: str, carried: dict[str, Carried]) -> None:
    (found,) = [one for one in carried[name].rows if one.id == row]
    assert found.published is not None
    wanted = next(end for end in (found.published.value, found.published.high) if end is not None)
    assert min(abs(end / wanted - 1) for end in (found.ours.low, found.ours.high)) < 0.1


@pytest.mark.parametrize("name", MISSES)
def test_a_miss_has_its_reason(name: str, carried: dict[str, Carried]) -> None:
    assert all(row.row.why for row in carried[name].rows if row.verdict == "misses")


def test_what_only_stands_beside_is_not_tested(carried: dict[str, Carried]) -> None:
    beside = [one for one in carried.values() if one.entry.tier == "claim-only"]
    assert beside
    assert all(one.passed is None and one.verdict == "not tested" for one in beside)


def test_no_regional_ratio_is_shipped(carried: dict[str, Carried]) -> None:
    assert all(row.published is None for row in carried["regional-ratio-by-unit"].rows)


def test_two_million_h200_lower_the_ratio_and_a_ban_on_exports_raises_it(carried: dict[str, Carried]) -> None:
    rows = {row.id: row.ours for row in carried["ifp-hopper"].rows}
    assert rows["ratio-two-million"].high < rows["ratio-no-exports"].low
    assert rows["ratio-no-exports"].value < rows["ratio-domestic-only"].value


def test_memory_without_limit_never_means_fewer_packages(carried: dict[str, Carried]) -> None:
    rows = {row.id: row.ours for row in carried["semianalysis-hbm"].rows}
    assert rows["uplift-2025"].low > 1.0
    assert np.isfinite([rows["free-2025"].high, rows["bound-2025"].low]).all()

"""Which published rows are compared, and with what error."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from countermove.errors import DataError
from countermove.outcomes.published import Published, published_values
from countermove.outcomes.published_errors import COUNTED_ELSEWHERE, FLOOR, LEAST_ERROR, targets

ROW = Published("idc-cards-all", "china_cards", "2025", 4000.0, 3400.0, 4600.0, False, dt.date(2026, 4, 1))


def test_rows_that_repeat_others_are_left_out() -> None:
    kept = {row.series for row in targets().rows}
    assert kept.isdisjoint(COUNTED_ELSEWHERE)
    assert "epoch-legal-units-h20" in kept


def test_a_series_of_noughts_says_nothing() -> None:
    assert "h200-china-revenue-nvidia" not in {row.series for row in targets().rows}
    with pytest.raises(DataError, match="no published value is left"):
        targets([replace(ROW, value=0.0, low=0.0, high=0.0)])


def test_an_error_is_the_width_of_the_90_percent_range() -> None:
    stated = replace(ROW, stated=True, low=2000.0, high=8000.0)
    found = targets([stated])
    assert found.error[0] == pytest.approx(np.log(4.0) / 3.29 / (1.0 + FLOOR), abs=2e-3)


def test_no_count_is_better_than_three_percent() -> None:
    assert targets([replace(ROW, low=3999.0, high=4001.0)]).error[0] > 0.9 * LEAST_ERROR


def test_one_open_end_counts_like_the_closed_one() -> None:
    below = targets([replace(ROW, low=float("-inf"), high=8000.0)])
    above = targets([replace(ROW, low=2000.0, high=float("inf"))])
    assert below.error[0] == pytest.approx(above.error[0], rel=0.5)
    assert below.error[0] > LEAST_ERROR


def test_sources_of_one_fact_form_one_group_and_long_series_a_block() -> None:
    found = targets()
    facts = {(found.rows[fact[0]].outcome, found.rows[fact[0]].period): len(fact) for fact in found.facts}
    assert facts["huawei_ascend_packages", "2025"] >= 5
    blocks = {found.rows[numbers[0]].series: rho for numbers, rho in found.blocks}
    assert blocks["smuggled-h100e-cumulative-epoch"] == 0.9
    assert blocks["epoch-legal-units-h20"] == 0.5
    assert blocks["cambricon-revenue-quarterly"] == 0.0


def test_every_row_is_in_exactly_one_block_or_fact() -> None:
    found = targets()
    places = [number for numbers, _ in found.blocks for number in numbers] + [n for fact in found.facts for n in fact]
    assert sorted(places) == list(range(len(found.rows)))


def test_cards_packages_and_money_stay_with_their_outcomes() -> None:
    from countermove.outcomes import OUTCOMES

    for row in targets().rows:
        if row.series.startswith("idc-cards"):
            assert row.outcome.endswith(("_units", "_cards"))
        if "revenue" in row.series:
            assert OUTCOMES[row.outcome].unit.endswith("_bn")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_value_that_is_none_is_refused_with_its_row(value: float) -> None:
    with pytest.raises(DataError, match="idc-cards-all holds"):
        targets([replace(ROW, value=value)])


def test_every_published_row_says_when_it_became_known_or_is_flagged() -> None:
    rows = published_values()
    assert all(row.known >= dt.date(2022, 1, 1) for row in rows)
    assert sum(not row.dated for row in rows) == 0

"""What counts as known at an origin, as asked there, and as neither."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from made_up_worlds import row, walks

from countermove.errors import InputError
from countermove.inference.rolling.origins import origin, rows_hash


def test_rows_part_into_known_targets_and_nowcasts() -> None:
    found = origin("2024-12", walks(1, series=1), "stated")
    assert [one.period for one in found.known][-1] == "2024Q3"
    assert [one.period for one in found.nowcasts] == ["2024Q4"]
    assert [one.period for one in found.targets] == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    assert found.gated == {("walk-0", 6)}


def test_a_series_of_three_known_values_is_not_gated() -> None:
    rows = [row("short", period, 1.0) for period in ("2024Q1", "2024Q2", "2024Q3", "2025Q1")]
    assert origin("2024-12", rows).gated == frozenset()


def test_a_late_page_dates_a_filing_by_the_stand_in_and_a_recast_by_its_own_date() -> None:
    late = dt.date(2025, 4, 30)
    filed = row("filed", "2024Q1", 1.0, known=late, filing=True)
    recast = row("recast", "2024Q1", 1.0, known=late, filing=True, recast=True)
    press = row("press", "2024Q1", 1.0, known=late)
    early = row("early", "2023Q1", 1.0)
    known = {dating: origin("2024-12", [filed, recast, press, early], dating) for dating in ("stated", "stand-in")}  # type: ignore[arg-type]
    assert {one.series for one in known["stated"].known} == {"early"}
    assert {one.series for one in known["stand-in"].known} == {"early", "filed"}
    assert known["stand-in"].stand_ins == 1


def test_a_row_that_nobody_dates_is_neither_known_nor_asked_unless_it_was_filed() -> None:
    undated = row("press", "2024Q1", 1.0, dated=False)
    filed = row("filed", "2024Q1", 1.0, dated=False, filing=True)
    early = row("early", "2023Q1", 1.0)
    assert {one.series for one in origin("2024-12", [undated, filed, early]).known} == {"early", "filed"}
    assert {one.series for one in origin("2024-12", [undated, filed, early], "stated").known} == {"early"}


def test_a_year_is_not_gated_by_known_quarters() -> None:
    rows = [*walks(1, series=1), row("walk-0", "2025", 9.0), row("walk-0", "2024", 9.0)]
    assert origin("2024-12", rows, "stated").gated == {("walk-0", 6)}


def test_a_forecaster_is_shown_no_value_of_what_it_is_asked() -> None:
    shown = origin("2024-12", walks(1)).blinded()
    assert all(math.isnan(one.value) and math.isnan(one.low) and math.isnan(one.high) for one in shown.asked)
    assert all(one.known == dt.date.max for one in shown.asked)
    assert [one.period for one in shown.known] == [one.period for one in origin("2024-12", walks(1)).known]


@pytest.mark.parametrize("standing", ["forecast", "plan"])
def test_forecasts_and_plans_of_others_are_never_facts(standing: str) -> None:
    expected = row("expected", "2024Q1", 1.0, standing=standing)
    found = origin("2024-12", [expected, row("early", "2023Q1", 1.0)])
    assert {one.series for one in (*found.known, *found.asked)} == {"early"}


def test_an_origin_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no origin named '2024-11'"):
        origin("2024-11", walks(1))


def test_the_hash_of_frozen_rows_moves_with_any_of_them_and_not_with_their_order() -> None:
    rows = walks(1)
    assert rows_hash(rows) == rows_hash(tuple(reversed(rows)))
    assert rows_hash(rows) != rows_hash(rows[1:])
    assert rows_hash(rows) != rows_hash((row("walk-0", "2022Q1", 9.0), *rows[1:]))

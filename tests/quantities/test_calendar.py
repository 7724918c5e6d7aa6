"""The clock: months, dates, periods and day weights."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import InputError
from countermove.quantities import calendar

days_on_the_clock = st.dates(dt.date(2022, 1, 1), dt.date(2032, 12, 31))
any_day = st.dates(dt.date(2015, 1, 1), dt.date(2040, 12, 31))


def test_february_2026_is_month_49() -> None:
    assert calendar.month_index("2026-02") == 49
    assert calendar.month_name(49) == "2026-02"


def test_the_clock_runs_from_january_2022_to_december_2032() -> None:
    assert calendar.MONTHS == 132
    assert calendar.month_index(calendar.START) == 0
    assert calendar.month_index(calendar.END) == 131


@given(st.integers(0, calendar.MONTHS - 1))
def test_every_month_survives_a_round_trip_through_its_name(index: int) -> None:
    assert calendar.month_index(calendar.month_name(index)) == index


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026", "2026-2", "2026-02-01", "Feb 2026", "", "２０２６-02", "2026-02\n"]
)
def test_what_is_not_a_month_is_refused_with_the_right_notation(text: str) -> None:
    with pytest.raises(InputError, match="write it as 2026-02"):
        calendar.month_index(text, where="scenario.yaml:3")


@pytest.mark.parametrize("text", ["2021-12", "2033-01"])
def test_a_month_outside_the_clock_is_refused_with_its_limits(text: str) -> None:
    with pytest.raises(InputError, match="2022-01 to 2032-12"):
        calendar.month_index(text)


@pytest.mark.parametrize("index", [-1, 132])
def test_a_month_number_outside_the_clock_is_refused(index: int) -> None:
    with pytest.raises(InputError, match="outside the model's clock"):
        calendar.month_name(index)


def test_a_date_may_be_a_day_a_month_or_a_year() -> None:
    assert calendar.parse_date("2026-01-15") == dt.date(2026, 1, 15)
    assert calendar.parse_date("2026-02") == dt.date(2026, 2, 1)
    assert calendar.parse_date("2026") == dt.date(2026, 1, 1)
    assert calendar.last_day("2026-01-15") == dt.date(2026, 1, 15)
    assert calendar.last_day("2024-02") == dt.date(2024, 2, 29)
    assert calendar.last_day("2026") == dt.date(2026, 12, 31)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13", "0000", "15.01.2026", "2026-1-5", "soon", "2026-00-01"])
def test_an_impossible_date_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"scenario\.yaml:7.*is not a date"):
        calendar.parse_date(text, where="scenario.yaml:7")


@given(any_day, any_day)
def test_day_weights_sum_to_the_days_of_the_interval_on_the_clock(start: dt.date, end: dt.date) -> None:
    weights = calendar.month_fraction(start, end) * calendar.days_in_months()
    low, high = max(start, dt.date(2022, 1, 1)), min(end, dt.date(2033, 1, 1))
    assert round(float(weights.sum()), 6) == max((high - low).days, 0)


@given(any_day)
def test_before_and_after_a_day_cover_everything_once(day: dt.date) -> None:
    both = calendar.month_fraction(None, day) + calendar.month_fraction(day, None)
    assert np.allclose(both, 1.0, rtol=0, atol=1e-12)


@given(days_on_the_clock)
def test_shares_of_a_month_lie_between_zero_and_one(day: dt.date) -> None:
    fraction = calendar.month_fraction(day, None)
    assert fraction.shape == (calendar.MONTHS,)
    assert fraction.min() >= 0
    assert fraction.max() <= 1


def test_a_rule_in_force_from_the_15th_weighs_17_of_januarys_31_days() -> None:
    fraction = calendar.month_fraction(calendar.parse_date("2026-01-15"), None)
    assert fraction[calendar.month_index("2025-12")] == 0.0
    assert fraction[calendar.month_index("2026-01")] == pytest.approx(17 / 31)
    assert fraction[calendar.month_index("2026-02")] == 1.0


def test_the_open_interval_is_exactly_one_and_an_inverted_one_exactly_zero() -> None:
    assert (calendar.month_fraction(None, None) == 1.0).all()
    assert (calendar.month_fraction(dt.date(2026, 5, 1), dt.date(2026, 4, 1)) == 0.0).all()


def test_periods_are_years_quarters_halves_and_months() -> None:
    assert calendar.period_months("2026") == (48, 60)
    assert calendar.period_months("2026Q1") == (48, 51)
    assert calendar.period_months("2025H2") == (42, 48)
    assert calendar.period_months("2026-02") == (49, 50)


@pytest.mark.parametrize("text", ["2026Q5", "2026H3", "26", "2026-13", "FY26Q1", "2021", "2033Q1"])
def test_another_period_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="series.csv:4"):
        calendar.period_months(text, where="series.csv:4")


def test_quarters_tile_the_years_without_gap() -> None:
    edges = [calendar.period_months(quarter) for quarter in calendar.quarters()]
    assert [first for first, _ in edges] == list(range(0, calendar.MONTHS, 3))
    assert len(calendar.years()) == 11
    assert len(edges) == 44


def _nvidia_quarter_days(fiscal_year: int, quarter: int) -> list[dt.date]:
    """Days of an NVIDIA fiscal quarter: the year ends on the last Sunday of January and its quarters have 13 weeks."""
    end = dt.date(fiscal_year - 1, 1, 31)
    end -= dt.timedelta(days=(end.weekday() + 1) % 7)
    start = end + dt.timedelta(days=1 + 91 * (quarter - 1))
    return [start + dt.timedelta(days=day) for day in range(91)]


@pytest.mark.parametrize("fiscal_year", [2023, 2024, 2026, 2027, 2029])
@pytest.mark.parametrize("quarter", [1, 2, 3, 4])
def test_a_fiscal_quarter_is_the_calendar_quarter_holding_most_of_its_days(fiscal_year: int, quarter: int) -> None:
    first, last = calendar.fiscal_quarter_months(f"FY{fiscal_year % 100}Q{quarter}")
    inside = [first <= (day.year - 2022) * 12 + day.month - 1 < last for day in _nvidia_quarter_days(fiscal_year, quarter)]
    assert sum(inside) > 91 / 2


def test_the_quarter_ending_on_26_july_2026_is_the_second_of_2026() -> None:
    assert _nvidia_quarter_days(2027, 2)[-1] == dt.date(2026, 7, 26)
    assert calendar.fiscal_quarter_months("FY27Q2") == calendar.period_months("2026Q2")
    assert calendar.fiscal_quarter_months("FY2027Q2") == calendar.period_months("2026Q2")


@pytest.mark.parametrize("name", ["Q3FY26", "FY26", "FY26Q5", "FY22Q4"])
def test_another_fiscal_quarter_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        calendar.fiscal_quarter_months(name)

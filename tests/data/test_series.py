"""The published series: their tables parse, are in order, keep to one definition and rest on what they name."""

from __future__ import annotations

import csv
import itertools

import pytest

from countermove.evidence.data_tree import DATA
from countermove.evidence.ledger import load_ledger
from countermove.evidence.schema import Series
from countermove.outcomes import OUTCOMES
from countermove.quantities import calendar
from countermove.quantities.units import Unit, convert

SERIES = load_ledger().series
#: One year in each notation, for the sums below.
QUARTERS = ("Q1", "Q2", "Q3", "Q4")

each_series = pytest.mark.parametrize("series", SERIES.values(), ids=SERIES.keys())


def _values(name: str) -> dict[str, float]:
    return {row.period: row.value for row in SERIES[name].rows if row.value is not None}


def test_every_table_has_an_entry_in_the_index() -> None:
    assert {path.stem for path in (DATA / "series").glob("*.csv")} == set(SERIES)


@each_series
def test_a_table_begins_with_period_value_low_high(series: Series) -> None:
    with (DATA / "series" / f"{series.id}.csv").open(encoding="utf-8", newline="") as stream:
        assert next(csv.reader(stream))[:4] == ["period", "value", "low", "high"]


@each_series
def test_periods_are_on_the_clock_in_order_and_do_not_overlap(series: Series) -> None:
    spans = [calendar.period_months(row.period) for row in series.rows]
    assert spans == sorted(spans)
    assert len({last - first for first, last in spans}) == 1, "years, half-years and quarters are series of their own"
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


@each_series
def test_values_lie_between_their_bounds_and_are_not_negative(series: Series) -> None:
    for row in series.rows:
        numbers = [number for number in (row.low, row.value, row.high) if number is not None]
        assert numbers == sorted(numbers)
        assert numbers[0] >= 0
        assert series.unit != "1" or numbers[-1] <= 1


@each_series
def test_a_row_says_what_its_claim_says(series: Series) -> None:
    claims = load_ledger().claims
    for row in series.rows:
        if row.claim is None or row.claim == "cards-domestic-2023h1-idc":  # the claim counts cards, the row a share
            continue
        claim = claims[row.claim]
        for stated, kept in ((claim.value, row.value), (claim.low, row.low), (claim.high, row.high)):
            if stated is None:
                assert kept is None
                continue
            assert claim.unit is not None
            target = "thousand package" if claim.unit == "thousand card" and series.unit == "thousand package" else claim.unit
            assert convert(stated, target, series.unit) == pytest.approx(kept, rel=1e-5)


@each_series
def test_an_outcome_exists_and_is_measured_alike(series: Series) -> None:
    if series.outcome is not None:
        assert series.outcome in OUTCOMES
        assert Unit.parse(series.unit).compatible(Unit.parse(OUTCOMES[series.outcome].unit))
        assert series.kind == OUTCOMES[series.outcome].kind


@each_series
def test_a_date_of_knowledge_is_not_before_the_period_of_a_measured_value_began(series: Series) -> None:
    for row in series.rows:
        if row.known is not None and row.stands_as not in {"forecast", "plan"}:
            first_month = calendar.period_months(row.period)[0]
            begin = calendar.parse_date(calendar.month_name(first_month))
            assert calendar.last_day(row.known) >= begin


def test_data_under_a_licence_carry_their_attribution() -> None:
    for series in SERIES.values():
        if any(name.startswith("epoch-ai") for name in series.sources):
            assert "epoch.ai" in series.note, series.id
            assert "CC BY 4.0" in series.note, series.id


def test_the_quarters_of_the_h20_add_up_to_the_years() -> None:
    quarters, years = _values("epoch-legal-units-h20"), _values("h20-units-yearly-epoch")
    for year, total in years.items():
        assert sum(quarters[year + quarter] for quarter in QUARTERS) == pytest.approx(total, rel=0.002)


def test_the_quarters_of_huawei_add_up_to_the_years() -> None:
    quarters, years = _values("huawei-ascend-packages-epoch-quarterly"), _values("huawei-ascend-packages-epoch")
    for year, total in years.items():
        assert sum(quarters[year + quarter] for quarter in QUARTERS) == pytest.approx(total, rel=1e-6)


def test_the_quarters_of_cambricon_add_up_to_the_years() -> None:
    quarters, years = _values("cambricon-revenue-quarterly"), _values("cambricon-revenue-yearly")
    for year in ("2024", "2025"):
        assert sum(quarters[year + quarter] for quarter in QUARTERS) == pytest.approx(years[year], rel=0.002)


def test_billing_and_headquarters_are_two_series_with_no_common_source_of_a_quarter() -> None:
    billing, headquarters = _values("nvidia-china-revenue-billing"), _values("nvidia-china-revenue-hq")
    for quarter in set(billing) & set(headquarters):
        assert 1.4 < headquarters[quarter] / billing[quarter] < 1.76, "the recast ratio seen so far"


def test_fiscal_quarters_stand_in_the_calendar_quarter_holding_most_of_their_days() -> None:
    for row in SERIES["nvidia-datacenter-revenue"].rows:
        fiscal = row.note.partition(",")[0]
        assert calendar.fiscal_quarter_months(fiscal) == calendar.period_months(row.period), fiscal


def test_the_flow_of_world_sales_of_2025_is_the_published_one() -> None:
    flows = _values("nvidia-world-h100e-epoch")
    assert sum(flows["2025" + quarter] for quarter in QUARTERS) == pytest.approx(8_937, rel=0.01)

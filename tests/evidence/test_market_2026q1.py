"""The facts to the first quarter of 2026: each stands in the ledger, in sane units, with a date that can be."""

from __future__ import annotations

import csv
import datetime as dt
import math
from itertools import pairwise
from pathlib import Path

import pytest

from countermove.evidence.entry import resolve
from countermove.evidence.ledger import load_ledger
from countermove.evidence.schema import Series, SeriesRow
from countermove.quantities.calendar import last_day, parse_date, period_end, period_months
from countermove.quantities.units import Unit, convert

#: The collected facts: what each says, and the claim and row of a series that hold it.
FACTS = tuple(csv.DictReader((Path(__file__).parent / "market_2026q1.csv").read_text(encoding="utf-8").splitlines()))

#: Published in words that are no date, or a page later than the report: the ledger states the latest it can be.
NO_DATE = {"unknown", "2025-2026", "2025", "2026"}

#: Stated by an older claim on a better page.
GRADED_BEFORE = {"cxmt-hbm-wafers-2026-plan"}

#: A reprint may be a day younger than the report.
REPRINT = dt.timedelta(days=1)

#: Most by which neighbouring values of a series may differ; a slip of thousands is far beyond.
JUMP = 300.0


def _name(fact: dict[str, str]) -> str:
    return f"{fact['series']} {fact['period']}"


def _row(path: str) -> tuple[Series, SeriesRow]:
    name, _, period = path.partition("/")
    series = load_ledger().series[name]
    (row,) = [one for one in series.rows if one.period == period]
    return series, row


@pytest.mark.parametrize("fact", FACTS, ids=_name)
def test_each_fact_has_a_claim_with_its_value(fact: dict[str, str]) -> None:
    claim = load_ledger().claims[fact["claim"]]
    assert claim.grade >= fact["grade"] or claim.id in GRADED_BEFORE
    if not fact["value"]:
        return
    assert claim.unit is not None
    stated = [convert(n, claim.unit, fact["unit"]) for n in (claim.low, claim.value, claim.high) if n is not None]
    assert any(math.isclose(float(n), float(fact["value"]), rel_tol=1e-6, abs_tol=1e-12) for n in stated)


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact["row"]], ids=_name)
def test_each_row_of_a_series_holds_the_value_and_says_what_it_is(fact: dict[str, str]) -> None:
    series, row = _row(fact["row"])
    assert row.value is not None
    assert float(convert(row.value, series.unit, fact["unit"])) == pytest.approx(float(fact["value"]), rel=1e-6)
    if fact["kind"] == "actual" and fact["series"] != "h200_delivered_units":
        assert row.stands_as == "actual"
    else:
        assert row.stands_as in {"estimate", "forecast", "plan"}


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact["row"] and fact["published"] not in NO_DATE], ids=_name)
def test_no_row_claims_to_have_been_known_before_the_page_that_was_read_unless_it_was_a_filing(fact: dict[str, str]) -> None:
    series, row = _row(fact["row"])
    assert row.known_day is not None
    if not series.filing:
        assert row.known_day >= parse_date(fact["published"]) - REPRINT


def test_every_fact_but_inputs_has_a_row() -> None:
    without = {_name(fact) for fact in FACTS if fact["kind"] != "input" and not fact["row"]}
    assert without == {"cambricon_revenue 2023 first nine months"}  # no period of the calendar: it stands in the half-year
    assert len(FACTS) == len({_name(fact) for fact in FACTS}) == 70


@pytest.mark.parametrize("series", load_ledger().series.values(), ids=lambda series: series.id)
def test_an_actual_value_was_known_only_when_its_period_was_over(series: Series) -> None:
    early = [
        row.period
        for row in series.rows
        if row.stands_as == "actual" and row.known_day is not None and row.known_day <= period_end(row.period)
    ]
    assert not early


@pytest.mark.parametrize("series", load_ledger().series.values(), ids=lambda series: series.id)
def test_neighbouring_values_do_not_jump_as_a_slip_of_units_would(series: Series) -> None:
    values = [row.value for row in series.rows if row.value]
    assert all(1 / JUMP < after / before < JUMP for before, after in pairwise(values))
    assert all(row.value is None or row.value >= 0.0 for row in series.rows)


@pytest.mark.parametrize("series", load_ledger().series.values(), ids=lambda series: series.id)
def test_rows_agree_with_the_claims_that_they_name(series: Series) -> None:
    for row in series.rows:
        claim = load_ledger().claims.get(row.claim or "")
        numbers = [] if claim is None else [n for n in (claim.low, claim.value, claim.high) if n is not None]
        if claim is None or claim.unit is None or row.value is None:
            continue
        if not Unit.parse(claim.unit).compatible(Unit.parse(series.unit)):
            continue  # cards of a tracker are taken as packages
        found = [float(convert(n, claim.unit, series.unit)) for n in numbers]
        assert any(math.isclose(n, row.value, rel_tol=0.01, abs_tol=1e-12) for n in found), row.period


def test_the_first_h200_deliveries_are_twenty_thousand_in_all() -> None:
    claim = load_ledger().claims["case-h200-first-shipments-2026-08"]
    assert (claim.low, claim.value, claim.high, claim.unit) == (10, 20, 20, "thousand chip")
    assert not claim.competes_with(load_ledger().claims["case-h200-none-delivered-2026-02"])
    assert claim.period.contains(last_day("2026-08-18"))


def test_recast_values_are_known_from_the_report_that_restates_them() -> None:
    series = load_ledger().series["nvidia-china-revenue-hq"]
    assert series.filing
    recast = {row.period: row.known for row in series.rows if row.recast}
    assert recast == {"2024Q3": "2025-11-19", "2025Q1": "2026-08", "2025Q2": "2026-08"}


def test_the_page_of_a_series_says_what_its_rows_are() -> None:
    ledger = load_ledger()
    assert ("2025Q1", "9.659, recast") in resolve(ledger, "series/nvidia-china-revenue-hq").facts
    assert ("2026", "500, plan") in resolve(ledger, "series/cambricon-units-plan").facts
    facts = dict(resolve(ledger, "series/epoch-legal-units-cambricon-590").facts)
    assert facts["frequency of the source"] == "year"
    assert facts["made from"] == "cambricon-revenue-quarterly"


def test_quarters_cut_from_years_name_their_source() -> None:
    found = load_ledger().series
    cut = {name for name, series in found.items() if series.frequency == "year"}
    assert cut == {
        "epoch-legal-units-ascend-910b",
        "epoch-legal-units-ascend-910c",
        "epoch-legal-units-cambricon-590",
        "huawei-ascend-packages-epoch-quarterly",
    }
    assert found["epoch-legal-units-cambricon-590"].derived_from == ("cambricon-revenue-quarterly",)
    for series in found.values():
        lengths = {len(range(*period_months(row.period))) for row in series.rows}
        assert series.kind == "stock" or len(lengths) == 1, series.id  # a flow by one length of period

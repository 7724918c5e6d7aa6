"""Published values: units, dates, and what happens when a series is broken."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from countermove.errors import CountermoveError
from countermove.evidence.ledger import load_ledger
from countermove.outcomes import published as module
from countermove.outcomes.published import REPORTING_DELAY, period_end, published_values


def _with(monkeypatch: Any, name: str, **changes: Any) -> None:
    series = load_ledger().series
    broken = {name: series[name].model_copy(update=changes)}
    monkeypatch.setattr(module, "load_ledger", lambda: SimpleNamespace(series=broken))


def test_a_series_that_contradicts_its_unit_is_refused(monkeypatch: Any) -> None:
    _with(monkeypatch, "idc-cards-all", unit="usd_bn")
    with pytest.raises(CountermoveError, match="usd_bn"):
        published_values()


def test_a_row_without_a_number_is_refused_with_its_series(monkeypatch: Any) -> None:
    row = load_ledger().series["idc-cards-all"].rows[0]
    _with(monkeypatch, "idc-cards-all", rows=(row.model_copy(update={"value": None, "low": None, "high": None}),))
    with pytest.raises(CountermoveError, match="2025 holds no number") as caught:
        published_values()
    assert "idc-cards-all" in str(caught.value)


def test_a_row_without_a_date_is_taken_to_be_known_60_days_later_and_flagged(monkeypatch: Any) -> None:
    row = load_ledger().series["idc-cards-all"].rows[0]
    _with(monkeypatch, "idc-cards-all", rows=(row.model_copy(update={"known": None}),))
    (found,) = published_values()
    assert found.known == dt.date(2025, 12, 31) + REPORTING_DELAY
    assert not found.dated


def test_quarters_of_a_yearly_figure_are_held_against_the_year() -> None:
    periods = {row.period for row in published_values() if row.series == "epoch-legal-units-ascend-910b"}
    assert periods == {"2024", "2025"}


def test_a_year_that_still_runs_is_no_yearly_value() -> None:
    rows = [row for row in published_values(2026, 2026) if row.series == "epoch-legal-units-ascend-910c"]
    assert load_ledger().series["epoch-legal-units-ascend-910c"].rows[-1].period == "2026Q1"
    assert not rows


def test_rows_held_out_of_the_default_fit_come_only_when_asked_for() -> None:
    default, every = published_values(), published_values(held=True)
    held = {(row.series, row.period) for row in every} - {(row.series, row.period) for row in default}
    assert held == {
        ("cambricon-revenue-half-yearly", "2023H1"),
        ("cambricon-revenue-quarterly", "2023Q3"),
        ("cambricon-revenue-quarterly", "2023Q4"),
        ("china-market-value-morgan-stanley", "2023"),
        ("china-market-value-morgan-stanley", "2024"),
        ("china-market-value-morgan-stanley", "2025"),
    }
    assert [row for row in every if row in default] == list(default)
    assert len(default) == 85  # those that the recorded posterior was fitted to


def test_forecasts_plans_and_estimates_of_others_say_so() -> None:
    standing = {(row.series, row.period): row.standing for row in published_values(2023, 2028, held=True)}
    assert standing["cambricon-revenue-quarterly", "2026Q1"] == "actual"
    assert standing["huawei-ascend-packages-cfr", "2025"] == "forecast"  # known in the year's last month
    assert standing["cambricon-units-plan", "2026"] == "plan"
    assert standing["china-market-value-morgan-stanley", "2024"] == "estimate"
    assert standing["huawei-ascend-packages-idc", "2025"] == "actual"


def test_filings_and_recast_rows_are_marked() -> None:
    filings = {row.series for row in published_values(2022, 2026, held=True) if row.filing}
    assert filings == {
        "cambricon-revenue-half-yearly",
        "cambricon-revenue-quarterly",
        "cambricon-revenue-yearly",
        "h200-china-revenue-nvidia",
        "h200-china-units-nvidia",
    }
    assert not any(row.recast for row in published_values(held=True))


@pytest.mark.parametrize(("period", "day"), [("2025Q4", (2025, 12, 31)), ("2024", (2024, 12, 31)), ("2023H1", (2023, 6, 30))])
def test_a_period_ends_on_its_last_day(period: str, day: tuple[int, int, int]) -> None:
    assert period_end(period) == dt.date(*day)

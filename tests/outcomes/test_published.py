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


@pytest.mark.parametrize(("period", "day"), [("2025Q4", (2025, 12, 31)), ("2024", (2024, 12, 31)), ("2023H1", (2023, 6, 30))])
def test_a_period_ends_on_its_last_day(period: str, day: tuple[int, int, int]) -> None:
    assert period_end(period) == dt.date(*day)

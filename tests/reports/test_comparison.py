"""Published values are inside, reached or outside; forecasts are not counted as hits or misses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countermove.reports import comparison
from countermove.reports.model import Band, Published, ReportInput

BAND = Band(10.0, 14.0, 16.0, 18.0, 22.0)


def published(value: float, low: float | None = None, high: float | None = None) -> Published:
    return Published("x", "2025", value, low, high, "IDC", ())


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        (16.0, None, None, "inside 50%"),
        (21.0, None, None, "inside 90%"),
        (30.0, 20.0, 40.0, "ranges meet"),
        (30.0, 25.0, 40.0, "outside"),
        (5.0, None, None, "outside"),
    ],
)
def test_a_published_value_gets_one_of_four_verdicts(value: float, low: float | None, high: float | None, expected: str) -> None:
    assert comparison.verdict(published(value, low, high), BAND) == expected


def test_hits_and_misses_add_up(report: ReportInput) -> None:
    rows = comparison.comparisons(report)
    score = comparison.score(rows)
    assert score.total == len(rows) == len(report.published)
    assert score.expected == pytest.approx(0.9 * score.total)
    assert score.inside > 0
    assert score.outside > 0


def test_a_period_that_is_not_over_is_a_forecast(report: ReportInput) -> None:
    later = replace(report.published[0], period="2028")
    rows = comparison.comparisons(replace(report, published=(*report.published, later)))
    assert rows[-1].forecast
    assert rows[-1].words.startswith("forecast, ")
    assert comparison.score(rows).forecasts == 1
    assert comparison.score(rows).total == len(report.published)


def test_the_year_in_which_the_evidence_ends_is_not_over() -> None:
    assert comparison.ended("2025", "2026-10")
    assert comparison.ended("2026Q3", "2026-10")
    assert not comparison.ended("2026", "2026-10")


def test_a_period_that_was_not_simulated_is_left_out(report: ReportInput) -> None:
    odd = replace(report.published[0], period="2025Q1")
    assert comparison.comparisons(replace(report, published=(odd,))) == ()


def test_history_is_compared_with_the_baseline(report: ReportInput, specimens: dict[int, ReportInput]) -> None:
    assert comparison.reference(report).is_baseline
    assert comparison.reference(specimens[1]) is specimens[1].scenarios[0]

"""Scores and naive predictions."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from countermove.inference.scores import covers, crps, naive
from countermove.outcomes.published import Published


def row(period: str, value: float, series: str = "s") -> Published:
    return Published(series, "china_cards", period, value, value, value, True, dt.date(2026, 1, 1))


def test_the_score_of_one_value_is_its_absolute_error() -> None:
    assert crps(np.array([3.0]), 5.0) == pytest.approx(2.0)


def test_the_score_of_a_normal_sample_is_the_closed_form() -> None:
    # Gneiting and Raftery 2007: at the centre of N(0, s), s (sqrt 2 - 1) / sqrt pi.
    sample = np.random.default_rng(0).normal(size=40_000) * 2.0
    assert crps(sample, 0.0) == pytest.approx(2.0 * (np.sqrt(2.0) - 1.0) / np.sqrt(np.pi), rel=0.02)


def test_a_narrow_sample_at_the_value_scores_better_than_a_wide_one() -> None:
    narrow, wide = np.random.default_rng(1).normal(size=(2, 5000)) * np.array([[1.0], [5.0]])
    assert crps(narrow, 0.0) < crps(wide, 0.0)
    assert covers(wide, 6.0)
    assert not covers(narrow, 6.0)


def test_naive_predictions_continue_the_last_value_and_step() -> None:
    known = [row("2023", 10.0), row("2024", 20.0)]
    found = naive(row("2025", 0.0), known, {("china_cards", "2025"): 33.0})
    assert (found.last, found.consensus) == (20.0, 33.0)
    assert found.trend == pytest.approx(40.0, rel=0.01)


def test_quarters_are_not_continued_from_years() -> None:
    found = naive(row("2025Q1", 0.0), [row("2024", 20.0)], {})
    assert found.best_known() == {}


def test_a_trend_through_nothing_is_a_straight_line_and_never_negative() -> None:
    found = naive(row("2025Q1", 0.0), [row("2024Q3", 4.0), row("2024Q4", 0.0)], {})
    assert found.trend == 0.0

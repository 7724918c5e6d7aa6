"""Streamed quantiles keep their promised error and do not depend on order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.experiments import histograms
from countermove.experiments.histograms import Bins, bins_for
from countermove.experiments.statistics import quantile

numbers = st.floats(-1e12, 1e12, allow_nan=False)


@given(st.lists(numbers, min_size=1, max_size=60), st.floats(0, 1))
def test_a_quantile_is_within_the_stated_error(values: list[float], level: float) -> None:
    bins = bins_for("flow", 1e-3)
    found = histograms.quantile(bins.count(np.array(values)), bins, level)
    ordered = np.sort(values)
    place = (len(ordered) - 1) * level
    around = np.abs(ordered[[int(place), min(int(place) + 1, len(ordered) - 1)]]).max()
    assert abs(found - quantile(ordered, level)) <= 1.0001e-3 * around + 2e-9


@given(st.lists(st.floats(2022, 2033), min_size=1, max_size=60))
def test_a_date_is_within_half_a_bin(values: list[float]) -> None:
    bins = bins_for("date", 1e-3)
    found = histograms.quantile(bins.count(np.array(values)), bins, 0.5)
    assert abs(found - np.median(values)) <= 1 / 192 + 1e-9


@given(st.lists(numbers, min_size=2, max_size=60), st.randoms(use_true_random=False))
def test_merging_in_any_order_gives_the_same_counts(values: list[float], chance: object) -> None:
    bins = Bins("geometric", 1e-3)
    whole = bins.count(np.array(values))
    parts = [bins.count(np.array(part)) for part in np.array_split(np.array(values), min(4, len(values)))]
    chance.shuffle(parts)  # type: ignore[attr-defined]
    merged: histograms.Counts = {}
    for part in parts:
        histograms.merge(merged, part)
    assert merged == whole


def test_the_bound_is_stated_in_words() -> None:
    assert bins_for("flow", 1e-3).bound.startswith("0.10% of the value")
    assert "years" in bins_for("date", 1e-3).bound
    assert bins_for("stock", 1e-3).value(0) == pytest.approx(0.0)

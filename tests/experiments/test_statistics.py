"""Bands and the Monte Carlo error of a median."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.experiments.statistics import median_error, point


def test_the_error_of_a_median_matches_repeated_sampling() -> None:
    generator = np.random.default_rng(1)
    for draws, sampler in ((400, generator.normal), (1000, lambda size: generator.lognormal(0, 1.5, size))):
        samples = [np.sort(sampler(size=draws)) for _ in range(600)]
        true = np.std([np.median(sample) for sample in samples])
        estimated = np.mean([median_error(sample) for sample in samples])
        assert estimated == pytest.approx(true, rel=0.15)


def test_equal_draws_and_single_draws_have_no_error() -> None:
    assert median_error(np.full(100, 3.0)) == 0.0
    assert median_error(np.array([3.0])) == 0.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_quantiles_are_ordered_and_within_the_draws(values: list[float]) -> None:
    draws = np.array(values)
    found = point("2026", draws)
    slack = 1e-9 * max(1.0, np.abs(draws).max())
    ordered = [draws.min(), found.p5, found.p25, found.median, found.p75, found.p95, draws.max()]
    assert all(low <= high + slack for low, high in pairwise(ordered))
    assert found.mcse >= 0


def test_the_order_of_draws_does_not_matter() -> None:
    draws = np.random.default_rng(0).normal(size=501)
    assert point("2026", draws) == point("2026", draws[::-1].copy())

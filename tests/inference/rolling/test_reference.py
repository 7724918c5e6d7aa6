"""The fixed reference against arithmetic by hand and against samples."""

from __future__ import annotations

import math

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.inference.rolling.reference import Mixture, Past, growth, means, past_errors, reference, scale, seasonal
from countermove.inference.scores import crps

STEADY = Past(tuple(range(8)), tuple(0.1 * q for q in range(8)))


def test_the_damped_trend_adds_growth_times_a_falling_sum() -> None:
    last, trend = means(STEADY, 2)
    assert last == pytest.approx(0.7)
    assert trend == pytest.approx(0.7 + 0.1 * (0.7 + 0.49))


def test_the_spread_mixes_a_prior_of_four_values_with_past_errors() -> None:
    errors = past_errors(STEADY, 1)
    # The first value alone gives no growth; afterwards the mixture misses a step of 0.1 by 0.1 (1 - 0.7 / 2).
    assert errors == pytest.approx([0.1] + [0.065] * 6)
    variance = (4 * 0.35**2 + sum(error**2 for error in errors)) / (4 + 7)
    assert reference(STEADY, 1).sd == pytest.approx(math.sqrt(variance))


def test_without_a_past_the_spread_is_the_prior() -> None:
    alone = Past((3,), (1.0,))
    found = reference(alone, 4)
    assert found.means == (1.0, 1.0)
    assert found.sd == pytest.approx(0.7)
    assert scale(alone, 4) == pytest.approx(0.56)


def test_growth_skips_quarters_that_nobody_published() -> None:
    assert growth(Past((0, 3, 7), (0.0, 0.3, 1.1))) == pytest.approx(0.8 / 4)
    assert growth(Past((0, 1, 7), (0.0, 0.5, 1.1))) == pytest.approx(0.6 / 6)


def test_the_scale_has_a_floor() -> None:
    still = Past(tuple(range(60)), (1.0,) * 60)
    assert scale(still, 1) == pytest.approx(0.15)


def test_seasonal_growth_needs_the_same_quarter_a_year_before() -> None:
    assert seasonal(STEADY, 9) == pytest.approx(0.5 + 0.4)
    assert seasonal(Past((7,), (0.7,)), 9) is None


def test_the_closed_form_is_the_score_of_a_large_sample() -> None:
    mixture = Mixture((0.0, 1.0), 0.5)
    random = np.random.default_rng(0)
    sample = random.choice([0.0, 1.0], 200_000) + 0.5 * random.standard_normal(200_000)
    for level in (-1.0, 0.4, 3.0):
        assert mixture.crps(level) == pytest.approx(crps(sample, level), rel=0.02)


def test_a_past_without_order_and_a_target_without_distance_are_refused() -> None:
    with pytest.raises(InputError, match="must increase"):
        Past((2, 1), (0.0, 0.0))
    with pytest.raises(InputError, match="0 quarters ahead"):
        reference(STEADY, 0)

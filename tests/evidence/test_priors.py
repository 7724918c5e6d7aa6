"""Priors: uniforms become values, and the distribution is the one that the file states."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from countermove.evidence.priors import Prior, PriorBase, prior_kinds

ADAPTER: TypeAdapter[Any] = TypeAdapter(Prior)
GRID = (np.arange(20_000) + 0.5) / 20_000

EXAMPLES: list[dict[str, Any]] = [
    {"kind": "fixed", "value": 3.0},
    {"kind": "uniform", "low": -2, "high": 5},
    {"kind": "loguniform", "low": 0.1, "high": 10},
    {"kind": "triangular", "low": 0, "mode": 1, "high": 4},
    {"kind": "triangular", "low": 0, "mode": 0, "high": 4},
    {"kind": "triangular", "low": 0, "mode": 4, "high": 4},
    {"kind": "normal", "p5": -1, "p95": 3},
    {"kind": "lognormal", "p5": 0.5, "p95": 8},
    {
        "kind": "mixture",
        "components": [
            {"weight": 2, "prior": {"kind": "fixed", "value": 1}},
            {"weight": 1, "prior": {"kind": "uniform", "low": 2, "high": 3}},
            {"weight": 1, "prior": {"kind": "lognormal", "p5": 2.5, "p95": 8}},
        ],
    },
]
examples = pytest.mark.parametrize("fields", EXAMPLES, ids=lambda fields: str(fields["kind"]))


def prior(fields: dict[str, Any]) -> PriorBase:
    found = ADAPTER.validate_python(fields)
    assert isinstance(found, PriorBase)
    return found


def test_every_kind_of_the_file_format_has_an_example_here() -> None:
    assert {fields["kind"] for fields in EXAMPLES} == set(prior_kinds())


@examples
def test_values_keep_the_shape_of_the_uniforms_and_stay_in_the_support(fields: dict[str, Any]) -> None:
    values = prior(fields).ppf(GRID.reshape(100, 200))
    low, high = prior(fields).support()
    assert values.shape == (100, 200)
    assert np.isfinite(values).all()
    assert values.min() >= low
    assert values.max() <= high


@examples
def test_the_share_of_draws_below_a_value_is_its_probability(fields: dict[str, Any]) -> None:
    values = np.sort(prior(fields).ppf(GRID))
    for share in (0.05, 0.3, 0.5, 0.8, 0.95):
        point = values[int(share * len(values))]
        below = np.mean(values <= point)
        assert below == pytest.approx(float(prior(fields).cdf(np.array([point]))[0]), abs=2e-3)


@examples
def test_bounds_are_the_5_and_95_percent_points(fields: dict[str, Any]) -> None:
    low, high = prior(fields).bounds()
    values = prior(fields).ppf(GRID)
    width = np.ptp(values) or 1.0
    expected = np.quantile(values, [0.05, 0.95])
    assert low == pytest.approx(expected[0], abs=2e-3 * width)
    assert high == pytest.approx(expected[1], abs=2e-3 * width)


@examples
def test_another_unit_multiplies_every_value(fields: dict[str, Any]) -> None:
    scaled = prior(fields).scaled(1000.0)
    assert np.allclose(scaled.ppf(GRID), 1000.0 * prior(fields).ppf(GRID), rtol=1e-12)
    assert type(scaled) is type(prior(fields))
    with pytest.raises(ValueError, match="positive factor"):
        prior(fields).scaled(-1.0)


def test_normal_and_lognormal_go_through_their_stated_points() -> None:
    assert prior(EXAMPLES[6]).bounds() == pytest.approx((-1.0, 3.0))
    assert prior(EXAMPLES[7]).bounds() == pytest.approx((0.5, 8.0))


@examples
def test_a_prior_survives_a_round_trip_through_its_fields(fields: dict[str, Any]) -> None:
    again = prior(prior(fields).model_dump())
    assert again == prior(fields)


@pytest.mark.parametrize("number", [6, 7, 8])
def test_a_limited_prior_never_leaves_its_limits_and_keeps_its_shape_inside(number: int) -> None:
    whole = prior(EXAMPLES[number])
    cut = whole.limited(0.7, 6.0)
    values = cut.ppf(np.array([2.0**-53, *GRID, 1 - 2.0**-53]))
    assert values.min() >= 0.7
    assert values.max() <= 6.0
    inside = whole.ppf(GRID)
    inside = inside[(inside >= 0.7) & (inside <= 6.0)]
    if number < 8:
        assert np.quantile(values, 0.5) == pytest.approx(np.quantile(inside, 0.5), rel=1e-2)


@given(st.floats(0.01, 10), st.floats(1.1, 50), st.floats(1e-9, 1 - 1e-9))
def test_ppf_and_cdf_are_inverse(low: float, ratio: float, u: float) -> None:
    high = low * ratio
    for fields in (
        {"kind": "uniform", "low": low, "high": high},
        {"kind": "loguniform", "low": low, "high": high},
        {"kind": "triangular", "low": low, "mode": (low + high) / 2, "high": high},
        {"kind": "normal", "p5": low, "p95": high},
        {"kind": "lognormal", "p5": low, "p95": high},
    ):
        found = prior(fields)
        assert float(found.cdf(found.ppf(np.array([u])))[0]) == pytest.approx(u, abs=1e-9)


@examples
def test_more_uniform_never_means_less_value(fields: dict[str, Any]) -> None:
    """Overlapping mixture components aside, whose pieces each rise."""
    if fields["kind"] != "mixture":
        assert (np.diff(prior(fields).ppf(GRID)) >= 0).all()


def test_a_mixture_takes_its_components_in_proportion_to_their_weights() -> None:
    values = prior(EXAMPLES[8]).ppf(GRID)
    assert np.mean(values == 1.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "uniform", "low": 3, "high": 3},
        {"kind": "uniform", "low": 3, "high": 1},
        {"kind": "uniform", "low": True, "high": 3},
        {"kind": "uniform", "low": "1", "high": 3},
        {"kind": "uniform", "low": math.nan, "high": 3},
        {"kind": "loguniform", "low": 0, "high": 1},
        {"kind": "triangular", "low": 0, "mode": 5, "high": 4},
        {"kind": "lognormal", "p5": -1, "p95": 4},
        {"kind": "normal", "p5": 2, "p95": 1},
        {"kind": "fixed", "value": math.inf},
        {"kind": "beta", "a": 1, "b": 2},
        {"kind": "fixed", "value": 1, "extra": 2},
        {"kind": "mixture", "components": [{"weight": 1, "prior": {"kind": "fixed", "value": 1}}]},
        {"kind": "mixture", "components": [{"weight": 1, "prior": {"kind": "fixed", "value": n}} for n in (2, 1)]},
        {"kind": "mixture", "components": [{"weight": n, "prior": {"kind": "fixed", "value": n}} for n in (0, 1)]},
    ],
)
def test_what_is_no_distribution_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        prior(fields)


def test_a_prior_says_itself_in_words() -> None:
    assert prior(EXAMPLES[1]).words() == "uniform (low -2, high 5)"
    assert prior(EXAMPLES[8]).words().startswith("mixture of 50% fixed (value 1); 25% uniform (low 2, high 3)")

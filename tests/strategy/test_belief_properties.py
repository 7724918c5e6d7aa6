"""What is true of any inference from a refusal, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from countermove.strategy.quantal import logistic
from countermove.strategy.refusal.beliefs import Belief, belief, effective_draws, set_priors

Floats = NDArray[np.float64]
MOTIVES = st.lists(st.floats(-3, 3), min_size=1, max_size=30).map(np.array)
PRECISIONS = st.floats(0, 10)
DELTAS = st.floats(0, 3)


def after_refusal(motives: Floats, delta: float, precision: float, prior: float = 0.5) -> Belief:
    """The belief in a capability that adds `delta` to the index of refusing, whatever the other motives are."""
    n = len(motives)
    has = np.r_[np.ones(n, dtype=bool), np.zeros(n, dtype=bool)]
    weights = np.r_[np.full(n, prior / n), np.full(n, (1 - prior) / n)]
    refuses = logistic(precision * np.r_[motives + delta, motives])
    return belief(has, weights, refuses)


@given(motives=MOTIVES, delta=DELTAS, precision=PRECISIONS)
def test_the_bayes_factor_lies_between_one_and_exp_of_lambda_delta(motives: Floats, delta: float, precision: float) -> None:
    factor = after_refusal(motives, delta, precision).bayes_factor
    assert 1 - 1e-9 <= factor <= np.exp(precision * delta) * (1 + 1e-9)


@given(motives=MOTIVES, delta=DELTAS, precision=PRECISIONS, prior=st.floats(0.01, 0.99))
def test_posterior_odds_are_the_bayes_factor_times_prior_odds(
    motives: Floats, delta: float, precision: float, prior: float
) -> None:
    found = after_refusal(motives, delta, precision, prior)
    odds = found.posterior / (1 - found.posterior)
    assert odds == pytest.approx(found.bayes_factor * found.prior / (1 - found.prior), rel=1e-6)


@given(motives=MOTIVES, other=st.floats(0, 10))
def test_nothing_is_learned_at_lambda_zero_or_without_an_effect(motives: Floats, other: float) -> None:
    assert after_refusal(motives, other, 0.0).bayes_factor == pytest.approx(1)
    assert after_refusal(motives, 0.0, other).bayes_factor == pytest.approx(1)


@pytest.mark.parametrize("precision", [0.5, 1.0, 3.0])
def test_the_factor_tends_to_one_as_other_motives_spread(precision: float) -> None:
    base = np.linspace(-1, 1, 4001)
    factors = [after_refusal(base * spread, 1.0, precision).bayes_factor for spread in (10, 100, 1000)]
    assert factors[0] > factors[1] > factors[2]
    assert factors[2] == pytest.approx(1, abs=2e-3)


@given(motives=MOTIVES, delta=DELTAS, precision=st.floats(0.5, 5))
def test_the_factor_is_near_one_when_every_type_refuses(motives: Floats, delta: float, precision: float) -> None:
    assert after_refusal(motives + 40, delta, precision).bayes_factor == pytest.approx(1, abs=1e-6)


@given(motive=st.floats(-3, 0), delta=st.floats(0.05, 3), low=st.floats(0, 5), more=st.floats(0.01, 3))
def test_with_known_motives_it_rises_with_lambda_where_the_incapable_would_accept(
    motive: float, delta: float, low: float, more: float
) -> None:
    known = np.array([motive])
    assert after_refusal(known, delta, low + more).bayes_factor >= after_refusal(known, delta, low).bayes_factor - 1e-9


def test_it_can_fall_with_lambda_where_the_incapable_would_refuse_too() -> None:
    known = np.array([1.0])
    assert after_refusal(known, 1.0, 8.0).bayes_factor < after_refusal(known, 1.0, 1.0).bayes_factor


@given(prior=st.floats(0.05, 0.95), seed=st.integers(0, 1000))
def test_wanted_priors_are_met_and_groups_keep_their_proportions(prior: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    has = {"one": generator.random(60) < 0.4, "two": generator.random(60) < 0.5}
    has["one"][:2], has["two"][1:3] = (True, False), (True, False)
    weights = set_priors(has, {"one": prior})
    assert weights.sum() == pytest.approx(1)
    assert weights[has["one"]].sum() == pytest.approx(prior)
    assert np.ptp(weights[has["one"]]) == pytest.approx(0, abs=1e-12)


def test_equal_weights_have_as_many_effective_draws_as_draws() -> None:
    assert effective_draws(np.ones(50)) == pytest.approx(50)
    assert effective_draws(np.r_[1.0, np.zeros(49)]) == pytest.approx(1)

"""Relations of demand: shares of the nested logit, its inversion, user cost, the order book, what passes the gates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from countermove.market.inversion import Anchor, berry_inversion, entrant_utility, mean_utilities, unobserved_quality
from countermove.market.mechanisms.demand import (
    NESTS,
    inclusive_values,
    nested_logit,
    order_book_wait,
    through_the_gates,
    user_cost,
)
from countermove.market.offers import DOMESTIC, FOREIGN, GREY, H200, OFFERS, OFFSHORE

correlations = st.floats(0.0, 0.9)
utilities = arrays(np.float64, (OFFERS, 2), elements=st.floats(-6.0, 6.0))
masks = arrays(np.bool_, (OFFERS, 2))
shares_of_passing = arrays(np.float64, (FOREIGN.stop, 2, 1), elements=st.sampled_from([0.0, 0.05, 0.375, 0.9, 1.0]))


def column(value: float) -> np.ndarray:
    return np.array([value])


def weights(utility: np.ndarray, sigma: float) -> np.ndarray:
    """(offer, segment, draw) from mean utilities (offer, segment)."""
    return np.exp(utility / (1.0 - sigma))[:, :, None]


def shares_of(weight: np.ndarray, sigma: float, outside: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    by_nest = [weight[nest] for nest in NESTS]
    per_weight, waiting = nested_logit(*inclusive_values(by_nest, column(sigma), np), column(outside), np)
    return np.concatenate([part * number for part, number in zip(by_nest, per_weight, strict=True)]), waiting


def gated(weight: np.ndarray, passing: np.ndarray, sigma: float) -> np.ndarray:
    by_nest = [weight[nest] for nest in NESTS]
    return np.concatenate(through_the_gates(by_nest, column(1.0), passing, column(sigma), np))


@given(utilities, masks, correlations, st.floats(1e-3, 1e3))
def test_shares_and_the_outside_option_sum_to_one(utility: np.ndarray, offered: np.ndarray, sigma: float, outside: float) -> None:
    shares, waiting = shares_of(weights(utility, sigma) * offered[:, :, None], sigma, outside)
    assert np.all((shares >= 0.0) & (shares <= 1.0))
    assert np.allclose(shares.sum(axis=0) + waiting, 1.0, rtol=1e-12)


@given(utilities, masks, correlations)
def test_an_offer_behind_a_closed_gate_has_a_share_of_exactly_zero(
    utility: np.ndarray, offered: np.ndarray, sigma: float
) -> None:
    shares, waiting = shares_of(weights(utility, sigma) * offered[:, :, None], sigma)
    assert np.all(shares[~offered] == 0.0)
    assert np.all(shares[offered] > 0.0)
    assert np.all(waiting > 0.0)


def test_with_nothing_on_offer_everybody_waits() -> None:
    shares, waiting = shares_of(np.zeros((OFFERS, 2, 1)), 0.5)
    assert np.all(shares == 0.0)
    assert np.all(waiting == 1.0)


@given(utilities)
def test_without_correlation_the_nests_do_not_matter(utility: np.ndarray) -> None:
    shares, waiting = shares_of(weights(utility, 0.0), 0.0)
    plain = np.exp(utility) / (1.0 + np.exp(utility).sum(axis=0))
    assert np.allclose(shares[:, :, 0], plain, rtol=1e-10)
    assert np.allclose(waiting[:, 0], 1.0 - plain.sum(axis=0), rtol=1e-9)


@given(utilities, correlations)
def test_a_better_offer_takes_more_from_its_own_nest_than_from_others(utility: np.ndarray, sigma: float) -> None:
    better = utility.copy()
    better[H200] += 0.5
    before, after = (shares_of(weights(u, sigma), sigma)[0][:, 0, 0] for u in (utility, better))
    assert after[H200] > before[H200]
    loss = 1.0 - np.delete(after, H200) / np.delete(before, H200)
    assert np.all(loss >= -1e-12)
    same_nest, other_nest = loss[: FOREIGN.stop - 1], loss[FOREIGN.stop - 1 :]
    assert same_nest.min() >= other_nest.max() - 1e-9


@given(utilities, correlations)
def test_the_berry_inversion_finds_the_utilities_behind_the_shares(utility: np.ndarray, sigma: float) -> None:
    shares, outside = shares_of(weights(utility, sigma), sigma)
    for nest in NESTS:
        within = shares[nest] / shares[nest].sum(axis=0)
        found = berry_inversion(shares[nest], within, outside, column(sigma))
        assert np.allclose(found[:, :, 0], utility[nest], atol=1e-7)


@given(st.floats(0.001, 0.8), st.floats(-4.0, 3.0), correlations)
def test_a_newcomer_takes_the_share_it_is_said_to_take(share: float, rival: float, sigma: float) -> None:
    others = {0: column(rival), GREY.start: column(-1.0), DOMESTIC.start: column(0.5), DOMESTIC.start + 1: column(-2.0)}
    found = entrant_utility(column(share), others, FOREIGN, column(sigma))
    weight = np.zeros((OFFERS, 1, 1))
    for offer, value in {**others, H200: found}.items():
        weight[offer] = np.exp(value / (1.0 - sigma))
    shares, _ = shares_of(weight, sigma)
    assert shares[H200, 0, 0] == pytest.approx(share, rel=1e-8)


def test_anchored_demand_comes_back_out_of_the_choice() -> None:
    sigma, wait = column(0.5), column(0.1)
    wanted = {0: 3.0, 1: 2.0, GREY.start: 1.0, DOMESTIC.start: 4.0, OFFSHORE.start: 0.5}
    anchors = [Anchor(offer, 2024, column(dollars)) for offer, dollars in wanted.items()]
    found = mean_utilities(anchors, {2024: column(20.0)}, wait, sigma)
    weight = np.zeros((OFFERS, 1, 1))
    for offer, value in found.items():
        weight[offer] = np.exp(value / 0.5)
    shares, outside = shares_of(weight, 0.5)
    ratio = {offer: shares[offer, 0, 0] / outside[0, 0] for offer in wanted}
    for offer, dollars in wanted.items():
        assert ratio[offer] == pytest.approx(dollars / 20.0 / 0.1, rel=1e-9)


def test_anchors_that_exceed_the_budget_are_scaled_to_leave_room_for_waiting() -> None:
    anchors = [Anchor(0, 2024, column(30.0)), Anchor(DOMESTIC.start, 2024, column(10.0))]
    found = mean_utilities(anchors, {2024: column(20.0)}, column(0.2), column(0.4))
    shares = np.exp([found[0][0], found[DOMESTIC.start][0]]) * 0.2
    assert shares.sum() == pytest.approx(0.8)
    assert shares[0] / shares[1] == pytest.approx(3.0)


def test_an_offer_that_nobody_has_sold_takes_the_quality_of_its_relative() -> None:
    observable = np.arange(float(OFFERS))[:, None]
    quality = unobserved_quality({3: column(10.0)}, observable, {7: 3}, 1)
    assert quality[3, 0] == quality[7, 0] == 7.0
    assert np.count_nonzero(quality) == 2


@given(st.floats(1.0, 60.0), st.floats(0.1, 4.0), st.floats(0.01, 0.5), st.floats(0.0, 10.0))
def test_user_cost_is_the_price_plus_electricity(price: float, power: float, tariff: float, years: float) -> None:
    cost = user_cost(column(price), power, tariff, years)[0]
    assert cost == pytest.approx(price + power * 8766.0 * years * tariff / 1000.0)
    assert cost >= price


@given(
    st.floats(0.0, 1e3),
    st.floats(0.0, 50.0),
    st.floats(0.0, 50.0),
    st.floats(0.5, 120.0),
    st.floats(0.01, 1.0),
    st.floats(1.0, 60.0),
)
def test_buyers_turn_away_from_a_long_order_book(
    backlog: float, delivery: float, request: float, tolerance: float, least: float, longest: float
) -> None:
    seen = column(delivery), column(request), tolerance, least, longest, np
    share = order_book_wait(column(backlog), *seen)
    longer = order_book_wait(column(backlog + 1.0), *seen)
    assert np.exp(-longest / tolerance) * (1.0 - 1e-12) <= share <= 1.0
    assert longer <= share
    assert order_book_wait(column(0.0), *seen) == 1.0


@given(utilities, shares_of_passing, correlations)
def test_each_gate_admits_its_share_of_what_was_wished(utility: np.ndarray, passing: np.ndarray, sigma: float) -> None:
    weight = weights(utility, sigma) * np.concatenate([passing > 0.0, np.ones((OFFERS - FOREIGN.stop, 2, 1))])
    wished, _ = shares_of(weight, sigma)
    after = gated(weight, passing, sigma)
    narrowed = passing < 1.0
    assert np.allclose(after[FOREIGN][narrowed], (wished[FOREIGN] * passing)[narrowed], rtol=1e-12)
    assert np.all(after[FOREIGN][passing == 0.0] == 0.0)
    assert np.all(after[FOREIGN.stop :] >= wished[FOREIGN.stop :] * (1.0 - 1e-12)), "what is turned away goes somewhere"
    assert np.all(after.sum(axis=0) <= wished.sum(axis=0) * (1.0 + 1e-12)), "a gate makes no new demand"


@given(utilities, correlations)
def test_open_gates_change_nothing(utility: np.ndarray, sigma: float) -> None:
    weight = weights(utility, sigma)
    wished, _ = shares_of(weight, sigma)
    after = gated(weight, np.ones((FOREIGN.stop, 2, 1)), sigma)
    assert np.array_equal(after, wished)

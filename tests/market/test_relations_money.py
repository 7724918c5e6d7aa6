"""Relations of prices, the grey market, rationing, research, software, trust and the American side."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from countermove.market.mechanisms.cutoff_risk import perceived_risk
from countermove.market.mechanisms.grey_market import clearing_price, diverted_flow, excess_demand_slope
from countermove.market.mechanisms.installed_base import usable
from countermove.market.mechanisms.prices import advantage_denying, sticky, unit_cost_index
from countermove.market.mechanisms.rationing import fill_twice, served_share
from countermove.market.mechanisms.research import (
    launched_share,
    perpetual_inventory,
    relative_productivity,
    research_spending,
    smoothstep,
)
from countermove.market.mechanisms.software import logistic_maturity
from countermove.market.mechanisms.us_side import displaced_units

steps = st.sampled_from([1.0, 0.5, 0.25, 0.125])
prices = st.floats(0.5, 200.0)
shares = st.floats(0.0, 1.0)
desires = arrays(np.float64, (6, 4, 2), elements=st.floats(0.0, 10.0, allow_subnormal=False))
stocks = arrays(np.float64, (6, 2), elements=st.floats(0.0, 30.0, allow_subnormal=False))
ROOM = 1.0 + 1e-12


def one(value: float) -> np.ndarray:
    return np.array([value])


@given(prices, prices, st.floats(0.5, 60.0), steps)
def test_a_sticky_price_closes_half_the_gap_in_its_half_life(price: float, target: float, months: float, dt: float) -> None:
    moved, time = one(price), 0.0
    half_life = months * np.log(2.0)
    while time + dt <= half_life:
        moved, time = sticky(moved, target, months, dt, np), time + dt
    moved = sticky(moved, target, months, half_life - time, np)
    assert np.log(moved / target) == pytest.approx(0.5 * np.log(price / target), abs=1e-9)
    assert sticky(one(target), target, months, dt, np) == target


@given(st.floats(0.05, 1.0), st.floats(0.05, 1.0), shares, st.floats(0.1, 1.5))
def test_unit_cost_is_one_at_the_reference_and_falls_with_yield(
    good: float, reference: float, die_part: float, learned: float
) -> None:
    assert unit_cost_index(reference, reference, die_part, 1.0) == pytest.approx(1.0)
    assert unit_cost_index(good, reference, die_part, learned) > 0.0
    assert unit_cost_index(good + 0.1, reference, die_part, learned) <= unit_cost_index(good, reference, die_part, learned)


@given(st.floats(0.0, 0.9), shares)
def test_a_seller_who_values_a_rivals_ignorance_charges_less_while_the_rival_has_slack(weight: float, slack: float) -> None:
    assert 0.0 < advantage_denying(weight, slack) <= 1.0
    assert advantage_denying(weight, 0.0) == 1.0
    assert advantage_denying(0.0, slack) == 1.0


@given(st.floats(0.0, 500.0), st.floats(0.1, 4.0), st.floats(0.0, 6.0), st.floats(0.0, 10.0), st.floats(0.0, 300.0))
def test_more_enforcement_never_raises_the_diverted_flow(
    level: float, wedge: float, elasticity: float, deterrence: float, divertible: float
) -> None:
    flow = diverted_flow(level, wedge, elasticity, deterrence, divertible, np)
    assert 0.0 <= flow <= divertible
    assert diverted_flow(level, wedge, elasticity, deterrence + 0.5, divertible, np) <= flow
    assert diverted_flow(level, wedge * 1.2, elasticity, deterrence, divertible, np) >= flow


@given(
    prices,
    st.floats(0.0, 1e3),
    st.floats(0.0, 1e3),
    st.floats(0.0, 2.0),
    st.floats(1.0, 60.0),
    prices,
    st.floats(1.0, 9.0),
    steps,
)
def test_the_grey_price_stays_between_the_world_price_and_its_cap(
    price: float, desired: float, offered: float, speed: float, slope: float, world: float, cap: float, dt: float
) -> None:
    after = clearing_price(price, desired, offered, speed, slope, 3.0, world, cap, dt, np)
    assert world * (1.0 - 1e-12) <= after <= cap * world * ROOM
    started = float(np.clip(price, world, cap * world))
    moved = clearing_price(started, desired, offered, speed, slope, 3.0, world, cap, dt, np)
    assert (moved - started) * (desired - offered) >= -1e-9 * started


@given(st.floats(0.4, 2.2), st.floats(0.0, 0.9), st.floats(0.0, 2.0), st.floats(0.05, 2.0), st.floats(1.05, 2.9), steps)
def test_the_grey_price_approaches_clearing_without_overshooting(
    elasticity: float, sigma: float, supply: float, speed: float, start: float, dt: float
) -> None:
    slope = excess_demand_slope(elasticity, sigma, supply)
    world, clearing = 10.0, 20.0
    price = one(clearing * start / 1.7)
    gaps = [float(np.log(price / clearing)[0])]
    for _ in range(round(24.0 / dt)):
        desired, offered = 100.0 * (price / clearing) ** (supply - slope), 100.0 * (price / clearing) ** supply
        price = clearing_price(price, desired, offered, speed, slope, 3.0, world, 4.0, dt, np)
        gaps.append(float(np.log(price / clearing)[0]))
    assert np.all(np.abs(np.diff(gaps)) <= np.abs(gaps[0]) + 1e-9)
    assert all(a * b >= -1e-12 for a, b in pairwise(gaps)), "the price passes the clearing price"
    assert abs(gaps[-1]) <= abs(gaps[0]) * 1.0001


@given(desires, stocks)
def test_nobody_gets_more_than_is_there_or_than_was_asked(desired: np.ndarray, available: np.ndarray) -> None:
    got = desired * served_share(desired.sum(axis=1), available, np)[:, None, :]
    assert np.all(got >= 0.0)
    assert np.all(got <= desired)
    assert np.all(got.sum(axis=1) <= available * ROOM)
    asked = desired.sum(axis=1)
    assert np.allclose(got.sum(axis=1), np.minimum(asked, available), rtol=1e-9, atol=1e-20)


@given(desires, stocks)
def test_the_second_round_serves_the_unmet_from_what_is_left(desired: np.ndarray, available: np.ndarray) -> None:
    first = desired * served_share(desired.sum(axis=1), available, np)[:, None, :]
    got = fill_twice(desired, available, np)
    assert np.all(got >= first * (1.0 - 1e-12))
    assert np.all(got.sum(axis=1) <= available * (1.0 + 1e-9) + 1e-15)
    assert np.all(got.sum(axis=0) <= desired.sum(axis=0) * (1.0 + 1e-9) + 1e-15), "a segment pays more than it has"


@given(st.floats(0.0, 100.0), st.floats(0.0, 50.0), st.floats(0.0, 0.4), steps)
def test_knowledge_gains_spending_and_loses_its_depreciation(stock: float, spending: float, rate: float, dt: float) -> None:
    after = perpetual_inventory(stock, spending, rate, dt)
    assert after == pytest.approx(stock + (spending - rate * stock) * dt / 12.0)
    assert after >= 0.0
    if rate > 0.0:
        steady = spending / rate
        assert perpetual_inventory(steady, spending, rate, dt) == pytest.approx(steady)


@given(st.floats(0.1, 100.0), st.floats(0.1, 100.0), st.floats(0.0, 1.0))
def test_knowledge_as_planned_changes_nothing(knowledge: float, reference: float, elasticity: float) -> None:
    assert relative_productivity(reference, reference, elasticity) == 1.0
    factor = relative_productivity(knowledge, reference, elasticity)
    assert (factor - 1.0) * (knowledge - reference) >= 0.0


@given(st.floats(-3.0, 4.0))
def test_a_ramp_is_exactly_nothing_before_and_exactly_all_after(progress: float) -> None:
    value = smoothstep(progress, np)
    assert 0.0 <= value <= 1.0
    assert smoothstep(progress + 0.1, np) >= value
    if progress <= 0.0:
        assert value == 0.0
    if progress >= 1.0:
        assert value == 1.0
    assert smoothstep(0.5, np) == 0.5


@given(st.floats(0.0, 132.0), st.floats(0.0, 132.0), st.floats(1.0, 48.0))
def test_a_launch_begins_with_its_date_and_ends_with_its_ramp(clock: float, planned: float, ramp: float) -> None:
    share = launched_share(clock, planned, ramp, np)
    assert (share == 0.0) or clock > planned
    assert launched_share(planned, planned, ramp, np) == 0.0
    assert launched_share(planned + ramp * (1.0 + 1e-12), planned, ramp, np) == 1.0


@given(st.floats(0.0, 50.0), st.floats(0.0, 5.0), shares, st.floats(-0.166, 0.166), shares, st.floats(0.0, 10.0))
def test_denial_moves_research_by_its_response_and_no_more(
    revenue: float, base: float, intensity: float, response: float, denial: float, subsidy: float
) -> None:
    usual = research_spending(revenue, base, intensity, response, 1.0, subsidy)
    assert usual == pytest.approx(base + intensity * revenue + subsidy)
    moved = research_spending(revenue, base, intensity, response, denial, subsidy)
    assert moved - usual == pytest.approx(-intensity * revenue * response * (1.0 - denial), abs=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.0, 3.0), st.floats(0.0, 3.0), steps)
def test_software_matures_but_never_beyond_everything(maturity: float, effort: float, growth: float, dt: float) -> None:
    after = logistic_maturity(maturity, effort, growth, dt)
    assert maturity <= after < 1.0


@given(shares, st.floats(0.0, 2.0), shares, st.floats(1.0, 240.0), steps)
def test_cut_off_risk_stays_a_share_rises_with_reversals_and_fades(
    risk: float, reversal: float, jump: float, months: float, dt: float
) -> None:
    after = perceived_risk(risk, reversal, jump, months, dt, np)
    assert 0.0 <= after <= 1.0
    quiet = perceived_risk(risk, 0.0, jump, months, dt, np)
    assert quiet == pytest.approx(risk * np.exp(-dt / months))
    assert after >= quiet * (1.0 - 1e-12)


@given(st.floats(0.0, 1e3), shares)
def test_no_more_american_units_are_displaced_than_chips_are_made(units: float, displacement: float) -> None:
    assert 0.0 <= displaced_units(units, displacement) <= units


def test_usable_compute_adds_units_times_capability() -> None:
    units, each = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[10.0], [1.0]])
    assert np.array_equal(usable(units, each, np), [13.0, 24.0])

"""Relations of supply: yield, dies and learning, delays and queues, rationing of parts, capacity and its direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from countermove.market.mechanisms.capacity import direction_towards_bottleneck, reinvested
from countermove.market.mechanisms.domestic_supply import hbm_inflow, leontief, production_mix, ration
from countermove.market.mechanisms.foreign_supply import cap_headroom, erlang, pass_through, share_leaving
from countermove.market.mechanisms.learning import (
    defect_density,
    defects_for_yield,
    dies_per_wafer,
    irwin_klenow_cost,
    negative_binomial_yield,
)
from countermove.market.mechanisms.offshore import rental_offered
from countermove.market.offers import DOMESTIC_PRODUCTS, SUCCESSOR, VENDOR_OF, VENDORS
from countermove.market.state import ERLANG
from countermove.market.tables import vendor_matrix

areas = st.floats(0.5, 9.0)
clusterings = st.floats(0.5, 20.0)
steps = st.sampled_from([1.0, 0.5, 0.25, 0.125])


def one(value: float) -> np.ndarray:
    return np.array([value])


@given(st.floats(0.0, 10.0), areas, clusterings)
def test_yield_is_a_share_and_falls_with_defects_and_area(density: float, area: float, clustering: float) -> None:
    share = negative_binomial_yield(density, area, clustering)
    assert 0.0 < share <= 1.0
    assert negative_binomial_yield(density + 0.1, area, clustering) < share
    assert negative_binomial_yield(density, area + 0.5, clustering) <= share
    assert negative_binomial_yield(0.0, area, clustering) == 1.0


@given(st.floats(0.02, 0.98), areas, clusterings)
def test_defects_for_a_yield_are_the_inverse_of_the_yield(share: float, area: float, clustering: float) -> None:
    assert negative_binomial_yield(defects_for_yield(share, area, clustering), area, clustering) == pytest.approx(share)


def test_yield_tends_to_the_poisson_model_without_clustering() -> None:
    assert negative_binomial_yield(0.2, 3.0, 1e7) == pytest.approx(np.exp(-0.6), rel=1e-5)


def test_about_eighty_ascend_dies_fit_on_a_wafer() -> None:
    assert dies_per_wafer(665.61, np) == pytest.approx(80.4, abs=0.5)


@given(st.floats(100.0, 858.0))
def test_smaller_dies_are_more_numerous_and_never_exceed_the_wafers_area(area: float) -> None:
    assert dies_per_wafer(area, np) > dies_per_wafer(area + 10.0, np) > 0.0
    assert dies_per_wafer(area, np) * area < np.pi * 150.0**2


@given(st.floats(1.0, 1e4), st.floats(0.0, 2.0), st.floats(0.05, 0.4), st.floats(0.4, 2.0))
def test_defects_start_at_the_reference_and_fall_towards_the_floor(
    wafers: float, exponent: float, floor: float, start: float
) -> None:
    at_reference = defect_density(wafers, wafers, start, floor, exponent)
    assert at_reference == pytest.approx(start)
    later = defect_density(2.0 * wafers, wafers, start, floor, exponent)
    assert floor <= later <= start * (1.0 + 1e-12)
    assert (later - floor) / (start - floor + 1e-300) == pytest.approx(2.0**-exponent, rel=1e-6) or start == floor


@given(st.floats(0.0, 1e4), st.floats(1.0, 500.0), st.floats(0.0, 1.0), st.floats(0.01, 0.49))
def test_one_doubling_of_experience_lowers_the_cost_by_the_learning_rate(
    own: float, start: float, spillover: float, rate: float
) -> None:
    before = irwin_klenow_cost(one(own), one(0.0), start, spillover, rate, np)
    after = irwin_klenow_cost(one(2.0 * own + start), one(0.0), start, spillover, rate, np)
    assert after / before == pytest.approx(1.0 - rate)
    assert irwin_klenow_cost(one(0.0), one(0.0), start, spillover, rate, np) == 1.0


@given(st.floats(0.0, 500.0), st.floats(0.05, 1.0), st.floats(0.05, 0.49))
def test_a_rivals_unit_teaches_the_spillovers_part_of_an_own_unit(own: float, spillover: float, rate: float) -> None:
    step = 1e-3
    start = irwin_klenow_cost(one(own), one(40.0), 50.0, spillover, rate, np)
    from_own = start - irwin_klenow_cost(one(own + step), one(40.0), 50.0, spillover, rate, np)
    from_rival = start - irwin_klenow_cost(one(own), one(40.0 + step), 50.0, spillover, rate, np)
    assert from_rival / from_own == pytest.approx(spillover, rel=1e-3)


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4), st.floats(0.01, 100.0), steps)
def test_a_stage_keeps_or_passes_on_what_it_gets(stock: float, inflow: float, mean: float, dt: float) -> None:
    held, out = pass_through(one(stock), one(inflow), mean, dt, np)
    assert held >= 0.0
    assert out >= -1e-9 * (stock + inflow)
    assert held + out == pytest.approx(stock + inflow, rel=1e-12)


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(0.1, 48.0))
def test_two_half_steps_of_a_stage_are_one_whole_step(stock: float, inflow: float, mean: float) -> None:
    whole, _ = pass_through(one(stock), one(inflow), mean, 1.0, np)
    half, _ = pass_through(one(stock), one(inflow / 2.0), mean, 0.5, np)
    halves, _ = pass_through(half, one(inflow / 2.0), mean, 0.5, np)
    assert halves == pytest.approx(whole, rel=1e-9, abs=1e-12)


def test_a_stage_that_does_not_exist_holds_next_to_nothing() -> None:
    held, out = pass_through(one(0.0), one(5.0), 0.0, 1.0, np)
    assert held <= 5.0 * 1e-3
    assert out == pytest.approx(5.0, rel=1e-2)


def impulse_response(mean: float, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Outflow by step of one unit that enters in the first step, and the middle of each step in months."""
    stages, out = np.zeros((ERLANG, 1)), []
    for step in range(round(40.0 * mean / dt)):
        stages, left = erlang(stages, one(1.0 if step == 0 else 0.0), mean, dt, np)
        out.append(left[0])
    return np.array(out), (np.arange(len(out)) + 0.5) * dt


@given(st.floats(1.5, 30.0), steps)
@settings(max_examples=25)
def test_a_delay_gives_back_all_it_takes_after_its_mean(mean: float, dt: float) -> None:
    out, when = impulse_response(mean, dt)
    assert np.all(out >= -1e-15)
    assert out.sum() == pytest.approx(1.0, abs=1e-9)
    # What enters in a step does so in its middle, on average.
    assert out @ when - 0.5 * dt == pytest.approx(mean, rel=0.02, abs=0.005)


def test_a_delays_spread_is_that_of_three_stages() -> None:
    out, when = impulse_response(12.0, 0.125)
    mean = out @ when
    assert np.sqrt(out @ (when - mean) ** 2) == pytest.approx(12.0 / np.sqrt(3.0), rel=0.01)


@given(arrays(np.float64, (ERLANG, 2, 3), elements=st.floats(0.0, 1e5)), st.floats(0.0, 1e4), st.floats(0.5, 84.0), steps)
def test_a_delay_conserves_what_passes_through_it(stages: np.ndarray, inflow: float, mean: float, dt: float) -> None:
    entering = np.full((2, 3), inflow)
    after, out = erlang(stages, entering, mean, dt, np)
    assert np.all(after >= 0.0)
    assert np.allclose(after.sum(axis=0) + out, stages.sum(axis=0) + entering, rtol=1e-12)


@given(st.floats(0.0, 100.0), steps)
def test_the_share_that_leaves_lies_between_nothing_and_all(months: float, dt: float) -> None:
    share = share_leaving(months, dt, np)
    assert 0.0 < share <= 1.0
    assert share_leaving(months + 1.0, dt, np) < share
    assert share_leaving(0.0, dt, np) == 1.0


@given(st.floats(0.0, 1e9), st.floats(0.0, 1e4), st.floats(0.0, 1e4))
def test_the_headroom_is_what_the_cap_leaves_and_never_negative(share: float, base: float, used: float) -> None:
    room = cap_headroom(share, base, used, np)
    assert room == max(share * base - used, 0.0)
    assert cap_headroom(share, base, used + 1.0, np) <= room


@given(*[arrays(np.float64, (7, 2), elements=st.floats(0.0, 1e4)) for _ in range(3)])
def test_the_scarcest_input_sets_output(dies: np.ndarray, stacks: np.ndarray, slots: np.ndarray) -> None:
    made = leontief(dies, stacks, slots, np)
    assert np.array_equal(made, np.minimum.reduce([dies, stacks, slots]))
    assert np.array_equal(leontief(2.0 * dies, 2.0 * stacks, 2.0 * slots, np), 2.0 * made)


launch_shares = arrays(np.float64, (len(DOMESTIC_PRODUCTS), 2), elements=st.floats(0.0, 1.0, allow_subnormal=False))


@given(launch_shares, st.floats(0.0, 0.95))
def test_a_vendors_lines_are_shared_out_fully_once_it_has_launched(launched: np.ndarray, handover: float) -> None:
    assume(np.all((launched == 0.0) | (launched > 1e-6)))
    successor = np.array([max(s, 0) for s in SUCCESSOR])
    followed = np.array([[float(s >= 0)] for s in SUCCESSOR])
    mix = production_mix(launched, successor, followed, handover, vendor_matrix())
    assert np.all(mix >= 0.0)
    assert np.all(mix[launched == 0.0] == 0.0)
    for vendor in range(len(VENDORS)):
        own = np.asarray(VENDOR_OF) == vendor
        any_launched = launched[own].max(axis=0) > 0.0
        assert np.allclose(mix[own].sum(axis=0), any_launched.astype(float), atol=1e-9)


@given(arrays(np.float64, (7, 2), elements=st.floats(0.0, 1e4)), arrays(np.float64, (2,), elements=st.floats(0.0, 3e4)))
def test_a_common_pool_is_shared_by_need_and_never_overdrawn(needs: np.ndarray, pool: np.ndarray) -> None:
    given_out = ration(pool, needs, np)
    assert np.all(given_out <= needs)
    assert np.all(given_out.sum(axis=0) <= pool * (1.0 + 1e-12) + 1e-300)
    plenty = pool >= needs.sum(axis=0) * (1.0 + 1e-9)
    assert np.allclose(given_out[:, plenty], needs[:, plenty], rtol=1e-12)
    assert np.allclose(given_out.sum(axis=0), np.minimum(pool, needs.sum(axis=0)), rtol=1e-9, atol=1e-20)


@given(st.floats(-2e3, 2e3), st.floats(0.0, 1e3), st.floats(0.0, 1e3), st.floats(0.0, 1e3), st.floats(0.0, 1.0))
def test_memory_beyond_plan_is_shared_as_planned_and_keeps_the_floor(
    extra: float, imports: float, makers: float, own: float, floor: float
) -> None:
    pool, huawei = hbm_inflow(one(extra), one(imports), one(makers), one(own), floor, np)
    assert huawei >= 0.0
    assert pool >= imports
    made = pool - imports + huawei
    assert made == pytest.approx(max(makers + own + extra, floor * (makers + own)), rel=1e-9, abs=1e-6)
    if makers + own > 1.0:
        assert huawei == pytest.approx(made * own / (makers + own), rel=1e-9, abs=1e-6)


covers = arrays(np.float64, (3, 4), elements=st.floats(0.0, 50.0))


@given(covers, st.floats(0.0, 10.0), st.floats(1.0, 20.0))
def test_new_money_is_shared_out_fully_and_most_goes_to_the_scarcest(cover: np.ndarray, sharpness: float, limit: float) -> None:
    share = direction_towards_bottleneck(cover, sharpness, limit, np)
    assert np.all(share > 0.0)
    assert np.allclose(share.sum(axis=0), 1.0, rtol=1e-12)
    scarcest = cover.argmin(axis=0)
    assert np.all(share[scarcest, np.arange(4)] >= share.max(axis=0) * (1.0 - 1e-12))
    assert share.max() <= share.min(axis=0).max() * limit ** (2.0 * sharpness) * (1.0 + 1e-9)
    assert np.allclose(direction_towards_bottleneck(cover, 0.0, limit, np), 1.0 / 3.0)


@given(covers, st.floats(-50.0, 50.0))
def test_a_surplus_follows_the_bottleneck_and_a_shortfall_is_cut_as_planned(cover: np.ndarray, money: float) -> None:
    direction = direction_towards_bottleneck(cover, 2.0, 5.0, np)
    usual = np.array([[0.5], [0.3], [0.2]])
    by_pool = reinvested(np.full(4, money), direction, usual, np)
    assert np.allclose(by_pool.sum(axis=0), money, atol=1e-12)
    assert np.allclose(by_pool, money * (direction if money > 0.0 else usual), atol=1e-12)


@given(st.floats(0.0, 1e4), st.floats(0.0, 1.0), st.floats(0.0, 1.0), steps)
def test_rental_never_exceeds_its_share_of_world_sales(world: float, share: float, on_sale: float, dt: float) -> None:
    assert 0.0 <= rental_offered(world, share, on_sale, dt) <= share * world * dt * (1.0 + 1e-12)

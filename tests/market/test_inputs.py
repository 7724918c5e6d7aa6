"""What a run is given: paths through published anchors, gates by draw, windows of sale, levers as departures from the usual."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from market_runs import box, changed, compiled, inputs

from countermove.errors import DataError
from countermove.evidence.ledger import load_parameters
from countermove.market.compile import bundle_parameters, evidence_month, launch_plan
from countermove.market.exogenous import budget, hbm_makers, legal_market, packaging, wafers
from countermove.market.gate_inputs import pick, transition, variant_weights
from countermove.market.inputs import Bundle
from countermove.market.lever_inputs import lever_inputs
from countermove.market.offers import (
    BY_ROUTE,
    DOMESTIC_PRODUCTS,
    H200,
    SUCCESSOR,
    VENDOR_OF,
    VENDORS,
    offer,
    offer_name,
)
from countermove.market.paths import MONTH, end_of_year, growing, log_linear, mid_year, ramp, spread_evenly, step_from
from countermove.market.windows import ageing, first_sales, on_offer
from countermove.market.world import world_h100e, world_sales
from countermove.policy.levers import compile_levers
from countermove.quantities.calendar import MONTHS

positive = st.floats(0.01, 1000.0)


@pytest.fixture(scope="module")
def p() -> Bundle:
    return bundle_parameters(box())


def year_of(path: np.ndarray, year: int) -> np.ndarray:
    return path[(year - 2022) * 12 : (year - 2021) * 12]


@given(st.lists(positive, min_size=2, max_size=5))
def test_a_path_passes_its_anchors_and_stays_between_them(values: list[float]) -> None:
    at = [mid_year(2022 + year) for year in range(len(values))]
    path = log_linear(at, values, np.array(at))
    assert np.allclose(path[:, 0], values, rtol=1e-12)
    between = log_linear(at, values)
    assert between.min() >= min(values) * (1.0 - 1e-12)
    assert between.max() <= max(values) * (1.0 + 1e-12)


def test_growth_starts_with_its_month_and_compounds() -> None:
    path = growing(np.ones((MONTHS, 1)), end_of_year(2027), np.log1p(np.array([0.2])))
    assert np.all(path[: int(end_of_year(2027))] == 1.0)
    assert path[-1, 0] == pytest.approx(1.2 ** ((MONTH[-1] - end_of_year(2027)) / 12.0))


@given(st.floats(0.0, 1e4), st.integers(0, 100), st.integers(1, 30))
def test_a_total_spread_evenly_is_all_there(total: float, first: int, length: int) -> None:
    path = spread_evenly(np.array([total]), first, first + length)
    assert path.sum() == pytest.approx(total)
    assert np.all(path[:first] == 0.0)
    assert np.all(path[first + length :] == 0.0)


@given(st.floats(0.0, 131.0))
def test_a_step_counts_the_share_of_its_first_month(month: float) -> None:
    inside = step_from(month)
    assert inside.sum() == pytest.approx(MONTHS - month)
    assert np.all(np.diff(inside) >= 0.0)


def test_a_ramp_rises_from_nothing_to_all() -> None:
    path = ramp(np.array([48.0]), 9.0)[:, 0]
    assert np.all(path[:48] == 0.0)
    assert np.all(path[57:] == 1.0)
    assert np.all(np.diff(path) >= 0.0)


def test_demand_and_capacity_are_near_their_published_yearly_figures(p: Bundle) -> None:
    ratios = [year_of(legal_market(p), year).mean(axis=0) / p[f"legal_market_{year}"] for year in (2023, 2024, 2025, 2028)]
    slots = packaging(p)[:, 0] * 12.0
    ratios += [year_of(slots, year).mean(axis=0) / p[f"huawei_packages_{year}"] for year in (2024, 2025, 2026)]
    # An exponential through mid-years leaves a year's mean off its anchor where growth changes.
    assert all(abs(np.median(ratio) - 1.0) < 0.12 for ratio in ratios)
    assert all(np.all(np.abs(ratio - 1.0) < 0.25) for ratio in ratios)
    assert np.allclose(wafers(p)[47], p.wafers_2025, rtol=0.05)
    assert np.all(budget(p) * 12.0 > legal_market(p))


def test_memory_made_in_2026_without_slip_is_the_published_figure() -> None:
    p = bundle_parameters(changed(box(), hbm_slip=0.0))
    makers, own = hbm_makers(p)
    assert np.allclose(year_of(makers, 2026).sum(axis=0) / 1000.0, p.hbm_domestic_2026, rtol=1e-9)
    assert np.allclose(year_of(own, 2026).sum(axis=0) / 1000.0, p.hbm_in_house_2026, rtol=1e-9)


def test_world_sales_follow_the_data_and_then_their_growth(p: Bundle) -> None:
    _, history = world_sales()
    path = world_h100e(p)
    assert np.allclose(path[:48], history[:48, None])
    assert np.all(path[48:] > 0.0)
    later = year_of(path, 2030).sum(axis=0) / year_of(path, 2029).sum(axis=0)
    assert np.allclose(later, p.growth_later, rtol=1e-6)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=4).filter(lambda w: sum(w) > 0.1), st.floats(0.0, 0.999999))
def test_a_reading_with_no_weight_is_never_picked(weights: list[float], uniform: float) -> None:
    odds = np.array(weights) / sum(weights)
    chosen = pick(odds, np.array([uniform]))[0]
    assert 0 <= chosen < len(odds)
    assert odds[chosen] > 0.0 or chosen == len(odds) - 1


def test_readings_are_picked_as_often_as_they_are_likely() -> None:
    odds = np.array([0.5, 0.2, 0.2, 0.1])
    uniforms = (np.arange(10_000) + 0.5) / 10_000
    assert np.allclose(np.bincount(pick(odds, uniforms)) / 10_000, odds, atol=1e-3)


ENDS = 57.3
"""Month coordinate of the end of the evidence."""


@given(st.floats(1e-6, 0.999999), st.floats(0.05, 12.0))
def test_a_gate_moves_once_after_the_evidence_and_altogether(uniform: float, rate: float) -> None:
    moved = transition(np.array([uniform]), rate, MONTHS, True, ENDS)[:, 0]
    assert np.all(moved[: int(ENDS) - 1] == 0.0)
    assert np.all(np.diff(moved) >= 0.0)
    assert moved.min() >= 0.0
    assert moved.max() <= 1.0
    assert np.count_nonzero((moved > 0.0) & (moved < 1.0)) <= 1


def test_a_pinned_gate_and_a_run_without_hazards_move_no_more() -> None:
    uniform = np.array([0.2, 0.9])
    free = transition(uniform, 1.0, MONTHS, True, ENDS)
    pinned = transition(uniform, 1.0, 70, True, ENDS)
    assert np.array_equal(free[:70], pinned[:70])
    assert np.all(pinned[70:] == pinned[69])
    assert np.all(transition(uniform, 1.0, MONTHS, False, ENDS) == 0.0)


def test_each_draw_holds_one_reading_and_later_another() -> None:
    odds, following = np.array([0.6, 0.4]), np.array([[0.0, 1.0], [1.0, 0.0]])
    uniforms = {"gates.us.variant": np.array([0.1, 0.9]), "gates.us.destination": np.array([0.5, 0.5])}
    moved = np.repeat(np.linspace(0.0, 1.0, 3)[:, None], 2, axis=1)
    weight = variant_weights(odds, following, uniforms, "us", moved)
    assert np.allclose(weight.sum(axis=1), 1.0)
    assert np.array_equal(weight[0], [[1.0, 0.0], [0.0, 1.0]])
    assert np.array_equal(weight[2], [[0.0, 1.0], [1.0, 0.0]])


def test_what_nobody_sells_yet_is_not_on_offer() -> None:
    for route in ("direct", "grey", "offshore"):
        share = on_offer(route, np.array([1.5]))
        assert share.shape == (MONTHS, len(BY_ROUTE[route]), 1)
        assert np.all((share >= 0.0) & (share <= 1.0))
        for index, row in enumerate(BY_ROUTE[route]):
            assert np.all(share[: int(row.first_month), index] == 0.0)
            if row.last_month < MONTHS:
                assert np.all(share[int(np.ceil(row.last_month)) :, index] == 0.0)
        old = ageing(route, np.array([0.1]))
        assert np.all(np.diff(old, axis=0) <= 0.0)
        assert np.all(old <= 1.0)


def test_levers_at_the_status_quo_change_nothing(p: Bundle) -> None:
    usual = compile_levers({})
    x = lever_inputs(usual, usual, p, legal_market(p))
    for name in ("user_subsidy", "vendor_subsidy", "fab_subsidy", "component_controls", "enforcement", "grey_enforcement"):
        assert np.all(x[name] == 0.0), name
    assert np.array_equal(np.flatnonzero(x.new_year[:, 0]), np.arange(0, MONTHS, 12))


def test_a_subsidy_is_split_as_its_drawer_says(p: Bundle) -> None:
    usual = compile_levers({})
    more = compile_levers({"beijing.subsidy": {"2027-01": {"value": 29.5, "vendor": 0.2, "user": 0.3, "fab": 0.5}}})
    x = lever_inputs(more, usual, p, legal_market(p))
    before = {name: usual.value("beijing.subsidy", name)[80] * 9.5 for name in ("vendor", "user", "fab")}
    assert np.allclose(x.vendor_subsidy[80], 29.5 * 0.2 - before["vendor"])
    assert np.allclose(x.fab_subsidy[80], 29.5 * 0.5 - before["fab"])
    assert np.allclose(x.user_subsidy[80] * p.subsidised_share * legal_market(p)[80], 29.5 * 0.3 - before["user"])


def test_launches_after_the_evidence_slip_together_and_earlier_ones_do_not() -> None:
    planned = np.array([10.0, evidence_month() - 1.0, evidence_month(), 90.0])
    plan = launch_plan(planned, np.array([0.0, 6.0]), 2)
    assert np.array_equal(plan[:, 0], planned)
    assert np.array_equal(plan[:, 1] - planned, [0.0, 0.0, 6.0, 6.0])
    assert np.all(first_sales(np.full(len(DOMESTIC_PRODUCTS), 60.0)) <= 60.0)


def test_offers_and_vendors_fit_together() -> None:
    assert sorted(set(VENDOR_OF)) == list(range(len(VENDORS)))
    for index, follower in enumerate(SUCCESSOR):
        assert follower < 0 or (VENDOR_OF[follower] == VENDOR_OF[index] and follower > index)
    assert offer_name(H200) == "h200-sxm (direct)"


def test_two_parameters_with_one_last_name_are_refused() -> None:
    with pytest.raises(DataError, match="two parameters are called 'size'"):
        bundle_parameters({"demand.size": np.ones(2), "supply.size": np.ones(2)})


def test_more_assumed_demand_for_the_h200_raises_its_weight_in_the_choice() -> None:
    assert load_parameters()["demand.latent_h200_2026"].unit == "thousand package/year"
    weights = []
    for units in (1.0, 100.0, 2000.0):
        base = inputs(compiled("open-h200+open"), changed(box(), latent_h200_2026=units)).constants["choice_base"]
        weights.append(base[H200] / base[offer("h20")])
    assert np.all(weights[0] < weights[1])
    assert np.all(weights[1] < weights[2])

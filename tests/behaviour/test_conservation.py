"""Nothing is sold that was not made, imported, smuggled or held; no dollar appears or vanishes: over the whole prior box."""

from __future__ import annotations

import numpy as np
import pytest
from market_runs import PRESETS, Month, box, compiled, inputs, walk, worst

from countermove.market.offers import DOMESTIC, FOREIGN, GREY, OFFSHORE

ROUNDING = 1e-11
"""Relative error allowed to sums of some hundred terms in double precision."""


@pytest.fixture(scope="module", params=PRESETS)
def months(request: pytest.FixtureRequest) -> tuple[dict, list[Month]]:
    """All months of a preset over the box; one preset is held in memory at a time."""
    market = inputs(compiled(request.param), box())
    return {"p": market.parameters, "c": market.constants}, list(walk(market))


def total(stages: np.ndarray) -> np.ndarray:
    """What a delay holds, summed over its stages."""
    return stages.sum(axis=0)


def test_each_segments_money_is_spent_held_or_given_up(months: tuple[dict, list[Month]]) -> None:
    given, run = months
    for m in run:
        held = []
        for s in (m.before, m.after):
            queues = (s.licence_queue + s.approval_queue + s.order_backlog).sum(axis=0)
            held.append(s.deferred + queues - s.advanced)
        budget = m.x.budget * given["c"].segment_share
        change = budget - m.flows.paid_by_segment - m.flows.abandoned
        assert worst(held[1], held[0] + change, m.before.advanced, m.flows.requests.sum(axis=0)) < ROUNDING, m.number


def test_payments_of_segments_are_payments_for_offers(months: tuple[dict, list[Month]]) -> None:
    for m in months[1]:
        assert worst(m.flows.paid_by_segment.sum(axis=0), m.flows.spent.sum(axis=0)) < ROUNDING


def test_money_buys_chips_at_the_price_of_the_month(months: tuple[dict, list[Month]]) -> None:
    given, run = months
    for m in run:
        price = m.before.price.copy()
        price[FOREIGN] *= 1.0 + m.flows.duty * given["p"]["duty_pass_through"]
        assert worst(m.flows.units * price / 1000.0, m.flows.spent) < ROUNDING, m.number


def test_foreign_chips_come_from_stock_or_the_line(months: tuple[dict, list[Month]]) -> None:
    for m in months[1]:
        supply = m.before.foreign_inventory + m.flows.foreign_made + m.x.stock_injection
        assert worst(m.after.foreign_inventory, supply - m.flows.foreign_units, supply) < ROUNDING, m.number
        assert np.all(m.after.foreign_inventory >= 0.0)
        started = total(m.after.foreign_pipeline) - total(m.before.foreign_pipeline) + m.flows.foreign_made
        slack = 1e-9 * (1.0 + total(m.before.foreign_pipeline))
        assert np.all(started >= -slack), m.number
        assert np.all(started <= m.x.line_rate + slack), m.number


def test_dies_are_made_imported_used_or_in_stock(months: tuple[dict, list[Month]]) -> None:
    for m in months[1]:
        before = m.before.die_stock + total(m.before.die_pipeline)
        after = m.after.die_stock + total(m.after.die_pipeline)
        assert worst(after, before + m.flows.good_dies + m.x.die_imports - m.flows.dies_used, before) < ROUNDING, m.number


def test_memory_stacks_are_made_imported_used_or_in_stock(months: tuple[dict, list[Month]]) -> None:
    for m in months[1]:
        before = m.before.hbm_pool + m.before.hbm_in_house
        after = m.after.hbm_pool + m.after.hbm_in_house
        used = m.flows.hbm_used.sum(axis=0)
        assert worst(after, before + m.x.hbm_imports + m.flows.hbm_made - used, before, used) < ROUNDING, m.number


def test_domestic_packages_are_sold_or_in_stock(months: tuple[dict, list[Month]]) -> None:
    for m in months[1]:
        before = m.before.package_inventory + m.flows.domestic_made
        assert worst(m.after.package_inventory, before - m.flows.units[DOMESTIC], before) < ROUNDING, m.number
        assert np.all(m.after.package_inventory >= 0.0)


def test_what_a_vendor_makes_is_the_sum_of_its_products_and_uses_their_parts(months: tuple[dict, list[Month]]) -> None:
    given, run = months
    c = given["c"]
    for m in run:
        made = m.flows.domestic_made
        assert worst(c.vendor_sum @ made, m.flows.made_by_vendor) < ROUNDING, m.number
        assert worst(c.vendor_sum @ (made * c.dies_per_package), m.flows.dies_used) < 1e-9, m.number
        assert worst(c.vendor_sum @ (made * c.hbm_stacks), m.flows.hbm_used) < 1e-9, m.number
        assert worst(m.after.cumulative_output, m.before.cumulative_output + m.flows.made_by_vendor) < ROUNDING


def test_grey_and_rented_chips_never_exceed_what_was_offered(months: tuple[dict, list[Month]]) -> None:
    for m in months[1]:
        assert np.all(m.flows.units[GREY] <= m.flows.grey_offered * (1.0 + ROUNDING))
        assert np.all(m.flows.units[OFFSHORE] <= m.flows.rental_offered * (1.0 + ROUNDING))


def test_the_installed_base_gains_deliveries_and_loses_the_retired(months: tuple[dict, list[Month]]) -> None:
    for m in months[1]:
        before, after = total(m.before.installed), total(m.after.installed)
        assert worst(after, before + m.flows.units - m.flows.retired, before) < ROUNDING, m.number
        assert np.all(m.flows.retired >= 0.0)


def test_running_totals_add_up_what_happened(months: tuple[dict, list[Month]]) -> None:
    given, run = months
    smuggled = run[0].before.smuggled + sum((m.flows.units[GREY] * given["c"].h100e[GREY]).sum(axis=0) for m in run)
    assert worst(run[-1].after.smuggled, smuggled) < ROUNDING
    wafers = run[0].before.cumulative_wafers + sum(m.flows.wafer_capacity for m in run)
    assert worst(run[-1].after.cumulative_wafers, wafers) < ROUNDING

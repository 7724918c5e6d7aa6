"""What is kept of each month: the series that outcomes are measured on. Sums over offers happen here, periods later."""

from __future__ import annotations

from countermove.market.mechanism import Array, Values
from countermove.market.mechanisms.research import launched_share
from countermove.market.offers import DOMESTIC, FOREIGN, GREY, H200, OFFSHORE
from countermove.market.state import State

ROUTE_SLICES = (FOREIGN, OFFSHORE, GREY, DOMESTIC)
"""Offers of each route, in the order of :data:`countermove.quantities.axes.ROUTES`."""

PARAMETERS: tuple[str, ...] = ("pue", "ramp_months")
CONSTANTS: tuple[str, ...] = (
    "effective_system",
    "effective_chip",
    "h100e",
    "bandwidth",
    "power_kw",
    "effective_work",
    "vendor_index",
    "launch_plan",
    "dt",
)
INPUTS: tuple[str, ...] = ("budget", "world_price", "grey_on_sale")

UNITS: dict[str, str] = {
    "units": "thousand package",
    "value": "usd_bn",
    "spent": "usd_bn",
    "vendor_revenue": "usd_bn",
    "research_spending": "usd_bn/year",
    "made_by_vendor": "thousand package",
    "software": "1",
    "research_productivity": "1",
    "duty_proceeds": "usd_bn",
    "duty_on_buyers": "usd_bn",
    "nvidia_china": "usd_bn",
    "nvidia_profit_china": "usd_bn",
    "nvidia_datacenter": "usd_bn",
    "us_h100e_added": "thousand h100e",
    "us_h100e": "thousand h100e",
    "us_bandwidth": "pb/s",
    "us_displaced": "thousand package",
    "budget": "usd_bn",
    "not_served": "usd_bn",
    "deferred": "usd_bn",
    "queued": "usd_bn",
    "cap_headroom": "thousand package",
    "input_cover": "1",
    "slack": "1",
    "wafer_capacity": "thousand wafer/month",
    "hbm_made": "thousand stack",
    "installed_h100e": "thousand h100e",
    "installed_bandwidth": "pb/s",
    "installed_effective": "thousand package",  # packages of an H200's effective performance
    "power": "gw",
    "frontier_chip": "1",
    "frontier_system": "1",
    "added_h100e": "thousand h100e",
    "smuggled": "thousand h100e",
    "cutoff_risk": "1",
    "work_added": "thousand package",  # packages of an H200's effective performance on the mean mix of work
    "cost_per_work": "thousand usd/package",
    "world_cost_per_work": "thousand usd/package",
    "h200_abroad": "thousand package",
    "domestic_price": "thousand usd/package",
}


LEVELS = frozenset(
    {
        "cap_headroom",
        "cost_per_work",
        "cutoff_risk",
        "deferred",
        "domestic_price",
        "frontier_chip",
        "frontier_system",
        "input_cover",
        "installed_bandwidth",
        "installed_effective",
        "installed_h100e",
        "power",
        "queued",
        "research_productivity",
        "research_spending",
        "slack",
        "smuggled",
        "software",
        "us_bandwidth",
        "us_displaced",
        "us_h100e",
        "wafer_capacity",
        "world_cost_per_work",
    }
)
"""Series that are levels: over sub-steps of a month the last one counts. All others are flows and add up."""


def frontier(effective: Array, performance: Array, launched: Array, xp: Array) -> Array:
    """Best domestic part by workload relative to one H200 (workload, draw); a part counts with its launch ramp."""
    return xp.max(effective[:, DOMESTIC] * (performance * launched)[None], axis=1)


def observe(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> dict[str, Array]:
    """Series of the month that just ended: stocks after it, flows within it. `s` is the new state."""
    stock = xp.sum(s.installed, axis=0)
    better = xp.concatenate([xp.ones_like(stock[: DOMESTIC.start]), s.performance_factor], axis=0)
    compute = stock * c.h100e * better
    width = stock * c.bandwidth * better
    added = f.units * c.h100e * better
    work = xp.sum(f.units * c.effective_work * better, axis=0)
    drawn = stock * c.power_kw
    launched = launched_share(s.programme_clock[c.vendor_index], c.launch_plan, p.ramp_months, xp)
    return {
        "units": f.units,
        "value": f.value,
        "spent": xp.sum(f.spent, axis=0),
        "vendor_revenue": f.vendor_revenue,
        "research_spending": f.research_spending,
        "made_by_vendor": f.made_by_vendor,
        "software": s.software,
        "research_productivity": f.research_productivity,
        "duty_proceeds": f.duty_proceeds,
        "duty_on_buyers": f.duty_on_buyers,
        "nvidia_china": f.nvidia_china,
        "nvidia_profit_china": f.nvidia_profit_china,
        "nvidia_datacenter": f.nvidia_datacenter,
        "us_h100e_added": f.us_h100e_added,
        "us_h100e": s.us_h100e,
        "us_bandwidth": s.us_bandwidth,
        "us_displaced": s.us_displaced,
        "budget": x.budget * c.dt,
        "not_served": xp.sum(f.unmet + f.waiting + f.given_up, axis=0),
        "deferred": xp.sum(s.deferred, axis=0),
        "queued": xp.sum(s.licence_queue + s.approval_queue + s.order_backlog, axis=(0, 1)),
        "cap_headroom": f.cap_headroom[H200],
        "input_cover": f.input_cover,
        "slack": f.slack,
        "wafer_capacity": f.wafer_capacity,
        "hbm_made": f.hbm_made,
        "installed_h100e": xp.stack([xp.sum(compute[route], axis=0) for route in ROUTE_SLICES]),
        "installed_bandwidth": xp.stack([xp.sum(width[route], axis=0) for route in ROUTE_SLICES]),
        "installed_effective": xp.sum(c.effective_system * (stock * better)[None], axis=1),
        "power": p.pue * (xp.sum(drawn[: OFFSHORE.start], axis=0) + xp.sum(drawn[DOMESTIC], axis=0)) / 1000.0,
        "frontier_chip": frontier(c.effective_chip, s.performance_factor, launched, xp),
        "frontier_system": frontier(c.effective_system, s.performance_factor, launched, xp),
        "added_h100e": xp.stack([xp.sum(added[route], axis=0) for route in ROUTE_SLICES]),
        "smuggled": s.smuggled,
        "cutoff_risk": s.cutoff_risk,
        "work_added": work,
        "cost_per_work": 1e6 * xp.sum(f.spent, axis=0) / (1000.0 * work + 1e-3),
        "world_cost_per_work": xp.min(x.world_price / (c.effective_work[GREY] * x.grey_on_sale + 1e-3), axis=0),
        "h200_abroad": f.units[H200] * f.foreign_abroad[H200],
        "domestic_price": 1000.0 * xp.sum(f.value[DOMESTIC], axis=0) / (xp.sum(f.units[DOMESTIC], axis=0) + 1e-6),
    }

"""The state of the market: stocks at the end of a month, one fixed tuple of arrays with the draw axis last.

Time convention, stated once: flows belong to a month, stocks to its end, prices react with one month's lag.
Money is in billions of constant 2025 US dollars, chips in thousands of packages, prices in thousands of dollars.
"""

from __future__ import annotations

from typing import NamedTuple

from countermove.market.mechanism import Array

ERLANG = 3
"""Stages of every delivery delay: an Erlang-3 delay has a standard deviation of 58% of its mean."""


POOLS = ("logic", "hbm", "packaging")
"""Pools of capacity beyond the announced plan, in the order of their axis."""


STAGED = ("foreign_pipeline", "die_pipeline", "capacity_pipeline", "installed")
"""Stocks whose first axis is the stages of a delay."""


class State(NamedTuple):
    """Stocks at the end of a month. Shapes by axis name; units in `STATE_UNITS`."""

    # demand: money that buyers hold back, have promised or have brought forward
    deferred: Array  # (segment, draw)
    advanced: Array  # (segment, draw)
    usual_request: Array  # (foreign, draw)
    usual_delivery: Array  # (foreign, draw)
    # the four stages of a legal import: licence -> import approval -> order -> shipment
    licence_queue: Array  # (foreign, segment, draw)
    approval_queue: Array  # (foreign, segment, draw)
    order_backlog: Array  # (foreign, segment, draw)
    # foreign supply
    foreign_pipeline: Array  # (stage, foreign, draw)
    foreign_inventory: Array  # (foreign, draw)
    cap_used: Array  # (foreign, draw)
    cap_base: Array  # (foreign, draw)
    ceiling_used: Array  # (foreign, draw)
    # domestic supply
    die_pipeline: Array  # (stage, vendor, draw)
    die_stock: Array  # (vendor, draw)
    hbm_pool: Array  # (draw,)
    hbm_in_house: Array  # (draw,)
    package_inventory: Array  # (domestic, draw)
    expected_orders: Array  # (vendor, draw)
    # learning
    cumulative_wafers: Array  # (draw,)
    cumulative_output: Array  # (vendor, draw)
    # capacity beyond the announced plan, by pool (logic, HBM, packaging)
    capacity_pipeline: Array  # (stage, pool, draw)
    capacity_extra: Array  # (pool, draw)
    direction: Array  # (pool, draw)
    # research
    annual_revenue: Array  # (vendor, draw)
    knowledge: Array  # (vendor, draw)
    programme_clock: Array  # (vendor, draw)
    performance_factor: Array  # (domestic, draw)
    # software
    software: Array  # (vendor, draw)
    # prices
    price: Array  # (offer, draw)
    # grey market, trust
    smuggled: Array  # (draw,)
    cutoff_risk: Array  # (draw,)
    # installed base
    installed: Array  # (stage, offer, draw)
    # United States
    us_h100e: Array  # (draw,)
    us_bandwidth: Array  # (draw,)
    us_displaced: Array  # (draw,)


STATE_UNITS: dict[str, str] = {
    "deferred": "usd_bn",
    "advanced": "usd_bn",
    "usual_request": "usd_bn/month",
    "usual_delivery": "usd_bn/month",
    "licence_queue": "usd_bn",
    "approval_queue": "usd_bn",
    "order_backlog": "usd_bn",
    "foreign_pipeline": "thousand package",
    "foreign_inventory": "thousand package",
    "cap_used": "thousand package",
    "cap_base": "thousand package",
    "ceiling_used": "thousand package",
    "die_pipeline": "thousand die",
    "die_stock": "thousand die",
    "hbm_pool": "thousand stack",
    "hbm_in_house": "thousand stack",
    "package_inventory": "thousand package",
    "expected_orders": "thousand package/month",
    "cumulative_wafers": "thousand wafer",
    "cumulative_output": "thousand package",
    "capacity_pipeline": "usd_bn",
    "capacity_extra": "1",
    "direction": "1",
    "annual_revenue": "usd_bn/year",
    "knowledge": "usd_bn",
    "programme_clock": "month",
    "performance_factor": "1",
    "software": "1",
    "price": "thousand usd/package",
    "smuggled": "thousand h100e",
    "cutoff_risk": "1",
    "installed": "thousand package",
    "us_h100e": "thousand h100e",
    "us_bandwidth": "pb/s",
    "us_displaced": "thousand package",
}

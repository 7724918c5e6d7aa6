"""Stocks at the end of 2021."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.market.dates import date
from countermove.market.inputs import Bundle
from countermove.market.offers import (
    BY_ROUTE,
    DOMESTIC_PRODUCTS,
    FOREIGN,
    FOREIGN_PRODUCTS,
    GREY,
    OFFERS,
    ROWS,
    VENDOR_ROWS,
    VENDORS,
)
from countermove.market.state import ERLANG, POOLS, State
from countermove.market.tables import product

Floats = NDArray[np.float64]


def software_at_start(p: Bundle, draws: int) -> Floats:
    """Software maturity at the end of 2021 (vendor, draw): the logistic run backwards at normal effort from its given date."""
    rows = [product(p, row.software, f"market/vendors.yaml ({row.id}.software)") for row in VENDOR_ROWS.values()]
    later = np.stack([np.broadcast_to(value, (draws,)) for value in rows])
    odds = later / (1.0 - later) * np.exp(-p.software_growth * date("software_maturity") / 12.0)
    result: Floats = odds / (1.0 + odds)
    return result


def early_stock(p: Bundle, x: Bundle) -> Floats:
    """Stock at the start of parts already on sale, months of their line, thousand packages (foreign, draw)."""
    on_sale = np.array([float(row.first_month == 0.0) for row in BY_ROUTE["direct"]])[:, None]
    result: Floats = p.early_stock_months * x.line_rate[0] * on_sale
    return result


def early_wanted(p: Bundle, draws: int) -> Floats:
    """Chips wanted a month when the clock starts, thousand packages (foreign, draw): those with `early` in their row."""
    rows = [0.0 if row.early is None else product(p, (row.early.wanted,), row.id) for row in BY_ROUTE["direct"]]
    return np.stack([np.broadcast_to(value, (draws,)) for value in rows]) / 12.0


def early_requests(p: Bundle, c: Bundle, draws: int) -> Floats:
    """Usual requests at the end of 2021, billion USD a month (foreign, draw), at the rate wanted in 2022."""
    result: Floats = early_wanted(p, draws) * c.list_price[FOREIGN] / 1000.0
    return result


def early_pipeline(p: Bundle, c: Bundle, draws: int) -> Floats:
    """Chips on the line at the end of 2021, thousand packages (stage, foreign, draw), at the rate wanted in 2022."""
    on_line = early_wanted(p, draws) * c.line_months / ERLANG
    return np.stack([on_line] * ERLANG)


def early_orders(p: Bundle, c: Bundle, draws: int) -> Floats:
    """Chips on order at the end of 2021, billion USD (foreign, segment, draw): the year's demand over the shipping time."""
    ordered = early_requests(p, c, draws)[:, None, :] * p.shipping_months * c.segment_share[None]
    return np.broadcast_to(ordered, (*ordered.shape[:2], draws)) + 0.0


def early_installed(p: Bundle, draws: int) -> Floats:
    """Chips installed before the clock starts, thousand packages (offer, draw)."""
    rows = [0.0 if row.early is None else product(p, (row.early.installed,), row.id) for row in ROWS]
    return np.stack([np.broadcast_to(value, (draws,)) for value in rows])


def initial_state(p: Bundle, c: Bundle, x: Bundle, draws: int) -> State:
    """The initial state; stocks that nobody has measured start empty, knowledge and experience at their reference."""
    foreign, domestic, vendors, pools = len(FOREIGN_PRODUCTS), len(DOMESTIC_PRODUCTS), len(VENDORS), len(POOLS)
    segments = c.segment_share.shape[0]

    def none(*shape: int) -> Floats:
        return np.zeros((*shape, draws))

    price = c.list_price.copy()
    price[GREY] = x.world_price[0] * (1.0 + p.grey_premium)
    installed = none(ERLANG, OFFERS) + early_installed(p, draws) / ERLANG
    dies = none(vendors) + p.initial_dies
    return State(
        deferred=none(segments),
        advanced=none(segments),
        usual_request=early_requests(p, c, draws),
        usual_delivery=none(foreign),
        licence_queue=none(foreign, segments),
        approval_queue=none(foreign, segments),
        order_backlog=early_orders(p, c, draws),
        foreign_pipeline=early_pipeline(p, c, draws),
        foreign_inventory=early_stock(p, x),
        cap_used=none(foreign),
        cap_base=none(foreign) + 1.0,
        ceiling_used=none(foreign),
        die_pipeline=none(ERLANG, vendors),
        die_stock=dies,
        hbm_pool=none() + p.initial_hbm,
        hbm_in_house=none(),
        package_inventory=none(domestic),
        expected_orders=none(vendors) + 1.0,
        cumulative_wafers=np.broadcast_to(x.reference_wafers[0], (draws,)) + 0.0,
        cumulative_output=none(vendors),
        capacity_pipeline=none(ERLANG, pools),
        capacity_extra=none(pools),
        direction=none(pools) + 1.0 / pools,
        annual_revenue=none(vendors) + x.reference_revenue[0],
        knowledge=x.reference_knowledge[0].copy(),
        programme_clock=none(vendors),
        performance_factor=none(domestic) + 1.0,
        software=software_at_start(p, draws),
        price=price,
        smuggled=none(),
        cutoff_risk=none() + p.initial_risk,
        installed=installed,
        us_h100e=none() + p.initial_h100e,
        us_bandwidth=none() + p.initial_h100e * p.initial_bandwidth_per_h100e / 1000.0,
        us_displaced=none(),
    )

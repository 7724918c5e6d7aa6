"""Stocks at the end of 2021."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.market.dates import date
from countermove.market.inputs import Bundle
from countermove.market.offers import DOMESTIC_PRODUCTS, FOREIGN_PRODUCTS, GREY, OFFERS, VENDORS
from countermove.market.state import ERLANG, POOLS, State
from countermove.market.windows import windows

Floats = NDArray[np.float64]


def software_at_start(p: Bundle, draws: int) -> Floats:
    """Software maturity at the end of 2021 (vendor, draw): the logistic run backwards at normal effort from its given date."""
    huawei = np.broadcast_to(p.software_2024, (draws,))
    later = np.stack([huawei if v == 0 else huawei * p.software_other for v in range(len(VENDORS))])
    odds = later / (1.0 - later) * np.exp(-p.software_growth * date("software_maturity") / 12.0)
    result: Floats = odds / (1.0 + odds)
    return result


def early_stock(p: Bundle, x: Bundle) -> Floats:
    """Stock at the start of parts already on sale, months of their line, thousand packages (foreign, draw)."""
    on_sale = np.array([float(window.start == 0.0) for window in windows("direct", FOREIGN_PRODUCTS)])[:, None]
    result: Floats = p.early_stock_months * x.line_rate[0] * on_sale
    return result


def early_requests(p: Bundle, draws: int) -> Floats:
    """Usual requests at the end of 2021, billion USD a month (foreign, draw): A100s at the rate wanted in 2022."""
    first = np.arange(len(FOREIGN_PRODUCTS)) == 0
    requests: Floats = first[:, None] * np.broadcast_to(p.latent_a100_2022 * p.price_a100 / 12.0 / 1000.0, (draws,))
    return requests


def early_pipeline(p: Bundle, c: Bundle, draws: int) -> Floats:
    """Chips on the line at the end of 2021, thousand packages (stage, foreign, draw): A100s at the rate wanted in 2022."""
    first = np.tile(np.arange(len(FOREIGN_PRODUCTS)) == 0, (ERLANG, 1))
    on_line = p.latent_a100_2022 / 12.0 * c.line_months[0] / ERLANG
    pipeline: Floats = first[:, :, None] * np.broadcast_to(on_line, (draws,))
    return pipeline


def early_orders(p: Bundle, c: Bundle, draws: int) -> Floats:
    """A100s on order at the end of 2021, billion USD (foreign, segment, draw): the year's demand over the shipping time."""
    first = (np.arange(len(FOREIGN_PRODUCTS)) == 0)[:, None, None]
    monthly = p.latent_a100_2022 * p.price_a100 / 12.0 / 1000.0
    ordered = monthly * p.shipping_months * c.segment_share
    orders: Floats = first * np.broadcast_to(ordered, (c.segment_share.shape[0], draws))
    return orders


def initial_state(p: Bundle, c: Bundle, x: Bundle, draws: int) -> State:
    """The initial state; stocks that nobody has measured start empty, knowledge and experience at their reference."""
    foreign, domestic, vendors, pools = len(FOREIGN_PRODUCTS), len(DOMESTIC_PRODUCTS), len(VENDORS), len(POOLS)
    segments = c.segment_share.shape[0]

    def none(*shape: int) -> Floats:
        return np.zeros((*shape, draws))

    price = c.list_price.copy()
    price[GREY] = x.world_price[0] * (1.0 + p.grey_premium)
    a100 = (np.arange(OFFERS) == 0)[:, None]
    installed = none(ERLANG, OFFERS) + a100 * p.initial_a100 / ERLANG
    dies = none(vendors) + p.initial_dies
    return State(
        deferred=none(segments),
        advanced=none(segments),
        usual_request=early_requests(p, draws),
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

"""The parts of utility that do not move in a run: performance on each segment's work, preference, unobserved quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.market.exogenous import budget
from countermove.market.inputs import Bundle
from countermove.market.inversion import Anchor, entrant_utility, mean_utilities, unobserved_quality
from countermove.market.mechanisms.demand import user_cost
from countermove.market.offers import DOMESTIC, FOREIGN, GREY, OFFER_PRODUCTS, OFFERS, OFFSHORE, VENDOR_OF
from countermove.market.tables import effective_scale, other_vendor_split, segment_mix

if TYPE_CHECKING:
    from countermove.hardware.products import ProductTable

Floats = NDArray[np.float64]


def offer_of(product: str, route: slice) -> int:
    """Index of a product's offer on a route."""
    return OFFER_PRODUCTS.index(product, route.start, route.stop)


#: Offers that nobody has sold in China yet take the unobserved quality of a relative in the same nest.
RELATIVES = {
    offer_of(product, route): offer_of(relative, route)
    for route, product, relative in (
        (FOREIGN, "b30a", "h200-sxm"),
        (FOREIGN, "b200-sxm", "h200-sxm"),
        (FOREIGN, "rubin", "h200-sxm"),
        (FOREIGN, "mi325x", "mi308x"),
        (GREY, "rubin", "b200-sxm"),
        (OFFSHORE, "gb300", "h200-sxm"),
        (OFFSHORE, "rubin", "h200-sxm"),
        (DOMESTIC, "ascend-950pr", "ascend-910c"),
        (DOMESTIC, "ascend-950dt", "ascend-910c"),
        (DOMESTIC, "ascend-960", "ascend-910c"),
        (DOMESTIC, "ascend-970", "ascend-910c"),
        (DOMESTIC, "cambricon-690", "cambricon-590"),
    )
}


#: The products that stand for the vendors other than Huawei at the anchor dates, in the order of their package split.
OTHER_PRODUCTS = ("cambricon-590", "hygon-bw1000", "thead-ppu", "kunlun-p800", "moore-s5000", "metax-c500")


#: Parts that are no longer on sale when the H200 would enter.
WITHDRAWN = ("a100-sxm", "a800-sxm", "h800-sxm")

#: Bound on the share of the budget that the H200 may be wanted for, so that the inversion has a solution.
MOST_OF_BUDGET = 0.8


def log_performance(products: ProductTable, mix: Floats) -> Floats:
    """Log effective performance on each segment's work, in its system, (offer, segment, draw or 1): ``sum_w mix_w ln e_w``."""
    effective = np.maximum(products.effective_system, 1e-6)
    result: Floats = np.einsum("ow,swd->osd", np.log(effective), mix)
    return result


def anchors(p: Bundle, prices: Floats, draws: int) -> list[Anchor]:
    """Wanted dollars by offer and anchor year, billion USD a year: latent units times list price."""
    split = dict(zip(OTHER_PRODUCTS, other_vendor_split(p), strict=True))
    rest = sum(share for name, share in split.items() if name != "cambricon-590")
    market = 0.5 * (p.legal_market_2024 + p.legal_market_2025)
    wanted: list[tuple[str, slice, int, Floats]] = [
        ("a100-sxm", FOREIGN, 2022, p.latent_a100_2022),
        ("a800-sxm", FOREIGN, 2023, p.latent_a800_2023),
        ("h800-sxm", FOREIGN, 2023, p.latent_h800_2023),
        ("h20", FOREIGN, 2024, p.latent_h20_2024),
        ("l20", FOREIGN, 2025, p.latent_low_end_2025),
        ("rtx-pro-6000d", FOREIGN, 2025, p.latent_pro6000d),
        ("mi308x", FOREIGN, 2025, p.latent_amd_2025),
        ("ascend-910b", DOMESTIC, 2024, p.latent_huawei_2024),
        ("ascend-910c", DOMESTIC, 2025, p.huawei_packages_2025 * p.latent_huawei_2025),
        ("cambricon-590", DOMESTIC, 2025, p.latent_cambricon_2025),
    ]
    wanted += [(n, DOMESTIC, 2025, p.latent_other_2025 * s / rest) for n, s in split.items() if n != "cambricon-590"]
    rows = [
        Anchor(offer_of(n, r), y, np.broadcast_to(units * prices[offer_of(n, r)] / 1000.0, (draws,))) for n, r, y, units in wanted
    ]
    grey = {2024: p.grey_budget_2024, 2025: p.grey_budget_2025}
    rows.append(Anchor(offer_of("h100-sxm", GREY), 2024, np.broadcast_to(grey[2024] * p.legal_market_2024, (draws,))))
    rows.append(Anchor(offer_of("b200-sxm", GREY), 2025, np.broadcast_to(0.5 * grey[2025] * p.legal_market_2025, (draws,))))
    rows.append(Anchor(offer_of("h200-sxm", OFFSHORE), 2025, np.broadcast_to(p.offshore_budget * market, (draws,))))
    return rows


def reference_cost(p: Bundle, prices: Floats, power_kw: Floats, maturity: Floats) -> Floats:
    """User cost by offer at the anchor dates, thousand USD (offer, draw), with grey premium and porting effort."""
    cost: Floats = user_cost(prices, power_kw, p.energy_price, p.energy_years)
    energy = cost - prices
    cost[GREY] = prices[GREY] * (1.0 + p.grey_premium) + energy[GREY]
    cost[OFFSHORE] = prices[OFFSHORE]
    porting = 1.0 + p.porting_cost * (1.0 - maturity[np.asarray(VENDOR_OF)])
    cost[DOMESTIC] = (prices[DOMESTIC] + energy[DOMESTIC] * (1.0 + p.power_overhead)) * porting
    return cost


def choice_constants(p: Bundle, products: ProductTable, c: Bundle, maturity: Floats, draws: int) -> Bundle:
    """`choice_base` (offer, segment, draw) = ``exp((a ln e + preference + xi)/(1-sigma))``, normalised; and waiting's value.

    `maturity` (vendor, draw) is the software maturity at the anchors' date.
    """
    log_effective = log_performance(products, segment_mix(p))
    shares = c.segment_share
    scale = np.log(effective_scale(p, draws))
    national = p.quality_elasticity * ((log_effective * shares).sum(axis=1) + scale)
    cost = reference_cost(p, c.list_price, c.power_kw, maturity)
    home = (np.arange(OFFERS) >= DOMESTIC.start)[:, None, None]
    telecoms, state_funded = (np.arange(len(shares)) == segment for segment in (2, 3))
    preference = home * telecoms[:, None] * np.broadcast_to(p.preference_telecoms, (draws,))
    preference = preference + home * state_funded[:, None] * np.broadcast_to(p.preference_state_funded, (draws,))
    liking = (preference * shares).sum(axis=1)
    observable = national - p.price_elasticity * np.log(cost) + liking

    path = budget(p)
    totals = {year: path[(year - 2022) * 12 : (year - 2021) * 12].sum(axis=0) for year in range(2022, 2027)}
    years = {year: np.broadcast_to(total, (draws,)) for year, total in totals.items()}
    waiting = np.broadcast_to(p.wait_share, (draws,))
    utilities = mean_utilities(anchors(p, c.list_price, draws), years, waiting, p.nest_correlation)
    h200 = offer_of("h200-sxm", FOREIGN)
    wanted = p.latent_h200_2026 * c.list_price[h200] / 1000.0 / years[2026]
    on_sale = {offer: value for offer, value in utilities.items() if OFFER_PRODUCTS[offer] not in WITHDRAWN}
    utilities[h200] = entrant_utility(np.minimum(wanted, MOST_OF_BUDGET), on_sale, FOREIGN, p.nest_correlation)
    quality = unobserved_quality(utilities, observable, RELATIVES, draws)

    fixed = p.quality_elasticity * (log_effective + scale[:, None, :]) + preference + quality[:, None, :]
    top = fixed.max(axis=(0, 1))
    return Bundle(choice_base=np.exp((fixed - top) / (1.0 - p.nest_correlation)), waiting_value=-top)

"""The parts of utility that do not move in a run: performance on each segment's work, preference, unobserved quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.market.exogenous import budget
from countermove.market.inputs import Bundle
from countermove.market.inversion import Anchor, entrant_utility, mean_utilities, unobserved_quality
from countermove.market.mechanisms.demand import user_cost
from countermove.market.offers import (
    DOMESTIC,
    GREY,
    OFFER_VENDORS,
    OFFERS,
    OFFSHORE,
    ROWS,
    VENDOR_OF,
    VENDORS,
    offer,
    route_slice,
)
from countermove.market.paths import end_of_year
from countermove.market.tables import effective_scale, product, segment_mix, vendor_split

if TYPE_CHECKING:
    from countermove.hardware.products import ProductTable

Floats = NDArray[np.float64]


#: Offers that nobody has sold in China yet take the unobserved quality of a relative in the same nest.
RELATIVES = {place: offer(row.quality.like, row.route) for place, row in enumerate(ROWS) if row.quality.like is not None}


#: Bound on the share of the budget that a newcomer may be wanted for, so that the inversion has a solution.
MOST_OF_BUDGET = 0.8


def log_performance(products: ProductTable, mix: Floats) -> Floats:
    """Log effective performance on each segment's work, in its system, (offer, segment, draw or 1): ``sum_w mix_w ln e_w``."""
    effective = np.maximum(products.effective_system, 1e-6)
    result: Floats = np.einsum("ow,swd->osd", np.log(effective), mix)
    return result


def anchors(p: Bundle, prices: Floats, draws: int) -> list[Anchor]:
    """Wanted dollars by offer and anchor year, billion USD a year: latent units times list price, or a part of the market."""
    rows = []
    for place, row in enumerate(ROWS):
        wanted = row.quality.wanted
        if wanted is None:
            continue
        where = f"market/offers.yaml ({row.route}.{row.id}.quality)"
        if wanted.market is not None and wanted.of is not None:
            legal = sum(product(p, (path,), where) for path in wanted.of) / len(wanted.of)
            dollars = product(p, wanted.market, where) * legal
        else:
            dollars = product(p, wanted.units or (), where) * part_of_shared(p, place) * prices[place] / 1000.0
        rows.append(Anchor(place, wanted.year, np.broadcast_to(dollars, (draws,))))
    return rows


def part_of_shared(p: Bundle, place: int) -> Floats | float:
    """The vendor's part of units that its row shares with those of other vendors, (draw,); 1 where it shares none."""
    wanted = ROWS[place].quality.wanted
    if wanted is None or not wanted.shared:
        return 1.0
    rows = {OFFER_VENDORS[i]: row.quality.wanted for i, row in enumerate(ROWS) if row.quality.wanted is not None}
    names = [name for name in VENDORS if (other := rows.get(name)) and other.shared and other.units == wanted.units]
    parts: Floats = vendor_split(p, names)[names.index(OFFER_VENDORS[place])]
    return parts


def anchor_years() -> range:
    """The years for which wanted units are given."""
    years = [given.year for row in ROWS for given in (row.quality.wanted, row.quality.entrant) if given is not None]
    return range(min(years), max(years) + 1)


def withdrawn(year: int) -> tuple[int, ...]:
    """Offers that are no longer made when a year begins."""
    return tuple(place for place, row in enumerate(ROWS) if row.last_month <= end_of_year(year - 1))


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
    totals = {year: path[(year - 2022) * 12 : (year - 2021) * 12].sum(axis=0) for year in anchor_years()}
    years = {year: np.broadcast_to(total, (draws,)) for year, total in totals.items()}
    waiting = np.broadcast_to(p.wait_share, (draws,))
    utilities = mean_utilities(anchors(p, c.list_price, draws), years, waiting, p.nest_correlation)
    for place, row in enumerate(ROWS):
        entrant = row.quality.entrant
        if entrant is None:
            continue
        units = product(p, entrant.units, f"market/offers.yaml ({row.route}.{row.id}.quality)")
        wanted = units * c.list_price[place] / 1000.0 / years[entrant.year]
        gone = withdrawn(entrant.year)
        on_sale = {other: value for other, value in utilities.items() if other not in gone}
        most = np.minimum(wanted, MOST_OF_BUDGET)
        utilities[place] = entrant_utility(most, on_sale, route_slice(row.route), p.nest_correlation)
    quality = unobserved_quality(utilities, observable, RELATIVES, draws)

    fixed = p.quality_elasticity * (log_effective + scale[:, None, :]) + preference + quality[:, None, :]
    top = fixed.max(axis=(0, 1))
    return Bundle(choice_base=np.exp((fixed - top) / (1.0 - p.nest_correlation)), waiting_value=-top)

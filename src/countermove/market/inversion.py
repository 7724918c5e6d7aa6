"""Unobserved quality from latent demand: the inversion of Berry (1994) in closed form, per draw.

What was *sold* under rationing only bounds demand from below, so the shares inverted here are of *wanted* chips:
order books, or sales where supply had slack, each with its own range. Offers that nobody has sold yet inherit the
quality of a relative.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.market.mechanisms.demand import NESTS
from countermove.market.offers import OFFERS
from countermove.market.paths import NEXT_TO_NOTHING

Floats = NDArray[np.float64]


class Anchor(NamedTuple):
    """Wanted dollars of one offer in one year, (draw,) billion USD a year."""

    offer: int
    year: int
    dollars: Floats


def berry_inversion(share: Floats, within: Floats, outside: Floats, correlation: Floats) -> Floats:
    """Mean utility relative to waiting: ``ln s_j - ln s_0 - sigma ln s_(j|g)`` (Berry 1994, eq. for the nested logit)."""
    result: Floats = np.log(share) - np.log(outside) - correlation * np.log(within)
    return result


def mean_utilities(
    anchors: list[Anchor], budgets: Mapping[int, Floats], wait_share: Floats, correlation: Floats
) -> dict[int, Floats]:
    """Mean utility by offer, (draw,), from the anchors of each year; the value of waiting is the origin.

    `budgets` is the whole budget of each anchor year, billion USD. Where the anchors of a year exceed the budget less
    waiting, all of them are scaled down: shares must leave room for the outside option.
    """
    utilities: dict[int, Floats] = {}
    for year in sorted({a.year for a in anchors}):
        # What nobody wanted keeps a share next to nothing, because its utility would be minus infinity.
        rows = [a._replace(dollars=np.maximum(a.dollars, NEXT_TO_NOTHING)) for a in anchors if a.year == year]
        total = np.sum(np.stack([a.dollars for a in rows]), axis=0)
        room = np.minimum(1.0, budgets[year] * (1.0 - wait_share) / total)
        for nest in NESTS:
            members = [a for a in rows if nest.start <= a.offer < nest.stop]
            if not members:
                continue
            inside = np.sum(np.stack([a.dollars for a in members]), axis=0)
            for a in members:
                share = a.dollars * room / budgets[year]
                utilities[a.offer] = berry_inversion(share, a.dollars / inside, wait_share, correlation)
    return utilities


def entrant_utility(share: Floats, others: Mapping[int, Floats], nest: slice, correlation: Floats) -> Floats:
    """Mean utility at which a newcomer takes `share` of the budget beside the `others`, whose utilities are known.

    The nested logit has no closed form here, because the newcomer changes its nest's inclusive value; the share rises
    with its weight, so 80 bisections of the log weight find it to rounding. Shapes (draw,); waiting has utility 0.
    """
    scale = 1.0 - correlation
    inside = np.sum(np.stack([np.exp(v / scale) for o, v in others.items() if nest.start <= o < nest.stop]), axis=0)
    rest: Floats = np.ones_like(share)
    for other in NESTS:
        if other != nest:
            members = [np.exp(v / scale) for o, v in others.items() if other.start <= o < other.stop]
            rest = rest + np.sum(np.stack(members), axis=0) ** scale if members else rest
    low, high = np.full_like(share, -80.0), np.full_like(share, 80.0)
    for _ in range(80):
        middle = 0.5 * (low + high)
        weight = np.exp(middle)
        whole = inside + weight
        taken = weight * whole**-correlation / (rest + whole**scale)
        low, high = np.where(taken < share, middle, low), np.where(taken < share, high, middle)
    result: Floats = 0.5 * (low + high) * scale
    return result


def unobserved_quality(utilities: Mapping[int, Floats], observable: Floats, relatives: Mapping[int, int], draws: int) -> Floats:
    """``xi = mean utility - observable utility`` by offer (offer, draw); offers without an anchor take a relative's.

    `relatives` maps an offer without an anchor to the offer of the same nest whose quality it shares.
    """
    quality = {offer: value - observable[offer] for offer, value in utilities.items()}
    for offer, family in relatives.items():
        quality[offer] = quality[family]
    return np.stack([quality.get(offer, np.zeros(draws)) for offer in range(OFFERS)])

"""Outcomes that only a pair of scenarios has: what an H200 displaces, and how much later one world has another's compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.delay import LABEL, STOCK, UNIT, months_later
from countermove.experiments.delay import NAME as DELAY
from countermove.experiments.displacement import DISPLACEMENTS, Displacement, ratio_by_draw

Floats = NDArray[np.float64]
Draws = Mapping[str, Mapping[str, Floats]]


@dataclass(frozen=True)
class Paired:
    """One such outcome: `draws(period, reference, scenario)` gives the draws that count and their share (None: all)."""

    label: str
    noun: str
    unit: str
    draws: Callable[[str, Draws, Draws], tuple[Floats, float | None]]


def delayed(period: str, reference: Draws, scenario: Draws) -> tuple[Floats, None]:
    """Months by which Chinese users have the reference's compute of a year's end later in the scenario's world, (draw,)."""
    years = [name for name in reference[STOCK] if name.isdigit()]
    levels, wanted = (np.stack([world[STOCK][year] for year in years]) for world in (scenario, reference))
    return months_later(levels, wanted)[years.index(period)], None


def _displaced(ratio: Displacement) -> Callable[[str, Draws, Draws], tuple[Floats, float | None]]:
    return lambda period, reference, scenario: ratio_by_draw(ratio, period, reference, scenario)


PAIRED: dict[str, Paired] = {
    "domestic_displaced_per_h200": Paired(
        "Domestic chips displaced per H200",
        "the number of domestic chips displaced per H200",
        "1",
        _displaced(DISPLACEMENTS["domestic_displaced_per_h200"]),
    ),
    "domestic_revenue_lost_per_h200_usd": Paired(
        "Domestic revenue lost per H200 dollar",
        "domestic revenue lost per H200 dollar",
        "usd/usd",
        _displaced(DISPLACEMENTS["domestic_revenue_lost_per_h200_usd"]),
    ),
    DELAY: Paired(LABEL, "the delay of Chinese compute", UNIT, delayed),
}
"""Ids of paired outcomes, which a check may name beside those of `outcomes`."""

"""Outcomes that only a pair of scenarios has: what an H200 displaces, and how many months apart two worlds' compute is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.displacement import DISPLACEMENTS, Displacement, ratio_by_draw
from countermove.quantities.calendar import FIRST_YEAR

Floats = NDArray[np.float64]
Draws = Mapping[str, Mapping[str, Floats]]

COMPUTE = "china_compute_h100e"


@dataclass(frozen=True)
class Paired:
    """One such outcome: `draws(period, reference, scenario)` gives the draws that count and their share (None: all)."""

    label: str
    noun: str
    unit: str
    draws: Callable[[str, Draws, Draws], tuple[Floats, float | None]]


def months_behind(period: str, reference: Draws, scenario: Draws) -> tuple[Floats, None]:
    """Months since the reference world held the compute that the scenario's world holds at the end of a year, (draw,).

    ``lag = end of year - t``, with t the date at which the reference first held that much; joined log-linearly between
    ends of years. Negative where the scenario is ahead; then t lies in the reference's future, at most at its last year.
    """
    held = sorted(year for year in reference[COMPUTE] if len(year) == len("2026"))
    path = np.log(np.maximum(np.stack([reference[COMPUTE][year] for year in held]), 1e-9))
    wanted = np.log(np.maximum(scenario[COMPUTE][period], 1e-9))
    path = np.maximum.accumulate(path, axis=0)
    after = np.clip(np.sum(path < wanted[None], axis=0), 1, len(held) - 1)
    draw = np.arange(wanted.shape[0])
    low, high = path[after - 1, draw], path[after, draw]
    share = np.clip((wanted - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    reached = 12.0 * (int(held[0]) - FIRST_YEAR + 1 + after - 1 + share)
    lag: Floats = 12.0 * (int(period) - FIRST_YEAR + 1) - reached
    return lag, None


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
    "china_compute_months_behind": Paired(
        "Months by which Chinese compute is behind",
        "the lag of Chinese compute",
        "month",
        months_behind,
    ),
}
"""Ids of paired outcomes, which a check may name beside those of `outcomes`."""

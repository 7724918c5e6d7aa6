"""What H200 sales displace: domestic sales lost per H200 sold, from two scenarios run with the same random numbers.

displaced = -(domestic with - domestic without) / (H200 with - H200 without), per draw and period; negative where sales add
domestic ones, as bundling may. The ratio of two differences means nothing where the scenarios sell almost the same number of
H200s: such draws are left out, and `share_of_draws` says how many remain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.statistics import Point, point

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Displacement:
    """One displacement ratio: which outcome is lost per which other, and the smallest difference that counts."""

    label: str
    unit: str
    lost: str
    sold: str
    least: float


DISPLACEMENTS: dict[str, Displacement] = {
    "domestic_displaced_per_h200": Displacement(
        "Domestic chips displaced per H200", "1", "domestic_units", "h200_china_units", least=1.0
    ),
    "domestic_revenue_lost_per_h200_usd": Displacement(
        "Domestic revenue lost per H200 dollar",
        "usd/usd",
        "domestic_ai_chip_revenue_usd_bn",
        "h200_china_revenue_usd_bn",
        least=0.03,
    ),
}
"""`least` is a thousand packages, or what they cost: below it, the difference between two scenarios is noise of the model."""


def displacements(
    reference: Mapping[str, Mapping[str, Floats]], other: Mapping[str, Mapping[str, Floats]]
) -> dict[str, list[Point]]:
    """Return ratio -> points of the periods in which any draw counts; empty where an outcome is missing."""
    found = {}
    for name, ratio in DISPLACEMENTS.items():
        if ratio.lost not in reference or ratio.sold not in reference:
            continue
        points = [counted for period in reference[ratio.sold] if (counted := _point(period, ratio, reference, other)) is not None]
        if points:
            found[name] = points
    return found


def ratio_by_draw(
    ratio: Displacement, period: str, reference: Mapping[str, Mapping[str, Floats]], other: Mapping[str, Mapping[str, Floats]]
) -> tuple[Floats, float]:
    """Return a ratio in one period over the draws that count, `(counted draw,)`, and the share of draws that do."""
    sold = other[ratio.sold][period] - reference[ratio.sold][period]
    lost = other[ratio.lost][period] - reference[ratio.lost][period]
    counts = np.abs(sold) >= ratio.least
    return -lost[counts] / sold[counts], float(np.mean(counts))


def _point(
    period: str, ratio: Displacement, reference: Mapping[str, Mapping[str, Floats]], other: Mapping[str, Mapping[str, Floats]]
) -> Point | None:
    values, share = ratio_by_draw(ratio, period, reference, other)
    return point(period, values, share_of_draws=share) if len(values) else None

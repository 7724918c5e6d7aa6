"""What a choice costs in months: how much later one scenario reaches the compute that the reference has.

For each draw and year, the time at which the other scenario's Chinese compute equals the reference's year-end level, less that
year end. Positive is later, negative earlier. Read log-linearly between year ends; beyond the last one the growth of the last
year is carried on, and the delay is cut at five years.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.statistics import Point, point

Floats = NDArray[np.float64]

NAME = "china_compute_delay_months"
LABEL = "Months later that Chinese users have the reference's compute"
UNIT = "month"
STOCK = "china_compute_h100e"
LONGEST = 60.0


def months_later(levels: Floats, reference: Floats) -> Floats:
    """Months by which `levels` reach each of `reference`'s values later, both (year, draw) at year ends."""
    path, target = np.log(np.maximum(levels, 1e-9)), np.log(np.maximum(reference, 1e-9))
    years, draws = path.shape
    delays = np.empty_like(path)
    columns = np.arange(draws)
    growth = np.maximum(path[-1] - path[-2], 1e-3)
    for year in range(years):
        reached = path >= target[year]
        after = np.argmax(reached, axis=0)
        before = np.maximum(after - 1, 0)
        rise = np.maximum(path[after, columns] - path[before, columns], 1e-12)
        inside = before + np.where(after > 0, (target[year] - path[before, columns]) / rise, 0.0)
        beyond = years - 1 + (target[year] - path[-1]) / growth
        delays[year] = 12.0 * (np.where(reached.any(axis=0), inside, beyond) - year)
    clipped: Floats = np.clip(delays, -LONGEST, LONGEST)
    return clipped


def delays(reference: Mapping[str, Mapping[str, Floats]], other: Mapping[str, Mapping[str, Floats]]) -> list[Point]:
    """Return the delay by year; empty where years are not among the periods."""
    years = [period for period in reference.get(STOCK, {}) if len(period) == len("2026")]
    if len(years) < 2:
        return []
    found = months_later(np.stack([other[STOCK][year] for year in years]), np.stack([reference[STOCK][year] for year in years]))
    return [point(year, values, paired=True) for year, values in zip(years, found, strict=True)]

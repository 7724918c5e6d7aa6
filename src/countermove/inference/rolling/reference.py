"""The fixed reference: an equal mixture of last value and damped trend, made from one series' own past.

In logarithms, with y_T the last value known and h quarters ahead:

    m_1 = y_T,   m_2 = y_T + g (phi + phi^2 + ... + phi^h),   phi = 0.7
    variance = (4 x 0.35^2 h + sum_i e_i^2) / (4 + n)

g is the mean growth a quarter over the last four; e_i are the n past errors of the mixture's mean at the same h, each made with
what came before. Damped trends: Gardner and McKenzie (1985), "Forecasting trends in time series". Every number is fixed in
docs/decisions/0091 before any model was judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

Floats = NDArray[np.float64]

PHI = 0.7
PRIOR_SD = 0.35
"""Standard deviation of one quarter's change before any error is seen, in logarithms."""
PRIOR_CHANGE = 0.28
"""Mean absolute change of one quarter before any is seen: that of a normal with `PRIOR_SD`, 0.35 sqrt(2 / pi)."""
PRIOR_WEIGHT = 4.0
LEAST_SCALE = 0.15
TREND = 4
"""Quarters over which growth is averaged."""


@dataclass(frozen=True)
class Past:
    """The known values of one series: quarters in which periods end, increasing, and levels (logarithms)."""

    quarters: tuple[int, ...]
    levels: tuple[float, ...]

    def __post_init__(self) -> None:
        """Raise InputError for an empty past or quarters that do not increase."""
        if not self.quarters or len(self.quarters) != len(self.levels):
            raise InputError("a past needs values, one a period", where="reference", hint="give the rows that were known")
        if any(after <= before for before, after in zip(self.quarters, self.quarters[1:], strict=False)):
            raise InputError("the periods of a past must increase", where="reference", hint="one value a period, in order")

    def until(self, count: int) -> Past:
        """The first `count` values."""
        return Past(self.quarters[:count], self.levels[:count])

    def changes(self, h: int) -> tuple[float, ...]:
        """All changes over h quarters, in logarithms."""
        at = dict(zip(self.quarters, self.levels, strict=True))
        return tuple(level - at[q - h] for q, level in at.items() if q - h in at)


@dataclass(frozen=True)
class Mixture:
    """Normals of equal weight and variance, in logarithms."""

    means: tuple[float, ...]
    sd: float

    def crps(self, level: float) -> float:
        """Continuous ranked probability score of a value's logarithm, in closed form for normal mixtures.

        Grimit et al. (2006), "The continuous ranked probability score for circular variables and its application to mesoscale
        forecast ensemble verification".
        """
        weight = 1.0 / len(self.means)
        near = sum(weight * _spread(level - mean, self.sd) for mean in self.means)
        apart = sum(weight**2 * _spread(one - other, self.sd * math.sqrt(2.0)) for one in self.means for other in self.means)
        return near - 0.5 * apart


def _spread(mean: float, sd: float) -> float:
    """``E|N(mean, sd^2)|``."""
    z = mean / sd
    return 2.0 * sd * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) + mean * math.erf(z / math.sqrt(2.0))


def means(past: Past, h: int) -> tuple[float, float]:
    """Last value and damped trend, h quarters after the last value."""
    last = past.levels[-1]
    return last, last + growth(past) * sum(PHI**k for k in range(1, h + 1))


def growth(past: Past) -> float:
    """Mean growth a quarter over the last four; over the span nearest to four (the longer of two) where that one is unknown."""
    if len(past.quarters) == 1:
        return 0.0
    end, level = past.quarters[-1], past.levels[-1]
    spans = [(abs(end - q - TREND), -(end - q), (level - y) / (end - q)) for q, y in _pairs(past)[:-1]]
    return min(spans)[2]


def reference(past: Past, h: int) -> Mixture:
    """The predictive h quarters after the last known value. Raises InputError for an h below one."""
    if h < 1:
        raise InputError(f"{h} quarters ahead", where="reference", hint="predict periods after the last known one")
    errors = past_errors(past, h)
    variance = (PRIOR_WEIGHT * PRIOR_SD**2 * h + sum(error**2 for error in errors)) / (PRIOR_WEIGHT + len(errors))
    return Mixture(means(past, h), math.sqrt(variance))


def past_errors(past: Past, h: int) -> tuple[float, ...]:
    """Errors of the mixture's mean at each known value that has one h quarters before, made with what came before it."""
    places = {q: number for number, q in enumerate(past.quarters)}
    found = []
    for q, level in _pairs(past):
        if q - h in places:
            found.append(level - sum(means(past.until(places[q - h] + 1), h)) / 2.0)
    return tuple(found)


def seasonal(past: Past, quarter: int) -> float | None:
    """Level of the same quarter a year before the target plus the last known growth over a year; None where one is unknown."""
    at = dict(_pairs(past))
    yearly = past.changes(4)
    years = 1 + max(0, (quarter - past.quarters[-1] - 1) // 4)
    base = at.get(quarter - 4 * years)
    return None if base is None or not yearly else base + years * yearly[-1]


def scale(past: Past, h: int) -> float:
    """What a score is divided by: mean absolute change over h quarters, shrunk to ``0.28 sqrt(h)``, at least 0.15."""
    changes = past.changes(h)
    total = PRIOR_WEIGHT * PRIOR_CHANGE * math.sqrt(h) + sum(abs(change) for change in changes)
    return max(LEAST_SCALE, total / (PRIOR_WEIGHT + len(changes)))


def _pairs(past: Past) -> Sequence[tuple[int, float]]:
    return list(zip(past.quarters, past.levels, strict=True))

"""Streamed quantiles: integer histograms on declared bins, which merge to the same bits in any order.

Quantities get geometric bins of ratio ``gamma = (1 + a)/(1 - a)``; the value returned for a bin differs from every value in it by
at most the share a of it (Masson, Rim & Lee 2019, "DDSketch", PVLDB 12). Dates get linear bins. Bins are fixed beforehand, so no
pilot run and no order of arrival can move them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.statistics import LEVELS

Floats = NDArray[np.float64]
Counts = dict[int, int]
"""Bin number -> how many values fell into it; empty bins are absent."""

NEAR_ZERO = 1e-9
DATE_WIDTH = 1.0 / 96.0


@dataclass(frozen=True)
class Bins:
    """Declared bins: `accuracy` is the largest relative error (geometric) or half the width (linear, in units)."""

    kind: str
    accuracy: float

    @property
    def bound(self) -> str:
        """The error bound of a quantile in words."""
        if self.kind == "linear":
            return f"{self.accuracy:.4g} years"
        return f"{self.accuracy:.2%} of the value, or {NEAR_ZERO:g} near zero"

    @property
    def _log_ratio(self) -> float:
        return math.log1p(self.accuracy) - math.log1p(-self.accuracy)

    def numbers(self, values: Floats) -> NDArray[np.int64]:
        """Return the bin of each value: 0 around zero, positive and negative numbers outward."""
        wide = np.asarray(values, dtype=np.float64)
        if self.kind == "linear":
            return np.rint(wide / (2.0 * self.accuracy)).astype(np.int64)
        size = np.abs(wide)
        steps = np.ceil(np.log(np.maximum(size, NEAR_ZERO) / NEAR_ZERO) / self._log_ratio).astype(np.int64) + 1
        return np.where(size <= NEAR_ZERO, 0, np.where(wide > 0, steps, -steps))

    def value(self, number: int) -> float:
        """Return the value that stands for a bin."""
        if self.kind == "linear":
            return number * 2.0 * self.accuracy
        if number == 0:
            return 0.0
        # The harmonic middle of a bin's ends: the same relative distance to both.
        upper = NEAR_ZERO * math.exp((abs(number) - 1) * self._log_ratio)
        return math.copysign(upper * 2.0 / (1.0 + math.exp(self._log_ratio)), number)

    def count(self, values: Floats) -> Counts:
        """Return the histogram of some values."""
        found, times = np.unique(self.numbers(values), return_counts=True)
        return dict(zip(found.tolist(), times.tolist(), strict=True))


def bins_for(kind: str, accuracy: float) -> Bins:
    """Return the declared bins of an outcome's kind."""
    return Bins("linear", DATE_WIDTH / 2.0) if kind == "date" else Bins("geometric", accuracy)


def merge(into: Counts, other: Mapping[int, int]) -> None:
    """Add one histogram to another."""
    for number, times in other.items():
        into[number] = into.get(number, 0) + times


def quantile(counts: Mapping[int, int], bins: Bins, level: float) -> float:
    """Return a quantile as `statistics.quantile` would, with every order statistic replaced by its bin's value."""
    numbers = sorted(counts)
    ends = np.cumsum([counts[number] for number in numbers])
    place = (int(ends[-1]) - 1) * level
    below = int(place)
    low, high = (
        bins.value(numbers[int(np.searchsorted(ends, rank, side="right"))]) for rank in (below, min(below + 1, int(ends[-1]) - 1))
    )
    return low + (place - below) * (high - low)


def levels(counts: Mapping[int, int], bins: Bins) -> dict[str, float]:
    """Return the quantiles that every result reports."""
    return {name: quantile(counts, bins, level) for name, level in LEVELS.items()}


def rows(counts: Mapping[int, int]) -> int:
    """Return how many values were counted."""
    return sum(counts.values())

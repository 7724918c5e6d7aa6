"""Scores of a probabilistic prediction, and the naive ones it has to beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.outcomes.published import Published, period_end

Floats = NDArray[np.float64]


def crps(sample: Floats, value: float) -> float:
    """Continuous ranked probability score of equally likely values (draw,), in their unit; 0 is perfect.

    ``E|X - y| - E|X - X'|/2`` (Gneiting and Raftery 2007), the second term from the ordered sample. For one value it is
    the absolute error.
    """
    ordered = np.sort(sample)
    count = len(ordered)
    spread = float(((2.0 * np.arange(count) - count + 1.0) * ordered).sum()) / count**2
    return float(np.abs(ordered - value).mean()) - spread


def covers(sample: Floats, value: float) -> bool:
    """Whether the central 90% of a sample holds a value."""
    bottom, top = np.quantile(sample, [0.05, 0.95])
    return bool(bottom <= value <= top)


@dataclass(frozen=True)
class Naive:
    """What needs no model: the last value known, the trend of the last two, and a forecast published by the date."""

    last: float | None
    trend: float | None
    consensus: float | None

    def best_known(self) -> Mapping[str, float]:
        """The naive predictions that exist, by name."""
        named = {"last": self.last, "trend": self.trend, "consensus": self.consensus}
        return {name: value for name, value in named.items() if value is not None}


def naive(target: Published, known: Sequence[Published], forecasts: Mapping[tuple[str, str], float]) -> Naive:
    """Naive predictions of a row from the rows of its own series that were known, all of periods of its own length.

    The trend continues the last step in logarithms where both values are positive, else in the unit. forecasts: values
    published for (outcome, period) by the date.
    """
    same = sorted(
        (row for row in known if row.series == target.series and len(row.period) == len(target.period)),
        key=lambda row: period_end(row.period),
    )
    consensus = forecasts.get((target.outcome, target.period))
    if not same:
        return Naive(None, None, consensus)
    last = same[-1]
    if len(same) == 1:
        return Naive(last.value, None, consensus)
    steps = _periods_between(same[-1], target) / max(_periods_between(same[-2], same[-1]), 1e-9)
    before = same[-2].value
    if before > 0.0 and last.value > 0.0:
        trend = last.value * (last.value / before) ** steps
    else:
        trend = max(last.value + (last.value - before) * steps, 0.0)
    return Naive(last.value, float(trend), consensus)


def _periods_between(one: Published, other: Published) -> float:
    return (period_end(other.period) - period_end(one.period)).days / 91.3

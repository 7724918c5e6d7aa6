"""What a band says: quantiles over draws, the Monte Carlo error of a median, and paired differences.

Quantiles interpolate linearly between order statistics (Hyndman & Fan 1996, type 7). The Monte Carlo standard error of a
median is half the distance between the order statistics that lie sqrt(n) / 2 ranks either side of it: ranks one binomial
standard deviation away, free of any assumption on the distribution (Woodruff 1952). It needs no random numbers, so it is
the same on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
"""Name -> probability of every quantile a result reports: the median, the 50% band and the 90% band."""


@dataclass(frozen=True)
class Point:
    """One outcome in one period over the draws, in the outcome's unit."""

    period: str
    median: float
    p5: float
    p25: float
    p75: float
    p95: float
    mcse: float
    """Monte Carlo standard error of the median."""
    censored_share: float | None = None
    """Dates only: share of draws in which it is not reached by the end of the clock."""
    share_positive: float | None = None
    """Differences only: share of draws above zero; draws at exactly zero count half."""
    share_of_draws: float | None = None
    """Ratios of differences only: share of draws that count."""

    def to_dict(self) -> dict[str, str | float]:
        """Return the fields that are set, in the order of the published document."""
        return {name: value for name, value in vars(self).items() if value is not None}


def point(
    period: str,
    values: Floats,
    *,
    censored_from: float | None = None,
    paired: bool = False,
    share_of_draws: float | None = None,
) -> Point:
    """Return the point of one period from its draws `(draw,)`, all finite.

    `censored_from` is the value that stands for "not reached" (dates); `paired` marks draws of a difference. Equal values of all
    draws, or a single draw, have no Monte Carlo error to show: it is then 0.
    """
    ordered = np.sort(values)
    quantiles = {name: quantile(ordered, level) for name, level in LEVELS.items()}
    return Point(
        period=period,
        mcse=median_error(ordered),
        censored_share=None if censored_from is None else float(np.mean(values >= censored_from)),
        share_of_draws=share_of_draws,
        share_positive=float(np.mean(values > 0) + np.mean(values == 0) / 2) if paired else None,
        **quantiles,
    )


def quantile(ordered: Floats, level: float) -> float:
    """Return a quantile of sorted draws: x_k + (h - k) (x_(k+1) - x_k) with h = (n - 1) level and k its whole part.

    The same as `numpy.quantile`, which spends ten times as long on checking its arguments.
    """
    place = (len(ordered) - 1) * level
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = float(ordered[below]), float(ordered[above])
    return low + (place - below) * (high - low)


def quantiles(values: NDArray[Any]) -> Floats:
    """Return all `LEVELS` of draws on the last axis, (level, ...), each as `quantile` interpolates."""
    ordered = np.sort(values, axis=-1)
    places = (values.shape[-1] - 1) * np.array(list(LEVELS.values()))
    below = places.astype(int)
    above = np.minimum(below + 1, values.shape[-1] - 1)
    low, high = ordered[..., below], ordered[..., above]
    found: Floats = np.moveaxis(low + (places - below) * (high - low), -1, 0)
    return found


def median_error(ordered: Floats) -> float:
    """Return the standard error of the median of sorted draws: (x_(n/2 + sqrt(n)/2) - x_(n/2 - sqrt(n)/2)) / 2."""
    draws = len(ordered)
    half = math.sqrt(draws) / 2
    low = max(0, math.floor((draws - 1) / 2 - half))
    high = min(draws - 1, math.ceil((draws - 1) / 2 + half))
    return float(ordered[high] - ordered[low]) / 2

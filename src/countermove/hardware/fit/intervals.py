"""Half-widths of 90% intervals from held-out errors (split conformal prediction, Vovk et al. 2005)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Share of measurements that an interval should hold, and the least width on either side.
COVERAGE = 0.90
LEAST = 0.03


def half_widths(measured: Array, predicted: Array) -> tuple[float, float]:
    """Return log half-widths (down, up) that hold 5% of held-out measurements below and 5% above.

    With n held-out rows the ends are the k-th smallest and largest log ratios, k = floor((n + 1) x 0.05).
    """
    ratio = np.sort(np.log(measured / predicted))
    place = int((len(ratio) + 1) * (1 - COVERAGE) / 2)
    if not len(ratio):
        raise ValueError("no held-out rows")
    place = min(max(place, 1), len(ratio))
    return max(float(-ratio[place - 1]), LEAST), max(float(ratio[-place]), LEAST)

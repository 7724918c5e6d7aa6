"""Exogenous paths by month: budgets, announced capacity, world sales. Everything here is compiled once, before a run.

Arrays are (month, ..., draw). Yearly anchors are placed at mid-year and joined log-linearly, so that a year's mean is
close to its anchor and no step appears at New Year.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.quantities.calendar import FIRST_YEAR, MONTHS

Floats = NDArray[np.float64]

MONTH = np.arange(MONTHS, dtype=float) + 0.5

NEXT_TO_NOTHING = 1e-12
"""Stands for zero where a logarithm is taken."""


def mid_year(year: int) -> float:
    """Month coordinate of the middle of a year: 6.0 for 2022."""
    return (year - FIRST_YEAR) * 12.0 + 6.0


def end_of_year(year: int) -> float:
    """Month coordinate of the end of a year: 12.0 for 2022."""
    return (year - FIRST_YEAR) * 12.0 + 12.0


def log_linear(at: Sequence[float], values: Sequence[Floats | float], months: Floats = MONTH) -> Floats:
    """Values joined by exponentials between the points `at`, held beyond them; (month, draw)."""
    table = np.log(np.maximum(np.stack(np.broadcast_arrays(*[np.atleast_1d(v) for v in values])), NEXT_TO_NOTHING))
    points = np.asarray(at, dtype=float)
    right = np.clip(np.searchsorted(points, months), 1, len(points) - 1)
    share = np.clip((months - points[right - 1]) / (points[right] - points[right - 1]), 0.0, 1.0)[:, None]
    result: Floats = np.exp(table[right - 1] * (1.0 - share) + table[right] * share)
    return result


def growing(path: Floats, start: float, yearly: Floats) -> Floats:
    """`path` with growth of `yearly` (log rate a year) added from month coordinate `start` on."""
    years = np.maximum(MONTH - start, 0.0)[:, None] / 12.0
    result: Floats = path * np.exp(years * yearly)
    return result


def ramp(start: Floats, months: Floats | float) -> Floats:
    """0 before `start`, linear to 1 over `months`; (month, draw)."""
    result: Floats = np.clip((MONTH[:, None] - start) / months, 0.0, 1.0)
    return result


def step_from(month: float, until: float = float(MONTHS)) -> Floats:
    """Share of each month inside [month, until), (month,)."""
    start = np.arange(MONTHS, dtype=float)
    result: Floats = np.clip(np.minimum(start + 1.0, until) - np.maximum(start, month), 0.0, 1.0)
    return result


def inside(start: Floats, until: Floats) -> Floats:
    """Share of each month inside [start, until) where draws differ in either, (month, draw)."""
    month = np.arange(MONTHS, dtype=float)[:, None]
    result: Floats = np.clip(np.minimum(month + 1.0, until) - np.maximum(month, start), 0.0, 1.0)
    return result


def spread_evenly(total: Floats, first: float, last: float) -> Floats:
    """A total spread evenly over the months [first, last), (month, draw), per month."""
    inside = step_from(first, last)
    result: Floats = inside[:, None] / (last - first) * total
    return result


def accumulated(first: Floats, kept: Floats, added: Floats) -> Floats:
    """A stock before each month, (month, ...): ``K[0] = first``, ``K[m+1] = K[m] kept + added[m]``.

    `added` (month, ..., draw or 1). Arrays of a compiling engine bring their own loop (`accumulated_along`).
    """
    for part in (first, kept, added):
        own: Callable[..., Floats] | None = getattr(part, "accumulated_along", None)
        if own is not None:
            return own(first, kept, added)
    stocks = [first]
    for amount in added[:-1]:
        stocks.append(stocks[-1] * kept + amount)
    return np.stack(stocks)

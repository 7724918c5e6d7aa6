"""How far the domestic frontier is: months behind NVIDIA's best at the time, and the year in which it equals an H200."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from countermove.outcomes.window import Floats
from countermove.quantities.axes import WORKLOADS
from countermove.quantities.calendar import FIRST_YEAR, LAST_YEAR

NOT_REACHED = float(LAST_YEAR + 1)
"""What a date outcome holds where it is not reached by the end of the clock; the share of such draws is censored_share."""

US_FRONTIER = ("a100-sxm", "h100-sxm", "h200-sxm", "b200-sxm", "gb300", "rubin")
"""NVIDIA's best part by launch; the gap is read off the line through them."""


@cache
def us_levels(view: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Launch months and log effective performance (part, workload) of NVIDIA's best parts; `view` is chip or system.

    Parts that do not raise the level (launched together with a better one) are passed over per workload later.
    """
    from countermove.hardware.products import product_table

    table = product_table(US_FRONTIER)
    values = table.effective if view == "chip" else table.effective_system
    return np.asarray(table.launch_month, dtype=float), np.log(np.asarray(values, dtype=float))


def reached_by_us(level: Floats, view: str, workload: int) -> Floats:
    """Month in which NVIDIA's best reached `level` (any shape), log-linear between launches.

    Below the first part the line is carried backwards at the slope of the first two, so an early domestic chip has a
    finite gap.
    """
    months, logs = us_levels(view)
    best = np.maximum.accumulate(logs[:, workload])
    rising = np.concatenate([[True], np.diff(best) > 1e-9])
    x, y = best[rising], months[rising]
    wanted = np.log(np.maximum(level, 1e-6))
    inside = np.interp(wanted, x, y)
    slope = (y[1] - y[0]) / (x[1] - x[0])
    result: Floats = np.where(wanted < x[0], y[0] + (wanted - x[0]) * slope, inside)
    return result


def gap_months(frontier: Floats, end: int, view: str, workload: str) -> Floats:
    """Months between now and NVIDIA's reaching the domestic level, (draw,).

    frontier: (month, workload, draw). end: the month after the last. The gap is cut at 180 months, where nothing is on sale.
    """
    index = WORKLOADS.index(workload)
    now = frontier[end - 1, index]
    result: Floats = np.clip(end - reached_by_us(now, view, index), -60.0, 180.0)
    return result


def parity_year(frontier: Floats, workload: str, level: float = 1.0) -> Floats:
    """Year, with fraction, in which the domestic frontier first equals `level` H200s, (draw,); 2033 where it does not.

    The crossing is interpolated between month ends in logs, so that it moves smoothly with the assumptions.
    """
    series = np.log(np.maximum(frontier[:, WORKLOADS.index(workload)], 1e-9)) - np.log(level)
    above = series >= 0.0
    first = np.argmax(above, axis=0)
    draws = np.arange(series.shape[1])
    before = series[np.maximum(first - 1, 0), draws]
    at = series[first, draws]
    share = np.where(first > 0, -before / np.maximum(at - before, 1e-12), 1.0)
    year = FIRST_YEAR + (first + np.clip(share, 0.0, 1.0)) / 12.0
    result: Floats = np.where(above.any(axis=0), np.minimum(year, NOT_REACHED), NOT_REACHED)
    return result

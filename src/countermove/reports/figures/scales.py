"""Axes: round ticks, linear or logarithmic, and the position of a period on the calendar axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from countermove.quantities.calendar import month_index, period_months
from countermove.reports.model import Kind, OutcomeNote
from countermove.reports.numbers import THIN, TIMES, Magnitude, magnitude, year_text

FIRST_YEAR = 2022


@dataclass(frozen=True, slots=True)
class Axis:
    """A value axis: limits and ticks in the unit of the data, with the labels to print at the ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def share(self, value: float) -> float:
        """Where `value` lies between low (0) and high (1); values outside are moved to the edge."""
        clipped = min(max(value, self.low), self.high)
        if self.log:
            return math.log(clipped / self.low) / math.log(self.high / self.low)
        return (clipped - self.low) / (self.high - self.low)


def nice_step(span: float, count: int) -> float:
    """The step 1, 2, 2.5 or 5 times a power of ten that cuts `span` into about `count` parts."""
    raw = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if power * m >= raw * (1 - 1e-9))


def nice_ticks(low: float, high: float, count: int = 4) -> tuple[float, ...]:
    """Round ticks that cover low to high."""
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9):  # one value: any span around it will do
        high = low + (abs(low) if abs(low) > 1e-9 else 1.0)
    step = nice_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = 12 - math.floor(math.log10(step))  # of the step, not of one: ticks of a tiny range must not all round to 0
    return tuple(round(i * step, digits) for i in range(first, last + 1))


def log_ticks(low: float, high: float) -> tuple[float, ...]:
    """Ticks at 1, 2, 5 times powers of ten (powers only, when the range is wide) that cover low to high."""
    wide = high / low > 300
    steps = (1.0,) if wide else (1.0, 2.0, 5.0)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    every = [s * 10.0**p for p in powers for s in steps]
    below = max(t for t in every if t <= low * (1 + 1e-9))
    above = min(t for t in every if t >= high * (1 - 1e-9))
    return tuple(t for t in every if below <= t <= above)


def value_axis(values: Iterable[float], outcome: OutcomeNote, *, count: int = 4) -> Axis:
    """The axis of an outcome from every value that any scenario shows on it.

    A linear axis starts at zero unless all values sit far above it; dates never start at zero.
    """
    known = list(values) or [0.0, 1.0]
    low, high = min(known), max(known)
    if low == high == 0:
        high = 1.0  # nothing to show but zero: one unit of the data gives the axis a size
    if outcome.log and low > 0:
        ticks = log_ticks(low, high if high > low else low * 2)
        return Axis(ticks[0], ticks[-1], ticks, _labels(ticks, outcome), log=True)
    if outcome.display != "year" and 0 < low < 0.6 * high:
        low = 0.0
    scale = 100.0 if outcome.display == "percent" else outcome.scale
    ticks = tuple(t / scale for t in nice_ticks(low * scale, high * scale, count))
    return Axis(ticks[0], ticks[-1], ticks, _labels(ticks, outcome))


def _labels(ticks: tuple[float, ...], outcome: OutcomeNote) -> tuple[str, ...]:
    """Tick labels in one magnitude; only the highest carries the unit."""
    if outcome.display == "year":
        return tuple(year_text(t) if t >= 2033 else f"{t:g}" for t in ticks)
    scale = 100.0 if outcome.display == "percent" else outcome.scale
    scaled = [t * scale for t in ticks]
    suffixes = outcome.display in ("money", "count", "number")
    shared = magnitude(max(abs(s) for s in scaled), suffixes=suffixes)
    decimals = _tick_decimals(scaled, shared.divisor)
    shared = Magnitude(shared.divisor, shared.suffix, decimals)
    bare = [shared.fixed(s) for s in scaled]
    suffix = {"percent": "%", "ratio": TIMES, "months": " months"}.get(outcome.display, "")
    unit = f"{THIN}{shared.suffix}" if shared.suffix else ""
    return (*bare[:-1], f"{outcome.prefix}{bare[-1]}{unit}{suffix}")


def _tick_decimals(values: list[float], divisor: float) -> int:
    """The fewest decimals that print all ticks exactly (up to nine)."""
    scaled = [v / divisor for v in values]
    for decimals in range(10):
        if all(abs(round(v, decimals) - v) <= 1e-9 * max(1.0, abs(v)) for v in scaled):
            return decimals
    return 9


def period_position(period: str, kind: Kind) -> float:
    """Decimal year of a period: a stock sits at its end, a flow or a ratio in its middle.

    "2026" is 2026.5 for a flow and 2027.0 for a stock, because stocks belong to the end of a period.
    """
    first, last = period_months(period)
    month = float(last) if kind == "stock" else (first + last) / 2
    return FIRST_YEAR + month / 12


def month_position(month: str) -> float:
    """Decimal year at which a month or a day begins: "2026-10" is 2026.75, "2026-10-16" half a month later."""
    days = (int(month[8:10]) - 1) / 31 if len(month) >= 10 else 0.0
    return FIRST_YEAR + (month_index(month[:7]) + days) / 12


def spread(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Move labels apart until neighbours keep `gap`, in the same order, as near as may be to `wanted`.

    Groups of touching labels sit around the mean of where they want to be (pool adjacent violators).
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, int]] = []  # (sum of what the members want, how many)
    for i in order:
        total, size = wanted[i], 1
        while blocks and _start(blocks[-1], gap) + blocks[-1][1] * gap > _start((total, size), gap):
            before, count = blocks.pop()
            total, size = before + total, count + size
        blocks.append((total, size))
    placed = [_start(b, gap) + k * gap for b in blocks for k in range(b[1])]
    if placed:
        placed = _inside(placed, gap, low, high)
    result = [0.0] * len(wanted)
    for position, i in zip(placed, order, strict=True):
        result[i] = position
    return result


def _start(block: tuple[float, int], gap: float) -> float:
    """First position of a block of labels centred on the mean of what its members want."""
    total, size = block
    return total / size - gap * (size - 1) / 2


def _inside(placed: list[float], gap: float, low: float, high: float) -> list[float]:
    """Push labels back between low and high, keeping the gap where there is room."""
    for i in range(len(placed)):
        placed[i] = max(placed[i], low + i * gap)
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], high - (len(placed) - 1 - i) * gap)
    return placed

"""Within which bounds a perfectly calibrated forecaster's coverage lies, given how few and how alike the targets are.

Each series is a random walk in logarithms, a share of whose variance all series have in common; at every origin a forecaster
that knows the walk predicts the same quarters as the model did. What it covers varies by luck alone: bounds are the 5% and 95%
points over many such worlds. ``python -m countermove.inference.rolling.bounds`` prints them for two, three and four series with
all quarters, beside the figures that the specification gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

Floats = NDArray[np.float64]

COMMON = 0.3
"""Share of a quarter's variance that all series have in common (assumption: vendors share the market's shocks)."""
LEVEL = 0.05
WORLDS, SEED = 20_000, 91
Z90, Z50, Z995 = 1.6449, 0.6745, 2.8070

SPECIFIED = {2: (0.72, 0.28, 0.75), 3: (0.74, 0.30, 0.70), 4: (0.76, 0.32, 0.68)}
"""By series: least 90% coverage, least and most 50% coverage, as the specification states them."""


@dataclass(frozen=True)
class Asked:
    """One target of a gated series: its number, the quarter of the last value known, and the target's quarter."""

    series: int
    last: int
    quarter: int


@dataclass(frozen=True)
class Bounds:
    """n targets: least 90% coverage, least and most 50% coverage, values beyond the 99.5% range that 5% of worlds pass."""

    n: int
    least90: float
    least50: float
    most50: float
    beyond: int


def bounds(asked: Sequence[Asked], *, worlds: int = WORLDS, seed: int = SEED) -> Bounds:
    """Simulate the bounds for these targets. Raises InputError for none, or one that is not after its last known value."""
    if not asked:
        raise InputError("no target to bound", where="bounds", hint="give targets of gated series")
    if any(one.quarter <= one.last for one in asked):
        raise InputError("a target lies before what is known", where="bounds", hint="targets are later quarters")
    first = min(one.last for one in asked)
    quarters = max(one.quarter for one in asked) - first + 1
    random = np.random.default_rng(seed)
    common = random.standard_normal((worlds, 1, quarters))
    own = random.standard_normal((worlds, 1 + max(one.series for one in asked), quarters))
    walk = np.cumsum(np.sqrt(COMMON) * common + np.sqrt(1.0 - COMMON) * own, axis=2)
    steps = [
        np.abs(walk[:, one.series, one.quarter - first] - walk[:, one.series, one.last - first]) / np.sqrt(one.quarter - one.last)
        for one in asked
    ]
    score: Floats = np.stack(steps, axis=1)
    inside90, inside50 = (score < Z90).mean(axis=1), (score < Z50).mean(axis=1)
    return Bounds(
        n=len(asked),
        least90=float(np.quantile(inside90, LEVEL)),
        least50=float(np.quantile(inside50, LEVEL)),
        most50=float(np.quantile(inside50, 1.0 - LEVEL)),
        beyond=int(np.quantile((score > Z995).sum(axis=1), 1.0 - LEVEL)),
    )


def all_quarters(series: int) -> tuple[Asked, ...]:
    """Every quarter within a year of every origin to 2026Q1, the last value known a quarter before each origin."""
    from countermove.inference.rolling.origins import HORIZON, ORIGINS, quarter

    found = []
    for name in ORIGINS:
        year, month = (int(part) for part in name.split("-"))
        ended = quarter(f"{year}-{month:02d}") if month % 3 == 0 else quarter(f"{year}-{month:02d}") - 1
        ahead = range(ended + 1, min(ended + HORIZON // 3, quarter("2026Q1")) + 1)
        found += [Asked(number, ended - 1, q) for number in range(series) for q in ahead]
    return tuple(found)


def text() -> str:
    """The bounds for two, three and four series as a table."""
    lines = [f"{WORLDS:,} worlds, {COMMON:.0%} of the variance common, {LEVEL:.0%} points; as specified in brackets", ""]
    lines.append("series  targets  90% coverage at least   50% coverage                  beyond 99.5%")
    for series, (least90, least50, most50) in SPECIFIED.items():
        found = bounds(all_quarters(series))
        lines.append(
            f"{series:>6}  {found.n:>7}  {found.least90:.2f} ({least90:.2f})              "
            f"{found.least50:.2f} to {found.most50:.2f} ({least50:.2f} to {most50:.2f})   {found.beyond} (3)"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(text())

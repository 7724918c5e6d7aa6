"""How many months behind: the delay after which a vendor's best reached what a target delivered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Launch(NamedTuple):
    """A product that came out in a month (2022-01 = 0) with an effective performance on one workload."""

    month: float
    effective: float


class Gap(NamedTuple):
    """Months of lag; ``reached`` is False where the vendor's known launches end below the target, a lower bound then."""

    months: float
    reached: bool


def gap_months(launches: Sequence[Launch], target: Launch) -> Gap:
    """Return the months from the target's launch until the vendor's best reaches the target's effective performance.

    The vendor's best is the running maximum over its launches; between launches that raise it, its logarithm is joined by a
    straight line (Moore-type growth), so that the date of crossing moves smoothly with any input:

        month = m0 + (m1 - m0) log(target / e0) / log(e1 / e0)      for e0 < target <= e1

    Negative where the vendor was there first: if already its first launch exceeds the target, the lag is counted from that
    launch. Where no launch reaches the target, the months to the last launch are returned with ``reached`` False.
    Raises ValueError for no launches or an effective performance that is not positive.
    """
    if not launches or target.effective <= 0 or any(launch.effective <= 0 for launch in launches):
        raise ValueError("gap_months needs at least one launch, and positive effective performances")
    best = running_best(launches)
    if best[0].effective >= target.effective:
        return Gap(best[0].month - target.month, True)
    for before, after in pairwise(best):
        if after.effective >= target.effective:
            part = math.log(target.effective / before.effective) / math.log(after.effective / before.effective)
            return Gap(before.month + part * (after.month - before.month) - target.month, True)
    return Gap(max(launch.month for launch in launches) - target.month, False)


def running_best(launches: Sequence[Launch]) -> list[Launch]:
    """Return the launches that raised the vendor's best, in order of time; of several in one month the best counts."""
    best: list[Launch] = []
    for launch in sorted(launches, key=lambda found: (found.month, -found.effective)):
        if not best or launch.effective > best[-1].effective:
            best.append(launch)
    return best


def best_at(launches: Sequence[Launch], month: float) -> float:
    """Return the vendor's best effective performance in a month on the same line; 0 before its first launch."""
    best = running_best(launches)
    if not best or month < best[0].month:
        return 0.0
    for before, after in pairwise(best):
        if month < after.month:
            part = (month - before.month) / (after.month - before.month)
            return before.effective * math.exp(part * math.log(after.effective / before.effective))
    return best[-1].effective

"""Is a box more than chance? Found in one half of what a sweep sampled, measured in the other half.

PRIM tries many boxes, so its density on the runs that it was found with is too good (Friedman & Fisher 1999 keep a test sample
for this). Halves are made of worlds, and of places of the design where points were sampled: rows of one world or place on both
sides would tell one half of the other. The error counts those as well, not rows (Liang & Zeger 1986).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.futures import Futures, Ints

Flags = NDArray[np.bool_]
SEED = 2


@dataclass(frozen=True)
class HeldOut:
    """What a box found in one half holds in the other: its density there, the density outside it, and how many worlds it has.

    `chance` is the probability of such a difference between two like sets (one-sided).
    """

    density: float
    elsewhere: float
    worlds: int
    chance: float


def held_out(futures: Futures, interest: Flags, find: Callable[[Futures, Flags], Flags | None]) -> HeldOut | None:
    """Return how a search stands the test; None where the sweep is too small for it or the search finds nothing in its half.

    `find(futures, interest)` takes one half and returns which of *all* rows lie inside what it found.
    """
    first, second = _halves(futures)
    if not (_differs(interest[first]) and _differs(interest[second])):
        return None
    inside = find(futures.rows(first), interest[first])
    if inside is None or not _differs(inside[second]):
        return None
    measured, hits, within = futures.rows(second), interest[second], inside[second]
    density, elsewhere = float(hits[within].mean()), float(hits[~within].mean())
    worlds = len(np.unique(measured.worlds[within]))
    return HeldOut(density, elsewhere, worlds, _chance(measured.axes, hits, within))


def density_error(axes: tuple[Ints, ...], hits: Flags, within: Flags) -> float:
    """Return the half-width of a 95% interval of the density inside, from worlds and places instead of rows.

    Never below that of Wilson's interval for so many worlds or places: where all hit, their spread says nothing.
    """
    share = hits[within].mean()
    part = within * (hits - share) / within.sum()
    spread = 1.96 * max(_spread(axis, part) for axis in axes)
    few = min(len(np.unique(axis[within])) for axis in axes)
    wilson = 1.96 * np.sqrt(share * (1.0 - share) / few + 0.96 / few**2) / (1.0 + 3.84 / few)
    return float(max(spread, wilson))


def _chance(axes: tuple[Ints, ...], hits: Flags, within: Flags) -> float:
    from scipy.stats import t

    density, elsewhere = hits[within].mean(), hits[~within].mean()
    part = within * (hits - density) / within.sum() - ~within * (hits - elsewhere) / (~within).sum()
    found = []
    for axis in axes:
        few = min(len(np.unique(axis[within])), len(np.unique(axis[~within])))
        spread = _spread(axis, part)
        tail = float(t.sf((density - elsewhere) / spread, max(few - 1, 1))) if spread > 0.0 else float(density <= elsewhere)
        # Where every world inside hits, the spread is nothing; the chance of that is the usual share, once for each of them.
        found.append(max(tail, float(hits.mean() ** len(np.unique(axis[within])))))
    return max(found)


def _spread(axis: Ints, part: NDArray[np.float64]) -> float:
    """Return the standard deviation of a sum of parts whose units are independent of each other, rows of a unit are not."""
    sums = np.bincount(np.unique(axis, return_inverse=True)[1], weights=part)
    return float(np.sqrt((sums**2).sum() * len(sums) / max(len(sums) - 1, 1)))


def _halves(futures: Futures) -> tuple[Ints, Ints]:
    """Return the rows of two halves that share neither worlds nor sampled places; rows across are left out."""
    sides = [_side(axis) for axis in _apart(futures)]
    first = np.logical_and.reduce([side == 0 for side in sides])
    second = np.logical_and.reduce([side == 1 for side in sides])
    return np.flatnonzero(first), np.flatnonzero(second)


def _apart(futures: Futures) -> list[Ints]:
    """Return the axes to halve: places alone where each has worlds of its own; an axis with one value cannot be halved."""
    places = futures.clusters
    if places is not None and len(np.unique(places)) > 1:
        pairs = len(np.unique(np.stack([places, futures.worlds]), axis=1).T)
        if pairs == len(np.unique(futures.worlds)):
            return [places]
    return [axis for axis in futures.axes if len(np.unique(axis)) > 1]


def _side(axis: Ints) -> Ints:
    units, place = np.unique(axis, return_inverse=True)
    side = np.arange(len(units)) % 2
    found: Ints = np.random.default_rng(SEED).permutation(side)[place]
    return found


def _differs(flags: Flags) -> bool:
    return bool(len(flags) and flags.any() and not flags.all())

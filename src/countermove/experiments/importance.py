"""Delta: how far knowing one input moves the distribution of an outcome, judged against copies of it that do nothing.

Borgonovo (2007, Reliability Engineering & System Safety 92): half the mean distance between the outcome's distribution and its
distribution given the input; 0 for an input that does nothing, 1 at most. Estimated from given runs by classes of input and
outcome with equal numbers (Plischke, Borgonovo & Smith 2013, European Journal of Operational Research 226). Such an estimate is
never 0, so every input is compared with its own values dealt out anew: what these copies show is taken off, and an input counts
as told apart only beyond all of them and 4.5 of their standard deviations, in delta or in a trend of ranks. Values are dealt
out among what the sweep sampled independently (worlds, places of the design), not among rows; a setting among runs of the same
world.

Kernel estimates, SALib's among them, leave the interval from 0 to 1 when an outcome takes few values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.futures import Floats, Futures, Ints, thinned

MOST_ROWS = 8192
FIRST_COPIES, COPIES = 40, 200
"""Copies that do nothing; the first settle what lies in the middle of them."""
STANDARD_DEVIATIONS = 4.5
"""Of 50 sweeps with 160 inputs that do nothing each, fewer than one input passes."""
RESAMPLES = 50
FEWEST_CLASSES, MOST_CLASSES = 5, 25
SEED = 1


@dataclass(frozen=True)
class Importance:
    """One input: delta and the first-order index with chance taken off, half-widths of their 95% intervals; told apart or not."""

    factor: str
    delta: float
    delta_error: float
    first: float
    first_error: float
    told_apart: bool


@dataclass(frozen=True)
class _Deal:
    """How an input's classes may be dealt out anew: `table` (unit, place) of classes; units change places within `strata`."""

    table: Ints
    unit: Ints
    place: Ints
    strata: Ints

    def dealt(self, dice: np.random.Generator) -> Ints:
        """Return classes by row of a copy that does nothing."""
        if self.strata.any():
            order = np.empty(len(self.strata), dtype=np.int64)
            order[np.argsort(self.strata, kind="stable")] = np.argsort(self.strata + dice.random(len(self.strata)))
        else:
            order = dice.permutation(len(self.strata))
        one = self.table.shape[1] == 1
        found: Ints = self.table[order, 0][self.unit] if one else self.table[order[self.unit], self.place]
        return found


def importance(futures: Futures) -> list[Importance]:
    """Return every input's importance: those told apart from chance first, strongest first, then the others by name."""
    few = thinned(futures, MOST_ROWS)
    outcome = classes(few.outcome, _number_of_classes(len(np.unique(few.worlds))))
    found = [_one(few, name, outcome, _ranks(few.outcome)) for name in few.inputs]
    return sorted(found, key=lambda one: (not one.told_apart, -one.delta if one.told_apart else 0.0, one.factor))


def classes(values: Floats, most: int) -> Ints:
    """Return classes with about equal numbers of rows, 0 to `most` - 1; equal values are never parted."""
    distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    if len(distinct) <= most:
        return np.asarray(place, dtype=np.int64)
    middle = (np.cumsum(counts) - counts / 2.0) / len(values)
    return np.asarray((middle * most).astype(np.int64)[place])


def delta(given: Ints, outcome: Ints) -> float:
    """Return delta of an input's classes on an outcome's classes, (row,) each; 0 to 1, chance included."""
    found = np.bincount(given * (outcome.max() + 1) + outcome, minlength=(given.max() + 1) * (outcome.max() + 1))
    joint = found.reshape(given.max() + 1, outcome.max() + 1) / len(given)
    apart = np.abs(joint - joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True))
    return float(0.5 * apart.sum())


def first_order(given: Ints, values: Floats) -> float:
    """Return the share of an outcome's variance that lies between classes (Pearson 1905), chance included."""
    centred = values - values.mean()
    total = float(centred @ centred)
    counts, sums = np.bincount(given), np.bincount(given, weights=centred)
    return float((sums[counts > 0] ** 2 / counts[counts > 0]).sum() / total) if total > 0.0 else 0.0


def _one(futures: Futures, name: str, outcome: Ints, ranks: Floats) -> Importance:
    dice = np.random.default_rng(SEED)
    deal = _deal(futures, name)
    given = deal.table[deal.unit, deal.place]

    def measured(labels: Ints) -> tuple[float, float, float]:
        return delta(labels, outcome), first_order(labels, futures.outcome), _slope(labels, ranks)

    seen = np.array(measured(given))
    copies = np.array([measured(deal.dealt(dice)) for _ in range(FIRST_COPIES)])
    told = _stands_out(seen, copies, 2.0)
    if told:
        more = [measured(deal.dealt(dice)) for _ in range(COPIES - FIRST_COPIES)]
        copies = np.concatenate([copies, more])
        told = _stands_out(seen, copies, STANDARD_DEVIATIONS)
    chance = copies.mean(axis=0)
    # Chance adds to a distance as it adds to a standard deviation, and to a share of variance as it stands.
    value = np.sqrt(max(seen[0] ** 2 - chance[0] ** 2, 0.0))
    share = np.clip((seen[1] - chance[1]) / max(1.0 - chance[1], 1e-12), 0.0, 1.0)
    error = _errors(futures, name, given, outcome, dice) if told else 1.96 * copies.std(axis=0)
    return Importance(name, float(value), float(error[0]), float(share), float(error[1]), told)


def _slope(given: Ints, ranks: Floats) -> float:
    """Return how the outcome's ranks rise over the classes; it sees a small trend that delta does not."""
    return float((given - given.mean()) @ ranks)


def _stands_out(seen: Floats, copies: Floats, deviations: float) -> bool:
    """Tell whether delta or the trend lies beyond all copies, and by so many of their standard deviations."""
    limits = copies.mean(axis=0) + deviations * copies.std(axis=0)
    by_delta = seen[0] > max(limits[0], copies[:, 0].max()) + 1e-12
    middle = copies[:, 2].mean()
    trend, dealt = abs(seen[2] - middle), np.abs(copies[:, 2] - middle)
    by_trend = trend > max(deviations * copies[:, 2].std(), dealt.max()) * (1.0 + 1e-9) + 1e-9
    return bool(by_delta or by_trend)


def _errors(futures: Futures, name: str, given: Ints, outcome: Ints, dice: np.random.Generator) -> Floats:
    """Return half-widths of 95% intervals from resampled worlds, or resampled places of the design where that is wider."""
    widths = []
    for axis in futures.axes if name in futures.designed else futures.axes[:1]:
        rows_of = _rows_by_unit(np.unique(axis, return_inverse=True)[1])
        found = []
        for _ in range(RESAMPLES):
            rows = np.concatenate([rows_of[unit] for unit in dice.integers(len(rows_of), size=len(rows_of))])
            found.append((delta(given[rows], outcome[rows]), first_order(given[rows], futures.outcome[rows])))
        widths.append(1.96 * np.std(found, axis=0))
    widest: Floats = np.max(widths, axis=0)
    return widest


def _ranks(values: Floats) -> Floats:
    """Return ranks with ties averaged, less their mean, as a share of the rows."""
    from scipy.stats import rankdata

    found: Floats = (rankdata(values) - (len(values) + 1) / 2.0) / len(values)
    return found


def _rows_by_unit(unit: Ints) -> list[Ints]:
    order = np.argsort(unit, kind="stable")
    return np.split(order, np.cumsum(np.bincount(unit))[:-1])


def _number_of_classes(units: int) -> int:
    return int(np.clip(round(units ** (1 / 3)), FEWEST_CLASSES, MOST_CLASSES))


def _deal(futures: Futures, name: str) -> _Deal:
    """Return how an input can be made to do nothing without touching what the other inputs do."""
    values = futures.inputs[name]
    world = np.unique(futures.worlds, return_inverse=True)[1].astype(np.int64)
    if name not in futures.designed:
        return _units(values, world, np.zeros(world.max() + 1, dtype=np.int64))
    others = [column for other, column in futures.designed.items() if other != name]
    if _constant_within(values, world):  # a world belongs to one value: worlds change values where nothing else differs
        alike = [column for column in others if _constant_within(column, world)]
        unit, strata = world, _first_of(_strata(alike, len(values)), world)
    else:  # runs of the same world under other values: these change places
        unit = np.arange(len(values))
        strata = _strata([*others, world.astype(np.float64)], len(values))
    if np.mean(_varied(_first_of(values, unit), strata)[strata]) >= 0.5:
        return _units(values, unit, strata)
    return _by_place(futures, values)


def _units(values: Floats, unit: Ints, strata: Ints) -> _Deal:
    given = classes(values, _number_of_classes(int(unit.max()) + 1))
    return _Deal(_first_of(given, unit)[:, None], unit, np.zeros(len(values), dtype=np.int64), strata)


def _by_place(futures: Futures, values: Floats) -> _Deal:
    """Deal among sampled places of the design, with all points of a place together."""
    place = np.unique(futures.points if futures.clusters is None else futures.clusters, return_inverse=True)[1].astype(np.int64)
    rows = _rows_by_unit(place)
    given = classes(values, _number_of_classes(len(rows)))
    least = min(len(found) for found in rows)
    table = np.stack([given[found[:least]] for found in rows])
    within = np.empty(len(values), dtype=np.int64)
    for found in rows:  # places of a file's design may have more points than others
        within[found] = np.arange(len(found)) % least
    return _Deal(table, place, within, np.zeros(len(rows), dtype=np.int64))


def _strata(columns: list[Floats], rows: int) -> Ints:
    """Return numbers of the combinations of some columns, (row,)."""
    found = np.zeros(rows, dtype=np.int64)
    for column in columns:
        values = np.unique(column, return_inverse=True)[1]
        found = np.unique(found * (int(values.max()) + 1) + values, return_inverse=True)[1].astype(np.int64)
    return found


def _first_of(values: NDArray[Any], unit: Ints) -> Any:
    """Return the value of each unit's first row."""
    return values[np.unique(unit, return_index=True)[1]]


def _constant_within(values: Floats, unit: Ints) -> bool:
    return bool(np.array_equal(_first_of(values, unit)[unit], values))


def _varied(values: Floats, strata: Ints) -> NDArray[np.bool_]:
    """Tell of each stratum whether its units have several values."""
    order = np.lexsort((values, strata))
    ends = np.cumsum(np.bincount(strata)) - 1
    starts = np.concatenate([[0], ends[:-1] + 1])
    return np.asarray(values[order[ends]] > values[order[starts]])

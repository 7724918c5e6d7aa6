"""Scenario discovery: in which futures does something happen? Boxes by PRIM, rules by CART.

PRIM (patient rule induction; Friedman & Fisher 1999, Statistics and Computing 9; for scenario discovery Bryant & Lempert 2010)
peels a small share of the cases off one side of one input at a time, always where that raises the density of cases of interest
most. Rules come from a tree (`trees`). Both are small implementations of our own.

No box and no leaf rests on fewer than `FEWEST_WORLDS` independent worlds, or sampled points, however many rows these have;
whether a box is more than chance is asked in runs that it was not found with (`held_out`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import InputError
from countermove.experiments.futures import Flags, Floats, Futures, Ints, check_interest, grouped, many_worlds
from countermove.experiments.held_out import density_error, held_out
from countermove.experiments.importance import importance
from countermove.experiments.sweep_table import SweepTable
from countermove.experiments.trees import FEWEST_SHARE, Rule, cart

PEEL = 0.05
CHANCE = 0.01
"""A box whose difference chance makes more often than this is not told from chance."""


@dataclass(frozen=True)
class Box:
    """A box in the space of inputs. coverage: share of all cases of interest inside. density: share of cases inside that are."""

    limits: Mapping[str, tuple[float, float]]
    cases: int
    coverage: float
    density: float

    def contains(self, inputs: Mapping[str, Floats]) -> Flags:
        """Tell which rows lie inside, ends included."""
        inside = np.ones(len(next(iter(inputs.values()))), dtype=np.bool_)
        for name, (low, high) in self.limits.items():
            inside &= (inputs[name] >= low) & (inputs[name] <= high)
        return inside


def prim(
    inputs: Mapping[str, Floats],
    interest: Flags,
    *,
    peel: float = PEEL,
    fewest: float = FEWEST_SHARE,
    axes: Sequence[Ints] = (),
) -> list[Box]:
    """Return the peeling trajectory, from everything to the densest box; each step restricts one input further.

    `inputs` name -> (case,), `interest` (case,). Peeling stops below the share `fewest` of the cases. `axes` hold the world or
    sampled point of each case, (case,): of each a box keeps `FEWEST_WORLDS`.
    """
    check_interest(interest)
    names = list(inputs)
    matrix = np.stack([inputs[name] for name in names], axis=1) if names else np.empty((len(interest), 0))
    limits = np.stack([matrix.min(axis=0), matrix.max(axis=0)], axis=1)
    whole = limits.copy()
    inside = np.ones(len(interest), dtype=np.bool_)
    found = [_box(names, limits, whole, inside, interest)]
    while True:
        best = _best_peel(matrix, interest, inside, peel, max(2, int(fewest * len(interest))), axes)
        if best is None:
            return found
        column, side, cut = best
        limits[column, side] = cut
        inside &= (matrix[:, column] >= limits[column, 0]) & (matrix[:, column] <= limits[column, 1])
        found.append(_box(names, limits, whole, inside, interest))


def _best_peel(
    matrix: Floats, interest: Flags, inside: Flags, peel: float, fewest: int, axes: Sequence[Ints]
) -> tuple[int, int, float] | None:
    """Return (input, side, new limit) of the peel that leaves the densest box, None when no peel raises the density."""
    rows = matrix[inside]
    hits = interest[inside]
    found: list[tuple[float, int, int, float]] = []
    for column in range(matrix.shape[1]):
        for side, keep in _peels(rows[:, column], peel):
            left = int(keep.sum())
            if not fewest <= left < len(hits):
                continue
            # Gain in density per case given up, so that a coarse input does not win by peeling much at once.
            gain = (hits[keep].mean() - hits.mean()) / (len(hits) - left)
            if gain > 1e-12:
                kept = rows[keep, column]
                found.append((-gain, column, side, float(kept.min() if side == 0 else kept.max())))
    for _, column, side, cut in sorted(found):
        keep = rows[:, column] >= cut if side == 0 else rows[:, column] <= cut
        if many_worlds([axis[inside][keep] for axis in axes], axes):
            return column, side, cut
    return None


def _peels(values: Floats, peel: float) -> Iterator[tuple[int, Flags]]:
    """Yield the two peels of one input: side, and which cases stay."""
    order = np.sort(values)
    drop = max(1, int(peel * len(order)))
    low, high = order[min(drop, len(order) - 1)], order[max(len(order) - 1 - drop, 0)]
    # A value that many cases share is peeled off whole.
    yield 0, values > low if low == order[0] else values >= low
    yield 1, values < high if high == order[-1] else values <= high


def _box(names: list[str], limits: Floats, whole: Floats, inside: Flags, interest: Flags) -> Box:
    restricted = {
        name: (float(limits[place, 0]), float(limits[place, 1]))
        for place, name in enumerate(names)
        if limits[place, 0] > whole[place, 0] or limits[place, 1] < whole[place, 1]
    }
    hits = int((inside & interest).sum())
    return Box(restricted, int(inside.sum()), hits / int(interest.sum()), hits / max(1, int(inside.sum())))


def simplified(box: Box, inputs: Mapping[str, Floats], interest: Flags, *, loss: float = 0.02) -> Box:
    """Return the box without restrictions that raise its density by less than `loss`, least useful first."""
    current = box
    while len(current.limits) > 1:
        without = [_measured({k: v for k, v in current.limits.items() if k != name}, inputs, interest) for name in current.limits]
        best = max(without, key=lambda other: other.density)
        if best.density < current.density - loss:
            return current
        current = best
    return current


def _measured(limits: Mapping[str, tuple[float, float]], inputs: Mapping[str, Floats], interest: Flags) -> Box:
    inside = Box(limits, 0, 0.0, 0.0).contains(inputs)
    hits = int((inside & interest).sum())
    return Box(limits, int(inside.sum()), hits / int(interest.sum()), hits / max(1, int(inside.sum())))


def chosen(boxes: list[Box], *, density: float = 0.8) -> Box:
    """Return the box with the largest coverage that reaches a density, else the densest one."""
    dense = [box for box in boxes if box.density >= density]
    return max(dense, key=lambda box: box.coverage) if dense else max(boxes, key=lambda box: box.density)


COMPARISONS: dict[str, Callable[[Floats, float], Flags]] = {
    "<=": lambda values, limit: values <= limit,
    ">=": lambda values, limit: values >= limit,
    "<": lambda values, limit: values < limit,
    ">": lambda values, limit: values > limit,
}
_CONDITION = re.compile(r"\s*(?P<name>[\w@-]+)\s*(?P<sign><=|>=|<|>)\s*(?P<limit>\S+)\s*")


def discover(
    folder: Path | str,
    *,
    when: str | None = None,
    scenario: str | None = None,
    against: str | None = None,
    density: float = 0.8,
    depth: int = 3,
) -> dict[str, Any]:
    """Return in which futures a condition holds: one box by PRIM, the leaves of a tree by CART.

    `when` joins comparisons with "and": "china_compute_h100e@2032 < 0 and domestic_share_units@2032 < 0". With `against`,
    outcomes are paired differences from that scenario. Without `when`: the highest quarter of the first outcome.
    Raises InputError for names that do not exist, a condition that cannot be read, or one that always or never holds.
    """
    if not 0.0 < density <= 1.0:
        raise InputError(f"a density of {density:g}", where="--density", hint="a share above 0, at most 1")
    if not 1 <= depth <= 8:
        raise InputError(f"a depth of {depth}", where="--depth", hint="1 to 8")
    table = SweepTable(folder)
    first = str(table.plan.quantities[0])
    if when is None:
        futures = table.futures(first, scenario, against)
        limit = float(np.quantile(futures.outcome, 0.75))
        interest, asked = futures.outcome > limit, f"{first} > {limit:.6g} (its highest quarter)"
    else:
        conditions = [_condition(part) for part in re.split(r"\band\b", when)]
        futures = table.futures(conditions[0][0], scenario, against)
        interest, asked = np.ones(len(futures.outcome), dtype=np.bool_), when
        for name, sign, limit in conditions:
            interest &= COMPARISONS[sign](_paired(table, name, scenario, against), limit)
    if not futures.inputs:
        reason = next(iter(futures.left_out.values()), "nothing varies")
        hint = "give more draws, or more points of assumptions"
        raise InputError(f"nothing can be told apart: {reason}", where=str(folder), hint=hint)
    told = _told_apart(futures, interest)
    boxes = prim(told.inputs, interest, axes=told.axes)
    box = simplified(chosen(boxes, density=density), told.inputs, interest)
    return {
        "when": asked,
        "scenario": table.scenario(scenario),
        "against": against,
        "runs": len(interest),
        "worlds": len(np.unique(futures.worlds)),
        "share": float(interest.mean()),
        "box": _described(box, futures, interest) | {"held_out": _tested(futures, interest, density)},
        "trajectory": [{"restricted": len(b.limits), "coverage": b.coverage, "density": b.density} for b in boxes],
        "rules": [_counted(rule, futures, interest) for rule in cart(told.inputs, interest, depth=depth, axes=told.axes)],
        "indistinct": sorted(futures.inputs.keys() - told.inputs.keys()),
        "left_out": grouped(futures.left_out),
    }


def _told_apart(futures: Futures, interest: Flags) -> Futures:
    """Return the futures with the inputs alone that the condition stands out with: among 160 others a box finds limits by chance.

    An input that matters only together with another, never by itself, is missed.
    """
    found = importance(replace(futures, outcome=interest.astype(np.float64)))
    return replace(futures, inputs={one.factor: futures.inputs[one.factor] for one in found if one.told_apart})


def _described(box: Box, futures: Futures, interest: Flags) -> dict[str, Any]:
    ranges = {name: (float(futures.inputs[name].min()), float(futures.inputs[name].max())) for name in box.limits}
    inside = box.contains(futures.inputs)
    return asdict(box) | {"range": ranges} | _independent(futures, interest, inside)


def _counted(rule: Rule, futures: Futures, interest: Flags) -> dict[str, Any]:
    inside = np.zeros(len(interest), dtype=np.bool_)
    inside[rule.rows] = True
    return {name: value for name, value in asdict(rule).items() if name != "rows"} | _independent(futures, interest, inside)


def _independent(futures: Futures, interest: Flags, inside: Flags) -> dict[str, Any]:
    """Return how many worlds and points lie inside, and the error of the density from their number."""
    return {
        "worlds": len(np.unique(futures.worlds[inside])),
        "points": len(np.unique(futures.points[inside])),
        "density_error": density_error(futures.axes, interest, inside),
    }


def _tested(futures: Futures, interest: Flags, density: float) -> dict[str, Any] | None:
    """Return how a box found in half of the worlds does in the other half."""

    def find(half: Futures, hits: Flags) -> Flags | None:
        told = _told_apart(half, hits)
        box = simplified(chosen(prim(told.inputs, hits, axes=told.axes), density=density), told.inputs, hits)
        return box.contains(futures.inputs) if box.limits else None

    found = held_out(futures, interest, find)
    return None if found is None else asdict(found) | {"told_from_chance": found.chance < CHANCE}


def _paired(table: SweepTable, name: str, scenario: str | None, against: str | None) -> Floats:
    quantity = table.quantity(name)
    values = table.outcomes(table.scenario(scenario), quantity)
    if against is not None:
        values = values - table.outcomes(table.scenario(against, option="--against"), quantity)
    return values.reshape(-1)


def _condition(text: str) -> tuple[str, str, float]:
    """Return outcome, comparison and limit of one comparison."""
    found = _CONDITION.fullmatch(text)
    hint = "write OUTCOME@PERIOD < NUMBER, joined with `and`"
    if found is None:
        raise InputError(f"cannot read {text.strip()!r}", where="--when", hint=hint)
    try:
        limit = float(found["limit"])
    except ValueError:
        raise InputError(f"{found['limit']!r} is not a number", where="--when", hint=hint) from None
    return found["name"], found["sign"], limit

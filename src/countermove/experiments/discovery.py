"""Scenario discovery: in which futures does something happen? Boxes by PRIM, rules by CART.

PRIM (patient rule induction; Friedman & Fisher 1999, Statistics and Computing 9; for scenario discovery Bryant & Lempert 2010)
peels a small share of the cases off one side of one input at a time, always where that raises the density of cases of interest
most, then pastes back. CART (Breiman et al. 1984) splits by the Gini impurity. Both are small implementations of our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.experiments.sweep_table import SweepTable

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
PEEL = 0.05
FEWEST_SHARE = 0.05


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


@dataclass(frozen=True)
class Rule:
    """One leaf of a tree: the conditions on the way to it, and what it holds."""

    conditions: tuple[str, ...]
    cases: int
    density: float
    coverage: float = field(default=0.0)


def check_interest(interest: Flags) -> None:
    """Raise InputError when there is nothing to tell apart."""
    if not interest.any():
        raise InputError("it happens in no run", where="--when", hint="ask for a weaker condition")
    if interest.all():
        raise InputError("it happens in every run", where="--when", hint="ask for a stronger condition")


def prim(inputs: Mapping[str, Floats], interest: Flags, *, peel: float = PEEL, fewest: float = FEWEST_SHARE) -> list[Box]:
    """Return the peeling trajectory, from everything to the densest box; each step restricts one input further.

    `inputs` name -> (case,), `interest` (case,). Peeling stops below the share `fewest` of the cases.
    """
    check_interest(interest)
    names = list(inputs)
    matrix = np.stack([inputs[name] for name in names], axis=1)
    limits = np.stack([matrix.min(axis=0), matrix.max(axis=0)], axis=1)
    whole = limits.copy()
    inside = np.ones(len(interest), dtype=np.bool_)
    found = [_box(names, limits, whole, inside, interest)]
    while True:
        best = _best_peel(matrix, interest, inside, limits, peel, max(2, int(fewest * len(interest))))
        if best is None:
            return found
        column, side, cut = best
        limits[column, side] = cut
        inside &= (matrix[:, column] >= limits[column, 0]) & (matrix[:, column] <= limits[column, 1])
        found.append(_box(names, limits, whole, inside, interest))


def _best_peel(
    matrix: Floats, interest: Flags, inside: Flags, limits: Floats, peel: float, fewest: int
) -> tuple[int, int, float] | None:
    """Return (input, side, new limit) of the peel that leaves the densest box, None when no peel raises the density."""
    rows = matrix[inside]
    hits = interest[inside]
    density = hits.mean()
    best: tuple[float, tuple[int, int, float]] | None = None
    for column in range(matrix.shape[1]):
        order = np.sort(rows[:, column])
        drop = max(1, int(peel * len(order)))
        for side, cut in ((0, order[min(drop, len(order) - 1)]), (1, order[max(len(order) - 1 - drop, 0)])):
            keep = rows[:, column] >= cut if side == 0 else rows[:, column] <= cut
            if side == 0 and cut == order[0]:
                keep = rows[:, column] > cut  # a value that many cases share is peeled off whole
            if side == 1 and cut == order[-1]:
                keep = rows[:, column] < cut
            left = int(keep.sum())
            if not fewest <= left < len(order):
                continue
            # Gain in density per case given up, so that a coarse input does not win by peeling much at once.
            gain = (hits[keep].mean() - density) / (len(order) - left)
            if gain > 1e-12 and (best is None or gain > best[0]):
                kept = rows[keep, column]
                best = (gain, (column, side, float(kept.min() if side == 0 else kept.max())))
    return None if best is None else best[1]


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


def cart(inputs: Mapping[str, Floats], interest: Flags, *, depth: int = 3, fewest: float = FEWEST_SHARE) -> list[Rule]:
    """Return the leaves of a classification tree, densest first; no leaf holds less than the share `fewest` of the cases."""
    check_interest(interest)
    names = list(inputs)
    matrix = np.stack([inputs[name] for name in names], axis=1)
    least = max(1, int(fewest * len(interest)))
    total = int(interest.sum())
    rules: list[Rule] = []

    def grow(rows: NDArray[np.intp], conditions: tuple[str, ...], left: int) -> None:
        hits = interest[rows]
        split = _best_split(matrix[rows], hits, least) if left and 0 < hits.sum() < len(hits) else None
        if split is None:
            rules.append(Rule(conditions, len(rows), float(hits.mean()), float(hits.sum()) / total))
            return
        column, cut = split
        below = matrix[rows, column] <= cut
        grow(rows[below], (*conditions, f"{names[column]} <= {cut:.4g}"), left - 1)
        grow(rows[~below], (*conditions, f"{names[column]} > {cut:.4g}"), left - 1)

    grow(np.arange(len(interest)), (), depth)
    return sorted(rules, key=lambda rule: -rule.density)


def _best_split(matrix: Floats, hits: Flags, least: int) -> tuple[int, float] | None:
    """Return (input, cut) with the lowest Gini impurity of the two sides, None when no split lowers it."""
    count = len(hits)
    share = hits.mean()
    lowest = 2.0 * share * (1.0 - share) - 1e-9
    best: tuple[int, float] | None = None
    below = np.arange(1, count)
    for column in range(matrix.shape[1]):
        order = np.argsort(matrix[:, column], kind="stable")
        values = matrix[order, column]
        left = np.cumsum(hits[order])[:-1] / below
        right = (hits.sum() - left * below) / (count - below)
        impurity = (below * 2.0 * left * (1.0 - left) + (count - below) * 2.0 * right * (1.0 - right)) / count
        impurity[(values[1:] == values[:-1]) | (below < least) | (count - below < least)] = np.inf
        place = int(np.argmin(impurity)) if count > 1 else 0
        if count > 1 and impurity[place] < lowest:
            lowest = float(impurity[place])
            best = (column, float(0.5 * (values[place] + values[place + 1])))
    return best


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
    boxes = prim(futures.inputs, interest)
    box = simplified(chosen(boxes, density=density), futures.inputs, interest)
    spread = {name: (float(values.min()), float(values.max())) for name, values in futures.inputs.items()}
    return {
        "when": asked,
        "scenario": table.scenario(scenario),
        "against": against,
        "runs": len(interest),
        "share": float(interest.mean()),
        "box": asdict(box) | {"range": {name: spread[name] for name in box.limits}},
        "trajectory": [{"restricted": len(b.limits), "coverage": b.coverage, "density": b.density} for b in boxes],
        "rules": [asdict(rule) for rule in cart(futures.inputs, interest, depth=depth)],
    }


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

"""CART (Breiman et al. 1984): a small tree that splits runs by the Gini impurity, until leaves would rest on too few worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.futures import Flags, Floats, Ints, check_interest, many_worlds

FEWEST_SHARE = 0.05


@dataclass(frozen=True)
class Rule:
    """One leaf of a tree: the conditions on the way to it, what it holds, and its rows."""

    conditions: tuple[str, ...]
    cases: int
    density: float
    coverage: float
    rows: NDArray[np.intp]


def cart(
    inputs: Mapping[str, Floats], interest: Flags, *, depth: int = 3, fewest: float = FEWEST_SHARE, axes: Sequence[Ints] = ()
) -> list[Rule]:
    """Return the leaves of a classification tree, densest first; no leaf holds less than the share `fewest` of the cases.

    `axes` hold the world or sampled point of each case, (case,): every leaf keeps enough of each.
    """
    check_interest(interest)
    names = list(inputs)
    matrix = np.stack([inputs[name] for name in names], axis=1) if names else np.empty((len(interest), 0))
    least = max(1, int(fewest * len(interest)))
    total = int(interest.sum())
    rules: list[Rule] = []

    def grow(rows: NDArray[np.intp], conditions: tuple[str, ...], left: int) -> None:
        hits = interest[rows]
        splits = _splits(matrix[rows], hits, least) if left and 0 < hits.sum() < len(hits) else []
        for column, cut in splits:
            below = matrix[rows, column] <= cut
            if all(many_worlds([axis[rows[side]] for axis in axes], axes) for side in (below, ~below)):
                grow(rows[below], (*conditions, f"{names[column]} <= {cut:.4g}"), left - 1)
                grow(rows[~below], (*conditions, f"{names[column]} > {cut:.4g}"), left - 1)
                return
        rules.append(Rule(conditions, len(rows), float(hits.mean()), float(hits.sum()) / total, rows))

    grow(np.arange(len(interest)), (), depth)
    return sorted(rules, key=lambda rule: -rule.density)


def _splits(matrix: Floats, hits: Flags, least: int) -> list[tuple[int, float]]:
    """Return (input, cut) of each input's best split, lowest Gini impurity of both sides first; none that does not lower it."""
    count = len(hits)
    share = hits.mean()
    lowest = 2.0 * share * (1.0 - share) - 1e-9
    found: list[tuple[float, int, float]] = []
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
            found.append((float(impurity[place]), column, float(0.5 * (values[place] + values[place + 1]))))
    return [(column, cut) for _, column, cut in sorted(found)]

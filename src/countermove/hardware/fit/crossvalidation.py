"""Cross-validation: every prediction of a measured row comes from a fit that never saw its group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.fit.boosting import Settings, boost
from countermove.hardware.fit.efficiencies import fit
from countermove.hardware.fit.measured import Measured
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.physics import Work, prepare, slowdowns, timing
from countermove.hardware.serving.points import Points
from countermove.hardware.serving.traits import traits, version_numbers
from countermove.hardware.serving.trees import Trees, correction, gate

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: Settings of the correction per quantity.
CORRECTION = {"tpot": Settings(depth=6, huber=0.10), "ttft": Settings(depth=6, huber=0.20)}


@dataclass(frozen=True, eq=False)
class Rows:
    """Measured rows that can be predicted at all, as arrays; ``kept`` are their places in the measured table."""

    points: Points
    work: Work
    version: Array
    ttft: Array
    tpot: Array
    weight: Array
    stated: Index
    strict: Index
    kept: Index


@dataclass(frozen=True, eq=False)
class Model:
    """A fit: weights of the physics and trees per quantity."""

    weights: Array
    trees: dict[str, Trees]


@dataclass(frozen=True, eq=False)
class Held:
    """Predictions of held-out rows in seconds: physics alone and corrected; nan where a row was never held out."""

    physics_ttft: Array
    physics_tpot: Array
    ttft: Array
    tpot: Array


def usable(measured: Measured) -> Rows:
    """Return the rows that are valid requests and fit in memory; the others count as refused."""
    kept = np.array([place for place, request in enumerate(measured.requests) if request is not None])
    requests = [measured.requests[place] for place in kept]
    found = [request for request in requests if request is not None]
    points = assemble(found)
    work = prepare(points)
    version = version_numbers(found)
    fits = np.nonzero(work.limit >= 1.0)[0]
    place = kept[fits]
    return Rows(
        points=take(points, fits),
        work=take(work, fits),
        version=version[fits],
        ttft=measured.ttft[place],
        tpot=measured.tpot[place],
        weight=measured.weight[place],
        stated=measured.stated[place],
        strict=measured.strict[place],
        kept=place,
    )


def take(tree: Points | Work, index: Index) -> Points | Work:  # type: ignore[type-var]
    """Return the rows of nested columns."""
    return _take(tree, index)  # type: ignore[no-any-return]


def _take(tree, index):  # type: ignore[no-untyped-def]
    if isinstance(tree, tuple):
        return type(tree)(*(_take(part, index) for part in tree))
    if tree.ndim == 2:
        # Traits are (row, trait); offsets are (class, row) or (class, 1).
        return tree[:, index] if tree.shape[0] < tree.shape[1] else (tree if tree.shape[1] == 1 else tree[index])
    return tree[index]


def train(rows: Rows, index: Index, *, correct: bool = True, evaluations: int = 30) -> Model:
    """Return the fit to some rows."""
    points = take(rows.points, index)
    found = fit(points, rows.ttft[index], rows.tpot[index], rows.weight[index], evaluations)
    trees: dict[str, Trees] = {}
    if correct:
        work = take(rows.work, index)
        base = timing(work, slowdowns(found.weights, points))
        seen = traits(points, work, base, rows.version[index])
        for name, measured, modelled in (("tpot", rows.tpot, base.tpot), ("ttft", rows.ttft, base.ttft)):
            target = np.log(measured[index] / modelled)
            trees[name] = boost(seen, target, rows.weight[index], rows.strict[index], CORRECTION[name])
    return Model(found.weights, trees)


def apply(model: Model, rows: Rows, index: Index) -> tuple[Array, Array, Array, Array]:
    """Return (physics TTFT, physics TPOT, TTFT, TPOT) of some rows in seconds."""
    points, work = take(rows.points, index), take(rows.work, index)
    base = timing(work, slowdowns(model.weights, points))
    if not model.trees:
        return base.ttft, base.tpot, base.ttft, base.tpot
    seen = traits(points, work, base, rows.version[index])
    weight = gate(model.trees["tpot"], seen)
    ttft = base.ttft * np.exp(weight * correction(model.trees["ttft"], seen))
    tpot = base.tpot * np.exp(weight * correction(model.trees["tpot"], seen))
    return base.ttft, base.tpot, ttft, tpot


def cross_validate(rows: Rows, fold: Index, *, correct: bool = True, folds: Iterable[int] | None = None) -> Held:
    """Return predictions of every row by the fit to all other folds."""
    found = [np.full(len(rows.tpot), np.nan) for _ in range(4)]
    for number in np.unique(fold) if folds is None else folds:
        inside, outside = np.nonzero(fold == number)[0], np.nonzero(fold != number)[0]
        model = train(rows, outside, correct=correct)
        for column, values in zip(found, apply(model, rows, inside), strict=True):
            column[inside] = values
    return Held(*found)

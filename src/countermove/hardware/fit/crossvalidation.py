"""Cross-validation: every prediction of a measured row comes from a fit that never saw its group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.fit.boosting import Settings, boost
from countermove.hardware.fit.efficiencies import References, fit
from countermove.hardware.fit.measured import Measured
from countermove.hardware.fit.published import references
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.physics import Work, prepare, slowdowns, timing, waiting
from countermove.hardware.serving.points import Points
from countermove.hardware.serving.traits import software_age, traits
from countermove.hardware.serving.trees import Trees, correction, gate

Array = NDArray[np.float64]
Index = NDArray[np.int64]

#: Settings of the correction per quantity.
CORRECTION = {"tpot": Settings(huber=0.15), "ttft": Settings(huber=0.50, fade=0.3)}


@dataclass(frozen=True, eq=False)
class Rows:
    """Measured rows that can be predicted at all, as arrays; ``kept`` are their places in the measured table."""

    points: Points
    work: Work
    software: Array
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
    software = software_age(found)
    fits = np.nonzero(work.limit >= 1.0)[0]
    place = kept[fits]
    return Rows(
        points=take_points(points, fits),
        work=take_work(work, fits),
        software=software[fits],
        ttft=measured.ttft[place],
        tpot=measured.tpot[place],
        weight=measured.weight[place],
        stated=measured.stated[place],
        strict=measured.strict[place],
        kept=place,
    )


def take_points(points: Points, index: Index) -> Points:
    """Return some rows of `Points`, whose fields are columns, groups of columns, traits (row, trait) or offsets."""
    parts: dict[str, Any] = {}
    for name, part in zip(Points._fields, points, strict=True):
        if name == "features":
            parts[name] = points.features[index]
        elif name == "offsets":
            parts[name] = points.offsets if points.offsets.shape[1] == 1 else points.offsets[:, index]
        else:
            parts[name] = _some(part, index)
    return Points(**parts)


def take_work(work: Work, index: Index) -> Work:
    """Return some rows of `Work`."""
    return Work(*(_some(part, index) for part in work))


def _some(part: Any, index: Index) -> Any:
    return type(part)(*(column[index] for column in part)) if isinstance(part, tuple) else part[index]


def train(rows: Rows, index: Index, *, correct: bool = True, evaluations: int = 15) -> Model:
    """Return the fit to some rows."""
    points = take_points(rows.points, index)
    # One copy of each measurement is enough for the physics.
    once = index[np.unique(np.stack([rows.ttft[index], rows.tpot[index]]), axis=1, return_index=True)[1]]
    ones = np.ones(len(once))
    found = fit(take_points(rows.points, once), rows.ttft[once], rows.tpot[once], ones, evaluations, _known(points))
    trees: dict[str, Trees] = {}
    if correct:
        work = take_work(rows.work, index)
        base = timing(work, slowdowns(found.weights, points))
        seen = traits(points, work, base, rows.software[index])
        # What a row waits for a place follows from the rest: its correction is learned where nobody waits.
        served = np.where(work.load > work.limit, 0.0, 1.0)
        for name, measured, modelled, known in (
            ("tpot", rows.tpot, base.tpot, np.ones(len(index))),
            ("ttft", rows.ttft, base.first, served),
        ):
            target = np.log(measured[index] / modelled)
            trees[name] = boost(seen, target, rows.weight[index] * known, rows.strict[index], CORRECTION[name])
    return Model(found.weights, trees)


def _known(points: Points) -> References:
    """Return the published references on chips of ``points``: a chip that is left out takes its references along."""
    found = references()
    chips = {*zip(points.chip.memory, points.chip.bandwidth, strict=True)}
    own = zip(found.points.chip.memory, found.points.chip.bandwidth, strict=True)
    kept = np.nonzero([chip in chips for chip in own])[0]
    return References(take_points(found.points, kept), found.seconds[kept], found.prefill[kept])


def apply(model: Model, rows: Rows, index: Index) -> tuple[Array, Array, Array, Array]:
    """Return (physics TTFT, physics TPOT, TTFT, TPOT) of some rows in seconds."""
    points, work = take_points(rows.points, index), take_work(rows.work, index)
    base = timing(work, slowdowns(model.weights, points))
    if not model.trees:
        return base.ttft, base.tpot, base.ttft, base.tpot
    seen = traits(points, work, base, rows.software[index])
    weight = gate(model.trees["tpot"], seen)
    first = base.first * np.exp(weight * correction(model.trees["ttft"], seen))
    tpot = base.tpot * np.exp(weight * correction(model.trees["tpot"], seen))
    return base.ttft, base.tpot, first + waiting(work, first, tpot), tpot


def cross_validate(rows: Rows, fold: Index, *, correct: bool = True, folds: Iterable[int] | None = None) -> Held:
    """Return predictions of every row by the fit to all other folds."""
    found = [np.full(len(rows.tpot), np.nan) for _ in range(4)]
    for number in np.unique(fold) if folds is None else folds:
        inside, outside = np.nonzero(fold == number)[0], np.nonzero(fold != number)[0]
        model = train(rows, outside, correct=correct)
        for column, values in zip(found, apply(model, rows, inside), strict=True):
            column[inside] = values
    return Held(*found)

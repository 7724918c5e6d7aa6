"""Predictions with intervals: physics, corrected inside the measured domain, or a reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.chip import Chip
from countermove.hardware.performance import missing_facts
from countermove.hardware.serving.assemble import FITTED_STACKS, assemble
from countermove.hardware.serving.fitted import Fitted, load_fitted
from countermove.hardware.serving.physics import prepare, slowdowns, timing
from countermove.hardware.serving.points import Points
from countermove.hardware.serving.rows import Request, refusal
from countermove.hardware.serving.steps import cache_limit
from countermove.hardware.serving.traits import software_age, traits
from countermove.hardware.serving.trees import correction, gate

Array = NDArray[np.float64]

#: Columns that `predict_rows` adds to a table.
OUTPUT: Final = (
    "pred_ttft_ms",
    "pred_ttft_lo",
    "pred_ttft_hi",
    "pred_tpot_ms",
    "pred_tpot_lo",
    "pred_tpot_hi",
    "refused",
    "reason",
)


class Predicted(NamedTuple):
    """Seconds with the ends of their 90% intervals, (row,) each; ``fits`` is False where weights and one request do not fit."""

    ttft: Array
    ttft_low: Array
    ttft_high: Array
    tpot: Array
    tpot_low: Array
    tpot_high: Array
    fits: NDArray[np.bool_]
    gate: Array
    capacity: Array  # requests that one worker holds at full length


def predict_requests(requests: Sequence[Request]) -> Predicted:
    """Return predictions of requests, one entry each."""
    covered = np.array([request.chip.stack in FITTED_STACKS for request in requests])
    return predict_points(assemble(requests), software_age(requests), covered)


def predict_points(points: Points, software: Array, covered: NDArray[np.bool_], fitted: Fitted | None = None) -> Predicted:
    """Return predictions of rows; ``covered`` is True for chips whose software stack has measured rows."""
    fit = fitted or load_fitted()
    work = prepare(points)
    base = timing(work, slowdowns(fit.weights, points))
    fits = work.limit >= 1.0
    seen = traits(points, work, base, software)
    weight = np.where(covered, gate(fit.trees["tpot"], seen), 0.0)
    found: list[Array] = []
    for name, seconds in (("ttft", base.ttft), ("tpot", base.tpot)):
        middle = seconds * np.exp(weight * correction(fit.trees[name], seen))
        near = np.array([fit.intervals[name, "inside"], fit.intervals[name, "split"]])[points.split.astype(np.int64)]
        far = np.array(fit.intervals[name, "outside"])
        width = weight[:, None] * near + (1.0 - weight[:, None]) * np.maximum(far, near)
        found += [middle, middle * np.exp(-width[:, 0]), middle * np.exp(width[:, 1])]
    return Predicted(found[0], found[1], found[2], found[3], found[4], found[5], fits, weight, work.limit)


def predict_rows(rows: Iterable[Mapping[str, str | None]]) -> list[dict[str, str]]:
    """Return the columns of `OUTPUT` for every row of a table: an answer or a reason, never an exception."""
    read = [refusal(row) for row in rows]
    kept = [(place, request) for place, (request, _) in enumerate(read) if request is not None]
    answers = [_refused(reason) for _, reason in read]
    known = []
    for place, request in kept:
        lacking = missing_facts(request.chip)
        if lacking:
            answers[place] = _refused(missing_reason(request.chip, lacking))
        else:
            known.append((place, request))
    if known:
        requests = [request for _, request in known]
        found = predict_requests(requests)
        for number, (place, request) in enumerate(known):
            answers[place] = _answer(found, number) if found.fits[number] else _refused(unfit_reason(request))
    return answers


def missing_reason(chip: Chip, lacking: Sequence[str]) -> str:
    """Return the reason for a chip whose facts do not suffice."""
    return f"system: {', '.join(lacking)} of {chip.id} unknown; state the missing fact in the catalogue"


def unfit_reason(request: Request) -> str:
    """Return the reason for a model whose weights and one request exceed the memory of a worker."""
    points = assemble([request])
    chips = int(request.decode.chips)
    gb = (points.weight_bytes[0] * points.model.replicated[0] + points.expert_bytes[0] * points.model.routed[0]) / 1e9
    held = (request.chip.memory_gb or 0.0) * chips
    return (
        f"{request.model.name} in {request.precision} needs about {gb:,.0f} GB for its weights and {request.prompt:g} + "
        f"{request.output:g} tokens of cache; {chips} x {request.chip.id} hold {held:,.0f} GB and "
        f"{float(cache_limit(points)[0]):.2f} requests; use more chips or fewer bits"
    )


def _refused(reason: str) -> dict[str, str]:
    return {**dict.fromkeys(OUTPUT, ""), "refused": "true", "reason": reason}


def _answer(found: Predicted, number: int) -> dict[str, str]:
    values = (found.ttft, found.ttft_low, found.ttft_high, found.tpot, found.tpot_low, found.tpot_high)
    shown = {name: f"{1e3 * float(column[number]):.6g}" for name, column in zip(OUTPUT, values, strict=False)}
    return {**shown, "refused": "false", "reason": ""}

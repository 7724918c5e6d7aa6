"""Predictions with intervals: physics, corrected inside the measured domain, or a reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.chip import Chip
from countermove.hardware.memory import reported_bytes
from countermove.hardware.performance import missing_facts
from countermove.hardware.serving.able import precision_reason, wider
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.bearing import Bearing, bearing, engine_reason, nothing_bears
from countermove.hardware.serving.fitted import Fitted, load_fitted
from countermove.hardware.serving.habits import FIRST_EXPOSED, STEPS_AS_INSTALLED
from countermove.hardware.serving.physics import crowding, prepare, slowdowns, timing
from countermove.hardware.serving.points import Points
from countermove.hardware.serving.rows import Request, refusal
from countermove.hardware.serving.steps import cache_limit
from countermove.hardware.serving.traits import software_age, traits
from countermove.hardware.serving.trees import correction, gate
from countermove.hardware.serving.widths import FAR_LONGER, FAR_SHORTER, Regime, half_widths

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
    """Seconds with the ends of their 90% intervals, (row,) each; ``fits`` is False where weights and one request do not fit.

    ``ttft`` contains ``wait``, the time before a place is free; ``first`` is the rest of it.
    """

    ttft: Array
    ttft_low: Array
    ttft_high: Array
    tpot: Array
    tpot_low: Array
    tpot_high: Array
    fits: NDArray[np.bool_]
    gate: Array
    capacity: Array  # requests that one worker holds
    first: Array
    first_low: Array
    first_high: Array
    wait: Array
    waiting: Array  # requests that wait per request served
    served: Array  # requests that all workers serve at once


def predict_requests(requests: Sequence[Request]) -> Predicted:
    """Return predictions of requests, one entry each."""
    points, software = assemble(requests), software_age(requests)
    found = predict_points(points, software, bearing(requests))
    wide = [wider(request) for request in requests]
    while any(other is not request for other, request in zip(wide, requests, strict=True)):
        found = no_slower(found, assemble(wide), software, bearing(wide), points.output)
        requests, wide = wide, [wider(request) for request in wide]
    return found


def no_slower(found: Predicted, wide: Points, software: Array, known: Bearing, output: Array) -> Predicted:
    """Return predictions that are no slower than the same deployments with wider weights, which an engine could run instead.

    The fit has rows of both kinds and is moved by what else differed between them. Memory stays that of the narrow weights.
    """
    own, load = cache_limit(wide), wide.concurrency / np.nan_to_num(wide.decode.workers, nan=1.0)
    other = predict_points(wide, software, known, limit=np.where(own >= load, own, found.capacity))
    with np.errstate(invalid="ignore"):
        token = np.where(found.fits, np.minimum(other.tpot / found.tpot, 1.0), 1.0)
        first = np.where(found.fits, np.minimum(other.first / found.first, 1.0), 1.0)
    return scaled(found, output, first, token)


def scaled(found: Predicted, output: Array, first: Array, token: Array) -> Predicted:
    """Return predictions with times to the first token and per token multiplied; the wait keeps its proportion to service."""
    times = {
        name: (getattr(found, f"first{name}") * first, getattr(found, f"tpot{name}") * token) for name in ("", "_low", "_high")
    }
    waits = {name: found.waiting * np.where(found.fits, one + output * each, 0.0) for name, (one, each) in times.items()}
    changed = {f"ttft{name}": one + waits[name] for name, (one, _) in times.items()}
    changed |= {f"first{name}": one for name, (one, _) in times.items()} | {
        f"tpot{name}": each for name, (_, each) in times.items()
    }
    return found._replace(wait=waits[""], **changed)


def predict_points(
    points: Points, software: Array, known: Bearing, fitted: Fitted | None = None, limit: Array | None = None
) -> Predicted:
    """Return predictions of rows: benchmark recipes as fitted, ordinary deployments with their host time on top.

    ``limit`` as in `physics.prepare`.
    """
    fit = fitted or load_fitted()
    work = prepare(points, limit)
    slow = slowdowns(fit.weights, points)
    base = timing(work, slow)
    fits = work.limit >= 1.0
    seen = traits(points, work, base, software)
    # No fitted row slices over several domains.
    weight = np.where(known.covered & (work.decode.far_reductions == 0), gate(fit.trees["tpot"], seen), 0.0)
    tuned = base.tpot * np.exp(weight * correction(fit.trees["tpot"], seen))
    first = base.first * np.exp(weight * correction(fit.trees["ttft"], seen))
    hidden, tpot = points.exposed / work.gained, tuned + points.exposed / work.gained
    share = np.where(fits, first / np.where(fits, base.first, 1.0), 0.0)
    looked, queue = slow["first_steps"] * np.where(fits, base.tpot, 0.0) * share, base.queue * share
    ordinary = points.ordinary > 0
    # As installed, a request joins after a step or two instead of waiting for the next look of a recipe.
    first = np.where(ordinary, first - looked + STEPS_AS_INSTALLED * tpot, first)
    far = work.decode.far_reductions * slow["far_reduction"] / work.gained
    regimes = {
        "tpot": Regime(tpot, hidden + FAR_SHORTER * far, hidden + FAR_LONGER * far),
        "ttft": Regime(first, np.where(ordinary, queue, 0.0), np.where(ordinary, looked + FIRST_EXPOSED, 0.0)),
    }
    ends = {}
    for name, seconds in (("ttft", first), ("tpot", tpot)):
        down, up = half_widths(fit, name, known, weight, points.split, regimes[name])
        ends[name] = (seconds * np.exp(-down), seconds * np.exp(up))
    crowd = crowding(work)
    wait, low, high = (
        np.where(crowd > 0, crowd * np.where(fits, one + points.output * each, 0.0), 0.0)
        for one, each in ((first, tpot), *zip(ends["ttft"], ends["tpot"], strict=True))
    )
    return Predicted(
        ttft=first + wait,
        ttft_low=ends["ttft"][0] + low,
        ttft_high=ends["ttft"][1] + high,
        tpot=tpot,
        tpot_low=ends["tpot"][0],
        tpot_high=ends["tpot"][1],
        fits=fits,
        gate=weight,
        capacity=work.limit,
        first=first,
        first_low=ends["ttft"][0],
        first_high=ends["ttft"][1],
        wait=wait,
        waiting=crowd,
        served=work.served,
    )


def predict_rows(rows: Iterable[Mapping[str, str | None]]) -> list[dict[str, str]]:
    """Return the columns of `OUTPUT` for every row of a table: an answer or a reason, never an exception."""
    read = [refusal(row) for row in rows]
    kept = [(place, request) for place, (request, _) in enumerate(read) if request is not None]
    answers = [_refused(reason) for _, reason in read]
    known = []
    for place, request in kept:
        reason = unanswerable(request)
        if reason is not None:
            answers[place] = _refused(reason)
        else:
            known.append((place, request))
    if known:
        requests = [request for _, request in known]
        found = predict_requests(requests)
        for number, (place, request) in enumerate(known):
            answers[place] = _answer(found, number) if found.fits[number] else _refused(unfit_reason(request))
    return answers


def unanswerable(request: Request) -> str | None:
    """Return why a request has no answer whatever its load: missing facts, no evidence, or what the chip cannot run."""
    chip = request.chip
    lacking = missing_facts(chip)
    if lacking:
        return missing_reason(chip, lacking)
    return nothing_bears(chip) or engine_reason(chip, request.engine) or precision_reason(chip, request.precision)


def missing_reason(chip: Chip, lacking: Sequence[str]) -> str:
    """Return the reason for a chip whose facts do not suffice."""
    return f"system: {', '.join(lacking)} of {chip.id} unknown; state the missing fact in the catalogue"


def unfit_reason(request: Request, chips: int | None = None) -> str:
    """Return the reason for a model that does not fit the memory of a worker, or of ``chips`` chips however it is spread."""
    points = assemble([request])
    number = int(request.decode.chips) if chips is None else chips
    gb = (points.weight_bytes[0] * points.model.replicated[0] + points.expert_bytes[0] * points.model.routed[0]) / 1e9
    held = reported_bytes(request.chip) * number / 1e9
    tried = (
        f"hold {float(cache_limit(points)[0]):.2f} requests" if chips is None else "do not hold it in any layout that was tried"
    )
    return (
        f"{request.model.name} in {request.precision} needs about {gb:,.0f} GB for its weights, and cache for "
        f"{request.prompt:g} + {request.output:g} tokens; engines use nine tenths of memory, and {number} x {request.chip.id} "
        f"with {held:,.0f} GB {tried}; use more chips or fewer bits"
    )


def _refused(reason: str) -> dict[str, str]:
    return {**dict.fromkeys(OUTPUT, ""), "refused": "true", "reason": reason}


def _answer(found: Predicted, number: int) -> dict[str, str]:
    values = (found.ttft, found.ttft_low, found.ttft_high, found.tpot, found.tpot_low, found.tpot_high)
    shown = {name: f"{1e3 * float(column[number]):.6g}" for name, column in zip(OUTPUT, values, strict=False)}
    return {**shown, "refused": "false", "reason": ""}

"""Throughput of one phase: prefill, decode within a limit, or a training step, in tokens per second and chip."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from countermove.errors import InputError, did_you_mean
from countermove.hardware import roofline
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.llm import Llm
from countermove.hardware.performance import HALF_BAND, missing_facts, requested_rows
from countermove.hardware.serving.assemble import FITTED_STACKS, assemble
from countermove.hardware.serving.fitted import load_fitted
from countermove.hardware.serving.frontier import shapes
from countermove.hardware.serving.physics import prefill_seconds, prepare, slowdowns, timing
from countermove.hardware.serving.predictor import missing_reason, unfit_reason
from countermove.hardware.serving.question import Answer, Question, power_w_per_chip, refused, resolve
from countermove.hardware.serving.rows import Request
from countermove.hardware.serving.steps import prefill_share
from countermove.hardware.workloads import Case

PHASES: Final = ("prefill", "decode", "train")

#: Sequences per replica that a search for the decode batch tries.
BATCHES: Final = tuple(float(2 ** (power / 2)) for power in range(25))

#: Microbatches of a training step, and standard deviation of the log error of training rates (MLPerf rows). Assumptions.
MICROBATCHES: Final = 64.0
TRAINING_ERROR: Final = 0.12


def answer(phase: str, question: Question) -> Answer:
    """Return throughput of one phase; InputError for an unknown one."""
    if phase not in PHASES:
        raise InputError(f"no phase named '{phase}'", where="--phase", hint=did_you_mean(phase, PHASES))
    request, count, assumed = resolve(question)
    lacking = missing_facts(request.chip)
    if lacking:
        return refused(missing_reason(request.chip, lacking), assumed)
    if phase == "train":
        return _training(request, count, assumed)
    fixed = any(value is not None for value in (question.tensor, question.expert, question.data, question.pipeline))
    workers = [request.decode] if fixed else shapes(request, count)
    if not workers:
        return refused(unfit_reason(request), assumed)
    limit = question.tpot_limit_ms
    rate, tpot = (
        (prefill_rate(request, workers), None) if phase == "prefill" else decode_rate(request, workers, (limit or 1e9) / 1e3)
    )
    if rate <= 0:
        return refused("no deployment keeps the limit" if limit else unfit_reason(request), assumed)
    width = _width(request)
    return _document(request, count, assumed, rate, width, tpot=tpot)


def prefill_rate(request: Request, workers: list[Any]) -> float:
    """Return prompt tokens per second and chip of the best worker, all its replicas reading prompts back to back."""
    tried = assemble([replace(request, prefill=worker, decode=worker) for worker in workers])
    slow = slowdowns(load_fitted().weights, tried)
    seconds = prefill_seconds(prefill_share(tried), slow)
    fits = prepare(tried).limit >= 1.0
    return float(np.max(np.where(fits, request.prompt / seconds / tried.prefill.chips, 0.0), initial=0.0))


def decode_rate(request: Request, workers: list[Any], limit: float) -> tuple[float, float]:
    """Return output tokens per second and chip, and the time per token, of the best worker and batch within ``limit``."""
    tried = [
        replace(request, prefill=worker, decode=worker, split=True, concurrency=max(batch * worker.replicas, 1.0))
        for worker in workers
        for batch in BATCHES
    ]
    points = assemble(tried)
    work = prepare(points)
    found = timing(work, slowdowns(load_fitted().weights, points))
    rate = np.where((found.tpot <= limit) & (work.load <= work.limit), work.batch / found.tpot / points.decode.chips, 0.0)
    place = int(np.argmax(rate))
    return float(rate[place]), float(found.tpot[place])


def training_rate(chip: str, system: str | None, model: Llm, context: float, *, eight_bit: bool) -> tuple[float, float]:
    """Return trained tokens per second and chip, and the share of the 16-bit peak (causal operations, no recomputation)."""
    catalogue = load_catalogue()
    case = Case(model, 1.0, context, microbatches=MICROBATCHES, eight_bit=eight_bit)
    rows = requested_rows([(catalogue.chip(chip), None if system is None else catalogue.system(system))])
    tokens = float(roofline.training(case, rows).tokens[0])
    return tokens, tokens * roofline.training_operations(case) / float(rows.peak16[0])


def _training(request: Request, count: int, assumed: list[str]) -> Answer:
    eight = request.precision in {"fp8", "fp4"}
    tokens, mfu = training_rate(request.chip.id, None, request.model, request.prompt, eight_bit=eight)
    width = float(np.exp(HALF_BAND * TRAINING_ERROR))
    assumed = [*assumed, f"{MICROBATCHES:g} microbatches per step"]
    return {**_document(request, count, assumed, tokens, width, tpot=None), "mfu": mfu}


def _width(request: Request) -> float:
    fit = load_fitted()
    setting = "split" if request.chip.stack in FITTED_STACKS else "outside"
    return float(np.exp(max(fit.intervals["tpot", setting])))


def _document(request: Request, count: int, assumed: list[str], rate: float, width: float, *, tpot: float | None) -> Answer:
    power = power_w_per_chip(request.chip)
    empty = {"median": None, "lo": None, "hi": None}
    return {
        "ttft_ms": empty,
        "tpot_ms": empty if tpot is None else {"median": 1e3 * tpot, "lo": 1e3 * tpot / width, "hi": 1e3 * tpot * width},
        "tokens_per_s_per_chip": {"median": rate, "lo": rate / width, "hi": rate * width},
        "tokens_per_s": rate * count,
        "power_w_per_chip": power,
        "energy_j_per_token": None if power is None else power / rate,
        "refused": None,
        "chip": request.chip.id,
        "count": count,
        "model": request.model.name,
        "precision": request.precision,
        "assumed": assumed,
    }

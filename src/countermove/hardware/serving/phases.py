"""Throughput of one phase: prefill, decode within a limit, or a training step, in tokens per second and chip.

These are rates of the best published engines: `roofline`, whose shares per software stack are set to published runs (wide
expert parallelism, full batches). The serving model scales them where a question leaves the setting of those runs: weights
of another width than the chip's 8 bits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from countermove.errors import InputError, did_you_mean
from countermove.hardware import roofline
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.llm import Llm
from countermove.hardware.memory import reported_bytes
from countermove.hardware.performance import HALF_BAND, requested_rows
from countermove.hardware.power import power
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.fitted import load_fitted
from countermove.hardware.serving.frontier import shapes
from countermove.hardware.serving.physics import prefill_seconds, prepare, slowdowns, timing
from countermove.hardware.serving.points import WEIGHT_BYTES
from countermove.hardware.serving.predictor import unanswerable, unfit_reason
from countermove.hardware.serving.question import TTFT_STATISTIC, Answer, Question, place, refused, resolve
from countermove.hardware.serving.rows import Request
from countermove.hardware.serving.steps import prefill_share
from countermove.hardware.workloads import Case

PHASES: Final = ("prefill", "decode", "train")

#: Sequences per replica that a search for the decode batch tries.
BATCHES: Final = tuple(float(2 ** (power / 2)) for power in range(25))

#: Speed-up of a tuned dense training step by 8-bit floating point: set to the three H100 rows of MLPerf Training v5.0
#: (Llama 3.1 405B, 319-334 tokens/s and chip); the H200 and GB200 rows, not used here, then come out within 10%.
DENSE_FP8_GAIN: Final = 1.96

#: Seconds of a training step that do not shrink with the work per chip: exchanges, optimiser, launches. Set to MLPerf Training
#: rows of H200 tuning Llama-2-70B with adapters, 8 sequences on 16 and 32 chips against 8: 0.16 and 0.12 s.
STEP_SECONDS: Final = 0.14

#: Prompt tokens per chip in a prefill batch, and the time per token where no limit is given. Assumptions.
PREFILL_TOKENS: Final = 16384.0
UNHURRIED_MS: Final = 100.0

#: Half-width (log) of the 90% interval of a published-engine rate on stacks with published runs: those that were not used
#: to set the shares lie 16-60% off.
PUBLISHED_WIDTH: Final = 0.40
PUBLISHED_STACKS: Final = ("nvidia-hopper", "nvidia-hopper-h20", "nvidia-blackwell", "huawei-cann-910")

#: Microbatches of a training step, and standard deviation of the log error of training rates (MLPerf rows). Assumptions.
MICROBATCHES: Final = 64.0
TRAINING_ERROR: Final = 0.12


def answer(phase: str, question: Question) -> Answer:
    """Return throughput of one phase; InputError for an unknown one."""
    if phase not in PHASES:
        raise InputError(f"no phase named '{phase}'", where="--phase", hint=did_you_mean(phase, PHASES))
    request, count, assumed = resolve(question)
    reason = unanswerable(request)
    if reason is not None:
        return refused(reason, assumed)
    if phase == "train":
        return _training(question, request, count, assumed)
    limit = question.tpot_limit_ms
    rate, tpot = published_rate(phase, request, count, limit)
    rate *= width_factor(phase, request, count, limit)
    if rate <= 0:
        return refused("no deployment keeps the limit" if limit else unfit_reason(request, count), assumed)
    assumed = [*assumed, "an engine as tuned as the best published one for this stack"]
    return _document(question, request, count, assumed, rate, _width(request), tpot=tpot)


def published_rate(phase: str, request: Request, count: int, limit_ms: float | None) -> tuple[float, float | None]:
    """Return tokens per second and chip on at most ``count`` chips as in published runs, and the time per output token."""
    case = Case(
        request.model,
        1.0,
        request.prompt if phase == "prefill" else request.prompt + request.output / 2,
        tokens_per_chip=max(PREFILL_TOKENS, request.prompt),
        token_limit_ms=limit_ms or UNHURRIED_MS,
        largest_group=float(count),
    )
    catalogue = load_catalogue()
    systems = (system for system in catalogue.systems.values() if system.chip == request.chip.id)
    system = next((system for system in systems if request.domain == system.domain), None)
    rows = requested_rows([(request.chip, system)])
    # Engines divide what the driver reports; the simulation's own ratios keep the printed figure.
    rows = rows._replace(memory=np.array([reported_bytes(request.chip)]))
    found = (roofline.prefill if phase == "prefill" else roofline.decode)(case, rows)
    rate = float(found.tokens[0])
    seconds = float(found.batch[0]) / rate if phase == "decode" and rate > 0 else None
    return rate, seconds


def width_factor(phase: str, request: Request, count: int, limit_ms: float | None) -> float:
    """Return how much faster the asked width of weights is than the 8-bit path (16 bits without one), by the serving model."""
    usual = "fp8" if "fp8" in request.chip.peaks else "int8" if "int8" in request.chip.peaks else "bf16"
    if WEIGHT_BYTES[usual] == WEIGHT_BYTES[request.precision]:
        return 1.0
    other = replace(request, precision=usual)
    limit = (limit_ms or UNHURRIED_MS) / 1e3
    both = [
        prefill_rate(one, shapes(one, count)) if phase == "prefill" else decode_rate(one, shapes(one, count), limit)[0]
        for one in (request, other)
    ]
    return both[0] / both[1] if both[1] > 0 else 0.0


def prefill_rate(request: Request, workers: list[Any]) -> float:
    """Return prompt tokens per second and chip of the best worker, all its replicas reading prompts back to back."""
    tried = assemble([replace(request, prefill=worker, decode=worker) for worker in workers])
    slow = slowdowns(load_fitted().weights, tried)
    seconds = prefill_seconds(prefill_share(tried, np.full_like(tried.prompt, np.inf)), slow)
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


def training_rate(
    chip: str, system: str | None, model: Llm, context: float, *, eight_bit: bool, tokens_per_step: float = np.inf
) -> tuple[float, float]:
    """Return trained tokens per second and chip, and the share of the 16-bit peak (causal operations, no recomputation).

    ``tokens_per_step`` are those of one chip: with few of them the fixed time of a step shows, r' = b / (b / r + fixed).
    """
    catalogue = load_catalogue()
    case = Case(model, 1.0, context, microbatches=MICROBATCHES, eight_bit=eight_bit)
    rows = requested_rows([(catalogue.chip(chip), None if system is None else catalogue.system(system))])
    tokens = float(roofline.training(case, rows).tokens[0])
    if eight_bit and not model.is_mixture and "fp8" in catalogue.chip(chip).peaks:
        tokens *= DENSE_FP8_GAIN
    tokens /= 1.0 + STEP_SECONDS * tokens / tokens_per_step
    return tokens, tokens * roofline.training_operations(case) / float(rows.peak16[0])


def _training(question: Question, request: Request, count: int, assumed: list[str]) -> Answer:
    eight = request.precision in {"fp8", "fp4"}
    tokens, mfu = training_rate(request.chip.id, None, request.model, request.prompt, eight_bit=eight)
    width = float(np.exp(HALF_BAND * TRAINING_ERROR))
    assumed = [*assumed, f"{MICROBATCHES:g} microbatches per step"]
    return {**_document(question, request, count, assumed, tokens, width, tpot=None), "mfu": mfu}


def _width(request: Request) -> float:
    fit = load_fitted()
    width = PUBLISHED_WIDTH if request.chip.stack in PUBLISHED_STACKS else max(fit.intervals["tpot", "chip"])
    return float(np.exp(width))


def _document(
    question: Question, request: Request, count: int, assumed: list[str], rate: float, width: float, *, tpot: float | None
) -> Answer:
    drawn = power(request.chip, place(question.system).system)
    empty = {"median": None, "lo": None, "hi": None}
    return {
        "ttft_ms": empty,
        "tpot_ms": empty if tpot is None else {"median": 1e3 * tpot, "lo": 1e3 * tpot / width, "hi": 1e3 * tpot * width},
        "tokens_per_s_per_chip": {"median": rate, "lo": rate / width, "hi": rate * width},
        "tokens_per_s": rate * count,
        "chips_used": count,
        "chips_given": count,
        "ttft_statistic": TTFT_STATISTIC,
        "power_w_per_chip": drawn.facility_w,
        "power": drawn.document(),
        "energy_j_per_token": None if drawn.facility_w is None else drawn.facility_w / rate,
        "refused": None,
        "chip": request.chip.id,
        "count": count,
        "model": request.model.name,
        "precision": request.precision,
        "assumed": assumed,
    }

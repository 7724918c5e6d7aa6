"""One question, one answer: what a deployment of a model on a system delivers, in the keys of the command's document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from countermove.errors import InputError, did_you_mean
from countermove.hardware.architecture import read_config
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.chip import Chip
from countermove.hardware.llm import Llm
from countermove.hardware.performance import missing_facts
from countermove.hardware.products import all_in_power_kw
from countermove.hardware.serving.frontier import Point, best, frontier, search
from countermove.hardware.serving.predictor import missing_reason, unfit_reason
from countermove.hardware.serving.rows import PRECISIONS, Instance, Request, engine_name
from countermove.hardware.workloads import load_models

Answer = dict[str, Any]

#: Most chips and tokens that are taken for serious.
MOST_CHIPS: Final = 1_000_000
MOST_TOKENS: Final = 10_000_000

#: Engine taken for a chip's stack where none is named: the one with most measured rows there, else the family mean.
USUAL_ENGINE: Final = {"nvidia-hopper": "trtllm", "nvidia-blackwell": "trtllm", "cloud-asic": "vllm", "amd-rocm": "sglang"}


#: Version and month (2025-01 = 0) that stand for "current" in the measured rows.
USUAL_VERSION: Final = {"trtllm": ("1.2.0rc6.post2", 13.0), "sglang": ("0.5.9", 14.5), "vllm": ("0.19.0", 15.5)}


@dataclass(frozen=True)
class Question:
    """What to predict; None leaves parallelism, load, precision or software to the answer, which says what it took."""

    system: str
    model: str
    prompt: float
    output: float
    count: int | None = None
    concurrency: float | None = None
    tpot_limit_ms: float | None = None
    ttft_limit_ms: float | None = None
    software: str | None = None
    precision: str | None = None
    tensor: int | None = None
    expert: int | None = None
    data: int | None = None
    pipeline: int | None = None
    drafts: int = 0
    accepted: float = 0.0


def ask(question: Question) -> Answer:
    """Return the answer: times with intervals, tokens per second, power, and what was assumed; `refused` gives a reason."""
    request, count, assumed = resolve(question)
    lacking = missing_facts(request.chip)
    if lacking:
        return refused(missing_reason(request.chip, lacking), assumed)
    fixed = any(value is not None for value in (question.tensor, question.expert, question.data, question.pipeline))
    points = _tried(question, request, count, fixed=fixed)
    if not points:
        return refused(unfit_reason(request), assumed)
    chosen = _chosen(points, question)
    if chosen is None:
        fastest = min(points, key=lambda point: point.tpot[0])
        return refused(
            f"no deployment keeps the limits; the fastest reaches {1e3 * fastest.tpot[0]:.3g} ms per token and "
            f"{1e3 * fastest.ttft[0]:.4g} ms to the first",
            assumed,
        )
    return {**answered(chosen, request, count), "assumed": assumed, "frontier": [_brief(point) for point in frontier(points)]}


def resolve(question: Question) -> tuple[Request, int, list[str]]:
    """Return the request, the number of chips and what was assumed; InputError for anything that cannot be."""
    assumed: list[str] = []
    chip, domain, size = _system(question.system)
    count = question.count if question.count is not None else size
    if not 1 <= count <= MOST_CHIPS:
        raise InputError(f"{count} chips", where="--count", hint=f"between 1 and {MOST_CHIPS:,}")
    for where, tokens in (("--isl", question.prompt), ("--osl", question.output)):
        if not 1 <= tokens <= MOST_TOKENS:
            raise InputError(f"{tokens:g} tokens", where=where, hint=f"between 1 and {MOST_TOKENS:,}")
    for where, value in (("--concurrency", question.concurrency), ("--tpot-ms", question.tpot_limit_ms)):
        if value is not None and not 0 < value <= MOST_TOKENS:
            raise InputError(f"{value:g}", where=where, hint="a positive number")
    if question.concurrency is not None and question.concurrency < 1:
        raise InputError(f"{question.concurrency:g} requests", where="--concurrency", hint="at least 1")
    model = find_model(question.model)
    precision = question.precision
    if precision is None:
        precision = "fp8" if "fp8" in chip.peaks else "int8" if "int8" in chip.peaks else "bf16"
        assumed.append(f"weights in {precision}, the narrowest common type of {chip.id}")
    if precision not in PRECISIONS:
        raise InputError(f"unknown precision '{precision}'", where="--precision", hint=did_you_mean(precision, PRECISIONS))
    engine = question.software
    if engine is None:
        engine = USUAL_ENGINE.get(chip.stack, "trtllm")
        assumed.append(f"serving software as tuned as {engine} {USUAL_VERSION[engine][0]}")
    worker = _worker(question, count, model)
    request = Request(
        chip=chip,
        domain=domain,
        model=model,
        engine=engine_name(engine),
        version=USUAL_VERSION[engine_name(engine)][0],
        precision=precision,
        prefill=worker,
        decode=worker,
        split=False,
        prompt=float(question.prompt),
        output=float(question.output),
        concurrency=question.concurrency or 1.0,
        month=USUAL_VERSION[engine_name(engine)][1],
        drafts=question.drafts,
        accepted=question.accepted,
    )
    return request, count, assumed


def find_model(name: str) -> Llm:
    """Return an architecture by name, or from a config.json given by its path."""
    if name.endswith(".json"):
        return read_config(name)
    if Path(name).is_dir() and (Path(name) / "config.json").exists():
        return read_config(Path(name) / "config.json")
    return load_models().llm(name)


def answered(point: Point, request: Request, count: int) -> Answer:
    """Return a deployment in the keys of the document."""
    power = power_w_per_chip(request.chip)
    middle = point.tokens_per_s_per_chip[0]
    return {
        "ttft_ms": _band(point.ttft, 1e3),
        "tpot_ms": _band(point.tpot, 1e3),
        "tokens_per_s_per_chip": _band(point.tokens_per_s_per_chip, 1.0),
        "tokens_per_s": middle * count,
        "power_w_per_chip": power,
        "energy_j_per_token": None if power is None or not middle else power / middle,
        "refused": None,
        "chip": request.chip.id,
        "count": count,
        "model": request.model.name,
        "software": request.engine,
        "precision": request.precision,
        "concurrency": point.concurrency,
        "parallelism": _parallelism(point),
    }


def refused(reason: str, assumed: list[str]) -> Answer:
    """Return a document without numbers."""
    empty = {"median": None, "lo": None, "hi": None}
    return {
        "ttft_ms": empty,
        "tpot_ms": empty,
        "tokens_per_s_per_chip": empty,
        "power_w_per_chip": None,
        "refused": reason,
        "assumed": assumed,
    }


def power_w_per_chip(chip: Chip) -> float | None:
    """Return all-in utility power of one chip under load, in W; None where neither it nor the TDP is known."""
    try:
        return 1e3 * all_in_power_kw(chip)
    except InputError:
        return None


def _tried(question: Question, request: Request, count: int, *, fixed: bool) -> list[Point]:
    if question.concurrency is None:
        return search(request, count, fixed=fixed)
    # The load is that of the whole system; workers share it.
    points: list[Point] = []
    sizes = {request.decode.chips} if fixed else {2**power for power in range(9) if 2**power <= count} | {count}
    for size in sorted(sizes):
        copies = max(count // size, 1)
        found = search(request, count, loads=(max(question.concurrency / copies, 1.0),), fixed=fixed)
        points += [point for point in found if point.workers == copies]
    return points


def _chosen(points: list[Point], question: Question) -> Point | None:
    tpot = (question.tpot_limit_ms or float("inf")) / 1e3
    ttft = (question.ttft_limit_ms or float("inf")) / 1e3
    return best(points, tpot_limit=tpot, ttft_limit=ttft)


def _system(name: str) -> tuple[Chip, int | None, int]:
    """Return chip, scale-up domain and number of chips of a system, or of a chip in a server of eight."""
    catalogue = load_catalogue()
    try:
        system = catalogue.system(name)
    except InputError:
        chip = catalogue.chip(name)
        return chip, min(8, chip.scale_up_domain or 8), 8
    return catalogue.chips[system.chip], system.domain, system.count


def _worker(question: Question, count: int, model: Llm) -> Instance:
    tensor, pipeline, replicas = question.tensor or 1, question.pipeline or 1, question.data or 1
    for where, value in (
        ("--tp", question.tensor),
        ("--pp", question.pipeline),
        ("--dp", question.data),
        ("--ep", question.expert),
    ):
        if value is not None and not 1 <= value <= MOST_CHIPS:
            raise InputError(f"{value} slices", where=where, hint="at least 1")
    chips = tensor * pipeline * replicas
    if chips > count:
        raise InputError(
            f"{tensor} x {replicas} x {pipeline} slices need {chips} chips, there are {count}",
            where="--tp, --dp, --pp",
            hint="lower one of them or raise --count",
        )
    if question.expert and question.expert > 1 and not model.is_mixture:
        raise InputError(f"{model.name} has no experts", where="--ep", hint="leave it out for a dense model")
    if question.expert and question.expert > chips:
        raise InputError(f"{question.expert} expert groups on {chips} chips", where="--ep", hint="at most tp x dp")
    if pipeline > model.layers:
        raise InputError(f"{pipeline} stages for {model.layers} layers", where="--pp", hint="at most one stage per layer")
    return Instance(tensor, replicas, chips, pipeline, bool(question.expert and question.expert > 1), 1.0)


def _band(ends: tuple[float, float, float], unit: float) -> dict[str, float]:
    return {"median": ends[0] * unit, "lo": ends[1] * unit, "hi": ends[2] * unit}


def _parallelism(point: Point) -> dict[str, Any]:
    return {
        "tensor": point.tensor,
        "attention_data": point.replicas,
        "experts_spread": point.expert_parallel,
        "workers": point.workers,
    }


def _brief(point: Point) -> dict[str, Any]:
    return {
        "tokens_per_s_per_user": point.interactivity,
        "tokens_per_s_per_chip": point.tokens_per_s_per_chip[0],
        "ttft_ms": 1e3 * point.ttft[0],
        "concurrency": point.concurrency,
        **_parallelism(point),
    }


def at_load(question: Question, concurrency: float) -> Question:
    """Return the same question under another load."""
    return replace(question, concurrency=concurrency)

"""One question, one answer: what a deployment of a model on a system delivers, in the keys of the command's document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from countermove.errors import InputError, did_you_mean
from countermove.hardware.architecture import read_config
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.chip import Chip, System
from countermove.hardware.llm import Llm
from countermove.hardware.power import facility_w, power
from countermove.hardware.serving.able import draft_words, stored_only
from countermove.hardware.serving.assemble import FOUR_BIT_EXPERTS
from countermove.hardware.serving.bearing import FITTED_STACKS, engine_reason
from countermove.hardware.serving.frontier import Point, best, frontier, search
from countermove.hardware.serving.habits import ORDINARY, exposed_seconds
from countermove.hardware.serving.predictor import unanswerable, unfit_reason
from countermove.hardware.serving.rows import PRECISIONS, Instance, Request
from countermove.hardware.serving.versions import software
from countermove.hardware.workloads import load_models

Answer = dict[str, Any]

#: Most chips and tokens that are taken for serious.
MOST_CHIPS: Final = 1_000_000
MOST_TOKENS: Final = 10_000_000

#: Engine taken for a chip's stack where none is named: the one with most measured rows there, else the family mean.
USUAL_ENGINE: Final = {
    "nvidia-hopper": "trtllm",
    "nvidia-blackwell": "trtllm",
    "nvidia-hopper-h20": "sglang",
    "nvidia-ampere": "vllm",
    "cloud-asic": "vllm",
    "amd-rocm": "sglang",
    "huawei-cann-910": "sglang",
    "huawei-cann-950": "sglang",
}
ELSEWHERE: Final = "vllm"

#: Version and month (2025-01 = 0) that stand for "current" in the measured rows.
USUAL_VERSION: Final = {"trtllm": ("1.2.0rc6.post2", 13.0), "sglang": ("0.5.9", 14.5), "vllm": ("0.19.0", 15.5)}

#: Sequences that an engine runs at once as installed, per replica: max_num_seqs of vLLM on large chips, max_batch_size of
#: TensorRT-LLM, max_running_requests of SGLang. Defaults of 2026, from memory.
MOST_AT_ONCE: Final = {"vllm": 1024.0, "trtllm": 2048.0, "sglang": 2048.0}

#: Share of a first draft token that is kept (arXiv 2506.12708, one draft token).
KEPT: Final = 0.7

#: What time to first token is. Waiting follows from Little's law, which is one of means; the measured rows do not say.
TTFT_STATISTIC: Final = "mean"


class Place(NamedTuple):
    """Where a question is asked: a chip, the system it stands in (None: a server of eight), domain and number of chips."""

    chip: Chip
    system: System | None
    domain: int | None
    chips: int


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
    recipe: bool = False


def ask(question: Question) -> Answer:
    """Return the answer: times with intervals, tokens per second, power, and what was assumed; `refused` gives a reason."""
    request, count, assumed = resolve(question)
    reason = unanswerable(request)
    if reason is not None:
        return refused(reason, assumed)
    fixed = any(value is not None for value in (question.tensor, question.expert, question.data, question.pipeline))
    points = search(request, count, concurrency=question.concurrency, fixed=fixed)
    if not points:
        return refused(unfit_reason(request, None if fixed else count), assumed)
    chosen = _chosen(points, question)
    if chosen is None:
        fastest = min(points, key=lambda point: point.tpot[0])
        return refused(
            f"no deployment keeps the limits; the fastest reaches {1e3 * fastest.tpot[0]:.3g} ms per token and "
            f"{1e3 * fastest.ttft[0]:.4g} ms to the first",
            assumed,
        )
    if chosen.wait > 0:
        held = f"{chosen.served:,.0f} of {chosen.concurrency:,.0f} requests are served at once; the others wait for a place"
        assumed = [*assumed, held]
    found = answered(chosen, request, count, place(question.system).system)
    return {**found, "assumed": assumed, "frontier": [_brief(point) for point in frontier(points)]}


def resolve(question: Question) -> tuple[Request, int, list[str]]:
    """Return the request, the number of chips and what was assumed; InputError for anything that cannot be."""
    assumed: list[str] = []
    chip, _, domain, size = place(question.system)
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
    model, said = find_model(question.model)
    precision, words = _precision(question, chip, model)
    assumed += [*said, *words]
    engine, version, month, words = _software(question, chip)
    assumed += words
    worker = _worker(question, count, model)
    if chip.stack not in FITTED_STACKS:
        assumed.append(
            f"no benchmark row of {chip.id}: times are Hopper's, scaled by the kernel shares of {chip.stack}; "
            "for packages that do the work of others under best published engines see countermove substitute"
        )
    drafting = draft_words(model, question.drafts)
    assumed += [] if drafting is None else [drafting]
    if not question.recipe and exposed_seconds(chip, model):
        assumed.append(ORDINARY)
    request = Request(
        chip=chip,
        domain=domain,
        model=model,
        engine=engine,
        version=version,
        precision=precision,
        prefill=worker,
        decode=worker,
        split=False,
        prompt=float(question.prompt),
        output=float(question.output),
        concurrency=question.concurrency or 1.0,
        month=month,
        drafts=question.drafts,
        accepted=question.accepted,
        most=MOST_AT_ONCE[engine],
        ordinary=not question.recipe,
    )
    return request, count, assumed


def find_model(name: str) -> tuple[Llm, list[str]]:
    """Return an architecture by name or from a config.json given by its path, and how an unknown spelling was read."""
    if name.endswith(".json"):
        return read_config(name), []
    if Path(name).is_dir() and (Path(name) / "config.json").exists():
        return read_config(Path(name) / "config.json"), []
    models = load_models()
    found = models.named(name)
    return models.llms[found.id], [] if found.said is None else [found.said]


def answered(point: Point, request: Request, count: int, system: System | None) -> Answer:
    """Return a deployment in the keys of the document."""
    drawn = power(request.chip, system)
    middle = point.tokens_per_s_per_chip[0]
    return {
        "ttft_ms": _band(point.ttft, 1e3),
        "ttft_statistic": TTFT_STATISTIC,
        "wait_ms": 1e3 * point.wait,
        "tpot_ms": _band(point.tpot, 1e3),
        "tokens_per_s_per_chip": _band(point.tokens_per_s_per_chip, 1.0),
        "tokens_per_s": point.tokens_per_s,
        "chips_used": point.chips,
        "chips_given": count,
        "power_w_per_chip": drawn.facility_w,
        "power": drawn.document(),
        "energy_j_per_token": None if drawn.facility_w is None or not middle else drawn.facility_w / middle,
        "refused": None,
        "chip": request.chip.id,
        "count": count,
        "model": request.model.name,
        "software": request.engine,
        "precision": request.precision,
        "concurrency": point.concurrency,
        "served": point.served,
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
    """Return facility power of one chip under load, in W; None where neither it nor the TDP is known."""
    return facility_w(chip)


def _precision(question: Question, chip: Chip, model: Llm) -> tuple[str, list[str]]:
    """Return the type of the weights, and in words what was chosen or cannot be multiplied as it is."""
    given, words = question.precision, []
    if given is not None and given not in PRECISIONS:
        raise InputError(f"unknown precision '{given}'", where="--precision", hint=did_you_mean(given, PRECISIONS))
    precision = given
    if precision is None and model.weight_type:
        precision = model.weight_type
        words.append(f"weights in {precision}, as the file's quantization_config says")
    if precision is None:
        precision = "fp8" if "fp8" in chip.peaks else "int8" if "int8" in chip.peaks else "bf16"
        words.append(f"weights in {precision}, the narrowest common type of {chip.id}")
    elif model.weight_type and precision != model.weight_type:
        words.append(f"weights in {precision} as asked, though the file stores them in {model.weight_type}")
    stored = None if model.id in FOUR_BIT_EXPERTS and given is None else stored_only(chip, precision)
    return precision, [*words, *([] if stored is None else [stored])]


def _software(question: Question, chip: Chip) -> tuple[str, str, float, list[str]]:
    """Return engine, version, month of the version and in words what was chosen; InputError where the engine cannot run there."""
    words = []
    text = question.software
    if text is None:
        text = USUAL_ENGINE.get(chip.stack, ELSEWHERE)
        words.append(f"serving software as tuned as {text} {USUAL_VERSION[text][0]}")
    engine, version, month = software(text)
    reason = engine_reason(chip, engine)
    if reason is not None:
        raise InputError(reason.split(": ", 1)[1], where="--software", hint="the catalogue's chips name their stack")
    usual, current = USUAL_VERSION[engine]
    return engine, version or usual, current if month is None else month, words


def _chosen(points: list[Point], question: Question) -> Point | None:
    tpot = (question.tpot_limit_ms or float("inf")) / 1e3
    ttft = (question.ttft_limit_ms or float("inf")) / 1e3
    return best(points, tpot_limit=tpot, ttft_limit=ttft)


def place(name: str) -> Place:
    """Return chip, system, scale-up domain and number of chips of a system, or of a chip in a server of eight."""
    catalogue = load_catalogue()
    try:
        system = catalogue.system(name)
    except InputError:
        chip = catalogue.chip(name)
        return Place(chip, None, min(8, chip.scale_up_domain or 8), 8)
    return Place(catalogue.chips[system.chip], system, system.domain, system.count)


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
        "pipeline": point.pipeline,
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


def usual_acceptance(drafts: int) -> float:
    """Return the share of ``drafts`` draft tokens that is usually kept, each counting only where all before it were.

    (a + a^2 + ... + a^n) / n with a = 0.7, the share of one draft token stated by the CloudMatrix paper.
    """
    return sum(KEPT**place for place in range(1, drafts + 1)) / drafts if drafts else 0.0


def at_load(question: Question, concurrency: float) -> Question:
    """Return the same question under another load."""
    return replace(question, concurrency=concurrency)

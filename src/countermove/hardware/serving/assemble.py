"""Requests as arrays: chips, models and traits looked up once per distinct value, then taken by index."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.hardware.chip import Chip
from countermove.hardware.llm import CACHE_BYTES, Llm
from countermove.hardware.serving.bearing import FITTED_STACKS
from countermove.hardware.serving.habits import exposed_seconds
from countermove.hardware.serving.physics import CLASSES, FEATURES
from countermove.hardware.serving.points import (
    SCALE_BYTES,
    WEIGHT_BYTES,
    ChipColumns,
    ModelColumns,
    Points,
    Worker,
    chip_columns,
    model_columns,
)
from countermove.hardware.serving.rows import Instance, Request
from countermove.hardware.serving.versions import launches_singly
from countermove.hardware.workloads import load_models

Array = NDArray[np.float64]

#: Chips of the Blackwell generation and later; the others of NVIDIA are Hopper or older.
BLACKWELL_STACKS: Final = ("nvidia-blackwell",)

#: Operator classes that a share or latency of a stack moves.
_MEASURED_BY: Final = {
    "gemm": ("weight_compute", "expert_compute", "prefill_compute"),
    "attention": ("attention_compute", "prefill_attention"),
    "memory": ("weight_read", "expert_read", "cache_read"),
    "link": ("volume", "prefill_volume"),
    "latency_us": ("hop", "far_hop"),
    "layer_overhead_us": ("layer", "expert_layer", "prefill_layer", "early_layer"),
}

#: First month (2025-01 = 0) of engines with kernels of their own for models of many experts; before, twice as slow.
EARLY_MONTH: Final = 4.0

#: Share of an answer that a running sequence keeps memory for: TensorRT-LLM by default never evicts and reserves all of it,
#: the others page and hold half on average.
RESERVED: Final = {"trtllm": 1.0}
PAGED: Final = 0.5

#: Time in the experts with tokens dealt evenly, against experts balanced in service: SGLang on 32 H100 read 59,337 instead
#: of 50,302 tokens/s and node of eight at 4,096 (LMSYS, May 2025), a third of the pass being experts.
EVEN: Final = 0.55

#: Models whose experts are stored in 4 bits whatever the label says (their repositories hold MXFP4 weights only).
FOUR_BIT_EXPERTS: Final = ("gpt-oss-120b", "gpt-oss-20b")


def assemble(requests: Sequence[Request]) -> Points:
    """Return requests as `Points`, one entry per request."""
    chips, chip_index = _distinct([(request.chip, request.domain) for request in requests])
    models, model_index = _distinct([request.model for request in requests])
    chip_table = chip_columns([chip for chip, _ in chips], [domain for _, domain in chips])
    model_table = model_columns(models)
    chip = ChipColumns(*(column[chip_index] for column in chip_table))
    model = _with_cache(ModelColumns(*(column[model_index] for column in model_table)), [r.cache_bytes for r in requests])
    weight, expert = np.array([weight_bytes(request) for request in requests], dtype=np.float64).reshape(-1, 2).T
    integers = _column([request.precision == "int4" and request.model.id not in FOUR_BIT_EXPERTS for request in requests])
    return Points(
        chip=chip,
        model=model,
        prefill=_worker([request.prefill for request in requests]),
        decode=_worker([request.decode for request in requests]),
        split=_column([request.split for request in requests]),
        prompt=_column([request.prompt for request in requests]),
        output=_column([request.output for request in requests]),
        concurrency=_column([request.concurrency for request in requests]),
        drafts=_column([request.drafts for request in requests]),
        accepted=_column([request.accepted for request in requests]),
        most=_column([request.most for request in requests]),
        reserved=_column([RESERVED.get(request.engine, PAGED) for request in requests]),
        packed=_column([packed(request) for request in requests]),
        exposed=_column([exposed_seconds(request.chip, request.model) if request.ordinary else 0.0 for request in requests]),
        ordinary=_column([request.ordinary for request in requests]),
        early=_column([is_early(request) for request in requests]),
        busiest=_column([EVEN if request.even else 1.0 for request in requests]),
        weight_bytes=weight,
        expert_bytes=expert,
        peak=_peak(chip, weight, integers),
        expert_peak=_peak(chip, expert, integers),
        features=np.array([features(request) for request in requests], dtype=np.float64).reshape(-1, len(FEATURES)),
        offsets=_offsets([chip for chip, _ in chips], chip_index),
    )


def _offsets(chips: Sequence[Chip], index: NDArray[np.int64]) -> Array:
    """Return log slowdowns of each chip's stack against the fitted ones, (class, row); one column where all are zero."""
    table = np.stack([stack_offsets(chip.stack) for chip in chips], axis=1) if chips else np.zeros((len(CLASSES), 1))
    return table[:, index] if table.any() else np.zeros((len(CLASSES), 1))


@cache
def stack_offsets(stack: str) -> Array:
    """Return log slowdowns of a software stack against Hopper's, shape (class,): ratios of the shares in ``stacks.yaml``.

    Zero for the stacks whose efficiencies are fitted. Kernel shares that somebody measured (CloudMatrix paper, cloud
    benchmarks) move the operator classes they belong to; host and queue times are the family mean.
    """
    offsets = np.zeros(len(CLASSES))
    if stack in FITTED_STACKS:
        return offsets
    own, hopper = (load_models().stack(name, "stack").values for name in (stack, "nvidia-hopper"))
    names = list(CLASSES)
    for field, classes in _MEASURED_BY.items():
        a, b = own[field].number, hopper[field].number
        if a is None or b is None:
            raise DataError(f"{field} of {stack} is unknown", where="data/models/stacks.yaml", hint="state it")
        # A share divides a time, a latency multiplies it.
        sign = 1.0 if field.endswith("_us") else -1.0
        for name in classes:
            offsets[names.index(name)] = sign * np.log(a / b)
    return offsets


def weight_bytes(request: Request) -> tuple[float, float]:
    """Return bytes per replicated and per expert weight, scale factors included.

    Repositories in 4 bits keep attention wider: models of experts in 8 bits (16 in gpt-oss), dense ones in 4 throughout.
    """
    own = WEIGHT_BYTES[request.precision] + SCALE_BYTES.get(request.precision, 0.0)
    if request.model.id in FOUR_BIT_EXPERTS:
        return WEIGHT_BYTES["bf16"], WEIGHT_BYTES["fp4"] + 1 / 32
    if request.precision in {"fp4", "int4"} and request.model.is_mixture:
        return WEIGHT_BYTES["fp8"], own
    return own, own


def packed(request: Request) -> float:
    """Return how much smaller the cache is than in 16 bits: half of it beside weights of at most 8 bits where engines do so.

    Checkpoints of TensorRT-LLM say so, and so do recipes on Blackwell, whose attention kernels take 8 bits: rows of both that
    wait for a place serve twice what a 16-bit cache would hold, those of vLLM on H100 what it does hold.
    """
    recipe = request.chip.stack in BLACKWELL_STACKS and not request.ordinary
    narrow = WEIGHT_BYTES[request.precision] < WEIGHT_BYTES["bf16"] and request.cache_bytes == CACHE_BYTES
    return 0.5 if narrow and (recipe or request.engine == "trtllm") else 1.0


def is_early(request: Request) -> bool:
    """Return whether the engine dates from before kernels and graphs for many experts, or its port from before graphs."""
    if launches_singly(request.chip.stack, request.engine, request.version):
        return True
    return request.month is not None and request.month < EARLY_MONTH and not request.tuned


def features(request: Request) -> list[float]:
    """Return the traits that select efficiencies, in the order of `FEATURES`."""
    blackwell = request.chip.stack in BLACKWELL_STACKS
    wide = request.decode.chips > 8 or request.decode.replicas > 1
    old = request.engine == "trtllm" and request.version.startswith("1.0.0")
    return [
        1.0,
        float(blackwell),
        float(request.engine == "sglang"),
        float(request.engine == "vllm"),
        float(request.model.id in FOUR_BIT_EXPERTS or request.precision in {"fp4", "int4"}),
        float(wide),
        float(request.split),
        float(request.model.id not in FOUR_BIT_EXPERTS and request.precision in {"bf16", "fp16"}),
        float(old),
        float(is_early(request)),
        float(request.tuned),
    ]


def _with_cache(model: ModelColumns, bytes_: Sequence[float]) -> ModelColumns:
    """Return sizes of models whose cache holds ``bytes_`` per element instead of two."""
    if all(value == CACHE_BYTES for value in bytes_):
        return model
    scale = _column(bytes_) / CACHE_BYTES
    names = ("cache_token", "cache_fixed", "read_token", "read_capped")
    return model._replace(**{name: getattr(model, name) * scale for name in names})


def _peak(chip: ChipColumns, bytes_: Array, integers: Array) -> Array:
    """Return the peak of products with weights of ``bytes_``; integers of 4 bits meet activations of 8 (W4A8 kernels)."""
    narrow = np.where(integers > 0, chip.peak8, chip.peak4)
    return np.where(bytes_ >= 1.5, chip.peak16, np.where(bytes_ >= 0.9, chip.peak8, narrow))


def _worker(instances: Sequence[Instance]) -> Worker:
    return Worker(
        tensor=_column([instance.tensor for instance in instances]),
        replicas=_column([instance.replicas for instance in instances]),
        chips=_column([instance.chips for instance in instances]),
        pipeline=_column([instance.pipeline for instance in instances]),
        expert_parallel=_column([instance.expert_parallel for instance in instances]),
        workers=_column([np.nan if instance.workers is None else instance.workers for instance in instances]),
    )


def _column(values: Sequence[Any]) -> Array:
    return np.array(values, dtype=np.float64)


def _distinct(values: Sequence[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    """Return the distinct values in order of appearance, and the index of each value among them."""
    number: dict[Any, int] = {}
    keyed: list[Any] = []
    index = np.empty(len(values), dtype=np.int64)
    for place, value in enumerate(values):
        key = _key(value)
        if key not in number:
            number[key] = len(keyed)
            keyed.append(value)
        index[place] = number[key]
    return keyed, index


def _key(value: Chip | Llm | tuple[Chip, int | None]) -> object:
    return (value[0].id, value[1]) if isinstance(value, tuple) else value.id

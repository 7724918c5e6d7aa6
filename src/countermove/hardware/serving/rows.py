"""Requests as people and tables write them: read, checked, and turned into one plain record or a reason to refuse.

Columns are those of the public silicon sample of AIConfigurator. Its snapshots write parallelism in three ways; `_worker`
brings them to one:

- ``moe_tp x moe_ep = chips`` where experts are sliced or spread (the plain way);
- ``moe_tp = moe_ep = sqrt(tensor x replicas)``: the snapshot multiplied tensor and expert parallelism of the same chips;
- ``moe_ep = tensor x replicas`` with ``tensor = replicas``: replicated attention on ``tensor`` chips.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from countermove.errors import CountermoveError, InputError, did_you_mean
from countermove.hardware.catalogue import Catalogue, load_catalogue
from countermove.hardware.chip import Chip
from countermove.hardware.llm import CACHE_BYTES, Llm
from countermove.hardware.memory import reported_bytes
from countermove.hardware.serving.points import WEIGHT_BYTES
from countermove.hardware.serving.steps import USABLE_MEMORY
from countermove.hardware.workloads import ModelData, load_models

#: Names of systems in tables of other projects, and the chip they stand for.
SYSTEM_NAMES: Final = {"h100_sxm": "h100-sxm", "h200_sxm": "h200-sxm", "b200_sxm": "b200-sxm", "b300_sxm": "b300-sxm"}

#: Serving engines that the fit knows, and other ways to write them.
ENGINES: Final = {
    "trtllm": "trtllm",
    "tensorrt-llm": "trtllm",
    "tensorrtllm": "trtllm",
    "sglang": "sglang",
    "vllm": "vllm",
    "vllm-ascend": "vllm",
    "vllm-tpu": "vllm",
}

PRECISIONS: Final = ("bf16", "fp16", "fp8", "int8", "fp4", "int4")
_QUANTISED: Final = {"fp8_block": "fp8", "fp8": "fp8", "nvfp4": "fp4", "mxfp4": "fp4", "int8": "int8", "bfloat16": "bf16"}

#: Chips of an ordinary server.
SERVER: Final = 8

#: Largest numbers that are taken for serious.
MOST: Final = 1e7


@dataclass(frozen=True)
class Instance:
    """One engine instance, see `points.Worker`; ``workers`` None where the row does not say."""

    tensor: int
    replicas: int
    chips: int
    pipeline: int
    expert_parallel: bool
    workers: float | None
    stated: bool = True


@dataclass(frozen=True)
class Request:
    """One deployment and load to predict: chip, model, engine, precision, both phases, tokens and concurrent requests.

    ``most`` sequences run at once per replica (inf: what memory holds); ``cache_bytes`` per element of the cache. ``tuned``
    is an engine written for wide expert parallelism with two micro-batches in flight, ``even`` a profile whose tokens were
    dealt evenly to the experts; ``ordinary`` a deployment outside a tuned benchmark (`serving.habits`).
    """

    chip: Chip
    domain: int | None
    model: Llm
    engine: str
    version: str
    precision: str
    prefill: Instance
    decode: Instance
    split: bool
    prompt: float
    output: float
    concurrency: float
    month: float | None = None
    drafts: int = 0
    accepted: float = 0.0
    most: float = math.inf
    cache_bytes: float = CACHE_BYTES
    tuned: bool = False
    even: bool = False
    ordinary: bool = False


def read_request(
    row: Mapping[str, str | None], *, catalogue: Catalogue | None = None, models: ModelData | None = None
) -> Request:
    """Return the request in a row; InputError names the column, what was found and what was expected."""
    catalogue, models = catalogue or load_catalogue(), models or load_models()
    chip, domain = _chip(_text(row, "system"), catalogue)
    mode = (_text(row, "mode", "agg") or "agg").casefold()
    if mode not in {"agg", "disagg"}:
        raise InputError(f"unknown mode '{mode}'", where="mode", hint="expected agg or disagg")
    split = mode == "disagg"
    model, precision = models.llm(_text(row, "model_path")), _precision(row)
    if split:
        prefill, decode = _worker(row, "prefill_"), _worker(row, "decode_")
        if not decode.stated:
            prefill, decode = (_completed(worker, chip, model, precision) for worker in (prefill, decode))
    else:
        prefill = decode = _worker(row, "")
    return Request(
        chip=chip,
        domain=domain,
        model=model,
        engine=engine_name(_text(row, "backend")),
        version=_version(row),
        precision=precision,
        prefill=prefill,
        decode=decode,
        split=split,
        prompt=_number(row, "isl", 1.0),
        output=_number(row, "osl", 1.0),
        concurrency=_concurrency(row, prefill if not split else decode),
        month=_month(row),
    )


def engine_name(name: str) -> str:
    """Return the engine a name stands for; InputError with the nearest known one."""
    found = ENGINES.get(name.casefold())
    if found is None:
        raise InputError(f"unknown serving software '{name}'", where="backend", hint=did_you_mean(name, ENGINES))
    return found


def refusal(row: Mapping[str, str | None]) -> tuple[Request | None, str]:
    """Return the request of a row, or None and one line that says why it cannot be predicted."""
    try:
        return read_request(row), ""
    except CountermoveError as error:
        return None, " ".join(f"{error.where + ': ' if error.where else ''}{error.what}; {error.hint}".rstrip("; ").split())


def _chip(name: str, catalogue: Catalogue) -> tuple[Chip, int | None]:
    name = SYSTEM_NAMES.get(name.casefold(), name)
    try:
        return catalogue.chip(name), None
    except InputError as unknown:
        try:
            system = catalogue.system(name)
        except InputError:
            raise InputError(f"no chip or system is called '{name}'", where="system", hint=unknown.hint) from None
        return catalogue.chips[system.chip], system.domain


def _precision(row: Mapping[str, str | None]) -> str:
    given = _text(row, "precision", "") or _text(row, "moe_quant_mode", "") or _text(row, "gemm_quant_mode", "")
    name = given.casefold()
    if not name:
        # The model's own repository says how its weights are stored; without a word there, 16 bits.
        path = _text(row, "model_path").casefold()
        name = next((found for word, found in (("nvfp4", "fp4"), ("fp8", "fp8")) if word in path), "bf16")
    name = _QUANTISED.get(name, name)
    if name not in PRECISIONS:
        raise InputError(f"unknown precision '{given}'", where="precision", hint=did_you_mean(given, PRECISIONS))
    return name


def _worker(row: Mapping[str, str | None], prefix: str) -> Instance:
    tensor = _count(row, f"{prefix}tp_size")
    replicas = _count(row, f"{prefix}attention_dp_size", 1)
    pipeline = _count(row, f"{prefix}pp_size", 1)
    sliced = _count(row, f"{prefix}moe_tp_size", tensor * replicas)
    spread = _count(row, f"{prefix}moe_ep_size", 1)
    chips = tensor * replicas
    if spread > 1 and sliced > 1 and sliced == spread and sliced * spread == chips:
        tensor, replicas, chips = (sliced, 1, sliced) if replicas == 1 else (1, sliced, sliced)
    elif spread > 1 and tensor == replicas > 1 and spread == chips:
        tensor, replicas, chips = 1, tensor, tensor
    elif sliced > 1 and spread > 1 and sliced * spread != chips and replicas > tensor == 1:
        replicas = chips = max(sliced, spread)
    if sliced * spread > chips and sliced * spread % chips:
        raise InputError(
            f"{sliced} x {spread} expert slices do not match {chips} chips",
            where=f"{prefix}moe_tp_size, {prefix}moe_ep_size",
            hint="their product is tp_size x attention_dp_size",
        )
    workers = _optional(row, f"{prefix}num_workers") if prefix else 1.0
    return Instance(tensor, replicas, chips * pipeline, pipeline, spread > 1, workers, stated=workers is not None)


def _completed(worker: Instance, chip: Chip, model: Llm, precision: str) -> Instance:
    """Return a worker of a snapshot that left out attention replicas: slices beyond a server, or too few for the weights.

    No engine slices attention over more than one server of eight where the links reach further; and the same runs in the
    full table replicate it over as many chips as the weights need.
    """
    tensor, replicas, chips = worker.tensor, worker.replicas, worker.chips
    if tensor > SERVER and (chip.scale_up_domain or 0) > SERVER:
        tensor, replicas = 1, tensor
    memory = reported_bytes(chip)
    while chips < SERVER and memory and model.parameters * WEIGHT_BYTES[precision] > USABLE_MEMORY * memory * chips:
        replicas, chips = replicas * 2, chips * 2
    return replace(worker, tensor=tensor, replicas=replicas, chips=chips)


def _concurrency(row: Mapping[str, str | None], worker: Instance) -> float:
    found = re.search(r"silicon_concurrency=(\d+)", row.get("silicon_data_source") or "")
    if found:
        text = found.group(1)
        return _positive("silicon_concurrency", text, 1.0)
    if row.get("concurrency"):
        return _number(row, "concurrency", 1.0)
    batch = row.get("batch_size")
    if batch:
        return _number(row, "batch_size", 1.0) * worker.replicas
    if row.get("decode_batch_size"):
        # The largest batch of one decode worker, not the load: replicas and workers share it.
        return _number(row, "decode_batch_size", 1.0) * (worker.workers or 1.0)
    raise InputError(
        "the number of concurrent requests is missing",
        where="batch_size",
        hint="state it, or silicon_concurrency in silicon_data_source",
    )


def _version(row: Mapping[str, str | None]) -> str:
    given = _text(row, "backend_version", "")
    if given:
        return given
    found = re.search(r"[:/]v?(\d+\.\d+(?:\.\d+)?(?:rc\d+)?(?:\.post\d+)?)", row.get("silicon_data_source") or "")
    return found.group(1) if found else ""


def _month(row: Mapping[str, str | None]) -> float | None:
    """Return the month of the measurement, 2025-01 = 0: how old the software is where its version is not stated."""
    found = re.search(r"measured=(\d{4})-(\d\d)-(\d\d)", row.get("silicon_data_source") or "")
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    return (year - 2025) * 12 + month - 1 + day / 30


def _text(row: Mapping[str, str | None], column: str, default: str | None = None) -> str:
    value = (row.get(column) or "").strip()
    if value:
        return value
    if default is None:
        raise InputError("the value is missing", where=column, hint="state it")
    return default


def _count(row: Mapping[str, str | None], column: str, default: int | None = None) -> int:
    text = _text(row, column, None if default is None else "")
    if not text:
        return int(default or 1)
    value = _positive(column, text, 0.0)
    # A zero in the public tables stands for "not used".
    if value == 0:
        return int(default or 1)
    if value != int(value):
        raise InputError(f"expected a whole number, found '{text}'", where=column, hint="count chips")
    return int(value)


def _optional(row: Mapping[str, str | None], column: str) -> float | None:
    text = _text(row, column, "")
    return _positive(column, text, 1.0) if text else None


def _number(row: Mapping[str, str | None], column: str, least: float) -> float:
    return _positive(column, _text(row, column), least)


def _positive(column: str, text: str, least: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"expected a number, found '{text}'", where=column, hint="write digits") from None
    if not math.isfinite(value) or not least <= value <= MOST:
        raise InputError(f"{text} is outside {least:g} to {MOST:g}", where=column, hint="check the value")
    return value


def with_concurrency(request: Request, concurrency: float) -> Request:
    """Return the same deployment under another load."""
    return replace(request, concurrency=concurrency)

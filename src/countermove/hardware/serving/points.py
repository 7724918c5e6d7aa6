"""Deployments as arrays: facts of chip and model, and the configuration, one entry per row.

Every field of `Points` has shape (row,) and SI units (operations/s, bytes, bytes/s, tokens); a worker is one engine
instance of ``chips`` chips. An aggregated deployment states the same worker for both phases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.chip import Chip
from countermove.hardware.llm import Llm
from countermove.hardware.memory import reported_bytes

Array = NDArray[np.float64]

#: Bytes per weight and the peak used, by precision of the weights.
WEIGHT_BYTES: Final = {"bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "int8": 1.0, "fp4": 0.5, "int4": 0.5}

#: Scale factors that block formats store beside each weight: one byte per 16 (NVFP4) or 32 weights, four bytes per 128x128.
SCALE_BYTES: Final = {"fp4": 1 / 16, "int4": 1 / 16}


class ChipColumns(NamedTuple):
    """Facts of chips in SI units; ``peak8`` falls back to 16 bits where the chip has no 8-bit units.

    ``peak4`` is that of 16 bits where it has no 4-bit units: weights stored in 4 bits are then widened to the type of the
    activations before the product.
    """

    peak16: Array
    peak8: Array
    peak4: Array
    memory: Array
    bandwidth: Array
    link: Array
    network: Array
    domain: Array


class ModelColumns(NamedTuple):
    """Sizes of models: parameters and layers as counts, work per token in operations and bytes (`llm`)."""

    layers: Array
    hidden: Array
    replicated: Array  # parameters every worker rank slices: attention, dense and shared layers, head
    attention: Array  # the attention part of them
    embedding: Array  # input embedding, a lookup: held, not read
    routed: Array  # parameters of all routed experts
    experts: Array
    experts_per_token: Array
    expert_layers: Array
    kv_heads: Array  # heads over which the cache can be sliced; 1 for a latent cache
    latent: Array  # 1 for latent attention
    cache_token: Array
    cache_fixed: Array
    read_token: Array  # bytes read per cached token and step
    read_capped: Array  # bytes read per token up to `cap` tokens
    cap: Array
    decode_token: Array  # attention operations per cached token
    decode_capped: Array
    decode_fixed: Array
    prefill_token: Array  # operations per token and token of prompt
    prefill_capped: Array
    prefill_fixed: Array
    linear_layers: Array
    matrix_operations: Array
    routed_active: Array  # routed parameters one token passes


class Worker(NamedTuple):
    """Engine instances: ``tensor`` slices of attention, ``replicas`` of it inside one worker, experts over all chips.

    ``workers`` is the number of instances, nan where the row does not say; ``expert_parallel`` 1 where whole experts are
    spread, 0 where each is sliced.
    """

    tensor: Array
    replicas: Array
    chips: Array
    pipeline: Array
    expert_parallel: Array
    workers: Array


class Points(NamedTuple):
    """Requests to predict, each field of shape (row,) or a tuple of such."""

    chip: ChipColumns
    model: ModelColumns
    prefill: Worker
    decode: Worker
    split: Array  # 1 where prefill and decode run on workers of their own
    prompt: Array
    output: Array
    concurrency: Array
    drafts: Array  # tokens proposed per sequence and step by multi-token prediction, 0 without
    accepted: Array  # share of them that is kept
    most: Array  # sequences that one replica takes at once by its settings, inf where nothing is set
    reserved: Array  # share of an answer for which a running sequence keeps memory
    packed: Array  # bytes of the cache against 16 bits, held and read
    exposed: Array  # seconds of host time per step that a deployment outside a tuned benchmark does not hide
    ordinary: Array  # 1 for a deployment outside a tuned benchmark
    early: Array  # 1 for engines of early 2025
    busiest: Array  # load of the busiest chip's experts against what engines reach in service
    weight_bytes: Array
    expert_bytes: Array
    peak: Array  # peak for matrix products with replicated weights
    expert_peak: Array
    features: Array  # (row, trait) that select efficiencies, see `physics.FEATURES`
    offsets: Array  # (class, row) or (class, 1): log slowdown of the chip's stack against the fitted ones


def chip_columns(chips: Sequence[Chip], domains: Sequence[float | None]) -> ChipColumns:
    """Return facts of chips as columns; ``domains`` overrides the scale-up domain of a chip by that of its system."""
    rows = [_chip_row(chip, domain) for chip, domain in zip(chips, domains, strict=True)]
    return ChipColumns(*np.array(rows, dtype=np.float64).reshape(len(rows), len(ChipColumns._fields)).T)


def _chip_row(chip: Chip, domain: float | None) -> tuple[float, ...]:
    peak16 = (chip.peaks.get("bf16") or 0.0) * 1e12
    peak8 = (chip.eight_bit_tops or 0.0) * 1e12 or peak16
    if "fp8" in chip.peaks:
        peak8 = chip.peaks["fp8"] * 1e12
    peak16 = peak16 or peak8 / 2
    return (
        peak16,
        peak8,
        (chip.peaks.get("fp4") or 0.0) * 1e12 or peak16,
        reported_bytes(chip),
        (chip.memory_bandwidth_tb_s or 0.0) * 1e12,
        (chip.scale_up_gb_s or 0.0) * 1e9,
        (chip.scale_out_gb_s or chip.scale_up_gb_s or 0.0) * 1e9,
        float(domain or chip.scale_up_domain or 1),
    )


def model_columns(models: Sequence[Llm]) -> ModelColumns:
    """Return sizes of models as columns."""
    rows = [_model_row(model) for model in models]
    return ModelColumns(*np.array(rows, dtype=np.float64).reshape(len(rows), len(ModelColumns._fields)).T)


@cache
def _model_row(model: Llm) -> tuple[float, ...]:
    # Work that depends on the context is piecewise linear in it; two differences far and near recover the slopes.
    cap = float(model.window if model.window_layers else model.index_topk)
    read = _slopes(model.cache_bytes_read, cap)
    decode = _slopes(model.decode_attention_operations, cap)
    prefill = _slopes(model.prefill_attention_operations, 2 * cap)
    embedding = 0.0 if model.tied_embedding else float(model.vocabulary * model.hidden)
    return (
        float(model.layers),
        float(model.hidden),
        model.replicated_parameters - embedding,
        model.layers * model.attention_parameters,
        embedding,
        model.routed_parameters,
        float(max(model.experts, 1)),
        float(max(model.experts_per_token, 1)),
        float(model.expert_layers),
        float(model.kv_heads) if model.attention == "gqa" else 1.0,
        1.0 if model.attention == "mla" else 0.0,
        model.cache_bytes_per_token,
        model.cache_bytes_fixed,
        read[0],
        read[1],
        cap,
        *decode,
        *prefill,
        float(model.linear_layers),
        model.matrix_operations,
        model.expert_layers * model.experts_per_token * model.expert_parameters,
    )


def _slopes(work: Callable[[float], float], cap: float) -> tuple[float, float, float]:
    """Return (per token, per token up to the cap, fixed) of a piecewise linear function of the context."""
    far = work(4 * cap + 4096) - work(4 * cap + 2048)
    per_token = far / 2048
    fixed = work(0.0)
    capped = (work(cap) - fixed) / cap - per_token if cap else 0.0
    return per_token, capped, fixed

"""Time to first token and time per output token from the work of steps and fitted efficiencies.

Each operator class takes (work at datasheet peaks) x (slowdown); a slowdown is one over an efficiency. Slowdowns are
log-linear in a few traits of chip family, software and precision (`FEATURES`), so that a chip or engine without measured
rows takes the mean of its family:

    slowdown_j = exp(sum_f W_jf z_f)

Compute and memory of one class overlap: max(a, b), smoothed to (a^4 + b^4)^(1/4). One decode step is

    step(b) = weights + experts + cache and attention + links + hops x latency + layers x launch + fixed + b x host

In a closed loop of C requests the prefill of new prompts interrupts decoding: per step and sequence 1/osl prompts arrive, so

    TPOT = step(b) + blocked x (b - 1) x prefill_share / osl      b = min(C, sequences that fit memory)

(a request's own prompt is read before its first token; with workers of their own for prefill the second term vanishes).
Once admitted, a request waits for its own prefill and for prompts that arrived with it,

    first = fixed + steps x TPOT + prefill + queue x (b - 1)^power x prefill_share          power <= 1

and beyond the memory limit, before that, for a place. Of C requests b are served, each for S = first + osl x TPOT, so that
b/S leave per second, and by Little's law C = (b/S) (wait + S):

    TTFT = wait + first            wait = (C - b)/b x S            output tokens per second = osl x b/S

Everything but the wait depends on b alone: beyond the limit throughput stays where it is and only the wait grows.

Units: seconds. Valid for prompts and answers of 128 to 32k tokens and concurrency of 1 to about 10,000.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.points import Points
from countermove.hardware.serving.steps import Step, cache_limit, decode_step, prefill_pass, prefill_share

Array = NDArray[np.float64]

#: Traits that select efficiencies, in the order of `Points.features`.
FEATURES: Final = ("one", "blackwell", "sglang", "vllm", "fp4", "wide", "split", "bf16", "old", "early", "tuned")

#: Operator classes with the central slowdown the fit starts from (a pure ratio, or seconds for fixed times).
CLASSES: Final = {
    "weight_read": 1.3,
    "weight_compute": 1.6,
    "expert_read": 1.5,
    "expert_compute": 2.0,
    "cache_read": 1.5,
    "attention_compute": 2.0,
    "volume": 1.5,
    "hop": 6e-6,
    "far_hop": 1e-5,
    "far_reduction": 1e-4,
    "layer": 2.5e-5,
    "expert_layer": 2e-5,
    "linear_layer": 2e-5,
    "early_layer": 2e-4,
    "step": 1e-3,
    "host": 1e-5,
    "prefill_compute": 1.8,
    "prefill_attention": 2.0,
    "prefill_volume": 1.5,
    "prefill_layer": 1e-4,
    "blocked": 0.9,
    "first_fixed": 3e-2,
    "first_steps": 1.0,
    "queue": 0.3,
    "queue_power": 0.8,
    "split_queue": 0.3,
    "split_power": 0.7,
    "handover": 0.05,
}


class Work(NamedTuple):
    """What does not depend on efficiencies: the work of steps, the load per worker and the batch that memory allows."""

    decode: Step
    pass_: Step
    share: Step
    limit: Array  # sequences that a decode worker holds
    load: Array  # requests in flight per decode worker
    batch: Array  # the smaller of both
    entered: Array  # requests that arrive together at one prefill queue
    split: NDArray[np.bool_]
    output: Array
    served: Array  # requests that all workers serve at once: the load, as far as memory holds it
    gained: Array  # tokens that one step yields per sequence, one without multi-token prediction


class Timing(NamedTuple):
    """Predicted seconds, each of shape (row,), and the parts they are made of: TTFT is ``wait`` for a place and ``first``."""

    ttft: Array
    tpot: Array
    step: Array
    prefill: Array
    share: Array
    first: Array
    wait: Array
    queue: Array


def slowdowns(weights: Array, points: Points) -> dict[str, Array]:
    """Return the slowdown of each class per row, from ``weights`` (class, feature) and the traits and offsets of the rows."""
    values = np.exp(weights @ points.features.T + points.offsets)
    return {name: values[number] for number, name in enumerate(CLASSES)}


def prepare(points: Points, limit: Array | None = None) -> Work:
    """Return the work of every row; where a row does not say how many workers there are, `assumed_workers` is taken.

    ``limit`` gives the sequences that a worker holds where they are not those of `cache_limit`.
    """
    split = points.split > 0
    limit = cache_limit(points) if limit is None else limit
    stated = ~np.isnan(points.decode.workers)
    decoders = np.where(stated, points.decode.workers, assumed_workers(points, limit))
    readers = np.where(np.isnan(points.prefill.workers), 1.0, points.prefill.workers) * points.prefill.replicas
    load = points.concurrency / decoders
    batch = np.minimum(load, np.maximum(limit, 1e-9))
    served = batch * decoders
    entered = np.maximum(np.where(split, served / readers, batch) - 1.0, 1e-3)
    return Work(
        decode=decode_step(points, np.maximum(batch, 1.0)),
        pass_=prefill_pass(points),
        share=prefill_share(points, entered / np.where(split, 1.0, points.prefill.replicas)),
        limit=limit,
        load=load,
        batch=batch,
        entered=entered,
        split=split,
        output=points.output,
        served=served,
        gained=1.0 + points.drafts * points.accepted,
    )


def assumed_workers(points: Points, limit: Array) -> Array:
    """Return decode workers where a split deployment does not state them: several for small loads, one for large ones.

    The rows that do state them use five (TensorRT-LLM) or two (SGLang) below some hundred requests in flight and one above
    a few thousand; w = 1 + a / (1 + (C/1000)^2) joins both ends. Never fewer than hold the load: nobody publishes a split
    deployment that keeps most of its requests waiting.
    """
    several = np.where((points.features[:, FEATURES.index("sglang")] > 0), 0.7, 4.0)
    usual = 1.0 + points.split * several / (1.0 + (points.concurrency / 1000.0) ** 2)
    return np.where(points.split > 0, np.maximum(usual, points.concurrency / np.maximum(limit, 1.0)), usual)


def predict(points: Points, weights: Array) -> Timing:
    """Return TTFT and TPOT of every row; times are infinite where the model does not fit."""
    return timing(prepare(points), slowdowns(weights, points))


def timing(work: Work, s: dict[str, Array]) -> Timing:
    """Return TTFT and TPOT of every row for given slowdowns, each of shape (row,)."""
    split = work.split
    step = step_seconds(work.decode, s)
    one = prefill_seconds(work.pass_, s)
    share = prefill_seconds(work.share, s)
    tpot = step / work.gained + np.where(split, 0.0, s["blocked"] * np.maximum(work.batch - 1.0, 0.0) * share / work.output)
    # Prompts that arrive together wait for one another at most once each.
    power = np.minimum(np.where(split, s["split_power"], s["queue_power"]), 1.0)
    queue = np.where(split, s["split_queue"], s["queue"]) * work.entered**power * share
    handover = np.where(split, s["handover"], 0.0)
    first = s["first_fixed"] + s["first_steps"] * tpot + one + queue + handover
    wait = waiting(work, first, tpot)
    unfit = work.limit < 1.0
    return Timing(np.where(unfit, np.inf, first + wait), np.where(unfit, np.inf, tpot), step, one, share, first, wait, queue)


def waiting(work: Work, first: Array, tpot: Array) -> Array:
    """Return seconds before a place is free, by Little's law: those who wait over those served, times the time of service."""
    return crowding(work) * (first + work.output * tpot)


def crowding(work: Work) -> Array:
    """Return the requests that wait for a place per request served, 0 where the memory holds all of them or none."""
    beyond = np.maximum(work.load - work.batch, 0.0) / np.maximum(work.batch, 1e-9)
    return np.where(work.limit < 1.0, 0.0, beyond)


def step_seconds(work: Step, s: dict[str, Array]) -> Array:
    """Return the seconds of a decode step."""
    weights = _roof(work.weight_read * s["weight_read"], work.weight_compute * s["weight_compute"])
    experts = _roof(work.expert_read * s["expert_read"], work.expert_compute * s["expert_compute"])
    attention = _roof(work.cache_read * s["cache_read"], work.attention_compute * s["attention_compute"])
    links = work.volume * s["volume"] + work.hops * s["hop"] + work.far_hops * s["far_hop"]
    links = links + work.far_reductions * s["far_reduction"]
    fixed = (
        work.layers * s["layer"]
        + work.expert_layers * s["expert_layer"]
        + work.linear_layers * s["linear_layer"]
        + work.early_layers * s["early_layer"]
        + s["step"]
        + work.sequences * s["host"]
    )
    return weights + experts + attention + links + fixed


def prefill_seconds(work: Step, s: dict[str, Array]) -> Array:
    """Return the seconds of a prefill pass; reading the weights is its least time."""
    weights = _roof(work.weight_read * s["weight_read"], work.weight_compute * s["prefill_compute"])
    experts = _roof(work.expert_read * s["expert_read"], work.expert_compute * s["prefill_compute"])
    attention = work.attention_compute * s["prefill_attention"]
    fixed = work.layers * s["prefill_layer"]
    return weights + experts + attention + work.volume * s["prefill_volume"] + fixed


def _roof(a: Array, b: Array) -> Array:
    top = np.maximum(np.maximum(a, b), 1e-30)
    low = np.minimum(a, b) / top
    square = low * low
    return top * np.sqrt(np.sqrt(1.0 + square * square))

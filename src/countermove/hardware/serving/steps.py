"""The work of one step, per operator class and chip, before any efficiency: seconds at the peaks of the datasheet.

A decode step advances every running sequence by one token; a prefill pass reads the prompt of one request. Counts follow
the layer definitions in `llm`; a weight is read once per step, of the experts those that some token of the step chose:

    touched = 1 - (1 - k/E)^tokens                    (tokens routed evenly, k of E experts each)

Communication per layer and step: two all-reduces of the hidden states over the tensor slices (ring, 2 (t-1)/t of the
volume), or a dispatch and a combine of k copies per token where attention is replicated (DeepSeek-V3, arXiv 2412.19437).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.points import Points, Worker

Array = NDArray[np.float64]

#: Bytes per element of hidden states on the wire.
ACTIVATION_BYTES = 2.0

#: Share of memory that weights and cache may fill; engines keep the rest for activations and graphs.
USABLE_MEMORY = 0.9


class Step(NamedTuple):
    """Seconds at datasheet peaks per operator class (counts for the fixed parts), each of shape (row,)."""

    weight_read: Array
    weight_compute: Array
    expert_read: Array
    expert_compute: Array
    cache_read: Array
    attention_compute: Array
    volume: Array  # seconds on the links
    hops: Array  # collectives of the step
    far_hops: Array  # those that leave the scale-up domain
    layers: Array  # layers that are launched
    expert_layers: Array
    linear_layers: Array
    sequences: Array  # sequences per replica that the host handles


def decode_step(points: Points, batch: Array) -> Step:
    """Return one decode step of a worker that runs ``batch`` sequences at the mean context of an answer."""
    context = points.prompt + points.output / 2
    # A verified draft passes the matrices and the attention like a token of its own; the cache is read once for all.
    return _step(points, points.decode, batch * (1.0 + points.drafts), batch, context, prefill=False)


def prefill_pass(points: Points) -> Step:
    """Return the pass over one prompt on a worker: what its own request waits for."""
    return _step(points, points.prefill, points.prompt, np.ones_like(points.prompt), points.prompt, prefill=True)


def prefill_share(points: Points) -> Step:
    """Return one prompt's share of a worker's time when all its replicas read prompts side by side."""
    pass_ = prefill_pass(points)
    r = points.prefill.replicas
    shared = {"weight_compute", "attention_compute", "volume", "hops", "far_hops", "layers", "expert_layers", "linear_layers"}
    scaled = (value / r if name in shared else value for name, value in zip(Step._fields, pass_, strict=True))
    return Step(*scaled)


def cache_limit(points: Points) -> Array:
    """Return the sequences that the memory of a decode worker holds at full length; 0 where the weights do not fit."""
    m, w = points.model, points.decode
    held = points.weight_bytes * (m.replicated + m.embedding) / (w.tensor * w.pipeline)
    held = held + points.expert_bytes * m.routed / w.chips
    free = USABLE_MEMORY * points.chip.memory - held
    slices = np.minimum(w.tensor, m.kv_heads) * w.pipeline
    per_sequence = (m.cache_token * (points.prompt + points.output) + m.cache_fixed) / slices
    return np.maximum(free, 0.0) / per_sequence * w.replicas


def _step(points: Points, worker: Worker, tokens: Array, sequences: Array, context: Array, *, prefill: bool) -> Step:
    c, m = points.chip, points.model
    # A prompt is read by one replica; decode tokens spread over all of them.
    local = tokens if prefill else np.maximum(tokens / worker.replicas, 1.0)
    t = worker.tensor
    weights = m.replicated / (t * worker.pipeline)
    touched = -np.expm1(tokens * np.log1p(-np.minimum(m.experts_per_token / m.experts, 1 - 1e-9)))
    cap = np.minimum(context, 2 * m.cap if prefill else m.cap)
    if prefill:
        # Keys are written once and read by blocks of queries: the compute binds.
        read = m.cache_token * context / np.minimum(t, m.kv_heads)
        attend = local * (m.prefill_fixed + m.prefill_token * context + m.prefill_capped * cap) / t
    else:
        per_sequence = m.cache_fixed + m.read_token * context + m.read_capped * cap
        read = np.maximum(sequences / worker.replicas, 1.0) * per_sequence / np.minimum(t, m.kv_heads)
        attend = local * (m.decode_fixed + m.decode_token * context + m.decode_capped * cap) / t
    apart = (worker.replicas > 1) & (m.expert_layers > 0)
    reduced = np.where(t > 1, 2 * m.layers * 2 * (t - 1) / t * local, 0.0)
    moved = np.where(apart, m.expert_layers * 1.5 * m.experts_per_token * local * (1 - 1 / worker.chips), 0.0)
    far = worker.chips > c.domain
    speed = np.where(far, c.network, c.link)
    hops = np.where(t > 1, 2 * m.layers, 0.0) + np.where(apart, 2 * m.expert_layers, 0.0)
    return Step(
        weight_read=points.weight_bytes * weights / c.bandwidth,
        weight_compute=2 * weights * local / points.peak,
        expert_read=points.expert_bytes * m.routed * touched / (worker.chips * c.bandwidth),
        expert_compute=2 * m.routed_active * tokens / (worker.chips * points.expert_peak),
        cache_read=read / c.bandwidth,
        attention_compute=attend / c.peak16,
        volume=(reduced + moved) * m.hidden * ACTIVATION_BYTES / np.maximum(speed, 1e6),
        hops=hops,
        far_hops=np.where(far, hops, 0.0),
        layers=m.layers,
        expert_layers=m.expert_layers,
        linear_layers=m.linear_layers,
        sequences=sequences / worker.replicas,
    )

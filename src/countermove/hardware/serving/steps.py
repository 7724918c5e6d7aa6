"""The work of one step, per operator class and chip, before any efficiency: seconds at the peaks of the datasheet.

A decode step advances every running sequence by one token; a prefill pass reads the prompt of one request. Counts follow
the layer definitions in `llm`; a weight is read once per step, of the experts those that some token of the step chose:

    touched = 1 - (1 - k/E)^tokens                    (tokens routed evenly, k of E experts each)

Communication per layer and step: two all-reduces of the hidden states over the tensor slices (ring, 2 (t-1)/t of the
volume; over n scale-up domains of d in two stages, 2 (d-1)/d on the links and 2 (n-1)/(n d) on each port), or a dispatch
(8 bits) and a combine (16 bits) of the copies of a token where attention is replicated (DeepSeek-V3, arXiv 2412.19437). In
prefill one copy goes to every chip, and over the network to every domain, that holds a chosen expert:

    copies(n) = n (1 - (1 - 1/n)^k), of which (n - 1)/n leave their place                (n places, k experts of a token)

In decode the low-latency exchange sends every one of the k copies by itself. Copies inside a domain use its links, the
others the network; both run at once, and the slower one counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.points import Points, Worker

Array = NDArray[np.float64]

#: Bytes per element of hidden states on the wire.
ACTIVATION_BYTES = 2.0

#: Bytes per element of a token sent to an expert and back: 8 bits out, 16 bits in.
EXCHANGE_BYTES = 3.0

#: Most domains that the experts of a token lie in: the routers of DeepSeek-V3 choose 4 of 8 groups (arXiv 2412.19437).
GROUPS = 4.0

#: Tokens of one prefill pass: the default of vLLM and TensorRT-LLM, and of SGLang on chips of 80 GB and more.
CHUNK = 8192.0

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
    far_hops: Array  # exchanges of experts that leave the scale-up domain
    far_reductions: Array  # all-reduces over slices in several scale-up domains
    layers: Array  # layers that are launched
    expert_layers: Array
    linear_layers: Array
    early_layers: Array  # layers launched one kernel at a time by engines of early 2025
    sequences: Array  # sequences per replica that the host handles


def decode_step(points: Points, batch: Array) -> Step:
    """Return one decode step of a worker that runs ``batch`` sequences at the mean context of an answer."""
    context = points.prompt + points.output / 2
    # A verified draft passes the matrices and the attention like a token of its own; the cache is read once for all.
    return _step(points, points.decode, batch * (1.0 + points.drafts), batch, context, prefill=False)


def prefill_pass(points: Points) -> Step:
    """Return the pass over one prompt on a worker: what its own request waits for."""
    return _step(points, points.prefill, points.prompt, np.ones_like(points.prompt), points.prompt, prefill=True)


def prefill_share(points: Points, waiting: Array) -> Step:
    """Return one prompt's share of a worker's time when every replica reads prompts and ``waiting`` others are queued.

    All replicas read at once, and all stages of a pipeline, so that what one of them does alone takes 1/replicas of the
    worker's time per prompt and one pass occupies it for 1/stages of its length; queued
    prompts join one pass up to `CHUNK` tokens, and weights are read once per pass.
    """
    joined = np.clip(np.minimum(waiting + 1.0, CHUNK / points.prompt), 1.0, None)
    prompt, r = points.prompt, points.prefill.replicas
    one = np.ones_like(prompt)
    pass_ = _step(points, points.prefill, joined * prompt, one, prompt, prefill=True, together=r)
    return Step(*(value / (r * joined * points.prefill.pipeline) for value in pass_))


def cache_limit(points: Points) -> Array:
    """Return the sequences that the memory of a decode worker holds; 0 where the weights do not fit.

    An engine that never evicts keeps room for the whole answer (``reserved`` 1), one that pages for half of it on average.
    """
    m, w = points.model, points.decode
    held = points.weight_bytes * (m.replicated + m.embedding) / (w.tensor * w.pipeline)
    held = held + points.expert_bytes * m.routed / w.chips
    free = USABLE_MEMORY * points.chip.memory - held
    slices = np.minimum(w.tensor, m.kv_heads) * w.pipeline
    tokens = points.prompt + points.reserved * points.output
    per_sequence = points.packed * (m.cache_token * tokens + m.cache_fixed) / slices
    return np.minimum(np.maximum(free, 0.0) / per_sequence, points.most) * w.replicas


def _step(
    points: Points,
    worker: Worker,
    tokens: Array,
    sequences: Array,
    context: Array,
    *,
    prefill: bool,
    together: Array | float = 1.0,
) -> Step:
    """Return a step of ``tokens``: of one replica in prefill, where ``together`` replicas run; of the whole worker in decode."""
    c, m = points.chip, points.model
    # A prompt is read by one replica; decode tokens spread over all of them.
    # Of a pipeline every stage works on its own part of the batch, and a token passes all stages one after the other.
    if not prefill:
        tokens, sequences = tokens / worker.pipeline, sequences / worker.pipeline
    local = tokens if prefill else np.maximum(tokens / worker.replicas, 1.0)
    all_ = tokens * together if prefill else np.maximum(tokens, 1.0)
    t, chips = worker.tensor, worker.chips / worker.pipeline
    weights = m.replicated / t
    touched = -np.expm1(all_ * np.log1p(-np.minimum(m.experts_per_token / m.experts, 1 - 1e-9)))
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
    far = chips > c.domain
    hops = np.where(t > 1, 2 * m.layers, 0.0) + np.where(apart, 2 * m.expert_layers, 0.0) + worker.pipeline - 1.0
    return Step(
        weight_read=points.weight_bytes * weights / c.bandwidth,
        weight_compute=2 * weights * local / points.peak,
        expert_read=points.expert_bytes * m.routed * touched / (chips * c.bandwidth),
        expert_compute=2 * m.routed_active * all_ * points.busiest / (chips * points.expert_peak),
        cache_read=points.packed * read / c.bandwidth,
        attention_compute=attend / c.peak16,
        volume=_exchange(points, worker, local, prefill=prefill),
        hops=hops,
        far_hops=np.where(far & apart, 2 * m.expert_layers, 0.0),
        far_reductions=np.where(t > c.domain, 2 * m.layers, 0.0),
        layers=m.layers,
        expert_layers=m.expert_layers,
        linear_layers=m.linear_layers,
        early_layers=m.layers * points.early,
        sequences=sequences / worker.replicas,
    )


def _exchange(points: Points, worker: Worker, local: Array, *, prefill: bool) -> Array:
    """Return seconds on the links for ``local`` tokens of one replica: all-reduces, or dispatch and combine of experts."""
    c, m = points.chip, points.model
    t = worker.tensor
    link, network = np.maximum(c.link, 1e6), np.maximum(c.network, 1e6)
    volume = np.where(t > 1, 2 * m.layers * local, 0.0) * ACTIVATION_BYTES
    inner = np.minimum(t, c.domain)
    # Slices in several domains reduce inside first; each chip then sends its own part over its own port.
    reduced = volume * (2 * (inner - 1) / inner / link + 2 * (1 - inner / t) / inner / network)
    apart = (worker.replicas > 1) & (m.expert_layers > 0)
    stage = worker.chips / worker.pipeline
    domains = np.maximum(stage / c.domain, 1.0)
    k = m.experts_per_token
    chips = copies(stage, k) if prefill else k
    outside = (copies(domains, np.minimum(k, GROUPS)) if prefill else k) * (1 - 1 / domains)
    # Each chip sends the tokens of a replica in slices, one per tensor slice.
    bytes_ = np.where(apart, m.expert_layers * EXCHANGE_BYTES * local / t, 0.0)
    inside = chips * (1 - 1 / stage) if prefill else k * (1 / domains - 1 / stage)
    moved = np.maximum(bytes_ * inside / link, bytes_ * outside / network)
    return (reduced + moved) * m.hidden


def copies(places: Array, chosen: Array) -> Array:
    """Return the expected number of ``places`` that hold at least one of ``chosen`` experts of a token."""
    return places * -np.expm1(chosen * np.log1p(-np.minimum(1.0 / places, 1 - 1e-9)))

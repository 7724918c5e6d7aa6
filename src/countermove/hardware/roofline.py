"""How fast a chip trains, reads prompts and writes answers: a roofline over compute, memory and communication.

Williams, Waterman & Patterson (2009) per operator class, extended by the exchange between chips: an operation takes the
longer of its compute and its memory time, the exchange is added as far as it is not hidden. Every function takes rows of
chips (`Rows`, arrays of shape (row,)) and one case, tries the group sizes of the parallelism, and returns the best.

All functions are monotone by construction: more compute, bandwidth, memory or link speed never lowers a rate, because
each enters only as a divisor of a time or as a bound that it widens, and the best group size is taken.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.llm import CACHE_BYTES, Llm
from countermove.hardware.workloads import Case

Array = NDArray[np.float64]

#: Share of memory that weights and cache may fill; the rest is activations and fragmentation. Assumption.
USABLE_MEMORY: Final = 0.9

#: Bytes per parameter held in training: 16-bit weights, 32-bit gradients, activations and the sharded optimiser. Assumption.
TRAINING_BYTES: Final = 10.0

#: Group sizes tried in serving: chips that share the experts (or the slices of a dense model), and how many of them slice
#: the layers that every chip needs (attention, shared and dense feed-forward).
SERVING_GROUPS: Final = tuple(
    (float(group), float(slices))
    for group in (1, 2, 4, 8, 16, 32, 64, 128, 320)
    for slices in (1, 4)
    if slices == 1 or group >= 8
)

#: Group sizes tried in training: tensor slices of a dense model, chips that share the experts of a mixture.
TENSOR_GROUPS: Final = np.array([1, 2, 4, 8, 16], dtype=np.float64)
EXPERT_GROUPS: Final = np.array([8, 16, 32, 64, 128], dtype=np.float64)

#: Chips of the largest group for which one replica of a dense model is split in serving.
LARGEST_TENSOR_GROUP: Final = 64

#: Halvings of the range in the search for the largest batch within the time limit; a straight line does the rest.
BISECTIONS: Final = 8

#: What a late token is worth: (limit / time)^LATE. Assumption; a service at half the asked speed counts a quarter.
LATE: Final = 2.0


class Rows(NamedTuple):
    """Chips as arrays of shape (row,), in SI units (operations/s, bytes/s, bytes, seconds), shares as fractions."""

    peak16: Array
    peak8: Array
    float8: Array  # 1 where the chip has 8-bit floating point, else 0
    memory: Array
    bandwidth: Array
    link: Array
    network: Array
    domain: Array
    gemm: Array
    attention: Array
    memory_share: Array
    link_share: Array
    latency: Array
    overlap: Array
    layer_overhead: Array
    prefill: Array
    decode: Array
    train_dense: Array
    train_moe: Array
    train_fp8_gain: Array


class Rates(NamedTuple):
    """Tokens per second and chip at the best group size, and where the time goes, each of shape (row,)."""

    tokens: Array
    compute: Array
    bandwidth: Array
    network: Array
    group: Array
    batch: Array


def decode(case: Case, rows: Rows) -> Rates:
    """Return output tokens per second and chip where a token should take at most ``case.token_limit_ms``.

    The batch is the largest that fits memory and the limit. A chip whose fixed time per step comes near the limit L works
    past it: late tokens count (L/t)^LATE, and for a step t = A + B b the worth b/t (L/t)^p is greatest at t = A (1 + 1/p).
    Zero where the model fits no group.
    """
    assert case.token_limit_ms is not None  # noqa: S101  (the loader's cases for decode state it)
    limit = case.token_limit_ms * 1e-3
    r, split = _serving_grid(case, rows)
    cache = case.model.cache_bytes_per_token * case.context * _copies(case.model, split)
    fits = (USABLE_MEMORY * r.memory - _weights(case.model, r, split)) / cache
    step = _decode_step(case, r, split)
    target = np.maximum(limit, (1 + 1 / LATE) * step.seconds(np.zeros_like(fits)))
    batch = _largest_batch(step, target, fits)
    compute, memory, network = step.parts(batch)
    taken = compute + memory + network
    rate = np.where(fits > 0, batch / taken * np.minimum(1.0, limit / taken) ** LATE, 0.0)
    return _best(rate, compute, memory, network, split.group, batch)


def prefill(case: Case, rows: Rows) -> Rates:
    """Return prompt tokens per second and chip in batches of ``case.tokens_per_chip``; zero where the model fits no group."""
    assert case.tokens_per_chip is not None  # noqa: S101  (the loader's cases for prefill state it)
    tokens, model = case.tokens_per_chip, case.model
    r, split = _serving_grid(case, rows)
    peak = np.where(r.peak8 > 0, r.peak8, r.peak16)
    matrices = tokens * model.matrix_operations / (peak * r.gemm)
    attention = tokens * model.prefill_attention_operations(case.context) / (r.peak16 * r.attention)
    weights = _weights(model, r, split)
    compute = (matrices + attention) / r.prefill * np.ones_like(split.group)
    memory = np.maximum(weights / (r.bandwidth * r.memory_share) - matrices, 0.0) / r.prefill
    network = (1 - r.overlap) * _exchange(model, r, split, tokens, once_per_node=True) / r.prefill
    fits = USABLE_MEMORY * r.memory > weights + tokens * model.cache_bytes_per_token * _copies(model, split)
    rate = np.where(fits, tokens / (compute + memory + network), 0.0)
    return _best(rate, compute, memory, network, split.group, np.full_like(rate, tokens))


def training(case: Case, rows: Rows) -> Rates:
    """Return training tokens per second and chip of a large run (data parallelism hidden, pipeline bubble counted)."""
    return _train_mixture(case, rows) if case.model.is_mixture else _train_dense(case, rows)


def training_operations(case: Case) -> float:
    """Return the operations of one trained token: forward, and backward at twice the cost, without recomputation."""
    return 3.0 * (case.model.matrix_operations + case.model.prefill_attention_operations(case.context))


def _train_dense(case: Case, rows: Rows) -> Rates:
    """Tensor slices inside the scale-up domain, pipeline stages for the rest of the memory.

    Sequence-parallel slices exchange 2 all-gathers and 2 reduce-scatters of the hidden state per layer and direction
    (Korthikanti et al. 2022); the bubble is (stages - 1) / (microbatches + stages - 1) (Narayanan et al. 2021).
    """
    model = case.model
    r, t = _grid(rows, TENSOR_GROUPS)
    compute = training_operations(case) / (r.peak16 * r.train_dense) * np.ones_like(t)
    volume = model.layers * 8 * (t - 1) * model.hidden * CACHE_BYTES
    speed = np.where(t <= r.domain, r.link, r.network) * r.link_share
    network = (1 - r.overlap) * volume / speed
    stages = np.maximum(1.0, TRAINING_BYTES * model.parameters / (USABLE_MEMORY * r.memory) / t)
    return _with_bubble(case, compute, network, stages, t)


def _train_mixture(case: Case, rows: Rows) -> Rates:
    """Experts spread over the group, pipeline stages for the rest of the memory (DeepSeek-V3, arXiv 2412.19437)."""
    model = case.model
    r, g = _grid(rows, EXPERT_GROUPS)
    gain = np.where(case.eight_bit & (r.float8 > 0), r.train_fp8_gain, 1.0)
    compute = training_operations(case) / (r.peak16 * r.train_moe * gain) * np.ones_like(g)
    # Forward dispatch in 8 bits where possible, the other three exchanges in 16 bits; serving moves 3 bytes per element.
    bytes_ratio = np.where(gain > 1.0, 7.0, 8.0) / 3.0
    network = (
        (1 - r.overlap)
        * bytes_ratio
        * _all_to_all(model, r._replace(latency=np.zeros_like(r.latency)), g, 1.0, once_per_node=True)
    )
    held = model.routed_parameters / g + model.replicated_parameters
    stages = np.maximum(1.0, TRAINING_BYTES * held / (USABLE_MEMORY * r.memory))
    return _with_bubble(case, compute, network, stages, g)


def _with_bubble(case: Case, compute: Array, network: Array, stages: Array, group: Array) -> Rates:
    assert case.microbatches is not None  # noqa: S101  (the loader's cases for training state it)
    busy = case.microbatches / (case.microbatches + stages - 1)
    rate = busy / (compute + network)
    return _best(rate, compute, np.zeros_like(compute), network, group, np.full_like(rate, case.microbatches))


class _Split(NamedTuple):
    """How a model is spread: chips of the group, and how many of them slice the layers that all need; (row, choice)."""

    group: Array
    slices: Array


def _grid(rows: Rows, groups: Array) -> tuple[Rows, Array]:
    """Return the rows as (row, 1) and the group sizes as (row, group)."""
    wide = Rows(*(column[:, None] for column in rows))
    return wide, np.broadcast_to(groups, (len(rows.memory), len(groups)))


def _serving_grid(case: Case, rows: Rows) -> tuple[Rows, _Split]:
    """Return the rows as (row, 1) and the choices that make sense for the model; a dense model is sliced over its group."""
    model = case.model
    largest = min(model.experts * 1.25 if model.is_mixture else LARGEST_TENSOR_GROUP, case.largest_group)
    choices = [choice for choice in SERVING_GROUPS if choice[0] <= largest and (model.is_mixture or choice[1] == 1)]
    wide, group = _grid(rows, np.array([group for group, _ in choices]))
    slices = np.broadcast_to(np.array([slices for _, slices in choices]), group.shape) if model.is_mixture else group
    return wide, _Split(group, slices)


def _copies(model: Llm, split: _Split) -> Array:
    """Return how often each key and value is held among the slices: a latent cache has no heads to divide."""
    heads = float(model.kv_heads) if model.attention == "gqa" else 1.0
    return np.maximum(1.0, split.slices / heads)


def _parameter_bytes(r: Rows) -> Array:
    """Return bytes per weight: one where the chip has an 8-bit path, else two."""
    return np.where(r.peak8 > 0, 1.0, 2.0)


def _weights(model: Llm, r: Rows, split: _Split) -> Array:
    """Return bytes of weights per chip: routed experts spread over the group, the rest over the slices."""
    return _parameter_bytes(r) * (model.replicated_parameters / split.slices + model.routed_parameters / split.group)


class _Step(NamedTuple):
    """One decode step as a function of the batch b, in seconds per token or step; every field of shape (row, choice).

    compute = matrices b + attention b
    memory  = max(common + routed (1 - exp(-forget b)) - matrices b, 0) + cache b
    network = fixed + exchange b
    The weights are read once per step, of the experts only those that some token of the group chose.
    """

    matrices: Array
    attention: Array
    common: Array
    routed: Array
    cache: Array
    fixed: Array
    exchange: Array
    forget: Array

    def parts(self, batch: Array) -> tuple[Array, Array, Array]:
        """Return seconds spent on compute, on memory beyond it, and on exchange and fixed overhead."""
        matrices = self.matrices * batch
        weights = self.common + self.routed * -np.expm1(-self.forget * batch) - matrices
        memory = np.maximum(weights, 0.0) + self.cache * batch
        return matrices + self.attention * batch, memory, self.fixed + self.exchange * batch

    def seconds(self, batch: Array) -> Array:
        """Return the whole step."""
        compute, memory, network = self.parts(batch)
        return compute + memory + network


def _decode_step(case: Case, r: Rows, split: _Split) -> _Step:
    model = case.model
    peak = np.where(r.peak8 > 0, r.peak8, r.peak16)
    read = _parameter_bytes(r) / (r.bandwidth * r.memory_share)
    attention = model.decode_attention_operations(case.context) / (r.peak16 * r.attention)
    cache = model.cache_bytes_per_token * case.context * _copies(model, split) / (r.bandwidth * r.memory_share)
    fixed = (1 - r.overlap) * _exchange(model, r, split, 0.0, once_per_node=False)
    moved = (1 - r.overlap) * _exchange(model, r, split, 1.0, once_per_node=False) - fixed
    missed = -np.log1p(-model.experts_per_token / model.experts) if model.is_mixture else 0.0
    seconds = (
        model.matrix_operations / (peak * r.gemm),
        attention,
        read * (model.replicated_parameters - model.vocabulary * model.hidden) / split.slices,
        read * model.routed_parameters / split.group,
        np.maximum(cache - attention, 0.0),
        fixed + model.layers * r.layer_overhead,
        moved,
    )
    return _Step(*np.broadcast_arrays(*(term / r.decode for term in seconds), missed * split.group))


def _largest_batch(step: _Step, target: Array, fits: Array) -> Array:
    """Return the largest batch per chip, at most ``fits``, whose step keeps the target time; the step grows with it."""
    # The compute of a token bounds the batch from above, so that the search does not depend on memory that is not used.
    low = np.zeros_like(fits)
    high = np.clip(target / (step.matrices + step.attention), 0.0, np.maximum(fits, 0.0))
    fast, slow = step.seconds(low), step.seconds(high)
    in_time = slow <= target
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        taken = step.seconds(middle)
        late = taken > target
        low, fast = np.where(late, low, middle), np.where(late, fast, taken)
        high, slow = np.where(late, middle, high), np.where(late, taken, slow)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(slow > fast, np.clip((target - fast) / (slow - fast), 0.0, 1.0), 0.0)
    return np.where(in_time, high, low + part * (high - low))


def _exchange(model: Llm, r: Rows, split: _Split, tokens: Array | float, *, once_per_node: bool) -> Array:
    """Return seconds of exchange per step and chip for ``tokens`` tokens per chip: experts, and reductions over the slices.

    A sliced layer ends in an all-reduce of the hidden state of the slices' tokens: two per layer of a dense model, one per
    layer of a mixture (its attention; shared experts ride along).
    """
    reductions = 1 if model.is_mixture else 2
    volume = model.layers * reductions * 2 * (split.slices - 1) * tokens * model.hidden * CACHE_BYTES
    speed = np.where(split.slices <= r.domain, r.link, np.minimum(r.network, r.link)) * r.link_share
    time = volume / speed + np.where(split.slices > 1, reductions * model.layers * r.latency, 0.0)
    if model.is_mixture:
        time = time + _all_to_all(model, r, split.group, tokens, once_per_node=once_per_node)
    return time


def _all_to_all(model: Llm, r: Rows, group: Array, tokens: Array | float, *, once_per_node: bool) -> Array:
    """Dispatch in 8 bits and combine in 16 bits per expert layer, over links inside the domain and the network beyond it.

    A token goes to ``experts_per_token`` chips chosen evenly; beyond the domain it travels once per node where engines
    forward it inside (prefill and training of DeepEP), at most to ``nodes_per_token`` nodes, else once per expert.
    """
    k = model.experts_per_token
    inside = np.minimum(r.domain, group)
    nodes = group / inside
    within = k * (inside - 1) / group
    beyond = k * (group - inside) / group
    if once_per_node:
        once = (nodes - 1) * (1 - (1 - 1 / nodes) ** k)
        cap = model.nodes_per_token if model.nodes_per_token else k
        # Forwarding inside the node replaces copies over the network by copies over the links.
        within = k * (inside - 1) / inside * np.ones_like(group)
        beyond = np.minimum(once, cap * (nodes - 1) / nodes)
    size = model.expert_layers * tokens * model.hidden * 3.0
    time = size * np.maximum(within / r.link, beyond / r.network) / r.link_share
    return time + np.where(group > 1, 2 * model.expert_layers * r.latency, 0.0)


def _best(rate: Array, compute: Array, memory: Array, network: Array, group: Array, batch: Array) -> Rates:
    best = np.argmax(rate, axis=1)[:, None]

    def pick(values: Array) -> Array:
        return np.take_along_axis(np.broadcast_to(values, rate.shape), best, axis=1)[:, 0]

    return Rates(pick(rate), pick(compute), pick(memory), pick(network), pick(group), pick(batch))

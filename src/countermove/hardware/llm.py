"""LLM architectures and what one token costs: parameters, operations, cache bytes.

Counts follow the layer definitions: grouped-query attention (Ainslie et al. 2023), multi-head latent attention and the
expert layers of DeepSeek-V3 (arXiv 2412.19437), sliding windows, gated linear attention (Yang et al. 2024) and the sparse
attention of DeepSeek-V3.2 that reads the best ``index_topk`` tokens. One multiply-accumulate is two operations. Norms and
biases (under 0.1% of the parameters) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Bytes per element of activations and of the key-value cache (16-bit).
CACHE_BYTES = 2


@dataclass(frozen=True)
class Llm:
    """One architecture; sizes are counts of elements, ``experts`` = 0 means a dense model.

    ``weight_type`` is the type that a quantised file says its weights are stored in, empty where it says none.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    sources: tuple[str, ...]
    attention: Literal["gqa", "mla"]
    layers: int
    hidden: int
    heads: int
    intermediate: int
    vocabulary: int
    kv_heads: int = 0
    head_dim: int = 0
    q_lora_rank: int = 0
    kv_lora_rank: int = 0
    qk_nope_head_dim: int = 0
    qk_rope_head_dim: int = 0
    v_head_dim: int = 0
    experts: int = 0
    experts_per_token: int = 0
    shared_experts: int = 0
    expert_intermediate: int = 0
    dense_layers: int = 0
    nodes_per_token: int = 0
    window_layers: int = 0
    window: int = 0
    linear_layers: int = 0
    linear_key_heads: int = 0
    linear_value_heads: int = 0
    linear_key_dim: int = 0
    linear_value_dim: int = 0
    index_heads: int = 0
    index_head_dim: int = 0
    index_topk: int = 0
    output_gate: bool = False
    tied_embedding: bool = False
    mtp_layers: int = 0
    weight_type: str = ""
    note: str = ""

    @property
    def is_mixture(self) -> bool:
        """Whether the feed-forward layers are a mixture of experts."""
        return self.experts > 0

    @property
    def expert_layers(self) -> int:
        """Layers with routed experts."""
        return self.layers - self.dense_layers if self.is_mixture else 0

    @property
    def full_layers(self) -> int:
        """Layers that attend to the whole context (or to the best ``index_topk`` tokens of it)."""
        return self.layers - self.window_layers - self.linear_layers

    @property
    def attention_parameters(self) -> float:
        """Parameters of the attention of one layer, on average where kinds of attention alternate."""
        h = self.hidden
        if self.attention == "gqa":
            queries = self.heads * (2 if self.output_gate else 1)
            soft = float(h * self.head_dim * (queries + self.heads + 2 * self.kv_heads))
            return (soft * (self.layers - self.linear_layers) + self.linear_layers * self._linear_parameters) / self.layers
        query = h * self.q_lora_rank + self.q_lora_rank * self.heads * (self.qk_nope_head_dim + self.qk_rope_head_dim)
        latent = h * (self.kv_lora_rank + self.qk_rope_head_dim)
        expand = self.kv_lora_rank * self.heads * (self.qk_nope_head_dim + self.v_head_dim)
        index = self.q_lora_rank * self.index_heads * self.index_head_dim + h * (self.index_head_dim + self.index_heads)
        return float(query + latent + expand + index + self.heads * self.v_head_dim * h)

    @property
    def _linear_parameters(self) -> float:
        """Parameters of one layer of gated linear attention: queries, keys, values, output gate and output."""
        keys, values = self.linear_key_heads * self.linear_key_dim, self.linear_value_heads * self.linear_value_dim
        return float(self.hidden * (2 * keys + 3 * values))

    @property
    def _linear_state(self) -> float:
        """Elements of the recurrent state of all layers of linear attention, of one sequence."""
        return float(self.linear_layers * self.linear_value_heads * self.linear_key_dim * self.linear_value_dim)

    @property
    def expert_parameters(self) -> float:
        """Parameters of one routed expert (gate, up and down projections)."""
        return 3.0 * self.hidden * self.expert_intermediate

    @property
    def routed_parameters(self) -> float:
        """Parameters of all routed experts of all layers; 0 for a dense model."""
        return self.expert_layers * self.experts * self.expert_parameters

    @property
    def replicated_parameters(self) -> float:
        """Everything but the routed experts: attention, dense and shared feed-forward, router, embedding and head."""
        dense_layers = self.dense_layers if self.is_mixture else self.layers
        feed_forward = dense_layers * 3.0 * self.hidden * self.intermediate
        shared = self.expert_layers * (self.shared_experts * self.expert_parameters + self.hidden * self.experts)
        return self.layers * self.attention_parameters + feed_forward + shared + self._embeddings * self.vocabulary * self.hidden

    @property
    def _embeddings(self) -> float:
        """Matrices of vocabulary times hidden size: input embedding and head, one where they are tied."""
        return 1.0 if self.tied_embedding else 2.0

    @property
    def parameters(self) -> float:
        """All parameters."""
        return self.replicated_parameters + self.routed_parameters

    @property
    def active_parameters(self) -> float:
        """Parameters that one token passes through, the input embedding (a lookup) left out."""
        routed = self.expert_layers * self.experts_per_token * self.expert_parameters
        return self.replicated_parameters - (self._embeddings - 1.0) * self.vocabulary * self.hidden + routed

    @property
    def matrix_operations(self) -> float:
        """Operations of one token in the weight matrices: two per active parameter."""
        return 2.0 * self.active_parameters

    @property
    def cache_bytes_per_token(self) -> float:
        """Bytes of key-value cache that one token adds, in all layers that keep the whole context."""
        if self.attention == "gqa":
            return float(2 * self.kv_heads * self.head_dim * CACHE_BYTES * self.full_layers)
        index = self.index_head_dim / CACHE_BYTES if self.index_topk else 0.0
        return float((self.kv_lora_rank + self.qk_rope_head_dim + index) * CACHE_BYTES * self.layers)

    @property
    def cache_bytes_fixed(self) -> float:
        """Bytes of cache of one sequence that do not grow with it: sliding windows and recurrent states (32-bit)."""
        window = 2 * self.kv_heads * self.head_dim * CACHE_BYTES * self.window_layers * self.window
        return float(window) + 2 * CACHE_BYTES * self._linear_state

    def cache_bytes_read(self, context: float) -> float:
        """Bytes of cache that one decode step of one sequence reads; sparse attention reads the chosen tokens and all keys."""
        if not self.index_topk:
            return self.cache_bytes_per_token * context + self.cache_bytes_fixed
        latent = (self.kv_lora_rank + self.qk_rope_head_dim) * CACHE_BYTES * min(context, float(self.index_topk))
        return self.layers * (latent + self.index_head_dim * context)

    def decode_attention_operations(self, context: float) -> float:
        """Operations of one new token against ``context`` cached ones; latent attention works on the compressed cache."""
        if self.attention == "gqa":
            seen = self.full_layers * context + self.window_layers * min(context, float(self.window))
            return 4.0 * self.heads * self.head_dim * seen + 6.0 * self._linear_state
        seen = min(context, float(self.index_topk)) if self.index_topk else context
        index = 2.0 * self.index_heads * self.index_head_dim * context
        return (2.0 * self.heads * (2 * self.kv_lora_rank + self.qk_rope_head_dim) * seen + index) * self.layers

    def prefill_attention_operations(self, context: float) -> float:
        """Operations per token of a causal prompt of ``context`` tokens (half of the square on average)."""
        if self.attention == "gqa":
            seen = self.full_layers * context / 2 + self.window_layers * min(context / 2, float(self.window))
            return 4.0 * self.heads * self.head_dim * seen + 6.0 * self._linear_state
        width = self.qk_nope_head_dim + self.qk_rope_head_dim + self.v_head_dim
        seen = min(context, 2.0 * self.index_topk) if self.index_topk else context
        return float(self.heads * width * seen * self.layers) + self.index_heads * self.index_head_dim * context * self.layers

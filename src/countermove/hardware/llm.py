"""LLM architectures and what one token costs: parameters, operations, cache bytes.

Counts follow the layer definitions: grouped-query attention (Ainslie et al. 2023), multi-head latent attention and the
expert layers of DeepSeek-V3 (arXiv 2412.19437). One multiply-accumulate is two operations. Norms and biases (under
0.1% of the parameters) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Bytes per element of activations and of the key-value cache (16-bit).
CACHE_BYTES = 2


@dataclass(frozen=True)
class Llm:
    """One architecture; sizes are counts of elements, ``experts`` = 0 means a dense model."""

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
    def attention_parameters(self) -> float:
        """Parameters of the attention of one layer."""
        h = self.hidden
        if self.attention == "gqa":
            return float(h * self.head_dim * (2 * self.heads + 2 * self.kv_heads))
        query = h * self.q_lora_rank + self.q_lora_rank * self.heads * (self.qk_nope_head_dim + self.qk_rope_head_dim)
        latent = h * (self.kv_lora_rank + self.qk_rope_head_dim)
        expand = self.kv_lora_rank * self.heads * (self.qk_nope_head_dim + self.v_head_dim)
        return float(query + latent + expand + self.heads * self.v_head_dim * h)

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
        return self.layers * self.attention_parameters + feed_forward + shared + 2.0 * self.vocabulary * self.hidden

    @property
    def parameters(self) -> float:
        """All parameters."""
        return self.replicated_parameters + self.routed_parameters

    @property
    def active_parameters(self) -> float:
        """Parameters that one token passes through, the input embedding (a lookup) left out."""
        routed = self.expert_layers * self.experts_per_token * self.expert_parameters
        return self.replicated_parameters - self.vocabulary * self.hidden + routed

    @property
    def matrix_operations(self) -> float:
        """Operations of one token in the weight matrices: two per active parameter."""
        return 2.0 * self.active_parameters

    @property
    def cache_bytes_per_token(self) -> float:
        """Bytes of key-value cache of one token in all layers."""
        if self.attention == "gqa":
            return float(2 * self.kv_heads * self.head_dim * CACHE_BYTES * self.layers)
        return float((self.kv_lora_rank + self.qk_rope_head_dim) * CACHE_BYTES * self.layers)

    def decode_attention_operations(self, context: float) -> float:
        """Operations of one new token against ``context`` cached ones; latent attention works on the compressed cache."""
        if self.attention == "gqa":
            return 4.0 * self.heads * self.head_dim * context * self.layers
        return 2.0 * self.heads * (2 * self.kv_lora_rank + self.qk_rope_head_dim) * context * self.layers

    def prefill_attention_operations(self, context: float) -> float:
        """Operations per token of a causal prompt of ``context`` tokens (half of the square on average)."""
        if self.attention == "gqa":
            return 2.0 * self.heads * self.head_dim * context * self.layers
        width = self.qk_nope_head_dim + self.qk_rope_head_dim + self.v_head_dim
        return float(self.heads * width * context * self.layers)

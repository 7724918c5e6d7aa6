"""LLM architectures from a Hugging Face ``config.json``: the file's own keys, checked, as `llm.Llm`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from countermove.errors import InputError
from countermove.hardware.llm import Llm

#: Names that the count of routed experts goes by.
#: Kinds of layers that `llm.Llm` counts; a file with another one is refused rather than read as plain attention.
_KINDS: Final = frozenset({"full_attention", "attention", "sliding_attention", "linear_attention"})

#: Keys of architectures whose layers are counted nowhere here: state-space models and hybrids with them, and newer attention.
_UNCOUNTED: Final = (
    ("mamba", "state-space layers"),
    ("ssm", "state-space layers"),
    ("hybrid_override_pattern", "hybrid layers"),
    ("attn_type_list", "lightning attention"),
    ("full_attn_idxs", "hybrid layers"),
    ("rwkv", "recurrent layers"),
    ("linear_attn_config", "linear attention of another kind"),
    ("compress_ratios", "compressed attention"),
)

#: Types of weights by what `quantization_config` says.
_STORED: Final = {"fp8": "fp8", "mxfp4": "fp4", "nvfp4": "fp4", "awq": "int4", "gptq": "int4"}

_EXPERTS: Final = ("n_routed_experts", "num_local_experts", "num_experts")


def read_config(path: Path | str) -> Llm:
    """Return the architecture in a ``config.json``; InputError names the file, the key and what was expected."""
    where = str(path)
    try:
        config = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=where, hint="give the path of a config.json") from None
    except ValueError:
        raise InputError("is not valid JSON", where=where, hint="give a config.json from a model repository") from None
    if not isinstance(config, dict):
        raise InputError("holds no JSON object", where=where, hint="give a config.json from a model repository")
    config = {**config, **config.get("text_config", {})}
    return _llm(config, where)


def _llm(config: dict[str, Any], where: str) -> Llm:
    def size(name: str, default: int | None = None) -> int:
        value = config.get(name)
        if value is None:
            if default is None:
                raise InputError(f"the key '{name}' is missing", where=where, hint="it is needed to count the work of a layer")
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
            raise InputError(f"{name}: expected a count, found {value!r}", where=where, hint="write a whole number")
        return value

    layers, hidden, heads = size("num_hidden_layers"), size("hidden_size"), size("num_attention_heads")
    if min(layers, hidden, heads) < 1:
        raise InputError("layers, hidden size and heads must be at least 1", where=where, hint="check the file")
    experts = next((size(name) for name in _EXPERTS if config.get(name)), 0)
    latent = bool(config.get("kv_lora_rank"))
    kinds = config.get("layer_types") or []
    _check_kinds(config, kinds, where)
    linear = sum(kind == "linear_attention" for kind in kinds)
    sliding = sum(kind == "sliding_attention" for kind in kinds)
    name = str(config.get("_name_or_path") or Path(where).stem)
    expert_width = size("moe_intermediate_size", size("intermediate_size", 0)) if experts else 0
    return Llm(
        id=f"file:{where}",
        name=name,
        aliases=(),
        sources=(),
        attention="mla" if latent else "gqa",
        layers=layers,
        hidden=hidden,
        heads=heads,
        intermediate=size("intermediate_size", expert_width) if experts else size("intermediate_size"),
        vocabulary=size("vocab_size"),
        kv_heads=0 if latent else size("num_key_value_heads", heads),
        head_dim=0 if latent else size("head_dim", hidden // heads),
        q_lora_rank=size("q_lora_rank") if latent else 0,
        kv_lora_rank=size("kv_lora_rank", 0),
        qk_nope_head_dim=size("qk_nope_head_dim") if latent else 0,
        qk_rope_head_dim=size("qk_rope_head_dim") if latent else 0,
        v_head_dim=size("v_head_dim") if latent else 0,
        experts=experts,
        experts_per_token=size("num_experts_per_tok") if experts else 0,
        shared_experts=size("n_shared_experts", 1 if config.get("shared_expert_intermediate_size") else 0) if experts else 0,
        expert_intermediate=expert_width,
        dense_layers=size("first_k_dense_replace", 0) if experts else 0,
        window_layers=sliding,
        window=size("sliding_window") if sliding else 0,
        linear_layers=linear,
        linear_key_heads=size("linear_num_key_heads") if linear else 0,
        linear_value_heads=size("linear_num_value_heads") if linear else 0,
        linear_key_dim=size("linear_key_head_dim") if linear else 0,
        linear_value_dim=size("linear_value_head_dim") if linear else 0,
        index_heads=size("index_n_heads", 0),
        index_head_dim=size("index_head_dim", 0),
        index_topk=size("index_topk", 0),
        output_gate=bool(config.get("attn_output_gate", False)),
        tied_embedding=bool(config.get("tie_word_embeddings", False)),
        mtp_layers=size("num_nextn_predict_layers", 0),
        weight_type=_weight_type(config, where),
    )


def _check_kinds(config: dict[str, Any], kinds: list[Any], where: str) -> None:
    """Raise InputError for kinds of layers whose work is not counted."""
    for kind in kinds:
        if kind not in _KINDS:
            raise InputError(
                f"layer_types: the work of '{kind}' is not counted", where=where, hint=f"known kinds: {', '.join(sorted(_KINDS))}"
            )
    for word, meaning in _UNCOUNTED:
        for key, value in config.items():
            plain = isinstance(value, list) and all(item == 1 for item in value)
            if word in key.casefold() and not plain and value not in (None, False, 0, {}):
                said = f"{key}: the work of {meaning} is not counted"
                raise InputError(said, where=where, hint="give a model with attention only")


def _weight_type(config: dict[str, Any], where: str) -> str:
    """Return the type of the stored weights by `quantization_config`, empty without one; InputError for an unknown one."""
    stated = config.get("quantization_config")
    if not stated:
        return ""
    if not isinstance(stated, dict):
        raise InputError("quantization_config is no JSON object", where=where, hint="check the file")
    method = str(stated.get("quant_algo") or stated.get("quant_method") or "").casefold()
    bits = stated.get("bits") or _first_bits(stated)
    if stated.get("load_in_4bit"):
        return "int4"
    if method in {"fp8", "mxfp4", "nvfp4"}:
        return _STORED[method]
    if bits in (4, 8):
        floating = "float" in json.dumps(stated).casefold()
        return {(4, True): "fp4", (4, False): "int4", (8, True): "fp8", (8, False): "int8"}[(int(bits), floating)]
    if method in _STORED:
        return _STORED[method]
    raise InputError(
        f"quantization_config: the type of weights in '{method or stated}' is not known",
        where=where,
        hint="state --precision and take the key out, or name bits and quant_method",
    )


def _first_bits(stated: dict[str, Any]) -> int | None:
    """Return the bits of the weights in the first group of a compressed-tensors configuration."""
    groups = stated.get("config_groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        weights = group.get("weights") if isinstance(group, dict) else None
        if isinstance(weights, dict) and isinstance(weights.get("num_bits"), int):
            return int(weights["num_bits"])
    return None

"""What a chip can run: types of weights it multiplies, types it can only store, and types it cannot take at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from countermove.hardware.chip import Chip
from countermove.hardware.llm import Llm
from countermove.hardware.serving.rows import Request

#: Weights in a type without units of its own are widened before the product; engines do so where such kernels are published:
#: 4 bits everywhere, 8-bit floating point on NVIDIA chips before Hopper (Marlin kernels of vLLM).
_STORED_ANYWHERE: Final = frozenset({"fp4", "int4"})
_WIDENED_FP8: Final = frozenset({"nvidia"})

_WIDER: Final = {"fp4": ("fp8", "bf16"), "int4": ("int8", "bf16"), "fp8": ("bf16",), "int8": ("bf16",)}

_UNITS: Final = {"bf16": "bf16", "fp16": "bf16", "fp8": "fp8", "int8": "int8", "fp4": "fp4", "int4": "int8"}


def precision_reason(chip: Chip, precision: str) -> str | None:
    """Return why ``chip`` cannot run weights of a type, None where it can."""
    if has_units(chip, precision) or precision in _STORED_ANYWHERE or precision in {"bf16", "fp16"}:
        return None
    if precision == "fp8" and chip.vendor in _WIDENED_FP8:
        return None
    known = ", ".join(name for name in ("fp8", "int8", "bf16") if name in chip.peaks)
    return f"precision: {chip.id} has no {precision} units; it has {known}"


def has_units(chip: Chip, precision: str) -> bool:
    """Return whether the chip multiplies weights of this type as they are."""
    return _UNITS[precision] in chip.peaks


def stored_only(chip: Chip, precision: str) -> str | None:
    """Return the words for weights that are stored in a type the chip does not multiply; None where it does."""
    if has_units(chip, precision) and precision != "int4":
        return None
    wide = "8 bits" if precision == "int4" and chip.eight_bit_tops else "16 bits"
    return f"{chip.id} has no {precision} units: weights are stored in {precision} and multiplied in {wide}"


def wider(request: Request) -> Request:
    """Return an ordinary deployment with the next wider weights that its chip multiplies; the request itself where none are.

    Benchmark recipes stay as they were measured.
    """
    for precision in _WIDER.get(request.precision, ()) if request.ordinary else ():
        if has_units(request.chip, precision):
            return replace(request, precision=precision)
    return request


def draft_words(model: Llm, drafts: int) -> str | None:
    """Return the words for drafting on a model without draft heads; None where it has them or nothing is drafted."""
    if not drafts or model.mtp_layers:
        return None
    return f"{model.name} states no draft heads: {drafts} draft tokens of a separate model, whose time is not counted"

"""Published arithmetic on systems, from the hardware catalogue: compute of a system and power per unit of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.errors import DataError
from countermove.reproductions.entry import Hardware

if TYPE_CHECKING:
    from countermove.hardware.catalogue import Catalogue

PEAK = "bf16"
"""The published comparison counts dense 16-bit operations."""


def quantity(way: Hardware) -> float:
    """Return a system's dense 16-bit compute in PFLOPS, or its power per FLOP over that of another system.

    ``compute = accelerators x peak / 1000``; ``ratio = (power / compute) / (power' / compute')``. `way.peak` names the source
    whose statement of the peak is taken, where the catalogue holds several; without it the one in use is taken.
    """
    from countermove.hardware.catalogue import load_catalogue

    catalogue = load_catalogue()
    own = _compute(catalogue, way.system, way.peak)
    if way.quantity == "compute_pflops":
        return own
    if way.than is None:
        raise DataError("power per FLOP is a ratio to another system", where=way.system, hint="add than: a system")
    other = _compute(catalogue, way.than, None)
    return _number(catalogue, way.system, "power") / own / (_number(catalogue, way.than, "power") / other)


def _compute(catalogue: Catalogue, name: str, source: str | None) -> float:
    """Return the dense 16-bit compute of a system, PFLOPS."""
    chip = catalogue.chip(catalogue.system(name).chip)
    stated = chip.values[PEAK]
    every = (stated.used, *stated.competing)
    chosen = stated.used if source is None else next((one for one in every if source in one.sources), None)
    if chosen is None or not isinstance(chosen.value, float):
        raise DataError(f"{source or 'nobody'} states no {PEAK} peak of {chip.name}", where=name, hint="name one that does")
    return _number(catalogue, name, "count") * chosen.value / 1000.0


def _number(catalogue: Catalogue, name: str, field: str) -> float:
    value = catalogue.system(name).values[field].number
    if value is None:
        raise DataError(f"the {field} is not known", where=name, hint="choose another system")
    return value

"""Memory as engines find it: what the driver reports, in bytes, rather than the gigabytes that datasheets print.

`performance` (and so the simulation) keeps the printed figure, `Chip.memory_gb`; the serving model divides this one.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top
from countermove.evidence.strict_yaml import load
from countermove.hardware.chip import Chip
from countermove.hardware.fields import MEMORY_FIELDS
from countermove.hardware.values import Value, read_values

FILE: Final = "memory.yaml"
MIB: Final = 2.0**20
GIB: Final = 2.0**30


def reported_bytes(chip: Chip) -> float:
    """Return the bytes that the driver of ``chip`` reports; 0 where the memory is unknown.

    The stated figure of ``data/hardware/memory.yaml``, else the printed gigabytes read as 2^30 bytes, less the share that
    drivers keep.
    """
    stated, share = _figures()
    if chip.id in stated:
        return stated[chip.id] * MIB
    return (chip.memory_gb or 0.0) * GIB * share


@cache
def _figures() -> tuple[dict[str, float], float]:
    document = load(DATA / "hardware" / FILE)
    check_top(document, ("rule", "reported"))
    rule = read_values(document, ("rule",), {"share": MEMORY_FIELDS["share"]}, ())
    names = document.mapping("reported")
    found: dict[str, Value] = read_values(document, ("reported",), dict.fromkeys(names, MEMORY_FIELDS["reported"]), ())
    return {name: float(value.number or 0.0) for name, value in found.items()}, float(rule["share"].number or 0.0)

"""The rival readings of a refusal, one per type: what tips it, or other causes.

A type's reading is the part of its index that stands out most above the median type's; where other causes are at work and its own
most likely reply is to admit, it is other causes. Protection and scarcity go together where the draw is short as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.refusal.replies import PARTS, Index

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

READINGS = {
    "capability": "Capability: little is forgone by refusing, because cover or parity is high",
    "protection-and-scarcity": "Protection with scarcity: domestic sales are guarded although chips are short",
    "protection-without-scarcity": "Protection without scarcity: domestic sales are guarded and chips suffice",
    "bargaining": "Bargaining: holding out for a better offer",
    "distrust": "Distrust: fear of a cut-off or of back doors",
    "other-causes": "Other causes: deliveries fail for reasons outside Beijing",
}


def readings(found: Index, other_causes: Flags, replies: Floats, scarcity: Floats) -> dict[str, Flags]:
    """Return reading -> whether it is the draw's, (draw,); exactly one holds for each draw."""
    parts = np.stack([found.parts[name][2] - np.median(found.parts[name][2]) for name in PARTS])
    largest = parts.argmax(axis=0)
    elsewhere = other_causes & (replies.argmax(axis=0) != 0)
    short = scarcity >= np.median(scarcity)
    by_part: Mapping[str, Flags] = {name: (largest == k) & ~elsewhere for k, name in enumerate(PARTS)}
    return {
        "capability": by_part["capability"],
        "protection-and-scarcity": by_part["protection"] & short,
        "protection-without-scarcity": by_part["protection"] & ~short,
        "bargaining": by_part["bargaining"],
        "distrust": by_part["distrust"],
        "other-causes": elsewhere,
    }

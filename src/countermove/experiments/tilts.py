"""Tilts: how a first fit leans on the priors without leaving them.

A tilted parameter keeps its prior's quantile function; only its uniforms move: ``u' = Phi(shift + scale Phi^-1(u))``.
A shift of one moves the median to the prior's 84% point, a scale below one narrows it. Shift 0 and scale 1 is the prior.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load

Floats = NDArray[np.float64]
FIRST_FIT = DATA / "ensembles" / "first-fit.yaml"


@dataclass(frozen=True)
class Tilt:
    """Shift in standard normal units and scale in (0, 1]."""

    shift: float
    scale: float

    def apply(self, uniform: Floats) -> Floats:
        """Return the tilted uniforms, inside (0, 1)."""
        from scipy.special import ndtr, ndtri

        moved: Floats = np.clip(ndtr(self.shift + self.scale * ndtri(uniform)), 1e-12, 1.0 - 1e-12)
        return moved


@cache
def load_tilts(path: Path = FIRST_FIT) -> Mapping[str, Tilt]:
    """Parameter path -> tilt, from the recorded first fit; empty where none is recorded. DataError for a broken file."""
    if not path.exists():
        return {}
    document = load(path)
    tilts: dict[str, Tilt] = {}
    rows: Mapping[str, Any] = document.data["tilts"]
    for name, row in rows.items():
        shift, scale = float(row["shift"]), float(row["scale"])
        if not (abs(shift) <= 4.0 and 0.0 < scale <= 1.0):
            raise DataError(
                f"tilt {shift:g}, {scale:g}", where=document.where("tilts", name), hint="|shift| <= 4, 0 < scale <= 1"
            )
        tilts[name] = Tilt(shift, scale)
    return tilts

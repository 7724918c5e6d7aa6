"""What a run of the market needs, after compilation: plain arrays only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.market.state import State

Floats = NDArray[np.float64]


class Bundle(dict[str, Any]):
    """Arrays by attribute: ``p.price_elasticity``. A dict underneath, so that both engines can carry it."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True)
class MarketInputs:
    """Compiled inputs of one block of draws.

    parameters: (draw,) each, or a scalar where all draws agree. constants: no month axis. monthly: the month axis
    first. initial: the stocks at the end of 2021.
    """

    parameters: Mapping[str, Floats]
    constants: Mapping[str, Floats]
    monthly: Mapping[str, Floats]
    initial: State
    draws: int

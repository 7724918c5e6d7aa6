"""Beijing's reply, type by type: the index of refusing, and the chance of each reply at a precision.

index(a) = w (loss(a) + b lock-in(a)) + r cut-off(a) + g (value of the better offer) 1{a admits} - k scarcity relief(a), the
index of refusing over reply a (protection value + avoided lock-in + expected better offer - shortage relief forgone).
Replies are logit in minus the index (McKelvey & Palfrey 1995): P(a) = exp(-lambda index(a)) / sum, index(refuse) = 0. The
index is divided by its standard deviation over draws at the full offer, so that lambda has the same meaning whatever the stakes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.quantal import softmax
from countermove.strategy.refusal.types import Stakes, Types

Floats = NDArray[np.float64]

PARTS = ("capability", "protection", "bargaining", "distrust")
"""The parts of the index; capability is the shortage relief forgone, which counts against refusing."""


@dataclass(frozen=True)
class Index:
    """The index of refusing over each reply, by part.

    Part -> (reply, draw), in standard deviations; `unit` is one in billion USD.
    """

    parts: Mapping[str, Floats]
    unit: float

    @property
    def total(self) -> Floats:
        """Return the index (reply, draw); the first reply, refusing, is 0."""
        found: Floats = np.sum([self.parts[name] for name in PARTS], axis=0)
        return found


def index(types: Types, stakes: Stakes, offer: int, *, unit: float | None = None, better: Floats | None = None) -> Index:
    """Return the index at one date and offer.

    `better` (draw,) overrides the reduced form's value of holding out, in billion USD.
    """
    motives = types.motives
    holding_out = motives["bargaining"] * better_offer_value(types) if better is None else better
    admits = np.array([0.0, 1.0, 1.0])[:, None]
    parts = {
        "capability": -motives["relief"] * stakes.scarcity * stakes.relief[offer],
        "protection": motives["protection"] * (stakes.loss[offer] + motives["displacement"] * stakes.lock_in[offer]),
        "bargaining": holding_out * admits,
        "distrust": motives["distrust"] * types.cut_off * stakes.lock_in[offer],
    }
    scale = unit if unit is not None else max(float(np.sum(list(parts.values()), axis=0)[2].std()), 1e-9)
    return Index({name: values / scale for name, values in parts.items()}, scale)


def better_offer_value(types: Types) -> Floats:
    """Return what the better offer, fully admitted, would bring over this one, (draw,) billion USD, at least 0."""
    scarce, motives = types.now.scarcity, types.motives
    gain = motives["relief"] * scarce * (types.now.relief[types.better, 2] - types.now.relief[types.offer, 2])
    more_lost = types.now.loss[types.better, 2] - types.now.loss[types.offer, 2]
    more_bought = types.now.lock_in[types.better, 2] - types.now.lock_in[types.offer, 2]
    gain = gain - motives["protection"] * (more_lost + motives["displacement"] * more_bought)
    found: Floats = np.maximum(gain, 0.0)
    return found


def chances(found: Index, precision: float | Floats) -> Floats:
    """Return the chance of each reply, (reply, draw)."""
    return softmax(-np.asarray(precision) * found.total, axis=0)

"""The short game: Washington offers, Beijing replies, Washington updates and offers again, Beijing replies again.

An agent quantal response equilibrium (McKelvey & Palfrey 1998): every reply of every type and every next offer is logit in
its expected value, given what all others do; beliefs about types follow Bayes' rule, which is always defined because every
reply has a positive chance. What holding out brings is then no parameter but the next offer that Washington would make to a
side that refused, over the one it would make to a side that admitted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.payoffs import score
from countermove.strategy.profiles import Profile
from countermove.strategy.quantal import softmax
from countermove.strategy.refusal.replies import Index, index
from countermove.strategy.refusal.setting import REPLIES
from countermove.strategy.refusal.types import Types

Floats = NDArray[np.float64]

ROUNDS = 2000
TOLERANCE = 1e-9
DAMPING = 0.5


@dataclass(frozen=True)
class ShortGame:
    """The equilibrium. `replies`: (reply, draw) to the first offer; `next_offer`.

    Reply -> offer -> chance; `held_out`: (draw,).
    """

    replies: Floats
    next_offer: Mapping[str, Mapping[str, float]]
    held_out: Floats
    """What refusing, rather than admitting, is expected to add through the next offer, in standard deviations of the index."""
    residual: float
    converged: bool
    index: Index
    parts_mean: Mapping[str, float]


def short_game(types: Types, washington: Profile, *, precision: float, prior: Floats, patience: float = 0.9) -> ShortGame:
    """Solve the short game by damped iteration; `patience` is the weight of the second round.

    Returns the point reached with its residual, `converged` False where it stays above the tolerance.
    """
    first = index(types, types.now, types.offer, better=np.zeros(types.draws))
    # Second round: what each type gains from each offer and reply, less the index, in the same unit: (offer, reply, draw).
    gains = np.stack([-_offer_index(types, offer, first.unit) for offer in range(len(types.offers))])
    second = softmax(precision * gains, axis=1)
    worth = np.einsum("oad,oad->od", second, gains)
    us = score(types.cells, washington, discount=0.05)[0][:, : len(REPLIES)]
    offered = np.einsum("oad,oad->od", second, us)
    stake = types.motives["bargaining"] / types.motives["bargaining"].mean()
    replies = np.full((len(REPLIES), types.draws), 1.0 / len(REPLIES))
    residual = np.inf
    for _ in range(ROUNDS):
        weights = replies * prior
        belief = weights / weights.sum(axis=1, keepdims=True)
        offers = softmax(precision * (belief @ offered.T), axis=1)
        future = patience * stake * (offers @ worth)
        updated = softmax(precision * (future - first.total), axis=0)
        residual = float(np.abs(updated - replies).max())
        if residual < TOLERANCE:
            break
        replies = DAMPING * replies + (1 - DAMPING) * updated
    chance = {reply: {name: float(p) for name, p in zip(types.offers, offers[k], strict=True)} for k, reply in enumerate(REPLIES)}
    held_out = future[0] - future[2]
    parts = {name: float((prior * values[2]).sum()) for name, values in first.parts.items()}
    return ShortGame(replies, chance, held_out, residual, residual < 1e-6, first, parts)


def _offer_index(types: Types, offer: int, unit: float) -> Floats:
    """Return the index of refusing over each reply at an offer, (reply, draw), without what holding out brings."""
    return index(types, types.now, offer, unit=unit, better=np.zeros(types.draws)).total

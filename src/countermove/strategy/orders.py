"""Three orders of move: Washington first, both at once, Beijing first; and what it is worth to commit.

The leader announces and is believed (von Stackelberg 1934); the follower replies. Where the follower is indifferent the
leader's value is a range: its ties broken against the leader (weak) and for it (strong). A leader may also commit to a
mixture; the best one solves one linear program per reply (Conitzer & Sandholm 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.equilibria import Equilibrium
from countermove.strategy.normal_form import NormalForm, Side

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Commitment:
    """What a leader does, what the follower replies, and both values. `leader_value` is (ties against, ties for) the leader."""

    side: Side
    strategy: int
    replies: tuple[int, ...]
    leader_value: tuple[float, float]
    follower_value: float
    mixed_strategy: Floats
    mixed_reply: int
    mixed_value: float


@dataclass(frozen=True)
class Orders:
    """The three orders and the value of commitment, (lowest, highest) over the equilibria found; empty where none was found."""

    first: dict[Side, Commitment]
    value_of_commitment: dict[Side, tuple[float, float] | None]


def orders(game: NormalForm, found: Sequence[Equilibrium]) -> Orders:
    """Return the play under each order; the value of commitment compares the leader's value with every equilibrium found."""
    first: dict[Side, Commitment] = {"row": commitment(game, "row"), "column": commitment(game, "column")}
    gains: dict[Side, tuple[float, float] | None] = {}
    for side in ("row", "column"):
        payoffs = game.row_payoffs if side == "row" else game.column_payoffs
        values = [float(e.row @ payoffs @ e.column) for e in found]
        low, high = first[side].leader_value
        gains[side] = (low - max(values), high - min(values)) if values else None
    return Orders(first, gains)


def commitment(game: NormalForm, side: Side) -> Commitment:
    """Return the leader's best pure and mixed commitments."""
    own = game.for_side(side)
    other = game.for_side("column" if side == "row" else "row").T
    replies = game.best_replies("column" if side == "row" else "row")
    against = [min(own[i, j] for j in replies[i]) for i in range(len(own))]
    in_favour = [max(own[i, j] for j in replies[i]) for i in range(len(own))]
    best = int(np.argmax(against))
    mixture, reply, value = mixed_commitment(own, other)
    return Commitment(
        side,
        best,
        tuple(replies[best]),
        (float(against[best]), float(max(in_favour))),
        float(other[best, replies[best][0]]),
        mixture,
        reply,
        value,
    )


def mixed_commitment(own: Floats, other: Floats) -> tuple[Floats, int, float]:
    """Return the leader's best mixture, the reply it induces (ties for the leader) and its value; both (leader, follower)."""
    from scipy.optimize import linprog

    count, replies = own.shape
    best: tuple[Floats, int, float] | None = None
    for reply in range(replies):
        gaps = (other - other[:, [reply]]).T
        result = linprog(
            -own[:, reply],
            A_ub=gaps,
            b_ub=np.zeros(replies),
            A_eq=[np.ones(count)],
            b_eq=[1.0],
            bounds=[(0, 1)] * count,
            method="highs",
        )
        if result.success and (best is None or -result.fun > best[2]):
            best = (np.clip(result.x, 0.0, 1.0), reply, float(-result.fun))
    if best is None:  # cannot happen: every pure strategy of the leader has a best reply
        raise RuntimeError("no reply can be induced")
    return best

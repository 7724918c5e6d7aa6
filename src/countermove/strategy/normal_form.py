"""A game in normal form with two players: best replies, dominance, pure equilibria, regret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

Floats = NDArray[np.float64]
Side = Literal["row", "column"]

TIE = 1e-9
"""Payoffs closer than this count as equal."""


@dataclass(frozen=True)
class NormalForm:
    """Payoffs `row_payoffs` and `column_payoffs`, both (row, column), all finite.

    Raises InputError for an empty strategy set, shapes that do not fit the names, and payoffs that are not finite.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_payoffs: Floats
    column_payoffs: Floats

    def __post_init__(self) -> None:
        shape = (len(self.rows), len(self.columns))
        for side, names, values in (("row", self.rows, self.row_payoffs), ("column", self.columns, self.column_payoffs)):
            if not names:
                raise InputError(f"the {side} player has no strategies", where="game", hint="give each side at least one")
            if np.shape(values) != shape:
                raise InputError(
                    f"{side} payoffs of shape {np.shape(values)} for {shape} pairs", where="game", hint="one per pair"
                )
            bad = np.argwhere(~np.isfinite(values))
            if len(bad):
                i, j = (int(k) for k in bad[0])
                raise InputError(
                    f"the payoff of the {side} player at {self.rows[i]} / {self.columns[j]} is {values[i, j]}",
                    where="game",
                    hint="payoffs must be finite numbers",
                )

    def for_side(self, side: Side) -> Floats:
        """Return (own strategy, other's strategy) payoffs of a side."""
        return self.row_payoffs if side == "row" else self.column_payoffs.T

    def names(self, side: Side) -> tuple[str, ...]:
        """Return the strategies of a side."""
        return self.rows if side == "row" else self.columns

    def best_replies(self, side: Side) -> list[list[int]]:
        """Return, per strategy of the other side, the best replies of this one, ties included."""
        own = self.for_side(side)
        best = own.max(axis=0)
        return [[int(i) for i in np.nonzero(own[:, j] >= best[j] - TIE)[0]] for j in range(own.shape[1])]

    def pure_equilibria(self) -> list[tuple[int, int]]:
        """Return every pair in which both strategies are best replies (Nash 1950)."""
        best = (self.row_payoffs >= self.row_payoffs.max(axis=0) - TIE) & (
            self.column_payoffs >= self.column_payoffs.max(axis=1, keepdims=True) - TIE
        )
        return [(int(i), int(j)) for i, j in np.argwhere(best)]

    def regret(self, row: Floats, column: Floats) -> tuple[float, float]:
        """Return what each side could gain by deviating from a profile of mixtures: max_i (A y)_i - x A y, and likewise."""
        reply_row, reply_column = self.row_payoffs @ column, row @ self.column_payoffs
        return float(reply_row.max() - row @ reply_row), float(reply_column.max() - reply_column @ column)

    def regrets(self) -> tuple[Floats, Floats]:
        """Return both sides' regret at every pure pair, (row, column)."""
        return (
            self.row_payoffs.max(axis=0) - self.row_payoffs,
            self.column_payoffs.max(axis=1, keepdims=True) - self.column_payoffs,
        )

    def restricted(self, rows: Sequence[int], columns: Sequence[int]) -> NormalForm:
        """Return the game in which only some strategies are left."""
        chosen = np.ix_(list(rows), list(columns))
        return NormalForm(
            tuple(self.rows[i] for i in rows),
            tuple(self.columns[j] for j in columns),
            self.row_payoffs[chosen],
            self.column_payoffs[chosen],
        )


@dataclass(frozen=True)
class Elimination:
    """One strategy removed by iterated strict dominance: in which round, and by which mixture of the others."""

    side: Side
    strategy: str
    round: int
    by: dict[str, float]


def dominated(game: NormalForm) -> tuple[list[Elimination], NormalForm]:
    """Return the strategies removed by iterated strict dominance, by pure or mixed strategies, and the game that is left.

    The order of removal does not matter for strict dominance (Gilboa, Kalai & Zemel 1990); each round removes all at once.
    """
    rows, columns = list(range(len(game.rows))), list(range(len(game.columns)))
    removed: list[Elimination] = []
    for number in range(1, len(rows) + len(columns) + 1):
        left = game.restricted(rows, columns)
        found = [*_dominated_now(left, "row", number), *_dominated_now(left, "column", number)]
        if not found:
            break
        removed += found
        gone = {(elimination.side, elimination.strategy) for elimination in found}
        rows = [i for i in rows if ("row", game.rows[i]) not in gone]
        columns = [j for j in columns if ("column", game.columns[j]) not in gone]
    return removed, game.restricted(rows, columns)


def _dominated_now(game: NormalForm, side: Side, number: int) -> list[Elimination]:
    own, names = game.for_side(side), game.names(side)
    found = []
    for i, name in enumerate(names):
        by = _dominator(own, i)
        if by is not None:
            found.append(Elimination(side, name, number, {names[k]: float(p) for k, p in enumerate(by) if p > 1e-6}))
    return found


def _dominator(own: Floats, strategy: int) -> Floats | None:
    """Return a mixture that is better than a strategy against everything, None where there is none.

    A pure one is looked for first; else the linear program max e: sum_k p_k u_k(j) >= u_i(j) + e for all j.
    """
    count, others = own.shape
    better = (own > own[strategy] + TIE).all(axis=1)
    if better.any():
        pure = np.zeros(count)
        pure[int(np.argmax(better))] = 1.0
        return pure
    if count < 3:
        return None
    # A strategy that is a best reply to something cannot be dominated: most need no linear program.
    if (own[strategy] >= own.max(axis=0) - TIE).any():
        return None
    from scipy.optimize import linprog

    constraints = np.column_stack([-own.T, np.ones(others)])
    result = linprog(
        np.r_[np.zeros(count), -1.0],
        A_ub=constraints,
        b_ub=-own[strategy],
        A_eq=[np.r_[np.ones(count), 0.0]],
        b_eq=[1.0],
        bounds=[(0, 1)] * count + [(None, None)],
        method="highs",
    )
    if not result.success or -result.fun <= TIE:
        return None
    mixture: Floats = np.clip(result.x[:count], 0.0, 1.0)
    return mixture

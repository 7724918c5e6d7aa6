"""Mixed equilibria of a two-player game.

Support enumeration where it is small, Lemke-Howson elsewhere; regret always recomputed.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.normal_form import NormalForm, dominated

Floats = NDArray[np.float64]

REGRET_TOLERANCE = 1e-7
"""Largest regret, relative to the payoffs' range, of anything reported as an equilibrium."""
SUPPORT_CAP = 200_000
"""Most pairs of supports that are tried; larger games are solved by Lemke-Howson from several labels."""
PIVOT_CAP = 20_000
LABEL_CAP = 40
"""Most labels that Lemke-Howson starts from; in a large game each further one mostly finds what is known."""


@dataclass(frozen=True)
class Equilibrium:
    """A pair of mixtures with its recomputed regret and the solver that found it. `row` (row,), `column` (column,)."""

    row: Floats
    column: Floats
    regret: float
    solver: str

    @property
    def pure(self) -> tuple[int, int] | None:
        """The pair of strategies played, None where either side mixes."""
        if self.row.max() > 1 - 1e-9 and self.column.max() > 1 - 1e-9:
            return int(self.row.argmax()), int(self.column.argmax())
        return None


@dataclass(frozen=True)
class Solution:
    """All equilibria found, and whether the search was exhaustive for games without ties."""

    equilibria: tuple[Equilibrium, ...]
    exhaustive: bool
    note: str


def equilibria(game: NormalForm, *, support_cap: int = SUPPORT_CAP) -> Solution:
    """Return pure and mixed equilibria of a game, every one regret-checked, pure ones first.

    Strictly dominated strategies are removed first, which loses no equilibrium. Small games are searched over all pairs of
    supports of equal size (Porter, Nudelman & Shoham 2008), which finds every equilibrium of a nondegenerate game; larger
    ones by Lemke & Howson (1964) from several labels, which finds at least one.
    """
    removed, small = dominated(game)
    rows, columns = [game.rows.index(r) for r in small.rows], [game.columns.index(c) for c in small.columns]
    found = [_pure(game, i, j) for i, j in game.pure_equilibria()]
    pairs = sum(math.comb(len(rows), k) * math.comb(len(columns), k) for k in range(1, min(len(rows), len(columns)) + 1))
    exhaustive = pairs <= support_cap
    raw = support_enumeration(small) if exhaustive else lemke_howson_all(small)
    solver = "support enumeration" if exhaustive else "Lemke-Howson"
    for x, y in raw:
        row, column = np.zeros(len(game.rows)), np.zeros(len(game.columns))
        row[rows], column[columns] = x, y
        candidate = checked(game, row, column, solver)
        if candidate is not None and not any(_same(candidate, other) for other in found):
            found.append(candidate)
    note = f"{pairs:,} pairs of supports tried" if exhaustive else "too many pairs of supports; Lemke-Howson from several labels"
    if removed:
        note += f", after removing {len(removed)} dominated strategies"
    return Solution(tuple(found), exhaustive, note)


def checked(game: NormalForm, row: Floats, column: Floats, solver: str) -> Equilibrium | None:
    """Return the profile with its regret where that is within tolerance of zero, else None."""
    regret = max(game.regret(row, column))
    span = max(np.ptp(game.row_payoffs), np.ptp(game.column_payoffs), 1e-12)
    return Equilibrium(row, column, regret, solver) if regret <= REGRET_TOLERANCE * span else None


def support_enumeration(game: NormalForm) -> list[tuple[Floats, Floats]]:
    """Return the profiles in which both sides are indifferent over supports of equal size and gain nothing outside them."""
    A, B = game.row_payoffs, game.column_payoffs
    found = []
    for size in range(1, min(A.shape) + 1):
        for rows in itertools.combinations(range(A.shape[0]), size):
            for columns in itertools.combinations(range(A.shape[1]), size):
                y = _indifferent(A[np.ix_(rows, columns)])
                if y is None:
                    continue
                x = _indifferent(B[np.ix_(rows, columns)].T)
                if x is None:
                    continue
                row, column = np.zeros(A.shape[0]), np.zeros(A.shape[1])
                row[list(rows)], column[list(columns)] = x, y
                found.append((row, column))
    return found


def _indifferent(payoffs: Floats) -> Floats | None:
    """Return the other side's mixture that makes all own strategies equally good: M y = v 1, sum y = 1; None if not positive."""
    size = len(payoffs)
    if size == 1:
        return np.ones(1)
    system = np.zeros((size + 1, size + 1))
    system[:size, :size], system[:size, size], system[size, :size] = payoffs, -1.0, 1.0
    try:
        solution = np.linalg.solve(system, np.r_[np.zeros(size), 1.0])
    except np.linalg.LinAlgError:
        return None
    mixture: Floats = np.asarray(solution[:size], dtype=float)
    if (
        not np.isfinite(mixture).all()
        or mixture.min() < 1e-10
        or np.abs(system @ solution - np.r_[np.zeros(size), 1.0]).max() > 1e-8
    ):
        return None
    shares: Floats = mixture / mixture.sum()
    return shares


def lemke_howson_all(game: NormalForm) -> list[tuple[Floats, Floats]]:
    """Return what Lemke-Howson finds from up to `LABEL_CAP` labels; paths that fail to end are left out."""
    found: list[tuple[Floats, Floats]] = []
    count = len(game.rows) + len(game.columns)
    for label in np.unique(np.linspace(0, count - 1, min(count, LABEL_CAP)).astype(int)):
        profile = lemke_howson(game, int(label))
        if profile is not None and not any(
            all(np.allclose(a, b, atol=1e-9) for a, b in zip(profile, other, strict=True)) for other in found
        ):
            found.append(profile)
    return found


def lemke_howson(game: NormalForm, label: int) -> tuple[Floats, Floats] | None:
    """Return one equilibrium by complementary pivoting from the artificial one, dropping `label` (Lemke & Howson 1964).

    Ties in the ratio test are broken lexicographically (von Stengel 2002), so that degenerate games do not cycle; None where
    the pivots exceed the cap or rounding breaks the path.
    """
    A, B = game.row_payoffs, game.column_payoffs
    m, n = A.shape
    # Payoffs made positive and of size one: equilibria are unchanged, rounding is not.
    A = (A - A.min()) / max(np.ptp(A), 1e-12) + 1.0
    B = (B - B.min()) / max(np.ptp(B), 1e-12) + 1.0
    # First tableau: rows s (row labels) of A y + s = 1; second: B' x + r = 1. Labels 0..m-1 rows, m..m+n-1 columns.
    tables = [np.hstack([np.eye(m), A, np.ones((m, 1))]), np.hstack([B.T, np.eye(n), np.ones((n, 1))])]
    bases = [list(range(m)), list(range(m, m + n))]
    entering = label
    side = 1 if label < m else 0
    for _ in range(PIVOT_CAP):
        left = _pivot(tables[side], bases[side], entering, slice(0, m) if side == 0 else slice(m, m + n))
        if left is None:
            return None
        if left == label:
            y = _weights(tables[0], bases[0], m, n)
            x = _weights(tables[1], bases[1], 0, m)
            if x.sum() <= 0 or y.sum() <= 0:
                return None
            return x / x.sum(), y / y.sum()
        entering, side = left, 1 - side
    return None


def _pivot(table: Floats, basis: list[int], entering: int, slack: slice) -> int | None:
    column = table[:, entering]
    candidates = np.nonzero(column > 1e-11)[0]
    if not len(candidates):
        return None
    for values in (table[:, -1], *table[:, slack].T):
        ratios = values[candidates] / column[candidates]
        candidates = candidates[ratios <= ratios.min() + 1e-12]
        if len(candidates) == 1:
            break
    row = int(candidates[0])
    table[row] /= table[row, entering]
    others = np.arange(len(table)) != row
    table[others] -= np.outer(table[others, entering], table[row])
    left, basis[row] = basis[row], entering
    return left


def _weights(table: Floats, basis: list[int], first: int, count: int) -> Floats:
    weights = np.zeros(count)
    for row, label in enumerate(basis):
        if first <= label < first + count:
            weights[label - first] = max(table[row, -1], 0.0)
    return weights


def zero_sum_value(payoffs: Floats) -> tuple[float, Floats, Floats]:
    """Return the value and both maximin mixtures of a zero-sum game, `payoffs` (row, column) to the row player.

    Two linear programs (von Neumann 1928).
    """
    from scipy.optimize import linprog

    def maximin(own: Floats) -> tuple[float, Floats]:
        count, others = own.shape
        result = linprog(
            np.r_[np.zeros(count), -1.0],
            A_ub=np.column_stack([-own.T, np.ones(others)]),
            b_ub=np.zeros(others),
            A_eq=[np.r_[np.ones(count), 0.0]],
            b_eq=[1.0],
            bounds=[(0, 1)] * count + [(None, None)],
            method="highs",
        )
        mixture = np.clip(result.x[:count], 0.0, None)
        return float(-result.fun), mixture / mixture.sum()

    value, row = maximin(payoffs)
    _, column = maximin(-payoffs.T)
    return value, row, column


def _pure(game: NormalForm, i: int, j: int) -> Equilibrium:
    row, column = np.eye(len(game.rows))[i], np.eye(len(game.columns))[j]
    return Equilibrium(row, column, max(0.0, *game.regret(row, column)), "pure search")


def _same(one: Equilibrium, other: Equilibrium) -> bool:
    return np.allclose(one.row, other.row, atol=1e-7) and np.allclose(one.column, other.column, atol=1e-7)

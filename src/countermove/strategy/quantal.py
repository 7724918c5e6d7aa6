"""Quantal response: logit equilibria along the precision lambda, followed by arc length so that turning points do no harm.

McKelvey & Palfrey (1995): p_i = exp(lambda u_i(q)) / sum_k exp(lambda u_k(q)) for both sides at once. Written in z = lambda
u with p = softmax(z): F(z, lambda) = (z_r - lambda A softmax(z_c), z_c - lambda B' softmax(z_r)) = 0, which starts at z = 0,
lambda = 0. Pseudo-arc-length continuation after Keller (1977) and Turocy (2005): lambda is an unknown like the others. It is
swept and never estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.strategy.normal_form import NormalForm

Floats = NDArray[np.float64]

TOLERANCE = 1e-10
"""Largest residual of a point, relative to 1 + the largest |z|."""
NEWTON_STEPS = 12
LEAST_STEP = 1e-9
MOST_STEPS = 20_000
MOST_CORRECTION = 0.1
"""Furthest that a corrector may move, in steps: beyond it the point may lie on another branch."""
LEAST_ALIGNMENT = 0.95
"""Least cosine between the directions of two neighbouring points."""
LAMBDAS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 50.0)


@dataclass(frozen=True)
class QuantalPoint:
    """One equilibrium of the path: `row` (row,), `column` (column,) probabilities, and its largest residual."""

    precision: float
    row: Floats
    column: Floats
    residual: float


@dataclass(frozen=True)
class QuantalPath:
    """The principal branch at the wanted precisions. `stopped` says where and why it ended early, None where it did not."""

    points: tuple[QuantalPoint, ...]
    stopped: str | None
    turning_points: int
    steps: int


def softmax(z: Floats, axis: int = -1) -> Floats:
    """Return exp(z) over its sum, computed from the largest down."""
    weights = np.exp(z - z.max(axis=axis, keepdims=True))
    found: Floats = weights / weights.sum(axis=axis, keepdims=True)
    return found


def logistic(z: Floats) -> Floats:
    """Return 1 / (1 + exp(-z)) without overflow."""
    found: Floats = 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z, dtype=float)))
    return found


def quantal_path(game: NormalForm, precisions: Sequence[float] = LAMBDAS) -> QuantalPath:
    """Follow the principal branch from lambda = 0 and return its points at the wanted precisions.

    Where the branch turns back, the points are those of its first passage. Raises InputError for precisions that are negative or
    not finite.
    """
    wanted = check_precisions(precisions)
    system = _System(game)
    x, tangent = np.zeros(system.size + 1), np.zeros(system.size + 1)
    tangent[-1] = 1.0
    points = [system.point(x)] if wanted and wanted[0] == 0.0 else []
    left = [precision for precision in wanted if precision > 0.0]
    step, steps, turns, rising = 0.05, 0, 0, True
    while left and steps < MOST_STEPS:
        steps += 1
        following, direction, used = system.step(x, tangent, step)
        if following is None or direction is None:
            step /= 2.0
            if step < LEAST_STEP:
                return QuantalPath(tuple(points), f"no further step converges beyond lambda = {x[-1]:.4g}", turns, steps)
            continue
        while left and following[-1] >= left[0]:
            point = system.at(left[0], x, following)
            if point is None:
                break
            points.append(point)
            left.pop(0)
        if left and following[-1] >= left[0]:
            step /= 2.0
            if step < LEAST_STEP:
                return QuantalPath(tuple(points), f"no point converges at lambda = {left[0]:.4g}", turns, steps)
            continue
        turns += int((direction[-1] > 0) != rising)
        rising = bool(direction[-1] > 0)
        x, tangent = following, direction
        step *= 1.6 if used <= 3 else 1.0 if used <= 6 else 0.6
    stopped = f"{MOST_STEPS:,} steps reached lambda = {x[-1]:.4g}" if left else None
    return QuantalPath(tuple(points), stopped, turns, steps)


def check_precisions(precisions: Sequence[float]) -> list[float]:
    """Return precisions in rising order without repeats; InputError for one that is negative or not finite, or for none."""
    if not len(precisions):
        raise InputError("no precision is given", where="lambda", hint="give numbers from 0, such as 0 1 5")
    for precision in precisions:
        if not (np.isfinite(precision) and precision >= 0):
            raise InputError(f"lambda is {precision}", where="lambda", hint="give finite numbers from 0, such as 0 1 5")
    return sorted(set(map(float, precisions)))


class _System:
    """F(z, lambda) with its Jacobian; payoffs are centred, which changes no reply and keeps z small."""

    def __init__(self, game: NormalForm) -> None:
        self.A = game.row_payoffs - game.row_payoffs.mean(axis=0)
        self.B = (game.column_payoffs - game.column_payoffs.mean(axis=1, keepdims=True)).T
        self.m, self.n = game.row_payoffs.shape
        self.size = self.m + self.n

    def value(self, x: Floats) -> tuple[Floats, Floats]:
        """Return F (size,) and its Jacobian (size, size + 1), the last column for lambda."""
        m, precision = self.m, x[-1]
        p, q = softmax(x[:m]), softmax(x[m:-1])
        u, v = self.A @ q, self.B @ p
        F = np.r_[x[:m] - precision * u, x[m:-1] - precision * v]
        J = np.zeros((self.size, self.size + 1))
        np.fill_diagonal(J, 1.0)
        # d softmax(z) / dz = diag(p) - p p'
        J[:m, m:-1] -= precision * (self.A * q - np.outer(u, q))
        J[m:, :m] -= precision * (self.B * p - np.outer(v, p))
        J[:, -1] = -np.r_[u, v]
        return F, J

    def step(self, x: Floats, tangent: Floats, step: float) -> tuple[Floats | None, Floats | None, int]:
        """Return the next point, its direction and the Newton steps used; None where it does not converge or jumps."""
        J = self.value(x)[1]
        direction = _direction(J, tangent)
        if direction is None:
            return None, None, 0
        start = x + step * direction
        found, used = self._newton(start, direction)
        if found is None or found[-1] < -1e-9:
            return None, None, used
        # A corrector that moves further than the step itself has landed on another branch.
        if np.linalg.norm(found - start) > MOST_CORRECTION * step:
            return None, None, used
        following = _direction(self.value(found)[1], direction)
        if following is None or following @ direction < LEAST_ALIGNMENT:
            return None, None, used
        return found, following, used

    def at(self, precision: float, before: Floats, after: Floats) -> QuantalPoint | None:
        """Return the point at one precision between two of the path, by Newton with lambda held."""
        share = (precision - before[-1]) / max(after[-1] - before[-1], 1e-300)
        start = before + share * (after - before)
        start[-1] = precision
        held = np.zeros(self.size + 1)
        held[-1] = 1.0
        found, _ = self._newton(start, held)
        return None if found is None else self.point(found)

    def point(self, x: Floats) -> QuantalPoint:
        """Return a solution as probabilities."""
        residual = float(np.abs(self.value(x)[0]).max()) / (1.0 + float(np.abs(x[:-1]).max()))
        return QuantalPoint(float(x[-1]), softmax(x[: self.m]), softmax(x[self.m : -1]), residual)

    def _newton(self, start: Floats, normal: Floats) -> tuple[Floats | None, int]:
        """Solve F = 0 in the plane through `start` across `normal`."""
        x = start.copy()
        for used in range(NEWTON_STEPS):
            F, J = self.value(x)
            if np.abs(F).max() <= TOLERANCE * (1.0 + np.abs(x[:-1]).max()):
                return x, used
            try:
                change = np.linalg.solve(np.vstack([J, normal]), np.r_[-F, normal @ (start - x)])
            except np.linalg.LinAlgError:
                return None, used
            if not np.isfinite(change).all():
                return None, used
            x = x + change
        return None, NEWTON_STEPS


def _direction(J: Floats, before: Floats) -> Floats | None:
    """Return the unit tangent of the path, J t = 0, on the same side as the one before."""
    try:
        tangent = np.linalg.solve(np.vstack([J, before]), np.r_[np.zeros(len(J)), 1.0])
    except np.linalg.LinAlgError:
        return None
    norm = float(np.linalg.norm(tangent))
    return tangent / norm if np.isfinite(norm) and norm > 0 else None

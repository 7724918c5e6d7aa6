"""How sure the game's answers are: in which share of draws, and of resampled games, a pair is stable.

A draw is one possible world, so the share of draws is uncertainty about the world; a bootstrap (Efron 1979) resamples draws,
so its share is Monte Carlo error of the mean game.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.normal_form import TIE

Floats = NDArray[np.float64]

RESAMPLES = 400


@dataclass(frozen=True)
class Noise:
    """Per pair of strategies, all (row, column).

    `survival`: share of draws in which the pair is an equilibrium. `resampled`: share of resampled mean games in which it is one.
    `regret`: the larger of both sides' regrets in the mean game; `regret_low`, `regret_high`: its 90% bootstrap interval.
    `none_survival`: share of draws without any pure equilibrium.
    """

    survival: Floats
    resampled: Floats
    regret: Floats
    regret_low: Floats
    regret_high: Floats
    none_survival: float


def stable(row: Floats, column: Floats) -> NDArray[np.bool_]:
    """Return where both payoffs are best replies; arrays (row, column, ...)."""
    found: NDArray[np.bool_] = (row >= row.max(axis=0, keepdims=True) - TIE) & (column >= column.max(axis=1, keepdims=True) - TIE)
    return found


def noise(row: Floats, column: Floats, *, seed: int, resamples: int = RESAMPLES) -> Noise:
    """Return survival and bootstrap of payoffs (row, column, draw)."""
    by_draw = stable(row, column)
    draws = row.shape[-1]
    generator = np.random.Generator(np.random.Philox(key=seed))
    shares = generator.multinomial(draws, np.full(draws, 1.0 / draws), size=resamples) / draws
    means = [values @ shares.T for values in (row, column)]
    regrets = worst_regret(means[0], means[1])
    low, high = np.quantile(regrets, [0.05, 0.95], axis=-1)
    return Noise(
        survival=by_draw.mean(axis=-1),
        resampled=stable(means[0], means[1]).mean(axis=-1),
        regret=worst_regret(row.mean(axis=-1), column.mean(axis=-1)),
        regret_low=low,
        regret_high=high,
        none_survival=float(1.0 - by_draw.any(axis=(0, 1)).mean()),
    )


def worst_regret(row: Floats, column: Floats) -> Floats:
    """Return the larger of both sides' regrets at each pure pair, (row, column, ...)."""
    found: Floats = np.maximum(row.max(axis=0, keepdims=True) - row, column.max(axis=1, keepdims=True) - column)
    return found

"""Which parameters an outcome moves with over the draws: Spearman's rank correlation (Spearman 1904).

The draws of the parameters are made again from the seed, which costs milliseconds; the model is not run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.ledger import load_parameters
from countermove.experiments.draws import sample
from countermove.experiments.overrides import apply_overrides
from countermove.experiments.result import Result
from countermove.reports.build.relations import KIND
from countermove.reports.model import Driver, OutcomeNote

STRONGEST = 8
FEWEST_DRAWS = 100  # below this many draws a rank correlation is mostly noise


def drivers(result: Result, names: Sequence[str], notes: Mapping[str, OutcomeNote], focus: str) -> dict[str, tuple[Driver, ...]]:
    """Outcome id -> its strongest parameters in the focus period; nothing for very few draws."""
    if result.draws < FEWEST_DRAWS:
        return {}
    assumed = apply_overrides(load_parameters(), result.scenario.overrides)
    values = sample(assumed.parameters, seed=result.seed, draws=result.draws, fixed=assumed.fixed)
    ranks = {name: ranked(values[name]) for name in assumed.parameters if np.ptp(values[name]) > 0}
    found = {}
    for name in names:
        outcome = result.outcomes[name].get("horizon" if notes[name].kind == "date" else focus)
        if outcome is not None and np.ptp(outcome) > 0:
            found[name] = _strongest(ranked(outcome), ranks)
    return found


def _strongest(outcome: NDArray[np.float64], ranks: Mapping[str, NDArray[np.float64]]) -> tuple[Driver, ...]:
    every = [Driver(KIND + name, float(np.mean(outcome * rank))) for name, rank in ranks.items()]
    return tuple(sorted(every, key=lambda d: -abs(d.correlation))[:STRONGEST])


def ranked(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks with ties averaged, shifted to mean 0 and scaled to variance 1; the mean of a product is then Spearman's rho."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    rank = (last - (counts - 1) / 2.0)[inverse].astype(np.float64)
    standard: NDArray[np.float64] = (rank - rank.mean()) / rank.std()
    return standard

"""Spearman's rank correlation (Spearman 1904) of a run's outcomes with what its draws were given.

Parameters are drawn by name from the seed, so those of a stored run are drawn again in milliseconds, as the run drew them: from
the calibrated ensemble where it leans on it. The model is not run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.data_tree import data_hash
from countermove.experiments.pipeline import Compiled, sampled
from countermove.experiments.result import Result

Floats = NDArray[np.float64]

FEWEST_DRAWS = 100  # below this many draws even strong correlations are mostly noise
NOISE = 4.0  # standard errors: of 100 outcomes with 160 parameters that do nothing each, about one shows one


def noise(draws: int) -> float:
    """Return the correlation below which a parameter is not told from one that does nothing."""
    return NOISE / math.sqrt(draws)


def why_not(result: Result) -> str:
    """Return why a run's parameters cannot be drawn again or would say nothing, an empty text when neither holds."""
    if result.data_hash != data_hash():
        return "the data have changed since the run, so its parameters cannot be drawn again"
    if result.draws < FEWEST_DRAWS:
        return f"{result.draws} draws are too few for rank correlations: run {FEWEST_DRAWS} or more"
    return ""


def drawn_again(result: Result, compiled: Compiled) -> Mapping[str, Floats]:
    """Return the parameters and gate streams of a run, `(draw,)` each; nothing where there is a reason not to (`why_not`)."""
    return {} if why_not(result) else sampled(compiled, seed=result.seed, draws=result.draws)


def ranked(values: Floats) -> Floats:
    """Ranks with ties averaged, shifted to mean 0 and scaled to variance 1; the mean of a product is then Spearman's rho."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    rank = (last - (counts - 1) / 2.0)[inverse].astype(np.float64)
    standard: Floats = (rank - rank.mean()) / rank.std()
    return standard

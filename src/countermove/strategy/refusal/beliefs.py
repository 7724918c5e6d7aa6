"""Probabilities before and after: Bayes' rule over draws.

A capability's prior is the weight of the draws that have it, its posterior their weight after each draw is multiplied by the
likelihood of what was reported. Posterior odds = Bayes factor x prior odds, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Belief:
    """Prior and posterior probability and the Bayes factor; without one where no draw, or every draw, has the capability."""

    prior: float
    posterior: float
    bayes_factor: float
    identified: bool = True


def belief(has: Flags, prior: Floats, likelihood: Floats) -> Belief:
    """Return the belief in a capability from prior weights `(draw,)` that add up to one, and the likelihood `(draw,)`.

    Bayes factor = P(reports | has it) / P(reports | lacks it). Raises InputError when the reports are impossible in every draw.
    """
    share = float(prior[has].sum())
    evidence = float(prior @ likelihood)
    if not evidence > 0.0:
        raise InputError("the reports are impossible under every type", where="events", hint="leave one of them out")
    if not has.any() or has.all() or share <= 0.0 or share >= 1.0:
        return Belief(share, share, 1.0, identified=False)
    with_it = float(prior[has] @ likelihood[has]) / share
    without = float(prior[~has] @ likelihood[~has]) / (1.0 - share)
    posterior = share * with_it / evidence
    return Belief(share, posterior, with_it / without if without > 0 else float("inf"))


def effective_draws(weights: Floats) -> float:
    """Return the effective number of draws behind weights, 1 / sum of their squares (Kong 1992)."""
    shares = weights / weights.sum()
    return float(1.0 / np.sum(shares**2))


def set_priors(has: Mapping[str, Flags], wanted: Mapping[str, float], *, rounds: int = 200) -> Floats:
    """Return weights of draws (draw,) under which each capability has the wanted prior, closest to equal ones.

    Iterative proportional fitting (Deming & Stephan 1940). Raises InputError for a capability that no draw, or every draw,
    has, and for wishes that contradict each other.
    """
    draws = len(next(iter(has.values())))
    weights = np.full(draws, 1.0 / draws)
    for name in wanted:
        if not has[name].any() or has[name].all():
            found = "no draw has" if not has[name].any() else "every draw has"
            raise InputError(
                f"{found} {name}, so its prior cannot be set",
                where="--prior",
                hint="take more draws, or another threshold in the setting",
            )
    for _ in range(rounds):
        for name, value in wanted.items():
            share = float(weights[has[name]].sum())
            weights = np.where(has[name], weights * value / max(share, 1e-300), weights * (1 - value) / max(1 - share, 1e-300))
        if all(abs(float(weights[has[name]].sum()) - value) < 1e-10 for name, value in wanted.items()):
            shares: Floats = weights / weights.sum()
            return shares
    raise InputError("these priors contradict each other in the model's draws", where="--prior", hint="set fewer of them")

"""From simulated outcomes to payoffs: weighted, discounted, and scaled by what the choices themselves can move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.strategy.cells import Cells
from countermove.strategy.normal_form import NormalForm
from countermove.strategy.profiles import SPENDING, Profile

Floats = NDArray[np.float64]

LEAST_SPREAD = 1e-9
"""Relative spread below which no pair of strategies moves an outcome: it is then left out instead of blown up."""


@dataclass(frozen=True)
class Term:
    """One outcome's part in a payoff: its weight and the scale it was divided by, in its own unit."""

    outcome: str
    weight: float
    scale: float


@dataclass(frozen=True)
class Payoffs:
    """Both governments' payoffs.

    `washington`, `beijing`: (US strategy, Chinese strategy, draw), in standard deviations between pairs.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    washington: Floats
    beijing: Floats
    terms: dict[str, tuple[Term, ...]]

    @property
    def mean(self) -> NormalForm:
        """The game of mean payoffs over draws."""
        return NormalForm(self.rows, self.columns, self.washington.mean(axis=-1), self.beijing.mean(axis=-1))

    def of(self, side: str) -> Floats:
        """The payoffs of one side."""
        return self.washington if side == "washington" else self.beijing


def needed_outcomes(*profiles: Profile) -> tuple[str, ...]:
    """Return every term that the profiles weigh, in a fixed order."""
    return tuple(sorted({name for one in profiles for name in one.weights}))


def payoffs(cells: Cells, washington: Profile, beijing: Profile, *, discount: float) -> Payoffs:
    """Return the payoffs of both sides.

    u = (sum_k w_k z_k) / S with z_k = (y_k - mean over pairs of y_k) / s_k: y_k the discounted sum (flows) or discounted mean
    (stocks, ratios) of outcome k, s_k the root mean over draws of its variance over pairs, S the standard deviation over
    pairs of the mean score. Raises InputError when an outcome is not finite in some draw.
    """
    us, us_terms = score(cells, washington, discount)
    cn, cn_terms = score(cells, beijing, discount)
    return Payoffs(cells.washington, cells.beijing, us, cn, {"washington": us_terms, "beijing": cn_terms})


def score(cells: Cells, profile: Profile, discount: float) -> tuple[Floats, tuple[Term, ...]]:
    """Return one side's payoffs (US strategy, Chinese strategy, draw) and the scales used."""
    total = np.zeros((len(cells.washington), len(cells.beijing), cells.draws))
    terms = []
    for name, weight in profile.weights.items():
        relative, scale = standardised(aggregated(cells, name, discount), name)
        total += weight * relative
        terms.append(Term(name, weight, scale))
    spread = float(total.mean(axis=-1).std())
    return (total / spread if spread > LEAST_SPREAD else total), tuple(terms)


def aggregated(cells: Cells, name: str, discount: float) -> Floats:
    """Return one outcome over the window, (US strategy, Chinese strategy, draw): a discounted sum or mean over years."""
    from countermove.outcomes import OUTCOMES

    values = cells.outcome(name)
    weights = (1.0 + discount) ** -np.arange(values.shape[2], dtype=float)
    if name != SPENDING and OUTCOMES[name].kind != "flow":
        weights = weights / weights.sum()
    found: Floats = np.einsum("ijyd,y->ijd", values, weights)
    return found


def standardised(values: Floats, name: str) -> tuple[Floats, float]:
    """Return values less the mean over pairs of the same draw, over their spread; and that spread (0: nothing moves it)."""
    if not np.isfinite(values).all():
        i, j, draw = (int(k[0]) for k in np.nonzero(~np.isfinite(values)))
        raise InputError(
            f"{name} is not finite in draw {draw} of pair {i}, {j}", where="payoffs", hint="leave it out of the profile"
        )
    relative = values - values.mean(axis=(0, 1))
    scale = float(np.sqrt(np.mean(relative**2)))
    if scale <= LEAST_SPREAD * max(1.0, float(np.abs(values).max())):
        return np.zeros_like(values), 0.0
    return relative / scale, scale


def blended(cells: Cells, one: Profile, other: Profile, share: float, discount: float) -> Floats:
    """Return the payoffs of a profile between two: `share` of the second, the rest of the first."""
    from countermove.strategy.profiles import profile

    names = dict.fromkeys([*one.weights, *other.weights])
    weights = {name: (1 - share) * one.weights.get(name, 0.0) + share * other.weights.get(name, 0.0) for name in names}
    return score(cells, profile(f"{one.id}~{other.id}", one.side, weights), discount)[0]

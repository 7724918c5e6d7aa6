"""Running the market from a month on: the past once, then each pair of strategies from the state that it left.

The same mechanisms and observer as a plain run; a test holds both to the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.market.inputs import MarketInputs
from countermove.market.simulate import simulate_months
from countermove.market.state import State
from countermove.outcomes import OUTCOMES
from countermove.outcomes.window import Window
from countermove.quantities.calendar import period_months

Floats = NDArray[np.float64]


STATES = ("cutoff_risk",)
"""Monthly series that the strategy room reads although no outcome shows them: their mean over the year counts."""


@dataclass(frozen=True)
class Stretch:
    """The months [first, last) that are simulated anew, and the outcomes to be measured."""

    first: int
    last: int
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Past:
    """The shared past: the state before the first month of a stretch, and the series kept of it, (month, ..., draw)."""

    state: State
    series: Mapping[str, Floats]


def needed(outcomes: Sequence[str]) -> frozenset[str]:
    """Return the monthly series that the outcomes read."""
    read = {name for outcome in outcomes if outcome in OUTCOMES for name in OUTCOMES[outcome].reads}
    return frozenset(read | {name for name in outcomes if name in STATES})


def past_of(inputs: MarketInputs, until: int, outcomes: Sequence[str]) -> Past:
    """Simulate the months before `until`."""
    found = simulate_months(inputs, inputs.initial, 0, until, keep=needed(outcomes).__contains__)
    return Past(found.final, found.monthly)


def continued(inputs: MarketInputs, past: Past, stretch: Stretch) -> dict[str, Floats]:
    """Return the series of past and stretch together, (month, ..., draw)."""
    keep = needed(stretch.outcomes).__contains__
    own = simulate_months(inputs, past.state, stretch.first, stretch.last, keep=keep).monthly
    return {name: np.concatenate([past.series[name], values]) for name, values in own.items()}


def measured(
    series: Mapping[str, Floats],
    outcomes: Sequence[str],
    years: Sequence[str],
    *,
    given: Mapping[str, Mapping[str, float]],
    draws: int,
) -> Floats:
    """Return (outcome, year, draw); `given` holds yearly numbers of terms that no series carries."""
    found = np.empty((len(outcomes), len(years), draws))
    for k, name in enumerate(outcomes):
        for y, year in enumerate(years):
            first, last = period_months(year)
            found[k, y] = given[name][year] if name in given else _measure(series, name, first, last)
    return found


def _measure(series: Mapping[str, Floats], name: str, first: int, last: int) -> Floats:
    """Return one outcome or state over the months [first, last); dates are read off the whole run."""
    if name in STATES:
        return Window(series, first, last).mean(name)
    if OUTCOMES[name].kind == "date":
        return OUTCOMES[name].measure(Window(series, 0, last))
    return OUTCOMES[name].measure(Window(series, first, last))

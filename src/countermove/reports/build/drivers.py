"""Which parameters an outcome moves with over the draws, as the report shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.ledger import load_parameters
from countermove.experiments.pipeline import compile_scenario, known_date
from countermove.experiments.rank_correlation import drawn_again, noise, ranked, why_not
from countermove.experiments.result import Result
from countermove.experiments.run import ALL_EVIDENCE
from countermove.reports.build.relations import KIND
from countermove.reports.model import Driver, OutcomeNote

STRONGEST = 8


def drivers(result: Result, names: Sequence[str], notes: Mapping[str, OutcomeNote], focus: str) -> dict[str, tuple[Driver, ...]]:
    """Outcome id -> its strongest parameters in the focus period, none that chance explains; nothing where `why_not` says why."""
    if why_not(result):
        return {}
    known = None if result.known == ALL_EVIDENCE else known_date(result.known)
    values = drawn_again(result, compile_scenario(result.scenario, known=known, beliefs=result.beliefs))
    ranks = {name: ranked(values[name]) for name in load_parameters() if np.ptp(values[name]) > 0}
    found: dict[str, tuple[Driver, ...]] = {}
    for name in names:
        outcome = result.outcomes[name].get("horizon" if notes[name].kind == "date" else focus)
        if outcome is not None and np.ptp(outcome) > 0:
            strongest = _strongest(ranked(outcome), ranks, noise(result.draws))
            found |= {name: strongest} if strongest else {}
    return found


def _strongest(outcome: NDArray[np.float64], ranks: Mapping[str, NDArray[np.float64]], limit: float) -> tuple[Driver, ...]:
    every = [Driver(KIND + name, float(np.mean(outcome * rank))) for name, rank in ranks.items()]
    beyond = [driver for driver in every if abs(driver.correlation) > limit]
    return tuple(sorted(beyond, key=lambda d: -abs(d.correlation))[:STRONGEST])

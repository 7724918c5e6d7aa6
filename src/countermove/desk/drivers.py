"""What an outcome moves with over the draws of a run: rank correlations with parameters, and the readings of both gates.

Parameters are drawn by name from the seed, so those of a stored run are drawn again in milliseconds; the model is not run.
Spearman's rank correlation (Spearman 1904). A gate's reading is a category, so its strength is the correlation ratio of
ranks (Fisher 1925): the root of the share of the rank variance that lies between readings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.pipeline import Compiled, compile_scenario, known_date
from countermove.experiments.rank_correlation import drawn_again, noise, ranked, why_not
from countermove.experiments.result import Result
from countermove.experiments.run import ALL_EVIDENCE
from countermove.market.gate_inputs import pick

Floats = NDArray[np.float64]

GOVERNMENTS = {"us": "Washington", "cn": "Beijing"}


@dataclass(frozen=True)
class Resampled:
    """The parameters and gate streams of a run, drawn again, `(draw,)` each; `note` says why they could not be."""

    values: Mapping[str, Floats]
    noise: float
    compiled: Compiled
    note: str = ""

    @cached_property
    def ranks(self) -> dict[str, Floats]:
        """Standardised ranks of everything that varies."""
        return {name: ranked(values) for name, values in self.values.items() if np.ptp(values) > 0}

    def correlation(self, name: str, outcome: Floats) -> float | None:
        """Return the rank correlation of a parameter with an outcome; None where one of them does not vary."""
        if name not in self.ranks or np.ptp(outcome) == 0:
            return None
        return float(np.mean(self.ranks[name] * ranked(outcome)))


def resample(result: Result) -> Resampled:
    """Draw a run's parameters again; nothing, with the reason, when data have changed or the draws are too few."""
    known = None if result.known == ALL_EVIDENCE else known_date(result.known)
    compiled = compile_scenario(result.scenario, known=known, beliefs=result.beliefs)
    return Resampled(drawn_again(result, compiled), noise(result.draws), compiled, why_not(result))


def gate_readings(outcome: Floats, resampled: Resampled) -> list[dict[str, Any]]:
    """Return, for each gate, how much its reading matters and the outcome's median under each reading.

    Readings that no draw has are left out. `moves` is the rank correlation with the date at which the gate next changes
    by itself: negative when an early change goes with a high outcome.
    """
    if not resampled.values:
        return []
    gates, found = resampled.compiled.gates, []
    for side, government in GOVERNMENTS.items():
        names, weights = getattr(gates, f"{side}_variants"), np.asarray(getattr(gates, f"{side}_weights"))
        held = pick(weights, resampled.values[f"gates.{side}.variant"])
        present = [number for number in range(len(names)) if np.any(held == number)]
        found.append(
            {
                "government": government,
                "strength": _between(outcome, held, present),
                "readings": [
                    {
                        "name": names[number],
                        "share_of_draws": float(np.mean(held == number)),
                        "median": float(np.median(outcome[held == number])),
                    }
                    for number in present
                ],
                "moves": resampled.correlation(f"gates.{side}.transition", outcome),
            }
        )
    return found


def _between(outcome: Floats, held: NDArray[np.intp], present: list[int]) -> float:
    """Correlation ratio of the ranks: root of the share of their variance between readings."""
    if np.ptp(outcome) == 0 or len(present) < 2:
        return 0.0
    ranks = ranked(outcome)
    return float(np.sqrt(sum(np.mean(held == number) * np.mean(ranks[held == number]) ** 2 for number in present)))

"""What an outcome moves with over the draws of a run: rank correlations with parameters, and the readings of both gates.

Parameters are drawn by name from the seed, so those of a stored run are drawn again in milliseconds; the model is not run.
Spearman's rank correlation (Spearman 1904). A gate's reading is a category, so its strength is the correlation ratio of
ranks (Fisher 1925): the root of the share of the rank variance that lies between readings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.pipeline import Compiled, compile_scenario, known_date, sampled
from countermove.experiments.result import Result
from countermove.experiments.run import ALL_EVIDENCE
from countermove.market.gate_inputs import pick

Floats = NDArray[np.float64]

GOVERNMENTS = {"us": "Washington", "cn": "Beijing"}
FEWEST_DRAWS = 32  # below this many draws even strong correlations are mostly noise
NOISE = 3.0  # standard errors: of some 150 parameters that do nothing, fewer than one passes


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


def resample(result: Result, *, data_hash: str) -> Resampled:
    """Draw a run's parameters again; nothing, with the reason, when data have changed or the draws are too few."""
    known = None if result.known == ALL_EVIDENCE else known_date(result.known)
    compiled = compile_scenario(result.scenario, known=known, beliefs=result.beliefs)
    noise = NOISE / math.sqrt(result.draws)
    if result.data_hash != data_hash:
        note = "the data have changed since the run, so its parameters cannot be drawn again"
        return Resampled({}, noise, compiled, note)
    if result.draws < FEWEST_DRAWS:
        note = f"{result.draws} draws are too few for rank correlations: run {FEWEST_DRAWS} or more"
        return Resampled({}, noise, compiled, note)
    return Resampled(sampled(compiled, seed=result.seed, draws=result.draws), noise, compiled)


def ranked(values: Floats) -> Floats:
    """Ranks with ties averaged, shifted to mean 0 and scaled to variance 1."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    rank = (last - (counts - 1) / 2.0)[inverse].astype(np.float64)
    standard: Floats = (rank - rank.mean()) / rank.std()
    return standard


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

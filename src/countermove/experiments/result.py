"""What a run and a comparison give back: outcomes by period and draw, their bands, and everything needed to make them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import EnvironmentProblem, InputError, did_you_mean
from countermove.experiments import delay
from countermove.experiments.displacement import DISPLACEMENTS, displacements
from countermove.experiments.scenario import Scenario
from countermove.experiments.statistics import Point, point
from countermove.quantities.calendar import LAST_YEAR

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]
Draws = Mapping[str, Mapping[str, Floats]]
"""Outcome id -> period -> draws `(draw,)`."""

NOT_REACHED = float(LAST_YEAR + 1)
"""What a date outcome holds in draws where it is not reached by the end of the clock."""


@dataclass(frozen=True)
class OutcomeInfo:
    """How an outcome is shown: its unit, its label, and its kind (flow, stock, ratio or date)."""

    unit: str
    label: str
    kind: str


@dataclass(frozen=True)
class Result:
    """One scenario's outcomes over all draws. `monthly` holds quantiles of monthly series, name -> (level, month, ...)."""

    scenario: Scenario
    seed: int
    draws: int
    version: str
    engine: str
    known: str
    data_hash: str
    outcomes: Draws
    info: Mapping[str, OutcomeInfo]
    monthly: Mapping[str, Floats] = field(default_factory=dict)
    created: str = ""
    evidence_until: str = ""
    """Last day that the shipped evidence covers."""
    beliefs: str = "fitted"
    """Whether the assumptions follow the calibrated ensemble ("fitted") or their priors ("prior")."""

    @property
    def copula_draws(self) -> int:
        """How many of the last draws come from the copula fitted to the ensemble: those beyond its rows."""
        from countermove.experiments.ensemble import ROWS

        return max(0, self.draws - ROWS) if self.beliefs == "fitted" else 0

    def outcome(self, name: str) -> Mapping[str, Floats]:
        """Return period -> draws of one outcome; InputError with the nearest id when there is none."""
        if name not in self.outcomes:
            raise InputError(f"no outcome named {name!r}", where=self.scenario.id, hint=did_you_mean(name, self.outcomes))
        return self.outcomes[name]

    @cached_property
    def _points(self) -> dict[str, list[Point]]:
        return {name: [self._point(name, period) for period in periods] for name, periods in self.outcomes.items()}

    def quantiles(self) -> dict[str, list[Point]]:
        """Return outcome -> one point per period: median, 50% and 90% bands, and the Monte Carlo error of the median."""
        return {name: list(points) for name, points in self._points.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return the document of `countermove run --json`; its schema is `countermove schema run`."""
        return self._head() | {"outcomes": self._outcome_documents()}

    def to_xarray(self) -> xarray.Dataset:
        """Return the draws as an xarray Dataset, one variable per outcome over (period, draw); missing periods are NaN.

        Raises EnvironmentProblem when the `analysis` extra is not installed.
        """
        try:
            import xarray
        except ModuleNotFoundError:
            raise EnvironmentProblem(
                "xarray is not installed", where="to_xarray", hint="pip install 'countermove[analysis]'"
            ) from None
        periods = list(dict.fromkeys(period for by_period in self.outcomes.values() for period in by_period))
        empty = np.full(self.draws, np.nan)
        variables = {
            name: (
                ("period", "draw"),
                np.stack([by_period.get(period, empty) for period in periods]),
                {"units": self.info[name].unit},
            )
            for name, by_period in self.outcomes.items()
        }
        return xarray.Dataset(
            variables, {"period": periods, "draw": np.arange(self.draws)}, {"scenario": self.scenario.id, "seed": self.seed}
        )

    def _head(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario.id,
            "label": self.scenario.label,
            "version": self.version,
            "engine": self.engine,
            "seed": self.seed,
            "draws": self.draws,
            "known": self.known,
            "beliefs": self.beliefs,
            "copula_draws": self.copula_draws,
            "evidence_until": self.evidence_until,
            "data_hash": self.data_hash,
            "start": self.scenario.start,
            "levers": self.scenario.settings(),
            "set": self.scenario.to_dict()["set"],
        }

    def _outcome_documents(self) -> dict[str, Any]:
        return {
            name: {
                "unit": self.info[name].unit,
                "label": self.info[name].label,
                "kind": self.info[name].kind,
                "points": [p.to_dict() for p in points],
            }
            for name, points in self._points.items()
        }

    def _point(self, name: str, period: str) -> Point:
        censored = NOT_REACHED if self.info[name].kind == "date" else None
        return point(period, self.outcomes[name][period], censored_from=censored)


@dataclass(frozen=True)
class Past:
    """Whether scenarios share their past: every simulated number of every month before `until`, bit by bit."""

    until: str
    identical: bool
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for the JSON document."""
        return {"until": self.until, "identical": self.identical, "note": self.note}


@dataclass(frozen=True)
class Comparison:
    """Scenarios run with the same random numbers; differences are taken draw by draw against the first one."""

    results: tuple[Result, ...]
    past: Past

    @property
    def reference(self) -> Result:
        """The scenario that the others are compared with."""
        return self.results[0]

    @cached_property
    def _differences(self) -> dict[str, dict[str, list[Point]]]:
        return {
            other.scenario.id: {
                name: [
                    point(period, other.outcomes[name][period] - values, paired=True)
                    for period, values in by_period.items()
                    if period in other.outcomes.get(name, {})
                ]
                for name, by_period in self.reference.outcomes.items()
            }
            for other in self.results[1:]
        }

    def differences(self) -> dict[str, dict[str, list[Point]]]:
        """Return scenario id -> outcome -> points of its paired difference from the reference."""
        return {scenario: dict(outcomes) for scenario, outcomes in self._differences.items()}

    def displacements(self) -> dict[str, dict[str, list[Point]]]:
        """Return scenario id -> measure -> points: what H200 sales displace against the reference, and the delay in compute."""
        return {other.scenario.id: self._beside(other) for other in self.results[1:]}

    def _beside(self, other: Result) -> dict[str, list[Point]]:
        """Measures of one scenario against the reference that are not differences of an outcome."""
        later = delay.delays(self.reference.outcomes, other.outcomes)
        return displacements(self.reference.outcomes, other.outcomes) | ({delay.NAME: later} if later else {})

    @property
    def info(self) -> Mapping[str, OutcomeInfo]:
        """How outcomes and displacement ratios are shown."""
        ratios = {name: OutcomeInfo(ratio.unit, ratio.label, "ratio") for name, ratio in DISPLACEMENTS.items()}
        return {**self.reference.info, **ratios, delay.NAME: OutcomeInfo(delay.UNIT, delay.LABEL, "ratio")}

    def to_dict(self) -> dict[str, Any]:
        """Return the document of `countermove compare --json`: the reference's outcomes, then every other scenario's.

        `comparisons` lists, per other scenario, its own outcomes and the paired `differences` (it minus the reference), among
        which the displacement ratios stand.
        """
        info, displaced = self.info, self.displacements()
        return self.reference.to_dict() | {
            "past": self.past.to_dict(),
            "comparisons": [
                {
                    "scenario": other.scenario.id,
                    "label": other.scenario.label,
                    "levers": other.scenario.settings(),
                    "outcomes": other.to_dict()["outcomes"],
                    "differences": {
                        name: {"unit": info[name].unit, "points": [p.to_dict() for p in points]}
                        for name, points in {**self._differences[other.scenario.id], **displaced[other.scenario.id]}.items()
                    },
                }
                for other in self.results[1:]
            ],
        }

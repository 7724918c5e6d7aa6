"""The door through which a model is judged, and the market model that goes through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.ledger import load_parameters
from countermove.inference.calibration import Calibration, calibrate, compiled_past
from countermove.inference.prediction import simulated
from countermove.inference.rolling.judged import FILED
from countermove.inference.rolling.origins import Origin
from countermove.inference.rolling.printed import printed
from countermove.inference.vintage import priors_known
from countermove.outcomes import OUTCOMES
from countermove.outcomes.published import Published
from countermove.outcomes.published_errors import targets

Floats = NDArray[np.float64]
Tell = Callable[[str], None]

AI_REVENUE = "nvidia_china_ai_revenue_usd_bn"
LEAST_OTHER = 0.1
"""Least share of the filed revenue that other goods are, when they are estimated as filed less AI revenue (assumption)."""
LAST_FILED = 4
LEAST_SPREAD = 0.15
"""Least spread of other goods between quarters, in logarithms (assumption)."""


@dataclass(frozen=True)
class Forecast:
    """What a forecaster says at an origin: the sample (row, draw) of `Origin.asked` that counts, others, and what it did."""

    sample: Floats
    beside: Mapping[str, Floats]
    about: Mapping[str, Any]
    fitted: tuple[Published, ...] = ()
    """The rows that it was fitted to, so that none of them is one that is asked."""


class Forecaster(Protocol):
    """Predicts what a source will print for the rows that an origin asks, from what was known there."""

    def __call__(self, found: Origin, folder: Path | None) -> Forecast:
        """Return the forecast; `folder` may keep stages of a long fit and is resumed from."""


def market_forecaster(*, particles: int, draws: int, seed: int, tell: Tell) -> Forecaster:
    """The market model of this version: fitted to what an origin knew, gates known to the date and then left to their hazards."""

    def forecast(found: Origin, folder: Path | None) -> Forecast:
        known = priors_known(load_parameters(), found.day, strict=True)
        used = [row for row in found.known if row.outcome in OUTCOMES]
        fitted = _fit(used, known.parameters, particles, seed, folder, tell)
        samples = {}
        for reading, day in (("unconditional", found.day), ("conditional", None)):
            tell(f"predicting {len(found.asked)} values, {reading}")
            compiled = compiled_past(day, known.parameters)
            run = _Run(compiled, fitted, draws, seed, hazards=day is not None)
            samples[reading] = run.sample(found)
        about = {
            "rows_fitted": len(used),
            "parameters_fitted": 0 if fitted is None else len(fitted.names),
            "priors_replaced": list(known.replaced_names),
        }
        return Forecast(samples["unconditional"], {"conditional": samples["conditional"]}, about, tuple(used))

    return forecast


def _fit(
    used: Sequence[Published], parameters: Mapping[str, Any], particles: int, seed: int, folder: Path | None, tell: Tell
) -> Calibration | None:
    """Fit to the rows known; None where nothing positive was."""
    if not any(row.value > 0.0 for row in used):
        return None
    store = None if folder is None else folder / "cloud.npz"
    return calibrate(
        targets(used), compiled=compiled_past(None, parameters), particles=particles, seed=seed, store=store, tell=tell
    )


@dataclass(frozen=True)
class _Run:
    """One fitted model under one reading of the gates."""

    compiled: Any
    fitted: Calibration | None
    draws: int
    seed: int
    hazards: bool

    def sample(self, found: Origin) -> Floats:
        """What sources will print for the rows asked, (row, draw)."""
        filed = [row for row in found.known if row.outcome == FILED]
        asked = [*found.asked, *filed]
        rows = [replace(row, outcome=AI_REVENUE) if row.outcome == FILED else row for row in asked]
        posterior = None if self.fitted is None else self.fitted.ensemble("rolling")
        values = simulated(
            self.compiled, rows, posterior, draws=self.draws, seed=self.seed, hazards=self.hazards, world_known=found.day
        )
        own, past = values[: len(found.asked)], values[len(found.asked) :]
        random = np.random.default_rng([self.seed, 13])
        for number, row in enumerate(found.asked):
            same = [place for place, one in enumerate(filed) if one.series == row.series]
            if row.outcome == FILED:
                own[number] += other_goods([filed[place] for place in same], past[same], random, self.draws)
        misfit = {} if self.fitted is None else self.fitted.misfit()
        return printed(own, found.asked, misfit, seed=self.seed)


def other_goods(filed: Sequence[Published], simulated_ai: Floats, random: np.random.Generator, draws: int) -> Floats:
    """What NVIDIA sells in China beside accelerators, billion USD a quarter (draw,).

    Mean over the last four known quarters of ``max(filed - AI revenue, 0.1 filed)`` in each draw, times a log-normal with the
    spread of those four, at least 0.15; nothing where nothing is known. filed: known rows of one basis; simulated_ai (row, draw).
    """
    if not filed:
        return np.zeros(draws)
    order = np.argsort([row.period for row in filed])[-LAST_FILED:]
    values = np.array([filed[place].value for place in order])[:, None]
    rest = np.maximum(values - simulated_ai[order], LEAST_OTHER * values)
    spread = np.maximum(np.log(rest).std(axis=0), LEAST_SPREAD)
    noisy: Floats = rest.mean(axis=0) * np.exp(spread * random.standard_normal(draws))
    return noisy

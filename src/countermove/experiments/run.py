"""Running scenarios: one at a time, or several with the same random numbers for paired differences."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from countermove import __version__
from countermove.errors import InputError, did_you_mean
from countermove.experiments import pipeline
from countermove.experiments.pipeline import Block, Compiled, Floats
from countermove.experiments.result import Comparison, Past, Result
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.experiments.statistics import LEVELS, quantile
from countermove.experiments.streams import BLOCK
from countermove.quantities.calendar import MONTHS, month_index, period_months

DRAWS = 1000
SEED = 2026
MOST_DRAWS = 1_000_000
"""Every draw of every outcome stays in memory, about 5 kB each: beyond this a run would exhaust most machines."""
ALL_EVIDENCE = "all evidence"
"""What `Result.known` says when no evidence was hidden."""
ENGINES = ("numpy", "jax")
STEPS = ("year", "quarter")

Progress = Callable[[int, int], None]
"""Called with the draws simulated and the draws to simulate, over all scenarios, after every block."""


def run(
    scenario: Scenario | str | Path,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    periods: Sequence[str] = ("year",),
    known: str | None = None,
    engine: str = "numpy",
    dt: float = 1.0,
    monthly: bool = False,
    beliefs: str = pipeline.FITTED,
    progress: Progress | None = None,
) -> Result:
    """Return the outcomes of one scenario over `draws` joint samples of the uncertain parameters.

    `periods` are "year", "quarter" or both; `known` hides evidence that became known after a date; `monthly` also keeps quantiles
    of the monthly series, for 15 kB of memory per draw; `beliefs` is "fitted" or "prior"
    (see `ensemble`). Raises InputError for anything out of range. The first n draws are the
    same whatever `draws` is.
    """
    compiled = _compiled([scenario], draws=draws, seed=seed, periods=periods, known=known, engine=engine, dt=dt, beliefs=beliefs)
    settings = _Settings(draws, seed, tuple(periods), known, engine, dt, monthly, beliefs)
    return _simulate(compiled, settings, progress).results()[0]


def compare(
    scenarios: Sequence[Scenario | str | Path],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    periods: Sequence[str] = ("year",),
    known: str | None = None,
    engine: str = "numpy",
    dt: float = 1.0,
    monthly: bool = False,
    beliefs: str = pipeline.FITTED,
    progress: Progress | None = None,
) -> Comparison:
    """Return two or more scenarios run with the same seed and draws, for paired differences against the first.

    Checks, block by block, that everything simulated before the scenarios' first difference is identical to the last bit, and
    reports it in `Comparison.past`. Raises InputError for fewer than two scenarios or one named twice.
    """
    compiled = _compiled(scenarios, draws=draws, seed=seed, periods=periods, known=known, engine=engine, dt=dt, beliefs=beliefs)
    if len(compiled) < 2:
        raise InputError(
            "a comparison needs two scenarios or more", where="compare", hint="name the reference first, then the others"
        )
    names = [one.scenario.id for one in compiled]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(
            f"{twice} is named twice", where="compare", hint="name each scenario once, or give a changed one its own id"
        )
    settings = _Settings(draws, seed, tuple(periods), known, engine, dt, monthly, beliefs)
    simulated = _simulate(compiled, settings, progress)
    return Comparison(tuple(simulated.results()), simulated.past)


@dataclass(frozen=True)
class _Settings:
    """The checked options of a run."""

    draws: int
    seed: int
    periods: tuple[str, ...]
    known: str | None
    engine: str
    dt: float
    monthly: bool
    beliefs: str


@dataclass
class _Collected:
    """What the blocks of one scenario gave so far: outcome -> period -> parts, and monthly series -> parts."""

    outcomes: dict[str, dict[str, list[Floats]]] = field(default_factory=dict)
    monthly: dict[str, list[Floats]] = field(default_factory=dict)


class _Simulated:
    """All scenarios, simulated block by block: their outcomes, and the check of their common past."""

    def __init__(self, compiled: Sequence[Compiled], settings: _Settings) -> None:
        self._scenarios = [one.scenario for one in compiled]
        self._settings = settings
        self._collected = [_Collected() for _ in compiled]
        first, *others = self._scenarios
        changes = [change for other in others if (change := pipeline.first_change(first, other)) is not None]
        self._until = min(changes, default=None)
        self._assumed_alike = all(dict(other.overrides) == dict(first.overrides) for other in others)
        self._different: str | None = None

    def add(self, blocks: Sequence[Block]) -> None:
        """Add one block of every scenario, all of the same draws."""
        months = month_index(self._until) if self._until else MONTHS
        for block, collected in zip(blocks, self._collected, strict=True):
            if block is not blocks[0] and self._different is None:
                self._different = pipeline.same_past(blocks[0].trajectory, block.trajectory, until=months)
            for name, by_period in pipeline.measured(block, self._settings.periods).items():
                for period, values in by_period.items():
                    collected.outcomes.setdefault(name, {}).setdefault(period, []).append(values)
            if self._settings.monthly:
                for name, series in pipeline.monthly_series(block).items():
                    # Single precision halves the memory and is far below the Monte Carlo error.
                    collected.monthly.setdefault(name, []).append(series.astype(np.float32))

    @property
    def past(self) -> Past:
        """The report on the common past; a changed past is explained where overrides explain it."""
        until = self._until or "the end of the clock"
        if self._different is None:
            return Past(until, identical=True)
        if not self._assumed_alike:
            return Past(until, identical=False, note="the scenarios override different parameters, which also act in the past")
        return Past(until, identical=False, note=f"{self._different} differs before {until}: please report this as a bug")

    def results(self) -> list[Result]:
        """Return the results in the order of the scenarios."""
        from countermove.evidence.data_tree import data_hash

        settings = self._settings
        return [
            Result(
                scenario=scenario,
                seed=settings.seed,
                draws=settings.draws,
                version=__version__,
                engine=settings.engine,
                known=settings.known or ALL_EVIDENCE,
                data_hash=data_hash(),
                outcomes=_joined(collected.outcomes, scenario.horizon),
                info=pipeline.outcome_info(collected.outcomes),
                monthly={name: _monthly_quantiles(parts) for name, parts in collected.monthly.items()},
                created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                evidence_until=pipeline.evidence_until(),
                beliefs=settings.beliefs,
            )
            for scenario, collected in zip(self._scenarios, self._collected, strict=True)
        ]


def _joined(collected: Mapping[str, Mapping[str, list[Floats]]], horizon: str) -> dict[str, dict[str, Floats]]:
    """Return outcome -> period -> draws of all blocks, periods after the horizon left out."""
    return {
        name: {period: np.concatenate(parts) for period, parts in by_period.items() if _within(period, horizon)}
        for name, by_period in collected.items()
    }


def _monthly_quantiles(parts: list[Floats]) -> Floats:
    """Return quantiles of one monthly series, (level, month), in the order of `statistics.LEVELS`."""
    ordered = np.sort(np.concatenate(parts, axis=1), axis=1)
    return np.array([[quantile(month, level) for month in ordered] for level in LEVELS.values()])


def _compiled(
    scenarios: Sequence[Scenario | str | Path],
    *,
    draws: int,
    seed: int,
    periods: Sequence[str],
    known: str | None,
    engine: str,
    dt: float,
    beliefs: str,
) -> list[Compiled]:
    """Check every option before any work, then compile."""
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise InputError(f"{draws} draws were asked for", where="draws", hint="give a whole number from 1; 1,000 is usual")
    if draws > MOST_DRAWS:
        raise InputError(
            f"{draws:,} draws were asked for", where="draws", hint=f"at most {MOST_DRAWS:,}, which all stay in memory"
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"the seed is {seed}", where="seed", hint="give a whole number from 0")
    for step in periods:
        if step not in STEPS:
            raise InputError(f"no period length named {step!r}", where="periods", hint=did_you_mean(step, STEPS))
    if engine not in ENGINES:
        raise InputError(f"no engine named {engine!r}", where="engine", hint=did_you_mean(engine, ENGINES))
    if not 0 < dt <= 1 or abs(1 / dt - round(1 / dt)) > 1e-9:
        raise InputError(f"the time step is {dt} months", where="dt", hint="give 1, 0.5, 0.25 or another whole part of a month")
    day = pipeline.known_date(known)
    loaded = [one if isinstance(one, Scenario) else load_scenario(one) for one in scenarios]
    return [pipeline.compile_scenario(one, known=day, beliefs=beliefs) for one in loaded]


def _simulate(compiled: Sequence[Compiled], settings: _Settings, progress: Progress | None) -> _Simulated:
    """Simulate all scenarios in step, so that only one block of each is in memory at a time."""
    simulated = _Simulated(compiled, settings)
    total, done = settings.draws * len(compiled), 0
    _report(progress, done, total)
    streams = [
        pipeline.simulate_blocks(one, seed=settings.seed, draws=settings.draws, engine=settings.engine, dt=settings.dt)
        for one in compiled
    ]
    for _ in range(0, settings.draws, BLOCK):
        blocks = []
        for stream in streams:
            blocks.append(next(stream))
            done += blocks[-1].draws
            _report(progress, done, total)
        simulated.add(blocks)
    return simulated


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)


def _within(period: str, horizon: str) -> bool:
    """Tell whether a period ends by the last reported month; dates ("horizon") always do."""
    return period == "horizon" or period_months(period)[1] <= month_index(horizon) + 1

"""Compile first, then run: a scenario becomes arrays once, then every block of draws is simulated with them.

This is the only file that knows the doors of the rooms below: policy (levers, gates), hardware (products), market, outcomes.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.experiments.compiled import Compiled as Compiled
from countermove.experiments.compiled import compile_prior
from countermove.experiments.compiled import sampled as sampled
from countermove.experiments.ensemble import Ensemble
from countermove.experiments.ensemble_key import load_ensemble
from countermove.experiments.result import OutcomeInfo
from countermove.experiments.scenario import Scenario
from countermove.experiments.streams import BLOCK

if TYPE_CHECKING:
    from countermove.market.simulate import Trajectory

Floats = NDArray[np.float64]

FITTED, PRIOR = "fitted", "prior"
BELIEFS = (FITTED, PRIOR)
"""What the draws of the assumptions follow: the calibrated ensemble, or the priors as they stand."""

LANES = 64
"""Blocks are simulated in multiples of this many draws, then cut: vectorised loops treat a ragged end differently, and the first
draws of a short run must equal those of a long one to the last bit."""


@dataclass(frozen=True)
class Block:
    """Simulated draws `first` to `first + draws`; the trajectory may hold a few more, to be cut."""

    first: int
    draws: int
    trajectory: Trajectory


def compile_scenario(scenario: Scenario, *, known: dt.date | None = None, beliefs: str = FITTED) -> Compiled:
    """Return the scenario as arrays; `known` hides evidence that became known later (None: none).

    `beliefs` is "fitted" (the calibrated ensemble) or "prior". A parameter that the scenario sets, or whose prior it
    replaces, leaves the ensemble; what data say about the others stays.

    Raises DataError for an ensemble made from another past, other priors or series; InputError where a lever, a date or an
    override does not fit.
    """
    posterior = _posterior(scenario, beliefs)
    return replace(compile_prior(scenario, known=known), posterior=posterior)


def _posterior(scenario: Scenario, beliefs: str) -> Ensemble | None:
    """The ensemble without the parameters that the scenario changes; none for the world before data."""
    if beliefs not in BELIEFS:
        raise InputError(f"no beliefs named {beliefs!r}", where="beliefs", hint=did_you_mean(beliefs, BELIEFS))
    ensemble = load_ensemble() if beliefs == FITTED else None
    if ensemble is None:
        return None
    return ensemble.without(path.removeprefix("parameters/") for path in scenario.overrides)


def simulate_blocks(compiled: Compiled, *, seed: int, draws: int, engine: str = "numpy", dt: float = 1.0) -> Iterator[Block]:
    """Yield the simulated draws block by block, 1,024 at a time."""
    for first in range(0, draws, BLOCK):
        wanted = min(BLOCK, draws - first)
        padded = math.ceil(wanted / LANES) * LANES
        yield Block(first, wanted, simulate_draws(compiled, seed=seed, first=first, draws=padded, engine=engine, dt=dt))


def simulate_draws(compiled: Compiled, *, seed: int, first: int, draws: int, engine: str, dt: float) -> Trajectory:
    """Return the trajectory of draws `first` to `first + draws` of a compiled scenario."""
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate

    values = sampled(compiled, seed=seed, draws=draws, first=first)
    inputs = compile_market(values, compiled.gates, compiled.levers, hazards=compiled.scenario.hazards, dt=dt)
    return simulate(inputs, engine=engine)


def measured(block: Block, periods: tuple[str, ...]) -> dict[str, dict[str, Floats]]:
    """Return the block's outcomes, outcome -> period -> `(draw,)`, cut to the draws wanted."""
    from countermove.outcomes import measure

    outcomes: dict[str, dict[str, Floats]] = {}
    for step in periods:
        for name, by_period in measure(block.trajectory, step).items():
            outcomes.setdefault(name, {}).update(
                {period: np.asarray(values)[: block.draws] for period, values in by_period.items()}
            )
    return outcomes


def monthly_series(block: Block) -> dict[str, Floats]:
    """Return the block's monthly series that have no axis but month and draw, `(month, draw)`, cut to the draws wanted."""
    return {name: series[:, : block.draws] for name, series in block.trajectory.monthly.items() if series.ndim == 2}


def outcome_info(names: Iterable[str]) -> dict[str, OutcomeInfo]:
    """Return how each outcome is shown."""
    from countermove.outcomes import OUTCOMES

    return {name: OutcomeInfo(OUTCOMES[name].unit, OUTCOMES[name].label, OUTCOMES[name].kind) for name in names}


def evidence_until() -> str:
    """Return the last day that the evidence on both gates covers."""
    from countermove.policy.gate_readings import load_readings

    return min(load_readings(side).evidence_until for side in ("us", "cn")).isoformat()


def first_change(one: Scenario, other: Scenario) -> str | None:
    """Return the first month in which the levers or hazards of two scenarios differ, None when they never do."""
    parts = {(lever, part) for scenario in (one, other) for lever, found in scenario.levers.items() for part in found}
    months = [
        month
        for lever, part in parts
        if (month := _first_difference(one.levers.get(lever, {}).get(part, {}), other.levers.get(lever, {}).get(part, {})))
        is not None
    ]
    if one.hazards != other.hazards:
        months.append(min(one.start, other.start))
    if one.whatif != other.whatif:
        months += [_first_month(scenario.whatif) for scenario in (one, other) if scenario.whatif]
    return min(months, default=None)


def _first_month(proposal: str) -> str:
    """Return the month in which a proposed rule would begin to hold."""
    from countermove.policy.whatif import parse_proposal

    return parse_proposal(proposal).start.isoformat()[:7]


def _first_difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Return the first month in which two schedules hold different values."""
    for month in sorted({*one, *other}):
        values = [next((found[m] for m in sorted(found, reverse=True) if m <= month), None) for found in (one, other)]
        if values[0] != values[1]:
            return month
    return None


def same_past(one: Trajectory, other: Trajectory, *, until: int) -> str | None:
    """Return the name of a monthly series that differs before month `until`, None when all are identical bit by bit."""
    for name, series in one.monthly.items():
        before, after = np.ascontiguousarray(series[:until]), np.ascontiguousarray(other.monthly[name][:until])
        if before.shape != after.shape or before.tobytes() != after.tobytes():
            return str(name)
    return None


def known_date(text: str | None) -> dt.date | None:
    """Return the day of a `known` date ("2026-01-20", "2026-01" or "2026"), None for all evidence."""
    from countermove.quantities.calendar import parse_date

    if text is None:
        return None
    day = parse_date(text, where="known")
    if not 2000 <= day.year <= 2100:
        raise InputError(f"{text} is outside the evidence", where="known", hint="give a date such as 2026-01-20")
    return day

"""A scenario as arrays, compiled once, before any draw: levers, gates and assumptions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.draws import sample
from countermove.experiments.ensemble import Ensemble
from countermove.experiments.overrides import Assumptions, apply_overrides
from countermove.experiments.scenario import Scenario

if TYPE_CHECKING:
    from countermove.policy.gates import GateArrays
    from countermove.policy.levers import LeverSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Compiled:
    """A scenario as arrays: everything of it that no draw changes."""

    scenario: Scenario
    assumptions: Assumptions
    levers: LeverSettings
    gates: GateArrays
    posterior: Ensemble | None
    """What data say about the parameters together; None for the priors as they stand."""


def compile_prior(scenario: Scenario, *, known: dt.date | None = None) -> Compiled:
    """Return the scenario as arrays, its assumptions following their priors; `known` hides evidence that became known later.

    Raises InputError where a lever, a date or an override does not fit.
    """
    from countermove.evidence.ledger import load_parameters
    from countermove.market.compile import GATE_PRODUCTS
    from countermove.policy.gates import compile_gates
    from countermove.policy.levers import compile_levers
    from countermove.policy.whatif import parse_proposal
    from countermove.policy.whatif_gates import apply_whatif

    levers = compile_levers(scenario.settings(), where=scenario.id)
    gates = compile_gates(levers, GATE_PRODUCTS, known=known)
    if scenario.whatif:
        gates = apply_whatif(gates, parse_proposal(scenario.whatif, scenario.id), GATE_PRODUCTS, known=known)
    return Compiled(
        scenario=scenario,
        assumptions=apply_overrides(load_parameters(), scenario.overrides),
        levers=levers,
        gates=gates,
        posterior=None,
    )


def sampled(compiled: Compiled, *, seed: int, draws: int, first: int = 0) -> dict[str, Floats]:
    """Return the joint sample that a compiled scenario is simulated with: parameter or stream -> (draw,)."""
    assumptions = compiled.assumptions
    given: dict[str, Any] = {"fixed": assumptions.fixed, "posterior": compiled.posterior}
    return sample(assumptions.parameters, seed=seed, draws=draws, first=first, **given)

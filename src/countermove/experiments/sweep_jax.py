"""Chunks of a sweep on the JAX engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.pipeline import Compiled, Floats
from countermove.experiments.sweep_measure import measured, series_needed
from countermove.experiments.sweep_plan import Plan, Quantity
from countermove.market.engines.jax_engine import Batch, JaxEngine, Precision

_MAKING = Lock()


def jax_outcomes(plan: Plan, compiled: Compiled, values: Mapping[str, Floats], rows: int) -> list[NDArray[Any]]:
    """Return one array `(row,)` per quantity of a chunk, in the engine's precision."""
    engine = engine_for(plan.quantities, plan.spec.precision or "single")
    found = engine.outcomes(batch_of(compiled, values))
    return [np.ascontiguousarray(row[:rows]) for row in found]


def batch_of(compiled: Compiled, draws: Mapping[str, Floats]) -> Batch:
    """Return draws under a compiled scenario, as the engine takes them."""
    return Batch(draws, compiled.gates, compiled.levers, compiled.scenario.hazards, fixed_parameters())


def engine_for(quantities: tuple[Quantity, ...], precision: Precision) -> JaxEngine:
    """Return the engine that measures some quantities; its programs are shared by all chunks and threads of a process."""
    with _MAKING:  # a cache alone lets two threads that ask first make one each, and both compile
        return _made(quantities, precision)


@cache
def _made(quantities: tuple[Quantity, ...], precision: Precision) -> JaxEngine:
    return JaxEngine(lambda monthly: measured(monthly, quantities), series_needed(quantities), quantities, precision)


@cache
def fixed_parameters() -> frozenset[str]:
    """Return the parameters whose prior is one value: tables are built from them while a program is compiled."""
    from countermove.evidence.ledger import load_parameters
    from countermove.evidence.priors import Fixed

    return frozenset(name for name, parameter in load_parameters().items() if isinstance(parameter.prior, Fixed))

"""Chunks of a sweep on the JAX engine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from countermove.experiments.pipeline import Compiled, Floats
from countermove.experiments.sweep_plan import Plan


def jax_outcomes(plan: Plan, compiled: Compiled, values: Mapping[str, Floats], rows: int) -> list[Floats]:
    """Return one array `(row,)` per quantity of a chunk."""
    from countermove.experiments.sweep_chunk import measured, series_needed
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate

    inputs = compile_market(values, compiled.gates, compiled.levers, hazards=compiled.scenario.hazards)
    wanted = series_needed(plan.quantities)
    trajectory = simulate(inputs, engine="jax", keep=wanted.__contains__)
    return [np.asarray(column)[:rows] for column in measured(trajectory.monthly, plan.quantities)]

"""Predicted published values: simulate joint samples, then add what sources and model get wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.draws import sample
from countermove.experiments.ensemble import Ensemble
from countermove.experiments.pipeline import Compiled
from countermove.experiments.streams import STREAMS
from countermove.inference.world_vintage import world_by
from countermove.outcomes.published import Published
from countermove.outcomes.published_errors import MISFIT_MEDIAN, Targets

Floats = NDArray[np.float64]

BLOCK = 512


def simulated(
    compiled: Compiled,
    rows: Sequence[Published],
    posterior: Ensemble | None,
    *,
    draws: int,
    seed: int,
    hazards: bool,
    world_known: dt.date | None = None,
) -> Floats:
    """Simulate rows with joint samples of posterior and priors: values in the rows' units, (row, draw).

    world_known: the day after whose last filing world sales are unknown and grow (`world_vintage`); None: as given.
    """
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate
    from countermove.outcomes import OUTCOMES
    from countermove.outcomes.window import Window
    from countermove.quantities.calendar import period_months

    wanted = frozenset(name for row in rows for name in OUTCOMES[row.outcome].reads)
    parts = []
    for first in range(0, draws, BLOCK):
        values = sample(
            compiled.assumptions.parameters,
            seed=seed,
            draws=min(BLOCK, draws - first),
            first=first,
            fixed=compiled.assumptions.fixed,
            streams=STREAMS,
            posterior=posterior,
        )
        inputs = compile_market(values, compiled.gates, compiled.levers, hazards=hazards)
        if world_known is not None:
            inputs = world_by(inputs, world_known, seed=seed, first=first)
        monthly = simulate(inputs, keep=wanted.__contains__).monthly
        width = min(BLOCK, draws - first)
        measured = [
            np.broadcast_to(OUTCOMES[row.outcome].measure(Window(monthly, *period_months(row.period))), (width,)) for row in rows
        ]
        parts.append(np.stack(measured))
    return np.concatenate(parts, axis=1)


def as_published(values: Floats, targets: Targets, misfit: Mapping[str, Floats], *, seed: int) -> Floats:
    """Add measurement error and misfit to simulated rows, (row, draw): what a source might print.

    misfit: scale by series, (draw,) each, or `single values`; a series without one has the scale of single values, and
    where none is known the prior's median. Errors of a long series are shared as in the likelihood.
    """
    random = np.random.default_rng([seed, 7])
    count = values.shape[1]
    fallback = misfit.get("single values", np.full(count, MISFIT_MEDIAN))
    error = targets.error[:, None] * random.standard_normal(values.shape)
    for numbers, rho in targets.blocks:
        index = np.array(numbers)
        common = random.standard_normal(count)
        error[index] = np.sqrt(1.0 - rho) * error[index] + np.sqrt(rho) * targets.error[index][:, None] * common
    scale = np.stack([misfit.get(targets.misfits[number], fallback)[:count] for number in targets.misfit])
    moved = np.log(np.maximum(values, 0.0) + targets.floor[:, None]) + error + scale * random.standard_normal(values.shape)
    return np.maximum(np.exp(moved) - targets.floor[:, None], 0.0)

"""Real scenarios on draws from the whole prior box: compiled once, run once, or walked month by month, stocks in view.

The box comes from the priors, so no equation's test needs the calibrated ensemble, which other equations void.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.ledger import load_parameters
from countermove.experiments.draws import sample
from countermove.experiments.pipeline import PRIOR, Compiled, compile_scenario
from countermove.experiments.scenario import load_scenario
from countermove.experiments.streams import STREAMS, uniforms
from countermove.market.compile import compile_market
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.mechanism import Flows
from countermove.market.model import Model
from countermove.market.simulate import Trajectory, simulate
from countermove.market.state import State
from countermove.outcomes import measure
from countermove.quantities.calendar import MONTHS

Floats = NDArray[np.float64]

SEED = 2026
PRIOR_DRAWS = 32
CORNERS = 32
BOX = PRIOR_DRAWS + CORNERS
"""Draws of the box: the first half from the priors, the second at corners, where every parameter is at its 1% or 99% point."""

PRESETS = (
    "no-h200",
    "h20-only",
    "h200-2026",
    "h200-rule+necessity",
    "h200-rule+open",
    "h200-rule+bundled",
    "open-h200+open",
    "open-h200+ban",
    "stall+bundled+70bn",
    "b30a+open",
    "all-open+open+70bn",
    "no-controls",
)
"""Presets that together open, narrow and close every gate, and spend."""


class Month(NamedTuple):
    """One month of a run: its inputs, the stocks before and after it, and what happened in it."""

    number: int
    x: Bundle
    before: State
    after: State
    flows: Flows


@cache
def box() -> dict[str, Floats]:
    """Draws of every parameter and gate stream over the prior box, (BOX,) each; copies are cheap, so nobody changes these.

    Corner 0 has every parameter at its 1% point, corner 1 at its 99% point, the others at one or the other by chance.
    """
    parameters = load_parameters()
    usual = sample(parameters, seed=SEED, draws=PRIOR_DRAWS)
    values = {}
    for name, parameter in parameters.items():
        side = uniforms(SEED, f"corner of {name}", CORNERS) < 0.5
        side[:2] = [True, False]
        values[name] = np.concatenate([usual[name], parameter.ppf(np.where(side, 0.01, 0.99))])
    streams = {name: uniforms(SEED, name, BOX) for name in STREAMS}
    return values | streams


@cache
def compiled(preset: str, sets: tuple[str, ...] = ()) -> Compiled:
    """A preset as arrays, gates included, and no posterior: these runs draw from the box, whatever was fitted to it."""
    return compile_scenario(load_scenario(preset, sets=sets), beliefs=PRIOR)


def with_levers(preset: str, levers: Mapping[str, Any]) -> Compiled:
    """A preset with dated levers laid over it: lever -> month -> value or parts."""
    return compile_scenario(replace(load_scenario(preset).with_levers(levers), id="changed"), beliefs=PRIOR)


def inputs(scenario: Compiled, values: Mapping[str, Floats], *, dt: float = 1.0) -> MarketInputs:
    """Compiled inputs of a scenario on given draws."""
    return compile_market(values, scenario.gates, scenario.levers, hazards=scenario.scenario.hazards, dt=dt)


def changed(values: Mapping[str, Floats], **by_last_name: float) -> dict[str, Floats]:
    """Draws in which the parameters with these last names are pinned."""
    result = dict(values)
    for name, value in by_last_name.items():
        (path,) = [path for path in values if path.rsplit(".", 1)[-1] == name]
        result[path] = np.full_like(values[path], value)
    return result


@cache
def box_run(preset: str) -> Trajectory:
    """A preset's run over the box, kept for all tests of a process."""
    return simulate(inputs(compiled(preset), box()))


@cache
def box_outcomes(preset: str) -> dict[str, dict[str, Floats]]:
    """Yearly outcomes of a preset over the box."""
    return measure(box_run(preset))


def run(scenario: Compiled, values: Mapping[str, Floats] | None = None, *, dt: float = 1.0) -> Trajectory:
    """The trajectory of a scenario on given draws, by default the box."""
    return simulate(inputs(scenario, box() if values is None else values, dt=dt))


def walk(market: MarketInputs, *, model: Model | None = None, months: int = MONTHS) -> Iterator[Month]:
    """Yield the months of a run one by one, with the stocks before and after and all flows."""
    p, c, state = Bundle(market.parameters), Bundle(market.constants), market.initial
    chosen = model or Model()
    for number in range(months):
        x = Bundle({name: values[number] for name, values in market.monthly.items()})
        with np.errstate(under="ignore"):
            after, flows = chosen.month(state, p, c, x, np)
        yield Month(number, x, state, after, flows)
        state = after


def worst(found: Floats, expected: Floats, *sizes: Floats) -> float:
    """Largest departure of two arrays, relative to the largest of their own and the given sizes at each place."""
    scale = np.abs(found) + np.abs(expected)
    for size in sizes:
        scale = scale + np.abs(size)
    return float(np.max(np.abs(found - expected) / (scale + 1e-9)))

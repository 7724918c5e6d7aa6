"""Live computing: scenarios of a screen as bands, fast, with everything that a move leaves alone kept from the last one."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.experiments import pipeline
from countermove.experiments.live import World
from countermove.experiments.result import NOT_REACHED
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.experiments.statistics import quantiles
from countermove.market.engines.compiled_steps import OtherShapes, Program
from countermove.market.steps import Monthly
from countermove.outcomes import HORIZON, OUTCOMES, outcome
from countermove.outcomes.periods import measured
from countermove.outcomes.window import Window
from countermove.policy.levers import compile_levers
from countermove.quantities.calendar import MONTHS, month_index, month_name, period_months, quarters, years
from countermove.web.keeping import Keeping
from countermove.web.limits import MOST_KEPT_BYTES
from countermove.web.schema import Bands, By, Headline, LiveAnswer, LiveRequest, Range, Side, Spread

Floats = NDArray[np.float64]

PREVIEW, REFINED = 64, 256
"""Draws of the first answer to a move, and of the one that follows when the lever rests."""


@lru_cache(maxsize=64)
def preset(name: str) -> Scenario:
    """Return a shipped scenario, read once; InputError for an unknown one."""
    return load_scenario(name)


def scenario_of(side: Side) -> Scenario:
    """Return the scenario that a side describes: its preset, then its levers from its month on, then its assumptions.

    Raises InputError as the command line does.
    """
    scenario = preset(side.preset)
    if side.levers:
        scenario = scenario.with_levers(_complete(gathered(side.levers), scenario, side.start), start=side.start)
    if side.assumptions:
        values = {path: value.model_dump() if isinstance(value, Range) else value for path, value in side.assumptions.items()}
        scenario = scenario.with_overrides(values)
    return scenario


def gathered(levers: Mapping[str, Any]) -> dict[str, Any]:
    """Fold part paths (`beijing.import_gate.mode`) into their lever's entry, as a scenario file writes them."""
    parts: dict[str, dict[str, Any]] = {}
    for path, value in levers.items():
        government, _, rest = path.removeprefix("levers.").partition(".")
        lever, _, part = rest.partition(".")
        parts.setdefault(f"{government}.{lever}", {})[part or "value"] = value
    return {lever: found["value"] if set(found) == {"value"} else found for lever, found in parts.items()}


def _complete(levers: dict[str, Any], scenario: Scenario, start: str) -> dict[str, Any]:
    """Give levers of which only parts are set the value that they have anyway, from `start` on."""
    alone = [name for name, found in levers.items() if isinstance(found, dict) and not _dated(found) and "value" not in found]
    if not alone:
        return levers
    settings = compile_levers(scenario.settings(), where=scenario.id)
    first = month_index(start)
    held = {name: settings.value(name) for name in alone}
    return levers | {
        name: {
            "value": {
                month_name(month): float(path[month])
                for month in range(first, MONTHS)
                if month == first or path[month] != path[month - 1]
            }
        }
        | levers[name]
        for name, path in held.items()
    }


def _dated(found: Mapping[str, Any]) -> bool:
    return any(key[:1].isdigit() for key in found)


@lru_cache(maxsize=64)
def _read(side: str) -> Scenario:
    """Return the scenario of a side that was written as JSON: screens send the same one many times."""
    return scenario_of(Side.model_validate_json(side))


@dataclass(frozen=True)
class Sample:
    """Values of the uncertain parameters, (draw,) each."""

    values: dict[str, Floats]

    def held(self) -> Any:
        """Return what it holds in memory."""
        return self.values


@dataclass
class Run:
    """One simulated scenario, with the outcomes measured so far."""

    monthly: Monthly
    draws: int
    engine: str
    measured: dict[tuple[str, str], Floats] = field(default_factory=dict)
    banded: dict[tuple[str, By], Bands] = field(default_factory=dict)

    def held(self) -> Any:
        """Return what it holds in memory."""
        return self.monthly, self.measured

    def series(self, name: str, by: By) -> Floats:
        """Return an outcome over all periods, (period, draw)."""
        key = (name, by)
        if key not in self.measured:
            self.measured[key] = measured(outcome(name).measure, self.monthly, LENGTHS[by], self.draws)
        return self.measured[key]

    def bands(self, name: str, by: By) -> Bands:
        """Return an outcome's bands over all periods."""
        key = (name, by)
        if key not in self.banded:
            self.banded[key] = bands(self.series(name, by), by)
        return self.banded[key]

    def value(self, name: str, year: int) -> Floats:
        """Return an outcome of one year, or over the whole clock for a date, (draw,)."""
        dated = OUTCOMES[name].kind == "date"
        key = (name, HORIZON if dated else str(year))
        if key not in self.measured:
            months = (0, MONTHS) if dated else period_months(str(year))
            self.measured[key] = np.broadcast_to(outcome(name).measure(Window(self.monthly, *months)), self.draws)
        return self.measured[key]


LENGTHS: dict[By, int] = {"month": 1, "quarter": 3, "year": 12}


def periods(by: By) -> list[str]:
    """Return the names of the periods of one length."""
    if by == "month":
        return [month_name(month) for month in range(MONTHS)]
    return years() if by == "year" else quarters()


class Simulator:
    """Simulates scenarios for screens; several threads may ask."""

    def __init__(self, *, accelerate: bool = True) -> None:
        self.kept = Keeping(MOST_KEPT_BYTES)
        self._programs: dict[int, Program] = {}
        self._accelerate = accelerate and find_spec("jax") is not None

    @property
    def engine(self) -> str:
        """The engine that answers moves once everything is compiled."""
        return "jax" if self._accelerate else "numpy"

    def warm_up(self) -> None:
        """Answer one request, so that the first move does not pay for loading."""
        self.answer(LiveRequest(outcomes=["h200_china_revenue_usd_bn"], headlines=["h200_china_revenue_usd_bn"]))

    def compile(self, *draws: int) -> None:
        """Compile the loop for these numbers of draws; slow, meant for a thread in the background."""
        for number in draws if self._accelerate else ():
            world = self._world(scenario_of(Side()), number, 2026, None)
            self._programs[number] = world.program()
            # The first run of a world takes longest: the one that screens start with is made ready here.
            self.run(Side(), draws=number, seed=2026)

    def run(self, side: Side, *, draws: int, seed: int) -> tuple[Scenario, Run]:
        """Return a simulated scenario; InputError for a side that does not fit."""
        scenario = _read(side.model_dump_json())
        # A run of another precision is no reference for those of a compiled program.
        key = ("run", scenario_key(scenario), draws, seed, draws in self._programs)
        return scenario, self.kept.get(key, lambda: self._simulated(side, scenario, draws, seed))

    def sample(self, scenario: Scenario, *, draws: int, seed: int) -> dict[str, Floats]:
        """Return the joint sample of the parameters that a scenario is simulated with."""
        return self._sample(pipeline.compile_scenario(scenario), draws, seed)

    def answer(self, request: LiveRequest) -> LiveAnswer:
        """Return the bands and headlines of a request; InputError with the nearest name for what does not exist."""
        began = time.perf_counter()
        for name in (*request.outcomes, *request.headlines):
            outcome(name)
        dates = [name for name in request.outcomes if OUTCOMES[name].kind == "date"]
        if dates:
            raise InputError(f"{dates[0]} is a date, which has no bands", where="outcomes", hint="ask for it as a headline")
        scenario, run = self.run(request.scenario, draws=request.draws, seed=request.seed)
        _, reference = self.run(request.reference, draws=request.draws, seed=request.seed)
        charted = request.outcomes
        by = request.by
        detail = charted if request.detail else []
        return LiveAnswer(
            sequence=request.sequence,
            label=scenario.label,
            engine=run.engine,
            draws=request.draws,
            seed=request.seed,
            outcomes={name: run.bands(name, by) for name in charted},
            reference_medians={name: reference.bands(name, by).median for name in charted},
            references={name: reference.bands(name, by) for name in detail},
            differences={name: bands(run.series(name, by) - reference.series(name, by), by) for name in detail},
            headlines={name: headline(name, run, reference, request.year) for name in request.headlines},
            milliseconds=round((time.perf_counter() - began) * 1000, 2),
        )

    def _simulated(self, side: Side, scenario: Scenario, draws: int, seed: int) -> Run:
        bare = _read(side.model_copy(update={"levers": {}}).model_dump_json())
        trunk = None if side.preset == Side().preset else pipeline.compile_scenario(bare)
        compiled = pipeline.compile_scenario(scenario)
        for program in (self._programs.get(draws), None):
            world = self._world(scenario, draws, seed, program)
            with contextlib.suppress(OtherShapes):
                return Run(world.course(compiled, scenario_key(bare), trunk), draws, world.engine)
        raise AssertionError("NumPy runs inputs of every shape")

    def _world(self, scenario: Scenario, draws: int, seed: int, program: Program | None) -> World:
        """Return the world of a scenario's assumptions, whose first course is the status quo under them."""

        def made() -> World:
            usual = pipeline.compile_scenario(replace(preset(Side().preset), overrides=scenario.overrides))
            return World(usual, self._sample(usual, draws, seed), program)

        return self.kept.get(("world", _assumed(scenario), draws, seed, program is None), made)

    def _sample(self, compiled: pipeline.Compiled, draws: int, seed: int) -> dict[str, Floats]:
        key = ("sample", _assumed(compiled.scenario), draws, seed)
        return self.kept.get(key, lambda: Sample(pipeline.sampled(compiled, seed=seed, draws=draws))).values


def _assumed(scenario: Scenario) -> str:
    return json.dumps(scenario.to_dict()["set"], sort_keys=True)


def scenario_key(scenario: Scenario) -> str:
    """Return what decides a scenario's results as text."""
    body = scenario.to_dict()
    return json.dumps([body["levers"], body["set"], body["hazards"], body.get("whatif", "")], sort_keys=True)


def bands(values: Floats, by: By) -> Bands:
    """Return the bands of draws by period, (period, draw)."""
    p5, p25, median, p75, p95 = (rounded(one) for one in quantiles(values))
    return Bands(periods=periods(by), p5=p5, p25=p25, median=median, p75=p75, p95=p95)


def rounded(values: Iterable[float]) -> list[float]:
    """Return numbers with six significant digits, which is more than a screen shows."""
    return [float(f"{value:.6g}") for value in values]


def spread(values: Floats, *, dated: bool = False) -> Spread:
    """Return the median and the 90% range of draws."""
    p5, _, median, _, p95 = rounded(quantiles(values))
    return Spread(median=median, p5=p5, p95=p95, censored=float(np.mean(values >= NOT_REACHED)) if dated else None)


def headline(name: str, run: Run, reference: Run, year: int) -> Headline:
    """Return one number of the strip."""
    dated = OUTCOMES[name].kind == "date"
    value, other = run.value(name, year), reference.value(name, year)
    difference = value - other
    positive = float(np.mean(difference > 0) + np.mean(difference == 0) / 2)
    return Headline(
        period=HORIZON if dated else str(year),
        scenario=spread(value, dated=dated),
        reference=spread(other, dated=dated),
        difference=spread(difference),
        share_positive=positive,
    )

"""Live computing: scenarios of a screen as bands, fast, with everything that a move leaves alone kept from the last one."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from countermove.experiments import pipeline
from countermove.experiments.result import NOT_REACHED
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.market.compile import compile_market, recompile
from countermove.market.inputs import MarketInputs
from countermove.outcomes import HORIZON, OUTCOMES, outcome
from countermove.outcomes.window import Window
from countermove.policy.levers import compile_levers
from countermove.quantities.calendar import MONTHS, month_index, month_name, period_months, quarters, years
from countermove.web.schema import Bands, By, Headline, LiveAnswer, LiveRequest, Range, Side, Spread
from countermove.web.stepping import SPLIT, Accelerator, Monthly, Stretch, with_numpy

Floats = NDArray[np.float64]
Kept = TypeVar("Kept")

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
PREVIEW, REFINED = 64, 256
"""Draws of the first answer to a move, and of the one that follows when the lever rests."""
MOST_KEPT_DRAWS = 1280
"""Draws of recent runs that are kept, at about 150 kB each."""


def scenario_of(side: Side) -> Scenario:
    """Return the scenario that a side describes: its preset, then its levers from its month on, then its assumptions.

    Raises InputError as the command line does.
    """
    scenario = load_scenario(side.preset)
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


class Recent(OrderedDict[Any, Kept]):
    """The last few things computed, oldest dropped first."""

    def __init__(self, most: int, *, weigh: Callable[[Kept], int] = lambda _: 1) -> None:
        super().__init__()
        self._most, self._weigh = most, weigh

    def get_or(self, key: Any, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under the key, making it when it is not."""
        if key not in self:
            self[key] = make()
            while len(self) > 1 and sum(self._weigh(one) for one in self.values()) > self._most:
                self.popitem(last=False)
        self.move_to_end(key)
        return self[key]


class Joined(Mapping[str, Floats]):
    """Series of two stretches of months as one, joined when they are read."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._stretches = [stretch.monthly for stretch in stretches]
        self._joined: dict[str, Floats] = {}

    def __getitem__(self, name: str) -> Floats:
        if name not in self._joined:
            self._joined[name] = np.concatenate([monthly[name] for monthly in self._stretches])
        return self._joined[name]

    def __iter__(self) -> Any:
        return iter(self._stretches[0])

    def __len__(self) -> int:
        return len(self._stretches[0])


@dataclass
class Run:
    """One simulated scenario, with the outcomes measured so far."""

    monthly: Monthly
    draws: int
    engine: str
    measured: dict[tuple[str, str], Floats] = field(default_factory=dict)

    def series(self, name: str, by: By) -> Floats:
        """Return an outcome over all periods, (period, draw)."""
        key = (name, by)
        if key not in self.measured:
            windows = (Window(self.monthly, *span) for span in spans(by))
            self.measured[key] = np.stack([np.broadcast_to(outcome(name).measure(one), self.draws) for one in windows])
        return self.measured[key]

    def value(self, name: str, year: int) -> Floats:
        """Return an outcome of one year, or over the whole clock for a date, (draw,)."""
        dated = OUTCOMES[name].kind == "date"
        key = (name, HORIZON if dated else str(year))
        if key not in self.measured:
            months = (0, MONTHS) if dated else period_months(str(year))
            self.measured[key] = np.broadcast_to(outcome(name).measure(Window(self.monthly, *months)), self.draws)
        return self.measured[key]


def periods(by: By) -> list[str]:
    """Return the names of the periods of one length."""
    if by == "month":
        return [month_name(month) for month in range(MONTHS)]
    return years() if by == "year" else quarters()


def spans(by: By) -> list[tuple[int, int]]:
    """Return the months of every period, [first, last)."""
    return [(month, month + 1) for month in range(MONTHS)] if by == "month" else [period_months(name) for name in periods(by)]


class Simulator:
    """Simulates scenarios for screens; one thread at a time."""

    def __init__(self, *, accelerate: bool = True) -> None:
        self._lock = threading.Lock()
        self._samples: Recent[dict[str, Floats]] = Recent(6)
        self._pasts: Recent[Stretch] = Recent(3)
        self._whole: Recent[MarketInputs] = Recent(3)
        self._runs: Recent[Run] = Recent(MOST_KEPT_DRAWS, weigh=lambda run: run.draws)
        self._accelerator = Accelerator() if accelerate else None

    @property
    def engine(self) -> str:
        """The engine that answers moves once everything is compiled."""
        return "jax" if self._accelerator is not None and self._accelerator.available else "numpy"

    def warm_up(self) -> None:
        """Answer one request, so that the first move does not pay for loading."""
        self.answer(LiveRequest(outcomes=["h200_china_revenue_usd_bn"], headlines=["h200_china_revenue_usd_bn"]))

    def compile(self, *draws: int) -> None:
        """Compile the loop for these numbers of draws; slow, meant for a thread in the background."""
        if self._accelerator is None or not self._accelerator.available:
            return
        for number in draws:
            with self._lock:
                inputs = self._inputs(scenario_of(Side()), number, 2026)
            self._accelerator.prepare(inputs)

    def run(self, side: Side, *, draws: int, seed: int) -> tuple[Scenario, Run]:
        """Return a simulated scenario; InputError for a side that does not fit."""
        scenario = scenario_of(side)
        key = (scenario_key(scenario), draws, seed, self._compiled_for(draws))
        with self._lock:
            return scenario, self._runs.get_or(key, lambda: self._simulated(scenario, draws, seed))

    def sample(self, scenario: Scenario, *, draws: int, seed: int) -> dict[str, Floats]:
        """Return the joint sample of the parameters that a scenario is simulated with."""
        with self._lock:
            return self._sample(pipeline.compile_scenario(scenario), draws, seed)

    def answer(self, request: LiveRequest) -> LiveAnswer:
        """Return the bands and headlines of a request; InputError with the nearest name for what does not exist."""
        began = time.perf_counter()
        for name in (*request.outcomes, *request.headlines):
            outcome(name)
        scenario, run = self.run(request.scenario, draws=request.draws, seed=request.seed)
        _, reference = self.run(request.reference, draws=request.draws, seed=request.seed)
        charted = [name for name in request.outcomes if OUTCOMES[name].kind != "date"]
        by = request.by
        detail = charted if request.detail else []
        return LiveAnswer(
            sequence=request.sequence,
            label=scenario.label,
            engine=run.engine,
            draws=request.draws,
            seed=request.seed,
            outcomes={name: bands(run.series(name, by), by) for name in charted},
            reference_medians={name: rounded(np.median(reference.series(name, by), axis=1)) for name in charted},
            references={name: bands(reference.series(name, by), by) for name in detail},
            differences={name: bands(run.series(name, by) - reference.series(name, by), by) for name in detail},
            headlines={name: headline(name, run, reference, request.year) for name in request.headlines},
            milliseconds=round((time.perf_counter() - began) * 1000, 2),
        )

    def _compiled_for(self, draws: int) -> bool:
        """Tell whether compiled programs answer; a run of another precision is no reference for theirs."""
        return self._accelerator is not None and self._accelerator.ready(draws)

    def _simulated(self, scenario: Scenario, draws: int, seed: int) -> Run:
        inputs = self._inputs(scenario, draws, seed)
        if not shares_the_past(scenario):
            return Run(with_numpy(inputs, inputs.initial, 0, MONTHS).monthly, draws, "numpy")
        key = (json.dumps(scenario.to_dict()["set"], sort_keys=True), draws, seed, self._compiled_for(draws))
        past = self._pasts.get_or(key, lambda: self._stretch(inputs, None)[0])
        rest, engine = self._stretch(inputs, past)
        return Run(Joined((past, rest)), draws, engine)

    def _stretch(self, inputs: MarketInputs, past: Stretch | None) -> tuple[Stretch, str]:
        """Simulate the past (None) or what follows it, compiled where that is ready."""
        state, first, last = (inputs.initial, 0, SPLIT) if past is None else (past.final, SPLIT, MONTHS)
        fast = self._accelerator.simulate(inputs, state, first, last) if self._accelerator is not None else None
        return (fast, "jax") if fast is not None else (with_numpy(inputs, state, first, last), "numpy")

    def _inputs(self, scenario: Scenario, draws: int, seed: int) -> MarketInputs:
        compiled = pipeline.compile_scenario(scenario)
        sample = self._sample(compiled, draws, seed)
        key = (json.dumps(scenario.to_dict()["set"], sort_keys=True), draws, seed)
        given: Any = (sample, compiled.gates, compiled.levers)
        if key not in self._whole:
            return self._whole.get_or(key, lambda: compile_market(*given, hazards=scenario.hazards))
        return recompile(self._whole[key], *given, hazards=scenario.hazards)

    def _sample(self, compiled: pipeline.Compiled, draws: int, seed: int) -> dict[str, Floats]:
        key = (json.dumps(compiled.scenario.to_dict()["set"], sort_keys=True), draws, seed)
        return self._samples.get_or(key, lambda: pipeline.sampled(compiled, seed=seed, draws=draws))


def scenario_key(scenario: Scenario) -> str:
    """Return what decides a scenario's results as text."""
    body = scenario.to_dict()
    return json.dumps([body["levers"], body["set"], body["hazards"]], sort_keys=True)


def shares_the_past(scenario: Scenario) -> bool:
    """Tell whether no lever moves before the month from which everything is simulated anew."""
    months = [month_index(month) for parts in scenario.levers.values() for steps in parts.values() for month in steps]
    return min(months, default=MONTHS) >= SPLIT


def quantiles(values: Floats) -> Floats:
    """Return the five quantiles of draws on the last axis, (level, ...), interpolated as `experiments.statistics` does."""
    ordered = np.sort(values, axis=-1)
    places = (values.shape[-1] - 1) * np.array(LEVELS)
    below = places.astype(int)
    above = np.minimum(below + 1, values.shape[-1] - 1)
    low, high = ordered[..., below], ordered[..., above]
    found: Floats = np.moveaxis(low + (places - below) * (high - low), -1, 0)
    return found


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

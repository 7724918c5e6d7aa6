"""What feeds what in the model: mechanisms, the doors between them, and the parameters, levers and tables behind the doors.

Nothing here is typed by hand that the code can say itself. Doors between mechanisms are those that they declare. What an
observed series, a constant or a monthly input depends on is found by moving one thing and looking at what changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.ledger import load_parameters
from countermove.evidence.schema import Parameter
from countermove.experiments.draws import sample
from countermove.experiments.streams import STREAMS
from countermove.market import observe as observer
from countermove.market.compile import GATE_PRODUCTS, compile_market
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.mechanism import Flows, Mechanism
from countermove.market.model import ORDER, Model
from countermove.market.state import State
from countermove.policy.gates import compile_gates
from countermove.policy.levers import compile_levers

if TYPE_CHECKING:
    from countermove.policy.lever_definitions import Lever

Floats = NDArray[np.float64]

MONTH_SEEN = 50  # a month in which every route has something on offer

#: Levers at values away from the status quo, so that parameters which only act there (open memory imports, a cumulative cap,
#: extra capacity, subsidies to users) show what they touch.
ELSEWHERE: Mapping[str, Any] = {
    "washington.component_controls": 0.2,
    "washington.volume_cap": {"value": 0.5, "reference_period": "cumulative"},
    "beijing.capacity_push": 1.5,
    "beijing.subsidy": 20.0,
}


@dataclass(frozen=True)
class Feed:
    """One mechanism's hold on another: the doors between them; `lagged` when these are stocks, which are a month old."""

    mechanism: str
    doors: tuple[str, ...]
    lagged: bool


@dataclass(frozen=True)
class SeriesReads:
    """What a monthly series is computed from when the month is observed."""

    flows: tuple[str, ...] = ()
    stocks: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    constants: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


def mechanisms() -> dict[str, Mechanism]:
    """Return the mechanisms of the model by name, in the order of the month."""
    return {mechanism.name: mechanism for mechanism in ORDER}


@cache
def feeds(name: str) -> tuple[Feed, ...]:
    """Return what feeds a mechanism: flows of earlier mechanisms in the month, then stocks of others."""
    reader = mechanisms()[name]
    found = []
    for writer in ORDER:
        flows = tuple(door for door in reader.flow_reads if door in writer.flow_writes)
        stocks = tuple(door for door in reader.state_reads if door in writer.state_writes)
        if flows:
            found.append(Feed(writer.name, flows, lagged=False))
        if stocks and writer is not reader:
            found.append(Feed(writer.name, stocks, lagged=True))
    return tuple(found)


def writers(series: str) -> tuple[str, ...]:
    """Return the mechanisms that write what a monthly series is observed on, in the order of the month."""
    reads = series_reads()[series]
    return tuple(m.name for m in ORDER if {*reads.flows} & {*m.flow_writes} or {*reads.stocks} & {*m.state_writes})


def steps_upstream(reads: Iterable[str]) -> dict[str, int]:
    """Return mechanism -> smallest number of steps to an outcome that reads these series, nearest first."""
    steps = dict.fromkeys((name for series in reads for name in writers(series)), 0)
    queue = list(steps)
    for name in queue:
        for feed in feeds(name):
            if feed.mechanism not in steps:
                steps[feed.mechanism] = steps[name] + 1
                queue.append(feed.mechanism)
    return steps


@cache
def series_reads() -> dict[str, SeriesReads]:
    """Return monthly series -> what it is computed from, by moving each stock, flow, input and constant once."""
    compiled = compile_market(sample(load_parameters(), seed=1, draws=1), *_policy({}))
    dice = np.random.default_rng(1)
    p, c = Bundle(compiled.parameters), Bundle(compiled.constants)
    x = Bundle({name: values[MONTH_SEEN] for name, values in compiled.monthly.items()})
    with np.errstate(all="ignore"):
        stocks = {name: dice.uniform(0.5, 1.5, values.shape) for name, values in compiled.initial._asdict().items()}
        _, first = Model().month(State(**stocks), p, c, x, np)
        flows = {name: dice.uniform(0.5, 1.5, np.shape(values)) for name, values in first.items()}
        groups: dict[str, Mapping[str, Any]] = {
            "flows": flows,
            "stocks": stocks,
            "inputs": {name: x[name] for name in observer.INPUTS},
            "constants": {name: c[name] for name in observer.CONSTANTS if name != "dt"},
            "parameters": {name: p[name] for name in observer.PARAMETERS},
        }
        return _observed_reads(groups, p, c, x)


def _observed_reads(groups: Mapping[str, Mapping[str, Any]], p: Bundle, c: Bundle, x: Bundle) -> dict[str, SeriesReads]:
    def seen(group: str, changed: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: {**values, **(changed if name == group else {})} for name, values in groups.items()}
        return observer.observe(
            State(**given["stocks"]),
            Bundle(p, **given["parameters"]),
            Bundle(c, **given["constants"]),
            Bundle(x, **given["inputs"]),
            Flows(given["flows"]),
            np,
        )

    usual = seen("", {})
    found: dict[str, dict[str, list[str]]] = {series: {group: [] for group in groups} for series in usual}
    for group, values in groups.items():
        for name, value in values.items():
            for series, moved in seen(group, {name: _changed(np.asarray(value))}).items():
                if not np.array_equal(moved, usual[series]):
                    found[series][group].append(name)
    return {
        series: SeriesReads(**{group: tuple(names) for group, names in by_group.items()}) for series, by_group in found.items()
    }


def _changed(value: NDArray[Any]) -> NDArray[Any]:
    """Another value of a door: larger, or for places on an axis the same places in another order."""
    return np.roll(value, 1) if value.dtype.kind in "iu" else np.asarray(value * 1.5 + 0.1)


def _policy(settings: Mapping[str, Any]) -> tuple[Any, Any]:
    levers = compile_levers({f"levers.{name}": value for name, value in settings.items()})
    return compile_gates(levers, GATE_PRODUCTS), levers


@cache
def doors_of_parameters() -> dict[str, tuple[str, ...]]:
    """Return parameter id or random stream -> the constants, monthly inputs and initial stocks that depend on it.

    Two compilations carry one uncertain parameter per draw; fixed ones may be read as one number for all draws, so each
    has its own. Initial stocks are written `initial NAME`.
    """
    found: dict[str, set[str]] = {}
    for settings in ({}, ELSEWHERE):
        policy = _policy(settings)
        for name, doors in {**_moved_together(policy), **_moved_one_by_one(policy)}.items():
            found.setdefault(name, set()).update(doors)
    order = [*load_parameters(), *STREAMS]
    return {name: tuple(sorted(found.get(name, ()))) for name in order}


def _moved_together(policy: tuple[Any, Any]) -> dict[str, set[str]]:
    """Draw 0 holds the medians; draw i moves the i-th uncertain parameter or stream alone."""
    parameters = load_parameters()
    moving = [name for name, parameter in parameters.items() if parameter.prior.kind != "fixed"]
    names = [*moving, *STREAMS]
    draws = {name: np.full(len(names) + 1, parameter.prior.median()) for name, parameter in parameters.items()}
    draws |= {name: np.full(len(names) + 1, 0.5) for name in STREAMS}
    for column, name in enumerate(names, start=1):
        draws[name][column] = _elsewhere(parameters[name]) if name in parameters else 0.93
    found: dict[str, set[str]] = {name: set() for name in names}
    for door, values in _doors(compile_market(draws, *policy)):
        if values.ndim and values.shape[-1] == len(names) + 1:
            columns = values.reshape(-1, values.shape[-1])
            differs = np.any(columns != columns[:, :1], axis=0)
            for moved in np.flatnonzero(differs):
                found[names[int(moved) - 1]].add(door)
    return found


def _moved_one_by_one(policy: tuple[Any, Any]) -> dict[str, set[str]]:
    parameters = load_parameters()
    usual = {name: np.array([parameter.prior.median()]) for name, parameter in parameters.items()}
    usual |= {name: np.array([0.5]) for name in STREAMS}
    reference = dict(_doors(compile_market(usual, *policy)))
    found = {}
    for name, parameter in parameters.items():
        if parameter.prior.kind == "fixed":
            moved = _doors(compile_market(usual | {name: np.array([_elsewhere(parameter)])}, *policy))
            found[name] = {door for door, values in moved if not np.array_equal(values, reference[door])}
    return found


def _elsewhere(parameter: Parameter) -> float:
    """A valid value a little away from the median."""
    low, high = parameter.valid
    middle = parameter.prior.median()
    step = 0.07 * abs(middle) or 0.01 * (high - low)
    return next((value for value in (middle + step, middle - step) if low <= value <= high), high if middle == low else low)


def _doors(compiled: MarketInputs) -> list[tuple[str, Floats]]:
    groups = {"": {**compiled.constants, **compiled.monthly}, "initial ": compiled.initial._asdict()}
    return [(prefix + name, np.asarray(values)) for prefix, group in groups.items() for name, values in group.items()]


@cache
def parameters_of(mechanism: str) -> tuple[str, ...]:
    """Return the ids of all parameters that act in a mechanism: declared ones first, then those behind its inputs."""
    found = mechanisms()[mechanism]
    behind = {*found.inputs, *found.constants, *(f"initial {name}" for name in found.state_writes)}
    return _acting(found.parameters, behind)


@cache
def parameters_of_series(series: str) -> tuple[str, ...]:
    """Return the ids of parameters that act on a series when it is observed, such as chips' effective performance."""
    reads = series_reads()[series]
    return _acting(reads.parameters, {*reads.inputs, *reads.constants})


def _acting(declared: Iterable[str], behind: set[str]) -> tuple[str, ...]:
    by_short = {name.rpartition(".")[2]: name for name in load_parameters()}
    direct = [by_short[name] for name in declared if name in by_short]
    through = [name for name, doors in doors_of_parameters().items() if name not in STREAMS and behind & {*doors}]
    return tuple(dict.fromkeys([*direct, *through]))


@cache
def doors_of_levers() -> dict[str, tuple[str, ...]]:
    """Return lever id -> the monthly inputs that it and the parts in its drawer set, by compiling values from end to end."""
    from countermove.policy.lever_definitions import load_levers

    usual = {name: np.array([parameter.prior.median()]) for name, parameter in load_parameters().items()}
    usual |= {name: np.array([0.5]) for name in STREAMS}
    reference = dict(_doors(compile_market(usual, *_policy({}))))
    found = {}
    for name, lever in load_levers().items():
        touched: set[str] = set()
        for setting in _settings(lever):
            moved = _doors(compile_market(usual, *_policy({name: setting})))
            touched |= {door for door, values in moved if not np.array_equal(values, reference[door])}
        found[name] = tuple(sorted(touched))
    return found


def _settings(lever: Lever) -> Iterator[Any]:
    """Both ends of a lever's range from 2026 on, and at its upper end each value that a part of its drawer may take."""
    yield {"2026-01": lever.main.low}
    yield {"2026-01": lever.main.high}
    for name, part in lever.parts.items():
        values: tuple[Any, ...] = (
            part.choices if part.kind == "choice" else (part.low, part.high) if part.kind == "number" else ()
        )
        if part.group:  # shares that add up to one move together
            yield {"value": lever.main.high} | {
                other: float(other == name) for other, p in lever.parts.items() if p.group == part.group
            }
            continue
        yield from ({"value": lever.main.high, name: value} for value in values)

"""What the model is asked about a claim: an outcome, or its paired difference between two scenarios, and a threshold.

A check stands in the `model` block of a case's row:

    {outcome: h200_china_revenue_usd_bn, scenario: h200-2026, period: "2026", below: 1}
    {outcome: domestic_research_usd_bn, scenario: open-h200+open, than: no-h200, period: "2028", below: 0, loops: "off"}

`outcome` is an id of `outcomes`, or one of this room's: `facts` (hardware alone) and `paired` (two scenarios). `than` takes the
difference scenario minus `than`, draw by draw. Without `above` or `below` only the median and its range are given. `loops: "off"`
cuts the four loops from sales to later performance (R&D, capacity, learning, software) in both. `levers` changes the
scenario, not `than`, as a scenario file would; `parameters` pins parameters in both; `label` says either in words.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from countermove.desk.facts import FACTS
from countermove.desk.paired import PAIRED
from countermove.errors import DataError, did_you_mean
from countermove.experiments.pipeline import FITTED
from countermove.experiments.result import Result
from countermove.experiments.run import SEED, Progress, run
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.outcomes import HORIZON, OUTCOMES
from countermove.quantities.calendar import years

KEYS = ("outcome", "scenario", "than", "period", "above", "below", "loops", "levers", "parameters", "label")
LOOPS = ("research.research_loop", "capacity.capacity_loop", "learning.learning_loop", "software.software_loop")
LOOPS_OFF = "loops off"


@dataclass(frozen=True)
class Check:
    """One question to the model. `where` names its place in the case file, for errors."""

    outcome: str
    scenario: str
    period: str
    than: str | None = None
    above: float | None = None
    below: float | None = None
    loops: bool = True
    levers: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, float] = field(default_factory=dict)
    label: str = ""
    where: str = ""

    @property
    def runs(self) -> tuple[str, ...]:
        """Keys of the runs that it needs, the scenario's first; a run with changes has them in its key."""
        mark = ("" if self.loops else f" ({LOOPS_OFF})") + (f" {json.dumps(self.parameters)}" if self.parameters else "")
        changed = f" {json.dumps(self.levers, sort_keys=True)}" if self.levers else ""
        return (self.scenario + changed + mark, *((self.than + mark,) if self.than else ()))

    @property
    def threshold(self) -> float | None:
        """The number whose probability of being passed is wanted, None when there is none."""
        return self.above if self.above is not None else self.below

    @property
    def is_date(self) -> bool:
        """Whether the outcome is a date, in years."""
        return self.outcome in OUTCOMES and OUTCOMES[self.outcome].kind == "date"

    @property
    def differs(self) -> bool:
        """Whether the numbers are differences of two scenarios, printed with their sign."""
        return self.than is not None and self.outcome not in PAIRED

    @property
    def unit(self) -> str:
        """Unit of the outcome."""
        for known in (OUTCOMES, PAIRED, FACTS):
            if self.outcome in known:
                return str(known[self.outcome].unit)
        raise KeyError(self.outcome)


def read_checks(model: Mapping[str, Any], *, where: str) -> list[Check]:
    """Return the checks of a row's `model` block; DataError for an unknown key, outcome, period or threshold."""
    listed = model.get("checks", ())
    if not isinstance(listed, list | tuple):
        raise DataError("checks is no list", where=f"{where} (model.checks)", hint="write `- {outcome: ...}` below checks:")
    return [_read(entry, f"{where} (model.checks.{number})") for number, entry in enumerate(listed)]


def _read(entry: Any, where: str) -> Check:
    if not isinstance(entry, dict):
        raise DataError(
            "a check needs outcome, scenario and period", where=where, hint="write {outcome: ..., scenario: ..., ...}"
        )
    for key in entry:
        if key not in KEYS:
            raise DataError(f"unknown key '{key}' in a check", where=where, hint=did_you_mean(key, KEYS))
    for key in ("outcome", "scenario", "period"):
        if not isinstance(entry.get(key), str):
            raise DataError(f"a check needs {key}, as text", where=where, hint=f"add {key}: ...")
    _check_outcome(entry, where)
    _check_threshold(entry, where)
    if entry.get("loops", "on") not in ("on", "off"):
        raise DataError(f"loops is {entry['loops']!r}", where=where, hint='write loops: "off", or leave it out')
    if not all(isinstance(entry.get(key, {}), dict) for key in ("levers", "parameters")):
        raise DataError("levers and parameters are mappings", where=where, hint="write {name: value}")
    if bool(entry.get("levers") or entry.get("parameters")) != bool(entry.get("label")):
        raise DataError("changes need a label, and a label changes", where=where, hint="say in words what is changed")
    rest = {key: value for key, value in entry.items() if key != "loops"}
    return Check(**rest, loops=entry.get("loops", "on") == "on", where=where)


def _check_outcome(entry: Mapping[str, Any], where: str) -> None:
    name, known = entry["outcome"], [*OUTCOMES, *PAIRED, *FACTS]
    if name not in known:
        raise DataError(f"no outcome named {name!r}", where=where, hint=did_you_mean(name, known))
    if name in PAIRED and entry.get("than") is None:
        raise DataError(f"{name} compares two scenarios", where=where, hint="add than: the scenario to compare with")
    valid = [HORIZON] if name in OUTCOMES and OUTCOMES[name].kind == "date" else years()
    if entry["period"] not in valid:
        raise DataError(f"{name} has no period {entry['period']!r}", where=where, hint=did_you_mean(entry["period"], valid))


def _check_threshold(entry: Mapping[str, Any], where: str) -> None:
    for key in ("above", "below"):
        value = entry.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise DataError(f"{key} is {value!r}", where=where, hint="give a number in the unit of the outcome")
    if entry.get("above") is not None and entry.get("below") is not None:
        raise DataError("a check has both above and below", where=where, hint="write two checks")


def run_scenarios(
    checks: Sequence[Check],
    *,
    draws: int,
    seed: int = SEED,
    known: str | None = None,
    beliefs: str = FITTED,
    progress: Progress | None = None,
) -> dict[str, Result]:
    """Return every run that the checks need, by key, each made once; all share seed and draws, so differences are paired.

    Scenarios are loaded before the first is run, so that a wrong name costs no time. Raises InputError for one.
    """
    scenarios = {key: scenario for check in checks for key, scenario in zip(check.runs, _scenarios(check), strict=True)}
    total, results = draws * len(scenarios), {}
    for number, (key, scenario) in enumerate(scenarios.items()):
        watch = None if progress is None else _shifted(progress, draws * number, total)
        results[key] = run(scenario, draws=draws, seed=seed, known=known, beliefs=beliefs, progress=watch)
    return results


def _scenarios(check: Check) -> list[Scenario]:
    loaded = [load_scenario(name) for name in (check.scenario, check.than) if name]
    if check.levers:
        loaded[0] = loaded[0].with_levers(check.levers)
    pinned = {} if check.loops else {f"parameters/{name}": 0.0 for name in LOOPS}
    pinned |= {f"parameters/{name}": value for name, value in check.parameters.items()}
    if pinned:
        loaded = [one.with_overrides(pinned) for one in loaded]
    return [dataclasses.replace(one, id=key) for one, key in zip(loaded, check.runs, strict=True)]


def _shifted(progress: Progress, done: int, total: int) -> Progress:
    return lambda here, _: progress(done + here, total)

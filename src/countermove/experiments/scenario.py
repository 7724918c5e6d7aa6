"""Scenario: what the two governments do and what is assumed, as one frozen value; and how to load one.

A scenario is the history as the evidence has it, changed from its start month on by dated levers, and everywhere by overridden
parameters. Gates that no lever pins may open and close by themselves (`hazards`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import InputError, nearest
from countermove.experiments import schedules
from countermove.experiments.presets import SEPARATOR, aliases, canonical_name, preset_files, read_combination
from countermove.experiments.scenario_file import DEFAULT_START, SCHEMA, Draft, Override, Range, draft, read_scenario_file
from countermove.experiments.schedules import MAIN, Levers, Schedule
from countermove.experiments.set_option import parse_sets, place_of_set
from countermove.quantities.calendar import END, month_index, month_name

if TYPE_CHECKING:
    from countermove.policy.lever_definitions import Lever, Part


@dataclass(frozen=True)
class Change:
    """One lever part that a scenario sets: its values from their months on, the status quo over the same time, its anchors."""

    lever: str
    part: str
    label: str
    unit: str
    schedule: Schedule
    status_quo: Schedule
    anchors: tuple[str, ...]

    def __str__(self) -> str:
        """Say the change in one line: "Volume cap: none from 2026-01 (status quo: none, from 2026-02 0.5)"."""
        steps = ", ".join(f"{_shown(value)} from {month}" for month, value in self.schedule.items())
        first, *later = self.status_quo.items()
        status_quo = ", ".join([_shown(first[1]), *(f"from {month} {_shown(value)}" for month, value in later)])
        return f"{self.label}: {steps} (status quo: {status_quo})"


def _shown(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float | int) and not isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Scenario:
    """Levers, overrides and horizon of one run. Months are "2026-02"; shares are fractions.

    `levers` holds lever id -> part -> month -> value, the part `value` being the lever itself. `overrides` holds path -> a pinned
    value, or a `Range` that replaces the prior. Nothing may differ from history before `start`.
    """

    id: str
    label: str
    description: str = ""
    start: str = DEFAULT_START
    levers: Levers = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    hazards: bool = True
    horizon: str = END
    anchors: tuple[str, ...] = ()
    whatif: str = ""
    """Text of a proposed rule that is laid over Washington's gate, "" for none; kept whole, so that a run can be made again."""

    def settings(self) -> dict[str, Any]:
        """Return the levers as `policy.compile_levers` reads them: always dated."""
        return schedules.settings(self.levers)

    def describe(self) -> list[Change]:
        """Return every lever part that the scenario sets, in the order of the lever table, beside what holds without it."""
        from countermove.policy.lever_definitions import load_levers

        return [
            _change(definition, part, schedule)
            for lever, definition in load_levers().items()
            if lever in self.levers
            for part, schedule in self.levers[lever].items()
        ]

    def with_levers(self, changes: Mapping[str, Any], *, start: str | None = None) -> Scenario:
        """Return this scenario with levers set as a file would set them; plain values hold from `start` (default: its own).

        Raises InputError for an unknown lever, an impossible month, or a value outside the lever's range.
        """
        return self._changed({"levers": dict(changes), "start": start or self.start}, origin="with_levers")

    def with_overrides(self, changes: Mapping[str, Any]) -> Scenario:
        """Return this scenario with parameters pinned (`12.0`) or their priors replaced (`{"low": 11, "high": 13}`) by path."""
        return self._changed({"set": dict(changes)}, origin="with_overrides")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data, a scenario file's body without `extends`; `from_dict` reads it back."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "label": self.label,
            "description": self.description,
            "start": self.start,
            "horizon": self.horizon,
            "hazards": self.hazards,
            "levers": self.settings(),
            "set": {path: value.model_dump() if isinstance(value, Range) else value for path, value in self.overrides.items()},
            "anchors": list(self.anchors),
        } | ({"whatif": self.whatif} if self.whatif else {})

    @staticmethod
    def from_dict(body: Mapping[str, Any], *, where: str = "scenario") -> Scenario:
        """Return the scenario that `to_dict` wrote, ids with plus signs and all."""
        named = dict(body)
        scenario_id = str(named.pop("id", "scenario"))
        return replace(_build(draft(named, name=scenario_id, origin=where, where=_named_place(where))), id=scenario_id)

    def _changed(self, body: dict[str, Any], *, origin: str) -> Scenario:
        change = draft({"schema": SCHEMA} | body, name=self.id, origin=origin, where=_named_place(origin))
        return replace(_apply(self, change), id=self.id, label=self.label)


def load_scenario(name_or_file: str | Path, *, sets: Sequence[str] = ()) -> Scenario:
    """Return a scenario by preset name (`h200-rule+necessity`) or from a YAML file, changed by `path=value` settings.

    Raises InputError for an unknown preset, suffix, lever, parameter or key (with the nearest name), an impossible month, a value
    outside its range, or a file that cannot be read.
    """
    scenario = _from_file(Path(name_or_file)) if _is_path(name_or_file) else _from_preset(str(name_or_file))
    if not sets:
        return scenario
    return scenario_with_sets(scenario, sets)


def scenario_with_sets(scenario: Scenario, sets: Sequence[str]) -> Scenario:
    """Return the scenario changed by `--set` options."""
    body = {"schema": SCHEMA, "start": scenario.start} | parse_sets(sets)
    change = draft(body, name=scenario.id, origin="--set", where=place_of_set(sets))
    return replace(_apply(scenario, change), id=scenario.id, label=f"{scenario.label}, changed")


def _is_path(name: str | Path) -> bool:
    text = str(name)
    return isinstance(name, Path) or text.endswith((".yaml", ".yml")) or "/" in text or "\\" in text


def _from_file(path: Path) -> Scenario:
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        near = nearest(path.stem, preset_files())
        hint = f"or did you mean the preset '{near}'?" if near else "or the name of a preset"
        raise InputError(f"the scenario file {kind}", where=str(path), hint=f"give the path of a YAML file, {hint}")
    return _build(read_scenario_file(path))


def _from_preset(name: str) -> Scenario:
    base, *suffixes = read_combination(name)
    return replace(_with_suffixes(_build(base), suffixes), id=canonical_name(name))


def _build(body: Draft, *, ancestors: tuple[str, ...] = ()) -> Scenario:
    """Return the scenario of a draft, on top of what it extends."""
    parent = body.file.extends
    if parent is None:
        start = body.file.start or DEFAULT_START
        return _apply(Scenario(id=body.name, label=body.name, start=start), body, start=start)
    if parent in ancestors:
        raise InputError(f"{parent} extends itself", where=body.where("extends"), hint="break the circle")
    base, *suffixes = read_combination(parent, where=body.where("extends"))
    return replace(_apply(_with_suffixes(_build(base, ancestors=(*ancestors, parent)), suffixes), body), id=body.name)


def _with_suffixes(scenario: Scenario, suffixes: Sequence[Draft]) -> Scenario:
    """Return the scenario overtaken by suffixes; a suffix adds to the label and the description instead of replacing them."""
    for suffix in suffixes:
        file = suffix.file
        label, description = f"{scenario.label}; {file.label}", f"{scenario.description} {file.description}".strip()
        changed = _apply(scenario, suffix, start=file.start or DEFAULT_START)
        scenario = replace(changed, label=label, description=description)
    return scenario


def _apply(base: Scenario, change: Draft, *, start: str | None = None) -> Scenario:
    """Return `base` overtaken by a draft: levers from their own months on, overrides and keys wherever the draft has them."""
    from countermove.experiments.overrides import check_overrides

    file = change.file
    renamed = aliases().paths
    own_start = start or file.start or base.start
    changes = {
        renamed.get(f"levers.{lever}", lever).removeprefix("levers."): parts for lever, parts in change.levers(own_start).items()
    }
    levers = schedules.merge(base.levers, changes)
    _check_levers(levers, change)
    overrides: dict[str, Override] = {renamed.get(path, path): value for path, value in file.set_.items()}
    check_overrides(overrides, where=change.where)
    return replace(
        base,
        label=file.label or base.label,
        description=file.description or base.description,
        start=min(base.start, own_start),
        levers=levers,
        overrides={**base.overrides, **overrides},
        hazards=base.hazards if file.hazards is None else file.hazards,
        horizon=file.horizon or base.horizon,
        anchors=tuple(dict.fromkeys((*base.anchors, *file.anchors))),
        whatif=base.whatif if file.whatif is None else _proposal_text(file.whatif, change),
    )


def _proposal_text(written: str, change: Draft) -> str:
    """Return the text of a proposed rule, given as text or as the path of a file beside the scenario's; InputError if wrong."""
    from countermove.policy.whatif import load_proposal, parse_proposal

    if "\n" in written:
        parse_proposal(written, f"{change.name}.whatif")
        return written
    origin = Path(change.origin)
    load_proposal(written, beside=origin)
    return (origin.parent / written).read_text(encoding="utf-8")


def _check_levers(levers: Levers, change: Draft) -> None:
    """Raise InputError, with the place in the draft, for anything about the merged levers that policy refuses."""
    from countermove.policy.levers import compile_levers

    compile_levers(schedules.settings(levers), where=lambda lever: change.place_of(lever.removeprefix("levers.")))


def _change(lever: Lever, name: str, schedule: Schedule) -> Change:
    """Return one set part of a lever beside what would hold without it."""
    from countermove.policy.lever_definitions import PREFIX

    part = lever.part(name)
    first = min(schedule)
    if name == MAIN:
        path = lever.baseline_path()[month_index(first) :]
        steps = [number for number in range(len(path)) if number == 0 or path[number] != path[number - 1]]
        status_quo = {month_name(month_index(first) + number): _worded(part, float(path[number])) for number in steps}
    elif part.kind == "choice":
        status_quo = {first: part.choices[int(part.default)]}
    else:
        status_quo = {first: "nothing" if part.kind == "products" else _worded(part, part.default)}
    label = lever.label if name == MAIN else f"{lever.label}, {part.label.lower()}"
    return Change(f"{PREFIX}{lever.id}", name, label, part.unit, schedule, status_quo, lever.anchors)


def _worded(part: Part, value: float) -> float | str:
    """Return a value as a file would write it: by its word where it has one."""
    return next((word for word, number in part.words.items() if number == value), value)


def _named_place(origin: str) -> Callable[..., str]:
    def where(*keys: Any) -> str:
        return f"{origin} ({'.'.join(str(key) for key in keys)})" if keys else origin

    return where


__all__ = ["SEPARATOR", "Change", "Scenario", "load_scenario", "scenario_with_sets"]

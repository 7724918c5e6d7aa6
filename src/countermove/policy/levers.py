"""Compile lever settings to monthly paths: what each government is set to do, and from when a scenario says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.policy.lever_definitions import MAIN, PREFIX, Lever, find_lever, load_levers
from countermove.policy.lever_schedules import Schedule, is_month, read_setting
from countermove.quantities.calendar import MONTHS, START, month_index, month_name

Array = NDArray[np.float64]
Where = str | Callable[[str], str]
"""Name of the file or option for errors, or a function from a lever id to its place."""

_SPLIT_TOLERANCE = 1e-6
KEPT = 64
"""Settings compiled lately, some 40 kB each: a scenario passes several layers, and every one of them reads the status quo too."""


@dataclass(frozen=True, eq=False, slots=True)
class LeverPath:
    """One part of one lever over time.

    values: (month,) in the part's unit; a choice is its position in the list of choices.
    pinned: (month,) bool, True where a scenario set it; elsewhere `values` is the status quo.
    products: (month,) of product ids for a part that names products, else None.
    """

    values: Array
    pinned: NDArray[np.bool_]
    products: tuple[tuple[str, ...], ...] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class LeverSettings:
    """All levers over all months. Read-only."""

    paths: Mapping[str, Mapping[str, LeverPath]]
    pinned: Mapping[str, NDArray[np.bool_]]
    """Lever id -> (month,) bool: True from the first month that the scenario sets."""

    def value(self, lever_id: str, part: str | None = None) -> Array:
        """Return (month,) values of a lever or of one part of it; InputError with the nearest name."""
        return self._path(lever_id, part).values

    def choice(self, lever_id: str, part: str) -> tuple[str, ...]:
        """Return the chosen word of every month for a part with choices; InputError when it has none."""
        definition = find_lever(lever_id).part(part)
        if definition.kind != "choice":
            raise InputError(f"{lever_id}.{part} is not a choice", hint="read it with value()")
        return tuple(definition.choices[int(index)] for index in self.value(lever_id, part))

    def products(self, lever_id: str, part: str) -> tuple[tuple[str, ...], ...]:
        """Return the product ids named in every month by a part that names products; InputError when it names none."""
        found = self._path(lever_id, part).products
        if found is None:
            raise InputError(f"{lever_id}.{part} does not name products", hint="read it with value()")
        return found

    def pinned_from(self, *lever_ids: str) -> int:
        """Return the first month in which any of the levers is set, MONTHS when none ever is."""
        months = [int(np.argmax(self.pinned[name])) for name in lever_ids if self.pinned[name].any()]
        return min(months, default=MONTHS)

    def _path(self, lever_id: str, part: str | None) -> LeverPath:
        lever = find_lever(lever_id)
        return self.paths[lever.id][lever.part(part).name]


def compile_levers(settings: Mapping[str, Any], *, where: Where = "levers", start: str = START) -> LeverSettings:
    """Return monthly lever paths from a mapping of lever ids (with or without `levers.`) to settings.

    A plain value holds from `start`; a dated schedule from its own months. Levers and months that are not set read the status
    quo. Settings that were compiled lately are neither checked nor compiled again.

    Raises InputError, naming the place, for unknown levers or parts (with the nearest), values out of range (with range and
    unit), percentages, wrong types, impossible dates, dates before `start` or outside the clock, and splits that do not add up
    to one.
    """
    return _compiled(_Asked(settings, where, start, repr(settings)))


class _Asked:
    """Settings to compile, equal to others that read the same from the same month on, wherever they stand."""

    __slots__ = ("settings", "start", "text", "where")

    def __init__(self, settings: Mapping[str, Any], where: Where, start: str, text: str) -> None:
        self.settings, self.where, self.start, self.text = settings, where, start, text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and (self.start, self.text) == (other.start, other.text)

    def __hash__(self) -> int:
        return hash((self.start, self.text))


@lru_cache(maxsize=KEPT)
def _compiled(asked: _Asked) -> LeverSettings:
    """Check and compile; what raises is not kept, so an error always names the place that was given with it."""
    settings, where = asked.settings, asked.where
    first = month_index(asked.start, where=_place(where, ""))
    if not isinstance(settings, Mapping):
        raise InputError(
            f"a {type(settings).__name__} where a mapping of levers is expected",
            where=_place(where, ""),
            hint="write {washington.duty: 0.25}",
        )
    schedules: dict[str, dict[str, Schedule]] = {}
    for name, setting in _gathered(settings, where).items():
        lever = find_lever(name, where=_place(where, name))
        schedules[lever.id] = read_setting(lever, setting, start=first, place=partial(_place, where, name))
    paths = {lever.id: _compile(lever, schedules.get(lever.id, {})) for lever in load_levers().values()}
    for lever_id in schedules:
        _check_splits(find_lever(lever_id), paths[lever_id], _place(where, lever_id))
    return LeverSettings(paths, {lever_id: parts[MAIN].pinned for lever_id, parts in paths.items()})


def _gathered(settings: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """Fold part paths such as `beijing.import_gate.ceiling` into their lever's entry, and drop the prefix `levers.`."""
    gathered: dict[str, Any] = {}
    for written in settings:
        name = str(written).removeprefix(PREFIX)
        if name in gathered:
            raise InputError(f"{name} is set twice", where=_place(where, name), hint="keep one")
        if name.count(".") < 2:
            gathered[name] = settings[written]
    for written, value in settings.items():
        lever, _, part = str(written).removeprefix(PREFIX).rpartition(".")
        if lever.count(".") == 1:
            gathered[lever] = _with_part(gathered.get(lever, {}), part, value, _place(where, str(written)))
    return gathered


def _with_part(entry: Any, part: str, value: Any, where: str) -> dict[str, Any]:
    parts = dict(entry) if isinstance(entry, Mapping) and not any(is_month(key) for key in entry) else {MAIN: entry}
    if part in parts:
        raise InputError(f"part '{part}' is set twice", where=where, hint="keep one")
    return parts | {part: value}


def _compile(lever: Lever, schedules: Mapping[str, Schedule]) -> dict[str, LeverPath]:
    paths = {MAIN: _path(lever.baseline_path(), schedules.get(MAIN, {}))}
    for name, part in lever.parts.items():
        schedule = schedules.get(name, {})
        if part.kind == "products":
            paths[name] = _product_path(schedule)
        else:
            paths[name] = _path(np.full(MONTHS, part.default), schedule)
    return paths


def _path(values: Array, schedule: Schedule) -> LeverPath:
    """Overlay a schedule, a step function of time, on the status quo."""
    pinned = np.zeros(MONTHS, dtype=np.bool_)
    for month, value in sorted(schedule.items()):
        values[month:] = cast("float", value)
        pinned[month:] = True
    values.flags.writeable = pinned.flags.writeable = False
    return LeverPath(values, pinned)


def _product_path(schedule: Schedule) -> LeverPath:
    named: list[tuple[str, ...]] = [()] * MONTHS
    pinned = np.zeros(MONTHS, dtype=np.bool_)
    for month, value in sorted(schedule.items()):
        named[month:] = [cast("tuple[str, ...]", value)] * (MONTHS - month)
        pinned[month:] = True
    values = np.array([float(len(names)) for names in named])
    values.flags.writeable = pinned.flags.writeable = False
    return LeverPath(values, pinned, tuple(named))


def _check_splits(lever: Lever, paths: Mapping[str, LeverPath], where: str) -> None:
    """Shares of one split add up to one in every month in which the scenario sets any of them."""
    names = [name for name, part in lever.parts.items() if part.group]
    if not names:
        return
    touched = np.any([paths[name].pinned for name in names], axis=0)
    totals = np.sum([paths[name].values for name in names], axis=0)
    wrong = touched & (np.abs(totals - 1.0) > _SPLIT_TOLERANCE)
    if wrong.any():
        month = int(np.argmax(wrong))
        shares = ", ".join(f"{name} {paths[name].values[month]:g}" for name in names)
        raise InputError(
            f"the shares {shares} add up to {totals[month]:g} in {month_name(month)}", where=where, hint="make them add up to 1"
        )


def _place(where: Where, lever: str, part: str = "") -> str:
    if callable(where):
        return f"{where(lever)} ({part})" if part else where(lever)
    name = lever.removeprefix(PREFIX) + (f".{part}" if part else "")
    return f"{where} ({PREFIX}{name})" if name else where

"""Dated lever settings: what a scenario file writes, in one form.

A file may write a lever as a value, as a dated schedule, or as parts in the lever's drawer, each a value or a dated schedule::

    washington.duty: 0.25
    washington.duty: {2026-02: 0.25, 2027-01: 0.0}
    beijing.import_gate: {value: 0.667, ceiling: {2026-07: 200}}
    beijing.import_gate: {2026-02: {value: 0.667, ceiling: 200}, 2027-01: 0}

Here all of them become part -> month -> value; the part `value` is the lever itself. A setting holds until the next month of its
schedule; a plain value holds from the scenario's start month.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from countermove.errors import InputError
from countermove.evidence.strict_yaml import described
from countermove.quantities.calendar import month_index

Value = float | int | str | bool
Schedule = Mapping[str, Value]
"""Month ("2026-02") -> value from that month on."""
Parts = Mapping[str, Schedule]
"""Part of a lever -> its schedule; the part `value` is the lever itself."""
Levers = Mapping[str, Parts]
"""Lever id without the `levers.` prefix -> its parts."""

MAIN = "value"
Where = Callable[..., str]


def parse_lever(setting: Any, *, start: str, where: Where) -> dict[str, dict[str, Value]]:
    """Return part -> month -> value of one lever as a file writes it; `where(*keys)` names the place of a key for errors.

    Raises InputError for impossible months, months before `start`, empty or mixed mappings, and values that are no scalar.
    """
    if not isinstance(setting, Mapping):
        return {MAIN: {start: scalar(setting, where=where())}}
    dated = [_is_month(key) for key in setting]
    if not setting:
        raise InputError("an empty setting", where=where(), hint="give a value, or months with values")
    if any(dated) and not all(dated):
        raise InputError(
            "months and parts are mixed", where=where(), hint="write {2026-02: {value: …, part: …}} or {part: {2026-02: …}}"
        )
    parts: dict[str, dict[str, Value]] = {}
    if all(dated):
        for month, entry in setting.items():
            checked = _month(month, start=start, where=where(month))
            for part, value in (entry if isinstance(entry, Mapping) else {MAIN: entry}).items():
                parts.setdefault(str(part), {})[checked] = scalar(value, where=where(month))
    else:
        for part, entry in setting.items():
            parts[str(part)] = parse_schedule(entry, start=start, where=lambda *keys, part=part: where(part, *keys))
    return {part: dict(sorted(schedule.items())) for part, schedule in parts.items()}


def parse_schedule(entry: Any, *, start: str, where: Where) -> dict[str, Value]:
    """Return month -> value of a plain value (from `start`) or a dated schedule."""
    if not isinstance(entry, Mapping):
        return {start: scalar(entry, where=where())}
    return {_month(month, start=start, where=where(month)): scalar(value, where=where(month)) for month, value in entry.items()}


def scalar(value: Any, *, where: str) -> Value:
    """Return a number or word unchanged; InputError for anything else, and for a percentage, with the fraction to write."""
    if not isinstance(value, float | int | str | bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise InputError(
            f"{described(value)} where a value is expected", where=where, hint="give a number or one of the lever's words"
        )
    if isinstance(value, str) and value.strip().endswith("%"):
        raise InputError(f"{value!r} is a percentage", where=where, hint=f"shares are fractions: write {_fraction(value)}")
    return value


def merge(base: Levers, change: Levers) -> dict[str, dict[str, dict[str, Value]]]:
    """Return `base` overtaken by `change`: part by part, a change replaces everything from its own first month on."""
    merged = {lever: {part: dict(schedule) for part, schedule in parts.items()} for lever, parts in base.items()}
    for lever, parts in change.items():
        for part, schedule in parts.items():
            earlier = {month: value for month, value in merged.get(lever, {}).get(part, {}).items() if month < min(schedule)}
            merged.setdefault(lever, {})[part] = earlier | dict(schedule)
    return merged


def first_month(levers: Levers) -> str | None:
    """Return the earliest month in which any lever is set, None when none is."""
    return min((month for parts in levers.values() for schedule in parts.values() for month in schedule), default=None)


def settings(levers: Levers) -> dict[str, Any]:
    """Return the levers in the file's own notation, always dated: what `policy.compile_levers` reads."""
    return {
        lever: dict(parts[MAIN]) if set(parts) == {MAIN} else {part: dict(schedule) for part, schedule in parts.items()}
        for lever, parts in levers.items()
    }


def _is_month(key: Any) -> bool:
    """Tell whether a key is meant as a date: every date starts with a digit and no part's name does."""
    return str(key)[:1].isdigit()


def _month(key: Any, *, start: str, where: str) -> str:
    text = str(key)
    if month_index(text, where=where) < month_index(start):
        raise InputError(f"{text} is before the start month {start}", where=where, hint="move `start` or the date")
    return text


def _fraction(text: str) -> str:
    try:
        return f"{float(text.strip().rstrip('%')) / 100:g}"
    except ValueError:
        return "0.25 for a quarter"

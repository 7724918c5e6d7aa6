"""Read what a scenario says about one lever: part -> month -> checked number.

A setting is a value, a dated schedule, or parts that are each a value or a schedule::

    washington.duty: 0.25
    washington.duty: {2026-02: 0.25, 2027-01: 0.0}
    beijing.import_gate: {value: 0.667, ceiling: {2026-07: 200}, workload: training}
    beijing.import_gate: {2026-02: {value: 0.667, ceiling: 200}, 2027-01: 1}

A plain value holds from the scenario's start month; a dated one until the next date. Choices become their position in the list of
choices, sets of products become tuples of ids.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

from countermove.errors import InputError, did_you_mean, shortened
from countermove.policy.gate_products import check_product
from countermove.policy.lever_definitions import MAIN, Lever, Part
from countermove.quantities.calendar import month_index, month_name

Setting = float | tuple[str, ...]
Schedule = dict[int, Setting]
"""Month number -> value from that month on."""


def read_setting(lever: Lever, setting: Any, *, start: int, place: Callable[[str], str]) -> dict[str, Schedule]:
    """Return part name -> schedule of one lever's setting; InputError for anything malformed, unknown or out of range.

    `place` names the place of a part for errors; the empty name is the lever's own place.
    """
    parts: dict[str, Schedule] = {}
    if not isinstance(setting, Mapping):
        parts[MAIN] = {start: read_value(lever.main, setting, where=place(""))}
    elif not setting:
        raise InputError("an empty setting", where=place(""), hint=f"give a number: {lever.main.range_text}")
    elif all(is_month(key) for key in setting):
        for key, entry in setting.items():
            month = read_month(key, start=start, where=place(""))
            for name, value in (entry if isinstance(entry, Mapping) else {MAIN: entry}).items():
                part = lever.part(str(name), where=place(""))
                parts.setdefault(part.name, {})[month] = read_value(
                    part, value, where=f"{_at(place, part)} in {month_name(month)}"
                )
    else:
        for name, entry in setting.items():
            if is_month(name):
                hint = "write {2026-02: {value: ..., part: ...}}"
                raise InputError(f"the month {name} stands beside parts", where=place(""), hint=hint)
            part = lever.part(str(name), where=place(""))
            parts[part.name] = _schedule(part, entry, start=start, where=_at(place, part))
    _check_value_present(lever, parts, place(""))
    return parts


def _at(place: Callable[[str], str], part: Part) -> str:
    return place("" if part.name == MAIN else part.name)


def read_value(part: Part, value: Any, *, where: str) -> Setting:
    """Return one checked value of a part; InputError names the range and unit, the choices, or the nearest product."""
    if part.kind == "products":
        return _products(value, where)
    if part.kind == "choice":
        return float(_choice(part, value, where))
    if isinstance(value, str):
        return _word(part, value, where)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{_found(value)} where a number is expected", where=where, hint=f"give {part.range_text}")
    if isinstance(value, int) and value.bit_length() > sys.float_info.max_exp:  # no file holds one, a Python caller may
        raise InputError(f"{_found(value)} is outside {part.range_text}", where=where, hint=f"give {part.range_text}")
    number = float(value)
    if not math.isfinite(number):
        raise InputError(f"{number} is not a finite number", where=where, hint=f"give {part.range_text}")
    if not part.low <= number <= part.high and number not in part.words.values():
        hint = f"give {part.range_text}"
        if part.unit == "1" and part.high == 1.0 and 1.0 < number <= 100.0:
            hint += f"; shares are fractions: {number / 100:g} for {number:g}%"
        raise InputError(f"{number:g} is outside {part.range_text}", where=where, hint=hint)
    return number


def is_month(key: Any) -> bool:
    """Tell whether a key is meant as a date: dates start with a digit, names of parts do not."""
    return isinstance(key, int) or str(key)[:1].isdigit()


def read_month(key: Any, *, start: int, where: str) -> int:
    """Return the month number of a schedule's key; InputError for an impossible date or one before the start."""
    month = month_index(str(key), where=where)
    if month < start:
        raise InputError(f"{key} is before the start {month_name(start)}", where=where, hint="move the start or the date")
    return month


def _schedule(part: Part, entry: Any, *, start: int, where: str) -> Schedule:
    if not isinstance(entry, Mapping):
        return {start: read_value(part, entry, where=where)}
    if not entry:
        raise InputError("an empty schedule", where=where, hint="write {2026-02: value}")
    return {
        read_month(key, start=start, where=where): read_value(part, value, where=f"{where} in {key}")
        for key, value in entry.items()
    }


def _check_value_present(lever: Lever, parts: Mapping[str, Schedule], where: str) -> None:
    """A drawer without its lever would pin nothing, or pin the status quo unasked."""
    first = min(min(schedule) for schedule in parts.values())
    if MAIN not in parts or min(parts[MAIN]) > first:
        loose = next(name for name, schedule in parts.items() if name != MAIN and min(schedule) == first)
        hint = f"add value: {lever.main.range_text}" + (f" from {month_name(first)}" if MAIN in parts else "")
        raise InputError(f"part '{loose}' is set without the lever's value", where=where, hint=hint)


def _word(part: Part, text: str, where: str) -> float:
    if text in part.words:
        return part.words[text]
    if text.strip().endswith("%"):
        try:
            hint = f"shares are fractions: write {float(text.strip()[:-1]) / 100:g}"
        except ValueError:
            hint = f"give {part.range_text}"
        raise InputError(f"'{text}' is a percentage", where=where, hint=hint)
    hint = did_you_mean(text, part.words) if part.words and not text[:1].isdigit() else f"give {part.range_text}, unquoted"
    raise InputError(f"text '{text}' where a number is expected", where=where, hint=hint)


def _choice(part: Part, value: Any, where: str) -> int:
    if isinstance(value, str) and value in part.choices:
        return part.choices.index(value)
    if isinstance(value, str):
        raise InputError(f"unknown {part.name} '{value}'", where=where, hint=did_you_mean(value, part.choices))
    raise InputError(f"{_found(value)} where a word is expected", where=where, hint=f"one of: {', '.join(part.choices)}")


def _products(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, str):
        names = [] if value == "nothing" else value.replace(",", " ").split()
    elif isinstance(value, list | tuple):
        names = [str(name) for name in value]
    else:
        raise InputError(
            f"{_found(value)} where product ids are expected", where=where, hint="write h200-sxm, or several ids, or nothing"
        )
    return tuple(check_product(name, where=where) for name in names)


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return shortened(value) if isinstance(value, int | float) else f"a {type(value).__name__}"

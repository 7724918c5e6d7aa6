"""A catalogued value: the one used, the competing ones beside it, and what each rests on.

A field of a data file is one mapping or a list of them. Each mapping states ``value`` and either ``sources`` with a
``grade`` or ``basis: assumption`` with a note; ``value: null`` needs a note that names the missing fact. Of several,
exactly one carries ``used: true``; one known to be wrong carries ``status: rejected`` and widens no range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from countermove.errors import CountermoveError, did_you_mean
from countermove.evidence.strict_yaml import Document
from countermove.hardware.fields import LAUNCH, Field
from countermove.quantities import calendar

Scalar = float | str | None

_KEYS = ("value", "low", "high", "grade", "sources", "basis", "used", "status", "note")
_GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of a value: number (or month), stated range, grade, sources, and whether it is an assumption."""

    value: Scalar
    low: Scalar
    high: Scalar
    grade: str | None
    sources: tuple[str, ...]
    assumption: bool
    rejected: bool
    note: str


@dataclass(frozen=True, slots=True)
class Value:
    """What the catalogue says about one field: the statement used and those that compete with it."""

    field: Field
    used: Stated
    competing: tuple[Stated, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return self.used.value is not None

    @property
    def number(self) -> float | None:
        """The value used, as a number; None where it is unknown. Raises TypeError for a month."""
        if isinstance(self.used.value, str):
            raise TypeError(f"{self.field.name} is a month, not a number")
        return self.used.value

    @property
    def range(self) -> tuple[Scalar, Scalar]:
        """Lowest and highest value of all statements that are not rejected, their stated ranges included."""
        kept = [stated for stated in (self.used, *self.competing) if not stated.rejected and stated.value is not None]
        numbers = [end for stated in kept for end in (stated.low, stated.value, stated.high) if end is not None]
        if not numbers:
            return None, None
        return min(numbers), max(numbers)

    @property
    def uncertain(self) -> bool:
        """Whether the range is wider than a point."""
        low, high = self.range
        return low != high


def read_values(
    document: Document, keys: tuple[str, ...], fields: Mapping[str, Field], also: tuple[str, ...]
) -> dict[str, Value]:
    """Return the values of one entry by field name; every field must be there, and nothing but them and ``also``.

    Raises DataError (InputError outside the package) with file, line, path and the nearest valid name.
    """
    entry = document.mapping(*keys)
    for name in entry:
        if name not in fields and name not in also:
            raise document.error(f"unknown key '{name}'", *keys, name, hint=did_you_mean(name, (*fields, *also)))
    for name in fields:
        if name not in entry:
            raise document.error(
                f"the field '{name}' is missing", *keys, hint="state it, or null with a note naming the missing fact"
            )
    return {name: _read_value(document, (*keys, name), entry[name], field) for name, field in fields.items()}


def _read_value(document: Document, keys: tuple[str, ...], found: Any, field: Field) -> Value:
    if isinstance(found, dict):
        return Value(field, _read_stated(document, keys, found, field))
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise document.error("expected a mapping with 'value', or a list of such", *keys)
    used = [number for number, item in enumerate(found) if item.get("used")]
    if len(used) != 1:
        raise document.error(
            f"{len(used)} of the competing values are marked as used", *keys, hint="mark exactly one with 'used: true'"
        )
    stated = [_read_stated(document, (*keys, number), item, field) for number, item in enumerate(found)]
    return Value(field, stated[used[0]], tuple(item for number, item in enumerate(stated) if number != used[0]))


def _read_stated(document: Document, keys: tuple[str | int, ...], item: dict[str, Any], field: Field) -> Stated:
    for key in item:
        if key not in _KEYS:
            raise document.error(f"unknown key '{key}'", *keys, key, hint=did_you_mean(key, _KEYS))
    stated = Stated(
        value=_scalar(document, (*keys, "value"), item.get("value"), field),
        low=_scalar(document, (*keys, "low"), item.get("low"), field),
        high=_scalar(document, (*keys, "high"), item.get("high"), field),
        grade=item.get("grade"),
        sources=tuple(item.get("sources", ())),
        assumption=item.get("basis") == "assumption",
        rejected=item.get("status") == "rejected",
        note=str(item.get("note", "")),
    )
    problem = _problem(stated, item)
    if problem:
        raise document.error(problem, *keys)
    return stated


def _problem(stated: Stated, item: dict[str, Any]) -> str:
    """Return what is wrong with one statement, or an empty text."""
    if "value" not in item:
        return "the key 'value' is missing"
    if stated.value is None:
        return "" if stated.note else "an unknown value needs a note that names the missing fact"
    if item.get("basis") not in {None, "assumption"} or item.get("status") not in {None, "rejected"}:
        return "basis can only be 'assumption' and status only 'rejected'"
    ends = [end for end in (stated.low, stated.value, stated.high) if end is not None]
    if ends != sorted(ends):
        return "low, value and high must not decrease"
    if stated.assumption:
        return "" if stated.note else "an assumption needs a note that says why"
    if not stated.sources or stated.grade not in _GRADES:
        return "a value needs sources and a grade A to D, or 'basis: assumption' with a note"
    return "a rejected value needs a note that says why" if stated.rejected and not stated.note else ""


def _scalar(document: Document, keys: tuple[str | int, ...], found: Any, field: Field) -> Scalar:
    if found is None:
        return None
    if field.name == LAUNCH:
        return _month(document, keys, found)
    if isinstance(found, bool):
        found = float(found)
    if not isinstance(found, int | float):
        raise document.error(f"expected a number in {field.unit}, found '{found}'", *keys)
    if not field.low <= found <= field.high:
        raise document.error(f"{found:g} is outside {field.low:g} to {field.high:g} {field.unit}", *keys, hint="check the unit")
    return float(found)


def _month(document: Document, keys: tuple[str | int, ...], found: Any) -> str:
    try:
        if isinstance(found, str) and len(found) == len("2026-01"):
            calendar.parse_date(found)
            return found
    except CountermoveError:
        pass
    raise document.error(f"expected a month, found '{found}'", *keys, hint="write it as 2026-02, in quotes")

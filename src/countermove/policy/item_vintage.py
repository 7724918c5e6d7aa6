"""What was published about a chip of the catalogue by a day: later numbers are not seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from countermove.policy.references import public
from countermove.quantities.calendar import last_day

if TYPE_CHECKING:
    from countermove.hardware.chip import Chip
    from countermove.hardware.values import Stated, Value


def seen_values(chip: Chip, known: dt.date) -> Mapping[str, Value]:
    """Return the values of a chip as far as they were published by a day.

    A chip that had shipped by then, or about which a source on file existed, was public with its data sheet: a value that only a
    later source states is kept, and of several statements those with a source by then. Of another chip nothing is seen.
    """
    shipped = chip.launch is not None and last_day(chip.launch) <= known
    statements = [one for value in chip.values.values() for one in (value.used, *value.competing)]
    sourced = [one for one in statements if _seen(one, known)]
    if not shipped:
        return {name: value for name, value in _only(chip, known).items() if value.known} if sourced else {}
    return {name: _narrowed(value, known) for name, value in chip.values.items()}


def _seen(stated: Stated, known: dt.date) -> bool:
    return any(public(name, known) for name in stated.sources)


def _only(chip: Chip, known: dt.date) -> dict[str, Value]:
    """Return the values that a source by then states; assumptions belong to later readers."""
    kept = {}
    for name, value in chip.values.items():
        if any(_seen(one, known) for one in (value.used, *value.competing)):
            kept[name] = _narrowed(value, known)
    return kept


def _narrowed(value: Value, known: dt.date) -> Value:
    """Return a value with the statements that had a source by then, or as it is where none had."""
    from countermove.hardware.values import Value

    seen = [one for one in (value.used, *value.competing) if _seen(one, known)]
    return Value(value.field, seen[0], tuple(seen[1:])) if seen else Value(value.field, value.used)


__all__ = ["seen_values"]

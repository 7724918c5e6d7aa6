"""Files of values to score a prediction against: CSV with the columns series, period, value, unit."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from countermove.errors import InputError, did_you_mean
from countermove.evidence.ledger import load_ledger
from countermove.outcomes.published import TOLERANCE, Published, period_end
from countermove.quantities.spellings import is_nvidia, read_period, read_unit
from countermove.quantities.units import convert

NOTHING_ELSE: Mapping[str, tuple[str, str]] = {}
COLUMNS = ("series", "period", "value", "unit")


def read_scores(
    path: Path, *, also: Mapping[str, tuple[str, str]] = NOTHING_ELSE, one_per_outcome: bool = False
) -> tuple[Published, ...]:
    """Return the rows of a file as published values, in the units of their outcomes.

    also: further names that may stand as a series, each with the id and the unit that it means. one_per_outcome: whether the same
    outcome and period under two names is a value twice too.

    A series is the id of a published series that the model speaks to, or of an outcome; units and periods are taken as
    people write them (`countermove.quantities.spellings`). Raises InputError with file and line for a missing file, column
    or unit, an unknown series, a period or number that is none, and for a value twice, however it is written.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read it: {error}", where=str(path), hint="give a CSV file in UTF-8") from None
    table = csv.DictReader(lines)
    try:
        table.fieldnames = [name.strip().casefold() for name in table.fieldnames or ()]
        header, entries = tuple(table.fieldnames), tuple((table.line_num, entry) for entry in table)
    except csv.Error as error:
        raise InputError(f"it is no CSV: {error}", where=f"{path}:{table.line_num}", hint="give a CSV file in UTF-8") from None
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"column {', '.join(twice)} stands there twice", where=f"{path}:1", hint="keep one")
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise InputError(
            f"no column {', '.join(missing)}", where=f"{path}:1", hint=f"the columns are {','.join(COLUMNS)}, in any order"
        )
    rows = tuple(_row(entry, f"{path}:{number}", also) for number, entry in entries)
    if not rows:
        raise InputError("it holds no row", where=str(path), hint="give at least one value")
    seen: dict[tuple[str, str], str] = {}
    for (number, _), row in zip(entries, rows, strict=True):
        key = (row.outcome if one_per_outcome else row.series, row.period)
        if key in seen:
            what = f"{row.series} {row.period} stands there twice" + (f", as {seen[key]} too" if seen[key] != row.series else "")
            raise InputError(what, where=f"{path}:{number}", hint="keep one")
        seen[key] = row.series
    return rows


def _row(entry: dict[str, str], where: str, also: Mapping[str, tuple[str, str]]) -> Published:
    from countermove.outcomes import OUTCOMES

    name = (entry["series"] or "").strip()
    outcome_id, unit, grade = _meaning(name, where, also)
    nvidia = is_nvidia(name) or is_nvidia(outcome_id)
    period = read_period((entry["period"] or "").strip(), nvidia=nvidia, where=where)
    try:
        number = float((entry["value"] or "").strip().replace("_", "no number"))
    except ValueError:
        raise InputError(f"{entry['value']!r} is not a number", where=where, hint="write it as 12.5") from None
    if not math.isfinite(number) or number < 0.0:
        raise InputError(f"{number} cannot be a published value", where=where, hint="give a number from 0")
    try:
        value = float(convert(number, read_unit(entry["unit"] or "", unit), unit))
    except InputError as error:
        hint = error.hint if error.what.startswith(("unit", "unknown unit")) else ""
        said = error.what if hint else f"unit {entry['unit']!r}: {error.what}"
        raise InputError(said, where=where, hint="; ".join(t for t in (hint, f"{name} is in {unit}") if t)) from None
    known = OUTCOMES.get(outcome_id)
    if known is not None and known.part_of_whole and value > 1.0:
        raise InputError(f"{entry['value']} {entry['unit']} is more than all", where=where, hint=f"{name} lies between 0 and 1")
    share = TOLERANCE[grade]
    return Published(
        name, outcome_id, period, value, value * (1 - share), value * (1 + share), False, period_end(period), dated=False
    )


def _meaning(name: str, where: str, also: Mapping[str, tuple[str, str]]) -> tuple[str, str, str]:
    """The outcome that a series speaks of, its unit, and the grade that sets its tolerance (B for an outcome by name)."""
    from countermove.outcomes import OUTCOMES

    series = {known: one for known, one in load_ledger().series.items() if one.outcome is not None}
    if name in also:
        return *also[name], "B"
    if name in series:
        outcome = str(series[name].outcome)
        return outcome, OUTCOMES[outcome].unit, series[name].grade
    if name in OUTCOMES:
        return name, OUTCOMES[name].unit, "B"
    known = [*series, *OUTCOMES, *also]
    raise InputError(f"no series or outcome named {name!r}", where=where, hint=did_you_mean(name, known))

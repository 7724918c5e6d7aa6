"""What priors could be before their sources existed: the entries of ``data/vintage/priors.yaml``, checked.

An entry holds from the day on which what it rests on was known. Families are yearly figures of one quantity: where a
member is unknown and has no entry, the last known one is grown to it. *Leans on* names evidence that a parameter's own
note uses without listing it among its sources.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from countermove.errors import DataError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.evidence.priors import Number, Prior
from countermove.evidence.reading import check_top, checked, value_checked
from countermove.evidence.schema import DateText, KebabId, Parameter, Record, Sentence
from countermove.evidence.strict_yaml import Document, load
from countermove.quantities.calendar import last_day

FILE = DATA / "vintage" / "priors.yaml"
KEYS = ("growth", "leans_on", "families", "entries")


class Rest(Record):
    """What an entry rests on: a claim, a source, or one published value of a series; and what it says there."""

    claim: KebabId | None = None
    source: KebabId | None = None
    series: str | None = None
    period: str | None = None
    supports: Literal["low", "high", "both", "value", "context"] = "context"

    @model_validator(mode="after")
    def _one_reference(self) -> Self:
        if sum(name is not None for name in (self.claim, self.source, self.series)) != 1:
            raise ValueError("name a claim, a source or a series, one of them")
        if (self.series is None) != (self.period is None):
            raise ValueError("a series goes with the period of one of its values")
        return self

    def __str__(self) -> str:
        return self.claim or self.source or f"{self.series} {self.period}"


class Entry(Record):
    """A prior as it could be stated from `known` on, in the parameter's unit; an assumption where nothing states it."""

    known: DateText
    prior: Prior
    sources: tuple[Rest, ...] = ()
    basis: Literal["sourced", "assumption"]
    note: Sentence

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.basis == "sourced" and not any(rest.supports != "context" for rest in self.sources):
            raise ValueError("basis: sourced needs a source that states a number; else write basis: assumption")
        return self

    @property
    def day(self) -> dt.date:
        """The last day of `known`."""
        return last_day(self.known)


class Hidden(Record):
    """Evidence that a parameter's own note uses without listing it: known only from its last day on."""

    rests: tuple[Rest, ...] = ()
    known: DateText | None = None
    note: Sentence

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if not self.rests and self.known is None:
            raise ValueError("name what it rests on, or the day from which it was known")
        return self


class Family(Record):
    """Yearly figures of one quantity: parameter and the year (with decimals) that it speaks of, in order of time."""

    times: dict[str, Number]
    note: Sentence

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        times = list(self.times.values())
        if len(times) < 2 or any(a >= b for a, b in pairwise(times)):
            raise ValueError("list at least two members, each later than the one before")
        return self


class Growth(Record):
    """5% and 95% points of a year's growth (factor)."""

    p5: Number
    p95: Number
    note: Sentence

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 < self.p5 < self.p95:
            raise ValueError("growth needs 0 < p5 < p95")
        return self


@dataclass(frozen=True)
class PriorEntries:
    """The checked file: entries by parameter in order of days, families by name, evidence that notes use, growth."""

    entries: Mapping[str, tuple[Entry, ...]]
    families: Mapping[str, Family]
    leans_on: Mapping[str, Hidden]
    growth: Growth

    def family_of(self, name: str) -> Family | None:
        """The family that a parameter belongs to, if any."""
        return next((family for family in self.families.values() if name in family.times), None)


@cache
def load_entries() -> PriorEntries:
    """Return the shipped file, checked against ledger and parameters, read once per process."""
    ledger = load_ledger()
    return read_entries(FILE, ledger, ledger.parameters)


def read_entries(path: Path, ledger: Ledger, parameters: Mapping[str, Parameter]) -> PriorEntries:
    """Read a file of entries; DataError (InputError outside the data tree) with file and line.

    Refused: an unknown parameter, claim, source or series; an entry that rests on something published after its day or
    undated; a prior outside the parameter's valid range; entries out of order; a parameter in two families.
    """
    document = load(path)
    check_top(document, KEYS)
    for key in KEYS:
        if key not in document.data:
            raise document.error(f"the key '{key}' is missing", hint="add it")
    found = PriorEntries(
        entries={name: _entries_of(document, name) for name in document.mapping("entries")},
        families={name: checked(document, Family, ("families", name)) for name in document.mapping("families")},
        leans_on={name: checked(document, Hidden, ("leans_on", name)) for name in document.mapping("leans_on")},
        growth=checked(document, Growth, ("growth",)),
    )
    _check_names(document, found, parameters)
    for name, listed in found.entries.items():
        for number, entry in enumerate(listed):
            _check_entry(document, ledger, parameters[name], entry, ("entries", name, number))
    for name, hidden in found.leans_on.items():
        for rest in hidden.rests:
            rest_day(ledger, rest, document, ("leans_on", name))
    return found


def rest_day(ledger: Ledger, rest: Rest, document: Document | None = None, keys: tuple[str | int, ...] = ()) -> dt.date | None:
    """The day from which a claim, source or value was known; None for an undated source. DataError for an unknown name."""

    def unknown(kind: str, name: str, valid: object) -> Exception:
        words, hint = f"unknown {kind} '{name}'", did_you_mean(name, valid)  # type: ignore[arg-type]
        return document.error(words, *keys, hint=hint) if document is not None else DataError(words, where=str(FILE), hint=hint)

    if rest.claim is not None:
        if rest.claim not in ledger.claims:
            raise unknown("claim", rest.claim, ledger.claims)
        return ledger.claims[rest.claim].known_day
    if rest.source is not None:
        if rest.source not in ledger.sources:
            raise unknown("source", rest.source, ledger.sources)
        return source_day(ledger, rest.source)
    series, period = str(rest.series), str(rest.period)
    if series not in ledger.series:
        raise unknown("series", series, ledger.series)
    rows = {row.period: row for row in ledger.series[series].rows}
    if period not in rows:
        raise unknown(f"period of {series}", period, rows)
    row = rows[period]
    if row.known is not None:
        return last_day(row.known)
    if row.claim is not None:
        return ledger.claims[row.claim].known_day
    return source_day(ledger, row.source) if row.source is not None else None


def source_day(ledger: Ledger, name: str) -> dt.date | None:
    """The last day of a source's publication date; None for an undated one."""
    published = ledger.sources[name].published
    return None if published is None else last_day(published)


def _entries_of(document: Document, name: str) -> tuple[Entry, ...]:
    listed = value_checked(document, list[object], ("entries", name))
    return tuple(checked(document, Entry, ("entries", name, number)) for number in range(len(listed)))


def _check_names(document: Document, found: PriorEntries, parameters: Mapping[str, Parameter]) -> None:
    for key, names in (("entries", found.entries), ("leans_on", found.leans_on)):
        for name in names:
            if name not in parameters:
                raise document.error(f"unknown parameter '{name}'", key, name, hint=did_you_mean(name, parameters))
    seen: set[str] = set()
    for family, members in found.families.items():
        for name in members.times:
            if name not in parameters:
                raise document.error(f"unknown parameter '{name}'", "families", family, hint=did_you_mean(name, parameters))
            if name in seen:
                raise document.error(f"'{name}' is in two families", "families", family, hint="keep one")
            seen.add(name)
    for name, listed in found.entries.items():
        days = [entry.day for entry in listed]
        if not days or days != sorted(set(days)):
            raise document.error("entries are not in order of their days", "entries", name, hint="oldest first, one a day")


def _check_entry(document: Document, ledger: Ledger, parameter: Parameter, entry: Entry, keys: tuple[str | int, ...]) -> None:
    for rest in entry.sources:
        day = rest_day(ledger, rest, document, keys)
        if day is None or day > entry.day:
            when = "has no date" if day is None else f"was known only from {day}"
            raise document.error(
                f"the entry of {entry.known} rests on '{rest}', which {when}",
                *keys,
                hint="move the entry to that day, or drop it",
            )
    low, high = entry.prior.stated()
    bottom, top = parameter.valid
    if low < bottom or high > top:
        raise document.error(
            f"the prior ({low:g} to {high:g}) reaches outside the valid range of {parameter.id}, {bottom:g} to {top:g}", *keys
        )

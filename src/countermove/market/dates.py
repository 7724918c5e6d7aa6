"""Dates and small tables by date, read from data/market: what the code would otherwise hide as numbers of months.

A date is a month coordinate: months since the start of the clock, with fractions. It is written as a month or day, meaning its
start, or as "mid" and a period, meaning its middle.
"""

from __future__ import annotations

import datetime as dt
import math
from calendar import monthrange
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from countermove.errors import DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked, entries
from countermove.evidence.strict_yaml import load
from countermove.quantities.calendar import FIRST_YEAR, parse_date, period_months

MIDDLE = "mid "
ROUNDING = 1e-9


def month_coordinate(text: str) -> float:
    """Months from the start of the clock to a date: 45.0 for "2025-10", 32.8 for "2024-09-25", 46.5 for "mid 2025Q4".

    InputError for anything that is neither a date nor "mid" and a period on the clock.
    """
    if text.startswith(MIDDLE):
        first, last = period_months(text.removeprefix(MIDDLE))
        return (first + last) / 2.0
    day = parse_date(text)
    return _months(day) + (day.day - 1) / monthrange(day.year, day.month)[1]


def month_of(day: dt.date) -> float:
    """Number of the month that holds a day: 57.0 for 9 October 2026."""
    return float(_months(day))


def _months(day: dt.date) -> int:
    return (day.year - FIRST_YEAR) * 12 + day.month - 1


def _readable(text: str) -> str:
    try:
        month_coordinate(text)
    except InputError as error:
        raise ValueError(error.what) from None
    return text


DateWords = Annotated[str, AfterValidator(_readable)]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Dated(_Record):
    """One entry of dates.yaml."""

    id: str
    from_: DateWords = Field(alias="from")
    until: DateWords | None = None
    label: str
    basis: Literal["sourced", "assumption"]
    sources: list[str] = []
    note: str


class _Share(_Record):
    from_: DateWords = Field(alias="from")
    until: DateWords
    share: Annotated[float, Field(strict=True, ge=0.0, le=1.0)]


class _Table(_Record):
    """What every table says of itself."""

    version: int = Field(alias="schema")
    basis: Literal["sourced", "assumption"]
    sources: list[str] = []
    note: str


class _Stockpile(_Table):
    shares: list[_Share] = Field(min_length=1)


class Stage(NamedTuple):
    """A share of a total that comes in over the months [start, until)."""

    start: float
    until: float
    share: float


@cache
def _dates() -> Mapping[str, _Dated]:
    return entries(load(DATA / "market" / "dates.yaml"), "dates", _Dated)


def _entry(name: str) -> _Dated:
    known = _dates()
    if name not in known:
        raise DataError(f"no date {name!r}", where="market/dates.yaml", hint=did_you_mean(name, known))
    return known[name]


def date(name: str) -> float:
    """Month coordinate of a date of data/market/dates.yaml; DataError with the nearest name for one that is not listed."""
    return month_coordinate(_entry(name).from_)


def span(name: str) -> tuple[float, float]:
    """Month coordinates [start, end) of a span of data/market/dates.yaml; DataError for a date without an end."""
    entry = _entry(name)
    if entry.until is None:
        raise DataError(f"the date {name!r} has no end", where="market/dates.yaml", hint="add the key 'until'")
    return month_coordinate(entry.from_), month_coordinate(entry.until)


@cache
def hbm_stockpile() -> tuple[Stage, ...]:
    """When the stockpile of HBM stacks came in, in order; DataError unless the stages join and their shares add up to one."""
    document = load(DATA / "market" / "hbm_stockpile.yaml")
    check_top(document, ("basis", "sources", "note", "shares"))
    rows = checked(document, _Stockpile, ()).shares
    stages = tuple(Stage(month_coordinate(row.from_), month_coordinate(row.until), row.share) for row in rows)
    for number, (one, following) in enumerate(pairwise(stages), start=1):
        if one.until != following.start:
            raise document.error("does not begin where the one before ends", "shares", number, hint="leave no gap")
    whole = sum(stage.share for stage in stages)
    if not math.isclose(whole, 1.0, abs_tol=ROUNDING):
        raise document.error(f"the shares add up to {whole:g}", "shares", hint="make them add up to 1")
    return stages

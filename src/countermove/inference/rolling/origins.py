"""Origins from which a model predicts, and the rows that were known, come next, or had ended unseen at each of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from countermove.errors import InputError, did_you_mean
from countermove.outcomes.published import REPORTING_DELAY, Published, period_end
from countermove.quantities.calendar import last_day, period_months

ORIGINS: tuple[str, ...] = ("2023-12", "2024-06", "2024-12", "2025-06", "2026-01")
"""Months at whose end a model predicts, fixed before any model was judged."""

AFTER_TAKE_OFF: tuple[str, ...] = ("2024-12", "2025-06")
"""Origins just after Cambricon's sales took off, printed alone too."""

HORIZON = 12
"""Months after an origin in which a target's period must end."""

LEAST_KNOWN = 4
"""Values of a series that must be known at an origin before its targets enter the ratio."""

A_MONTH = dt.timedelta(days=31)
"""A date stated as a month counts from its last day; a stand-in within a month of it is no later page."""

FACT = "actual"
"""The standing of a row that may be fitted or be a target; estimates, forecasts and plans of others are benchmarks."""

Dating = Literal["stated", "stand-in"]
DATINGS: Mapping[Dating, str] = {
    "stated": "publication dates as sources state them",
    "stand-in": f"the period's end plus {REPORTING_DELAY.days} days for company filings that a later page quotes",
}
COUNTS: Dating = "stand-in"
"""The dating that the gate uses; the other one is published beside it."""


@dataclass(frozen=True)
class Origin:
    """What a model may know at an origin, and what it is asked.

    known: rows that had been published. targets: rows published later, of periods that end within 12 months after it.
    nowcasts: rows published later, of periods that had ended in the 12 months before. gated: series and frequencies with four
    known values.
    """

    name: str
    day: dt.date
    dating: Dating
    known: tuple[Published, ...]
    targets: tuple[Published, ...]
    nowcasts: tuple[Published, ...]
    gated: frozenset[tuple[str, int]]
    """Series with the length of their periods' names, which tells quarters from years."""

    @property
    def asked(self) -> tuple[Published, ...]:
        """All rows that are to be predicted: targets, then nowcasts."""
        return (*self.targets, *self.nowcasts)

    def blinded(self) -> Origin:
        """The origin as a forecaster sees it: rows that are asked hold no value, range or date of publication."""
        nan = float("nan")

        def hidden(rows: tuple[Published, ...]) -> tuple[Published, ...]:
            return tuple(replace(row, value=nan, low=nan, high=nan, stated=False, known=dt.date.max, dated=False) for row in rows)

        return replace(self, targets=hidden(self.targets), nowcasts=hidden(self.nowcasts))

    @property
    def stand_ins(self) -> int:
        """How many of the known rows have the date of the stand-in."""
        return sum(not row.dated for row in self.known)


def is_stand_in(row: Published) -> bool:
    """Whether a row of a filing was seen on a page of over a month after the stand-in, or on a page without a date."""
    return row.filing and not row.recast and (not row.dated or stand_in(row) + A_MONTH < row.known)


def stand_in(row: Published) -> dt.date:
    """The day by which a company has usually filed a period: its end plus 60 days."""
    return period_end(row.period) + REPORTING_DELAY


def known_on(row: Published, dating: Dating) -> dt.date | None:
    """The day on which a row counts as known; None where no source says and no stand-in may."""
    if is_stand_in(row) and dating == "stand-in":
        return stand_in(row)
    return row.known if row.dated else None


def origin(name: str, rows: Sequence[Published], dating: Dating = COUNTS) -> Origin:
    """Part rows into what was known at an origin and what is asked there; forecasts and plans of others are neither.

    Raises InputError for a month that is none of `ORIGINS`, and for an origin before all rows.
    """
    if name not in ORIGINS:
        raise InputError(f"no origin named {name!r}", where="origin", hint=did_you_mean(name, ORIGINS))
    day = last_day(name)
    facts = []
    for row in rows:
        known_from = known_on(row, dating)
        if known_from is not None and row.standing == FACT:
            facts.append(replace(row, known=known_from, dated=row.dated and not (dating == "stand-in" and is_stand_in(row))))
    known = tuple(row for row in facts if row.known <= day and period_end(row.period) <= day)
    if not known:
        raise InputError(f"nothing was published by {day}", where=f"origin {name}", hint="give rows of earlier periods")
    later = [row for row in facts if row.known > day]
    count: dict[tuple[str, int], int] = {}
    for row in known:
        key = (row.series, len(row.period))
        count[key] = count.get(key, 0) + 1
    return Origin(
        name=name,
        day=day,
        dating=dating,
        known=known,
        targets=tuple(row for row in later if day < period_end(row.period) <= months_after(day, HORIZON)),
        nowcasts=tuple(row for row in later if months_after(day, -HORIZON) < period_end(row.period) <= day),
        gated=frozenset(key for key, found in count.items() if found >= LEAST_KNOWN),
    )


def months_after(day: dt.date, months: int) -> dt.date:
    """The last day of the month so many months after the month of `day`, or before it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return last_day(f"{year}-{month + 1:02d}")


def quarter(period: str) -> int:
    """The number of the quarter in which a period ends: 2022Q1 is 0."""
    return (period_months(period)[1] - 1) // 3


def rows_hash(rows: Sequence[Published]) -> str:
    """SHA-256 of all that the judge reads of rows, shortened: what was frozen before fitting."""
    ordered = sorted(rows, key=lambda row: (row.series, row.period))
    body = [[repr(getattr(row, field.name)) for field in fields(row)] for row in ordered]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()[:32]

"""The model's clock: months counted from 2022-01 = 0 to 2032-12 = 131.

Flows belong to a month, stocks to its end. Day-weighting happens here and nowhere else: a rule in force from the 15th
weighs on the share of the month's days that it covers.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

FIRST_YEAR: Final = 2022
LAST_YEAR: Final = 2032
#: Number of months on the clock.
MONTHS: Final = (LAST_YEAR - FIRST_YEAR + 1) * 12
START: Final = f"{FIRST_YEAR}-01"
END: Final = f"{LAST_YEAR}-12"

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_PERIOD = re.compile(r"([0-9]{4})(?:Q([1-4])|H([12])|-([0-9]{2}))?")
_FISCAL = re.compile(r"FY([0-9]{2}|[0-9]{4})Q([1-4])")


def month_index(text: str, *, where: str = "") -> int:
    """Return the number of a month such as ``"2026-02"`` (49).

    Raises InputError for anything that is not an existing month between 2022-01 and 2032-12.
    """
    match = _DATE.fullmatch(text)
    if match is None or match[2] is None or match[3] is not None or not 1 <= int(match[2]) <= 12:
        raise InputError(f"'{text}' is not a month", where=where, hint="write it as 2026-02")
    index = (int(match[1]) - FIRST_YEAR) * 12 + int(match[2]) - 1
    if not 0 <= index < MONTHS:
        raise InputError(f"month {text} is outside the model's clock", where=where, hint=f"use {START} to {END}")
    return index


def month_name(index: int) -> str:
    """Return the name of month ``index``: 49 is ``"2026-02"``; InputError outside the clock."""
    if not 0 <= index < MONTHS:
        raise InputError(f"month number {index} is outside the model's clock", hint=f"use 0 ({START}) to {MONTHS - 1} ({END})")
    return f"{FIRST_YEAR + index // 12}-{index % 12 + 1:02d}"


def parse_date(text: str, *, where: str = "") -> dt.date:
    """Return the first day meant by ``"2026-01-15"``, ``"2026-01"`` or ``"2026"``; InputError for an impossible date."""
    year, month, day = _date_parts(text, where)
    return dt.date(year, month or 1, day or 1)


def last_day(text: str, *, where: str = "") -> dt.date:
    """Return the last day meant by a date of any precision: ``"2026-02"`` is 2026-02-28."""
    year, month, day = _date_parts(text, where)
    month = month or 12
    return dt.date(year, month, day or calendar.monthrange(year, month)[1])


def _date_parts(text: str, where: str) -> tuple[int, int | None, int | None]:
    match = _DATE.fullmatch(text)
    if match is not None:
        year, month, day = (None if part is None else int(part) for part in match.groups())
        try:
            dt.date(year or 0, 1 if month is None else month, 1 if day is None else day)
        except ValueError:
            pass
        else:
            return year or 0, month, day
    raise InputError(f"'{text}' is not a date", where=where, hint="write it as 2026-01-15, 2026-01 or 2026")


def _first_days() -> list[dt.date]:
    firsts = [dt.date(FIRST_YEAR + index // 12, index % 12 + 1, 1) for index in range(MONTHS)]
    return [*firsts, dt.date(LAST_YEAR + 1, 1, 1)]


_EDGES: Final = np.array([day.toordinal() for day in _first_days()], dtype=np.int64)


def days_in_months() -> NDArray[np.float64]:
    """Return the number of days of every month on the clock, shape (month,)."""
    return np.diff(_EDGES).astype(np.float64)


def month_fraction(start: dt.date | None, end: dt.date | None) -> NDArray[np.float64]:
    """Return the share of each month's days that lie in [start, end), shape (month,).

    ``None`` leaves that side open. A month covered on no day is exactly 0, one covered on every day exactly 1.
    """
    low = _EDGES[0] if start is None else start.toordinal()
    high = _EDGES[-1] if end is None else end.toordinal()
    covered = np.minimum(_EDGES[1:], high) - np.maximum(_EDGES[:-1], low)
    fraction: NDArray[np.float64] = np.maximum(covered, 0) / np.diff(_EDGES)
    return fraction


def period_months(period: str, *, where: str = "") -> tuple[int, int]:
    """Return the months [first, last) of ``"2026"``, ``"2026Q1"``, ``"2025H1"`` or ``"2026-02"``.

    Raises InputError for another notation or a period outside the clock.
    """
    match = _PERIOD.fullmatch(period)
    if match is None or (match[4] is not None and not 1 <= int(match[4]) <= 12):
        raise InputError(f"'{period}' is not a period", where=where, hint="write it as 2026, 2026Q1, 2025H1 or 2026-02")
    first = (int(match[1]) - FIRST_YEAR) * 12
    length = 12
    if match[2] is not None:
        first, length = first + 3 * (int(match[2]) - 1), 3
    elif match[3] is not None:
        first, length = first + 6 * (int(match[3]) - 1), 6
    elif match[4] is not None:
        first, length = first + int(match[4]) - 1, 1
    if first < 0 or first + length > MONTHS:
        raise InputError(f"period {period} is outside the model's clock", where=where, hint=f"use {START} to {END}")
    return first, first + length


def period_end(period: str, *, where: str = "") -> dt.date:
    """Return the last day of a period such as 2025, 2025Q4, 2025H1 or 2025-12; InputError as in `period_months`."""
    _, after = period_months(period, where=where)
    return dt.date(FIRST_YEAR + after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)


def fiscal_quarter_months(name: str, *, where: str = "") -> tuple[int, int]:
    """Return the months [first, last) of the calendar quarter that holds most days of an NVIDIA fiscal quarter.

    NVIDIA's fiscal year N ends on the last Sunday of January of year N, so quarter q of FY26 has about 64 of its 91
    days in calendar quarter q of 2025: ``"FY26Q3"`` is 2025Q3. Raises InputError for another notation.
    """
    match = _FISCAL.fullmatch(name)
    if match is None:
        raise InputError(f"'{name}' is not a fiscal quarter", where=where, hint="write it as FY26Q3")
    year = int(match[1]) + (2000 if len(match[1]) == 2 else 0)
    return period_months(f"{year - 1}Q{match[2]}", where=where)


def years() -> list[str]:
    """Return the names of all years on the clock."""
    return [str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1)]


def quarters() -> list[str]:
    """Return the names of all calendar quarters on the clock."""
    return [f"{year}Q{quarter}" for year in years() for quarter in range(1, 5)]

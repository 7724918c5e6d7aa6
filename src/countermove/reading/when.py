"""Dates in a text: the day on which it was said, and the period that a sentence speaks of.

Periods are texts as the ledger writes them: ``2026-01-14``, ``2026-01``, ``2026``, ``2025Q3``, ``2025H1``. Words such as "last
year" are counted from the day on which it was said; without such a day they stay unresolved (None).
"""

from __future__ import annotations

import datetime as dt
import re

from countermove.errors import InputError
from countermove.quantities import calendar

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (?P<year>20\d\d|199\d))?\b", re.I)
_MONTH_FIRST = re.compile(rf"\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d)(?:,? (?P<year>20\d\d))?", re.I)
_MONTH_YEAR = re.compile(rf"\b{_MONTH},? (?:of )?(?P<year>20\d\d)\b", re.I)
_ISO = re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b")
_CHINESE = re.compile(r"(?P<year>20\d\d)年(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?")
_QUARTER = re.compile(
    r"\b(?:(?P<word>first|second|third|fourth|march|june|september|december) quarter(?:,? "
    r"(?:of |ended |in )?(?:(?P<fiscal>fiscal)(?: year)? )?(?P<year>20\d\d))?|"
    r"(?P<q>[Qq][1-4])[ ,]*(?P<qyear>20\d\d)?|(?P<yq>20\d\d) ?[Qq](?P<n>[1-4]))",
    re.I,
)
_HALF = re.compile(r"\b(?P<word>first|second) half(?: of (?P<year>20\d\d|the year|this year|last year|next year))?\b", re.I)
_YEAR = re.compile(r"\b(?:(?P<fiscal>fiscal)(?: year)? )?(?P<year>20[0-4]\d|199\d)\b", re.I)
_RELATIVE = re.compile(
    r"\b(?P<which>last|this|next) (?P<what>year|month|quarter)\b|\ba year earlier\b|\bwithin two years\b", re.I
)
_WEEKDAY = re.compile(
    r"\b(?:on |late |early )?(monday|tuesday|wednesday|thursday|friday|saturday|sunday|yesterday|today)\b", re.I
)
_ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4, "march": 1, "june": 2, "september": 3, "december": 4}


def said_on(text: str) -> str | None:
    """Find the day on which a text was published, from its head: a dateline, "Published ...", or a date on a line of its own."""
    head = text[:1500]
    for pattern in (_ISO, _DAY_FIRST, _MONTH_FIRST, _CHINESE):
        for match in pattern.finditer(head):
            line = head[head.rfind("\n", 0, match.start()) + 1 : (head.find("\n", match.end()) + 1 or len(head) + 1) - 1]
            short = len(line) < 120 and not re.search(r"[.!?]\s*$", line.strip())
            dateline = (
                re.match(r"\s*[A-Z][A-Z .'-]+(?:,| —| -|/)", line) is not None
                and match.start() - head.rfind("\n", 0, match.start()) < 60
            )
            marked = re.search(r"(?:published|updated|posted|effective date|dated?|issued|press,)[: ]", line, re.I) is not None
            if short or dateline or marked:
                return _day(match, _year_in(text))
    named = _CHINESE.search(head)
    return _day(named, None) if named is not None else None


def _year_in(text: str) -> int | None:
    """Guess the year of a dateline without one: the latest year that the text names as past or present, counted often."""
    years = [int(found) for found in re.findall(r"\b(20[0-4]\d)\b", text)]
    if not years:
        return None
    likeliest = max(set(years), key=lambda year: (years.count(year), year))
    told_back = re.search(r"\blast year\b", text, re.I) and not re.search(r"\b(?:this|next) year\b", text, re.I)
    return (
        likeliest + 1
        if told_back and likeliest == max(years) and not re.search(rf"\b(?:for|by) {likeliest}\b", text)
        else likeliest
    )


def _day(match: re.Match[str], year: int | None) -> str | None:
    groups = match.groupdict()
    month = groups["month"]
    number = int(month) if month.isdigit() else _MONTHS[month.lower()]
    stated = groups.get("year")
    if stated is None and year is None:
        return None
    text = f"{int(stated or year or 0):04d}-{number:02d}" + (f"-{int(groups['day']):02d}" if groups.get("day") else "")
    return text if _valid(text) else None


def _valid(text: str) -> bool:
    try:
        calendar.parse_date(text)
    except InputError:
        return False
    return True


def period_of(text: str, at: int, said: str | None) -> str | None:
    """Return the period that a sentence gives nearest to the place `at`, None if it gives none that can be resolved."""
    found = _periods(text, said)
    if not found:
        return None
    return min(found, key=lambda one: (_distance(one[1], at), -(one[1][1] - one[1][0])))[0]


def _distance(span: tuple[int, int], at: int) -> int:
    return 0 if span[0] <= at <= span[1] else min(abs(span[0] - at), abs(span[1] - at) + 6)


def _periods(text: str, said: str | None) -> list[tuple[str | None, tuple[int, int]]]:
    day = calendar.parse_date(said) if said is not None and _valid(said) else None
    found: list[tuple[str | None, tuple[int, int]]] = []

    def add(period: str | None, match: re.Match[str]) -> None:
        if not any(start < match.end() and match.start() < end for _, (start, end) in found):
            found.append((period, match.span()))

    for pattern in (_ISO, _DAY_FIRST, _MONTH_FIRST, _MONTH_YEAR):
        for match in pattern.finditer(text):
            add(_day(match, day.year if day is not None else None), match)
    for match in _QUARTER.finditer(text):
        add(_quarter(match, day), match)
    for match in _HALF.finditer(text):
        year = _year_of(match["year"], day)
        add(f"{year}H{_ORDER[match['word'].lower()]}" if year is not None else None, match)
    for match in _YEAR.finditer(text):
        add(str(int(match["year"]) - 1 if match["fiscal"] else match["year"]), match)
    for match in _RELATIVE.finditer(text):
        add(_relative(match[0].lower(), day), match)
    for match in _WEEKDAY.finditer(text):
        add(_weekday(match[1].lower(), day), match)
    return found


def _quarter(match: re.Match[str], day: dt.date | None) -> str | None:
    if match["yq"]:
        return f"{match['yq']}Q{match['n']}"
    number = int(match["q"][1]) if match["q"] else _ORDER[match["word"].lower()]
    year = match["year"] or match["qyear"]
    if match["fiscal"] and year:  # a fiscal year ends in January: its quarters are those of the calendar year before
        return f"{int(year) - 1}Q{number}"
    if year is None and day is not None:
        year = str(day.year if number <= (day.month - 1) // 3 + 2 else day.year - 1)
    return f"{year}Q{number}" if year else None


def _year_of(word: str | None, day: dt.date | None) -> int | None:
    if word is not None and word.isdigit():
        return int(word)
    if day is None:
        return None
    return day.year + {"last year": -1, "next year": 1}.get((word or "").lower(), 0)


def _relative(words: str, day: dt.date | None) -> str | None:
    if day is None:
        return None
    which, _, what = words.partition(" ")
    step = {"last": -1, "this": 0, "next": 1, "a": -1, "within": 2}[which]
    if what == "month":
        month = day.month - 1 + step
        return f"{day.year + month // 12}-{month % 12 + 1:02d}"
    if what == "quarter":
        quarter = (day.month - 1) // 3 + step
        return f"{day.year + quarter // 4}Q{quarter % 4 + 1}"
    return str(day.year + step)


def _weekday(word: str, day: dt.date | None) -> str | None:
    if day is None:
        return None
    if word == "today":
        return day.isoformat()
    if word == "yesterday":
        return (day - dt.timedelta(days=1)).isoformat()
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return (day - dt.timedelta(days=(day.weekday() - names.index(word)) % 7)).isoformat()

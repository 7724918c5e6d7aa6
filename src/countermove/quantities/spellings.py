"""Units and periods as people write them in files of values: "CNY bn", "thousand packages", "1Q26", "FY2027 Q1".

A spelling becomes the house's own text (``billion cny``, ``2026Q1``) or an error; nothing is guessed. The words stand in
``data/units.yaml`` under ``spellings``.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from importlib import resources
from typing import Final

from countermove.errors import InputError, did_you_mean
from countermove.quantities import calendar
from countermove.quantities.units import Unit, unit_symbols

#: Scales, and what stands for the words that count whatever the series counts.
SCALES: Final = frozenset({"thousand", "million", "billion", "trillion"})
COUNTED: Final = "counted"

#: What can be counted by a bare scale; money cannot, since a currency must be named.
THINGS: Final = frozenset({"package", "card", "die", "stack", "wafer", "compute", "system"})

#: Beginnings of the series and outcomes of NVIDIA, whose fiscal quarters have a calendar quarter that stands for them.
NVIDIA: Final = ("nvidia", "h20", "h100", "h200", "h800", "a100", "a800", "low-end", "legal-nvidia", "epoch-legal-units-h")

#: Months in which NVIDIA's fiscal quarters end, one a quarter.
_FISCAL_ENDS: Final = (4, 7, 10, 1)

_YEAR = r"(?P<year>[0-9]{4}|'?[0-9]{2})"
_CALENDAR = (
    re.compile(rf"(?:CY)?\s*{_YEAR}\s*[- ]?\s*(?P<part>[QH][0-9])"),
    re.compile(rf"(?P<part>[QH][0-9])\s*[- ]?\s*(?:CY)?\s*{_YEAR}"),
    re.compile(rf"(?P<part>[0-9][QH])\s*[- ]?\s*(?:CY)?\s*{_YEAR}"),
    re.compile(r"(?:CY)\s*(?P<year>[0-9]{4}|'?[0-9]{2})(?P<part>)"),
)
_FISCAL = (
    re.compile(rf"FY\s*{_YEAR}\s*[- ]?\s*(?P<part>Q[1-4]|)"),
    re.compile(rf"(?P<part>Q[1-4])\s*[- ]?\s*FY\s*{_YEAR}"),
    re.compile(rf"(?P<part>[1-4]Q)\s*[- ]?\s*FY\s*{_YEAR}"),
)
_ENDED = re.compile(r"^(?P<period>.*?)\s*\(?\s*(?:quarter |year )?ended\s+(?P<day>[0-9-]+)\s*\)?$", re.IGNORECASE)


def read_unit(text: str, target: str, *, where: str = "") -> str:
    """Return a house unit for what people wrote, to be converted to ``target``, the unit of the series.

    A bare scale ("thousand") and "units" take what the target counts; cards are taken as packages, one each, where the
    series counts packages. Raises InputError for an unknown word, for a bare scale of money, and for two things at once.
    Whether the two fit is the conversion's business: money for packages is refused there.
    """
    words = _words(text)
    if not set(words) <= SCALES and _is_unit(text):
        return _as_package(text, target)
    unknown = [word for word in words if word not in _known_words()]
    if unknown or not words:
        raise InputError(f"unknown unit {text!r}", where=where, hint=did_you_mean(unknown[0] if unknown else text, _examples()))
    means = [_known_words()[word] for word in words]
    scales = [word for word in means if word in SCALES]
    things = [word for word in means if word not in SCALES]
    if len(scales) > 1 or len(things) > 1:
        raise InputError(f"unit {text!r} says two things", where=where, hint="write it as 'CNY bn' or 'thousand packages'")
    if not things or things == [COUNTED]:
        things = [_counted(text, target, where)]
    return _as_package(" ".join([*scales, *things]), target)


def read_period(text: str, *, nvidia: bool = False, where: str = "") -> str:
    """Return a period of the calendar (2026, 2026Q1, 2025H1, 2026-02) for what people wrote.

    Fiscal quarters are those of NVIDIA: FY27Q1 is the calendar quarter with most of its days, 2026Q1. With another series
    (``nvidia`` false) they are an error. A stated end ("ended 2026-04-26") must be that of the period.
    """
    asked, day = _ended(text, where)
    fiscal = _match(_FISCAL, asked)
    if fiscal is not None:
        return _fiscal(text, fiscal, day, nvidia, where)
    found = _match(_CALENDAR, asked)
    period = f"{found[0]}{found[1]}" if found else asked
    try:
        calendar.period_months(period, where=where)
    except InputError as error:
        known = [*calendar.quarters(), *(f"{year}H{half}" for year in calendar.years() for half in (1, 2)), *calendar.years()]
        hint = error.hint if "clock" in error.what else f"{error.hint}; {did_you_mean(period, known)}"
        raise InputError(error.what.replace(f"'{period}'", repr(text.strip())), where=where, hint=hint) from None
    if day is not None and day != calendar.period_end(period):
        raise InputError(
            f"{text.strip()!r}: {period} ends on {calendar.period_end(period)}, not on {day}",
            where=where,
            hint="write the period of the calendar that holds most of its days, without an end",
        )
    return period


def is_nvidia(name: str) -> bool:
    """Say whether a series or outcome is of NVIDIA, so that its fiscal quarters may be written."""
    return name.replace("_", "-").startswith(NVIDIA)


def _fiscal(text: str, found: tuple[int, str], day: dt.date | None, nvidia: bool, where: str) -> str:
    year, part = found
    period = f"{year - 1}{part}"
    if not nvidia:
        raise InputError(
            f"{text.strip()!r} is fiscal, and only NVIDIA's fiscal periods are known here",
            where=where,
            hint=f"write the period of the calendar, such as {calendar.FIRST_YEAR + 4}Q1 for January to March",
        )
    quarter = int(part[1]) if part else len(_FISCAL_ENDS)
    month = _FISCAL_ENDS[quarter - 1]
    ends = (year if month == 1 else year - 1, month)
    if day is not None and (day.year, day.month) != ends:
        raise InputError(
            f"{text.strip()!r}: this fiscal period ends in {ends[0]}-{ends[1]:02d}, not on {day}",
            where=where,
            hint=f"NVIDIA's fiscal {year} ends in January {year}; FY{year % 100}Q1 in April {year - 1}",
        )
    calendar.period_months(period, where=where)
    return period


def _ended(text: str, where: str) -> tuple[str, dt.date | None]:
    found = _ENDED.fullmatch(text.strip())
    if found is None:
        return text.strip(), None
    return found["period"].strip(), calendar.last_day(found["day"], where=where)


def _match(patterns: tuple[re.Pattern[str], ...], text: str) -> tuple[int, str] | None:
    """The year in full and the part (``Q1``, ``H1`` or nothing) of the first pattern that fits all of the text."""
    for pattern in patterns:
        found = pattern.fullmatch(text.upper())
        if found is not None:
            year, part = found["year"].strip("'"), found["part"]
            part = part[::-1] if part[:1].isdigit() else part
            return int(year) + (2000 if len(year) == 2 else 0), part
    return None


def _words(text: str) -> list[str]:
    """The words of a unit in small letters: "US$bn", "$ bn" and "USD billion" all give a currency and a scale."""
    small = text.strip().lower().replace("per cent", "%").replace("h100 equivalent", "h100-equivalent")
    small = re.sub(r"\bu\.?s\.?\s+(?=\$|dollar)", "", small)
    small = re.sub(r"(usd|cny|rmb|us\$|cn¥|\$|%)(?=[a-z])", r"\1 ", small)
    small = re.sub(r"(?<=[a-z])(usd|cny|rmb)\b", r" \1", small)
    return [word.strip(".,") for word in small.split()]


def _counted(text: str, target: str, where: str) -> str:
    """What the target counts, as one symbol."""
    dimension = Unit.parse(target).dimension
    found = [name for name in THINGS if dimension == ((name, 1),)]
    if not found:
        money = dimension in {(("money", 1),), (("yuan", 1),)}
        hint = "name the currency, as in 'CNY bn' or 'USD bn'" if money else f"the series is in {target}"
        raise InputError(f"unit {text!r} does not say of what", where=where, hint=hint)
    return "h100e" if found == ["compute"] else found[0]


def _as_package(unit: str, target: str) -> str:
    if Unit.parse(target).dimension == (("package", 1),) and Unit.parse(unit).dimension == (("card", 1),):
        return re.sub(r"\bcard\b", "package", unit)
    return unit


def _is_unit(text: str) -> bool:
    try:
        Unit.parse(text.strip())
    except InputError:
        return False
    return True


@lru_cache(maxsize=1)
def _known_words() -> dict[str, str]:
    """Every word by what it stands for: the spellings of ``units.yaml`` and the symbols of the vocabulary."""
    import yaml

    text = resources.files("countermove").joinpath("data", "units.yaml").read_text("utf-8")
    tree = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
    words = {symbol: symbol for symbol in unit_symbols()}
    for symbol, spellings in tree["spellings"].items():
        words |= dict.fromkeys(spellings, symbol)
    return words


def _examples() -> list[str]:
    return [*_known_words(), "USD bn", "CNY bn", "thousand packages"]

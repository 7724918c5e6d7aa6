"""What belongs to an amount besides its number: the qualifier before it, the rate after it, and the scale of sums."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from countermove.reading.amount import Amount
from countermove.reading.lexicon import words


@cache
def _qualifiers() -> tuple[tuple[str, str], ...]:
    pairs = [(phrase, name) for name, phrases in words("units")["qualifiers"].items() for phrase in phrases]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def qualified(text: str, amount: Amount) -> Amount:
    """Return an amount with the qualifier that stands before it, or after it ("or so")."""
    before = re.sub(r"\s+", " ", text[: amount.start]).rstrip(" ($").lower()
    before = re.sub(r"\s+(?:a|an|the|just|only|whopping|eye-watering|a whopping|an eye-watering|a record|a mere)$", "", before)
    name = ""
    for phrase, qualifier in _qualifiers():
        if before.endswith(phrase) and (len(before) == len(phrase) or not before[-len(phrase) - 1].isalnum()):
            if phrase in ("or so", "or more", "give or take"):
                continue
            if phrase == "over" and re.search(r"\b(?:lead|control|fight|charge[sd]?) over$", before):
                continue
            name = qualifier
            break
    after = text[amount.end : amount.end + 22].lower()
    if not name and re.match(r"[^,.;]{0,12}\b(?:or so|give or take)\b", after):
        name = "about"
    elif not name and re.match(r"[^,.;]{0,12}\bor more\b", after):
        name = "at least"
    elif not name and re.match(r"[^,.;]{0,12}\bor (?:less|fewer)\b", after):
        name = "up to"
    return replace(amount, qualifier=name)


def with_rate(text: str, amount: Amount) -> Amount:
    """Add "a year", "per chip", "each" to the unit, and the scale in which money is printed."""
    after = text[amount.end : amount.end + 40]
    unit = amount.unit
    money = unit in words("units")["money"]
    per = (
        None
        if re.match(r"\s*a (?:year|month|quarter) (?:earlier|ago|before|later|and a half)", after, re.I)
        else re.match(r"\s*(?:(?:a|per|for (?:each|a single|every|one)|for a|each|apiece|/)\s*(?P<what>\w+)?)", after, re.I)
    )
    each = re.match(r"\s*(?:each|apiece)\b", after, re.I)
    what = (per["what"] or "").lower() if per is not None else ""
    names = {
        "month": "month",
        "monthly": "month",
        "year": "year",
        "annum": "year",
        "chip": "chip",
        "card": "card",
        "unit": "chip",
        "gpu": "chip",
        "processor": "chip",
        "module": "system",
        "server": "system",
        "system": "system",
        "rack": "system",
        "package": "package",
        "hour": "hour",
        "kilowatt": "kwh",
        "wafer": "wafer",
        "second": "second",
        "quarter": "quarter",
    }
    scale, factor = "", 1.0
    if money:
        size = max(abs(number) for number in (amount.value, amount.low, amount.high) if number is not None)
        scale, factor = ("_bn", 1e9) if size >= 1e7 else ("", 1.0)
        unit = unit + scale
        subject = text[: amount.start].lower()
        if not (each or what in names):
            if re.search(r"\bkilowatt-?hours?\b", text, re.I):
                unit += "/kwh"
            elif (
                size < 5e6
                and re.search(r"\b(?:price|cost|costs|quot\w+|sells?|sold|pay|paid)\b", subject + after.lower())
                and "penalt" not in subject
            ):
                per_system = re.search(r"\b(?:module|server|rack|system)s?\b", subject)
                unit += "/system" if per_system else "/chip"
                if per_system and size >= 1e6:
                    scale, factor, unit = "_m", 1e6, unit.replace("/system", "_m/system")
    if each:
        unit += "/chip" if money else ""
    elif what in names and not each and (money or names[what] in ("month", "year", "second", "hour", "quarter", "package")):
        unit += "/" + names[what]
    elif unit == "wafer" and re.search(r"\b(?:monthly|a month|per month)\b", text, re.I):
        unit += "/month"
    return replace(
        amount,
        unit=unit,
        value=None if amount.value is None else amount.value / factor,
        low=None if amount.low is None else amount.low / factor,
        high=None if amount.high is None else amount.high / factor,
    )

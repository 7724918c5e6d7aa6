"""Amounts in a sentence: value or range, unit and qualifier, as one mention each, with its span.

Dates, names of models and rules, ages, ranks, time that passes and conversions in brackets are no amounts (definition, rule 6).
Values keep the scale in which they are written where the unit has a name for it (``5.5 usd_bn``); counts are plain numbers
(``2 million chips`` is 2,000,000 chip), shares are in percent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from countermove.reading.amount import DURATIONS, SCALE, SMALL, Amount
from countermove.reading.amount_units import qualified, with_rate
from countermove.reading.lexicon import words
from countermove.reading.shares import shares_and_folds

#: What a duration must be said to be, to count: a lag, a lead or a time that something takes.
_LAG = re.compile(
    r"\b(?:behind|ahead|gap|lags?|lagging|leads?|trails?|takes?|took|away|delay(?:ed|s)?|"
    r"accumulation|bottleneck|last|lasts|shortage)\b",
    re.I,
)
_ELAPSED = re.compile(r"^\s*(?:ago|later|earlier|old|before|after(?! the)|from now|in a row|running|and a half)\b", re.I)
_WITHIN = re.compile(
    r"\b(?:within|in|over|for|during|after|every|each|past|last|next|first|coming|previous|"
    r"recent|these|than|of|than the|the)\s+(?:the\s+)?(?:past\s+|last\s+|next\s+|first\s+|"
    r"coming\s+)?(?:about\s+|around\s+|more than\s+|nearly\s+)?$",
    re.I,
)
_ROMAN_RULE = re.compile(
    r"\b(?:CFR|heading|section|article|part|chapter|no\.?|number|tel\.?|page|figure|table|"
    r"rule|executive order|docket|line|version|v|form|release|group|supplement|grade|stage|"
    r"room|box)\s*(?:\(?\d+\)?\s*)?$",
    re.I,
)


@dataclass(frozen=True)
class _Number:
    start: int
    end: int
    value: float
    unit: str | None
    scaled: bool
    worded: bool


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], dict[str, re.Pattern[str]]]:
    units = words("units")
    money = "|".join(f"(?P<m_{unit}>{pattern})" for unit, pattern in units["money"].items())
    before = re.compile(rf"(?:(?<![\w])(?:{money}))\s?$", re.I)
    scale = "|".join(f"(?P<s_{name}>{pattern})" for name, pattern in units["scales"].items())
    after_scale = re.compile(rf"^[\s-]?(?:(?:{scale})(?![A-Za-z]))", re.I)
    small = "|".join(sorted((re.escape(word) for word in SMALL), key=len, reverse=True))
    number = re.compile(
        rf"(?:(?<![\w.,/])|(?<=RMB)|(?<=CNY)|(?<=USD)|(?<=EUR)|(?<=GBP)|(?<=HKD))(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<word>{small}))(?![\w]*\w*/\d)",
        re.I,
    )
    nouns = {**units["money"], **units["measures"], **units["counts"]}
    compiled = {unit: re.compile(rf"(?:{pattern})(?![\w])", re.I) for unit, pattern in nouns.items()}
    return before, after_scale, number, compiled


def amounts(text: str, *, taken: Iterable[tuple[int, int]] = (), inherited: str | None = None) -> list[Amount]:
    """Find the amounts of a sentence, in order.

    `taken` are spans of names, whose digits are no numbers; `inherited` is the unit of count last used, for "with 265,000".
    """
    spans = list(taken)
    product_after = {start for start, _ in spans}
    numbers = list(_numbers(text, spans, product_after))
    found: list[Amount] = []
    last = inherited
    place = 0
    while place < len(numbers):
        one = numbers[place]
        after = numbers[place + 1] if place + 1 < len(numbers) else None
        joined = _range(text, one, after) if after is not None else None
        if joined is not None:
            amount, step = joined, 2
        else:
            amount, step = Amount(one.start, one.end, one.value, None, None, one.unit or ""), 1
        place += step
        amount = _with_unit(text, amount, last, one)
        if not amount.unit:
            continue
        amount = with_rate(text, qualified(text, amount))
        if _is_claim(text, amount, one):
            found.append(amount)
            if amount.unit.split("/")[0] in words("units")["counts"]:
                last = amount.unit
    found.extend(shares_and_folds(text, found, spans))
    return _without_conversions(text, sorted(found, key=lambda amount: amount.start))


def _numbers(text: str, taken: list[tuple[int, int]], product_after: set[int]) -> Iterable[_Number]:
    before, after_scale, number, compiled = _patterns()
    for match in number.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        value = float(match["digits"].replace(",", "")) if match["digits"] else float(SMALL[match["word"].lower()])
        start, end = match.start(), match.end()
        money = before.search(text[:start])
        unit = next((name[2:] for name, hit in money.groupdict().items() if hit), None) if money else None
        scale = after_scale.match(text[end:])
        scaled = False
        if scale is not None:
            name = next(name[2:] for name, hit in scale.groupdict().items() if hit)
            short = len(scale[0].strip(" -")) == 1
            counted = (
                unit is None and scale[0] == scale[0].strip(" -") and _counts(text, end + scale.end(), compiled, product_after)
            )
            if not (short and unit is None and name != "thousand" and not counted) and not (match["word"] and short):
                value, scaled = value * SCALE[name], True
                end += scale.end()
        if match["word"] and match["word"].lower() in ("a", "half a") and not scaled:
            continue
        if money and unit:
            start = money.start()
        if unit is None:
            unit, end = _noun(text, end, compiled, product_after)
        if _minus(text, start):
            value, start = -value, start - 1
        if not math.isfinite(value):  # too long for a number: nobody counts that far
            continue
        yield _Number(start, end, value, unit, scaled or "," in (match["digits"] or ""), bool(match["word"]))


def _minus(text: str, start: int) -> bool:
    """Say whether a minus sign stands right before a place, and nothing to which it could be a hyphen."""
    return text[max(0, start - 1) : start] in ("-", "−") and (start < 2 or text[start - 2] in " (\n\t")


def _counts(text: str, end: int, compiled: dict[str, re.Pattern[str]], products: set[int]) -> bool:
    """Say whether things that can be counted follow: "13m stacks" are millions, "13m" alone are metres."""
    return _noun(text, end, compiled, products)[0] in words("units")["counts"]


def _unit_at(text: str, place: int, step: int, compiled: dict[str, re.Pattern[str]]) -> tuple[str, int] | None:
    """Return the unit whose word stands at a place, `step` words behind the number, and where it ends."""
    units = words("units")
    for unit, pattern in compiled.items():
        hit = pattern.match(text, place)
        if hit is None or hit.end() == place or (step and unit not in units["counts"] and unit not in units["money"]):
            continue
        if step == 0 and hit[0].lower() == "x" and text[place - 1] == " ":
            continue
        after = re.match(r" (?:modules|servers|racks|systems|boards|cards)\b", text[hit.end() :])
        if after is not None and unit in units["counts"]:  # "10,000 chip modules" are modules
            return ("card" if "ards" in after[0] else "system"), hit.end() + after.end()
        return unit, hit.end()
    return None


def _noun(text: str, end: int, compiled: dict[str, re.Pattern[str]], products: set[int]) -> tuple[str | None, int]:
    """Return the unit that follows a number, past at most four describing words, and where it ends."""
    place = end
    for step in range(5):
        gap = re.match(r"[\s-]+" if step else r"[\s-]*", text[place:])
        if gap is None:
            break
        place += gap.end()
        named = _unit_at(text, place, step, compiled)
        if named is not None:
            return named[0], named[1] if step < 4 else end
        product = next((start for start in products if start == place), None)
        if product is not None:
            end_of = re.match(r"[\w-]+(?: \d{3,4}\w*)?", text[place:])
            after = place + (end_of.end() if end_of else 0)
            counted = re.match(r"\s+(\w+)", text[after:])
            if counted is not None:
                for unit, pattern in compiled.items():
                    if unit in words("units")["counts"] and pattern.match(text, after + 1):
                        return unit, after + counted.end()
            if step <= 1 and re.match(r"\d|[A-Z]", text[place:]):
                return "chip", after
        word = re.match(r"(?:of (?:the |its |these |those |such |our )?)?(?:[A-Za-z][\w'’-]*)", text[place:])
        if word is None or word[0].lower() in _STOPS:
            break
        place += word.end()
    return None, end


_STOPS = frozenset(
    [
        "in",
        "on",
        "at",
        "by",
        "for",
        "from",
        "to",
        "and",
        "or",
        "but",
        "while",
        "with",
        "was",
        "were",
        "is",
        "are",
        "has",
        "have",
        "had",
        "will",
        "would",
        "came",
        "went",
        "said",
        "says",
        "who",
        "which",
        "that",
        "as",
        "than",
        "into",
        "after",
        "before",
        "during",
        "since",
        "until",
        "when",
        "where",
        "if",
        "not",
        "it",
        "he",
        "she",
        "they",
        "year",
        "years",
        "month",
        "months",
        "last",
        "this",
        "next",
    ]
)


def _range(text: str, one: _Number, after: _Number) -> Amount | None:
    between = text[one.end : after.start]
    first_end = one.end
    joined = re.fullmatch(r"\s*(?:-|–|—|to|and|or)\s*(?:about |around |some |perhaps )?", between, re.I)
    if joined is None:
        return None
    before = text[: one.start].rstrip().lower()
    word = between.strip().lower().split(" ")[0]
    if word == "and" and not re.search(r"between(?: about| around| some)?$", before):
        return None
    if word == "or" and after.value - one.value > max(1.0, one.value):
        return None
    if word == "to" and re.search(r"\bfrom(?: about| around| some)?$", before):
        verb = re.search(
            r"\b(?:rose|rise[sn]?|fell|falls?|fallen|grew|grow[sn]?|climb\w*|drop\w*|went|goes|"
            r"gone|jump\w*|increas\w*|cut|declin\w*|shrank|shrink|lift\w*|rais\w*|slid\w*|surg\w*|"
            r"doubl\w*|expand\w*|mov\w+|down|up)\b",
            before,
        )
        if verb is not None:
            return None
    low, high = one.value, after.value
    unit = after.unit or one.unit
    if one.unit in words("units")["counts"] and after.unit is None:
        return None
    if (
        not one.scaled
        and after.scaled
        and low < high
        and (one.unit is None or one.unit == after.unit)
        and not re.search(r"[A-Za-z%]\s*$", text[one.start : first_end])
    ):
        factor = _scale_after(after.value)
        if low * factor <= high:  # "200 to 500 billion": the scale belongs to both
            low *= factor
    if low > high or (one.unit and after.unit and one.unit != after.unit):
        return None
    return Amount(one.start, after.end, None, low, high, unit or "")


def _scale_after(value: float) -> float:
    return next((factor for factor in (1e12, 1e9, 1e6, 1e3) if value >= factor), 1.0)


def _with_unit(text: str, amount: Amount, last: str | None, one: _Number) -> Amount:
    if amount.unit:
        return amount
    number = text[amount.start : amount.end]
    year_like = re.fullmatch(r"(?:19|20)\d\d(?:\s*(?:-|–|to|and)\s*(?:19|20)?\d\d)?", number.strip()) is not None
    if year_like or amount.number < 100 or (one.worded and not one.scaled):
        return amount
    if re.search(r"(?:performance|tpp)\b[^.;]{0,30}$", text[: amount.start], re.I):
        return replace(amount, unit="tpp")
    if _ROMAN_RULE.search(text[: amount.start]) or re.match(r"[.:)(]?\d|\s*(?:st|nd|rd|th)\b|\.\d", text[amount.end :]):
        return amount
    if not one.scaled:  # "page 312": a bare number counts nothing
        return amount
    if last is not None or re.search(r"\b(?:number of chips|chips?|shipments|units|deliver\w+)\b", text, re.I):
        return replace(amount, unit=last or "chip")
    if one.scaled and re.search(r"\b(?:wafers?)\b", text, re.I):
        return replace(amount, unit="wafer")
    return amount


def _is_year(text: str, amount: Amount, before: str) -> bool:
    """Say whether a number is the year before a noun: "by 2028 home-made chips"."""
    year = re.match(r"(?:19[89]|20[0-4])\d(?![\d,.])", text[amount.start :]) is not None
    led = re.search(r"\b(?:in|by|since|until|of|for|from|during|after|before|the|its|early|late|mid)[ -]$", before, re.I)
    return year and (not before.strip() or led is not None)


def _is_claim(text: str, amount: Amount, one: _Number) -> bool:
    before, after = text[: amount.start], text[amount.end :]
    if _ROMAN_RULE.search(before) or _is_year(text, amount, before):
        return False
    if amount.unit in DURATIONS:
        if _ELAPSED.match(after) or re.match(r"['’]", after):
            return False
        lag = _LAG.search(text) is not None
        return lag and (
            _WITHIN.search(before) is None or re.search(r"\b(?:for|of|than|the)\s+(?:about\s+)?$", before, re.I) is not None
        )
    if amount.unit in ("firm", "engineer"):
        return not one.worded and amount.number >= 10
    if one.worded and not one.scaled and amount.unit.split("/")[0] in ("chip", "card", "system", "wafer", "die", "package"):
        return amount.unit in ("die", "wafer") or amount.number == 0
    few = amount.unit == "chip" and amount.value is not None and 0 < amount.value < 3 and not one.scaled
    return not few


def _without_conversions(text: str, found: list[Amount]) -> list[Amount]:
    """Drop rewordings in brackets and the old values of changes ("to 60% from 40%", "up from 20 per cent")."""
    kept: list[Amount] = []
    for amount in found:
        before = text[: amount.start]
        money = re.match(r"[a-z]{3}(?:_|$|/)", amount.unit) is not None
        last = kept[-1] if kept else None
        if (
            money
            and last is not None
            and re.fullmatch(r"[^()]*\(\s*(?:about |around |some |roughly |nearly )?", text[last.end : amount.start])
            and last.unit[:3] in words("units")["money"]
        ):
            continue
        about = r"(?:about |around |some |roughly |nearly |just |only |an? |estimated )*"
        if last is not None and re.search(rf"\bfrom {about}$", before[last.end :], re.I) and last.unit == amount.unit:
            continue
        if (
            re.search(rf"\b(?:up|down|compared with|compared to|against|versus|from) (?:from )?{about}$", before, re.I)
            and last is not None
            and last.unit == amount.unit
            and ("up from" in before[last.end :] or "down from" in before[last.end :] or "compared" in before[last.end :])
        ):
            continue
        after = next((other for other in found if other.start > amount.start), None)
        if (
            after is not None
            and re.search(rf"\bfrom {about}$", before, re.I)
            and re.fullmatch(rf"[^.;,]{{0,25}}\bto {about}", text[amount.end : after.start], re.I)
            and after.unit == amount.unit
        ):
            continue  # the old value of a change that names the old one first
        kept.append(amount)
    return kept

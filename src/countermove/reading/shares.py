"""Shares and multiples in words: half, a third, doubled, one in five."""

from __future__ import annotations

import re
from collections.abc import Iterable

from countermove.reading.amount import FOLDS, SHARES, SMALL, Amount
from countermove.reading.amount_units import qualified


def shares_and_folds(text: str, found: list[Amount], taken: list[tuple[int, int]]) -> Iterable[Amount]:
    """Find shares and multiples in words, outside the amounts found and the names taken."""
    spans = [(amount.start, amount.end) for amount in found] + taken
    words_of = "|".join(sorted(map(re.escape, [*SHARES, *FOLDS]), key=len, reverse=True))
    for match in re.finditer(rf"(?<![\w-])(?:{words_of})(?![\w-])", text, re.I):
        word = match[0].lower()
        if any(start < match.end() and match.start() < end for start, end in spans):
            continue
        after = text[match.end() : match.end() + 24].lower()
        before = text[max(0, match.start() - 40) : match.start()].lower()
        if word in SHARES and (
            re.match(r"\s*(?:trillion|million|billion|year|day|of (?:20|19)|hour|dozen|century|ago|an? hour)", after)
            or re.search(
                r"(?:first|second|third|last|fourth|and a|year and|each|every|this|next|that|per|"
                r"the)\s+$",
                before,
            )
            or (word == "a quarter" and not re.match(r"\s*of\b|,|\.", after))
            or (word == "a third" and re.match(r"\s+[a-z]", after) and not re.match(r"\s*(?:of|by|more|less|in)\b", after))
        ):
            continue
        if word in ("double", "triple") and re.match(r"[- ]?(?:standard|check|digit|down|digits)", after):
            continue
        if word == "twice" and not re.match(r"\s+(?:as|the)\b", after):
            continue
        if word in FOLDS and re.match(r"[^.;]{0,70}\bto\b[^,.;]{0,12}\d", text[match.end() :]):
            continue  # "roughly double output to about 600,000": the level is the claim
        share = word in SHARES
        yield qualified(
            text,
            Amount(
                match.start(),
                match.end(),
                round((SHARES if share else FOLDS)[word], 4),
                None,
                None,
                "percent" if share else "times",
            ),
        )
    for match in re.finditer(
        r"\b(one|two|three|four|five|six|seven|eight|nine)(?: \w+)? (?:in|out of) (?:every "
        r")?(two|three|four|five|six|seven|eight|nine|ten|twenty|a hundred)\b",
        text,
        re.I,
    ):
        if not any(start < match.end() and match.start() < end for start, end in spans):
            yield qualified(
                text,
                Amount(
                    match.start(),
                    match.end(),
                    round(100 * SMALL[match[1].lower()] / SMALL[match[2].lower()], 4),
                    None,
                    None,
                    "percent",
                ),
            )

"""Which claims repeat an earlier one: the same article twice, syndicated copies, a quote of a quote. One source counts once.

A claim repeats another if the same quantity (or nearly the same words) is stated about the same thing on the same source's word.
Whoever relays is no source of its own: A quoted by B and A quoted by C are one.
"""

from __future__ import annotations

import re
from dataclasses import replace

from countermove.reading.claim import AUTHOR, ReadClaim
from countermove.reading.gazetteer import gazetteer
from countermove.reading.words import stems

#: Least similarity (0-100) of two sentences that are the same one, reprinted.
REPRINTED = 88.0
#: Least share of common words for two statements of the same quantity by the same source.
COMMON = 0.3


def marked(claims: list[ReadClaim]) -> list[ReadClaim]:
    """Mark each claim that repeats an earlier one with that one's id; the first of a kind stays as it is."""
    done: list[ReadClaim] = []
    firsts: dict[tuple[str, ...], list[ReadClaim]] = {}
    for claim in claims:
        first = next((one for key in _keys(claim) for one in firsts.get(key, ()) if _repeats(claim, one)), None)
        done.append(replace(claim, repeats=first.id) if first is not None else claim)
        if first is None:
            for key in _keys(claim):
                firsts.setdefault(key, []).append(claim)
    return done


def _keys(claim: ReadClaim) -> list[tuple[str, ...]]:
    """Where equal claims meet: by value and unit; without a quantity by their rarest words."""
    if claim.quantity is not None:
        return [("q", f"{claim.quantity.number:.4g}", claim.quantity.unit.split("/")[0])]
    plain = _plain(claim.sentence)
    return [("w", plain[:40]), ("v", *sorted(stems(claim.words), key=lambda word: (-len(word), word))[:3])]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def _repeats(claim: ReadClaim, first: ReadClaim) -> bool:
    from rapidfuzz import fuzz

    if _other_statement(claim, first) or _apart(claim, first):
        return False
    if claim.stance == "declines" and claim.article == first.article and claim.speaker != first.speaker:
        return False
    if fuzz.ratio(_plain(claim.sentence), _plain(first.sentence)) >= REPRINTED:
        apart = abs(claim.span[0] - first.span[0]) >= len(first.sentence) or claim.article != first.article
        return apart and bool(claim.quantity) == bool(first.quantity)
    if claim.quantity is None:
        return False
    if not _one_source(claim, first):
        return False
    ours, theirs = stems(claim.sentence), stems(first.sentence)
    counted = claim.quantity.unit not in ("percent", "times", "1")  # a sum or a count rarely stands for two things; a share does
    one_source = bool(_sources(claim) & _sources(first))
    least = 0 if one_source and counted else 1 if one_source else COMMON * min(len(ours), len(theirs))
    return len(ours & theirs) >= least


def _other_statement(claim: ReadClaim, first: ReadClaim) -> bool:
    """Say whether two claims differ in polarity, period, value, unit, bound, or who says it first-hand."""
    if claim.negated != first.negated or (claim.stance == "denies") != (first.stance == "denies"):
        return True
    if claim.date_of and first.date_of and claim.date_of != first.date_of:
        return True
    ours, theirs = _measure(claim), _measure(first)
    if ours != theirs:
        return True
    said, before = _sources(claim), _sources(first)
    if not said or not before:
        return False
    return _source(claim.speaker) not in before and _source(first.speaker) not in said


_BOUNDS = {"up to": "at most", "less than": "at most", "at least": "at least", "more than": "at least"}


def _measure(claim: ReadClaim) -> tuple[str, ...] | None:
    amount = claim.quantity
    if amount is None:
        return None
    numbers = (f"{value:.4g}" for value in (amount.value, amount.low, amount.high) if value is not None)
    return (*numbers, amount.unit.split("/")[0], _BOUNDS.get(amount.qualifier, ""))


def _apart(claim: ReadClaim, first: ReadClaim) -> bool:
    """Say whether both name products, or both firms, and no common one: then they speak of different things."""
    for kinds in (("product",), ("firm",)):
        ours, theirs = _named(claim, kinds), _named(first, kinds)
        if ours and theirs and not ours & theirs:
            return True
    return False


def _named(claim: ReadClaim, kinds: tuple[str, ...]) -> set[str]:
    return {name.canonical for name in gazetteer().find(claim.sentence) if name.kind in kinds}


def _one_source(claim: ReadClaim, first: ReadClaim) -> bool:
    """Say whether both stand on one source's word: the same speaker, or one relays whom the other quotes."""
    ours, theirs = _sources(claim), _sources(first)
    if not ours and not theirs:
        return claim.article == first.article or claim.date_said == first.date_said
    return bool(ours & theirs)


def _sources(claim: ReadClaim) -> set[str]:
    found = set()
    for name in (*claim.chain, claim.speaker):
        if name != AUTHOR:
            found.add(_source(name))
    return found


def _source(name: str) -> str:
    known = gazetteer().named(name)
    return (known[0] if known else name).lower()

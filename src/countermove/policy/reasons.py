"""Why a criterion holds, fails or stays open: the comparisons that decide it, in words and numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from countermove.policy.criteria import (
    NO,
    PERHAPS,
    YES,
    Among,
    Compare,
    Controlled,
    Criterion,
    InGroup,
    Junction,
    Negation,
    Open,
    Situation,
)
from countermove.policy.facts import load_facts

ANSWERS = ("no", "unknown", "yes")


class Decisive(NamedTuple):
    """One leaf that decides a criterion, and what it found."""

    leaf: Criterion
    truth: int


def decisive(criterion: Criterion, situation: Situation) -> list[Decisive]:
    """Return the leaves that make a criterion what it is: of several that would each suffice, all."""
    return _explained(criterion, situation)[1]


def _explained(criterion: Criterion, situation: Situation) -> tuple[int, list[Decisive]]:
    """Return a criterion's truth and the leaves that decide it, each leaf evaluated once."""
    if isinstance(criterion, Negation):
        truth, found = _explained(criterion.part, situation)
        return YES - truth, found
    if isinstance(criterion, InGroup):
        return _explained_group(criterion, situation)
    if not isinstance(criterion, Junction):
        truth = criterion.truth(situation)
        return truth, [Decisive(criterion, truth)]
    if not criterion.parts:
        return criterion.truth(situation), []
    parts = [_explained(part, situation) for part in criterion.parts]
    truth = (min if criterion.every else max)(part[0] for part in parts)
    return truth, [one for part in parts if part[0] == truth for one in part[1]]


def _explained_group(criterion: InGroup, situation: Situation) -> tuple[int, list[Decisive]]:
    """Explain a group by the leaves of its criterion, worked out once for all rules that ask."""
    memory = {} if situation.memory is None else situation.memory
    key = (criterion.group, "explained")
    if key not in memory:
        memory[key] = _explained(criterion.part, situation)
    found: tuple[int, list[Decisive]] = memory[key]
    return found


def sentence(found: Iterable[Decisive], situation: Situation) -> str:
    """Return the deciding comparisons in words, each once."""
    return "; ".join(dict.fromkeys(text for text in (_words(one, situation) for one in found) if text))


def comparisons(found: Iterable[Decisive], situation: Situation) -> list[dict[str, Any]]:
    """Return the deciding numeric comparisons as plain data; an end that is not known is None."""
    rows = []
    for one in found:
        if isinstance(one.leaf, Compare) and load_facts()[one.leaf.fact].kind == "number":
            low, high = situation.facts[one.leaf.fact]
            rows.append(
                {
                    "fact": one.leaf.fact,
                    "low": low if math.isfinite(low) else None,
                    "high": high if math.isfinite(high) else None,
                    "test": one.leaf.test,
                    "threshold": one.leaf.threshold(situation),
                    "unit": load_facts()[one.leaf.fact].unit,
                    "holds": ANSWERS[one.truth],
                }
            )
    return rows


def settling(found: Iterable[Decisive], situation: Situation) -> list[str]:
    """Return what would settle the leaves that stay open."""
    answers = []
    for one in found:
        if one.truth != PERHAPS:
            continue
        if isinstance(one.leaf, Open):
            answers.append(one.leaf.question)
        elif isinstance(one.leaf, Among) and one.leaf.open_words and situation.facts[one.leaf.fact] is not None:
            answers.append(f"the country groups of '{situation.facts[one.leaf.fact]}' (Supplement 1 to 15 CFR part 740)")
        elif isinstance(one.leaf, Compare | Among):
            answers.append(load_facts()[one.leaf.fact].settle)
    return list(dict.fromkeys(answers))


def _words(one: Decisive, situation: Situation) -> str:
    leaf = one.leaf
    if isinstance(leaf, Compare):
        return _compared(leaf, one.truth, situation)
    if isinstance(leaf, Among):
        word = situation.facts[leaf.fact]
        name = load_facts()[leaf.fact].name
        if word is None:
            return f"{name} is unknown"
        if word in leaf.open_words:
            return f"{name} {word}: its country groups are not on file"
        return f"{name} {word}" if one.truth == YES else f"{name} {word} is not among: {leaf.shown}"
    if isinstance(leaf, Open):
        return leaf.question
    if isinstance(leaf, Controlled):
        # A provision that nobody knew of yet is no reason.
        return f"{leaf.rule.rpartition('/')[2]}: {ANSWERS[one.truth]}" if leaf.rule in situation.controls else ""
    return ""


def _compared(leaf: Compare, truth: int, situation: Situation) -> str:
    fact = load_facts()[leaf.fact]
    low, high = situation.facts[leaf.fact]
    if fact.kind == "flag":
        answer = "unknown" if low != high else "yes" if low else "no"
        return f"{fact.name}: {answer}"
    threshold = leaf.threshold(situation)
    if threshold is None:
        return f"{fact.name}: no number in force on that day"
    if not math.isfinite(low) and not math.isfinite(high):
        return f"{fact.name} is unknown (tested: {leaf.test} {number(threshold)})"
    if truth == PERHAPS:
        ends = f"{number(low)} to {number(high)}" if math.isfinite(high) else f"at least {number(low)}"
        return f"{fact.name} {ends} leaves open whether it is {leaf.test} {number(threshold)}"
    shown = number(low) if low == high else f"{number(low)} to {number(high)}"
    return (
        f"{fact.name} {shown} {leaf.test} {number(threshold)}"
        if truth == YES
        else f"{fact.name} {shown} is not {leaf.test} {number(threshold)}"
    )


@lru_cache(maxsize=4096)
def number(value: float) -> str:
    """Return a number as people write it: 15,832  19.45  0.5."""
    if not math.isfinite(value):
        return "unbounded"
    return f"{value:,.0f}" if abs(value) >= 100 and value == round(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


__all__ = ["NO", "Decisive", "comparisons", "decisive", "number", "sentence", "settling"]

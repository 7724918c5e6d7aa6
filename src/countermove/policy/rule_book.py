"""The rules of both governments ready to be evaluated on a day: criteria compiled, numbers looked up, standing decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Any, Final

from countermove.policy.criteria import Among, Compare, Controlled, Criterion, compile_criterion, leaves
from countermove.policy.force import Standing, evidence_end, standing
from countermove.policy.places import load_countries
from countermove.policy.references import cited, public, source_of
from countermove.policy.rule_schema import Rule
from countermove.policy.rules import load_rules

#: Most worded findings kept by one provision on one day.
MOST_WORDED: Final = 128


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A provision with its two criteria compiled: about whom it speaks, and what it tests."""

    rule: Rule
    speaks: Criterion
    tests: Criterion
    asks: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Names of the facts and provisions on which it hangs whether it speaks, and for a notice also what it finds."""


@dataclass(frozen=True, eq=False, slots=True)
class RuleBook:
    """A set of provisions, those named by others first. Compared by identity, so that it can key a cache."""

    rules: tuple[CompiledRule, ...]


@dataclass(frozen=True, eq=False)
class LiveRule:
    """A provision on a day: its standing and the numbers that hold."""

    compiled: CompiledRule
    rule: Rule
    standing: Standing
    values: Mapping[str, float | None]
    known: dt.date
    places: Mapping[str, frozenset[str]] | None = None
    worded: dict[Any, Any] = field(default_factory=dict)
    """Findings already worded, by the facts on which they hang: where it does not speak, and all of a notice."""

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources behind the status on that day and the numbers, as far as they were published by then."""
        numbers = [name for value in self.rule.values.values() for dated in value.values for name in dated.sources]
        return tuple(name for name in dict.fromkeys([*self.standing.step.sources, *numbers]) if public(name, self.known))

    @cached_property
    def competing(self) -> tuple[str, ...]:
        """Ids of the claims that compete about the provision, once they were public."""
        since = self.rule.competing_since
        shown = since is None or since <= self.known or self.known >= evidence_end()
        return self.rule.competing if shown else ()

    @cached_property
    def note(self) -> str:
        """The note printed with a finding, once what it speaks of was public."""
        since = self.rule.check.note_since
        return self.rule.check.note if since is None or since <= self.known else ""

    @cached_property
    def published(self) -> str | None:
        """The date of the source that the reference names, as stated; None where it has none or none is on file."""
        for name in self.standing.first.sources:
            if public(name, self.known):
                source = source_of(name)
                return None if source is None else source.published
        return None

    @cached_property
    def reference(self) -> str:
        """Where the provision can be read: place, title, address and grade of what created the status that holds."""
        step = self.standing.first
        sources, place = step.sources, step.locator
        if not any(public(name, self.known) for name in sources):
            # The text was public before it was printed: what an earlier step rests on may say so.
            earlier = [one for one in self.rule.status if one.known <= self.known]
            sources = tuple(dict.fromkeys([*sources, *(name for one in earlier for name in one.sources)]))
        return cited(sources, place, step.grade, self.known, step.known)


def make_book(rules: Mapping[str, Rule]) -> RuleBook:
    """Return a book of provisions, each after those that its criteria ask about."""
    compiled = {rule.id: _compiled(rule) for rule in rules.values()}
    ordered: dict[str, CompiledRule] = {}

    def place(name: str, asking: tuple[str, ...]) -> None:
        if name in ordered or name in asking or name not in compiled:
            return
        one = compiled[name]
        for leaf in (*leaves(one.speaks), *leaves(one.tests)):
            if isinstance(leaf, Controlled):
                place(leaf.rule, (*asking, name))
        ordered[name] = one

    for name in compiled:
        place(name, ())
    return RuleBook(tuple(ordered.values()))


def _compiled(rule: Rule) -> CompiledRule:
    speaks = compile_criterion(rule.check.applies, values=rule.values)
    tests = compile_criterion(rule.criteria, values=rule.values)
    asked = [*leaves(speaks), *(leaves(tests) if rule.check.role == "notice" else [])]
    facts = dict.fromkeys(leaf.fact for leaf in asked if isinstance(leaf, Compare | Among))
    controls = dict.fromkeys(leaf.rule for leaf in asked if isinstance(leaf, Controlled))
    return CompiledRule(rule, speaks, tests, (tuple(facts), tuple(controls)))


@cache
def shipped_book() -> RuleBook:
    """Return the book of the shipped provisions."""
    return make_book(load_rules())


@lru_cache(maxsize=4096)
def live_rules(book: RuleBook, on: dt.date, known: dt.date) -> tuple[LiveRule, ...]:
    """Return the provisions of a book that have begun on a day, as known on another, in the book's order."""
    found, places = [], load_countries().moved(on, known)
    for compiled in book.rules:
        stands = standing(compiled.rule, on, known)
        if stands is not None:
            found.append(LiveRule(compiled, compiled.rule, stands, values_on(compiled.rule, on), known, places))
    return tuple(found)


def values_on(rule: Rule, on: dt.date) -> dict[str, float | None]:
    """Return a provision's numbers on a day; None before the first and after the last."""
    numbers: dict[str, float | None] = {}
    for name, value in rule.values.items():
        begun = [dated for dated in value.values if dated.from_ <= on]
        numbers[name] = max(begun, key=lambda dated: dated.from_).value if begun else None
    return numbers

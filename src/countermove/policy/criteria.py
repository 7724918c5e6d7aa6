"""One small engine for the tests that rules write as data: three-valued logic over intervals, one item or arrays of them.

A criterion is a tree: `all`, `any` and `not` over leaves. A leaf compares a fact with a dated value of its rule (`fact`,
`test`, `value`), asks whether a word is in a list or a country in a group (`in`, `in_group`), asks what another rule found
(`control`), or states that something is not known (`unknown`). Truth is 0 no, 1 perhaps, 2 yes: `all` is the minimum, `any` the
maximum and `not` two minus it (Kleene 1938). A comparison with an interval is certain only where both ends agree, so a narrower
interval never turns a certain answer round.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, NamedTuple

import numpy as np

from countermove.errors import DataError, did_you_mean
from countermove.policy.facts import load_countries, load_facts

NO, PERHAPS, YES = 0, 1, 2

Truth = Any  # int, or an int8 array over items


class Arithmetic(NamedTuple):
    """What differs between one item and arrays of items: adding truths, the lower and the higher of two."""

    add: Callable[[Any, Any], Any]
    low: Callable[[Any, Any], Any]
    high: Callable[[Any, Any], Any]


def _add_arrays(first: Any, second: Any) -> Any:
    return np.add(first, second, dtype=np.int8)


ONE_ITEM: Final = Arithmetic(operator.add, min, max)
MANY_ITEMS: Final = Arithmetic(_add_arrays, np.minimum, np.maximum)


class Situation(NamedTuple):
    """What criteria are evaluated against: facts, a rule's numbers on the day, and what other rules found."""

    facts: Mapping[str, Any]
    values: Mapping[str, float | None]
    controls: Mapping[str, Truth]
    arithmetic: Arithmetic = ONE_ITEM


@dataclass(frozen=True, slots=True)
class Compare:
    """A numeric or yes-no test of a fact; `value` is a number or the name of a dated value of the rule."""

    fact: str
    test: str
    value: str | float

    def truth(self, situation: Situation) -> Truth:
        """Return how certain the test holds; a rule's value that does not exist on the day fails it."""
        threshold = self.threshold(situation)
        if threshold is None:
            return NO
        low, high = situation.facts[self.fact]
        add = situation.arithmetic.add
        if self.test == ">=":
            return add(low >= threshold, high >= threshold)
        if self.test == ">":
            return add(low > threshold, high > threshold)
        if self.test == "<":
            return add(high < threshold, low < threshold)
        if self.test == "<=":
            return add(high <= threshold, low <= threshold)
        possible = (low <= threshold) & (high >= threshold)
        return add(possible, possible & (low == high))

    def threshold(self, situation: Situation) -> float | None:
        """Return the number compared with, None where the rule has none on the day."""
        return situation.values.get(self.value) if isinstance(self.value, str) else self.value


@dataclass(frozen=True, slots=True)
class Among:
    """Whether a word is in a list; countries outside the table are unknown, not outside the list."""

    fact: str
    words: frozenset[str]
    shown: str

    def truth(self, situation: Situation) -> Truth:
        """Return 2 in the list, 0 outside, 1 where the word is unknown."""
        word = situation.facts[self.fact]
        if word is None:
            return PERHAPS
        return YES if word in self.words else NO


@dataclass(frozen=True, slots=True)
class Controlled:
    """Whether another rule's criteria hold on the same day."""

    rule: str

    def truth(self, situation: Situation) -> Truth:
        """Return what that rule found."""
        return situation.controls.get(self.rule, NO)


@dataclass(frozen=True, slots=True)
class Open:
    """A question that the text leaves open."""

    question: str

    def truth(self, situation: Situation) -> Truth:
        """Return 1: perhaps."""
        return PERHAPS


@dataclass(frozen=True, slots=True)
class Junction:
    """`all` or `any` of some criteria; an empty `all` holds."""

    every: bool
    parts: tuple[Criterion, ...]

    def truth(self, situation: Situation) -> Truth:
        """Return the least (all) or greatest (any) truth of the parts; parts after a decided plain number are not looked at."""
        combine = situation.arithmetic.low if self.every else situation.arithmetic.high
        decided = NO if self.every else YES
        result: Truth = YES if self.every else NO
        for part in self.parts:
            result = combine(result, part.truth(situation))
            if result.__class__ is int and result == decided:
                return decided
        return result


@dataclass(frozen=True, slots=True)
class Negation:
    """The opposite of a criterion."""

    part: Criterion

    def truth(self, situation: Situation) -> Truth:
        """Return two minus the part's truth."""
        return YES - self.part.truth(situation)


Criterion = Compare | Among | Controlled | Open | Junction | Negation
TESTS: Final = (">=", ">", "<", "<=", "==")
ALWAYS: Final = Junction(every=True, parts=())


def compile_criterion(tree: Any, *, values: Iterable[str], rules: Iterable[str] | None = None, where: str = "") -> Criterion:
    """Return the criterion that a tree of a rule file describes.

    `values` names the rule's own dated values. Raises DataError with the nearest name for an unknown key, fact, test, value,
    word, group or rule.
    """
    return _compile(tree, tuple(values), None if rules is None else tuple(rules), where)


def _compile(tree: Any, values: tuple[str, ...], rules: tuple[str, ...] | None, where: str) -> Criterion:
    if tree is None:
        return ALWAYS
    if not isinstance(tree, Mapping) or not tree:
        raise DataError(
            f"a criterion is a mapping, found {tree!r}", where=where, hint="write all, any, not, or a fact with a test"
        )
    for key, every in (("all", True), ("any", False)):
        if key in tree:
            _only(tree, (key,), where)
            if not isinstance(tree[key], list) or not tree[key]:
                raise DataError(
                    f"'{key}' needs a list of criteria", where=where, hint="write one per line, beginning with a dash"
                )
            return Junction(every, tuple(_plain_first(_compile(part, values, rules, where) for part in tree[key])))
    if "not" in tree:
        _only(tree, ("not",), where)
        return Negation(_compile(tree["not"], values, rules, where))
    if "unknown" in tree:
        _only(tree, ("unknown",), where)
        return Open(str(tree["unknown"]))
    if "control" in tree:
        _only(tree, ("control",), where)
        if rules is not None and tree["control"] not in rules:
            raise DataError(f"unknown rule '{tree['control']}'", where=where, hint=did_you_mean(str(tree["control"]), rules))
        return Controlled(str(tree["control"]))
    return _leaf(tree, values, where)


def _leaf(tree: Mapping[str, Any], values: tuple[str, ...], where: str) -> Criterion:
    name = str(tree.get("fact"))
    facts = load_facts()
    if name not in facts:
        raise DataError(f"no fact is called '{name}'", where=where, hint=did_you_mean(name, facts))
    if "in" in tree or "in_group" in tree:
        return _among(tree, name, where)
    _only(tree, ("fact", "test", "value"), where)
    if tree.get("test") not in TESTS:
        raise DataError(f"no test is called '{tree.get('test')}'", where=where, hint=did_you_mean(str(tree.get("test")), TESTS))
    if facts[name].kind not in ("number", "flag"):
        raise DataError(f"'{name}' is a word and cannot be compared", where=where, hint="write 'in: [...]'")
    value = tree.get("value")
    if isinstance(value, str):
        if value not in values:
            raise DataError(f"the rule has no value '{value}'", where=where, hint=did_you_mean(value, values))
        return Compare(name, str(tree["test"]), value)
    if not isinstance(value, bool):
        raise DataError(
            f"the number {value!r} stands in a criterion",
            where=where,
            hint="put it under 'values' with date and source, and name it",
        )
    return Compare(name, str(tree["test"]), float(value))


def _among(tree: Mapping[str, Any], name: str, where: str) -> Among:
    _only(tree, ("fact", "in", "in_group"), where)
    if "in_group" in tree:
        group, countries = str(tree["in_group"]), load_countries()
        if group not in countries.groups:
            raise DataError(f"unknown group '{group}'", where=where, hint=did_you_mean(group, countries.groups))
        return Among(name, countries.members(group), countries.groups[group])
    words = tree["in"]
    if not isinstance(words, list) or not words:
        raise DataError("'in' needs a list of words", where=where, hint="write in: [a, b]")
    definition = load_facts()[name]
    valid = tuple(load_countries().countries) if definition.kind == "country" else definition.words
    for word in words:
        if valid and word not in valid:
            raise DataError(f"'{word}' is no {definition.label}", where=where, hint=did_you_mean(str(word), valid))
    return Among(name, frozenset(str(word) for word in words), ", ".join(str(word) for word in words))


def _only(tree: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in tree:
        if key not in keys:
            raise DataError(f"unknown key '{key}' in a criterion", where=where, hint=did_you_mean(str(key), keys))


def _plain_first(parts: Iterable[Criterion]) -> list[Criterion]:
    """Put words and questions before numbers: they are equal for all items, so they can decide without an array."""
    return sorted(parts, key=lambda part: isinstance(part, Compare | Junction | Controlled))


def leaves(criterion: Criterion) -> list[Criterion]:
    """Return the leaves of a criterion in the order of the tree."""
    if isinstance(criterion, Junction):
        return reduce(operator.iadd, (leaves(part) for part in criterion.parts), [])
    return leaves(criterion.part) if isinstance(criterion, Negation) else [criterion]

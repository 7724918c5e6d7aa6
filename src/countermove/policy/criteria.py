"""One small engine for the tests that rules write as data: three-valued logic over intervals, one item or arrays of them.

A criterion is a tree: `all`, `any` and `not` over leaves. A leaf compares a fact with a dated value of its rule (`fact`,
`test`, `value`), asks whether a word is in a list or a country in a group (`in`, `in_group`), asks what another rule found
(`control`), or states that something is not known (`unknown`). Truth is 0 no, 1 perhaps, 2 yes: `all` is the minimum, `any` the
maximum and `not` two minus it (Kleene 1938). A comparison with an interval is certain only where both ends agree, so a narrower
interval never turns a certain answer round.

`{fact: item, in_group: ...}` asks whether the item belongs to a named group of `rules/item_groups.yaml`: the group's own
criterion stands in its place, so an item that nobody has listed is judged by its facts.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, Final, NamedTuple

import numpy as np

from countermove.errors import DataError, did_you_mean
from countermove.policy.facts import load_end_users, load_facts
from countermove.policy.item_groups import ItemGroup, ItemGroups, known_chips, load_item_groups
from countermove.policy.parties import UNNAMED, UNRECORDED, load_parties
from countermove.policy.places import load_countries

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
    """What criteria are evaluated against: facts, a rule's numbers on the day, and what other rules found.

    `memory` keeps what was found out about the groups the item is in, for all rules that ask; None where nothing is kept.
    """

    facts: Mapping[str, Any]
    values: Mapping[str, float | None]
    controls: Mapping[str, Truth]
    arithmetic: Arithmetic = ONE_ITEM
    memory: dict[Any, Any] | None = None
    places: Mapping[str, frozenset[str]] | None = None
    """Groups of countries that have changed by the day, with their members; the others stand as written."""


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
    """Whether a word is in a list, or a country in a group; one that nobody classed is perhaps in it, not outside."""

    fact: str
    words: frozenset[str]
    shown: str
    open_words: frozenset[str] = frozenset()
    group: str = ""

    def truth(self, situation: Situation) -> Truth:
        """Return 2 in the list, 0 outside, 1 where the word is unknown or the country was not classed."""
        word = situation.facts[self.fact]
        if word is None or word in self.open_words:
            return PERHAPS
        words = self.words
        if self.group and situation.places is not None:
            words = situation.places.get(self.group, words)
        return YES if word in words else NO


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


@dataclass(frozen=True, slots=True)
class InGroup:
    """Whether the item belongs to a named group; `part` is the group's criterion."""

    group: str
    part: Criterion

    def truth(self, situation: Situation) -> Truth:
        """Return the truth of the group's criterion, looked up once per situation."""
        if situation.memory is None:
            return self.part.truth(situation)
        if self.group not in situation.memory:
            situation.memory[self.group] = self.part.truth(situation)
        return situation.memory[self.group]


Criterion = Compare | Among | Controlled | Open | Junction | Negation | InGroup
ITEM: Final = "item"
TESTS: Final = (">=", ">", "<", "<=", "==")
ALWAYS: Final = Junction(every=True, parts=())


class _Known(NamedTuple):
    """What a tree may name: dated values (or the numbers of a group), other rules (None: any), and groups of items."""

    values: Mapping[str, float | None]
    rules: tuple[str, ...] | None
    groups: Mapping[str, InGroup]
    where: str


def compile_criterion(tree: Any, *, values: Iterable[str], rules: Iterable[str] | None = None, where: str = "") -> Criterion:
    """Return the criterion that a tree of a rule file describes.

    `values` names the rule's own dated values. Raises DataError with the nearest name for an unknown key, fact, test, value,
    word, chip, group or rule.
    """
    known = _Known(dict.fromkeys(values), None if rules is None else tuple(rules), group_criteria(), where)
    return _compile(tree, known)


@cache
def group_criteria() -> Mapping[str, InGroup]:
    """Return the criterion of every group of items by name; DataError names file and line."""
    return compile_groups(load_item_groups())


def compile_groups(stated: ItemGroups) -> Mapping[str, InGroup]:
    """Return the criteria of groups that were read from a file; a group may ask about groups above it.

    Raises InputError (DataError for the shipped file) with file and line for anything that is no fact of the item.
    """
    compiled: dict[str, InGroup] = {}
    for name, group in stated.groups.items():
        try:
            compiled[name] = InGroup(name, _group_part(group, compiled))
        except DataError as error:
            raise stated.document.error(error.what, "groups", name, "criteria", hint=error.hint) from None
    return compiled


def _group_part(group: ItemGroup, above: Mapping[str, InGroup]) -> Criterion:
    """Return members by name, or by criteria with the settled chips decided first."""
    if group.criteria is None:
        return _listed(group.named)
    numbers = {name: value.value for name, value in group.values.items()}
    part = _compile(group.criteria, _Known(numbers, (), above, ""))
    for leaf in leaves(part):
        if isinstance(leaf, Open) or (isinstance(leaf, Compare | Among) and load_facts()[leaf.fact].of != "item"):
            what = "a question" if isinstance(leaf, Open) else f"the transaction's '{leaf.fact}'"
            raise DataError(f"a group of items asks {what}", hint="write facts of the item, and put the rest into the rule")
    outside, inside = group.settled_as(member=False), group.settled_as(member=True)
    if outside:
        part = Junction(True, (Negation(_listed(outside)), part))
    return Junction(False, (_listed(inside), part)) if inside else part


def _listed(chips: Sequence[str]) -> Among:
    return Among(ITEM, frozenset(chips), ", ".join(chips))


def _compile(tree: Any, known: _Known) -> Criterion:
    where = known.where
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
            return Junction(every, tuple(_plain_first(_compile(part, known) for part in tree[key])))
    if "not" in tree:
        _only(tree, ("not",), where)
        return Negation(_compile(tree["not"], known))
    if "unknown" in tree:
        _only(tree, ("unknown",), where)
        return Open(str(tree["unknown"]))
    if "control" in tree:
        _only(tree, ("control",), where)
        if known.rules is not None and tree["control"] not in known.rules:
            raise DataError(
                f"unknown rule '{tree['control']}'", where=where, hint=did_you_mean(str(tree["control"]), known.rules)
            )
        return Controlled(str(tree["control"]))
    return _leaf(tree, known)


def _leaf(tree: Mapping[str, Any], known: _Known) -> Criterion:
    where, name, facts = known.where, str(tree.get("fact")), load_facts()
    if name not in facts:
        raise DataError(f"no fact is called '{name}'", where=where, hint=did_you_mean(name, facts))
    if "in_group" in tree:
        _only(tree, ("fact", "in_group"), where)
        return _in_group(name, str(tree["in_group"]), known)
    if "in" in tree:
        return _among(tree, name, where)
    _only(tree, ("fact", "test", "value"), where)
    if tree.get("test") not in TESTS:
        raise DataError(f"no test is called '{tree.get('test')}'", where=where, hint=did_you_mean(str(tree.get("test")), TESTS))
    if facts[name].kind not in ("number", "flag"):
        raise DataError(f"'{name}' is a word and cannot be compared", where=where, hint="write 'in: [...]'")
    value = tree.get("value")
    if isinstance(value, str):
        if value not in known.values:
            raise DataError(f"the rule has no value '{value}'", where=where, hint=did_you_mean(value, known.values))
        number = known.values[value]
        return Compare(name, str(tree["test"]), value if number is None else number)
    if not isinstance(value, bool):
        raise DataError(
            f"the number {value!r} stands in a criterion",
            where=where,
            hint="put it under 'values' with date and source, and name it",
        )
    return Compare(name, str(tree["test"]), float(value))


def _among(tree: Mapping[str, Any], name: str, where: str) -> Among:
    _only(tree, ("fact", "in"), where)
    words = tree["in"]
    if not isinstance(words, list) or not words:
        raise DataError("'in' needs a list of words", where=where, hint="write in: [a, b]")
    valid = _valid_words(name)
    for word in words:
        if word not in valid:
            label = "chip of the catalogue" if name == ITEM else load_facts()[name].label
            raise DataError(f"'{word}' is no {label}", where=where, hint=did_you_mean(str(word), valid))
    return Among(name, frozenset(str(word) for word in words), ", ".join(str(word) for word in words))


def _valid_words(name: str) -> tuple[str, ...]:
    """Return the words that a fact may hold."""
    definition = load_facts()[name]
    if definition.kind == "country":
        return tuple(load_countries().countries)
    if name == ITEM:
        return tuple(known_chips())
    if name == "party":
        return (*load_parties(), UNNAMED, UNRECORDED)
    return tuple(load_end_users()) if name == "end_user" else definition.words


def _in_group(name: str, group: str, known: _Known) -> Criterion:
    if name == ITEM:
        if group not in known.groups:
            hint = did_you_mean(group, known.groups)
            raise DataError(f"unknown group of items '{group}'", where=known.where, hint=hint)
        return known.groups[group]
    if load_facts()[name].kind != "country":
        raise DataError(
            f"'{name}' has no groups", where=known.where, hint="groups are of items and of countries; write in: [...]"
        )
    countries = load_countries()
    if group not in countries.groups:
        raise DataError(f"unknown group '{group}'", where=known.where, hint=did_you_mean(group, countries.groups))
    return Among(name, countries.members(group), countries.groups[group], countries.open_to(group), group)


def _only(tree: Mapping[str, Any], keys: tuple[str, ...], where: str) -> None:
    for key in tree:
        if key not in keys:
            raise DataError(f"unknown key '{key}' in a criterion", where=where, hint=did_you_mean(str(key), keys))


def _plain_first(parts: Iterable[Criterion]) -> list[Criterion]:
    """Put words and questions before numbers: they are equal for all items, so they can decide without an array."""
    return sorted(parts, key=lambda part: isinstance(part, Compare | Junction | Controlled | InGroup))


def leaves(criterion: Criterion) -> list[Criterion]:
    """Return the leaves of a criterion in the order of the tree, those of groups included."""
    if isinstance(criterion, Junction):
        return reduce(operator.iadd, (leaves(part) for part in criterion.parts), [])
    return leaves(criterion.part) if isinstance(criterion, Negation | InGroup) else [criterion]

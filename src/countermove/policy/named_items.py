"""What a rule may name outright: one chip, or groups. Several chips named in one place are a group not yet written down.

A list of names stands still while the catalogue grows: a chip that is missing from it would pass as free. So a rule names groups,
which are defined by criteria or, where a text names products, by names in one place (`rules/item_groups.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from countermove.errors import did_you_mean
from countermove.evidence.strict_yaml import Document
from countermove.policy.item_groups import known_chips, load_item_groups
from countermove.quantities.axes import ROUTES, SEGMENTS

if TYPE_CHECKING:
    from countermove.policy.rule_schema import Rule

Keys = tuple[str | int, ...]


def check_named(document: Document, rule: Rule) -> None:
    """Raise where a rule names several chips in one place, or a chip, group, segment or route that does not exist.

    Errors name file, line and the nearest valid name.
    """
    for keys, tree in ((("criteria",), rule.criteria), (("check", "applies"), rule.check.applies)):
        check_chips(document, keys, sorted(set(_chips_in(tree))))
    check_places(document, ("scope",), rule.scope.segments, rule.scope.routes)
    check_products(document, ("scope", "products"), rule.scope.products)
    for index, effect in enumerate(rule.effects):
        check_places(document, ("effects", index), effect.segments, effect.routes)
        check_products(document, ("effects", index, "products"), effect.products)
    for index, notice in enumerate(rule.stop_notice):
        check_products(document, ("stop_notice", index, "products"), notice.products)


def check_products(document: Document, keys: Keys, names: Sequence[str]) -> None:
    """Raise where a list of products names several chips, or something that is neither a chip nor a group."""
    groups, chips = load_item_groups().groups, known_chips()
    for name in names:
        if name not in groups and name not in chips:
            raise document.error(f"unknown product or group '{name}'", *keys, hint=did_you_mean(name, [*chips, *groups]))
    check_chips(document, keys, sorted(name for name in names if name not in groups))


def check_chips(document: Document, keys: Keys, chips: Sequence[str]) -> None:
    """Raise where several chips are named outright, or one that is a group by itself."""
    same = [name for name, group in load_item_groups().groups.items() if chips and sorted(group.named) == list(chips)]
    if same:
        raise document.error(f"{', '.join(chips)} is the group '{same[0]}'", *keys, hint=f"write {same[0]}")
    if len(chips) > 1:
        raise document.error(
            f"{len(chips)} chips are named ({', '.join(chips[:3])}{', ...' if len(chips) > 3 else ''})",
            *keys,
            hint="name a group of rules/item_groups.yaml, defined by criteria or by the text's own names",
        )


def check_places(document: Document, keys: Keys, segments: Sequence[str], routes: Sequence[str]) -> None:
    """Raise where a class of buyers or a route does not exist."""
    for key, names, known in (("segments", segments, SEGMENTS), ("routes", routes, ROUTES)):
        for name in names:
            if name not in known:
                raise document.error(f"unknown {key[:-1]} '{name}'", *keys, key, hint=did_you_mean(name, known))


def check_repeated_values(rules: Mapping[str, Rule]) -> None:
    """Raise DataError where a number of a group is not the value of the rule that it repeats."""
    stated = load_item_groups()
    for name, group in stated.groups.items():
        for key, value in group.values.items():
            place = ("groups", name, "values", key, "repeats")
            rule_id, _, value_id = value.repeats.rpartition("/")
            if rule_id not in rules:
                raise stated.document.error(f"unknown rule '{rule_id}'", *place, hint=did_you_mean(rule_id, rules))
            values = rules[rule_id].values
            if value_id not in values:
                raise stated.document.error(f"{rule_id} has no value '{value_id}'", *place, hint=did_you_mean(value_id, values))
            dated = [one.value for one in values[value_id].values]
            if value.value not in dated or value.unit != values[value_id].unit:
                raise stated.document.error(
                    f"{value.value:g} {value.unit} is no value of {value.repeats}", *place, hint=f"write one of {dated}"
                )


def _chips_in(tree: Any) -> Iterator[str]:
    """Yield the chips that a criterion names outright."""
    if isinstance(tree, Mapping):
        if tree.get("fact") == "item" and "in" in tree:
            yield from tree["in"]
        for value in tree.values():
            yield from _chips_in(value)
    elif isinstance(tree, list):
        for part in tree:
            yield from _chips_in(part)

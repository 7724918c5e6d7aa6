"""Dated provisions of both governments, one file each under `data/rules/us` and `data/rules/cn`, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from countermove.errors import CountermoveError, DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import Document, load
from countermove.policy.criteria import Controlled, compile_criterion, leaves
from countermove.policy.named_items import check_named, check_repeated_values
from countermove.policy.rule_schema import Rule

RULES: Final = DATA / "rules"


@cache
def load_rules() -> Mapping[str, Rule]:
    """Return all provisions by id, sorted by path; DataError names file and line of anything malformed.

    The numbers of the groups of items must be those of the provisions that they repeat.
    """
    rules = read_rules(RULES)
    check_repeated_values(rules)
    return rules


def read_rules(root: Path) -> Mapping[str, Rule]:
    """Return the provisions below a folder by id, sorted by path.

    Raises DataError (InputError outside the shipped tree) with file, line and reason for anything malformed: keys, dates,
    statuses, criteria that name an unknown fact, value, group or rule, and several chips named where a group belongs.
    """
    documents = [load(path) for path in sorted(root.glob("*/**/*.yaml"))]
    rules = {rule.id: rule for rule in (_rule(document, root) for document in documents)}
    for document in documents:
        _check_references(document, rules)
        check_named(document, rules[document.data["id"]])
    return rules


def find_rule(rule_id: str, *, where: str = "") -> Rule:
    """Return a provision by id, with or without the prefix `rules/`; InputError with the nearest id."""
    rules = load_rules()
    found = rules.get(rule_id.removeprefix("rules/"))
    if found is None:
        raise InputError(f"unknown rule '{rule_id}'", where=where, hint=did_you_mean(rule_id.removeprefix("rules/"), rules))
    return found


def _rule(document: Document, root: Path) -> Rule:
    rule = rule_of(document)
    shown = f"{RULES.name}/" if root == RULES else f"{root.name}/"
    expected = document.path.partition(shown)[2].removesuffix(".yaml")
    if rule.id != expected:
        raise document.error(f"the id '{rule.id}' is not the file's path", "id", hint=f"write {expected}")
    return rule


def rule_of(document: Document) -> Rule:
    """Return the provision that a document describes, its criteria checked; errors name file and line."""
    try:
        rule = Rule.model_validate(document.data)
    except ValidationError as error:
        raise _data_error(document, error) from None
    for keys, tree in ((("criteria",), rule.criteria), (("check", "applies"), rule.check.applies)):
        try:
            compile_criterion(tree, values=rule.values)
        except DataError as error:
            raise document.error(error.what, *keys, hint=error.hint) from None
    if rule.check.rate and rule.check.rate not in rule.values:
        raise document.error(
            f"the rule has no value '{rule.check.rate}'", "check", "rate", hint=did_you_mean(rule.check.rate, rule.values)
        )
    return rule


def _check_references(document: Document, rules: Mapping[str, Rule]) -> None:
    """Raise unless every rule that a provision names exists."""
    rule = rules[document.data["id"]]
    named: list[tuple[tuple[str, ...], str]] = [(("check", "relaxes"), name) for name in rule.check.relaxes]
    trees: tuple[tuple[tuple[str, ...], Any], ...] = ((("criteria",), rule.criteria), (("check", "applies"), rule.check.applies))
    for keys, tree in trees:
        found = leaves(compile_criterion(tree, values=rule.values))
        named += [(keys, leaf.rule) for leaf in found if isinstance(leaf, Controlled)]
    for keys, name in named:
        if name not in rules:
            raise document.error(f"unknown rule '{name}'", *keys, hint=did_you_mean(name, rules))


def _data_error(document: Document, error: ValidationError) -> CountermoveError:
    problem = error.errors(include_url=False)[0]
    keys = [key for key in problem["loc"] if isinstance(key, int | str)]
    what = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        what = f"unknown key '{keys[-1]}'"
    elif problem["type"] == "missing":
        what = f"the key '{keys[-1]}' is missing"
    return document.error(what, *keys, hint="see docs/explanation/rules.md for the keys of a rule")

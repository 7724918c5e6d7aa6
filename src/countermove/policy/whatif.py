"""A proposed rule over the whole catalogue: which items it catches, which it frees, and what stays unclear.

A proposal changes dated values of provisions, sets provisions aside, enacts bills, or adds provisions, all from one day on. It is
applied to a copy of the rules; nothing shipped changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import CountermoveError, DataError, InputError, did_you_mean
from countermove.evidence.reading import check_top, value_checked
from countermove.evidence.strict_yaml import Document, load, loads
from countermove.policy.checks import check_item, day_of, known_of, shown_defaults
from countermove.policy.criteria import Controlled, compile_criterion, leaves
from countermove.policy.dates import Names
from countermove.policy.evaluation import Level, outcome_of
from countermove.policy.force import evidence_end
from countermove.policy.items import catalogue_item, item_names
from countermove.policy.rule_book import RuleBook, make_book, shipped_book
from countermove.policy.rule_schema import DatedValue, Outcome, Rule, RuleCheck, RuleValue, Scope, StatusStep
from countermove.policy.rules import load_rules
from countermove.policy.transactions import transaction
from countermove.quantities.calendar import parse_date
from countermove.quantities.units import Unit

_KEYS: Final = ("id", "title", "from", "change", "remove", "enact", "add", "licensed_share")
_ALWAYS_KNOWN: Final = dt.date(2022, 1, 1)
_SOURCE: Final = ("proposal",)


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProposedValue(_Frozen):
    """A number of an added provision."""

    unit: str
    label: str
    value: float


class ProposedRule(_Frozen):
    """An added provision: a control, or a relaxation of controls."""

    title: str
    role: Literal["control", "relax"] = "control"
    outcome: Outcome = "denied"
    relaxes: Names = ()
    values: Mapping[str, ProposedValue]
    criteria: Mapping[str, Any]
    applies: Mapping[str, Any] = Field(
        default={"all": [{"fact": "origin", "in": ["us"]}, {"not": {"fact": "destination", "in_group": "home"}}]}
    )


class Proposal(NamedTuple):
    """A proposal that is ready to be evaluated."""

    id: str
    title: str
    start: dt.date
    book: RuleBook
    licensed_share: float | None
    """Share of demand licensed for chips that it makes reviewable; needed for the market only."""


class Change(NamedTuple):
    """What a proposal does to one item at one government's gate."""

    item: str
    government: Literal["us", "cn"]
    before: Outcome
    after: Outcome
    reason: str


class Comparison(NamedTuple):
    """A proposal beside the rules as they are, over the catalogue."""

    proposal: Proposal
    on: dt.date
    known: dt.date
    caught: tuple[Change, ...]
    freed: tuple[Change, ...]
    unclear: tuple[Change, ...]
    unchanged: tuple[str, ...]
    conditions: tuple[str, ...]


def load_proposal(source: Path | str, *, beside: Path | None = None) -> Proposal:
    """Return a proposal from a YAML file; InputError with file, line and the nearest name for anything wrong.

    `beside` is the file that names it, such as a scenario: a relative path is then meant from that file's folder.
    """
    path = Path(source) if beside is None else beside.parent / source
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"the proposal {kind}", where=str(source), hint="give a YAML file; docs/explanation/rules.md shows one")
    return read_proposal(load(path))


def parse_proposal(text: str, name: str = "proposal") -> Proposal:
    """Return a proposal from a text, as `load_proposal` does."""
    return read_proposal(loads(text, name))


def read_proposal(document: Document) -> Proposal:
    """Return the proposal that a document describes."""
    check_top(document, _KEYS)
    top = document.mapping()
    if not any(top.get(key) for key in ("change", "remove", "enact", "add")):
        raise document.error("the proposal changes nothing", hint="write change, remove, enact or add")
    start = (
        day_of(parse_date(value_checked(document, str, ("from",)), where=document.where("from")), "from")
        if "from" in top
        else None
    )
    if start is None:
        raise document.error(
            "the key 'from' is missing", hint='write the day from which it would hold, such as from: "2026-11-01"'
        )
    rules = dict(load_rules())
    _change_values(document, rules, start)
    for key, status in (("remove", "withdrawn"), ("enact", "in-force")):
        _set_status(document, rules, key, status, start)
    _add_rules(document, rules, start)
    share = value_checked(document, float, ("licensed_share",)) if top.get("licensed_share") is not None else None
    if share is not None and not 0 <= share <= 1:
        raise document.error(f"{share:g} is no share", "licensed_share", hint="write a number from 0 to 1")
    name = value_checked(document, str, ("id",)) if "id" in top else Path(document.path).stem
    title = value_checked(document, str, ("title",)) if "title" in top else name
    return Proposal(name, title, start, make_book(rules), share)


def _find(document: Document, rules: Mapping[str, Rule], name: str, *keys: str | int) -> Rule:
    found = rules.get(name.removeprefix("rules/"))
    if found is None:
        raise document.error(f"unknown rule '{name}'", *keys, hint=did_you_mean(name, rules))
    return found


def _change_values(document: Document, rules: dict[str, Rule], start: dt.date) -> None:
    for name, numbers in document.mapping("change").items():
        rule = _find(document, rules, name, "change", name)
        values = dict(rule.values)
        for key in document.mapping("change", name):
            if key not in values:
                raise document.error(f"the rule has no value '{key}'", "change", name, key, hint=did_you_mean(key, values))
            number = value_checked(document, float | None, ("change", name, key))
            if number is not None and not 0 <= number < float("inf"):
                raise document.error(
                    f"{number:g} is no threshold", "change", name, key, hint="write a number from 0, or null for none"
                )
            dated = _dated(start, number)
            kept = tuple(one for one in values[key].values if one.from_ < start)
            values[key] = values[key].model_copy(update={"values": (*kept, dated)})
        if not numbers:
            raise document.error("no value is changed", "change", name, hint="write value: number")
        rules[rule.id] = rule.model_copy(update={"values": values})


def _set_status(document: Document, rules: dict[str, Rule], key: str, status: Any, start: dt.date) -> None:
    if key not in document.mapping():
        return
    for index, name in enumerate(value_checked(document, list[str], (key,))):
        rule = _find(document, rules, name, key, index)
        if key == "enact" and rule.check.role == "notice":
            raise document.error(
                f"'{name}' has no criteria that could be tested",
                key,
                index,
                hint="enact one with criteria, or write them under add",
            )
        kept = tuple(step for step in rule.status if step.from_ < start)
        step = _step(start, status)
        rules[rule.id] = rule.model_copy(update={"status": (*kept, step)})


def _add_rules(document: Document, rules: dict[str, Rule], start: dt.date) -> None:
    for name in document.mapping("add"):
        if name in rules:
            raise document.error(f"the rule '{name}' exists", "add", name, hint="change it, or choose another name")
        proposed: ProposedRule = value_checked(document, ProposedRule, ("add", name))
        for key, value in proposed.values.items():
            Unit.parse(value.unit, where=document.where("add", name, "values", key))
        try:
            rule = _rule(name, proposed, start)
            trees = (
                compile_criterion(proposed.criteria, values=rule.values),
                compile_criterion(proposed.applies, values=rule.values),
            )
        except (DataError, ValueError) as error:
            what = error.what if isinstance(error, CountermoveError) else str(error).splitlines()[-2].strip()
            hint = error.hint if isinstance(error, CountermoveError) else "see docs/explanation/rules.md"
            raise document.error(what, "add", name, hint=hint) from None
        named = [leaf.rule for tree in trees for leaf in leaves(tree) if isinstance(leaf, Controlled)]
        for other in (*proposed.relaxes, *named):
            _find(document, rules, other, "add", name)
        rules[name] = rule


def _rule(name: str, proposed: ProposedRule, start: dt.date) -> Rule:
    def dated(value: ProposedValue) -> RuleValue:
        return RuleValue(unit=value.unit, label=value.label, values=(_dated(start, value.value),))

    return Rule(
        schema=1,
        id=name,
        title=proposed.title,
        government="us",
        agency="proposal",
        kind="draft",
        summary=proposed.title,
        scope=Scope(products=(), destinations=(), routes=()),
        status=(_step(start, "in-force"),),
        values={key: dated(value) for key, value in proposed.values.items()},
        criteria=proposed.criteria,
        check=RuleCheck(role=proposed.role, outcome=proposed.outcome, relaxes=proposed.relaxes, applies=proposed.applies),
    )


def _dated(start: dt.date, value: float | None) -> DatedValue:
    return DatedValue.model_validate({"from": start, "value": value, "grade": "D", "sources": _SOURCE})


def _step(start: dt.date, status: str) -> StatusStep:
    return StatusStep.model_validate(
        {"from": start, "status": status, "known": _ALWAYS_KNOWN, "grade": "D", "sources": _SOURCE, "note": "proposal"}
    )


def whatif(
    proposal: Proposal,
    *,
    on: dt.date | str | None = None,
    known: dt.date | str | None = None,
    items: list[str] | None = None,
    **stated: Any,
) -> Comparison:
    """Return what a proposal changes for every chip of the catalogue under one transaction (default: to mainland China).

    `on` defaults to the proposal's first day and may not lie before it. Raises InputError as `check` does.
    """
    day, vintage = (proposal.start if on is None else day_of(on, "--on")), known_of(known)
    if day < proposal.start:
        raise InputError(f"{day} is before the proposal holds", where="--on", hint=f"use a day from {proposal.start}")
    found: dict[str, list[Change]] = {"caught": [], "freed": [], "unclear": []}
    unchanged, conditions = [], {}
    for name in items or item_names():
        item = catalogue_item(name, None if vintage >= evidence_end() else vintage)
        deal = transaction(item, on=day, **stated)
        conditions.update(dict.fromkeys(text for text in shown_defaults(deal, vintage) if not text.startswith("exported by")))
        before, after = (check_item(item, deal, day, vintage, book=book) for book in (shipped_book(), proposal.book))
        same = True
        for government in ("us", "cn"):
            side: Literal["us", "cn"] = "us" if government == "us" else "cn"
            old, new = before.gate(side), after.gate(side)
            if old.level == new.level:
                continue
            same = False
            biting = [one for one in new.biting() if one.role in ("control", "relax", "gate")]
            reason = f"{biting[0].rule}: {biting[0].reason}" if biting else "nothing controls it any more"
            found[_kind(old.level, new.level)].append(Change(item.id, side, old.outcome, new.outcome, reason))
        if same:
            unchanged.append(item.id)
    return Comparison(
        proposal,
        day,
        vintage,
        tuple(found["caught"]),
        tuple(found["freed"]),
        tuple(found["unclear"]),
        tuple(unchanged),
        tuple(conditions),
    )


def _kind(before: Level, after: Level) -> str:
    """Caught where the gate surely became stricter, freed where it surely became looser, else unclear."""
    if outcome_of(after) == "unknown":
        return "unclear"
    return "caught" if after.low >= before.high else "freed" if after.high <= before.low else "unclear"

"""`check`: which rules of both governments bite on a transaction, on one day, as known on another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from countermove.errors import InputError
from countermove.policy.charges import duty, volume_cap
from countermove.policy.criteria import NO
from countermove.policy.evaluation import Evaluation, Level, evaluate, outcome_of
from countermove.policy.facts import FactDefinition, find_fact, load_facts
from countermove.policy.findings import Finding, find
from countermove.policy.force import evidence_end, today
from countermove.policy.items import CUSTOM, Item, catalogue_item, custom_item, with_facts, without_assumptions
from countermove.policy.reasons import number
from countermove.policy.references import public
from countermove.policy.rule_book import LiveRule, RuleBook, live_rules, shipped_book
from countermove.policy.rule_schema import Government, Outcome
from countermove.policy.transactions import Transaction, transaction
from countermove.quantities.calendar import END, START, last_day, parse_date

NOTICE: Final = "Not legal advice: a reading of public text, with its sources. Decisions belong to the two governments."

SAYS: Final[Mapping[Outcome, str]] = {
    "allowed": "no encoded rule bars it",
    "reviewable": "case by case, or with conditions",
    "denied": "denied, or a licence with a presumption of denial",
    "unknown": "cannot be told from what is stated and encoded",
}

#: Other names of what `check` takes, as the command line calls them.
_NAMES: Final = {
    "to": "destination",
    "die_mm2": "die_area_mm2",
    "bandwidth_gb_s": "memory_bandwidth_gb_s",
    "io_gb_s": "interconnect_gb_s",
}


@dataclass(frozen=True)
class GateResult:
    """One government's answer: the outcome, the findings behind it, the conditions it rests on, and the papers it asks for."""

    outcome: Outcome
    level: Level
    findings: tuple[Finding, ...]
    conditions: tuple[str, ...]
    papers: tuple[dict[str, Any], ...]
    headline: str = ""
    """What stands above the outcome: a text in the books that would make it stricter and is not enforced."""
    outside: tuple[dict[str, str], ...] = ()
    """Fields of law that are not encoded and bear on the case."""

    @property
    def says(self) -> str:
        """The outcome as people read it: allowed only means that no rule encoded here bars the deal."""
        return SAYS[self.outcome]

    def biting(self) -> list[Finding]:
        """Return the findings that are no pass: blocks first, then what is incomplete, then flags."""
        order = ("block", "incomplete", "flag")
        return sorted((one for one in self.findings if one.status != "pass"), key=lambda one: order.index(one.status))

    def would_settle(self) -> list[str]:
        """Return what would settle an unknown outcome."""
        return list(dict.fromkeys(text for one in self.findings if one.status == "incomplete" for text in one.settle))


@dataclass(frozen=True)
class CheckResult:
    """Both gates for one transaction."""

    item: Item
    transaction: Transaction
    on: dt.date
    known: dt.date
    us: GateResult
    cn: GateResult
    duty: Mapping[str, Any]
    cap: Mapping[str, Any] | None

    def gate(self, government: Government) -> GateResult:
        """Return one government's answer."""
        return self.us if government == "us" else self.cn


def check(
    item: str | Item = CUSTOM,
    *,
    on: dt.date | str | None = None,
    known: dt.date | str | None = None,
    facts: Mapping[str, Any] | None = None,
    book: RuleBook | None = None,
    strict: bool = False,
    **stated: Any,
) -> CheckResult:
    """Return both gates for an item and a transaction; with `strict` every default is unknown instead.

    `item` is a name of the catalogue, an `Item`, or `custom` with numbers (`tpp`, `die_mm2`, `bandwidth_gb_s`, `io_gb_s`).
    `stated` holds facts of the transaction (`to`, `parent`, `route`, `end_user`, `end_use`, ...) and counts (`quantity`,
    `value_usd`, `us_units`, `exported_units`); `facts` any facts by name, of either kind. The value `unknown` makes a fact
    unknown. `on` is by default today, `known` the end of the evidence. Raises InputError for unknown names, dates outside 2022 to
    2032, negative counts and facts that contradict one another.
    """
    day, vintage = day_of(on, "--on"), known_of(known)
    subject, rest = subject_of(item, {**stated, **(facts or {})}, known=vintage, strict=strict)
    deal = transaction(subject, strict=strict, on=day, **rest)
    return check_item(subject, deal, day, vintage, book=book)


def check_item(item: Item, deal: Transaction, on: dt.date, known: dt.date, *, book: RuleBook | None = None) -> CheckResult:
    """Return both gates for an item and a transaction that are already read."""
    live = live_rules(book or shipped_book(), on, known)
    evaluation = evaluate(live, {**item.facts, **deal.facts}, stale=is_stale(on, known))
    return CheckResult(
        item,
        deal,
        on,
        known,
        _gate("us", live, evaluation, deal, later=is_stale(on, known)),
        _gate("cn", live, evaluation, deal, later=is_stale(on, known)),
        duty(live, evaluation, deal),
        volume_cap(live, evaluation, item, deal),
    )


def is_stale(on: dt.date, known: dt.date) -> bool:
    """Say whether a day lies beyond the evidence, as far as it was known."""
    return on > min(known, evidence_end())


def day_of(value: dt.date | str | None, where: str) -> dt.date:
    """Return a day on the clock, by default today; InputError before 2022 or after 2032."""
    if value is None:
        value = today()
    day = parse_date(value, where=where) if isinstance(value, str) else value
    if not parse_date(START) <= day <= last_day(END):
        raise InputError(f"{day} is outside the rules' clock", where=where, hint=f"use a day from {START}-01 to {last_day(END)}")
    return day


def known_of(value: dt.date | str | None) -> dt.date:
    """Return the day up to which things were known (default: the end of the evidence); a coarse date counts from its last day."""
    if value is None:
        return evidence_end()
    if isinstance(value, str):
        value = last_day(value, where="--known")
    return day_of(value, "--known")


def fact_of_check(name: str) -> FactDefinition:
    """Return the fact behind a name that `check` takes, such as `to` or `die_mm2`; InputError with the nearest."""
    return find_fact(_NAMES.get(name, name))


def subject_of(
    item: str | Item, stated: Mapping[str, Any], *, known: dt.date | None = None, strict: bool = False
) -> tuple[Item, dict[str, Any]]:
    """Return the item with the facts stated about it, and what was stated about the transaction.

    `known` leaves out what was published about a catalogued item later; `strict` leaves assumptions about an item open.
    """
    of_item: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in stated.items():
        if value is None:
            continue
        key = _NAMES.get(name, name).replace("-", "_")
        if key in ("quantity", "value_usd", "us_units", "exported_units"):
            rest[key] = value
            continue
        definition = find_fact(key)
        (of_item if definition.of == "item" else rest)[definition.id] = value
    if isinstance(item, Item):
        return (with_facts(item, _read(of_item)) if of_item else item), rest
    if item.casefold() == CUSTOM:
        if not of_item:
            raise InputError("a custom item needs numbers", where="item", hint="give --tpp, --die-mm2 and --bandwidth-gb-s")
        return custom_item(of_item, strict=strict), rest
    found = catalogue_item(item, None if known is None or known >= evidence_end() else known)
    found = without_assumptions(found) if strict else found
    return (with_facts(found, _read(of_item)) if of_item else found), rest


def _read(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {name: find_fact(name).read(value, where=f"--fact {name}") for name, value in stated.items()}


def _gate(
    government: Government, live: tuple[LiveRule, ...], evaluation: Evaluation, deal: Transaction, *, later: bool
) -> GateResult:
    own = [one for one in live if one.rule.government == government]
    findings = tuple(find(one, evaluation) for one in own)
    level = evaluation.gates[government]
    known = own[0].known if own else evidence_end()
    conditions = _conditions(own, evaluation, deal, known)
    if later:
        ends = min(known, evidence_end())
        conditions.insert(0, f"the evidence ends on {ends}: later changes are not seen")
    return GateResult(
        outcome_of(level),
        level,
        findings,
        tuple(conditions),
        tuple(_papers(own, evaluation)),
        _headline(own, evaluation) if outcome_of(level) == "allowed" else "",
        tuple(_outside(own, evaluation)),
    )


def _headline(own: list[LiveRule], evaluation: Evaluation) -> str:
    """Return what a text in the books that is not enforced would ask, empty where none speaks about the case."""
    for one in own:
        met = evaluation.speaks[one.rule.id] != NO and evaluation.holds[one.rule.id] != NO
        if one.rule.check.headline and one.standing.status == "not-enforced" and met:
            return one.rule.check.headline + (f"; {one.note}" if one.note else "")
    return ""


def _outside(own: list[LiveRule], evaluation: Evaluation) -> Iterator[dict[str, str]]:
    """Yield the fields of law that are not encoded and bear on the case, with what to read."""
    for one in own:
        if one.rule.id.startswith("us/outside/") and evaluation.found[one.rule.id] != NO:
            yield {
                "field": one.rule.title,
                "rule": one.rule.id,
                "would_settle": one.rule.check.settle or "that law itself",
                "reference": one.reference,
            }


def _bears(live: LiveRule, evaluation: Evaluation) -> bool:
    """Say whether a provision bears on this case: it speaks, and what it tests is met or open."""
    if evaluation.speaks[live.rule.id] == NO or live.rule.id in evaluation.overtaken:
        return False
    if live.rule.check.role == "gate":
        return live.standing.effective or live.standing.uncertain
    return bool(evaluation.found[live.rule.id] != NO)


def _asks(live: LiveRule, evaluation: Evaluation) -> bool:
    """Say whether a provision's papers are asked for: a later report on the outcome does not lift what an earlier one asks."""
    if live.rule.id in evaluation.overtaken:
        return live.standing.effective or live.standing.uncertain
    return _bears(live, evaluation)


def _conditions(own: list[LiveRule], evaluation: Evaluation, deal: Transaction, known: dt.date) -> list[str]:
    """Return what the outcome rests on: the conditions of the provisions that bear on it, then the defaults."""
    words = [
        f"{condition.text} [{one.rule.id.rpartition('/')[2]}]"
        for one in own
        if _bears(one, evaluation)
        for condition in one.rule.conditions
        if any(public(name, known) for name in condition.sources)
    ]
    return [*words, *(f"{text} (default)" for text in shown_defaults(deal, known))]


def shown_defaults(deal: Transaction, known: dt.date) -> list[str]:
    """Return the defaults of a transaction in words, without those that answer a question which was not public yet."""
    later = _not_yet_asked(known)[0]
    return [text for text in deal.defaults if text not in later]


def shown_notes(item: Item, known: dt.date) -> list[str]:
    """Return the notes on an item, without those about a question which was not public yet."""
    later = _not_yet_asked(known)[1]
    return [note for note in item.notes if not any(label in note for label in later)]


@lru_cache(maxsize=1024)
def _not_yet_asked(known: dt.date) -> tuple[frozenset[str], frozenset[str]]:
    """Return the defaults in words, and the labels, of facts whose question was not public by a day."""
    later = [fact for fact in load_facts().values() if fact.since is not None and fact.since > known]
    return frozenset(fact.says for fact in later), frozenset(fact.label for fact in later)


def _papers(own: list[LiveRule], evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return the papers that the provisions which bear on the case ask for."""
    return [
        {
            "id": paper.id,
            "text": paper.text,
            "from": paper.from_,
            "rule": one.rule.id,
            "supported_by": list(paper.supported_by),
        }
        for one in own
        if _asks(one, evaluation)
        for paper in one.rule.check.papers
    ]


__all__ = ["NOTICE", "CheckResult", "GateResult", "check", "check_item", "day_of", "known_of", "number"]

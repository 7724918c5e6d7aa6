"""Both gates over time for one item: the outcome of `check` on every day on which a provision changes."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from countermove.errors import InputError
from countermove.policy.checks import CheckResult, check_item, day_of, known_of, subject_of
from countermove.policy.force import evidence_end
from countermove.policy.items import CUSTOM, Item
from countermove.policy.rule_book import RuleBook, shipped_book
from countermove.policy.rule_schema import Government, Outcome
from countermove.policy.transactions import Transaction, transaction
from countermove.quantities.calendar import START, parse_date

#: Findings that carry an outcome.
_CARRIES: Final[Mapping[str, str]] = {"denied": "block", "unknown": "incomplete", "reviewable": "flag"}


class OutcomeSpell(NamedTuple):
    """A time in which one gate had one outcome for one reason."""

    start: dt.date
    until: dt.date | None
    """First day after; None for the spell in which the evidence ends."""
    government: Government
    outcome: Outcome
    rules: tuple[str, ...]
    """Ids of the provisions that carry the outcome."""
    reason: str
    reference: str
    sources: tuple[str, ...]
    """Ids of the sources behind the provision that carries the outcome first."""
    competing: tuple[str, ...]
    """Ids of claims that contradict one another about it."""


class Timeline(NamedTuple):
    """Both gates from 2022 to the end of the evidence for one item and one kind of transaction."""

    item: Item
    transaction: Transaction
    known: dt.date
    end: dt.date
    spells: tuple[OutcomeSpell, ...]

    def of(self, government: Government) -> list[OutcomeSpell]:
        """Return one government's spells, oldest first."""
        return [spell for spell in self.spells if spell.government == government]

    def outcome(self, government: Government, day: dt.date) -> Outcome:
        """Return the outcome on a day of the timeline."""
        return next(one.outcome for one in self.of(government) if one.start <= day and (one.until is None or day < one.until))


def timeline(
    item: str | Item = CUSTOM,
    *,
    known: dt.date | str | None = None,
    until: dt.date | str | None = None,
    as_known_then: bool = False,
    facts: Mapping[str, Any] | None = None,
    book: RuleBook | None = None,
    **stated: Any,
) -> Timeline:
    """Return the spells of both gates, Washington's first.

    The item and the transaction are as in `check`; the day of the transaction runs. `until` is the last day (default: the end of
    the evidence, or `known` where that is earlier). With `as_known_then` each day is judged by what was known on that day, and
    `known` is left out. Raises InputError as `check` does.
    """
    vintage = known_of(known)
    end = day_of(until, "--until") if until is not None else min(vintage, evidence_end())
    if as_known_then and known is not None:
        raise InputError("known and as-known-then exclude one another", where="--known", hint="keep one of the two")
    told = {**stated, **(facts or {})}
    subject, rest = subject_of(item, told, known=vintage)
    deal = transaction(subject, **rest)
    rules = book or shipped_book()
    days = [day for day in turning_days(rules, end, as_known_then=as_known_then) if day <= end]
    results = [
        check_item(subject_of(item, told, known=day)[0], deal, day, day, book=rules)
        if as_known_then
        else check_item(subject, deal, day, vintage, book=rules)
        for day in days
    ]
    spells = [
        spell for government in ("us", "cn") for spell in _merged(_spells("us" if government == "us" else "cn", days, results))
    ]
    return Timeline(subject, deal, vintage, end, tuple(spells))


def turning_days(book: RuleBook, end: dt.date, *, as_known_then: bool = False) -> list[dt.date]:
    """Return the days on which any provision may change: begins, ends, takes a new number, or becomes known."""
    days = {parse_date(START), evidence_end() + dt.timedelta(days=1)}
    for compiled in book.rules:
        for step in compiled.rule.status:
            days.update(day for day in (step.from_, step.until, step.known if as_known_then else None) if day is not None)
        for value in compiled.rule.values.values():
            days.update(dated.from_ for dated in value.values)
    return sorted(day for day in days if parse_date(START) <= day <= end)


def _spells(government: Government, days: list[dt.date], results: list[CheckResult]) -> Iterator[OutcomeSpell]:
    for (start, until), result in zip(itertools.pairwise([*days, None]), results, strict=True):
        gate = result.gate(government)
        carrying = [
            one for one in gate.findings if one.status == _CARRIES.get(gate.outcome) and one.role in ("control", "relax", "gate")
        ]
        if gate.outcome == "reviewable" and any(one.role == "relax" for one in carrying):
            carrying = [one for one in carrying if one.role == "relax"]
        first = carrying[0] if carrying else None
        assert start is not None, "only the last end is open"  # noqa: S101
        yield OutcomeSpell(
            start,
            until,
            government,
            gate.outcome,
            tuple(one.rule for one in carrying),
            first.reason if first else _plain_reason(gate.outcome),
            first.reference if first else "",
            first.sources if first else (),
            first.competing if first else (),
        )


def _plain_reason(outcome: Outcome) -> str:
    return "no provision encoded here bars it" if outcome == "allowed" else "the evidence ends"


def _merged(spells: Iterator[OutcomeSpell]) -> list[OutcomeSpell]:
    """Join neighbouring spells with the same outcome carried by the same first provision."""
    merged: list[OutcomeSpell] = []
    for spell in spells:
        if merged and (merged[-1].outcome, merged[-1].rules[:1]) == (spell.outcome, spell.rules[:1]):
            merged[-1] = merged[-1]._replace(until=spell.until)
        else:
            merged.append(spell)
    return merged

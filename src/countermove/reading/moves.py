"""What an accepted claim moves through its link, and what may not move anything: a denial, a bound as a point, another matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from countermove.errors import InputError, did_you_mean
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import Parameter, Period
from countermove.policy.lever_definitions import find_lever
from countermove.policy.levers import compile_levers
from countermove.quantities import calendar
from countermove.quantities.units import convert
from countermove.reading.decisions import Decision
from countermove.reading.linking import period_named
from countermove.reading.words import stems

AS_WORDED = "if the article does say so, decide with --change says=..., or leave the link out"

#: Words, beside those of its label and definition, by which people speak of what a lever sets.
LEVER_WORDS = {
    "washington.performance_ceiling": "performance tpp ceiling threshold limit",
    "washington.volume_cap": "volume cap quota limit half",
    "washington.duty": "duty fee tariff charge levy surcharge tax cut revenue",
    "washington.licence_scope": "licence license licences licenses approve approved approval grant granted",
    "washington.component_controls": "component components memory hbm equipment tool tools control controls",
    "washington.enforcement": "enforcement smuggling diversion seize seized inspectors",
    "washington.offshore_access": "cloud offshore overseas rent rented remote",
    "beijing.import_gate": "import imports customs allow allowed admit ban banned clearance",
    "beijing.procurement_mandate": "procurement mandate domestic home-made required quota",
    "beijing.subsidy": "subsidy subsidies subsidise fund funds support electricity",
    "beijing.capacity_push": "capacity fabs expansion wafer wafers build",
    "beijing.grey_enforcement": "grey smuggling customs enforcement seize seized crackdown",
}
#: Words of definitions that are said of anything in the contest, or of any amount.
_OF_ANYTHING = "chip chips china chinese sale sales revenue share rate value demand need every each percent year one department"


@dataclass(frozen=True)
class Move:
    """What an accepted claim moves through its link: the scenario change it amounts to, or the row of a series."""

    link: str
    change: str | None
    decision: Decision

    @property
    def words(self) -> str:
        """The move in one line."""
        what = self.change or f"{self.link} gets a row (nothing in the model moves until it is calibrated again)"
        return f"{what}: {self.decision.statement.made_by} ({self.decision.article}), accepted by {self.decision.reviewer}"


def moves_of(decisions: Sequence[Decision], ledger: Ledger, folder: object) -> tuple[Move, ...]:
    """Return what decisions with a link move; InputError where one may not, or two move the same."""
    found: dict[str, Decision] = {}
    for decision in decisions:
        link = decision.link or ""
        if link in found:
            what = f"'{link}' is moved by two accepted claims, {found[link].claim} and {decision.claim}"
            raise InputError(what, where=f"{folder}: {decision.claim} (link)", hint="reject one, or accept it without --link")
        found[link] = decision
    return tuple(_move(decision, ledger, f"{folder}: {decision.claim} (link)") for decision in decisions)


def changes(moves: Iterable[Move]) -> tuple[str, ...]:
    """Return the scenario changes of moves, as `--set` takes them."""
    return tuple(move.change for move in moves if move.change is not None)


def _move(decision: Decision, ledger: Ledger, where: str) -> Move:
    link, said = decision.link or "", decision.statement
    if said.stance == "denies":
        raise InputError(f"a denial sets no value: '{said.says}'", where=where, hint="leave the link out")
    if link.startswith("series/"):
        name = link.removeprefix("series/").partition("@")[0]
        if name not in ledger.series:
            raise InputError(f"no series named '{name}'", where=where, hint=did_you_mean(name, ledger.series))
        return Move(link, None, decision)
    parameter = _parameter(link, ledger, where) if link.startswith("parameters/") else None
    if parameter is None:
        _, government, name, *rest = link.split(".")
        find_lever(f"{government}.{name}", where=where).part(rest[0] if rest else None, where=where)
    if said.unit is None:
        raise InputError("only a claim with a quantity moves a number", where=where, hint="leave the link out")
    return Move(link, _prior(decision, parameter, where) if parameter is not None else _lever(decision, where), decision)


def _parameter(link: str, ledger: Ledger, where: str) -> Parameter:
    name = link.removeprefix("parameters/")
    if name not in ledger.parameters:
        raise InputError(f"no parameter named '{name}'", where=where, hint=did_you_mean(name, ledger.parameters))
    return ledger.parameters[name]


def _prior(decision: Decision, parameter: Parameter, where: str) -> str:
    """Return a point for a value; for a range, or a bound with the prior's own other end, a range."""
    numbers = _numbers(decision, parameter.unit)
    for number in numbers.values():
        _within(number, parameter, where)
    if set(numbers) == {"value"}:
        return f"{decision.link}={numbers['value']:.10g}"
    low, high = parameter.prior.stated()
    low, high = numbers.get("low", low), numbers.get("high", high)
    if not low < high:
        found = f"the bound leaves no range: {low:.10g} to {high:.10g} {parameter.unit}"
        raise InputError(found, where=where, hint="give both ends: --change low=... --change high=...")
    return f"{decision.link}={{low: {low:.10g}, high: {high:.10g}}}"


def _within(number: float, parameter: Parameter, where: str) -> None:
    low, high = parameter.valid
    if not low <= number <= high:
        expected = f"{low:g} to {high:g} {parameter.unit}"
        raise InputError(f"{number:.10g} is out of range", where=where, hint=f"{parameter.id} is {expected}")


def _lever(decision: Decision, where: str) -> str:
    """Return the change of a lever: one value, in force from the claim's month where that lies after the day it was said."""
    link, said = decision.link or "", decision.statement
    if said.value is None or said.low is not None or said.high is not None:
        what = f"a range or a bound is no setting of a lever: '{said.says}'"
        raise InputError(what, where=where, hint="a lever takes one value: --change value=..., or link a parameter")
    _, government, lever_name, *rest = link.split(".")
    lever = find_lever(f"{government}.{lever_name}", where=where)
    own = stems(f"{lever.label} {lever.definition}") - stems(_OF_ANYTHING)
    words = own | stems(LEVER_WORDS.get(lever.id, ""))
    if re.search(r"\bof\b.*revenue", said.says) is None:  # a share of revenue is a charge, revenue alone is not
        words -= stems("revenue")
    if not words & stems(said.says):
        what = f"the claim does not speak of {lever.id} ({lever.label}): '{said.says}'"
        raise InputError(what, where=where, hint=AS_WORDED)
    value = _numbers(decision, lever.part(rest[0] if rest else None, where=where).unit)["value"]
    setting: object = value
    shown = f"{value:.10g}"
    month = _month(decision)
    if month is not None:
        setting, shown = {month: value}, f"{{{month}: {value:.10g}}}"
    compile_levers({lever.id: {rest[0]: setting} if rest else setting}, where=where)
    return f"{link}={shown}"


def _numbers(decision: Decision, unit: str) -> dict[str, float]:
    said = decision.statement
    given = (("low", said.low), ("value", said.value), ("high", said.high))
    return {key: float(convert(value, said.unit or "1", unit)) for key, value in given if value is not None}


def _month(decision: Decision) -> str | None:
    """Return the month from which a claim holds, where it lies after the day it was said; else None: it holds now."""
    said = decision.statement
    period: Period | None = period_named(str(said.period)) if said.period is not None else None
    if period is None or period.start is None:
        return None
    known = said.known or decision.time[:10]
    return str(period.start)[:7] if period.first_day > calendar.last_day(known) else None

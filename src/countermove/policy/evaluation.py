"""From facts to outcomes: what each provision finds, and the level of each gate, for one item or arrays of them.

Levels are 0 allowed, 1 reviewable, 2 denied. A gate's level is held as an interval: the lower end is what holds whatever the
open questions turn out to be, the upper end what may hold. An interval that is no point is the outcome `unknown`. Every step
is monotone in what is known, so replacing a fact by unknown widens the interval and never moves it: unknown cannot turn into
allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from countermove.policy.criteria import MANY_ITEMS, NO, ONE_ITEM, PERHAPS, YES, Arithmetic, Situation, Truth
from countermove.policy.rule_book import LiveRule
from countermove.policy.rule_schema import Government, Outcome

LEVELS: Final[Mapping[str, tuple[int, int]]] = {"allowed": (0, 0), "reviewable": (1, 1), "denied": (2, 2), "unknown": (0, 2)}
NAMES: Final[tuple[Outcome, ...]] = ("allowed", "reviewable", "denied")

Choose = Callable[[Any, Any, Any], Any]


class Level(NamedTuple):
    """An interval of levels: numbers, or arrays over items."""

    low: Any
    high: Any


OPEN: Final = Level(0, 0)
ANY_LEVEL: Final = Level(0, 2)


@dataclass
class Evaluation:
    """What every live provision found about one situation.

    speaks: whether it is about this item and transaction; holds: whether its criteria do; found: both together, as far as it has
    force; levels: what each control (after relaxations) or import measure alone would make of the gate; gates: both together;
    overtaken: an import measure and the newer one that surely speaks in its stream; memory: what was found out about the groups
    of the item.
    """

    facts: Mapping[str, Any]
    arithmetic: Arithmetic
    speaks: dict[str, Truth] = field(default_factory=dict)
    holds: dict[str, Truth] = field(default_factory=dict)
    found: dict[str, Truth] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    gates: dict[Government, Level] = field(default_factory=dict)
    overtaken: dict[str, str] = field(default_factory=dict)
    memory: dict[Any, Any] = field(default_factory=dict)

    def situation(self, live: LiveRule) -> Situation:
        """Return what a provision's criteria are evaluated against."""
        return Situation(self.facts, live.values, self.found, self.arithmetic, self.memory, live.places)


def evaluate(rules: Iterable[LiveRule], facts: Mapping[str, Any], *, many: bool = False, stale: bool = False) -> Evaluation:
    """Return what the provisions find about facts; `many` where facts are arrays, `stale` beyond the end of the evidence."""
    arithmetic = MANY_ITEMS if many else ONE_ITEM
    choose: Choose = _choose_many if many else _choose_one
    result = Evaluation(facts, arithmetic)
    live = list(rules)
    for one in live:
        _test(one, result)
    result.gates["us"] = _washington(live, result, choose)
    result.gates["cn"] = _beijing(live, result, choose, stale=stale)
    return result


def outcome_of(level: Level) -> Outcome:
    """Return the outcome of one gate's level."""
    return NAMES[level.low] if level.low == level.high else "unknown"


def _choose_one(condition: Any, yes: Any, no: Any) -> Any:
    return yes if condition else no


def _choose_many(condition: Any, yes: Any, no: Any) -> Any:
    if isinstance(condition, bool | np.bool_):
        return yes if condition else no
    return np.where(condition, np.int8(yes) if isinstance(yes, int) else yes, np.int8(no) if isinstance(no, int) else no)


def _test(live: LiveRule, result: Evaluation) -> None:
    """Evaluate one provision; criteria are not looked at where it does not speak about the situation."""
    name = live.rule.id
    situation = result.situation(live)
    speaks = live.compiled.speaks.truth(situation)
    silent = speaks.__class__ is int and speaks == NO
    holds = NO if silent else live.compiled.tests.truth(situation)
    result.speaks[name], result.holds[name] = speaks, holds
    if silent or not (live.standing.effective or live.standing.uncertain):
        result.found[name] = NO
        return
    low = result.arithmetic.low
    found = low(speaks, holds)
    result.found[name] = low(found, PERHAPS) if live.standing.uncertain else found


def _washington(live: Iterable[LiveRule], result: Evaluation, choose: Choose) -> Level:
    """Combine controls, each after the relaxations that name it; the strictest control decides."""
    relaxations = [one for one in live if one.rule.check.role == "relax"]
    total = OPEN
    for one in live:
        if one.rule.check.role not in ("control", "outside"):
            continue
        name, found = one.rule.id, result.found[one.rule.id]
        if found.__class__ is int and found == NO:
            result.levels[name] = OPEN
            continue
        # A field of law that is not encoded could bar the deal, or not: every level is possible.
        strict_low, strict_high = LEVELS["unknown" if one.rule.check.role == "outside" else one.rule.check.outcome]
        level = Level(choose(found == YES, strict_low, 0), choose(found >= PERHAPS, strict_high, 0))
        for other in relaxations:
            if name in other.rule.check.relaxes:
                level = _relaxed(level, result.found[other.rule.id], other, result, choose)
        result.levels[name] = level
        total = Level(result.arithmetic.high(total.low, level.low), result.arithmetic.high(total.high, level.high))
    return total


def _relaxed(level: Level, found: Truth, other: LiveRule, result: Evaluation, choose: Choose) -> Level:
    """Lower a control's level to that of a relaxation: the upper end where it surely applies, the lower where it may."""
    least = result.arithmetic.low
    to = LEVELS[other.rule.check.outcome][1]
    return Level(
        choose(found >= PERHAPS, least(level.low, to), level.low), choose(found == YES, least(level.high, to), level.high)
    )


def _beijing(live: Iterable[LiveRule], result: Evaluation, choose: Choose, *, stale: bool) -> Level:
    """Within a stream of reports the newest that speaks holds; across streams the strictest. Beyond the evidence: unknown."""
    gates = [one for one in live if one.rule.check.role == "gate" and (one.standing.effective or one.standing.uncertain)]
    streams: dict[str, Level] = {}
    said: dict[str, list[str]] = {}
    for one in sorted(gates, key=lambda one: (one.standing.step.known, one.standing.step.from_, one.rule.id)):
        speaks = result.speaks[one.rule.id]
        if speaks.__class__ is int and speaks == NO:
            continue
        level = _report_level(one, result, choose)
        result.levels[one.rule.id] = level
        if speaks.__class__ is int and speaks == YES:
            result.overtaken.update(dict.fromkeys(said.get(one.rule.check.stream, ()), one.rule.id))
        said.setdefault(one.rule.check.stream, []).append(one.rule.id)
        before = streams.get(one.rule.check.stream, OPEN)
        low, high = result.arithmetic.low, result.arithmetic.high
        streams[one.rule.check.stream] = Level(
            choose(speaks == YES, level.low, choose(speaks == PERHAPS, low(before.low, level.low), before.low)),
            choose(speaks == YES, level.high, choose(speaks == PERHAPS, high(before.high, level.high), before.high)),
        )
    total = OPEN
    for level in streams.values():
        total = Level(result.arithmetic.high(total.low, level.low), result.arithmetic.high(total.high, level.high))
    if stale and result.facts["origin"] != "cn" and result.facts["destination"] in ("cn", None):
        # Beijing's measures are practice without a text: nobody knows what holds after the last report.
        return Level(total.low if not gates else 0, 2)
    return total


def _report_level(live: LiveRule, result: Evaluation, choose: Choose) -> Level:
    """Return what an import measure says: its step's outcome, or by its criteria."""
    check, step = live.rule.check, live.standing.step
    if live.standing.uncertain:
        return ANY_LEVEL
    if step.outcome is not None:
        return Level(*LEVELS[step.outcome])
    yes, no = LEVELS[check.outcome], LEVELS[check.otherwise]
    holds = result.holds[live.rule.id]
    return Level(
        choose(holds == YES, yes[0], choose(holds == NO, no[0], min(yes[0], no[0]))),
        choose(holds == YES, yes[1], choose(holds == NO, no[1], max(yes[1], no[1]))),
    )

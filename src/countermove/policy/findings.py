"""What one provision finds about a transaction: pass, flag, block or incomplete, with the numbers compared and a reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from countermove.policy.criteria import NO, PERHAPS, YES
from countermove.policy.evaluation import OPEN, Evaluation
from countermove.policy.force import WATCHED
from countermove.policy.reasons import comparisons, decisive, sentence, settling
from countermove.policy.rule_book import MOST_WORDED, LiveRule
from countermove.policy.rule_schema import Government

FindingStatus = Literal["pass", "flag", "block", "incomplete"]

_DENIED: Final = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One provision's answer: status, reason in words, the comparisons behind it, reference, and the provision's standing."""

    rule: str
    title: str
    government: Government
    role: str
    status: FindingStatus
    reason: str
    reference: str
    standing: str
    grade: str
    speaks: bool
    compared: tuple[dict[str, Any], ...] = ()
    settle: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    competing: tuple[str, ...] = ()
    published: str | None = None
    """Date of the source that the reference names, as stated."""

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain data."""
        return {
            "rule": self.rule,
            "status": self.status,
            "reason": self.reason,
            "reference": self.reference,
            "title": self.title,
            "role": self.role,
            "rule_status": self.standing,
            "grade": self.grade,
            "speaks": self.speaks,
            "compared": list(self.compared),
            "would_settle": list(self.settle),
            "sources": list(self.sources),
            "competing_claims": list(self.competing),
            "published": self.published,
        }


def find(live: LiveRule, evaluation: Evaluation) -> Finding:
    """Return what a live provision found.

    Where it does not speak, and where it only gives notice, it hangs on few facts: it is worded once for all cases alike.
    """
    silent = evaluation.speaks[live.rule.id] == NO
    if not silent and live.rule.check.role != "notice":
        return _spoken(live, evaluation)
    facts, controls = live.compiled.asks
    key = (tuple(evaluation.facts[name] for name in facts), tuple(evaluation.found.get(name, NO) for name in controls))
    found: Finding | None = live.worded.get(key)
    if found is None:
        found = _silence(live, evaluation) if silent else _spoken(live, evaluation)
        if len(live.worded) < MOST_WORDED:
            live.worded[key] = found
    return found


def _spoken(live: LiveRule, evaluation: Evaluation) -> Finding:
    """Return what a provision found about a case that it speaks about."""
    rule, situation = live.rule, evaluation.situation(live)
    speaks = evaluation.speaks[rule.id]
    holds = evaluation.holds[rule.id]
    status, words = _status(live, evaluation, speaks, holds)
    leaves = decisive(live.compiled.tests, situation)
    shown = [*leaves]
    if speaks == PERHAPS:
        shown = [*decisive(live.compiled.speaks, situation), *leaves]
    tested = sentence(shown, situation)
    settle = settling(shown, situation) if status == "incomplete" else []
    ending = f"; {live.note}" if live.note and status != "pass" else ""
    return _finding(
        live,
        status,
        f"{tested}: {words}{ending}" if tested else f"{words}{ending}",
        speaks=True,
        compared=tuple(comparisons(leaves, situation)),
        settle=_settle(live, status, settle),
    )


def _silence(live: LiveRule, evaluation: Evaluation) -> Finding:
    """Return the finding of a provision that does not speak about a case, with what makes it silent."""
    situation = evaluation.situation(live)
    why = sentence(decisive(live.compiled.speaks, situation), situation)
    return _finding(live, "pass", f"does not speak about this case: {why}", speaks=False)


def _settle(live: LiveRule, status: FindingStatus, open_questions: list[str]) -> tuple[str, ...]:
    """Return what would settle an incomplete finding: the open facts, what a field outside needs, or the standing."""
    if status != "incomplete":
        return ()
    asked = [*open_questions, *([live.rule.check.settle] if live.rule.check.settle else [])]
    return tuple(asked) or (_clock(live),)


def _finding(
    live: LiveRule,
    status: FindingStatus,
    reason: str,
    *,
    speaks: bool,
    compared: tuple[dict[str, Any], ...] = (),
    settle: tuple[str, ...] = (),
) -> Finding:
    rule = live.rule
    return Finding(
        rule.id, rule.title, rule.government, rule.check.role, status, reason, live.reference, live.standing.words,
        live.standing.step.grade, speaks, compared, settle, live.sources, live.competing, live.published,
    )  # fmt: skip


def _status(live: LiveRule, evaluation: Evaluation, speaks: int, holds: int) -> tuple[FindingStatus, str]:
    """Return the status and what follows, in words."""
    role, standing = live.rule.check.role, live.standing
    if standing.effective or standing.uncertain:
        if role == "control":
            return _control(live, evaluation)
        if role == "outside":
            return _outside(live, evaluation)
        if role == "relax":
            return _relaxation(live, evaluation)
        if role == "gate":
            return _gate(live, evaluation)
    if holds == NO:
        return "pass", f"not met ({standing.words})"
    if standing.uncertain:
        return "incomplete", standing.words
    if PERHAPS in (speaks, holds) and role in ("duty", "charge"):
        return "incomplete", f"cannot be told ({standing.words})"
    if standing.effective or standing.status in WATCHED:
        return "flag", _watched(live)
    return "pass", standing.words


def _watched(live: LiveRule) -> str:
    check, standing = live.rule.check, live.standing
    if standing.effective:
        return f"{'payable; ' if check.role in ('duty', 'charge') else ''}{standing.words}"
    if check.role == "control":
        if standing.status == "not-enforced":
            return f"the text requires a licence ({check.outcome}); {standing.words}: no effect on the outcome"
        return f"would need a licence ({check.outcome}) if it were in force; {standing.words}: no effect on the outcome"
    return f"{standing.words}: no effect on the outcome"


def _control(live: LiveRule, evaluation: Evaluation) -> tuple[FindingStatus, str]:
    found = evaluation.found[live.rule.id]
    if found == NO:
        return "pass", f"not controlled ({live.standing.words})"
    level = evaluation.levels.get(live.rule.id, OPEN)
    if found == PERHAPS:
        return "incomplete", f"whether it is controlled cannot be told ({live.standing.words})"
    if level.low == _DENIED:
        return "block", f"licence needed, presumption of denial ({live.standing.words})"
    return "flag", f"licence needed; review opened by another provision ({live.standing.words})"


def _outside(live: LiveRule, evaluation: Evaluation) -> tuple[FindingStatus, str]:
    if evaluation.found[live.rule.id] == NO:
        return "pass", "this field outside the room is not touched, as far as stated"
    return "incomplete", f"outside this room: {live.rule.title.lower()} could bar the deal and is not encoded"


def _relaxation(live: LiveRule, evaluation: Evaluation) -> tuple[FindingStatus, str]:
    found = evaluation.found[live.rule.id]
    words = live.standing.words
    if found == YES:
        return "flag", f"{live.rule.check.outcome}: conditions apply ({words})"
    if found == PERHAPS:
        return "incomplete", f"whether it opens the way cannot be told ({words})"
    shut = any(evaluation.levels.get(name, OPEN).low == _DENIED for name in live.rule.check.relaxes)
    return ("block" if shut else "pass"), f"does not open the way ({words})"


def _gate(live: LiveRule, evaluation: Evaluation) -> tuple[FindingStatus, str]:
    level = evaluation.levels.get(live.rule.id, OPEN)
    speaks = evaluation.speaks[live.rule.id]
    newer = evaluation.overtaken.get(live.rule.id)
    if newer is not None:
        return "pass", f"overtaken by the later report {newer} ({live.standing.words})"
    if live.standing.uncertain:
        return "incomplete", live.standing.words
    if level.low != level.high:
        return "incomplete", f"reports leave the outcome open ({live.standing.words})"
    if speaks == PERHAPS:
        return "incomplete", f"whether it covers this case is not reported ({live.standing.words})"
    if level.low == _DENIED:
        return "block", f"not admitted, as reported ({live.standing.words})"
    if level.low == 1:
        return "flag", f"case by case, as reported ({live.standing.words})"
    return "flag", f"no bar to import ({live.standing.words})"


def _clock(live: LiveRule) -> str:
    if live.standing.uncertain:
        return "evidence of what holds after the last report"
    return "an official text, or a report that settles the conflict"

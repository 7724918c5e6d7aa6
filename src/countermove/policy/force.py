"""Whether a provision has force on a day, as known on another: the two time axes, clocks that run out, and stays that end.

Status steps that became known later are not seen. Of the rest the newest that has begun holds. A stay, suspension or report with
an end is followed by what its text says (`then`), unless the evidence ends before that day: then nobody knows. Practice and
reported guidance have no text at all, so beyond the evidence they are unknown.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict

from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import checked
from countermove.evidence.strict_yaml import load
from countermove.policy.dates import Date
from countermove.policy.rule_schema import Rule, Status, StatusStep

EVIDENCE_FILE: Final = DATA / "rules" / "evidence.yaml"

#: Statuses in which a provision decides.
EFFECTIVE: Final = ("in-force", "reported")

#: Statuses in which it decides nothing, but somebody should look at it.
WATCHED: Final = ("announced", "drafted", "proposed", "stayed", "not-enforced")

#: Kinds that rest on what officials do rather than on a text: their clock always runs.
PRACTICE: Final = ("licence-practice", "window-guidance", "customs-practice", "procurement-list")


class Standing(NamedTuple):
    """A provision's status on a day, as known on another."""

    status: Status
    step: StatusStep
    words: str
    """The status in words, with what ran out and when."""
    first: StatusStep
    """The first step of the unbroken run of this status: the text that created it."""

    @property
    def effective(self) -> bool:
        """Whether it decides outcomes; an explicit outcome of a step does even where a measure is only being drafted."""
        return self.status in EFFECTIVE or (self.status != "unknown" and self.step.outcome is not None)

    @property
    def uncertain(self) -> bool:
        """Whether nobody knows if it decides."""
        return self.status == "unknown"


class _Evidence(BaseModel):
    """Until which day the law was looked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    until: Date


@cache
def evidence_end() -> dt.date:
    """Return the last day that the evidence on the law covers."""
    return checked(load(EVIDENCE_FILE), _Evidence, ("evidence",)).until


def today() -> dt.date:
    """Return the day on the clock of this machine, which `check` takes where no day is stated."""
    return dt.datetime.now(tz=dt.UTC).date()


def standing(rule: Rule, on: dt.date, known: dt.date) -> Standing | None:
    """Return a provision's status on `on` as known on `known`; None where it was not yet known or had not begun."""
    begun = [step for step in rule.status if step.known <= known and step.from_ <= on]
    if not begun:
        return None
    begun.sort(key=lambda one: (one.from_, one.known))
    step = begun[-1]
    first = next(one for index, one in enumerate(begun) if all(later.status == step.status for later in begun[index:]))
    evidence = min(known, evidence_end())
    if step.until is not None and on >= step.until:
        assert step.then is not None, "a clock has an end and what follows"  # noqa: S101
        if evidence < step.until:
            words = f"unknown: {step.status} until {step.until}, then {step.then} by its text; the evidence ends on {evidence}"
            return Standing("unknown", step, words, step)
        return Standing(step.then, step, f"{step.then} again since {step.until}, when its time as {step.status} ran out", step)
    if rule.kind in PRACTICE and on > evidence:
        return Standing("unknown", step, f"unknown: {step.status} when the evidence ended on {evidence}", first)
    return Standing(step.status, step, _words(step, first), first)


def _words(step: StatusStep, first: StatusStep) -> str:
    ending = f" until {step.until}, then {step.then} by its text" if step.until is not None else ""
    return f"{step.status} since {first.from_}{ending}"

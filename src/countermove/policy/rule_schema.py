"""What a dated provision says: its file under `data/rules/us` or `data/rules/cn`, as frozen models.

A provision has a status over time, dated values with units and references, criteria over facts of an item, and the effects that
it has on the gate of each product. Every statement has two dates: from when it holds, and from when it was known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from countermove.policy.dates import Date, Names, OptionalDate

Government = Literal["us", "cn"]
Grade = Literal["A", "B", "C", "D"]
Basis = Literal["sourced", "derived", "assumption"]
Status = Literal[
    "announced", "drafted", "proposed", "in-force", "stayed", "not-enforced", "withdrawn", "expired", "reported", "unknown"
]
Kind = Literal[
    "regulation", "letter", "licence-practice", "guidance", "proclamation", "announcement", "bill", "draft",
    "window-guidance", "customs-practice", "procurement-list", "antitrust", "countermeasure", "subsidy", "law",
]  # fmt: skip
GateField = Literal[
    "licence", "licence_needed", "duty", "revenue_share", "cap_share",
    "admit", "approval_needed", "bundle", "offshore_share", "ceiling", "training_only",
]  # fmt: skip


Outcome = Literal["allowed", "reviewable", "denied", "unknown"]
Role = Literal["control", "relax", "gate", "duty", "charge", "notice", "outside"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class StatusStep(_Frozen):
    """The provision's status from one date on, as known since another.

    A clock may run: from `until` on the status is `then`, by law, which nobody knows where the evidence ends before that day.
    `outcome` is what a report says about imports while it holds.
    """

    from_: Date = Field(alias="from")
    status: Status
    known: Date
    until: OptionalDate = None
    then: Status | None = None
    outcome: Outcome | None = None
    grade: Grade
    sources: Names
    locator: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _whole_clock(self) -> StatusStep:
        if (self.until is None) != (self.then is None):
            raise ValueError("a clock needs both until and then")
        return self


class DatedValue(_Frozen):
    """A number of the provision from one date on; None where it no longer applies."""

    from_: Date = Field(alias="from")
    value: float | None
    grade: Grade
    sources: Names
    locator: str = ""
    note: str = ""


class RuleValue(_Frozen):
    """One number of a provision over time."""

    unit: str
    label: str
    values: tuple[DatedValue, ...]


class Condition(_Frozen):
    """A condition that is no number, in our own words."""

    id: str
    text: str
    grade: Grade
    sources: Names


class Scope(_Frozen):
    """Which products (ids or groups), destinations, routes and segments a provision speaks about."""

    products: Names
    destinations: Names
    routes: Names
    segments: Names = ()


class EffectStep(_Frozen):
    """A gate's value from `from_` until `until` (or until overtaken), as known since `known`.

    The value is one number, or one per variant where the state is contested.
    """

    from_: Date = Field(alias="from")
    until: OptionalDate = None
    known: Date
    value: float | None = None
    by_variant: Mapping[str, float] | None = None
    state: str
    basis: Basis
    grade: Grade
    sources: Names
    note: str = ""

    @model_validator(mode="after")
    def _one_value(self) -> EffectStep:
        if (self.value is None) == (self.by_variant is None):
            raise ValueError("give either value or by_variant")
        if self.until is not None and self.until <= self.from_:
            raise ValueError("until must be later than from")
        return self


class Effect(_Frozen):
    """What a provision does to one gate field of some products, buyers and routes.

    Statements about the same field and stream overtake one another by date; across streams the strictest holds.
    """

    field: GateField
    stream: str = "main"
    products: Names
    segments: Names = ()
    routes: Names = ("direct",)
    steps: tuple[EffectStep, ...]


class Reversal(_Frozen):
    """A change of US policy that buyers noticed: its weight in their view of the risk of being cut off (largest = 1)."""

    date: Date
    weight: float
    basis: Basis
    note: str


class StopNotice(_Frozen):
    """Demand pulled forward before a stop: `share` of a year's demand, spread evenly over [from, until)."""

    products: Names
    from_: Date = Field(alias="from")
    until: Date
    known: Date
    share: float
    basis: Basis
    grade: Grade
    sources: Names
    note: str


class Paper(_Frozen):
    """A document that a provision makes someone show, in our own words, and the facts of the catalogue that support it."""

    id: str
    text: str
    from_: str = Field(alias="from", default="exporter")
    supported_by: Names = ()


class RuleCheck(_Frozen):
    """How a provision bears on a check: its role, about what it speaks, and the outcome where its criteria hold.

    control: criteria that hold need a licence, with `outcome` as the policy of review. relax: criteria that hold turn the
    controls in `relaxes` into `outcome`. gate: an import measure; within one `stream` the newest that speaks holds. duty,
    charge: money. notice: no bearing on the outcome. outside: where its criteria hold, a field of law that is not encoded could
    bar the deal, so that the outcome is unknown unless something else denies it; `settle` says what to read. `note` is printed
    from `note_since` on; `headline` stands above an outcome that a text in the books would make stricter.
    """

    role: Role
    outcome: Outcome = "denied"
    otherwise: Outcome = "allowed"
    relaxes: Names = ()
    stream: str = ""
    rate: str = ""
    applies: Mapping[str, Any] | None = None
    papers: tuple[Paper, ...] = ()
    note: str = ""
    note_since: OptionalDate = None
    headline: str = ""
    settle: str = ""

    @model_validator(mode="after")
    def _role_complete(self) -> RuleCheck:
        if (self.role == "relax") != bool(self.relaxes):
            raise ValueError("'relaxes' names the controls that a rule of the role relax opens, and belongs to that role only")
        if (self.role == "gate") != bool(self.stream):
            raise ValueError("'stream' belongs to the role gate, which needs one")
        if (self.role in ("duty", "charge")) != bool(self.rate):
            raise ValueError("'rate' names the value charged by a duty or charge, and belongs to those roles only")
        if (self.role == "outside") != bool(self.settle):
            raise ValueError("'settle' says what to read of a field outside, and belongs to that role only")
        return self


class Rule(_Frozen):
    """One provision of one government."""

    schema_: Literal[1] = Field(alias="schema")
    id: str
    title: str
    government: Government
    agency: str
    kind: Kind
    summary: str
    scope: Scope
    status: tuple[StatusStep, ...]
    values: Mapping[str, RuleValue] = Field(default_factory=dict)
    criteria: Mapping[str, Any] | None = None
    check: RuleCheck
    conditions: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()
    reversal: tuple[Reversal, ...] = ()
    stop_notice: tuple[StopNotice, ...] = ()
    competing: Names = ()
    competing_since: OptionalDate = None
    """Day from which the competing claims were public; before it they are not printed."""

    def sources(self) -> frozenset[str]:
        """Return every source id that the provision cites."""
        return frozenset(_sources(self))


def _sources(value: Any) -> Iterator[str]:
    """Walk a model and yield what its `sources` fields name."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            child = getattr(value, name)
            yield from child if name == "sources" else _sources(child)
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _sources(child)
    elif isinstance(value, tuple):
        for child in value:
            yield from _sources(child)

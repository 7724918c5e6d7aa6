"""Dated provisions of both governments, one file each under `data/rules/us` and `data/rules/cn`.

A provision has a status over time, dated values with units and references, criteria over facts of an item, and the effects that
it has on the gate of each product. Every statement has two dates: from when it holds, and from when it was known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from countermove.errors import DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import Document, load
from countermove.policy.dates import Date, OptionalDate

RULES: Final = DATA / "rules"

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


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class StatusStep(_Frozen):
    """The provision's status from one date on, as known since another."""

    from_: Date = Field(alias="from")
    status: Status
    known: Date
    grade: Grade
    sources: Names
    locator: str = ""
    note: str = ""


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
    conditions: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()
    reversal: tuple[Reversal, ...] = ()
    stop_notice: tuple[StopNotice, ...] = ()
    competing: Names = ()

    def sources(self) -> frozenset[str]:
        """Return every source id that the provision cites."""
        return frozenset(_sources(self))


@cache
def load_rules() -> Mapping[str, Rule]:
    """Return all provisions by id, sorted by path; DataError names file and line of anything malformed."""
    files = sorted(RULES.glob("*/**/*.yaml"))
    rules = [_rule(path) for path in files]
    return {rule.id: rule for rule in rules}


def find_rule(rule_id: str, *, where: str = "") -> Rule:
    """Return a provision by id, with or without the prefix `rules/`; InputError with the nearest id."""
    rules = load_rules()
    found = rules.get(rule_id.removeprefix("rules/"))
    if found is None:
        raise InputError(f"unknown rule '{rule_id}'", where=where, hint=did_you_mean(rule_id.removeprefix("rules/"), rules))
    return found


def _rule(path: Path) -> Rule:
    document = load(path)
    try:
        rule = Rule.model_validate(document.data)
    except ValidationError as error:
        raise _data_error(document, error) from None
    expected = path.relative_to(RULES).with_suffix("").as_posix()
    if rule.id != expected:
        raise DataError(f"the id '{rule.id}' is not the file's path", where=document.where("id"), hint=f"write {expected}")
    return rule


def _data_error(document: Document, error: ValidationError) -> DataError:
    problem = error.errors(include_url=False)[0]
    keys = [key for key in problem["loc"] if isinstance(key, int | str)]
    return DataError(problem["msg"], where=document.where(*keys), hint="see docs/explanation/gates.md for the keys of a rule")


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

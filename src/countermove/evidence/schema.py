"""What the data tree is made of: sources, claims, parameters with priors, series for comparison, claims of a case.

All are frozen and refuse unknown keys. Dates are texts of day, month or year precision (``2026-01-14``, ``2026-01``,
``2026``) with properties that turn them into days: a coarse date begins on its first day, but counts as *known* only
from its last day, so that nothing is used before it can have been known.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from countermove.errors import InputError
from countermove.evidence.priors import Number, Prior
from countermove.quantities import calendar
from countermove.quantities.units import Unit

Grade = Literal["A", "B", "C", "D"]
Side = Literal["us", "cn", "other"]
SourceKind = Literal["official", "filing", "press", "analyst", "academic", "dataset", "repository", "opinion", "vendor"]
ClaimStatus = Literal[
    "in-force",
    "announced",
    "drafted",
    "proposed",
    "stayed",
    "not-enforced",
    "withdrawn",
    "expired",
    "reported",
    "estimate",
    "measured",
    "position",
]
CaseStatus = Literal["supported", "contested", "contradicted", "open"]
Supported = Literal["low", "high", "both", "value", "mode", "shape", "context"]
Standing = Literal["actual", "estimate", "forecast", "plan"]
Frequency = Literal["year", "half", "quarter", "month"]

#: What each grade means, for people.
GRADES: dict[Grade, str] = {
    "A": "official text or company filing",
    "B": "named press or analyst report",
    "C": "derived from other claims, or one weak page",
    "D": "do not rely on it",
}

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DOTTED = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*(?:\.[a-z0-9]+(?:[-_][a-z0-9]+)*)+")
_CASE_CLAIM_ID = re.compile(r"C[1-9][0-9]?")


def _kebab(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f"'{text}' is not kebab-case: use small letters, digits and single dashes")
    return text


def _dotted(text: str) -> str:
    if not _DOTTED.fullmatch(text):
        raise ValueError(f"'{text}' is not a dotted name such as supply.hbm_stockpile")
    return text


def _date_text(text: str) -> str:
    try:
        calendar.parse_date(text)
    except InputError as error:
        raise ValueError(f"{error.what}: {error.hint}") from None
    return text


def _year_as_text(value: Any) -> Any:
    """Let a year be written without quotes: 2026 and "2026" mean the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _unit_text(text: str) -> str:
    try:
        Unit.parse(text)
    except InputError as error:
        raise ValueError(f"{error.what} ({error.hint})") from None
    return text


KebabId = Annotated[str, AfterValidator(_kebab)]
DottedId = Annotated[str, AfterValidator(_dotted)]
DateText = Annotated[str, BeforeValidator(_year_as_text), AfterValidator(_date_text)]
UnitText = Annotated[str, BeforeValidator(_year_as_text), AfterValidator(_unit_text)]
Sentence = Annotated[str, Field(min_length=1)]


class Record(BaseModel):
    """Base of everything read from the data tree: frozen, no unknown keys, no NaN or infinity, no text read as number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True)


class Source(Record):
    """One thing that was read: who published it, when, where, and whose side it speaks from."""

    id: KebabId
    title: Sentence
    publisher: Sentence
    published: DateText | None
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None
    read_via: str | None = None
    kind: SourceKind
    side: Side
    licence: str | None = None
    note: str = ""

    @model_validator(mode="after")
    def _address_or_reason(self) -> Self:
        if self.url is None and not self.note:
            raise ValueError("a source without an address (url: null) needs a note saying why")
        return self


class Period(Record):
    """The first time axis of a claim: in force, or the period the number is about; ``until`` is the first day after."""

    start: DateText | None = Field(alias="from")
    until: DateText | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if (
            self.start is not None
            and self.until is not None
            and calendar.parse_date(self.start) >= calendar.parse_date(self.until)
        ):
            raise ValueError(f"'from' {self.start} must lie before 'until' {self.until}")
        return self

    @property
    def first_day(self) -> dt.date:
        """First day; the earliest possible date when open."""
        return dt.date.min if self.start is None else calendar.parse_date(self.start)

    @property
    def end_day(self) -> dt.date:
        """First day after the period; the latest possible date when open."""
        return dt.date.max if self.until is None else calendar.parse_date(self.until)

    def contains(self, day: dt.date) -> bool:
        """Say whether the day lies in the period."""
        return self.first_day <= day < self.end_day

    def overlaps(self, other: Period) -> bool:
        """Say whether the two periods share a day."""
        return self.first_day < other.end_day and other.first_day < self.end_day

    def __str__(self) -> str:
        if self.until is None:
            return f"from {self.start}" if self.start else "always"
        return f"{self.start or '...'} to {self.until} (not included)"


def _named_period(value: Any) -> Any:
    """Turn ``"2025"``, ``"2025Q3"``, ``"2025H1"``, ``"2026-02"`` or a single day into its first day and the day after."""
    value = _year_as_text(value)
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([0-9]{4})(?:Q([1-4])|H([12]))", value)
    if match:
        length = 3 if match[2] else 6
        month = length * (int(match[2] or match[3]) - 1) + 1
        year_after, month_after = (int(match[1]), month + length) if month + length <= 12 else (int(match[1]) + 1, 1)
        return {"from": f"{match[1]}-{month:02d}-01", "until": f"{year_after}-{month_after:02d}-01"}
    _date_text(value)
    after = calendar.last_day(value) + dt.timedelta(days=1)
    return {"from": calendar.parse_date(value).isoformat(), "until": after.isoformat()}


class Derivation(Record):
    """How a derived value follows from other claims: the letters a, b, ... stand for the claims in ``from``, in order."""

    formula: Sentence
    inputs: tuple[KebabId, ...] = Field(alias="from", min_length=1, max_length=26)


class Claim(Record):
    """One statement of a fact: what it says, the period it is about, when it became known, who says so, how well."""

    id: KebabId
    subject: DottedId
    says: Sentence
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: UnitText | None = None
    period: Annotated[Period, BeforeValidator(_named_period)]
    known: DateText
    made_by: Sentence
    relayed_by: tuple[str, ...] = ()
    grade: Grade
    status: ClaimStatus
    sources: tuple[KebabId, ...] = ()
    derived: Derivation | None = None
    note: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        numbers = [number for number in (self.low, self.value, self.high) if number is not None]
        if numbers != sorted(numbers):
            raise ValueError("low, value and high must not decrease")
        if bool(numbers) != (self.unit is not None):
            raise ValueError("a number needs a unit" if numbers else "a unit needs a number: value, low or high")
        if not self.sources and self.derived is None:
            raise ValueError("a claim needs at least one source, or 'derived'")
        if self.derived is not None and self.value is None:
            raise ValueError("a derived claim states its value, so that it can be recomputed and compared")
        return self

    @property
    def known_day(self) -> dt.date:
        """Day from which the claim certainly was known (the last day of a coarse date)."""
        return calendar.last_day(self.known)

    def competes_with(self, other: Claim) -> bool:
        """Say whether both speak about the same subject in periods that overlap."""
        return self.id != other.id and self.subject == other.subject and self.period.overlaps(other.period)


class Support(Record):
    """What in a prior a source supports: one claim or one source, and which of the prior's numbers it states."""

    claim: KebabId | None = None
    source: KebabId | None = None
    supports: Supported = "context"
    note: str = ""

    @model_validator(mode="after")
    def _one_reference(self) -> Self:
        if (self.claim is None) == (self.source is None):
            raise ValueError("name either a claim or a source, not both")
        return self


class Parameter(Record):
    """An uncertain number of the model: its prior, its hard limits, and what supports both."""

    id: DottedId
    label: Sentence
    unit: UnitText
    prior: Prior
    valid: tuple[Number, Number]
    basis: Literal["sourced", "assumption"]
    sources: tuple[Support, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _within_limits(self) -> Self:
        low, high = self.valid
        if not low <= high:
            raise ValueError(f"valid: [{low:g}, {high:g}] is upside down")
        inner_low, inner_high = self.prior.stated()
        if inner_low < low or inner_high > high:
            raise ValueError(f"the prior ({inner_low:g} to {inner_high:g}) reaches outside valid: [{low:g}, {high:g}]")
        if self.basis == "sourced" and not self._sourced():
            raise ValueError(
                "basis: sourced needs supports for low and high (or both, or value when fixed); else write basis: assumption"
            )
        # Tails of an unbounded prior are cut at the limits, so that no draw can be invalid.
        object.__setattr__(self, "prior", self.prior.limited(low, high))
        return self

    def _sourced(self) -> bool:
        supported = {support.supports for support in self.sources}
        if self.prior.kind == "fixed":
            return bool(supported & {"value", "both"})
        return "both" in supported or {"low", "high"} <= supported

    def ppf(self, u: ArrayLike) -> NDArray[np.float64]:
        """Return the values at the uniforms ``u``, in this parameter's unit, always inside ``valid``."""
        return self.prior.ppf(u)

    @property
    def group(self) -> str:
        """First part of the id, such as ``supply``."""
        return self.id.partition(".")[0]


class SeriesRow(Record):
    """One published value: its period, its low and high where stated, and what it rests on when that differs by row."""

    period: Sentence
    value: Number | None
    low: Number | None = None
    high: Number | None = None
    known: DateText | None = None
    claim: KebabId | None = None
    source: KebabId | None = None
    note: str = ""
    standing: Standing | None = None
    """What the value is; `stands_as` answers where the table says nothing."""
    recast: bool = False
    """Whether it restates an earlier value on a new basis: only its own date counts, never a stand-in."""
    held: bool = False
    """Whether forecasts are judged against it although the default fit of 2022 to 2025 leaves it out."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        numbers = [number for number in (self.low, self.value, self.high) if number is not None]
        if not numbers or numbers != sorted(numbers):
            raise ValueError("low, value and high must not decrease, and one of them must be there")
        return self

    @property
    def known_day(self) -> dt.date | None:
        """Day from which the value certainly was known (the last day of a coarse date); None where no source says."""
        return None if self.known is None else calendar.last_day(self.known)

    @property
    def stands_as(self) -> Standing:
        """What the value is: as stated, else a forecast if known before its period was over, else an actual value.

        A value published only after its period counts as actual whoever measured it; estimates and plans of others that
        must not count as such say so.
        """
        if self.standing is not None:
            return self.standing
        early = self.known_day is not None and self.known_day <= calendar.period_end(self.period)
        return "forecast" if early else "actual"


class Series(Record):
    """Published values over time, for comparison with an outcome; measured by one definition.

    ``filing`` says that the values come from the company's own filings, so that 60 days after a period's end may stand for
    a date of publication (not for recast rows). ``frequency`` is that of the source where the rows are finer: four
    quarters of a yearly figure are one value. ``derived_from`` names the series that the rows were made from: by taking
    their shape or their sum.
    """

    id: str = Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")
    label: Sentence
    unit: UnitText
    definition: Sentence
    kind: Literal["flow", "stock", "ratio"]
    outcome: str | None = None
    filing: bool = False
    frequency: Frequency | None = None
    derived_from: tuple[str, ...] = ()
    claim: KebabId | None = None
    sources: tuple[KebabId, ...] = ()
    grade: Grade
    note: str = ""
    rows: tuple[SeriesRow, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if self.claim is None and not self.sources and not all(row.claim or row.source for row in self.rows):
            raise ValueError("a series needs a claim or sources, or each of its rows does")
        periods = [row.period for row in self.rows]
        if len(set(periods)) != len(periods):
            raise ValueError("a period appears twice")
        return self


class CaseClaim(Record):
    """One claim of a case: whose it is, the evidence for and against, and what the model can say about it."""

    id: str
    claim: Sentence
    made_by: Sentence
    status: CaseStatus
    evidence_for: tuple[KebabId, ...] = Field(default=(), alias="for")
    against: tuple[KebabId, ...] = ()
    answer: str = ""
    model: dict[str, Any] | None = None
    sources: tuple[KebabId, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if not _CASE_CLAIM_ID.fullmatch(self.id):
            raise ValueError(f"'{self.id}' is not a claim number such as C1")
        return self


class Case(Record):
    """A set of claims about one question, such as the H200 in China."""

    id: KebabId
    title: Sentence
    question: str = ""
    note: str = ""
    claims: tuple[CaseClaim, ...] = Field(min_length=1)

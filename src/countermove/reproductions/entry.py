"""What a reproduction is made of: entries with rows, each a published figure and the way in which we make it again."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from countermove.evidence.schema import KebabId, Record, Sentence, UnitText

Tier = Literal["exact", "bracketed", "claim-only"]
Role = Literal["headline", "component", "beside"]

TIERS: dict[Tier, str] = {
    "exact": "inputs and method are known: our number must be theirs within a stated tolerance",
    "bracketed": "inputs are partly known: our range must contain or touch theirs",
    "claim-only": "shown beside our number, without a test",
}


class Figure(Record):
    """A number with the range stated with it; one end alone is a bound ("below four")."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """The interval that the figure states: its range, its single value, or everything on one side of a bound."""
        if self.low is None and self.high is None:
            point = 0.0 if self.value is None else self.value
            return point, point
        low = -float("inf") if self.low is None else self.low
        return low, float("inf") if self.high is None else self.high


class Reference(Figure):
    """A figure that no source states: our own earlier arithmetic, for comparison; `of` says whose and how it was made."""

    of: Sentence


class Ledger(Record):
    """A formula over claims, whose letters a, b, ... stand for the claims in `from`, units included."""

    kind: Literal["ledger"]
    formula: Sentence
    inputs: tuple[KebabId, ...] = Field(alias="from", min_length=1)


class Smuggling(Record):
    """A quantity of the re-stated Monte Carlo of smuggled compute."""

    kind: Literal["smuggling"]
    quantity: Literal["observed", "diversion", "resale", "combined"]


class Hardware(Record):
    """A quantity computed from the hardware catalogue; `peak` picks the publisher's statement of a peak or the one in use."""

    kind: Literal["hardware"]
    quantity: Literal["compute_pflops", "power_per_flop_ratio"]
    system: Sentence
    than: str | None = None
    peak: KebabId | None = None


class Base(Record):
    """What a market quantity is divided by, draw by draw: the same measure of another scenario or another period."""

    scenario: str | None = None
    period: str | None = None
    measure: str | None = None


class Market(Record):
    """A measure of one year of a simulated scenario; with `over` it is the ratio to another, draw by draw."""

    kind: Literal["market"]
    scenario: Sentence
    measure: Sentence
    period: Sentence
    over: Base | None = None


Way = Annotated[Ledger | Smuggling | Hardware | Market, Field(discriminator="kind")]


class Within(Record):
    """Largest relative differences of an exact row, of its value and of both ends of its range."""

    value: float = Field(gt=0, le=0.1)
    ends: float | None = Field(default=None, gt=0, le=0.1)


class Row(Record):
    """One published figure and the way in which it is made again.

    `claim` names the claim that states the figure, `take` one end of its range where only that is meant; `reference` is a figure
    of our own, stated as such. A row without a test stands beside for comparison. `why` gives the reason for a miss, in words.
    """

    label: Sentence
    unit: UnitText
    claim: KebabId | None = None
    take: Literal["all", "low", "high"] = "all"
    reference: Reference | None = None
    way: Way
    within: Within | None = None
    role: Role = "headline"
    why: str = ""

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        if self.claim is not None and self.reference is not None:
            raise ValueError("a row has a claim or a reference, not both")
        if self.role != "beside" and self.claim is None and self.reference is None:
            raise ValueError("a row that is compared needs a claim or a reference")
        if self.within is not None and isinstance(self.way, Market):
            raise ValueError("a market row is tested by its range, not within a tolerance")
        return self


class Gap(Record):
    """Where a published ledger does not close: what a formula over its own figures leaves over."""

    label: Sentence
    unit: UnitText
    formula: Sentence
    inputs: tuple[KebabId, ...] = Field(alias="from", min_length=1)
    says: Sentence


class Reproduction(Record):
    """One published result: who published it, what is asked, how we make it again, its rows, and what does not close."""

    id: KebabId
    title: Sentence
    tier: Tier
    published_by: Sentence
    sources: tuple[KebabId, ...] = Field(min_length=1)
    question: Sentence
    inputs: Sentence
    method: Sentence
    rows: dict[KebabId, Row]
    gaps: tuple[Gap, ...] = ()
    reading: Sentence

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Every scenario that its rows are measured in, each once."""
        found = []
        for row in self.rows.values():
            if isinstance(row.way, Market):
                found += [row.way.scenario, *([row.way.over.scenario] if row.way.over and row.way.over.scenario else [])]
        return tuple(dict.fromkeys(found))

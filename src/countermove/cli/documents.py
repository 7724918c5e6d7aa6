"""The JSON documents as schemas: the fixed keys that scripts may rely on. Further keys may appear; these stay."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Document(BaseModel):
    """Base of all documents: fixed keys are required, further keys are allowed."""

    model_config = ConfigDict(extra="allow")


class PointDocument(Document):
    """One outcome in one period."""

    period: str = Field(description='a year "2026", a quarter "2026Q1", or "horizon" for dates')
    median: float
    p5: float
    p25: float
    p75: float
    p95: float
    mcse: float = Field(description="Monte Carlo standard error of the median")
    censored_share: float | None = Field(default=None, description="dates: share of draws that do not reach it (shown as 2033)")


class DifferencePointDocument(PointDocument):
    """One paired difference in one period: the scenario minus the reference, draw by draw."""

    share_positive: float | None = Field(default=None, description="share of draws above zero; ties count half")
    share_of_draws: float | None = Field(default=None, description="displacement ratios: share of draws that count")


class OutcomeDocument(Document):
    """One outcome over time."""

    unit: str
    points: list[PointDocument]


class DifferenceDocument(Document):
    """One paired difference over time."""

    unit: str
    points: list[DifferencePointDocument]


class RunDocument(Document):
    """What `countermove run --json` prints."""

    scenario: str
    version: str
    seed: int
    draws: int
    outcomes: dict[str, OutcomeDocument]


class PastDocument(Document):
    """Whether the scenarios share their past to the last bit."""

    until: str
    identical: bool
    note: str


class ComparisonDocument(Document):
    """One scenario beside the reference."""

    scenario: str
    outcomes: dict[str, OutcomeDocument]
    differences: dict[str, DifferenceDocument]


class CompareDocument(RunDocument):
    """What `countermove compare --json` prints: the reference's outcomes, then every other scenario."""

    past: PastDocument
    comparisons: list[ComparisonDocument]


class EvidenceDocument(Document):
    """What `countermove evidence PATH --json` prints."""

    path: str
    kind: str
    title: str
    facts: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    sources: list[dict[str, Any]]


class CatalogRowDocument(Document):
    """One chip, system or model."""

    id: str


class CatalogDocument(Document):
    """What `countermove catalog --json` prints."""

    kind: str
    rows: list[CatalogRowDocument]


class CheckDocument(Document):
    """One answer of the model to a claim."""

    outcome: str
    unit: str
    scenario: str
    than: str | None = Field(description="the scenario that the difference is taken from")
    period: str
    odds: float | None = Field(description="share of draws that pass the threshold; null without a threshold")
    statement: str


class ModelAnswerDocument(Document):
    """What the model says about a claim."""

    says: Literal["odds", "ranges", "gate", "elsewhere"]
    checks: list[CheckDocument]
    gates: list[dict[str, Any]]
    command: str | None


class ClaimDocument(Document):
    """One claim of a case with the evidence for and against it."""

    id: str
    claim: str
    made_by: str
    status: Literal["supported", "contested", "contradicted", "open"]
    for_: list[dict[str, Any]] = Field(alias="for")
    against: list[dict[str, Any]]
    model: ModelAnswerDocument | None = Field(description="null where the model cannot judge")


class ClaimsDocument(Document):
    """What `countermove claims --json` prints."""

    case: str
    claims: list[ClaimDocument]


class ExplainDocument(Document):
    """What `countermove explain --json` prints."""

    run: str
    outcome: str
    label: str
    unit: str
    definition: str
    period: str
    point: PointDocument
    reads: list[str] = Field(description="monthly series that the outcome is measured on")
    series: list[dict[str, Any]]
    mechanisms: list[dict[str, Any]] = Field(description="nearest first; `steps` counts the distance from the outcome")
    parameters: list[dict[str, Any]] = Field(description="strongest correlation first, each with what it rests on")
    gates: list[dict[str, Any]]
    tables: list[dict[str, Any]]


class ReproduceDocument(Document):
    """What `countermove reproduce --json` prints."""

    folder: str
    reproduced: bool
    identical: bool
    tolerance: float
    circumstances: list[dict[str, Any]]
    numbers: dict[str, Any]
    differences: list[dict[str, Any]]


class FindingDocument(Document):
    """One line of the examination."""

    check: str
    status: Literal["ok", "warning", "problem"]
    found: str
    do: str


class DoctorDocument(Document):
    """What `countermove doctor --json` prints."""

    version: str
    status: Literal["ok", "warning", "problem"]
    findings: list[FindingDocument]


DOCUMENTS: dict[str, type[Document]] = {
    "run": RunDocument,
    "compare": CompareDocument,
    "evidence": EvidenceDocument,
    "catalog": CatalogDocument,
    "claims": ClaimsDocument,
    "explain": ExplainDocument,
    "reproduce": ReproduceDocument,
    "doctor": DoctorDocument,
}

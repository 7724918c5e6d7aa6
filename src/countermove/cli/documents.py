"""The JSON documents as schemas: the fixed keys that scripts may rely on. Further keys may appear; these stay."""

from __future__ import annotations

from typing import Any

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


DOCUMENTS: dict[str, type[Document]] = {
    "run": RunDocument,
    "compare": CompareDocument,
    "evidence": EvidenceDocument,
    "catalog": CatalogDocument,
}

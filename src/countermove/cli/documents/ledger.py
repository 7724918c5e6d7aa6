"""Documents of `evidence`, `catalog`, `claims` and `explain`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, RootModel

from countermove.cli.documents.base import Document
from countermove.cli.documents.runs import PointDocument


class EvidenceDocument(Document):
    """What `countermove evidence PATH --json` prints."""

    path: str
    kind: str
    title: str
    facts: list[dict[str, Any]]
    claims: list[dict[str, Any]]
    sources: list[dict[str, Any]]


class PathsDocument(Document):
    """What `countermove evidence --json` prints without a path."""

    paths: list[str]


class EvidenceAnswerDocument(RootModel[EvidenceDocument | PathsDocument]):
    """What `countermove evidence --json` prints: one entry, or without a path the list of all paths."""


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

"""Documents of `run`, `compare`, `demo` and `reproduce`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from countermove.cli.documents.base import Document


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
    notes: list[str] | None = Field(default=None, description="what was set and has no effect; the key is absent without any")


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


class DemoDocument(CompareDocument):
    """What `countermove demo --json` prints: the comparison, and where its report is."""

    report: str


class ReproduceDocument(Document):
    """What `countermove reproduce --json` prints."""

    folder: str
    reproduced: bool
    identical: bool
    tolerance: float
    circumstances: list[dict[str, Any]]
    numbers: dict[str, Any]
    differences: list[dict[str, Any]]

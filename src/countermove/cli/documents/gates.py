"""Documents of `check`, `timeline` and `whatif`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countermove.cli.documents.base import Document

Outcome = Literal["allowed", "reviewable", "denied", "unknown"]


class FindingDocument(Document):
    """What one provision found."""

    rule: str
    status: Literal["pass", "flag", "block", "incomplete"]
    reason: str
    reference: str
    published: str | None = Field(description="date of the source that the reference names; null where it has none")


class OutsideDocument(Document):
    """A field of law that is not encoded and bears on the case."""

    field: str
    rule: str
    would_settle: str
    reference: str


class GateDocument(Document):
    """One government's answer."""

    outcome: Outcome
    says: str = Field(description="the outcome in words; allowed means that no encoded rule bars the deal")
    headline: str = Field(description="a text that would make the outcome stricter and is not enforced; empty where none speaks")
    findings: list[FindingDocument]
    conditions: list[str]


class DutyDocument(Document):
    """The 25% in both readings; a rate that cannot be told is null."""

    import_duty_rate: float | None
    import_duty_reason: str
    revenue_share_reading: dict[str, Any]


class MetricsDocument(Document):
    """Numbers of the item; null where unknown or where sources differ."""

    tpp: float | None
    performance_density: float | None
    memory_bandwidth_gb_s: float | None


class CheckDocument(Document):
    """What `countermove check --json` prints."""

    item: str
    on: str
    known: str
    us: GateDocument
    cn: GateDocument
    duty: DutyDocument
    item_metrics: MetricsDocument
    strict: bool
    assumed_count: int = Field(description="facts that were assumed because nobody stated them")
    outside: list[OutsideDocument]
    ruleset: dict[str, str] = Field(description="release and hash of the rules")
    evidence_until: str
    days_since_evidence: int


class SpellDocument(Document):
    """A time in which one gate stood in one outcome."""

    start: str
    until: str | None = Field(description="first day after; null where the evidence ends")
    government: Literal["us", "cn"]
    outcome: Outcome
    rules: list[str]


class TimelineDocument(Document):
    """What `countermove timeline --json` prints."""

    item: str
    known: str
    spells: list[SpellDocument]


class ChangeDocument(Document):
    """What a proposal changes for one item."""

    item: str
    before: Outcome
    after: Outcome


class WhatifDocument(Document):
    """What `countermove whatif --json` prints."""

    proposal: str
    on: str
    caught: list[ChangeDocument]
    freed: list[ChangeDocument]
    unclear: list[ChangeDocument]

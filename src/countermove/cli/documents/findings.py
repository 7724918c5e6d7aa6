"""Documents of `reproductions list`, `show` and `run`, and of `what-matters`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countermove.cli.documents.base import Document


class EntryDocument(Document):
    """What `countermove reproductions show --json` prints: one published result, nothing simulated."""

    id: str
    title: str
    tier: Literal["exact", "bracketed", "claim-only"]
    published_by: str
    question: str
    inputs: str
    method: str
    reading: str
    scenarios: list[str]
    sources: list[dict[str, Any]]


class EntriesDocument(Document):
    """What `countermove reproductions list --json` prints."""

    reproductions: list[EntryDocument]


class ReproducedRowDocument(Document):
    """One published figure beside ours."""

    id: str
    label: str
    unit: str
    role: Literal["headline", "component", "beside"]
    published: dict[str, float | None] | None = Field(description="value, low, high; one end alone is a bound")
    ours: dict[str, float] = Field(description="median, 5% and 95% point under the priors")
    verdict: Literal["agrees", "contains", "touches", "misses", "beside"]
    default: dict[str, float] | None = Field(description="the same for a default run; null where nothing is simulated")
    default_verdict: str | None
    why: str


class ReproductionDocument(Document):
    """One published result made again."""

    id: str
    title: str
    tier: Literal["exact", "bracketed", "claim-only"]
    verdict: str
    passed: bool | None = Field(description="whether every headline row passes; null where nothing is tested")
    rows: list[ReproducedRowDocument]
    gaps: list[dict[str, Any]] = Field(description="where a published ledger does not close, and by how much")


class ReproductionsDocument(Document):
    """What `countermove reproductions run --json` prints."""

    draws: int
    seed: int
    passed: int
    tested: int
    reproductions: list[ReproductionDocument]


class HeadlineDocument(Document):
    """One headline outcome with what it moves with."""

    label: str
    unit: str
    period: str
    median: float
    p5: float
    p95: float
    drivers: list[dict[str, Any]] = Field(description="path, label, basis, rank correlation, its square, makers of the claims")
    gates: list[dict[str, Any]]
    explained: float | None = Field(description="share of the rank variance that drivers and gates explain together")


class ConflictDocument(Document):
    """One parameter on which sources disagree."""

    path: str
    label: str
    kind: Literal["mixture", "range"]
    largest: dict[str, Any] = Field(description="headline that moves most between the sides, as a share of its 90% width")
    sides: list[dict[str, Any]] = Field(description="made_by, held_to, claims, sources, medians and shifts by headline")


class WhatMattersDocument(Document):
    """What `countermove what-matters --json` prints."""

    scenario: str
    version: str
    period: str
    draws: int
    seed: int
    headlines: dict[str, HeadlineDocument]
    conflicts: list[ConflictDocument]
    denial: dict[str, Any]

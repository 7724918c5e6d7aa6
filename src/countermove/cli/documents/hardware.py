"""Documents of `predict`, `predict --batch` and `substitute`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from countermove.cli.documents.base import Document


class BandDocument(Document):
    """A predicted number; all three are null where nothing is predicted."""

    median: float | None
    lo: float | None = Field(description="lower end of the 90% interval")
    hi: float | None = Field(description="upper end of the 90% interval")


class PredictDocument(Document):
    """What `countermove predict --json` prints for one deployment, with or without `--phase`."""

    ttft_ms: BandDocument = Field(description="time to first token")
    tpot_ms: BandDocument = Field(description="time per output token")
    tokens_per_s_per_chip: BandDocument
    power_w_per_chip: float | None
    refused: str | None = Field(description="why there is no prediction; null where there is one")
    assumed: list[str] = Field(description="what was not given and therefore chosen, in words")
    mfu: float | None = Field(default=None, description="with --phase train: share of the 16-bit peak")
    tokens_per_s: float | None = Field(default=None, description="of all chips together")
    energy_j_per_token: float | None = None
    chip: str | None = None
    count: int | None = None
    model: str | None = None
    precision: str | None = None
    software: str | None = None
    concurrency: float | None = Field(default=None, description="requests in flight on all chips")
    parallelism: dict[str, Any] | None = None
    frontier: list[dict[str, Any]] | None = Field(default=None, description="deployments that no other one beats in both rates")


class PredictBatchDocument(Document):
    """What `countermove predict --batch --json` prints; the predictions are in the table that it names."""

    rows: int
    refused: int
    out: str


class RangeDocument(Document):
    """A number with the span from 5% to 95%."""

    median: float
    lo: float
    hi: float


class GatesDocument(Document):
    """Outcomes of both gates for a shipment to China; words of their own for a chip of a Chinese vendor."""

    us: str
    cn: str


class SubstituteRowDocument(Document):
    """One candidate beside the target; only `refused` says something where it cannot be judged."""

    candidate: str
    chip: str
    refused: str | None
    parity_per_chip: RangeDocument | None = Field(default=None, description="work of one chip over that of one of the target's")
    number: RangeDocument | None = Field(default=None, description="chips that do the work of `count` of the target")
    power_kw: float | None = None
    power_ratio: float | None = None
    price_usd: dict[str, float] | None = None
    gap_months: dict[str, Any] | None = Field(default=None, description="months behind the target's launch; null if unknown")
    gates: GatesDocument | None = None


class SubstituteDocument(Document):
    """What `countermove substitute --json` prints."""

    target: str
    chip: str
    workload: str
    count: int
    gates: GatesDocument
    rows: list[SubstituteRowDocument]

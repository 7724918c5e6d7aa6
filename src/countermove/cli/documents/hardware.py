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


class PowerDocument(Document):
    """Power of one chip under load at three bounds, in watts, and what it rests on; null where unknown."""

    chip_w: float | None = Field(description="the package alone")
    server_w: float | None = Field(description="with its share of the server or rack")
    facility_w: float | None = Field(description="at the utility, with network, cooling and losses")
    idle: dict[str, float | None] = Field(description="the same three without load")
    basis: str


class PredictDocument(Document):
    """What `countermove predict --json` prints for one deployment, with or without `--phase`."""

    ttft_ms: BandDocument = Field(description="time to first token")
    tpot_ms: BandDocument = Field(description="time per output token")
    tokens_per_s_per_chip: BandDocument
    power_w_per_chip: float | None = Field(description="facility power, as power.facility_w")
    power: PowerDocument | None = None
    refused: str | None = Field(description="why there is no prediction; null where there is one")
    assumed: list[str] = Field(description="what was not given and therefore chosen, in words")
    mfu: float | None = Field(default=None, description="with --phase train: share of the 16-bit peak")
    tokens_per_s: float | None = Field(default=None, description="of the chips in use together")
    chips_used: int | None = None
    chips_given: int | None = None
    ttft_statistic: str | None = Field(default=None, description="mean or median")
    wait_ms: float | None = Field(default=None, description="part of the time to first token before a place is free")
    served: float | None = Field(default=None, description="requests that memory holds at once; the others wait")
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
    number: RangeDocument | None = Field(default=None, description="packages that do the work of `count` of the target")
    work_per_chip: float | None = Field(default=None, description="work of one package over that of one of the target's")
    unit: str | None = Field(default=None, description="what `number` counts")
    equal: dict[str, Any] | None = Field(default=None, description="work over the target's at equal number, power and money")
    power: PowerDocument | None = None
    by_model: list[dict[str, Any]] | None = Field(default=None, description="rates and ratio per model of the workload")
    published: list[dict[str, Any]] | None = Field(default=None, description="published runs of this chip on this workload")
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
    basis: str | None = Field(default=None, description="what is compared")
    gates: GatesDocument
    rows: list[SubstituteRowDocument]

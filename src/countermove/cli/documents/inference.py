"""Documents of `calibrate` and `hindcast`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countermove.cli.documents.base import Document


class FittedRowDocument(Document):
    """One published value beside what the calibrated model says of it."""

    series: str
    outcome: str
    period: str
    published: float
    range: list[float | None] = Field(description="published low and high; null where open")
    prior: list[float] = Field(description="5%, 50%, 95% of the simulated value under the priors")
    simulated: list[float] = Field(description="the same after calibration")
    predictive: list[float] = Field(description="the same with the spread of publications")
    inside: bool = Field(description="whether the published value lies in the predictive 90%")


class FittedParameterDocument(Document):
    """One parameter's prior beside its posterior."""

    name: str
    label: str
    unit: str
    prior: list[float] = Field(description="5%, 50%, 95%")
    posterior: list[float]
    contraction: float = Field(description="share of the prior's variance that the published values take away")


class CalibrateDocument(Document):
    """What `countermove calibrate --json` prints."""

    made: str
    version: str
    published_values: int
    inside_90: int
    coverage_90: float
    sampler: dict[str, Any]
    reference: dict[str, Any] | None = Field(description="comparison with NUTS; null without --reference")
    rows: list[FittedRowDocument]
    parameters: list[FittedParameterDocument]
    misfits: list[dict[str, Any]]


class HindcastPointDocument(Document):
    """One period of one series: what was predicted and what was published."""

    period: str
    value: float | None = Field(description="published value; null where only a range is known")
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    inside: bool | None = Field(description="whether the value lies in the 90% range; null where it is not scored")


class HindcastSeriesDocument(Document):
    """One series with its scores."""

    n: int
    coverage90: float | None
    crps: float | None
    crps_naive: dict[str, float] = Field(description="score of each naive prediction that exists for the series")
    points: list[HindcastPointDocument]


class HindcastDocument(Document):
    """What `countermove hindcast --json` prints; `series` takes the gates as they were, `unconditional` by hazards."""

    fit_to: str
    vintage: Literal["strict", "latest"]
    rows_used: int
    parameters_fitted: int
    summary: dict[str, Any]
    series: dict[str, HindcastSeriesDocument]
    unconditional: dict[str, HindcastSeriesDocument]


class TallyDocument(Document):
    """Predictions together; null where none had four known values of its series."""

    n: int
    crps_ratio: float | None
    coverage50: float | None
    coverage90: float | None
    beyond99: int


class OriginDocument(TallyDocument):
    """One origin: `undated_share` of the known values have a stand-in date; points of `series` say whether they are gated."""

    undated_share: float
    series: dict[str, HindcastSeriesDocument]


class PooledDocument(TallyDocument):
    """All gated predictions, with the conditions of the gate."""

    gate: list[dict[str, Any]]
    passed: bool


class RollingDocument(Document):
    """What `countermove hindcast --rolling --json` prints."""

    origins: dict[str, OriginDocument]
    pooled: PooledDocument
    reference: str


class ForecastDocument(Document):
    """One prediction of the register."""

    entry: str
    made_on: str
    data_hash: str
    model_hash: str
    series: str
    period: str
    unit: str
    p5: float
    p25: float
    median: float
    p75: float
    p95: float


class ForecastsDocument(Document):
    """What `countermove forecasts --json` prints; scores by entry and series, null without --score."""

    register_: list[ForecastDocument] = Field(alias="register")
    entries: list[dict[str, Any]]
    scores: dict[str, dict[str, Any]] | None

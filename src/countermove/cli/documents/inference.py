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

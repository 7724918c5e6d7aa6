"""Documents of `sweep`, `sensitivity`, `robustness` and `discover`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countermove.cli.documents.base import Document


class SweepRowDocument(Document):
    """One scenario and point of the design, one outcome in one period; further keys are the factors' values."""

    scenario: str
    outcome: str
    period: str
    runs: int
    mean: float
    low: float
    high: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float


class SweepDocument(Document):
    """What `countermove sweep --json` prints."""

    folder: str
    computed: int = Field(description="chunks computed by this call")
    kept: int = Field(description="chunks found done")
    version: str
    runs: int
    points: int
    cells: int
    rows: list[SweepRowDocument]
    rows_in_all: int = Field(description="rows in summary.parquet; more than `rows` holds where the sweep is large")


class FactorDocument(Document):
    """One lever or parameter with its indices; which ones there are depends on the method."""

    factor: str


class LeftOutDocument(Document):
    """Factors with too few values to say anything of."""

    reason: str
    factors: list[str]


class SensitivityRowDocument(Document):
    """What one outcome depends on, strongest first."""

    outcome: str
    method: Literal["sobol", "morris", "delta"]
    statistic: str
    factors: list[FactorDocument] = Field(description="told from a factor that does nothing; strongest first")
    indistinct: list[str] = Field(description="not told from a factor that does nothing; in no order of strength")
    left_out: list[LeftOutDocument]


class SensitivityDocument(Document):
    """What `countermove sensitivity --json` prints."""

    folder: str
    outcomes: list[SensitivityRowDocument]


class SettingDocument(Document):
    """One setting over all futures; further keys are the factors' values."""

    scenario: str
    median: float
    worst_5_percent: float
    regret_mean: float
    regret_p95: float
    regret_largest: float
    best_share: float
    meets_threshold_share: float | None = Field(default=None, description="with --threshold: share of futures that reach it")


class RobustnessDocument(Document):
    """What `countermove robustness --json` prints."""

    outcome: str
    more_is_better: bool
    threshold: float | None
    futures: int
    settings: list[SettingDocument] = Field(description="least regret first")


class HeldOutDocument(Document):
    """A box found in half of the worlds, in the other half."""

    density: float
    elsewhere: float = Field(description="density outside the box")
    worlds: int
    chance: float = Field(description="probability of such a difference between two like sets")
    told_from_chance: bool


class BoxDocument(Document):
    """A box of futures (PRIM): limits by factor, and how many of the cases it holds."""

    limits: dict[str, list[float]]
    cases: int
    coverage: float = Field(description="share of all cases found inside")
    density: float = Field(description="share of what is inside that are cases")
    density_error: float = Field(description="half-width of a 95% interval, from worlds and sampled points")
    worlds: int = Field(description="joint draws inside; runs of one world are no independent witnesses")
    points: int = Field(description="points of the design inside")
    held_out: HeldOutDocument | None = Field(description="null where half of the worlds give no box to test")


class RuleDocument(Document):
    """A leaf of the tree (CART)."""

    conditions: list[str]
    cases: int
    density: float
    density_error: float
    worlds: int
    points: int
    coverage: float


class DiscoverDocument(Document):
    """What `countermove discover --json` prints."""

    when: str
    scenario: str
    against: str | None
    runs: int
    worlds: int = Field(description="joint draws in the sweep")
    share: float = Field(description="share of the runs in which the condition holds")
    box: BoxDocument
    trajectory: list[dict[str, Any]]
    rules: list[RuleDocument] = Field(description="densest first")
    indistinct: list[str] = Field(description="factors that the condition does not stand out with; in no order")
    left_out: list[LeftOutDocument]

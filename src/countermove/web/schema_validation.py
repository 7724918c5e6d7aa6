"""The contract of validation: fit, hindcasts and reproductions as they are recorded."""

from __future__ import annotations

from pydantic import Field

from countermove.web.schema import Answer, SourceLine


class FitRow(Answer):
    """A published value beside the ranges before and after calibration; each range is 5%, 50%, 95%."""

    period: str
    published: float
    low: float | None
    high: float | None
    prior: list[float]
    simulated: list[float]
    predictive: list[float]
    inside: bool


class FitSeries(Answer):
    """One published series that was fitted."""

    id: str
    label: str
    outcome: str
    unit: str
    grade: str
    inside: int
    rows: list[FitRow]


class Reference(Answer):
    """The reference sampler, and how the ensemble agrees with it, in standard deviations of each parameter."""

    method: str
    chains: int
    draws: int
    seconds: float
    rhat_max: float
    ess_min: float
    divergences: int
    mean_gap_max: float
    mean_gap_rms: float
    sd_ratio_min: float
    sd_ratio_max: float


class Fit(Answer):
    """The recorded calibration."""

    made: str
    version: str
    inside: int
    points: int
    coverage: float
    parameters: int
    method: str
    particles: int
    stages: int
    runs: int
    seconds: float
    reference: Reference | None
    series: list[FitSeries]
    notes: list[str]


class HindcastPoint(Answer):
    """One prediction with the published value, None where none is known yet, and the naive predictions that exist."""

    period: str
    value: float | None
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    inside: bool | None
    naive: dict[str, float]


class HindcastSeries(Answer):
    """The predictions of one series with its scores; CRPS is in the unit, smaller is better."""

    id: str
    label: str
    outcome: str
    unit: str
    scored: int
    coverage: float | None
    crps: float | None
    naive: dict[str, float]
    points: list[HindcastPoint]


class Against(Answer):
    """On how many series the score beats one naive prediction."""

    name: str
    better: int
    compared: int


class Reading(Answer):
    """A hindcast under one reading of the gates: conditional (as they were) or unconditional (free after the date)."""

    name: str
    scored: int
    coverage: float | None
    better: int
    compared: int
    against: list[Against]
    series: list[HindcastSeries]


class Hindcast(Answer):
    """A fit to what was known by a date, and what it says about later periods; `recorded` is false where it was not run."""

    fit_to: str
    vintage: str
    recorded: bool
    day: str = ""
    made: str = ""
    version: str = ""
    rows_used: int = 0
    share_undated: float = 0.0
    parameters_fitted: int = 0
    priors_replaced: int = 0
    foreknown: list[str]
    readings: list[Reading]


class Tally(Answer):
    """Gated predictions together; scores are CRPS of logarithms over the scale of the series, None where n is 0."""

    name: str
    n: int
    ratio: float | None
    coverage90: float | None
    coverage50: float | None
    width90: float | None
    beyond99: int


class Condition(Answer):
    """One condition of the gate."""

    condition: str
    found: float
    bound: str
    met: bool


class JudgedPoint(Answer):
    """One gated prediction from one origin."""

    origin: str
    series: str
    label: str
    period: str
    value: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    inside: bool
    crps: float
    crps_reference: float


class Judged(Answer):
    """What rolling origins say of one market model; `recorded` is false where it was not judged."""

    model: str
    label: str
    recorded: bool
    made: str = ""
    passed: bool = False
    verdict: str = ""
    reference: str = ""
    gate: list[Condition] = Field(default_factory=list)
    tallies: list[Tally] = Field(default_factory=list)
    points: list[JudgedPoint] = Field(default_factory=list)


class Figure(Answer):
    """A number with its range; a bound has one end only."""

    value: float | None
    low: float | None
    high: float | None


class ReproductionRow(Answer):
    """One published figure, ours under the priors, and that of the default run."""

    id: str
    label: str
    unit: str
    role: str
    published: Figure | None
    ours: Figure
    verdict: str
    default: Figure | None
    default_verdict: str
    claim: str
    reference_of: str
    why: str


class LedgerGap(Answer):
    """What a published ledger leaves over."""

    label: str
    unit: str
    value: float
    says: str


class Reproduction(Answer):
    """One published result, made again."""

    id: str
    title: str
    tier: str
    published_by: str
    question: str
    inputs: str
    method: str
    reading: str
    verdict: str
    passed: bool | None
    rows: list[ReproductionRow]
    gaps: list[LedgerGap]
    sources: list[SourceLine]


class Tier(Answer):
    """One tier of reproductions with what it asks for."""

    name: str
    meaning: str


class Reproductions(Answer):
    """The recorded reproductions; `current` is false where the data have changed since."""

    version: str
    current: bool
    draws: int
    seed: int
    passed: int
    tested: int
    tiers: list[Tier]
    entries: list[Reproduction]


class Validation(Answer):
    """Fit, hindcasts and reproductions, good or bad; None where nothing is recorded."""

    fit: Fit | None
    rolling: list[Judged]
    hindcasts: list[Hindcast]
    reproductions: Reproductions | None

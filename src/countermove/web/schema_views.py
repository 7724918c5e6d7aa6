"""The contract of the views: jobs, drivers and assumptions, search."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from countermove.web.limits import MOST_JOB_DRAWS
from countermove.web.schema import Answer, Seed, Side, Strict, Word, Year


class JobRequest(Strict):
    """Long work: a run, a comparison, a game, the probabilities of a case's claims, or what a refusal reveals."""

    kind: Literal["run", "compare", "game", "claims", "refusal"]
    scenarios: Annotated[list[Side], Field(max_length=4, default_factory=list)]
    game: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=60)] = "lead"
    washington: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=60)] | None = None
    beijing: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=60)] | None = None
    case: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=60)] = "h200-2026"
    priors: Annotated[dict[Word, Annotated[float, Field(gt=0, lt=1)]], Field(max_length=20, default_factory=dict)]
    events: Annotated[list[Word], Field(max_length=20)] | None = None
    draws: Annotated[int, Field(ge=16, le=MOST_JOB_DRAWS)] | None = None
    """None takes as many as the command of that kind, so that page and command give the same numbers."""
    seed: Seed = 2026


class JobAnswer(Answer):
    """A job: waiting, running, done, failed, cancelled or interrupted."""

    id: str
    kind: str
    title: str
    state: str
    done: int
    total: int
    started: float
    seconds: float
    seconds_left: float | None
    problem: str


class JobsAnswer(Answer):
    """All jobs."""

    jobs: list[JobAnswer]


class DriversRequest(Strict):
    """What drives an outcome: over the draws of a scenario, in one year."""

    scenario: Side = Side()
    outcome: Word
    year: Year = 2028
    seed: Seed = 2026


class Driver(Answer):
    """A parameter and its rank correlation with the outcome."""

    path: str
    label: str
    correlation: float


class MechanismLine(Answer):
    """A mechanism that the outcome is computed with."""

    name: str
    title: str
    equation: str


class DriversAnswer(Answer):
    """What an outcome rests on."""

    outcome: str
    label: str
    definition: str
    period: str
    draws: int
    noise: float
    """Correlations below this are what unrelated parameters show by chance."""
    drivers: list[Driver]
    mechanisms: list[MechanismLine]


class Assumption(Answer):
    """One uncertain parameter: prior, what the fit made of it, and what supports it."""

    path: str
    label: str
    unit: str
    prior: str
    basis: str
    low: float
    high: float
    prior_quantiles: list[float]
    fitted_quantiles: list[float]
    leans: bool
    contraction: float | None
    """Share of the prior's variance that the data removed, in standard normal units; None where it is not fitted."""
    supports: list[str]
    note: str


class Assumptions(Answer):
    """All assumptions; quantiles are 5%, 25%, 50%, 75%, 95%."""

    assumptions: list[Assumption]
    fit: str


class SearchHit(Answer):
    """One entry of the evidence."""

    path: str
    kind: str
    title: str
    value: str
    grade: str
    about: str


class SearchAnswer(Answer):
    """What the evidence holds about some words."""

    query: str
    count: int
    hits: list[SearchHit]


class Landed(Answer):
    """Which further views have something behind them in this version."""

    views: dict[str, bool]

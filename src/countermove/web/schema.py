"""The contract: every request and answer of the JSON API. OpenAPI and the front end's types are generated from this file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from countermove.web.limits import MOST_LIVE_DRAWS, MOST_OUTCOMES, MOST_SETTINGS

By = Literal["month", "quarter", "year"]
Word = Annotated[str, Field(max_length=200)]
Month = Annotated[str, Field(pattern=r"^20[0-9][0-9]-(0[1-9]|1[0-2])$")]
PresetName = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\+[a-z0-9-]+)*$", max_length=120)]
"""A preset with its suffixes: never the path of a file."""
Year = Annotated[int, Field(ge=2022, le=2032)]
Seed = Annotated[int, Field(ge=0, le=2**53)]
Scalar = float | Word
Setting = Scalar | Annotated[dict[Month, Scalar], Field(max_length=132)]


class Strict(BaseModel):
    """A request: unknown keys are refused, and so are numbers that are not finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Range(Strict):
    """A prior replaced by a uniform one."""

    low: float
    high: float


class Side(Strict):
    """One scenario: a preset, lever settings on top of it (values hold from `start`), and assumptions set by path."""

    preset: PresetName = "h200-2026"
    start: Month = "2026-11"
    levers: Annotated[dict[Word, Setting], Field(max_length=MOST_SETTINGS)] = {}
    assumptions: Annotated[dict[Word, float | Range], Field(max_length=MOST_SETTINGS)] = {}


class LiveRequest(Strict):
    """One move of a lever: which bands to send back, and which newer request may overtake this one."""

    scenario: Side = Side()
    reference: Side = Side()
    outcomes: Annotated[list[Word], Field(max_length=MOST_OUTCOMES)] = []
    headlines: Annotated[list[Word], Field(max_length=MOST_OUTCOMES)] = []
    year: Year = 2028
    by: By = "quarter"
    draws: Annotated[int, Field(ge=2, le=MOST_LIVE_DRAWS)] = 64
    seed: Seed = 2026
    detail: bool = False
    """Also the bands of the reference and of the paired differences."""
    client: Annotated[str, Field(max_length=64)] = ""
    sequence: Annotated[int, Field(ge=0, le=2**53)] = 0


class RunRequest(Strict):
    """A run as `countermove run --json` prints it."""

    scenario: Side = Side()
    draws: Annotated[int, Field(ge=2, le=MOST_LIVE_DRAWS)] = 256
    seed: Seed = 2026
    by: Literal["quarter", "year"] = "year"
    outcomes: Annotated[list[Word], Field(max_length=200)] | None = None


class CompareRequest(Strict):
    """A comparison as `countermove compare --json` prints it: the first scenario is the reference."""

    scenarios: Annotated[list[Side], Field(min_length=2, max_length=4)]
    draws: Annotated[int, Field(ge=2, le=MOST_LIVE_DRAWS)] = 256
    seed: Seed = 2026
    by: Literal["quarter", "year"] = "year"


class Answer(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class Bands(Answer):
    """Quantiles over the draws, one number per period."""

    periods: list[str]
    p5: list[float]
    p25: list[float]
    median: list[float]
    p75: list[float]
    p95: list[float]


class Spread(Answer):
    """The median and the ends of the 90% range."""

    median: float
    p5: float
    p95: float
    censored: float | None = None
    """Dates only: share of draws in which it is not reached."""


class Headline(Answer):
    """One number of the strip: the scenario, the reference, and the paired difference."""

    period: str
    scenario: Spread
    reference: Spread
    difference: Spread
    share_positive: float


class LiveAnswer(Answer):
    """What the charts and the strip show after a move."""

    sequence: int
    label: str
    engine: str
    draws: int
    seed: int
    milliseconds: float
    outcomes: dict[str, Bands]
    reference_medians: dict[str, list[float]]
    references: dict[str, Bands] = {}
    differences: dict[str, Bands] = {}
    headlines: dict[str, Headline]


class Part(Answer):
    """One control of a lever's drawer, or the lever itself (name `value`)."""

    name: str
    kind: Literal["number", "choice", "products"]
    label: str
    definition: str
    unit: str
    low: float
    high: float
    words: dict[str, float]
    choices: list[str]
    default: float
    group: str


class BaselineStep(Answer):
    """The status quo from one month on."""

    month: str
    value: float
    basis: str
    sources: list[str]
    note: str


class Lever(Answer):
    """One lever: the slider, its drawer, the status quo over time and its legal anchors."""

    id: str
    government: Literal["us", "cn"]
    label: str
    definition: str
    main: Part
    parts: list[Part]
    baseline: list[BaselineStep]
    anchors: list[SourceLine]


class SourceLine(Answer):
    """One source as a line to read."""

    id: str
    title: str
    publisher: str
    published: str | None
    url: str | None
    kind: str
    side: str


class Levers(Answer):
    """All levers, with their former names."""

    levers: list[Lever]
    aliases: dict[str, str]


class Step(Answer):
    """A value from one month on; words are written as the scenario file writes them."""

    month: str
    value: Scalar


class ScenarioAnswer(Answer):
    """Where every lever and part stands over time under a scenario."""

    id: str
    label: str
    description: str
    start: str
    levers: dict[str, list[Step]]
    changes: list[str]
    anchors: list[str]


class Preset(Answer):
    """A shipped scenario or a suffix for Beijing's side."""

    id: str
    label: str
    description: str


class Presets(Answer):
    """The shipped scenarios and the suffixes."""

    presets: list[Preset]
    suffixes: list[Preset]
    aliases: dict[str, str]


class OutcomeLine(Answer):
    """One outcome with how it is printed."""

    id: str
    label: str
    unit: str
    noun: str
    display: str
    scale: float
    prefix: str
    kind: str
    theme: str
    definition: str
    log: bool


class Outcomes(Answer):
    """All outcomes, the ones shown first, and the calendar."""

    outcomes: list[OutcomeLine]
    large: list[str]
    small: list[str]
    headlines: list[str]
    years: list[str]
    evidence_until: str
    version: str
    data_hash: str
    engine: str


class Problem(Answer):
    """What went wrong, where, and what to do."""

    what: str
    where: str = ""
    hint: str = ""


class ErrorAnswer(Answer):
    """The answer to a bad request."""

    error: Problem

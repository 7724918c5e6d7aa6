"""What a report is made from: frozen value objects, checked when they are built.

`build.report_input` fills them from a result and the evidence ledger; tests fill them by hand. A figure or a
table that is drawn from these objects can be traced: every outcome names the mechanisms and parameters that
move it, every parameter names its sources or is labelled an assumption.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from countermove.errors import DataError

Government = Literal["washington", "beijing"]
Basis = Literal["sourced", "assumption"]
GateState = Literal["open", "restricted", "closed", "unknown"]
Group = Literal["money", "compute", "self-sufficiency"]
Display = Literal["money", "count", "percent", "ratio", "months", "year", "number"]
Kind = Literal["flow", "stock", "ratio", "date"]

GROUPS: tuple[Group, ...] = ("money", "compute", "self-sufficiency")


@dataclass(frozen=True, slots=True)
class Band:
    """Five quantiles of one quantity over the draws: 5%, 25%, 50%, 75%, 95%, in rising order."""

    p5: float
    p25: float
    median: float
    p75: float
    p95: float

    def __post_init__(self) -> None:
        values = self.values
        if not all(math.isfinite(v) for v in values):
            raise DataError(f"a band holds a value that is not finite: {values}", where="reports.Band")
        slack = 1e-9 * max(1.0, *(abs(v) for v in values))  # quantiles of equal draws differ in the last bit
        if any(a > b + slack for a, b in pairwise(values)):
            raise DataError(f"quantiles do not rise: {values}", where="reports.Band")

    @property
    def values(self) -> tuple[float, float, float, float, float]:
        """The five quantiles from low to high."""
        return (self.p5, self.p25, self.median, self.p75, self.p95)

    @property
    def excludes_zero(self) -> bool:
        """True when zero lies outside the 90% range."""
        return self.p5 > 0 or self.p95 < 0


@dataclass(frozen=True, slots=True)
class Point:
    """One outcome in one period.

    `censored` is the share of draws in which a date is not reached, `mcse` the Monte Carlo error of the median.
    """

    period: str
    band: Band
    mcse: float | None = None
    censored: float = 0.0
    above: float | None = None  # differences only: share of draws above zero


@dataclass(frozen=True, slots=True)
class LeverChange:
    """A lever that a scenario sets, in words: what it is in the baseline and what it becomes, from when."""

    lever: str
    government: Government
    label: str
    baseline: str
    value: str
    since: str
    definition: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Override:
    """A constant or parameter that a scenario pins by its path."""

    path: str
    value: str


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """One scenario: its levers and its outcomes; `differences` are paired with the baseline, draw by draw."""

    id: str
    label: str
    condition: str  # completes "If ...": "Washington allows the H200 at a 25% duty and Beijing refuses it"
    is_baseline: bool
    series: Mapping[str, tuple[Point, ...]]
    differences: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    levers: tuple[LeverChange, ...] = ()
    overrides: tuple[Override, ...] = ()
    description: str = ""
    start: str = ""
    colour: str | None = None  # None: the palette decides, by position

    def point(self, outcome: str, period: str) -> Point | None:
        """This scenario's quantiles of `outcome` in `period`, or None when it has none."""
        return next((p for p in self.series.get(outcome, ()) if p.period == period), None)

    def difference(self, outcome: str, period: str) -> Point | None:
        """The paired difference from the baseline, or None (the baseline itself has none)."""
        return next((p for p in self.differences.get(outcome, ()) if p.period == period), None)


@dataclass(frozen=True, slots=True)
class MechanismNote:
    """A relation of the model: its equation, the literature behind it, its parameters, and what it reads from."""

    name: str
    title: str
    equation: str
    references: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()  # assumption paths
    upstream: tuple[str, ...] = ()  # names of other mechanisms


@dataclass(frozen=True, slots=True)
class OutcomeNote:
    """An outcome: what it counts, its unit, and what it is computed from."""

    id: str
    label: str
    unit: str  # words for an axis: "USD bn a year", "thousand H100e"
    group: Group
    kind: Kind
    display: Display
    definition: str
    mechanisms: tuple[str, ...] = ()  # names of the relations it is read from
    parameters: tuple[str, ...] = ()  # paths of their parameters, each a row of the assumptions table
    scale: float = 1.0  # printed value = stored value x scale, e.g. 1e9 for "usd_bn"
    prefix: str = ""  # "$"
    log: bool = False


@dataclass(frozen=True, slots=True)
class Driver:
    """How an outcome moves with one parameter over the draws: Spearman's rank correlation, -1 to 1."""

    path: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Published:
    """A value that somebody published for an outcome, to set beside the simulated one."""

    outcome: str
    period: str
    value: float
    low: float | None
    high: float | None
    label: str  # who: "IDC", "NVIDIA 10-K"
    sources: tuple[str, ...]
    note: str = ""
    used_in_fit: bool | None = None  # None: not known


@dataclass(frozen=True, slots=True)
class Support:
    """A source and which part of a number it supports ("low", "high", "central", "shape")."""

    source: str
    supports: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """One uncertain parameter as the run used it."""

    path: str
    label: str
    unit: str
    low: float
    central: float
    high: float
    basis: Basis
    supports: tuple[Support, ...] = ()
    note: str = ""
    shape: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A cited source: who first said it, when, where it stands, and whose home its publisher is in."""

    id: str
    title: str
    publisher: str
    published: str
    url: str
    kind: str
    side: str  # us | cn | other
    grade: str
    read_via: str = ""
    supports: tuple[str, ...] = ()  # plain words: which numbers or statements of this report


@dataclass(frozen=True, slots=True)
class Position:
    """One side of a conflict between sources."""

    says: str
    value: str
    made_by: str
    grade: str
    known: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims about one subject that do not agree; all of them stay visible."""

    subject: str
    positions: tuple[Position, ...]
    handling: str = ""  # how the model treats the conflict


@dataclass(frozen=True, slots=True)
class GateSpan:
    """A stretch of time in which a gate stood in one state. `end` None means until the horizon or unknown."""

    start: str
    end: str | None
    state: GateState
    label: str
    status: str = ""  # in-force | announced | reported | ...
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateRow:
    """One lane of the gate timeline: a government's gate for one product, or under one scenario."""

    government: Government
    label: str
    spans: tuple[GateSpan, ...]
    scenario: str | None = None  # set for what a scenario assumes after the evidence ends


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is needed to make the same numbers again."""

    version: str
    seed: int
    draws: int
    engine: str
    data_hash: str
    command: str
    evidence_end: str
    extra: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReportInput:
    """Everything a report shows."""

    title: str
    question: str
    scenarios: tuple[ScenarioReport, ...]
    outcomes: Mapping[str, OutcomeNote]
    headline: tuple[str, ...]  # outcome ids of the headline table
    charted: tuple[str, ...]  # outcome ids that get a fan chart
    years: tuple[str, ...]  # periods of the headline table
    focus: str  # the period that the short answer speaks about
    manifest: Manifest
    sources: tuple[SourceRow, ...] = ()
    mechanisms: tuple[MechanismNote, ...] = ()
    drivers: Mapping[str, tuple[Driver, ...]] = field(default_factory=dict)  # outcome id -> strongest first
    published: tuple[Published, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    gates: tuple[GateRow, ...] = ()
    limits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.scenarios:
            raise DataError("a report needs at least one scenario", where="reports.ReportInput")
        if sum(s.is_baseline for s in self.scenarios) > 1:
            raise DataError("a report has at most one baseline", where="reports.ReportInput")
        _known(self.headline, self.outcomes, "headline")
        _known(self.charted, self.outcomes, "charted")
        _known({p.outcome for p in self.published}, self.outcomes, "published")
        paths = {a.path for a in self.assumptions}
        _known({p for o in self.outcomes.values() for p in o.parameters}, paths, "outcomes.parameters")
        _known({p for m in self.mechanisms for p in m.parameters}, paths, "mechanisms.parameters")
        _known({d.path for found in self.drivers.values() for d in found}, paths, "drivers")
        relations = {m.name for m in self.mechanisms}
        _known({n for o in self.outcomes.values() for n in o.mechanisms}, relations, "outcomes.mechanisms")
        _known({n for m in self.mechanisms for n in m.upstream}, relations, "mechanisms.upstream")
        _known(self.cited(), {s.id for s in self.sources}, "sources")

    def cited(self) -> set[str]:
        """Ids of every source that some part of the report names."""
        ids = {i for p in self.published for i in p.sources}
        ids |= {s.source for a in self.assumptions for s in a.supports}
        ids |= {i for c in self.conflicts for p in c.positions for i in p.sources}
        ids |= {i for row in self.gates for span in row.spans for i in span.sources}
        return ids | {i for s in self.scenarios for lever in s.levers for i in lever.sources}

    @property
    def baseline(self) -> ScenarioReport | None:
        """The scenario that the others are compared with, if any."""
        return next((s for s in self.scenarios if s.is_baseline), None)

    @property
    def alternatives(self) -> tuple[ScenarioReport, ...]:
        """The scenarios that are not the baseline."""
        return tuple(s for s in self.scenarios if not s.is_baseline)


def _known(names: object, allowed: object, where: str) -> None:
    """Refuse a name that nothing defines, before a page with a dead link is written."""
    missing = sorted(set(names) - set(allowed))  # type: ignore[call-overload]
    if missing:
        raise DataError(f"nothing defines {', '.join(missing[:5])}", where=f"reports.ReportInput.{where}")

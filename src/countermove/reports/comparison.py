"""Simulated ranges against published values: what falls inside, what does not, and how many should."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from countermove.quantities.calendar import month_index, period_months
from countermove.reports.charts import slug
from countermove.reports.figures import dots
from countermove.reports.figures.scales import value_axis
from countermove.reports.model import Band, OutcomeNote, Published, ReportInput, ScenarioReport
from countermove.reports.numbers import band_texts, value_text

Verdict = Literal["inside 50%", "inside 90%", "ranges meet", "outside"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published value beside the simulated range of the same outcome and period."""

    published: Published
    outcome: OutcomeNote
    simulated: Band
    verdict: Verdict
    forecast: bool = False  # published before the period ended: no observation to be hit or missed

    @property
    def words(self) -> str:
        """The verdict, marked where the published value is itself a forecast."""
        return f"forecast, {self.verdict}" if self.forecast else self.verdict

    @property
    def simulated_texts(self) -> tuple[str, str]:
        """(median, 90% range) as printed."""
        return band_texts(self.simulated, self.outcome)

    @property
    def published_text(self) -> str:
        """The published value with its own range when the source gives one."""
        text = value_text(self.published.value, self.outcome)
        low, high = self.published.low, self.published.high
        if low is None or high is None or low == high:
            return text
        return f"{text} [{value_text(low, self.outcome)} to {value_text(high, self.outcome)}]"


@dataclass(frozen=True, slots=True)
class Score:
    """How many published values fall where; `expected` is 90% of all, what well-sized ranges would give."""

    inside: int
    meet: int
    outside: int
    forecasts: int = 0

    @property
    def total(self) -> int:
        """All values of past periods."""
        return self.inside + self.meet + self.outside

    @property
    def expected(self) -> float:
        """Number that should lie inside if the 90% ranges were right and the values independent."""
        return 0.9 * self.total


def verdict(published: Published, simulated: Band) -> Verdict:
    """Where the published value lies; "ranges meet" when only its stated range reaches the simulated 90% range."""
    if simulated.p25 <= published.value <= simulated.p75:
        return "inside 50%"
    if simulated.p5 <= published.value <= simulated.p95:
        return "inside 90%"
    low = published.value if published.low is None else published.low
    high = published.value if published.high is None else published.high
    return "ranges meet" if low <= simulated.p95 and high >= simulated.p5 else "outside"


def comparisons(report: ReportInput) -> tuple[Comparison, ...]:
    """Every published value for which the reference scenario has a simulated one, in the order given."""
    scenario = reference(report)
    rows = []
    for published in report.published:
        point = scenario.point(published.outcome, published.period)
        if point is not None:
            found = verdict(published, point.band)
            later = not ended(published.period, report.manifest.evidence_end)
            rows.append(Comparison(published, report.outcomes[published.outcome], point.band, found, later))
    return tuple(rows)


def ended(period: str, evidence_end: str) -> bool:
    """Whether a period was over when the evidence ends."""
    return period_months(period)[1] <= month_index(evidence_end)


def reference(report: ReportInput) -> ScenarioReport:
    """The scenario that stands for history: the baseline, or else the first."""
    return report.baseline or report.scenarios[0]


def score(rows: tuple[Comparison, ...]) -> Score:
    """Hits and misses of past periods; forecasts are counted apart."""
    past = [r for r in rows if not r.forecast]
    inside = sum(r.verdict.startswith("inside") for r in past)
    meet = sum(r.verdict == "ranges meet" for r in past)
    return Score(inside, meet, len(past) - inside - meet, len(rows) - len(past))


def comparison_figures(rows: tuple[Comparison, ...]) -> tuple[tuple[OutcomeNote, str], ...]:
    """One figure per outcome, each with its own axis."""
    figures = []
    for name in dict.fromkeys(r.outcome.id for r in rows):
        own = [r for r in rows if r.outcome.id == name]
        outcome = own[0].outcome
        axis = value_axis(_extent(own), outcome)
        drawn = [_row(r) for r in own]
        said = " ".join(_sentence(r) for r in own)
        title = f"{outcome.label}: simulated against published"
        figures.append((outcome, dots.published(f"published-{slug(name)}", title, said, axis, drawn)))
    return tuple(figures)


def _extent(rows: list[Comparison]) -> list[float]:
    edges = [v for r in rows for v in (r.simulated.p5, r.simulated.p95, r.published.value)]
    return edges + [v for r in rows for v in (r.published.low, r.published.high) if v is not None]


def _row(row: Comparison) -> dots.Compared:
    p = row.published
    return dots.Compared(p.period, p.label, row.simulated, p.value, p.low, p.high, row.verdict, row.forecast)


def _sentence(row: Comparison) -> str:
    median, ninety = row.simulated_texts
    return (
        f"{row.published.period}: simulated median {median}, 90% range {ninety}; "
        f"{row.published.label} {row.published_text}: {row.words}."
    )

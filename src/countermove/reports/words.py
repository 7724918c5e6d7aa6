"""Sentences made from numbers: the short answer, with the sign and the uncertainty stated every time.

The wording never says that a result is good or bad, and never drops the range. A difference is called higher
or lower only when its paired 90% range excludes zero; otherwise the sentence says that it includes zero.
"""

from __future__ import annotations

from dataclasses import dataclass

from countermove.reports.model import GROUPS, OutcomeNote, Point, ReportInput, ScenarioReport
from countermove.reports.numbers import HORIZON_YEAR, MINUS, band_texts, difference_texts

CAVEAT = "Conditional forecasts under stated assumptions; no prediction, no advice."


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome of one scenario in words: `label` `when`: `median` [90% range `spread`]; then `clause`."""

    outcome: OutcomeNote
    when: str
    median: str
    spread: str
    clause: str

    def text(self) -> str:
        """The finding as one plain sentence."""
        spread = f" [90% range {self.spread}]" if self.spread else ""
        ending = f"; {self.clause}." if self.clause else "."
        return f"{self.outcome.label}{self.when}: {self.median}{spread}{ending}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one scenario leads to: a condition and one finding per headline outcome."""

    scenario: ScenarioReport
    condition: str
    findings: tuple[Finding, ...]


def when(period: str, outcome: OutcomeNote) -> str:
    """Words for a period: " in 2028" for a flow or a ratio, " at the end of 2028" for a stock, "" for a date."""
    if outcome.kind == "date":
        return ""
    name = f"{period[:4]} Q{period[5]}" if "Q" in period else period
    return f" at the end of {name}" if outcome.kind == "stock" else f" in {name}"


def median_text(point: Point, outcome: OutcomeNote) -> str:
    """The median, with the noun of its unit, "zero in every draw" and dates beyond the horizon in words."""
    band = point.band
    if outcome.kind == "date" and band.median >= HORIZON_YEAR:
        share = f"{100 * point.censored:.0f}% of the draws"
        return f"not reached by the end of {HORIZON_YEAR - 1:.0f} in {share}"
    if band.values == (0.0,) * 5:
        return "zero in at least 90% of the draws"
    text = band_texts(band, outcome)[0]
    counted = outcome.display in ("count", "number") and outcome.unit
    return f"median {text}{' ' + outcome.unit if counted else ''}"


def difference_clause(point: Point, outcome: OutcomeNote) -> str:
    """How the scenario differs from the baseline, draw by draw."""
    difference = point.band
    if difference.p5 == 0 == difference.p95:
        return "the same as in the baseline in at least 90% of the draws"
    median, ninety = difference_texts(difference, outcome)
    up, down = ("later", "earlier") if outcome.kind == "date" else ("higher", "lower")
    if difference.p95 <= 0 or difference.p5 >= 0:
        if not difference.excludes_zero:
            side = f"{down} than" if difference.p95 == 0 else f"{up} than"
            return (
                f"{side} in the baseline, or the same, in at least 95% of the draws (median {median}, paired 90% range {ninety})"
            )
    else:
        share = "" if point.above is None else f"; {up} in {100 * point.above:.0f}% of the draws"
        return f"no clear difference from the baseline (paired difference {median}, 90% range {ninety}, includes zero{share})"
    direction = up if difference.p5 > 0 else down
    return f"{median.lstrip('+' + MINUS)} {direction} than in the baseline [paired 90% range {ninety}]"


def finding(scenario: ScenarioReport, outcome: OutcomeNote, period: str) -> Finding | None:
    """One outcome of one scenario in words, or None when the scenario has no such value."""
    period = "horizon" if outcome.kind == "date" else period
    point = scenario.point(outcome.id, period)
    if point is None:
        return None
    difference = scenario.difference(outcome.id, period)
    clause = difference_clause(difference, outcome) if difference else ""
    spread = band_texts(point.band, outcome)[1] if any(point.band.values) else ""
    return Finding(outcome, when(period, outcome), median_text(point, outcome), spread, clause)


def answers(report: ReportInput) -> tuple[Answer, ...]:
    """The short answer: for every alternative (or the only scenario) one finding per group of outcomes."""
    chosen = report.alternatives or report.scenarios
    return tuple(_answer(report, scenario) for scenario in chosen)


def _answer(report: ReportInput, scenario: ScenarioReport) -> Answer:
    found = []
    for group in GROUPS:
        names = [n for n in report.headline if report.outcomes[n].group == group]
        spoken = (finding(scenario, report.outcomes[n], report.focus) for n in names)
        found.extend([f for f in spoken if f is not None][:1])
    return Answer(scenario, condition(scenario), tuple(found))


def condition(scenario: ScenarioReport) -> str:
    """Begin the answer: "If Washington ... and Beijing ...", or "In <label>" where no condition is stated."""
    return f"If {scenario.condition}" if scenario.condition else f"In \u201c{scenario.label}\u201d"


def clarity(report: ReportInput) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of headline outcomes in which (some scenario, no scenario) differs clearly from the baseline.

    "Clearly" means that the paired 90% range in the focus period excludes zero.
    """
    clear: list[str] = []
    unclear: list[str] = []
    for name in report.headline:
        outcome = report.outcomes[name]
        period = "horizon" if outcome.kind == "date" else report.focus
        found = [d.band for s in report.alternatives if (d := s.difference(name, period)) is not None]
        if found:
            (clear if any(b.excludes_zero for b in found) else unclear).append(outcome.label)
    return tuple(clear), tuple(unclear)

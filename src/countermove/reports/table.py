"""The headline table: outcome by scenario by year, and the full table of one outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from countermove.reports.model import GROUPS, Group, OutcomeNote, Point, ReportInput, ScenarioReport
from countermove.reports.numbers import band_texts, difference_texts, value_text

GROUP_NAMES: dict[Group, str] = {"money": "Money", "compute": "Compute", "self-sufficiency": "Self-sufficiency"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario's outcome in one period, as printed; `difference` is empty for the baseline."""

    period: str
    median: str
    fifty: str
    ninety: str
    mcse: str
    difference: str
    difference_ninety: str
    clear: bool  # the paired 90% range excludes zero


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario's cells for one outcome."""

    outcome: OutcomeNote
    scenario: ScenarioReport
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one group of outcomes: money, compute or self-sufficiency."""

    group: Group
    name: str
    years: tuple[str, ...]
    rows: tuple[tuple[OutcomeNote, tuple[Row, ...]], ...]
    dates: tuple[tuple[OutcomeNote, tuple[Row, ...]], ...]  # outcomes that are one date, not a path


def blocks(report: ReportInput) -> tuple[Block, ...]:
    """The headline table in its three groups; a group without outcomes is left out."""
    found = []
    for group in GROUPS:
        own = [report.outcomes[n] for n in report.headline if report.outcomes[n].group == group]
        paths = tuple((o, _rows(report, o, report.years)) for o in own if o.kind != "date")
        dates = tuple((o, _rows(report, o, ("horizon",))) for o in own if o.kind == "date")
        if paths or dates:
            found.append(Block(group, GROUP_NAMES[group], report.years, paths, dates))
    return tuple(found)


def full_rows(report: ReportInput, outcome: OutcomeNote) -> tuple[Row, ...]:
    """Every period of one outcome for every scenario, for the table beside its definition."""
    periods = dict.fromkeys(p.period for s in report.scenarios for p in s.series.get(outcome.id, ()))
    return _rows(report, outcome, tuple(periods))


def _rows(report: ReportInput, outcome: OutcomeNote, periods: Sequence[str]) -> tuple[Row, ...]:
    return tuple(Row(outcome, s, tuple(_cell(s, outcome, p) for p in periods)) for s in report.scenarios)


def _cell(scenario: ScenarioReport, outcome: OutcomeNote, period: str) -> Cell:
    point = scenario.point(outcome.id, period)
    if point is None:
        return Cell(period, "\u2013", "", "", "", "", "", clear=False)
    median, ninety = band_texts(point.band, outcome)
    fifty = _fifty(point, outcome)
    mcse = "" if point.mcse is None else value_text(point.mcse, outcome) if outcome.kind != "date" else f"{point.mcse:.2f} years"
    paired = scenario.difference(outcome.id, period)
    if paired is None:
        return Cell(period, median, fifty, ninety, mcse, "", "", clear=False)
    difference, width = difference_texts(paired.band, outcome) if any(paired.band.values) else ("0", "")
    return Cell(period, median, fifty, ninety, mcse, difference, width, clear=paired.band.excludes_zero)


def _fifty(point: Point, outcome: OutcomeNote) -> str:
    """The 50% range in the magnitude of the median."""
    b = point.band
    narrowed = type(b)(b.p25, b.p25, b.median, b.p75, b.p75)
    return band_texts(narrowed, outcome)[1]

"""Which figures a report shows, and how its input becomes lines, strips and lanes.

With one alternative a single chart per outcome carries both ranges and medians. With several, an overview
compares the medians (ranges as whiskers at the last period) and a row of small panels on one shared axis shows
every scenario's range beside the same dashed baseline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from countermove.reports.figures import bars, dots, gates
from countermove.reports.figures.fan import Frame, Line, Mark, fan_chart, small_frame, wide_frame
from countermove.reports.figures.palette import BASELINE_STYLE, Style, style_of
from countermove.reports.figures.scales import Axis, month_position, period_position, value_axis
from countermove.reports.model import GROUPS, Band, GateSpan, OutcomeNote, Published, ReportInput, ScenarioReport
from countermove.reports.numbers import HORIZON_YEAR, MINUS, band_texts, value_text

CHART_START = 2022.0
STRIPS = 4  # headline numbers shown before any table


@dataclass(frozen=True, slots=True)
class PathFigure:
    """The figures of one outcome: a large chart and, with several alternatives, one panel per scenario."""

    outcome: OutcomeNote
    overview: str
    panels: tuple[tuple[ScenarioReport, str], ...]


def styles(report: ReportInput) -> dict[str, Style]:
    """Scenario id -> how it is drawn; the baseline is black and dashed, the others follow the palette."""
    found = {s.id: style_of(i, s.colour) for i, s in enumerate(report.alternatives)}
    return {s.id: BASELINE_STYLE if s.is_baseline else found[s.id] for s in report.scenarios}


def path_figures(report: ReportInput) -> tuple[PathFigure, ...]:
    """Overview and panels for every charted outcome that has at least two periods."""
    return tuple(_path_figure(report, report.outcomes[i]) for i in report.charted if _drawable(report, i))


def _drawable(report: ReportInput, outcome: str) -> bool:
    return report.outcomes[outcome].kind != "date" and all(len(s.series.get(outcome, ())) > 1 for s in report.scenarios)


def _path_figure(report: ReportInput, outcome: OutcomeNote) -> PathFigure:
    several = len(report.alternatives) > 1
    axis = value_axis(_extent(report, outcome, banded=several), outcome)
    looks = styles(report)
    today = month_position(report.manifest.evidence_end)
    marks = tuple(_mark(p, outcome) for p in report.published if p.outcome == outcome.id)
    frame = wide_frame(today, CHART_START, axis, whiskers=len(report.scenarios) if several else 0)
    lines = [
        _line(s, outcome, looks[s.id], shaded=not several and _carries_band(s, report), ended=several)
        for s in _drawn_order(report)
    ]
    identity = f"paths-{slug(outcome.id)}"
    overview = fan_chart(identity, outcome.label, _description(report, outcome), axis, lines, frame, marks)
    small = small_frame(today, CHART_START, axis, [line.value for line in lines])
    panels = tuple(_panels(report, outcome, axis, looks, small)) if several else ()
    return PathFigure(outcome, overview, panels)


def _panels(
    report: ReportInput, outcome: OutcomeNote, axis: Axis, looks: dict[str, Style], frame: Frame
) -> Iterator[tuple[ScenarioReport, str]]:
    """One small fan chart per scenario, each with the baseline's median for comparison."""
    for scenario in report.scenarios:
        own = _line(scenario, outcome, looks[scenario.id], shaded=True, named=False)
        lines = [own]
        if report.baseline and not scenario.is_baseline:
            base = _line(report.baseline, outcome, BASELINE_STYLE, shaded=False, named=False, valued=False)
            lines = [base, own]
        identity = f"panel-{slug(outcome.id)}-{slug(scenario.id)}"
        title = f"{outcome.label}: {scenario.label}"
        yield scenario, fan_chart(identity, title, _sentence(scenario, outcome), axis, lines, frame)


def _carries_band(scenario: ScenarioReport, report: ReportInput) -> bool:
    """The alternative carries the shading; the baseline does so only when it is alone."""
    return not scenario.is_baseline or len(report.scenarios) == 1


def _drawn_order(report: ReportInput) -> list[ScenarioReport]:
    """Baseline last: its dashes stay visible above a line that coincides with it."""
    return [*report.alternatives, *([report.baseline] if report.baseline else [])]


def _line(
    scenario: ScenarioReport,
    outcome: OutcomeNote,
    style: Style,
    *,
    shaded: bool,
    ended: bool = False,
    named: bool = True,
    valued: bool = True,
) -> Line:
    points = scenario.series[outcome.id]
    positions = tuple(period_position(p.period, outcome.kind) for p in points)
    bands = tuple(p.band for p in points)
    value = value_text(bands[-1].median, outcome).replace(" months", " mo.") if valued else ""
    return Line(scenario.label if named else "", style, positions, bands, value, shaded, ended)


def _mark(point: Published, outcome: OutcomeNote) -> Mark:
    return Mark(period_position(point.period, outcome.kind), point.value, point.low, point.high)


def _extent(report: ReportInput, outcome: OutcomeNote, *, banded: bool) -> Iterator[float]:
    """Every value that the outcome's axis must hold: what is drawn of all scenarios, and published values.

    `banded` says that the baseline's range is drawn too, not only its median.
    """
    for scenario in report.scenarios:
        for point in scenario.series.get(outcome.id, ()):
            whole = banded or _carries_band(scenario, report)
            yield from (point.band.p5, point.band.p95) if whole else (point.band.median,)
    for published in report.published:
        if published.outcome == outcome.id:
            yield from (v for v in (published.value, published.low, published.high) if v is not None)


def _description(report: ReportInput, outcome: OutcomeNote) -> str:
    """What a reader who does not see the chart should know: unit, span, and where each line ends."""
    ends = " ".join(_sentence(s, outcome) for s in report.scenarios)
    return f"Lines of the median over time, in {outcome.unit}. {ends} The values are in the table of this outcome."


def _sentence(scenario: ScenarioReport, outcome: OutcomeNote) -> str:
    first, last = scenario.series[outcome.id][0], scenario.series[outcome.id][-1]
    start = value_text(first.band.median, outcome)
    median, ninety = band_texts(last.band, outcome)
    return f"{scenario.label}: from {start} in {first.period} to {median} in {last.period}, 90% range {ninety}."


def headline_strips(report: ReportInput) -> tuple[tuple[OutcomeNote, str, str], ...]:
    """(outcome, period, figure) for four headline outcomes: every scenario on one axis in the focus period."""
    looks = styles(report)
    figures: list[tuple[OutcomeNote, str, str]] = []
    for name in _by_group(report):
        if len(figures) == STRIPS:
            break
        outcome = report.outcomes[name]
        period = "horizon" if outcome.kind == "date" else report.focus
        found = [(s, p) for s in report.scenarios if (p := s.point(name, period)) is not None]
        if not found:
            continue
        axis = value_axis([v for _, p in found for v in (p.band.p5, p.band.p95)], outcome)
        rows = [_strip(s, p.band, outcome, looks[s.id]) for s, p in found]
        said = "; ".join(f"{r.label}: median {r.value}, 90% range {r.spread.strip('[]')}" for r in rows)
        title = f"{outcome.label}, {period}"
        figures.append((outcome, period, dots.strips(f"strip-{slug(name)}", title, said + ".", axis, rows)))
    return tuple(figures)


def _by_group(report: ReportInput) -> list[str]:
    """Headline outcomes, one of each group first, so that no group fills the summary."""
    groups = [[n for n in report.headline if report.outcomes[n].group == g] for g in GROUPS]
    deepest = max(len(g) for g in groups)
    return [g[k] for k in range(deepest) for g in groups if k < len(g)]


def _strip(scenario: ScenarioReport, band: Band, outcome: OutcomeNote, style: Style) -> dots.Strip:
    median, ninety = band_texts(band, outcome)
    return dots.Strip(scenario.label, style, band, median, f"[{ninety}]")


def driver_figures(report: ReportInput) -> tuple[tuple[OutcomeNote, str], ...]:
    """One figure for each of four headline outcomes: bars of the rank correlation with its strongest parameters."""
    rows = {a.path: a for a in report.assumptions}
    figures = []
    for name in [n for n in _by_group(report) if n in report.drivers][:STRIPS]:
        found = report.drivers[name]
        outcome = report.outcomes[name]
        shown = [bars.Bar(rows[d.path].label, rows[d.path].basis, d.correlation) for d in found]
        said = "; ".join(f"{b.label} {b.value:+.2f} ({b.basis})" for b in shown).replace("-", MINUS)
        title = f"{outcome.label}: rank correlation with its strongest parameters"
        figures.append((outcome, bars.diverging(f"drivers-{slug(name)}", title, said + ".", shown)))
    return tuple(figures)


def gate_figure(report: ReportInput) -> str:
    """The timeline of both gates; the numbers on the bars are rows of the table below it."""
    lanes = []
    key = 0
    for row in report.gates:
        stretches = []
        for span in row.spans:
            key += 1
            end = month_position(span.end) if span.end and span.end[:4] <= f"{HORIZON_YEAR - 1:.0f}" else HORIZON_YEAR
            begin = month_position(max(span.start, "2022-01"))
            stretches.append(gates.Stretch(begin, end, span.state, str(key)))
        lanes.append(gates.Lane(row.government, row.label, tuple(stretches)))
    said = " ".join(f"{gates.NAMES[r.government]}, {r.label}: " + _states(r.spans) + "." for r in report.gates)
    today = month_position(report.manifest.evidence_end)
    title = "Both gates over time"
    return gates.gate_timeline("gates", title, said, lanes, start=CHART_START, today=today)


def _states(spans: tuple[GateSpan, ...]) -> str:
    return ", ".join(f"{s.state} from {s.start}" for s in spans)


def slug(name: str) -> str:
    """A name that can stand in an id attribute and after a '#'."""
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in name.lower()).strip("-")

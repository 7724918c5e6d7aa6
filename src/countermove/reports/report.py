"""`report.html`: one file with everything inline, readable without JavaScript and on paper."""

from __future__ import annotations

import calendar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import EnvironmentProblem
from countermove.reports import charts, comparison, table, words
from countermove.reports.figures.gates import NAMES
from countermove.reports.figures.key import swatch
from countermove.reports.model import Assumption, LeverChange, ReportInput
from countermove.reports.numbers import MINUS, plain
from countermove.reports.trace import Citations, assumption_anchor, cards, mechanism_anchor, outcome_anchor
from countermove.storage import whole

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
SIDES = {"us": "US", "cn": "China", "other": "other"}
GRADES = (
    ("A", "official text or filing"),
    ("B", "named press or analyst"),
    ("C", "derived, or one weak page"),
    ("D", "weak; do not rely on it alone"),
)


def write_report(result: Any, folder: Path | str) -> Path:
    """Write `report.html` for a result or a comparison into `folder` and return its path."""
    from countermove.reports.build import report_input

    return write_page(report_input(result), Path(folder) / "report.html")


def write_page(report: ReportInput, target: Path) -> Path:
    """Render `report` and put it at `target` in one move, so that an interrupted write leaves nothing there.

    Raises InputError when a file is there that is not a report of ours, or one that was changed.
    """
    html = render(report)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        whole.write_page(target, html)
    except OSError as error:
        hint = "choose another folder with --out"
        raise EnvironmentProblem(f"the report cannot be written: {error.strerror}", where=str(target), hint=hint) from error
    return target


def render(report: ReportInput) -> str:
    """The whole page as HTML text; the same input gives the same text, byte for byte."""
    return _template().render(**_context(report))


@lru_cache(maxsize=1)
def _template() -> Template:
    """The compiled page template; jinja2 is imported only when a report is made."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(plain=plain, month=_month, pts=_bracketed, signed=lambda v: f"{v:+.2f}".replace("-", MINUS))
    environment.globals.update(
        outcome_anchor=outcome_anchor, assumption_anchor=assumption_anchor, mechanism_anchor=mechanism_anchor
    )
    return environment.get_template("report.html.j2")


def _context(report: ReportInput) -> dict[str, object]:
    """Everything the template names; figures are marked as safe because `figures.svg` escaped their words."""
    from markupsafe import Markup

    citations = Citations(report)
    outcome_cards = cards(report, citations)
    compared = comparison.comparisons(report)
    looks = charts.styles(report)
    return {
        "report": report,
        "css": Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704
        "script": Markup((TEMPLATES / "report.js").read_text(encoding="utf-8")),  # noqa: S704
        "caveat": words.CAVEAT,
        "answers": words.answers(report),
        "clarity": words.clarity(report),
        "looks": looks,
        "keys": {name: Markup(swatch(style)) for name, style in looks.items()},  # noqa: S704
        "strips": [(o, p, Markup(f)) for o, p, f in charts.headline_strips(report)],  # noqa: S704
        "blocks": table.blocks(report),
        "paths": [_marked_path(f) for f in charts.path_figures(report)],
        "gate_figure": Markup(charts.gate_figure(report)) if report.gates else "",  # noqa: S704
        "governments": NAMES,
        "drivers": [(o, Markup(f)) for o, f in charts.driver_figures(report)],  # noqa: S704
        "top_drivers": max((len(found) for found in report.drivers.values()), default=0),
        "noise": 1.96 / max(report.manifest.draws - 1, 1) ** 0.5,
        "titles": {m.name: m.title for m in report.mechanisms},
        "labels": {a.path: a.label for a in report.assumptions},
        "compared": compared,
        "score": comparison.score(compared),
        "fit_recorded": any(row.published.used_in_fit is not None for row in compared),
        "last_past": report.manifest.evidence_end,
        "compared_figures": [(o, Markup(f)) for o, f in comparison.comparison_figures(compared)],  # noqa: S704
        "reference": comparison.reference(report),
        "levers": _lever_table(report),
        "cards": outcome_cards,
        "full_rows": {c.outcome.id: table.full_rows(report, c.outcome) for c in outcome_cards},
        "assumption_groups": _assumption_groups(report),
        "cite": lambda ids: citations.of(tuple(ids)),
        "citations": citations.rows,
        "sides": SIDES,
        "grades": GRADES,
    }


def _assumption_groups(report: ReportInput) -> list[tuple[str, list[Assumption]]]:
    """The parameters by the first part of their name, in the order given."""
    groups: dict[str, list[Assumption]] = {}
    for a in report.assumptions:
        groups.setdefault(a.path.rpartition("/")[2].partition(".")[0].replace("_", " "), []).append(a)
    return list(groups.items())


def _marked_path(found: charts.PathFigure) -> dict[str, object]:
    from markupsafe import Markup

    panels = [(scenario, Markup(figure)) for scenario, figure in found.panels]  # noqa: S704
    return {"outcome": found.outcome, "overview": Markup(found.overview), "panels": panels}  # noqa: S704


def _lever_table(report: ReportInput) -> list[tuple[LeverChange, list[LeverChange | None]]]:
    """(a lever, what each alternative sets it to or None), for every lever that any of them changes."""
    every: dict[str, LeverChange] = {}
    for scenario in report.alternatives or report.scenarios:
        for lever in scenario.levers:
            every.setdefault(lever.lever, lever)
    order = sorted(every.values(), key=lambda lever: (lever.government != "washington",))
    chosen = report.alternatives or report.scenarios
    return [(lever, [next((x for x in s.levers if x.lever == lever.lever), None) for s in chosen]) for lever in order]


def _month(text: str) -> str:
    """Write "2026-10" as "October 2026"; other dates stay as they are."""
    parts = text.split("-")
    if len(parts) == 2 and parts[1].isdigit():
        return f"{calendar.month_name[int(parts[1])]} {parts[0]}"
    return text


def _bracketed(text: str) -> str:
    return f"[{text}]" if text else ""

"""What H200 sales displace, as outcomes of the scenarios that differ from the baseline in them."""

from __future__ import annotations

from collections.abc import Mapping

from countermove.experiments.displacement import DISPLACEMENTS
from countermove.experiments.result import Comparison, Result
from countermove.experiments.statistics import Point
from countermove.reports.build.outcomes import FOCUS
from countermove.reports.model import OutcomeNote

DEFINITION = (
    "Domestic sales lost per H200 sold more than in the baseline, paired draw by draw; negative where H200 sales add domestic "
    "ones. Only draws in which H200 sales differ enough count."
)


def displaced(stored: Result | Comparison) -> dict[str, Mapping[str, list[Point]]]:
    """Scenario id -> ratio -> points; empty for a single result."""
    return dict(stored.displacements()) if isinstance(stored, Comparison) else {}


def displacement_notes(found: Mapping[str, Mapping[str, list[Point]]]) -> dict[str, OutcomeNote]:
    """The displacement ratios that any scenario has, as outcomes of a report."""
    present = {name for points in found.values() for name in points}
    return {
        name: OutcomeNote(
            id=name,
            label=ratio.label,
            unit="chips per chip" if ratio.unit == "1" else "dollars per dollar",
            group="self-sufficiency",
            kind="ratio",
            display="number",
            definition=DEFINITION,
        )
        for name, ratio in DISPLACEMENTS.items()
        if name in present
    }


def displacement_remarks(found: Mapping[str, Mapping[str, list[Point]]], labels: Mapping[str, str]) -> tuple[str, ...]:
    """How many draws stand behind each ratio in the focus year, where not all do."""
    return tuple(
        f"{DISPLACEMENTS[name].label}, {labels[scenario]}, {p.period}: {100 * p.share_of_draws:.0f}% of the draws count."
        for scenario, ratios in found.items()
        for name, points in ratios.items()
        for p in points
        if p.period == FOCUS and p.share_of_draws is not None and p.share_of_draws < 1
    )

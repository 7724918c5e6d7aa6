"""What would change the answer, as text for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countermove.desk.wording import amount, band, is_share, wrapped

LEAST_SHARE = 0.01  # of the rank variance: below it a driver or gate is left out of the text
SHIFTS_SHOWN = 3
SIDES_SHOWN = 0.02  # of the width of the 90% range: below it a shift is left out of the text

MEANING = (
    "Positive: denial spurs R&D; negative: it stifles it. The prior has no sign: published findings point both ways, and none is "
    "about AI chips."
)


def text(document: Mapping[str, Any]) -> str:
    """Return the printed answer: assumptions, conflicts, denial."""
    head = (
        f"What would change the answer in {document['scenario']}: {document['label']} "
        f"({document['draws']:,} draws, {document['switch_draws']:,} for each switch, seed {document['seed']})"
    )
    return "\n".join(
        [*wrapped(head), "", *_drivers(document), *_conflicts(document), *_denial(document), *wrapped(document["caveat"])]
    )


def shown(name: str, unit: str, value: float) -> str:
    """Return a value of an outcome in words."""
    return amount(value, unit, share=is_share(name, unit))


def _drivers(document: Mapping[str, Any]) -> list[str]:
    lines = ["Assumptions: share of the spread (rank variance) that moves with each, strongest first", ""]
    for name, one in document["headlines"].items():
        range_ = band(one["p5"], one["median"], one["p95"], one["unit"], share=is_share(name, one["unit"]))
        when = "" if one["period"] == "horizon" else f", {one['period']}"
        together = "" if one["explained"] is None else f"; together {one['explained']:.0%}"
        lines += wrapped(f"{one['label']}{when}: {range_}{together}")
        for driver in one["drivers"]:
            if driver["share"] >= LEAST_SHARE:
                basis = f"sourced: {', '.join(driver['made_by'])}" if driver["basis"] == "sourced" else "assumption"
                sign = "+" if driver["correlation"] > 0 else "-"
                lines += wrapped(f"{driver['label']} ({basis})", first=f"  {driver['share']:4.0%} {sign} ", rest=" " * 9)
        for gate in one["gates"]:
            if gate["share"] >= LEAST_SHARE:
                does = f"{gate['government']}'s gate: its reading now, when it moves, and where to"
                lines += [f"  {gate['share']:4.0%}   {does}"]
        lines += [""]
    return lines


def _conflicts(document: Mapping[str, Any]) -> list[str]:
    lines = ["Sources: what each headline median becomes if one side of a disagreement is believed", ""]
    for conflict in document["conflicts"]:
        lines += wrapped(conflict["label"])
        for side in conflict["sides"]:
            who = ", ".join(side["made_by"]) or "no source"
            lines += wrapped(f"{who} ({side['held_to']}): {_shifts(document, conflict, side)}", first="  ", rest="    ")
        lines += [""]
    return lines


def _shifts(document: Mapping[str, Any], conflict: Mapping[str, Any], side: Mapping[str, Any]) -> str:
    """The headlines that a side moves most: from the median of the whole prior to that of the side."""
    order = sorted(side["shifts"], key=lambda name: -abs(side["shifts"][name]))
    moved = [name for name in order if abs(side["shifts"][name]) >= SIDES_SHOWN][:SHIFTS_SHOWN]
    parts = []
    for name in moved:
        one = document["headlines"][name]
        before, after = (shown(name, one["unit"], value) for value in (conflict["medians"][name], side["medians"][name]))
        parts.append(f"{one['label']} {before} to {after}")
    return "; ".join(parts) or "moves no headline by much"


def _denial(document: Mapping[str, Any]) -> list[str]:
    found = document["denial"]
    points = ", ".join(f"{level} {value:+.0%}" for level, value in found["points"].items())
    lines = [
        *wrapped(f"Denial: {_lower(found['label'])} ({points}). {MEANING}"),
        "",
    ]
    for name, one in found["outcomes"].items():
        unit, share = one["unit"], is_share(name, one["unit"])
        medians = ", ".join(f"{level} {shown(name, unit, point['median'])}" for level, point in one["scenario"].items())
        when = "" if one["period"] == "horizon" else f", {one['period']}"
        lines += wrapped(f"{one['label']}{when}: {medians}", first="  ", rest="    ")
        opened = "; ".join(
            f"{level} {band(point['p5'], point['median'], point['p95'], unit, share=share, differs=True)}"
            for level, point in one["open_minus_scenario"].items()
        )
        lines += wrapped(f"{found['against']} minus it: {opened}", first="    ", rest="      ")
    return [*lines, ""]


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]

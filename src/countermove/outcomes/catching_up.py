"""Catching up: months behind, year of parity and level of the domestic frontier, per chip and per system."""

from __future__ import annotations

from countermove.outcomes.frontier import gap_months, parity_year
from countermove.outcomes.outcome import Outcome
from countermove.quantities.axes import WORKLOADS


def _gap(view: str, workload: str) -> Outcome:
    return Outcome(
        f"gap_months_{view}_{workload}",
        f"Months behind NVIDIA's best, {workload}, per {view}",
        "month",
        "stock",
        f"Time since NVIDIA's best part reached the effective performance in {workload} that the best domestic part has now, "
        + ("chip by chip." if view == "chip" else "each in its own system."),
        (f"frontier_{view}",),
        lambda w: gap_months(w.monthly[f"frontier_{view}"], w.last, view, workload),
        "frontier",
    )


def _parity(view: str, workload: str) -> Outcome:
    return Outcome(
        f"parity_year_{view}_{workload}",
        f"Year in which a domestic {view} equals an H200, {workload}",
        "year",
        "date",
        f"First year, with fraction, in which the best domestic part equals one H200 in {workload}; 2033 if not by then.",
        (f"frontier_{view}",),
        lambda w: parity_year(w.monthly[f"frontier_{view}"], workload),
        "frontier",
    )


def _level(view: str, workload: str) -> Outcome:
    return Outcome(
        f"domestic_frontier_{view}_{workload}",
        f"Best domestic part relative to one H200, {workload}, per {view}",
        "1",
        "stock",
        f"Effective performance in {workload} of the best domestic part, weighted by its launch ramp; one H200 is 1.",
        (f"frontier_{view}",),
        lambda w: w.stock(f"frontier_{view}", WORKLOADS.index(workload)),
        "frontier",
    )


VIEWS = ("chip", "system")
FRONTIER = tuple(make(view, work) for make in (_gap, _parity, _level) for view in VIEWS for work in WORKLOADS)

"""From a stored result and the evidence to the frozen input of a report; the only part of this room that reads other rooms.

Nothing is simulated here: outcomes come from the result, labels and definitions from the rooms that own them.
"""

from __future__ import annotations

from collections.abc import Mapping

from countermove.evidence.ledger import load_ledger
from countermove.experiments.rank_correlation import why_not
from countermove.experiments.result import Comparison, Result
from countermove.experiments.statistics import Point as Simulated
from countermove.reports.build.displacement import displaced, displacement_notes, displacement_remarks
from countermove.reports.build.drivers import drivers
from countermove.reports.build.evidence import assumptions, conflicts, published, source_rows
from countermove.reports.build.gates import evidence_end, gate_rows
from countermove.reports.build.outcomes import CHARTED, FOCUS, HEADLINE, YEARS, outcome_note
from countermove.reports.build.relations import relations
from countermove.reports.build.scenarios import condition, lever_changes, overrides, reproduce
from countermove.reports.model import Band, Manifest, OutcomeNote, Point, ReportInput, ScenarioReport

QUESTION = "What follows in money, compute and self-sufficiency, given what Washington allows out and what Beijing lets in?"
LIMITS = (
    "Outputs are conditional on the scenario and the listed assumptions; a range covers no relation that the model leaves out.",
    "Each government acts only through its levers; other bargaining, sanctions and diplomacy are outside.",
    "Military use, third markets and the quality of what is trained on the chips are outside the model.",
    "Much of Beijing’s guidance is reported, not published; its gate stays spread over several readings.",
    "Parity with the H200 within a few percent is a knife-edge: read the date together with the workload and its range.",
    "Publishers count differently (cards, packages, dies; billing, shipping); that is part of any distance to the model.",
    "Rank correlations show what moves together over the draws; they are no proof of cause outside the model.",
)


def report_input(stored: Result | Comparison) -> ReportInput:
    """Everything that the report of a result or of a comparison shows."""
    results = stored.results if isinstance(stored, Comparison) else (stored,)
    differences = stored.differences() if isinstance(stored, Comparison) else {}
    first, ledger = results[0], load_ledger()
    compared = published(first, ledger)
    shown = (*HEADLINE, *CHARTED, *(p.outcome for p in compared))
    names = [n for n in dict.fromkeys(shown) if n in first.outcomes]
    notes = {n: outcome_note(n, first) for n in names}
    rows = assumptions(first.scenario, ledger)
    mechanisms = relations({r.path for r in rows})
    ratios = displaced(stored)
    extra = displacement_notes(ratios)
    scenarios = tuple(
        _scenario(
            r, first if len(results) > 1 else None, differences.get(r.scenario.id, {}), ratios.get(r.scenario.id, {}), notes
        )
        for r in results
    )
    gates = gate_rows([r.scenario for r in results], first.known)
    disagreements = conflicts(ledger, rows, compared)
    focus = FOCUS if all(FOCUS in first.outcomes[n] for n in names if notes[n].kind != "date") else _last_period(first, notes)
    return ReportInput(
        title=_title(results),
        question=QUESTION,
        scenarios=scenarios,
        outcomes=notes | extra,
        headline=(*(n for n in HEADLINE if n in notes), *extra),
        charted=tuple(n for n in CHARTED if n in notes),
        years=_years(first, notes, focus),
        focus=focus,
        manifest=_manifest(stored, first),
        mechanisms=mechanisms,
        drivers=drivers(first, [n for n in dict.fromkeys((*HEADLINE, *CHARTED)) if n in notes], notes, focus),
        published=compared,
        assumptions=rows,
        conflicts=disagreements,
        gates=gates,
        sources=source_rows(ledger, scenarios, compared, rows, disagreements, gates),
        limits=LIMITS,
        notes=(
            *_notes(stored),
            *_silent(first),
            *displacement_remarks(ratios, {r.scenario.id: r.scenario.label for r in results}),
        ),
    )


def _scenario(
    result: Result,
    reference: Result | None,
    differences: Mapping[str, list[Simulated]],
    ratios: Mapping[str, list[Simulated]],
    notes: Mapping[str, OutcomeNote],
) -> ScenarioReport:
    """One scenario as the report shows it; `reference` is the baseline, None for a result that stands alone."""
    scenario = result.scenario
    is_baseline = result is reference
    quantiles = result.quantiles()
    return ScenarioReport(
        id=scenario.id,
        label=scenario.label,
        condition="" if is_baseline else condition(scenario),
        is_baseline=is_baseline,
        series={n: _points(found) for n, found in ({**quantiles, **ratios}).items() if n in notes or n in ratios},
        differences={n: _points(differences[n]) for n in notes if n in differences},
        levers=lever_changes(scenario, (reference or result).scenario),
        overrides=overrides(scenario),
        description=scenario.description,
        start=scenario.start,
    )


def _points(found: list[Simulated]) -> tuple[Point, ...]:
    """Yearly periods where there are any, else all; dates keep their one period."""
    yearly = [p for p in found if len(p.period) == 4]
    return tuple(
        Point(p.period, Band(p.p5, p.p25, p.median, p.p75, p.p95), p.mcse, p.censored_share or 0.0, p.share_positive)
        for p in yearly or found
    )


def _last_period(result: Result, notes: Mapping[str, OutcomeNote]) -> str:
    """The last period that every outcome has."""
    paths = [list(result.outcomes[n]) for n in notes if notes[n].kind != "date"]
    shared = [p for p in paths[0] if all(p in other for other in paths)] if paths else []
    return shared[-1] if shared else "horizon"


def _years(result: Result, notes: Mapping[str, OutcomeNote], focus: str) -> tuple[str, ...]:
    """The periods of the headline table that the result holds."""
    held = {p for n in notes for p in result.outcomes[n]}
    return tuple(y for y in YEARS if y in held) or (focus,)


def _title(results: tuple[Result, ...]) -> str:
    """The scenario's label, or the alternatives against the reference."""
    labels = [f"\u201c{r.scenario.label}\u201d" for r in results]
    if len(labels) == 1:
        return results[0].scenario.label
    counted = ("One scenario", "Two scenarios", "Three scenarios", "Four scenarios", "Five scenarios", "Six scenarios")
    many = counted[len(labels) - 2] if len(labels) - 2 < len(counted) else f"{len(labels) - 1} scenarios"
    return f"{labels[1] if len(labels) == 2 else many} against {labels[0]}"


def _manifest(stored: Result | Comparison, first: Result) -> Manifest:
    results = stored.results if isinstance(stored, Comparison) else (stored,)
    extra = [("Scenarios", ", ".join(r.scenario.id for r in results)), ("Evidence known", first.known)]
    if first.created:
        extra.append(("Simulated", first.created))
    if isinstance(stored, Comparison):
        past = stored.past
        same = "the same in every scenario, to the last bit" if past.identical else f"not the same: {past.note}"
        extra.append((f"The past before {past.until}", same))
    return Manifest(
        version=first.version,
        seed=first.seed,
        draws=first.draws,
        engine=first.engine,
        data_hash=first.data_hash,
        command=reproduce(results),
        evidence_end=evidence_end(),
        extra=tuple(extra),
    )


def _notes(stored: Result | Comparison) -> tuple[str, ...]:
    if isinstance(stored, Comparison) and not stored.past.identical:
        return (f"The scenarios do not share their past: {stored.past.note}.",)
    return ()


def _silent(first: Result) -> tuple[str, ...]:
    """Say why the report names no parameters that outcomes move with, where it cannot."""
    return (f"What outcomes move with is not shown: {why}.",) if (why := why_not(first)) else ()

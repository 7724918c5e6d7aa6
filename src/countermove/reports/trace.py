"""From a number to its sources: numbered citations, and a card per outcome with all that moves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from countermove.reports.charts import slug
from countermove.reports.model import Assumption, MechanismNote, OutcomeNote, ReportInput, SourceRow


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source; `anchor` is the id of its row."""

    number: int
    anchor: str
    source: SourceRow
    supports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """An outcome with its relations, their parameters split by basis, what it moves with most, and the sources below."""

    outcome: OutcomeNote
    anchor: str
    mechanisms: tuple[MechanismNote, ...]
    sourced: tuple[Assumption, ...]
    assumed: tuple[Assumption, ...]
    drivers: tuple[tuple[Assumption, float], ...]  # (parameter, rank correlation), strongest first
    citations: tuple[Citation, ...]


class Citations:
    """The numbered list of sources; `of(ids)` gives the citations of some ids in number order."""

    def __init__(self, report: ReportInput) -> None:
        uses = _uses(report)
        self.rows = tuple(
            Citation(number, f"source-{number}", source, tuple(dict.fromkeys((*source.supports, *uses.get(source.id, ())))))
            for number, source in enumerate(report.sources, 1)
        )
        self._by_id = {c.source.id: c for c in self.rows}

    def of(self, ids: tuple[str, ...] | list[str]) -> tuple[Citation, ...]:
        """Citations of `ids`, each once, by number."""
        return tuple(sorted({self._by_id[i].number: self._by_id[i] for i in ids}.values(), key=lambda c: c.number))


def _uses(report: ReportInput) -> dict[str, list[str]]:
    """Source id -> what it supports in this report, in words."""
    uses: dict[str, list[str]] = {}
    for source, use in (*_number_uses(report), *_statement_uses(report)):
        uses.setdefault(source, []).append(use)
    return uses


def _number_uses(report: ReportInput) -> Iterator[tuple[str, str]]:
    """Sources of parameters and of published values."""
    for a in report.assumptions:
        yield from ((s.source, f"{a.label}{f' ({s.supports})' if s.supports else ''}") for s in a.supports)
    for p in report.published:
        yield from ((source, f"{report.outcomes[p.outcome].label}, {p.period} (published value)") for source in p.sources)


def _statement_uses(report: ReportInput) -> Iterator[tuple[str, str]]:
    """Sources of gate states, levers and competing claims."""
    spans = (span for row in report.gates for span in row.spans)
    yield from ((source, f"gate: {span.label}") for span in spans for source in span.sources)
    levers = (lever for s in report.scenarios for lever in s.levers)
    yield from ((source, f"lever: {lever.label}") for lever in levers for source in lever.sources)
    for c in report.conflicts:
        yield from ((source, f"{c.subject}: {p.value or p.says}") for p in c.positions for source in p.sources)


def outcome_anchor(outcome: str) -> str:
    """Id of an outcome's card."""
    return f"outcome-{slug(outcome)}"


def assumption_anchor(path: str) -> str:
    """Id of a parameter's row."""
    return f"assumption-{slug(path)}"


def mechanism_anchor(name: str) -> str:
    """Id of a relation of the model."""
    return f"relation-{slug(name)}"


def cards(report: ReportInput, citations: Citations) -> tuple[Card, ...]:
    """One card per outcome that the report shows anywhere, headline outcomes first."""
    shown = dict.fromkeys((*report.headline, *report.charted, *(p.outcome for p in report.published), *report.drivers))
    return tuple(_card(report, report.outcomes[name], citations) for name in shown)


def _card(report: ReportInput, outcome: OutcomeNote, citations: Citations) -> Card:
    by_path = {a.path: a for a in report.assumptions}
    own = [by_path[p] for p in outcome.parameters]
    moved = tuple((by_path[d.path], d.correlation) for d in report.drivers.get(outcome.id, ()))
    ids = [s.source for a in (*own, *(a for a, _ in moved)) for s in a.supports]
    ids += [i for p in report.published if p.outcome == outcome.id for i in p.sources]
    sourced = tuple(a for a in own if a.basis == "sourced")
    assumed = tuple(a for a in own if a.basis == "assumption")
    relations = tuple(m for m in report.mechanisms if m.name in outcome.mechanisms)
    return Card(outcome, outcome_anchor(outcome.id), relations, sourced, assumed, moved, citations.of(ids))

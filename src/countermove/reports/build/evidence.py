"""What the ledger says about the numbers of a report: assumptions, published values, conflicts, and the sources cited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from countermove.errors import CountermoveError
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import Claim, Parameter, Period, Series, SeriesRow, Source
from countermove.experiments.overrides import apply_overrides
from countermove.experiments.result import Result
from countermove.experiments.scenario import Scenario
from countermove.quantities.units import convert
from countermove.reports.build.outcomes import HEADLINE
from countermove.reports.build.relations import KIND
from countermove.reports.build.units import unit_words
from countermove.reports.model import (
    Assumption,
    Conflict,
    GateRow,
    Position,
    Published,
    ScenarioReport,
    SourceRow,
    Support,
)
from countermove.reports.numbers import plain

LEAST_SPREAD = 0.1  # claims closer than this share of the largest are no conflict worth a row
MOST_CONFLICTS = 25


def assumptions(scenario: Scenario, ledger: Ledger) -> tuple[Assumption, ...]:
    """Every parameter as the scenario's run draws it: 5%, 50% and 95% points, basis, and what supports it."""
    assumed = apply_overrides(ledger.parameters, scenario.overrides)
    return tuple(_assumption(p, assumed.fixed.get(name), ledger) for name, p in assumed.parameters.items())


def _assumption(parameter: Parameter, pinned: float | None, ledger: Ledger) -> Assumption:
    low, high = parameter.prior.bounds()
    central = parameter.prior.median()
    if pinned is not None:
        low = central = high = pinned
    return Assumption(
        path=KIND + parameter.id,
        label=parameter.label,
        unit=unit_words(parameter.unit),
        low=low,
        central=central,
        high=high,
        basis=parameter.basis,
        supports=tuple(dict.fromkeys(_supports(parameter, ledger))),
        note=parameter.note,
        shape="pinned" if pinned is not None else parameter.prior.kind,
        pinned=pinned is not None or parameter.prior.kind == "fixed",
    )


def _supports(parameter: Parameter, ledger: Ledger) -> Iterator[Support]:
    for support in parameter.sources:
        if support.source:
            yield Support(support.source, support.supports)
        elif support.claim:
            yield from (Support(source.id, support.supports) for source in ledger.sources_of(ledger.claims[support.claim]))


def published(result: Result, ledger: Ledger) -> tuple[Published, ...]:
    """Published values of every series that names an outcome of the result, in the periods that both have."""
    found = [
        value
        for series in ledger.series.values()
        if (outcome := series.outcome or "") in result.outcomes
        for row in series.rows
        if row.period in result.outcomes[outcome]
        and (value := _published(series, row, outcome, result.info[outcome].unit, ledger)) is not None
    ]
    first = {name: i for i, name in enumerate(HEADLINE)}
    return tuple(sorted(found, key=lambda p: (first.get(p.outcome, len(first)), p.outcome, p.period)))


def _published(series: Series, row: SeriesRow, outcome: str, unit: str, ledger: Ledger) -> Published | None:
    """One value in the unit of the outcome; a row that gives a range only stands at its middle, and says so."""

    def converted(value: float | None) -> float | None:
        return None if value is None else float(convert(value, series.unit, unit, where=f"series/{series.id}"))

    try:
        value, low, high = converted(row.value), converted(row.low), converted(row.high)
    except CountermoveError:
        return None  # another dimension: a series of cards is not compared with an outcome in packages
    only_range = value is None
    if value is None:
        if low is None or high is None:
            return None
        value = (low + high) / 2
    sources = _row_sources(series, row, ledger)
    standing = "" if row.stands_as == "actual" or row.stands_as in row.note else row.stands_as
    note = "; ".join(t for t in (standing, row.note, "middle of a published range" if only_range else "") if t)
    return Published(outcome, row.period, value, low, high, _publisher(sources, ledger, series), sources, note)


def _row_sources(series: Series, row: SeriesRow, ledger: Ledger) -> tuple[str, ...]:
    """Sources of the row's own claim or source, else those of the series."""
    if row.source:
        return (row.source,)
    claim = row.claim or (None if series.sources else series.claim)
    return tuple(s.id for s in ledger.sources_of(ledger.claims[claim])) if claim else series.sources


def _publisher(sources: Sequence[str], ledger: Ledger, series: Series) -> str:
    return ledger.sources[sources[0]].publisher if sources else series.label


def conflicts(ledger: Ledger, rows: Sequence[Assumption], compared: Sequence[Published]) -> tuple[Conflict, ...]:
    """Subjects on which claims with numbers differ by more than a tenth, largest disagreement first.

    Only subjects that touch this report: those of claims behind its parameters, and those its sources speak about.
    """
    used = {s.source for a in rows for s in a.supports} | {i for p in compared for i in p.sources}
    touched = {c.subject for c in ledger.claims.values() if used & set(c.sources)}
    found = []
    for subject in touched:
        for claims in _comparable(ledger.subjects[subject]):
            spread = _spread(claims)
            if spread > LEAST_SPREAD:
                found.append((spread, _conflict(subject, claims, ledger)))
    ordered = sorted(found, key=lambda item: (-item[0], item[1].subject))
    return tuple(conflict for _, conflict in ordered[:MOST_CONFLICTS])


def _comparable(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    """Groups of claims with a value in one unit and about one period."""
    groups: dict[tuple[str | None, str], list[Claim]] = {}
    for claim in claims:
        if claim.value is not None:
            groups.setdefault((claim.unit, str(claim.period)), []).append(claim)
    yield from (group for group in groups.values() if len(group) > 1)


def _spread(claims: Sequence[Claim]) -> float:
    values = [c.value for c in claims if c.value is not None]
    largest = max(abs(v) for v in values)
    return (max(values) - min(values)) / largest if largest else 0.0


def _conflict(subject: str, claims: Sequence[Claim], ledger: Ledger) -> Conflict:
    names = {c.id for c in claims}
    users = [p for p in ledger.parameters.values() if any(s.claim in names for s in p.sources)]
    handling = "; ".join(f"{p.label}: {p.prior.kind}" for p in users)
    return Conflict(
        f"{_subject_words(subject)}, {_period_words(claims[0].period)}", tuple(_position(c, ledger) for c in claims), handling
    )


def _subject_words(subject: str) -> str:
    """A dotted topic as words: "huawei.ascend.packages" is "Huawei, ascend, packages"."""
    text = subject.replace("-", " ").replace(".", ", ")
    return text[:1].upper() + text[1:]


def _period_words(period: Period) -> str:
    """A period by its name where it has one: "2025", "2025-12", else its first and last day."""
    first, after = period.first_day, period.end_day
    if period.start is None or period.until is None:
        return str(period)
    if (first.month, first.day, after.month, after.day) == (1, 1, 1, 1) and after.year == first.year + 1:
        return str(first.year)
    last = after - dt.timedelta(days=1)
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and after.day == 1:
        return f"{first:%Y-%m}"
    return f"{first} to {last}"


def _position(claim: Claim, ledger: Ledger) -> Position:
    value = "" if claim.value is None else f"{plain(claim.value)} {unit_words(claim.unit)}".rstrip()
    sources = tuple(s.id for s in ledger.sources_of(claim))
    return Position(claim.says, value, claim.made_by, claim.grade, claim.known, sources)


def source_rows(
    ledger: Ledger,
    scenarios: Sequence[ScenarioReport],
    compared: Sequence[Published],
    rows: Sequence[Assumption],
    disagreements: Sequence[Conflict],
    gates: Sequence[GateRow],
) -> tuple[SourceRow, ...]:
    """The sources that the report cites, numbered in the order in which a reader meets them."""
    order = dict.fromkeys(
        (
            *(i for row in gates for span in row.spans for i in span.sources),
            *(i for p in compared for i in p.sources),
            *(i for s in scenarios for lever in s.levers for i in lever.sources),
            *(s.source for a in rows for s in a.supports),
            *(i for c in disagreements for p in c.positions for i in p.sources),
        )
    )
    grades = _grades(ledger)
    return tuple(_source_row(ledger.sources[i], grades.get(i, set())) for i in order)


def _grades(ledger: Ledger) -> dict[str, set[str]]:
    """Source id -> grades of the claims and series that rest on it."""
    found: dict[str, set[str]] = {}
    for claim in ledger.claims.values():
        for source in claim.sources:
            found.setdefault(source, set()).add(claim.grade)
    for series in ledger.series.values():
        for source in series.sources:
            found.setdefault(source, set()).add(series.grade)
    return found


def _source_row(source: Source, grades: set[str]) -> SourceRow:
    return SourceRow(
        id=source.id,
        title=source.title,
        publisher=source.publisher,
        published=source.published or "undated",
        url=source.url or "",
        kind=source.kind,
        side=source.side,
        grade="/".join(sorted(grades)),
        read_via=source.read_via or "",
    )

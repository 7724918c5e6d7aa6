"""Everything the data tree says, loaded once: sources, claims, parameters, series and cases by id.

`load_parameters` reads only ``data/parameters`` (the fast path of a run); `load_ledger` reads all and checks that every
reference leads somewhere.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from countermove.errors import DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA, shown_path
from countermove.evidence.reading import check_top, checked, entries
from countermove.evidence.schema import Case, CaseClaim, Claim, Parameter, Record, Series, Source
from countermove.evidence.strict_yaml import Document, load

Item = TypeVar("Item", bound=Record)

#: File in ``parameters/`` that lists rank correlations; the experiments room reads it.
CORRELATIONS = "correlations.yaml"


@dataclass(frozen=True)
class Ledger:
    """Sources, claims, parameters, series and cases by id, and where each stands."""

    sources: dict[str, Source] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    places: dict[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def subjects(self) -> dict[str, tuple[Claim, ...]]:
        """All claims by subject, oldest vintage first."""
        by_subject: dict[str, list[Claim]] = {}
        for claim in self.claims.values():
            by_subject.setdefault(claim.subject, []).append(claim)
        return {subject: tuple(sorted(found, key=_vintage)) for subject, found in sorted(by_subject.items())}

    def about(self, subject: str, *, on: dt.date | None = None, known: dt.date | None = None) -> list[Claim]:
        """Return the claims on a subject and the subjects below it, side by side, oldest vintage first.

        ``on`` keeps claims whose period holds that day; ``known`` keeps those known on that day. Raises InputError for
        a subject that no claim has; an empty list means that nothing was known or in force then.
        """
        found = [
            claim for name, group in self.subjects.items() if name == subject or name.startswith(f"{subject}.") for claim in group
        ]
        if not found:
            raise InputError(f"no claim is about '{subject}'", where="subject", hint=did_you_mean(subject, self.subjects))
        kept = [
            claim for claim in found if (on is None or claim.period.contains(on)) and (known is None or claim.known_day <= known)
        ]
        return sorted(kept, key=_vintage)

    def competing(self, claim: Claim) -> list[Claim]:
        """Return the other claims on the same subject whose periods overlap, oldest vintage first."""
        return [other for other in self.subjects.get(claim.subject, ()) if claim.competes_with(other)]

    def sources_of(self, claim: Claim) -> list[Source]:
        """Return a claim's sources; for a derived claim also those of the claims it is derived from, each once."""
        found = dict.fromkeys(claim.sources)
        for name in claim.derived.inputs if claim.derived else ():
            found |= dict.fromkeys(source.id for source in self.sources_of(self.claims[name]))
        return [self.sources[name] for name in found]

    def place(self, kind: str, name: str) -> str:
        """Return ``file:line`` of an entry (kinds: sources, claims, parameters, series, cases), else its path."""
        return self.places.get((kind, name), f"{kind}/{name}")


def _vintage(claim: Claim) -> tuple[dt.date, str]:
    return claim.known_day, claim.id


def read_parameters(root: Path) -> dict[str, Parameter]:
    """Return the parameters of a data tree, by id, in the order of files and of their lines."""
    return _read_parameters(root, {})


def read_ledger(root: Path) -> Ledger:
    """Read a whole data tree and check its references; DataError (InputError for a foreign tree) with file and line."""
    places: dict[tuple[str, str], str] = {}
    ledger = Ledger(
        sources=_collect(_files(root, "sources"), "sources", Source, places),
        claims=_collect(_files(root, "claims"), "claims", Claim, places),
        parameters=_read_parameters(root, places),
        series=_read_series(root, places),
        cases=_read_cases(root, places),
        places=places,
    )
    for where, name, kind, known in _references(ledger):
        if name not in known:
            raise DataError(f"unknown {kind} '{name}'", where=where, hint=did_you_mean(name, known))
    _refuse_circles(ledger)
    return ledger


def _refuse_circles(ledger: Ledger) -> None:
    """Raise DataError when a derived claim rests, through others, on itself."""
    settled: set[str] = set()

    def settle(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circle = " -> ".join((*above[above.index(name) :], name))
            raise DataError(f"derived in a circle: {circle}", where=ledger.place("claims", name), hint="state one of the values")
        derived = ledger.claims[name].derived
        for below in derived.inputs if derived and name not in settled else ():
            settle(below, (*above, name))
        settled.add(name)

    for name in ledger.claims:
        settle(name, ())


@cache
def load_ledger() -> Ledger:
    """Return the ledger of the shipped data tree, read once per process."""
    return read_ledger(DATA)


@cache
def _shipped_parameters() -> dict[str, Parameter]:
    return read_parameters(DATA)


def load_parameters() -> dict[str, Parameter]:
    """Return the parameters of the shipped data tree by id, reading nothing else."""
    return dict(_shipped_parameters())


def _files(root: Path, folder: str) -> list[Path]:
    return sorted((root / folder).glob("*.yaml"))


def _collect(paths: list[Path], key: str, model: type[Item], places: dict[tuple[str, str], str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for path in paths:
        document = load(path)
        for name, item in entries(document, key, model).items():
            if name in found:
                raise document.error(f"'{name}' is already defined", key, name, hint=f"first in {places[key, name]}")
            found[name] = item
            places[key, name] = f"{document.path}:{document.line(key, name)}"
    return found


def _read_parameters(root: Path, places: dict[tuple[str, str], str]) -> dict[str, Parameter]:
    paths = [path for path in _files(root, "parameters") if path.name != CORRELATIONS]
    return _collect(paths, "parameters", Parameter, places)


def _read_series(root: Path, places: dict[tuple[str, str], str]) -> dict[str, Series]:
    index = root / "series" / "index.yaml"
    if not index.is_file():
        return {}
    document = load(index)
    check_top(document, ("series",))
    found: dict[str, Series] = {}
    for name in document.mapping("series"):
        rows = _series_rows(root / "series" / f"{name}.csv", document, name)
        found[name] = checked(document, Series, ("series", name), id=name, rows=rows)
        places["series", name] = f"{document.path}:{document.line('series', name)}"
    return found


def _series_rows(path: Path, document: Document, name: str) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            table = list(csv.DictReader(stream, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise document.error(
            f"cannot read the table {path.name}: {error}", "series", name, hint="put it beside the index"
        ) from None
    return [_series_row(row, f"{shown_path(path)}:{number}") for number, row in enumerate(table, start=2)]


def _series_row(row: dict[str, str | None], where: str) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for column, text in row.items():
        if text is None or column is None:
            raise DataError(
                "the row and the head have different numbers of columns", where=where, hint="quote texts that hold a comma"
            )
        if column in {"value", "low", "high"}:
            cells[column] = _number(text, column, where)
        elif text or column == "period":
            cells[column] = text
    return {"value": None} | cells


def _number(text: str, column: str, where: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise DataError(f"found '{text}' in column {column}", where=where, hint="write a number or leave it empty") from None


def _read_cases(root: Path, places: dict[tuple[str, str], str]) -> dict[str, Case]:
    found: dict[str, Case] = {}
    for path in _files(root, "cases"):
        document = load(path)
        check_top(document, ("case", "claims"))
        claims = [checked(document, CaseClaim, ("claims", number), id=number) for number in document.mapping("claims")]
        if "case" not in document.data:
            raise document.error("the key 'case' is missing", hint="add case: {title: ...}")
        found[path.stem] = checked(document, Case, ("case",), id=path.stem, claims=claims)
        places["cases", path.stem] = f"{document.path}:{document.line('case')}"
        places.update(
            {("cases", f"{path.stem}/{claim.id}"): f"{document.path}:{document.line('claims', claim.id)}" for claim in claims}
        )
    return found


def _references(ledger: Ledger) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield every reference of the ledger: where it stands, the name, what it names, the valid names."""
    for claim in ledger.claims.values():
        where = ledger.place("claims", claim.id)
        yield from ((where, name, "source", ledger.sources) for name in claim.sources)
        yield from ((where, name, "claim", ledger.claims) for name in (claim.derived.inputs if claim.derived else ()))
    for parameter in ledger.parameters.values():
        where = ledger.place("parameters", parameter.id)
        for support in parameter.sources:
            yield from _claim_and_source(ledger, where, support.claim, support.source)
    for series in ledger.series.values():
        where = ledger.place("series", series.id)
        yield from ((where, name, "source", ledger.sources) for name in series.sources)
        yield from ((where, name, "series", ledger.series) for name in series.derived_from)
        yield from _claim_and_source(ledger, where, series.claim, None)
        for row in series.rows:
            yield from _claim_and_source(ledger, f"{where} (period {row.period})", row.claim, row.source)
    for case in ledger.cases.values():
        for entry in case.claims:
            where = ledger.place("cases", f"{case.id}/{entry.id}")
            yield from ((where, name, "claim", ledger.claims) for name in (*entry.evidence_for, *entry.against))
            yield from ((where, name, "source", ledger.sources) for name in entry.sources)


def _claim_and_source(
    ledger: Ledger, where: str, claim: str | None, source: str | None
) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    if claim is not None:
        yield where, claim, "claim", ledger.claims
    if source is not None:
        yield where, source, "source", ledger.sources

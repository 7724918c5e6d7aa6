"""One thing that a path of the evidence points to, in one shape for every kind, and the way from the path to it.

Paths: ``parameters/supply.hbm_stockpile``, ``claims/h200-customs-block-2026-01`` or a topic ``claims/policy.cn.h200``,
``sources/...``, ``series/ID`` or ``series/ID/2025Q1``, ``cases/h200-2026`` or ``cases/h200-2026/C1``. Rooms with data
of their own (chips, systems, rules, presets) add their prefix with `register_resolver`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from countermove.errors import InputError, did_you_mean, nearest
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import CaseClaim, Claim, Parameter, Series, SeriesRow, Source


@dataclass(frozen=True)
class Entry:
    """What a path points to: a title, named facts in reading order, and the claims and sources behind them."""

    path: str
    kind: str
    title: str
    facts: tuple[tuple[str, Any], ...] = ()
    claims: tuple[Claim, ...] = ()
    sources: tuple[Source, ...] = ()
    place: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Registered:
    find: Callable[[Ledger, str], Entry | None]
    names: Callable[[], Iterable[str]]


_REGISTERED: dict[str, _Registered] = {}


def register_resolver(
    prefix: str, find: Callable[[Ledger, str], Entry | None], names: Callable[[], Iterable[str]] = tuple
) -> None:
    """Let another room answer for the paths below ``prefix``.

    ``find`` gets the ledger and the rest of the path and returns the entry, or None when there is no such name;
    ``names`` lists the valid names, for hints and for paths given without prefix. Registering again replaces.
    """
    if prefix in _OWN or not prefix.isidentifier():
        raise ValueError(f"the prefix '{prefix}' is taken or not a plain word")
    _REGISTERED[prefix] = _Registered(find, names)


def prefixes() -> list[str]:
    """Return the first parts that a path may have."""
    return [*_OWN, *_REGISTERED]


def resolve(ledger: Ledger, path: str) -> Entry:
    """Return what ``path`` points to; InputError with the nearest valid path when it points nowhere."""
    wanted = path.strip().strip("/")
    prefix, slash, rest = wanted.partition("/")
    if slash and prefix in prefixes():
        return _below(ledger, prefix, rest)
    if slash and nearest(prefix, prefixes()) and prefix not in ledger.series and prefix not in ledger.cases:
        raise InputError(f"nothing is called '{path}'", where="path", hint=did_you_mean(prefix, prefixes()))
    for name in prefixes():
        found = _find(ledger, name, wanted)
        if found is not None:
            return found
    if not wanted or wanted in prefixes():
        raise InputError("a path needs a name", where="path", hint=f"begin with one of: {', '.join(prefixes())}")
    raise InputError(f"nothing is called '{path}'", where="path", hint=_hint(wanted, all_paths(ledger)))


def all_paths(ledger: Ledger) -> list[str]:
    """Return every path that `resolve` accepts with its prefix, series rows left out."""
    return [f"{prefix}/{name}" for prefix in prefixes() for name in _names(ledger, prefix)]


def _below(ledger: Ledger, prefix: str, rest: str) -> Entry:
    found = _find(ledger, prefix, rest)
    if found is None:
        names = [f"{prefix}/{name}" for name in _names(ledger, prefix)]
        raise InputError(f"nothing is called '{prefix}/{rest}'", where="path", hint=_hint(f"{prefix}/{rest}", names))
    return found


def _hint(wanted: str, paths: list[str]) -> str:
    """Compare with and without prefix, so that neither hides a likeness."""
    close = nearest(wanted, paths)
    by_name = {path.partition("/")[2]: path for path in paths}
    bare = nearest(wanted.rpartition("/")[2], by_name)
    return did_you_mean(close or (by_name[bare] if bare else wanted), paths)


def _find(ledger: Ledger, prefix: str, name: str) -> Entry | None:
    own = _OWN.get(prefix)
    return own[0](ledger, name) if own else _REGISTERED[prefix].find(ledger, name)


def _names(ledger: Ledger, prefix: str) -> Iterable[str]:
    own = _OWN.get(prefix)
    return own[1](ledger) if own else _REGISTERED[prefix].names()


def _parameter(ledger: Ledger, name: str) -> Entry | None:
    parameter = ledger.parameters.get(name)
    if parameter is None:
        return None
    claims = [ledger.claims[support.claim] for support in parameter.sources if support.claim]
    competing = [other for claim in claims for other in ledger.competing(claim)]
    sources = [ledger.sources[support.source] for support in parameter.sources if support.source]
    return Entry(
        path=f"parameters/{name}",
        kind="parameter",
        title=parameter.label,
        facts=_parameter_facts(parameter),
        claims=_each_once([*claims, *competing]),
        sources=tuple(dict.fromkeys(sources)),
        place=ledger.place("parameters", name),
        note=parameter.note,
    )


def _parameter_facts(parameter: Parameter) -> tuple[tuple[str, Any], ...]:
    low, high = parameter.prior.bounds()
    supports = [
        f"{support.supports}: {'claims/' + support.claim if support.claim else f'sources/{support.source}'}"
        for support in parameter.sources
    ]
    return (
        ("unit", parameter.unit),
        ("prior", parameter.prior.words()),
        ("5% to 95%", f"{low:.4g} to {high:.4g}"),
        ("valid", f"{parameter.valid[0]:g} to {parameter.valid[1]:g}"),
        ("basis", parameter.basis),
        *(("supported by", support) for support in supports),
    )


def _claim(ledger: Ledger, name: str) -> Entry | None:
    claim = ledger.claims.get(name)
    if claim is None:
        return _topic(ledger, name)
    inputs = [ledger.claims[other] for other in (claim.derived.inputs if claim.derived else ())]
    facts: list[tuple[str, Any]] = [("subject", claim.subject)]
    if claim.derived:
        facts.append(("derived", f"{claim.derived.formula} with " + ", ".join(_letters(claim.derived.inputs))))
    facts += [("competes with", f"claims/{other.id}") for other in ledger.competing(claim)]
    return Entry(
        path=f"claims/{name}",
        kind="claim",
        title=claim.says,
        facts=tuple(facts),
        claims=_each_once([claim, *ledger.competing(claim), *inputs]),
        sources=tuple(ledger.sources_of(claim)),
        place=ledger.place("claims", name),
        note=claim.note,
    )


def _letters(names: Iterable[str]) -> list[str]:
    return [f"{chr(ord('a') + number)} = claims/{name}" for number, name in enumerate(names)]


def _topic(ledger: Ledger, subject: str) -> Entry | None:
    if subject not in _topics(ledger):
        return None
    claims = ledger.about(subject)
    return Entry(f"claims/{subject}", "topic", f"what is claimed about {subject}", (("claims", len(claims)),), tuple(claims))


def _topics(ledger: Ledger) -> list[str]:
    """Return all subjects and the subjects above them."""
    parts = (subject.split(".") for subject in ledger.subjects)
    return list(dict.fromkeys(".".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)))


def _source(ledger: Ledger, name: str) -> Entry | None:
    source = ledger.sources.get(name)
    if source is None:
        return None
    claims = [claim for claim in ledger.claims.values() if name in claim.sources]
    used_by = [
        f"parameters/{parameter.id}"
        for parameter in ledger.parameters.values()
        if any(support.source == name for support in parameter.sources)
    ]
    facts = (("side", source.side), ("kind", source.kind), *(("used by", path) for path in used_by))
    return Entry(
        f"sources/{name}", "source", source.title, facts, tuple(claims), (source,), ledger.place("sources", name), source.note
    )


def _series(ledger: Ledger, name: str) -> Entry | None:
    series_id, _, period = name.partition("/")
    series = ledger.series.get(series_id)
    if series is None:
        return None
    rows = [row for row in series.rows if period in {"", row.period}]
    if not rows:
        hint = did_you_mean(period, [row.period for row in series.rows])
        raise InputError(f"the series '{series_id}' has no period '{period}'", where="path", hint=hint)
    claims = [ledger.claims[found] for found in (series.claim, *(row.claim for row in rows)) if found]
    sources = [*series.sources, *(row.source for row in rows if row.source)]
    return Entry(
        path=f"series/{name}",
        kind="series",
        title=series.label,
        facts=_series_facts(series, rows),
        claims=_each_once(claims),
        sources=tuple(ledger.sources[source] for source in dict.fromkeys(sources)),
        place=ledger.place("series", series_id),
        note=series.note,
    )


def _series_facts(series: Series, rows: list[SeriesRow]) -> tuple[tuple[str, Any], ...]:
    def cell(row: SeriesRow) -> str:
        band = f" ({row.low:g} to {row.high:g})" if row.low is not None and row.high is not None else ""
        number = f"{row.value:g}{band}" if row.value is not None else band.strip()
        marks = [*([] if row.stands_as == "actual" else [row.stands_as]), *(["recast"] if row.recast else [])]
        return ", ".join([number, *marks])

    return (
        ("unit", series.unit),
        ("definition", series.definition),
        ("kind", series.kind),
        ("grade", series.grade),
        *((("from", "the company's own filings"),) if series.filing else ()),
        *((("frequency of the source", series.frequency),) if series.frequency else ()),
        *((("made from", ", ".join(series.derived_from)),) if series.derived_from else ()),
        *((row.period, cell(row)) for row in rows),
    )


def _case(ledger: Ledger, name: str) -> Entry | None:
    case_id, _, number = name.partition("/")
    case = ledger.cases.get(case_id)
    if case is None:
        return None
    if not number:
        facts = tuple((claim.id, f"{claim.claim} [{claim.status}]") for claim in case.claims)
        return Entry(f"cases/{case_id}", "case", case.title, facts, place=ledger.place("cases", case_id), note=case.note)
    for claim in case.claims:
        if claim.id == number:
            return _case_claim(ledger, case_id, claim)
    raise InputError(
        f"the case '{case_id}' has no claim '{number}'",
        where="path",
        hint=did_you_mean(number, [claim.id for claim in case.claims]),
    )


def _case_claim(ledger: Ledger, case_id: str, claim: CaseClaim) -> Entry:
    facts = (
        ("made by", claim.made_by),
        ("status", claim.status),
        *(("for", f"claims/{name}") for name in claim.evidence_for),
        *(("against", f"claims/{name}") for name in claim.against),
        *((("answer", claim.answer),) if claim.answer else ()),
    )
    return Entry(
        path=f"cases/{case_id}/{claim.id}",
        kind="case claim",
        title=claim.claim,
        facts=facts,
        claims=_each_once([ledger.claims[name] for name in (*claim.evidence_for, *claim.against)]),
        sources=tuple(ledger.sources[name] for name in claim.sources),
        place=ledger.place("cases", f"{case_id}/{claim.id}"),
        note=claim.note,
    )


def _each_once(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple({claim.id: claim for claim in claims}.values())


_OWN: dict[str, tuple[Callable[[Ledger, str], Entry | None], Callable[[Ledger], Iterable[str]]]] = {
    "parameters": (_parameter, lambda ledger: ledger.parameters),
    "claims": (_claim, lambda ledger: [*ledger.claims, *_topics(ledger)]),
    "sources": (_source, lambda ledger: ledger.sources),
    "series": (_series, lambda ledger: ledger.series),
    "cases": (
        _case,
        lambda ledger: [*ledger.cases, *(f"{case.id}/{claim.id}" for case in ledger.cases.values() for claim in case.claims)],
    ),
}

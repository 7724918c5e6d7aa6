"""Every inconsistency of a data tree, as one line each: what the lints of the tests and `countermove doctor` run.

The loader refuses what cannot be used (unknown keys, broken references, priors outside their limits). The audit adds
what can be used but must not stand: numbers that do not follow from their sources, grades and dates that do not fit.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from pathlib import Path

from countermove.errors import InputError
from countermove.evidence.citations import citations, unknown_citations
from countermove.evidence.derived import TOLERANCE, recompute
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import Claim, Parameter, Support
from countermove.quantities import calendar
from countermove.quantities.units import Unit, convert

#: Kinds of source that can carry grade A.
FIRST_HAND = {"official", "filing"}


def problems(ledger: Ledger, root: Path, *, uncited: Collection[str] = ()) -> list[str]:
    """Return all inconsistencies, each as ``file:line: what is wrong``; an empty list is a sound tree.

    ``root`` is the tree the ledger was read from; ``uncited`` names sources that may stand without being cited.
    """
    found: list[str] = []
    for claim in ledger.claims.values():
        found += [f"{ledger.place('claims', claim.id)}: {claim.id}: {what}" for what in _claim_problems(claim, ledger)]
    for parameter in ledger.parameters.values():
        where = ledger.place("parameters", parameter.id)
        found += [f"{where}: {parameter.id}: {what}" for what in _parameter_problems(parameter, ledger)]
    for series in ledger.series.values():
        where = ledger.place("series", series.id)
        found += [f"{where}: {series.id}: {what}" for what in _period_problems([row.period for row in series.rows])]
    cited = {citation.name for citation in citations(root)} | set(uncited)
    cited |= {row.source for series in ledger.series.values() for row in series.rows if row.source}
    orphans = [f"{ledger.place('sources', name)}: {name}: nothing cites it" for name in ledger.sources if name not in cited]
    return [*found, *unknown_citations(root, ledger), *orphans]


def _claim_problems(claim: Claim, ledger: Ledger) -> Iterator[str]:
    sources = [ledger.sources[name] for name in claim.sources]
    if claim.grade == "A" and not any(source.kind in FIRST_HAND for source in sources):
        yield "grade A needs an official text or a filing among its sources"
    if claim.derived is not None and claim.grade not in {"C", "D"}:
        yield f"a derived claim has grade C or D, not {claim.grade}"
    if claim.grade in {"A", "B"} and sources and not any(source.url for source in sources):
        yield f"grade {claim.grade} needs a source with an address"
    published = [calendar.parse_date(source.published) for source in sources if source.published]
    if published and len(published) == len(sources) and claim.known_day < min(published):
        yield f"known {claim.known} is before any of its sources was published ({min(published)})"
    if claim.derived is not None:
        yield from _derived_problems(claim, ledger)


def _derived_problems(claim: Claim, ledger: Ledger) -> Iterator[str]:
    assert claim.derived is not None  # noqa: S101  (the caller has checked)
    for name in claim.derived.inputs:
        if ledger.claims[name].known_day > claim.known_day:
            yield f"known {claim.known} is before its input {name} was known ({ledger.claims[name].known})"
    try:
        value = recompute(claim, ledger.claims)
    except InputError as error:
        yield error.what
        return
    if claim.value is None or not math.isclose(value, claim.value, rel_tol=TOLERANCE):
        yield f"the formula {claim.derived.formula} gives {value:.6g}, the claim states {claim.value}"


def _parameter_problems(parameter: Parameter, ledger: Ledger) -> Iterator[str]:
    low, high = parameter.prior.stated()
    for support in parameter.sources:
        wanted = {"low": [low], "high": [high], "both": [low, high], "value": [low]}.get(support.supports, [])
        for number in wanted:
            yield from _unsupported(parameter, support, number, ledger)
    grades = {
        ledger.claims[support.claim].grade for support in parameter.sources if support.claim and support.supports != "context"
    }
    if parameter.basis == "sourced" and "D" in grades:
        yield "basis: sourced rests on a claim of grade D"


def _unsupported(parameter: Parameter, support: Support, number: float, ledger: Ledger) -> Iterator[str]:
    """Yield a problem unless the claim states the number, in a unit that converts to the parameter's."""
    if support.claim is None:
        return
    claim = ledger.claims[support.claim]
    stated = [value for value in (claim.low, claim.value, claim.high) if value is not None]
    if claim.unit is None:
        yield f"supports {support.supports}: the claim {claim.id} states no number"
    elif not Unit.parse(claim.unit).compatible(Unit.parse(parameter.unit)):
        yield f"supports {support.supports}: the claim {claim.id} is in {claim.unit}, the parameter in {parameter.unit}"
    elif not any(math.isclose(convert(value, claim.unit, parameter.unit), number, rel_tol=TOLERANCE) for value in stated):
        shown = f"{', '.join(f'{value:g}' for value in stated)} {claim.unit}"
        yield f"supports {support.supports}: the claim {claim.id} states {shown}, the prior {number:g} {parameter.unit}"


def _period_problems(periods: list[str]) -> Iterator[str]:
    starts = []
    for period in periods:
        try:
            starts.append(calendar.period_months(period)[0])
        except InputError as error:
            yield error.what
    if starts != sorted(starts):
        yield "periods are not in order of time"

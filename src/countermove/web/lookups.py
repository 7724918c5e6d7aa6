"""Looking things up: the evidence and its search, the catalogue, the case, the check of a chip and its timeline."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from countermove import api
from countermove.errors import InputError
from countermove.evidence import text
from countermove.evidence.schema import Claim, Parameter, Series, Source
from countermove.web.routes import Address
from countermove.web.schema_views import SearchAnswer, SearchHit
from countermove.web.writing import json_answer

MOST_HITS = 80
MOST_WORDS = 200
MOST_CHIPS = 10_000_000
CHECK = ("to", "parent", "end_user", "end_use", "route", "exporter", "strict", "on", "known")
"""What a check may be told about the transaction, besides numbers."""


class Lookups:
    """The addresses of things that are known and not computed."""

    def addresses(self) -> list[Address]:
        """Return the table of the addresses."""
        dates = {"on": "date of the transaction", "known": "only what was known on this date"}
        told = {name: name.replace("_", " ") for name in CHECK}
        return [
            Address("GET", "/api/evidence/{path:path}", self.evidence, "Claims and sources behind a path", query=dates),
            Address(
                "GET", "/api/search", self.search, "Search the evidence", gives=SearchAnswer, query={"q": "words", "kind": "kind"}
            ),
            Address("GET", "/api/catalog/{kind}", self.catalog, "Chips, systems or models"),
            Address("GET", "/api/catalog/{kind}/{name}", self.catalog_entry, "One of them with its sources"),
            Address("GET", "/api/claims/{case}", self.claims, "The claims of a case with the evidence; probabilities are a job"),
            Address("GET", "/api/check/{item}", self.check, "Both governments' rules on one transaction", query=told),
            Address(
                "GET",
                "/api/substitute/{target}",
                self.substitute,
                "Which other systems do the same work, with power, price and gates",
                query={"workload": "training, prefill or decode", "count": "chips of the target"},
            ),
            Address("GET", "/api/timeline/{item}", self.timeline, "Both gates over time", query=told),
        ]

    async def evidence(self, request: Request) -> Response:
        """Show an entry of the evidence."""
        path, given = _no_suffix(request.path_params["path"]), request.query_params

        def found() -> dict[str, Any]:
            return text.as_json(api.look_up(path, on=given.get("on"), known=given.get("known")), api.ledger())

        return await _answered(found)

    async def search(self, request: Request) -> Response:
        """Search titles, ids and claims."""
        words = request.query_params.get("q", "")[:MOST_WORDS]
        kind = request.query_params.get("kind", "")
        return json_answer(await anyio.to_thread.run_sync(lambda: search(words, kind)))

    async def catalog(self, request: Request) -> Response:
        """List chips, systems or models."""
        kind = _no_suffix(request.path_params["kind"])
        return await _answered(lambda: {"kind": kind, "rows": api.catalogue_rows(kind)})

    async def catalog_entry(self, request: Request) -> Response:
        """Show one of them."""
        kind, name = request.path_params["kind"], _no_suffix(request.path_params["name"])
        return await _answered(lambda: {"kind": kind, "rows": [api.catalogue_entry(kind, name)]})

    async def claims(self, request: Request) -> Response:
        """Show the claims of a case without running the model."""
        from countermove.desk.claims import claims

        case = _no_suffix(request.path_params["case"])
        return await _answered(lambda: claims(case, simulate=False))

    async def check(self, request: Request) -> Response:
        """Check one transaction."""
        from countermove.policy import checks
        from countermove.policy.check_claims import bearing_claims
        from countermove.policy.check_document import to_dict

        item, told = _no_suffix(request.path_params["item"]), _told(request)

        def found() -> dict[str, Any]:
            result = checks.check(item, **told)
            return to_dict(result) | {"claims": bearing_claims(result)}

        return await _answered(found)

    async def substitute(self, request: Request) -> Response:
        """Show what replaces a chip or a system on a workload."""
        from countermove.desk.substitute import substitute

        target, query = _no_suffix(request.path_params["target"]), request.query_params
        workload, count = query.get("workload", "decode"), query.get("count", "")
        if count and not (count.isdecimal() and 1 <= int(count) <= MOST_CHIPS):
            raise InputError(f"{count[:20]!r} chips", where="query (count)", hint=f"give a whole number from 1 to {MOST_CHIPS:,}")
        return await _answered(lambda: substitute(target, workload, count=int(count) if count else None))

    async def timeline(self, request: Request) -> Response:
        """Show both gates over time."""
        from countermove.policy import check_timeline
        from countermove.policy.checks import NOTICE

        item, told = _no_suffix(request.path_params["item"]), _told(request)
        until = told.pop("on", None)
        told.pop("strict", None)

        def found() -> dict[str, Any]:
            shown = check_timeline.timeline(item, until=until, **told)
            spells = [
                {
                    "start": spell.start.isoformat(),
                    "until": None if spell.until is None else spell.until.isoformat(),
                    "government": spell.government,
                    "outcome": spell.outcome,
                    "reason": spell.reason,
                    "reference": spell.reference,
                    "rules": list(spell.rules),
                }
                for spell in shown.spells
            ]
            return {
                "item": shown.item.id,
                "name": shown.item.name,
                "end": shown.end.isoformat(),
                "spells": spells,
                "notice": NOTICE,
            }

        return await _answered(found)


async def _answered(found: Callable[[], dict[str, Any]]) -> Response:
    return json_answer(await anyio.to_thread.run_sync(found))


def _no_suffix(name: str) -> str:
    return name.removesuffix(".json")


def _told(request: Request) -> dict[str, Any]:
    """Return what a query tells about a transaction; InputError for anything else."""
    for name in request.query_params:
        if name not in CHECK:
            raise InputError(f"a check knows nothing of {name[:40]!r}", where="query", hint=f"one of: {', '.join(CHECK)}")
    told: dict[str, Any] = {name: value for name, value in request.query_params.items() if value}
    if "strict" in told:
        told["strict"] = _yes(told["strict"])
    return told


def _yes(word: str) -> bool:
    """Read a yes or no of a query; InputError for another word."""
    if word not in ("yes", "no", "true", "false", "1", "0"):
        raise InputError(f"strict is {word[:20]!r}", where="query (strict)", hint="write yes or no")
    return word in ("yes", "true", "1")


def search(words: str, kind: str = "") -> SearchAnswer:
    """Return the entries of the evidence that hold every word, shortest path first."""
    wanted = words.lower().split()
    hits = [hit for hit, haystack in _index() if (not kind or hit.kind == kind) and all(word in haystack for word in wanted)]
    return SearchAnswer(query=words, count=len(hits), hits=hits[:MOST_HITS])


@cache
def _index() -> list[tuple[SearchHit, str]]:
    """Return every number and source of the evidence with the text that is searched."""
    ledger = api.ledger()
    return [
        *(_parameter_row(one) for one in ledger.parameters.values()),
        *(_claim_row(one) for one in ledger.claims.values()),
        *(_source_row(one) for one in ledger.sources.values()),
        *(_series_row(one) for one in ledger.series.values()),
    ]


def _row(kind: str, name: str, *, title: str, value: str, grade: str, about: str, also: str) -> tuple[SearchHit, str]:
    folder = {"series": "series"}.get(kind, f"{kind}s")
    hit = SearchHit(path=f"{folder}/{name}", kind=kind, title=title, value=value, grade=grade, about=about)
    return hit, f"{hit.path} {title} {also}".lower()


def _parameter_row(one: Parameter) -> tuple[SearchHit, str]:
    low, high = one.prior.bounds()
    value = f"{low:.4g} to {high:.4g} {'' if one.unit == '1' else one.unit}".strip()
    return _row("parameter", one.id, title=one.label, value=value, grade=one.basis, about="", also=one.note)


def _claim_row(one: Claim) -> tuple[SearchHit, str]:
    about = f"{one.period}; known {one.known}; {one.made_by}"
    also = f"{one.subject} {one.made_by} {one.note}"
    return _row("claim", one.id, title=one.says, value=text.value_text(one), grade=one.grade, about=about, also=also)


def _source_row(one: Source) -> tuple[SearchHit, str]:
    about = f"{one.publisher}, {one.published or 'undated'}"
    return _row("source", one.id, title=one.title, value="", grade=one.kind, about=about, also=one.publisher)


def _series_row(one: Series) -> tuple[SearchHit, str]:
    value, also = f"{len(one.rows)} periods", one.definition
    return _row("series", one.id, title=one.label, value=value, grade=one.grade, about=one.definition, also=also)

"""An explanation as lines for a terminal: what the outcome moves with, then the chain down to the sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from countermove.desk.explain import strongest
from countermove.desk.wording import amount, is_share, number, wrapped
from countermove.experiments.pipeline import PRIOR

STRONGEST = 8
DEPTH = 1
SHOWN = 5  # parameters named per mechanism unless all are wanted
CITED = 3  # supports shown per parameter and sources per table unless all are wanted

Document = Mapping[str, Any]


def lines(document: Document, *, depth: int = DEPTH, everything: bool = False) -> list[str]:
    """Return an explanation as text; `depth` limits the mechanisms shown, `everything` shows all of all."""
    return [
        *_head(document),
        "",
        *_drivers(document, everything=everything),
        *_gates(document),
        "",
        *_chain(document, depth=10**6 if everything else depth, everything=everything),
        *_tables(document, everything=everything),
        "",
        *_foot(document, depth=depth, everything=everything),
    ]


def _head(document: Document) -> list[str]:
    share = is_share(document["outcome"], document["unit"])
    point = document["point"]
    median, low, high = (amount(point[key], document["unit"], share=share) for key in ("median", "p5", "p95"))
    when = "" if document["period"] == "horizon" else f" in {document['period']}"
    return [
        f"{document['outcome']}{when}, {document['run']} ({document['draws']:,} draws, seed {document['seed']}"
        + (", priors as they stand)" if document["beliefs"] == PRIOR else ")"),
        *wrapped(f"{document['label']}: median {median}, 90% {low} to {high}"),
        *wrapped(document["definition"]),
    ]


def _drivers(document: Document, *, everything: bool) -> Iterator[str]:
    if document["note"]:
        yield from wrapped(f"No rank correlations: {document['note']}.")
        return
    found = strongest(document, len(document["parameters"]) if everything else STRONGEST)
    varying = sum(one["correlation"] is not None for one in document["parameters"])
    noise = f"below {document['noise']:.2f} is noise"
    yield f"What it moves with: rank correlation over the draws of {varying} uncertain numbers ({noise})"
    if not found:
        yield "  nothing stands out of the noise"
    for one in found:
        yield from _parameter(one, everything=everything)


def _parameter(one: Document, *, everything: bool) -> Iterator[str]:
    yield from wrapped(one["label"], first=f"  {one['correlation']:+.2f}  ")
    unit = "" if one["unit"] == "1" else f" {one['unit']}"
    band = number(one["low"]) if one["low"] == one["high"] else f"{number(one['low'])} to {number(one['high'])}"
    yield from wrapped(f"{one['path']}: {band}{unit} (5% to 95%), {_prior(one)}, {one['basis']}", first=" " * 9)
    shown = one["supports"] if everything else [support for support in one["supports"] if support["supports"] != "context"]
    for support in shown if everything else shown[:CITED]:
        yield from _support(support)
    if one["basis"] == "assumption" and one["note"]:
        note = one["note"]
        why = f"a{note[1:]}" if note.startswith("Assumption") else f"assumption: {note}"
        yield from wrapped(f"<- {why}", first=" " * 9, rest=" " * 12)


def _prior(one: Document) -> str:
    """The prior in words, and whether data moved it."""
    return f"{one['prior']} calibrated on published values" if one["leans"] else str(one["prior"])


def _support(support: Document) -> Iterator[str]:
    claim = support.get("claim")
    if claim is None:
        yield from wrapped(f"<- {support['supports']}: sources/{support['source']['id']}", first=" " * 9, rest=" " * 12)
        yield f"{' ' * 12}{support['source']['url'] or 'no address'}"
        return
    value = f" {claim['value']}" if claim["value"] else ""
    text = f"<- {support['supports']}:{value}, claims/{claim['id']} [{claim['grade']}] {claim['made_by']}, known {claim['known']}"
    yield from wrapped(text, first=" " * 9, rest=" " * 12)
    for source in claim["sources"]:
        yield f"{' ' * 12}{source['url'] or 'no address'}"


def _gates(document: Document) -> Iterator[str]:
    share = is_share(document["outcome"], document["unit"])
    for gate in document["gates"]:
        if gate["strength"] > document["noise"]:
            readings = "; ".join(
                f"{one['name']} {amount(one['median'], document['unit'], share=share)} ({one['share_of_draws']:.0%} of draws)"
                for one in gate["readings"]
            )
            yield from wrapped(
                f"Which reading of {gate['government']}'s gate holds (correlation ratio); median under each: {readings}",
                first=f"   {gate['strength']:.2f}  ",
            )
        if abs(gate["moves"] or 0.0) > document["noise"]:
            yield f"  {gate['moves']:+.2f}  Date at which {gate['government']}'s gate next changes by itself"


def _chain(document: Document, *, depth: int, everything: bool) -> Iterator[str]:
    yield "Chain (<- reads from; [month before] marks stocks)"
    yield document["outcome"]
    by_name = {found["name"]: found for found in document["mechanisms"]}
    ranked = {one["path"]: one for one in document["parameters"]}
    chain = _Chain(by_name, ranked, document["noise"], depth, everything)
    for series in document["series"]:
        kind = "at the end of a month" if series["kind"] == "level" else "in a month"
        yield f"<- {series['name']} ({series['unit']}, {kind})"
        yield from _named(series["parameters"], ranked, document["noise"], indent=3, everything=everything)
        for name in series["written_by"]:
            yield from chain.mechanism(name, "", 1)
        if not series["written_by"]:
            yield f"   <- given: {', '.join([*series['inputs'], *series['constants']])}"


@dataclass
class _Chain:
    """The mechanisms of a chain, each shown in full once."""

    by_name: Mapping[str, Document]
    ranked: Mapping[str, Document]
    noise: float
    depth: int
    everything: bool
    shown: set[str] = field(default_factory=set)

    def mechanism(self, name: str, through: str, level: int) -> Iterator[str]:
        """Yield a mechanism, what it rests on, and what feeds it down to the depth."""
        found, inner = self.by_name[name], 3 * level + 3
        again = name in self.shown
        yield from wrapped(
            f"<- {found['title']}{through}{' (above)' if again else ''}", first=" " * (inner - 3), rest=" " * (inner + 3)
        )
        if again:
            return
        self.shown.add(name)
        yield from wrapped(found["equation"], first=" " * inner)
        yield from _named(found["parameters"], self.ranked, self.noise, indent=inner, everything=self.everything)
        for label in ("levers", "tables"):
            if found[label]:
                yield from wrapped(f"{label}: {', '.join(found[label])}", first=" " * inner, rest=" " * (inner + 3))
        for source in found["sources"] if self.everything else ():
            yield from wrapped(f"literature: sources/{source['id']} {source['url'] or ''}", first=" " * inner)
        if level > self.depth:
            others = [self.by_name[feed]["title"] for feed in found["fed_by"] if feed not in self.shown]
            yield from wrapped(f"<- ... {', '.join(others)}", first=" " * inner) if others else ()
            return
        for feed in found["feeds"]:
            doors = f": {', '.join(feed['doors'])}{' [month before]' if feed['lagged'] else ''}"
            yield from self.mechanism(feed["mechanism"], doors, level + 1)


def _named(paths: Sequence[str], ranked: Mapping[str, Document], noise: float, *, indent: int, everything: bool) -> Iterator[str]:
    """Name parameters, those first that the outcome moves with; the rest is counted."""
    order = sorted(paths, key=lambda path: -abs(ranked[path]["correlation"] or 0.0))
    kept = order if everything else order[:SHOWN]
    if not kept:
        return
    words = []
    for path in kept:
        rho = ranked[path]["correlation"] or 0.0
        words.append(path.removeprefix("parameters/") + (f" {rho:+.2f}" if abs(rho) > noise else ""))
    more = f", and {len(order) - len(kept)} more" if len(order) > len(kept) else ""
    yield from wrapped(f"parameters: {', '.join(words)}{more}", first=" " * indent, rest=" " * (indent + 3))


def _tables(document: Document, *, everything: bool) -> Iterator[str]:
    if not document["tables"]:
        return
    yield ""
    yield "Tables"
    for table in document["tables"]:
        sources = {source["id"]: source for entry in table["entries"] for source in entry["sources"]}
        counts = (_counted(len(table["entries"]), "entry", "entries"), _counted(len(sources), "source", "sources"))
        yield from wrapped(f"{table['name']} ({', '.join(counts)})", first="<- ")
        for entry in table["entries"] if everything else table["entries"][:CITED]:
            yield from wrapped(f"{entry['path']}: {entry['title']}", first="   ", rest="      ")
            for source in entry["sources"] if everything else entry["sources"][:1]:
                yield f"      {source['url'] or 'no address'}"
        if not everything and len(table["entries"]) > CITED:
            yield f"   ... and {len(table['entries']) - CITED} more"


def _foot(document: Document, *, depth: int, everything: bool) -> list[str]:
    more = "" if everything else f" --depth {depth + 1} shows one more step of the chain, --all everything."
    return wrapped(
        "A rank correlation says what moves together over the draws of this scenario, not what causes what outside the model. "
        f"`countermove evidence PATH` shows who disagrees.{more}"
    )


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"

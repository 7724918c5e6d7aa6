"""Reading the reproductions of the data tree, with every reference checked before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from countermove.errors import DataError, InputError, did_you_mean
from countermove.evidence.data_tree import DATA, shown_path
from countermove.evidence.ledger import Ledger as Evidence
from countermove.evidence.ledger import load_ledger
from countermove.evidence.reading import entries
from countermove.evidence.strict_yaml import load
from countermove.reproductions.entry import Ledger, Market, Reproduction
from countermove.reproductions.measures import MEASURES

FOLDER = "reproductions"
INPUTS = "inputs"
"""Tables that a method reads lie in this folder below the entries."""


@cache
def load_reproductions() -> dict[str, Reproduction]:
    """Return the shipped reproductions by id, in the order of files and lines."""
    return read_reproductions(DATA / FOLDER)


def read_reproductions(folder: Path) -> dict[str, Reproduction]:
    """Return the reproductions of a folder; DataError with file and place for a malformed one or an unknown reference."""
    found: dict[str, Reproduction] = {}
    for path in sorted(folder.glob("*.yaml")):
        for name, entry in entries(load(path), "reproductions", Reproduction).items():
            if name in found:
                raise DataError(f"'{name}' stands twice", where=shown_path(path), hint="keep one")
            found[name] = entry
    evidence = load_ledger()
    for entry in found.values():
        _check(entry, evidence)
    return found


def reproduction(name: str) -> Reproduction:
    """Return one reproduction; InputError with the nearest id when there is none."""
    known = load_reproductions()
    if name not in known:
        raise InputError(f"no reproduction named {name!r}", where="reproductions", hint=did_you_mean(name, known))
    return known[name]


def _check(entry: Reproduction, evidence: Evidence) -> None:
    """Refuse what a row, a gap or an entry names and the ledger, the presets or the measures do not have."""
    for kind, name, known in _references(entry, evidence):
        if name not in known:
            raise DataError(f"no {kind} named '{name}'", where=f"{FOLDER}/{entry.id}", hint=did_you_mean(name, known))


def _references(entry: Reproduction, evidence: Evidence) -> Iterator[tuple[str, str, dict[str, object]]]:
    from countermove.experiments.presets import preset_files, suffix_files

    claims, sources = dict[str, object](evidence.claims), dict[str, object](evidence.sources)
    yield from (("source", name, sources) for name in entry.sources)
    for row in entry.rows.values():
        if row.claim is not None:
            yield "claim", row.claim, claims
        if isinstance(row.way, Ledger):
            yield from (("claim", name, claims) for name in row.way.inputs)
        if isinstance(row.way, Market):
            measures = [row.way.measure, *([row.way.over.measure] if row.way.over and row.way.over.measure else [])]
            yield from (("measure", name, dict[str, object](MEASURES)) for name in measures)
    yield from (("claim", name, claims) for gap in entry.gaps for name in gap.inputs)
    for scenario in entry.scenarios:
        base, *suffixes = scenario.split("+")
        yield "preset", base, dict[str, object](preset_files())
        yield from (("suffix", suffix, dict[str, object](suffix_files())) for suffix in suffixes)

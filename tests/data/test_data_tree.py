"""Lints of the shipped data tree: every file, every unit, every reference, every derived number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from countermove.errors import CountermoveError
from countermove.evidence.audit import problems
from countermove.evidence.data_tree import DATA, files
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.evidence.strict_yaml import Document, load
from countermove.quantities import calendar
from countermove.quantities.units import Unit, unit_symbols
from countermove.storage.checksums import LIST

YAML_FILES = list(files(DATA, suffix=".yaml"))
UNCITED = load(Path(__file__).with_name("uncited_sources.yaml")).mapping("uncited")

#: Day on which the sources were last read: nothing can have been published or known later.
LAST_READ = dt.date(2026, 11, 21)


def shown(path: Path) -> str:
    return path.relative_to(DATA).as_posix()


@cache
def ledger() -> Ledger:
    return load_ledger()


@cache
def audit() -> list[str]:
    return problems(ledger(), DATA, uncited=UNCITED)


def audit_lines(*parts: str) -> list[str]:
    """Return the audit's lines that contain one of the parts."""
    return [line for line in audit() if any(part in line for part in parts)]


@pytest.mark.parametrize("path", YAML_FILES, ids=shown)
def test_a_yaml_file_reads_strictly_and_states_its_schema(path: Path) -> None:
    document = load(path)
    assert list(document.mapping())[:1] == ["schema"], f"{document.path} must begin with 'schema: 1'"
    assert document.data["schema"] == 1


@pytest.mark.parametrize("path", YAML_FILES, ids=shown)
def test_every_unit_is_in_the_vocabulary(path: Path) -> None:
    document = load(path)
    wrong = []
    for keys, text in units_in(document.data, ()):
        try:
            Unit.parse(str(text), where=document.where(*keys))
        except CountermoveError as error:
            wrong.append(str(error))
    assert not wrong, "\n".join(wrong)


def units_in(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the path and text of every scalar under a key named unit."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "unit" and not isinstance(inner, dict):
                yield (*keys, key), inner
            else:
                yield from units_in(inner, (*keys, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from units_in(inner, (*keys, number))


def test_every_dimension_and_unit_of_the_vocabulary_is_declared_and_described() -> None:
    document = load(DATA / "units.yaml")
    dimensions, units = document.mapping("dimensions"), document.mapping("units")
    used = {name for unit in units.values() for name in unit["dimension"]}
    assert used == set(dimensions)
    assert list(units) == unit_symbols()
    assert all(set(unit) == {"dimension", "factor", "label"} and unit["factor"] > 0 for unit in units.values())


@pytest.mark.parametrize("path", [path for path in files(DATA) if path.name != "README.md"], ids=shown)
def test_a_file_is_named_in_small_letters_and_of_a_known_kind(path: Path) -> None:
    assert path.suffix in {".yaml", ".csv", ".parquet", ".gz", ".json", ".npz"} or path.name == LIST
    names = [*path.relative_to(DATA).parts[:-1], path.name.split(".")[0]]
    assert all(re.fullmatch(r"[a-z0-9]+([_-][a-z0-9]+)*", name) for name in names)


@pytest.mark.parametrize("path", [path for path in files(DATA) if path.suffix in {".yaml", ".csv"}], ids=shown)
def test_a_data_file_is_text_that_diffs_well(path: Path) -> None:
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not re.search(rb"[ \t]+$", raw, re.MULTILINE)


def test_the_whole_ledger_loads_and_every_reference_leads_somewhere() -> None:
    assert ledger().parameters
    assert ledger().claims
    assert not audit_lines("unknown source"), "\n".join(audit_lines("unknown source"))


def test_no_source_is_an_orphan() -> None:
    """A source is used when the data cite it, or when a mechanism of the market names it for its form."""
    from countermove.market.model import ORDER

    named = {source for mechanism in ORDER for source in mechanism.sources}
    orphans = [line for line in audit_lines("nothing cites it") if line.split(": ")[1] not in named]
    assert not orphans, "\n".join(["cite these, or add them to tests/data/uncited_sources.yaml with the reason:", *orphans])


def test_the_list_of_uncited_sources_is_true() -> None:
    cited = {line.split(": ")[1] for line in problems(ledger(), DATA) if "nothing cites it" in line}
    assert set(UNCITED) <= cited
    assert all(isinstance(reason, str) and len(reason) > 10 for reason in UNCITED.values())


def test_grades_dates_derived_values_and_supports_are_sound() -> None:
    rest = [line for line in audit() if "unknown source" not in line and "nothing cites it" not in line]
    assert not rest, "\n".join(rest)


def test_nothing_was_published_or_known_after_the_sources_were_last_read() -> None:
    late = [
        source.id
        for source in ledger().sources.values()
        if source.published and calendar.parse_date(source.published) > LAST_READ
    ]
    late += [claim.id for claim in ledger().claims.values() if calendar.parse_date(claim.known) > LAST_READ]
    assert not late


def test_ids_tell_kinds_apart() -> None:
    """A path without prefix must mean one thing only."""
    kinds = (ledger().sources, ledger().claims, ledger().parameters, ledger().series, ledger().cases)
    names = [name for kind in kinds for name in kind]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice


def test_a_parameter_lives_in_the_file_of_its_group() -> None:
    wrong = [
        f"{name} in {ledger().place('parameters', name)}"
        for name, parameter in ledger().parameters.items()
        if not ledger().place("parameters", name).rpartition("/")[2].startswith(f"{parameter.group}")
    ]
    assert not wrong, "\n".join(wrong)


def test_a_sourced_parameter_rests_on_claims_not_only_on_titles() -> None:
    wrong = [
        name
        for name, parameter in ledger().parameters.items()
        if parameter.basis == "sourced"
        and not any(support.claim for support in parameter.sources if support.supports != "context")
    ]
    assert not wrong


def test_both_sides_speak_in_the_sources() -> None:
    sides = [source.side for source in ledger().sources.values()]
    assert sides.count("us") > 10
    assert sides.count("cn") > 10


def test_documents_of_the_data_tree_are_reported_as_shipped_files() -> None:
    document: Document = load(YAML_FILES[0])
    assert document.path.startswith("data/")

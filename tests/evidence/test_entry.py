"""Paths of the evidence, and what a person gets to read at their end."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from countermove.errors import InputError
from countermove.evidence import entry
from countermove.evidence.entry import Entry, all_paths, register_resolver, resolve
from countermove.evidence.ledger import Ledger
from countermove.evidence.text import as_json, lines, value_text


@pytest.fixture
def boxes() -> Iterator[None]:
    """Register a prefix that another room would own."""

    def find(ledger: Ledger, name: str) -> Entry | None:
        return Entry(f"boxes/{name}", "box", "A box", (("colour", "red"),)) if name == "box-1" else None

    register_resolver("boxes", find, lambda: ["box-1"])
    yield
    entry._REGISTERED.pop("boxes")


def test_a_parameter_is_found_with_and_without_its_prefix(ledger: Ledger) -> None:
    assert resolve(ledger, "supply.hbm_stockpile") == resolve(ledger, "parameters/supply.hbm_stockpile")
    assert resolve(ledger, " /parameters/supply.hbm_stockpile/ ").kind == "parameter"


def test_every_listed_path_leads_to_an_entry_that_prints_and_serialises(ledger: Ledger, boxes: None) -> None:
    paths = all_paths(ledger)
    assert len(paths) > 20
    for path in paths:
        found = resolve(ledger, path)
        assert found.path == path
        assert lines(found, ledger)[0].startswith(path)
        assert json.loads(json.dumps(as_json(found, ledger)))["path"] == path


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("supply.hbm_stockpil", "parameters/supply.hbm_stockpile"),
        ("parameters/hbm_stockpile", "parameters/supply.hbm_stockpile"),
        ("parameter/supply.yield", "parameters"),
        ("claims/customs-blok", "claims/customs-block"),
        ("reuters-2026-01-14-custom", "sources/reuters-2026-01-14-customs"),
        ("series/packages_sold/2024Q9", "2024Q"),
        ("cases/small/C2", "C1"),
        ("boxes/box-2", "boxes/box-1"),
        ("", "begin with one of: parameters"),
        ("zzzz", "one of"),
    ],
)
def test_a_path_that_leads_nowhere_names_the_nearest(ledger: Ledger, boxes: None, path: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve(ledger, path)
    assert hint in caught.value.hint


def test_other_rooms_answer_for_their_prefix(ledger: Ledger, boxes: None) -> None:
    assert resolve(ledger, "boxes/box-1").facts == (("colour", "red"),)
    assert resolve(ledger, "box-1").kind == "box"
    with pytest.raises(ValueError, match="taken"):
        register_resolver("claims", lambda ledger, name: None)


def test_a_topic_shows_competing_claims_side_by_side_with_who_when_grade_and_address(ledger: Ledger) -> None:
    text = "\n".join(lines(resolve(ledger, "claims/policy.cn.h200"), ledger))
    assert "Claims side by side" in text
    for part in (
        "two people cited by Reuters",
        "relayed by example.net",
        "a spokesperson",
        "known 2026-01-14",
        "known 2026-01-20",
        "[B: named press or analyst report; reported]",
        "[A: official text or company filing; position]",
        "https://example.org/a",
        "https://example.org/b",
        "read via example.net",
        "(official, cn)",
    ):
        assert part in text


def test_a_parameter_shows_prior_limits_support_and_the_claims_behind_them(ledger: Ledger) -> None:
    text = "\n".join(lines(resolve(ledger, "supply.hbm_stockpile"), ledger))
    for part in (
        "uniform (low 11.4, high 13)",
        "11.48 to 12.92",
        "low: claims/stacks-samsung",
        "https://example.org/c",
        "CC BY 4.0",
    ):
        assert part in text


def test_a_claim_shows_its_derivation_and_a_source_what_rests_on_it(ledger: Ledger) -> None:
    assert "a / b with a = claims/stacks-all, b = claims/stacks-per-package" in "\n".join(
        lines(resolve(ledger, "claims/packages"), ledger)
    )
    assert {claim.id for claim in resolve(ledger, "sources/analyst-2025-stacks").claims} >= {"stacks-all", "stacks-samsung"}


def test_a_series_row_and_a_case_claim_have_paths_of_their_own(ledger: Ledger) -> None:
    assert ("2024Q1", "300 (250 to 350)") in resolve(ledger, "series/packages_sold/2024Q1").facts
    assert resolve(ledger, "cases/small/C1").title == "The chip is blocked."


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"value": 812.0, "low": 700.0, "high": 812.0, "unit": "thousand package"}, "812 (700 to 812) thousand package"),
        ({"low": 5.0, "unit": "1"}, "at least 5"),
        ({"high": 5.0, "unit": "usd_bn"}, "at most 5 usd_bn"),
        ({}, ""),
    ],
)
def test_a_claims_number_reads_as_stated(ledger: Ledger, fields: dict[str, object], text: str) -> None:
    assert value_text(ledger.claims["customs-block"].model_copy(update=fields)) == text

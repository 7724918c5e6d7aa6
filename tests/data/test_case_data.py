"""The lead case and the claims behind it: rows complete, evidence resolvable, the model's checks real, sides balanced."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from countermove.desk.checks import read_checks
from countermove.evidence.ledger import load_ledger
from countermove.evidence.schema import CaseClaim
from countermove.experiments.scenario import load_scenario

LEDGER = load_ledger()
CASE = LEDGER.cases["h200-2026"]
ARTICLES = {"toutiao-2026-01-h200-opinion", "abmedia-2025-12-h200-rejected"}
COMMANDS = {"run", "compare", "timeline", "check", "catalog", "substitute", "play", "infer"}

each_row = pytest.mark.parametrize("row", CASE.claims, ids=[row.id for row in CASE.claims])


def _checks() -> list[tuple[str, dict[str, Any]]]:
    return [(row.id, check) for row in CASE.claims if row.model for check in row.model.get("checks", ())]


def test_the_case_has_the_24_claims_in_order() -> None:
    assert [row.id for row in CASE.claims] == [f"C{number}" for number in range(1, 25)]


@each_row
def test_a_row_says_whose_it_is_where_it_was_said_and_why_its_status(row: CaseClaim) -> None:
    assert row.made_by
    assert row.sources
    assert row.answer
    assert row.note.startswith("Grade "), "the grade of the row stands in its note"


@each_row
def test_a_row_has_evidence_for_it_and_against_it_or_says_why_not(row: CaseClaim) -> None:
    assert row.evidence_for
    assert row.against or "o evidence against" in row.note or "o report denies" in row.note
    assert not set(row.evidence_for) & set(row.against)
    for name in (*row.evidence_for, *row.against):
        assert name in LEDGER.claims, name


@each_row
def test_a_row_with_the_status_contested_or_contradicted_names_what_speaks_against_it(row: CaseClaim) -> None:
    if row.status in {"contested", "contradicted"}:
        assert row.against


@each_row
def test_the_articles_alone_never_support_a_claim(row: CaseClaim) -> None:
    """A row that calls itself supported rests on at least one claim from outside the two starting articles."""
    if row.status == "supported":
        assert any(not set(LEDGER.claims[name].sources) <= ARTICLES for name in row.evidence_for)


@each_row
def test_the_topics_of_a_row_are_topics_of_the_ledger(row: CaseClaim) -> None:
    topics = row.note.partition("Topics: ")[2].rstrip(".")
    for topic in filter(None, topics.split(", ")):
        assert any(name == topic or name.startswith(f"{topic}.") for name in LEDGER.subjects), topic


@each_row
def test_a_row_says_what_the_model_can_show_or_that_it_cannot(row: CaseClaim) -> None:
    if row.model is None:
        assert row.id in {"C23", "C24"}, "a position and a bill are outside the model"
        return
    assert set(row.model) <= {"checks", "gates", "command"}
    assert row.model
    if "command" in row.model:
        words = shlex.split(row.model["command"])
        assert words[0] == "countermove"
        assert words[1] in COMMANDS


@each_row
def test_every_check_can_be_read(row: CaseClaim) -> None:
    checks = read_checks(row.model or {}, where=row.id)
    asked = [str(replace(check, where="")) for check in checks]
    assert len(set(asked)) == len(asked), "a question is asked twice"


def test_every_scenario_of_a_check_can_be_loaded() -> None:
    names = {check[key] for _, check in _checks() for key in ("scenario", "than") if key in check}
    assert names
    for name in sorted(names):
        assert load_scenario(name).id


def test_claims_of_the_two_articles_have_grade_d() -> None:
    for claim in LEDGER.claims.values():
        if claim.sources and set(claim.sources) <= ARTICLES:
            assert claim.grade == "D", claim.id


def test_a_recalled_number_is_marked_and_never_counts_as_sourced() -> None:
    recalled = [claim for claim in LEDGER.claims.values() if "ecalled, not re-read" in claim.note]
    assert [claim.id for claim in recalled] == ["rd-elasticity-recalled"]
    for claim in recalled:
        assert claim.grade == "D"
    for parameter in LEDGER.parameters.values():
        for support in parameter.sources:
            if support.claim in {claim.id for claim in recalled}:
                assert parameter.basis == "assumption", parameter.id


def test_competing_claims_on_huaweis_output_stand_side_by_side() -> None:
    claims = [claim for claim in LEDGER.subjects["huawei.ascend.packages.all"] if claim.period.start == "2025-01-01"]
    stated = {claim.value if claim.value is not None else claim.high or claim.low for claim in claims}
    assert {200, 700, 800, 805, 812} <= stated
    assert all(len([other for other in claims if claim.competes_with(other)]) == len(claims) - 1 for claim in claims)


def test_whose_sources_speak_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the sides of the cited sources, so that a reader of the log sees whose voice dominates."""
    cited = Counter(LEDGER.sources[name].side for claim in LEDGER.claims.values() for name in claim.sources)
    of_case = Counter(
        LEDGER.sources[name].side
        for row in CASE.claims
        for claim in (*row.evidence_for, *row.against)
        for name in LEDGER.claims[claim].sources
    )
    with capsys.disabled():
        for label, counts in (("all claims", cited), ("evidence of the case", of_case)):
            total = sum(counts.values())
            shares = ", ".join(f"{side} {counts[side] / total:.0%}" for side in ("us", "cn", "other"))
            print(f"\nsources of {label}: {shares} (of {total} citations)")
    assert set(cited) == {"us", "cn", "other"}

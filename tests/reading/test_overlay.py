"""Decisions: small files that merge, laid over the ledger with strict errors; only a link moves anything."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from countermove.errors import InputError
from countermove.evidence.ledger import load_ledger
from countermove.reading.claim import ReadClaim
from countermove.reading.decisions import Decision
from countermove.reading.documents import article_from_text
from countermove.reading.moves import changes
from countermove.reading.overlay import read_overlay, write_decision
from countermove.reading.reader import read_articles
from countermove.reading.review import decide

TEXT = (
    "Published: 20 January 2026\n\nWashington takes a fee of 25% on every H200, Reuters reported.\n\n"
    "Huawei shipped 812,000 cards in 2025, IDC said."
)


@pytest.fixture
def claims() -> list[ReadClaim]:
    return list(read_articles([article_from_text(TEXT, "note.txt")]).claims)


def decided(folder: Path, claim: ReadClaim, verdict: Any = "accept", **given: Any) -> Decision:
    decision = decide(claim, verdict, reviewer=given.pop("reviewer", "ann"), overlay=read_overlay(folder), **given)
    write_decision(folder, decision, claim.sentence)
    return decision


def test_an_accepted_claim_is_in_the_ledger_with_its_article_as_source(tmp_path: Path, claims: list[ReadClaim]) -> None:
    decided(tmp_path, claims[1], reason="seen the release")
    over = read_overlay(tmp_path).over(load_ledger())
    claim = over.claims[f"overlay-{claims[1].id}"]
    assert (claim.value, claim.unit, claim.made_by, claim.known) == (812000.0, "card", "IDC", "2026-01-20")
    assert "seen the release" in over.sources[claim.sources[0]].note
    assert set(load_ledger().claims) < set(over.claims)


def test_a_rejected_claim_is_not(tmp_path: Path, claims: list[ReadClaim]) -> None:
    decided(tmp_path, claims[1], "reject")
    assert read_overlay(tmp_path).over(load_ledger()).claims == load_ledger().claims


def test_an_edit_changes_the_statement_and_a_later_decision_replaces_an_earlier(tmp_path: Path, claims: list[ReadClaim]) -> None:
    decided(tmp_path, claims[1])
    decided(tmp_path, claims[1], changes={"value": "900", "unit": "thousand card", "says": "Corrected."})
    overlay = read_overlay(tmp_path)
    assert len(overlay.decisions) == 2
    assert [decision.verdict for decision in overlay.standing.values()] == ["edit"]
    assert overlay.over(load_ledger()).claims[f"overlay-{claims[1].id}"].value == 900.0


def test_nothing_moves_without_a_link_and_with_one_only_that(tmp_path: Path, claims: list[ReadClaim]) -> None:
    decided(tmp_path, claims[1])
    assert read_overlay(tmp_path).moves(load_ledger()) == ()
    decided(tmp_path, claims[0], link="levers.washington.duty")
    assert changes(read_overlay(tmp_path).moves(load_ledger())) == ("levers.washington.duty=0.25",)


def test_a_link_to_a_prior_is_converted_to_its_unit(tmp_path: Path) -> None:
    text = "SemiAnalysis says China imported 11,400,000 stacks of HBM."
    claim = next(one for one in read_articles([article_from_text(text)]).claims if one.quantity)
    decided(tmp_path, claim, link="parameters/supply.hbm_imports")
    (change,) = changes(read_overlay(tmp_path).moves(load_ledger()))
    assert change.endswith("=11.4")


def test_a_link_that_names_nothing_says_the_nearest_name(tmp_path: Path, claims: list[ReadClaim]) -> None:
    decided(tmp_path, claims[0], link="parameters/supply.hbm_import")
    with pytest.raises(InputError, match="did you mean 'supply.hbm_imports'"):
        read_overlay(tmp_path).moves(load_ledger())


def test_overlays_merge_file_by_file_and_disagreement_is_listed(tmp_path: Path, claims: list[ReadClaim]) -> None:
    one, other, both = tmp_path / "one", tmp_path / "other", tmp_path / "both"
    early = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    decided(one, claims[0], now=early)
    decided(other, claims[0], "reject", reviewer="bob", now=early + dt.timedelta(hours=1))
    decided(other, claims[1], reviewer="bob")
    for part in (one, other):
        shutil.copytree(part, both, dirs_exist_ok=True)
    overlay = read_overlay(both)
    assert len(overlay.decisions) == 3
    assert overlay.standing[claims[0].id].reviewer == "bob"
    assert len(overlay.disagreements) == 1


def test_the_sentence_stays_out_of_what_is_shared(tmp_path: Path, claims: list[ReadClaim]) -> None:
    decided(tmp_path, claims[1], changes={"says": "IDC counts 812,000."})
    shared = "".join(path.read_text() for path in (tmp_path / "decisions").iterdir())
    assert claims[1].sentence not in shared
    assert (tmp_path / "local" / ".gitignore").read_text() == "*\n"
    assert claims[1].sentence in "".join(path.read_text() for path in (tmp_path / "local").glob("*.txt"))


TAMPERED = [
    ("verdict: accept", "verdict: maybe", "verdict|Input should be"),
    ("reviewer:", "reviewr:", "did you mean 'reviewer'"),
    ("reviewer: ann", "reviewer: eve", "was changed after it was written"),
]


@pytest.mark.parametrize(("old", "new", "said"), TAMPERED)
def test_a_decision_that_was_tampered_with_is_refused(
    tmp_path: Path, claims: list[ReadClaim], old: str, new: str, said: str
) -> None:
    decided(tmp_path, claims[0])
    (path,) = (tmp_path / "decisions").iterdir()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(InputError, match=said):
        read_overlay(tmp_path)


@pytest.mark.parametrize("change", [{"valu": "1"}, {"value": "many"}, {"unit": "parsec"}, {"subject": "no dots"}])
def test_an_edit_of_no_sense_is_refused(tmp_path: Path, claims: list[ReadClaim], change: dict[str, str]) -> None:
    with pytest.raises(InputError):
        decide(claims[0], "accept", reviewer="ann", overlay=read_overlay(tmp_path), changes=change)
    assert not list(tmp_path.iterdir())

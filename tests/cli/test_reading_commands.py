"""`read`, `review`, `claims --from` and `compare --overlay`, as one types them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
ARTICLE = (
    "Published: 20 January 2026\n\nWashington takes a fee of 25% on every H200, Reuters reported.\n\n"
    "Huawei shipped 812,000 cards in 2025, IDC said."
)


@pytest.fixture
def article(tmp_path: Path) -> str:
    path = tmp_path / "note.txt"
    path.write_text(ARTICLE)
    return str(path)


def test_read_prints_each_claim_beneath_its_sentence(command: Command, article: str) -> None:
    ended = command("read", article)
    assert ended.code == 0
    assert '"Huawei shipped 812,000 cards in 2025, IDC said."' in ended.out
    assert "IDC states: 812,000 card on Huawei, about 2025" in ended.out
    assert "stay on this machine" in ended.out


def test_read_prints_the_promised_keys(command: Command, article: str) -> None:
    claims = json.loads(command("read", article, "--json").out)["claims"]
    keys = {
        "speaker",
        "role",
        "stance",
        "chain",
        "subject",
        "predicate",
        "quantity",
        "date_of",
        "date_said",
        "hedges",
        "sentence",
    }
    assert all(keys | {"repeats", "ledger", "span", "rule"} <= set(claim) for claim in claims)
    assert set(claims[1]["quantity"]) == {"value", "low", "high", "unit", "qualifier"}
    start, end = claims[1]["span"]
    assert ARTICLE[start:end] == "812,000 cards"


def test_a_reviewed_claim_moves_a_lever_and_compare_shows_it(command: Command, article: str, tmp_path: Path) -> None:
    overlay = str(tmp_path / "overlay")
    name = json.loads(command("read", article, "--json").out)["claims"][0]["id"]
    done = command(
        "review",
        article,
        "--overlay",
        overlay,
        "--accept",
        name,
        "--reason",
        "seen",
        "--link",
        "levers.washington.duty",
        "--json",
    )
    assert json.loads(done.out)["decisions"][0]["verdict"] == "accept"
    assert "moves levers.washington.duty=0.25" in command("review", "--overlay", overlay).out
    shown = command("evidence", f"claims/overlay-{name}", "--overlay", overlay)
    assert "accepted by" in shown.out
    assert command("evidence", f"claims/overlay-{name}").code == 2
    compared = command("compare", "h200-rule", "--overlay", overlay, "-n", "16", "--json", "--quiet")
    document = json.loads(compared.out)
    assert "h200-rule-overlay" in json.dumps(document)
    assert any("accepted by" in note for note in document["notes"])


def test_the_three_keys_decide(command: Command, article: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("r\nhearsay\ne\nvalue=812; unit=thousand card\nscale\n\n"))
    ended = command("review", article, "--overlay", str(tmp_path / "o"), "--json", "--reviewer", "ann")
    decisions = json.loads(ended.out)["decisions"]
    assert [(one["verdict"], one["reason"]) for one in decisions] == [("reject", "hearsay"), ("edit", "scale")]
    assert decisions[1]["statement"]["value"] == 812.0


def test_an_article_is_a_case_and_a_report(command: Command, tmp_path: Path) -> None:
    article, page = tmp_path / "note.txt", tmp_path / "case.html"
    article.write_text(
        "Domestic vendors supplied 41% of the accelerator cards sold in China in 2025, IDC said. Nvidia declined to comment."
    )
    document = json.loads(command("claims", "--from", str(article), "-n", "16", "--json", "--out", str(page)).out)
    (row,) = document["claims"]
    assert (row["id"], row["made_by"], row["status"]) == ("C1", "IDC", "supported")
    assert row["model"]["checks"][0]["outcome"] == "domestic_share_units"
    assert "[41 percent]" in page.read_text()
    assert "no prediction, no advice" in page.read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["read", "missing.txt"], "missing.txt: no such file"),
        (["read", "."], "is a folder"),
        (["read", "{article}", "--said", "soon"], "--said"),
        (["review", "{article}", "--accept", "000000000000"], "no claim '000000000000'"),
        (["review", "--accept", "000000000000"], "a decision needs the article"),
        (
            ["review", "{article}", "--accept", "{id}", "--link", "parameters/supply.hbm_import"],
            "did you mean 'supply.hbm_imports'",
        ),
        (["review", "{article}", "--accept", "{id}", "--reject", "{id}"], "is both accepted and rejected"),
        (["review", "{article}", "--accept", "{id}", "--link", "levers.washington.dutie"], "did you mean 'washington.duty'"),
        (
            ["review", "{article}", "--accept", "{id}", "--link", "levers.washington.duty", "--change", "value=2500"],
            "washington.duty",
        ),
        (["review", "{article}", "--accept", "{id}", "--link", "nowhere"], "a link is parameters/NAME"),
        (["review", "{article}", "--accept", "{id}", "--change", "valu=1"], "did you mean 'value'"),
        (["claims"], "no case and no article"),
        (["claims", "h200-2026", "--from", "{article}"], "give either a case or an article"),
        (["compare", "h200-rule", "--overlay", "nowhere"], "no such folder"),
    ],
)
def test_a_mistake_is_refused_in_two_lines_and_leaves_nothing(
    command: Command, article: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.setenv("COUNTERMOVE_DATA", str(tmp_path / "data"))
    name = json.loads(command("read", article, "--json").out)["claims"][0]["id"]
    ended = command(*(word.format(article=article, id=name) for word in words))
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err
    assert len(ended.err.splitlines()) <= 2
    assert not (tmp_path / "data").exists()

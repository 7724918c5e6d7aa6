"""The marked corpus is as it was when the rules were begun, and the rules reach on the sealed articles what was asked of them."""

from __future__ import annotations

import hashlib
from typing import Any


def test_the_sealed_articles_and_their_marks_are_unchanged(score: Any) -> None:
    lines = [line for line in (score.CORPUS / "sealed.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) == 24
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((score.CORPUS / name).read_bytes()).hexdigest() == digest, name


def test_the_corpus_has_the_promised_size_and_says_that_it_is_invented(score: Any) -> None:
    names = score.all_names()
    texts = {name: (score.CORPUS / f"{name}.md").read_text() for name in names}
    marks = [mark for name in names for mark in score.marks_of(score.CORPUS / f"{name}.marks", texts[name])]
    second = list((score.CORPUS / "second").glob("*.marks"))
    assert len(names) >= 30
    assert len(marks) >= 300
    assert len({name.split("-")[0] for name in names}) >= 7
    assert 3 * len(second) >= len(names)
    assert all(text.startswith("<!-- Invented test text") for text in texts.values())


def test_every_mark_stands_in_its_article_and_names_a_relation_and_a_subject_of_the_ledger(score: Any) -> None:
    from countermove.evidence.ledger import load_ledger
    from countermove.reading.linking import RELATIONS
    from countermove.reading.stance import STANCES

    subjects = set(load_ledger().subjects)
    for name in score.all_names():
        text = (score.CORPUS / f"{name}.md").read_text()
        for mark in score.marks_of(score.CORPUS / f"{name}.marks", text):
            assert mark.relation in RELATIONS, (name, mark)
            assert mark.stance in STANCES, (name, mark)
            assert (mark.path in subjects) == (mark.relation != "no match"), (name, mark)


def test_the_sealed_articles_reach_the_scores_that_were_asked_for(score: Any) -> None:
    _, whole = score.tally_of(score.sealed_names())
    assert whole.hits / whole.read >= 0.80
    assert whole.hits / whole.marks >= 0.75
    assert whole.speaker / whole.hits >= 0.85
    assert whole.quantity / whole.quantities >= 0.95
    assert whole.relation / whole.hits >= 0.70
    assert whole.again == whole.agains == 3


def test_the_open_articles_do_not_fall_back(score: Any) -> None:
    names = [name for name in score.all_names() if name not in score.sealed_names()]
    _, whole = score.tally_of(names)
    assert whole.hits / whole.read >= 0.90
    assert whole.hits / whole.marks >= 0.90
    assert whole.speaker / whole.hits >= 0.90

"""What a link may move: one affirmed value of what the lever is about, or a range of a prior; the rest is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countermove.errors import InputError
from countermove.evidence.ledger import load_ledger
from countermove.reading.documents import article_from_text
from countermove.reading.moves import changes
from countermove.reading.overlay import Overlay, read_overlay
from countermove.reading.reader import read_articles
from countermove.reading.review import decide

DUTY = "levers.washington.duty"


def moved(folder: Path, text: str, link: str, **given: Any) -> tuple[str, ...]:
    read = read_articles([article_from_text(f"Published: 20 January 2026\n\n{text}", "note.txt")])
    made = [
        decide(claim, "accept", reviewer="ann", overlay=Overlay(folder, {}), link=link, **given)
        for claim in read.claims
        if claim.quantity
    ]
    assert made
    overlay = replace(read_overlay(folder), decisions={str(number): one for number, one in enumerate(made)})
    return changes(overlay.moves(load_ledger()))


@pytest.mark.parametrize(
    ("text", "link", "said"),
    [
        ("Washington denied that it takes a fee of 25% on every H200.", DUTY, "a denial sets no value"),
        ("Washington does not take a fee of 25% on every H200.", DUTY, "a denial sets no value"),
        ("The fee on every H200 could be as high as 25%.", DUTY, "range or a bound"),
        ("The fee on every H200 is no more than 25%.", DUTY, "range or a bound"),
        ("The fee on every H200 is between 15% and 25%.", DUTY, "range or a bound"),
        ("Huawei's yield is 25%.", DUTY, "does not speak of washington.duty"),
        ("SMIC's revenue rose 25% in 2025.", DUTY, "does not speak of washington.duty"),
        ("Washington takes a fee of 25% on every H200.", "levers.washington.dutie", "did you mean 'washington.duty'"),
        ("Washington takes a fee of 2500% on every H200.", DUTY, "0 to 1"),
        (
            "Washington takes a fee of 25% on every H200. Washington takes a fee of 15% on every H20.",
            DUTY,
            "moved by two accepted claims",
        ),
    ],
)
def test_what_must_not_move_a_lever_is_refused(tmp_path: Path, text: str, link: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        moved(tmp_path, text, link)


def test_a_date_after_the_day_of_saying_is_the_month_of_the_lever(tmp_path: Path) -> None:
    text = "Washington takes a fee of 30% on every H200 from 15 June 2026."
    assert moved(tmp_path, text, DUTY) == (f"{DUTY}={{2026-06: 0.3}}",)


@pytest.mark.parametrize(
    ("text", "range_"),
    [
        ("China imported up to 12 million stacks of HBM.", "{low: 11.4, high: 12}"),
        ("China imported at least 12 million stacks of HBM.", "{low: 12, high: 13}"),
        ("China imported between 10 million and 14 million stacks of HBM.", "{low: 10, high: 14}"),
    ],
)
def test_a_range_or_a_bound_is_a_range_of_a_prior(tmp_path: Path, text: str, range_: str) -> None:
    assert moved(tmp_path, text, "parameters/supply.hbm_imports") == (f"parameters/supply.hbm_imports={range_}",)


def test_a_truncated_decision_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "0123456789ab-00000000.yaml").write_text('schema: 1\nclaim: "0123')
    with pytest.raises(InputError, match="move it out of the folder"):
        read_overlay(tmp_path)

"""`countermove reproductions`: list, show, run, and what a wrong name gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from countermove.cli.documents import DOCUMENTS

Command = Callable[..., Any]


def test_the_list_is_printed_by_tier_with_and_without_the_word_list(command: Command) -> None:
    plain, named = command("reproductions"), command("reproductions", "list")
    assert plain.code == named.code == 0
    assert plain.out == named.out
    assert "epoch-smuggling" in plain.out
    found = json.loads(command("reproductions", "list", "--json").out)
    assert {one["tier"] for one in found["reproductions"]} == {"exact", "bracketed", "claim-only"}
    assert json.loads(command("reproductions", "--json").out) == found


def test_one_entry_is_explained_without_a_simulation(command: Command) -> None:
    shown = command("reproductions", "show", "grunewald-2026")
    assert shown.code == 0
    assert "320 [150 to 600]" in shown.out
    assert "https://www.the-substrate.net" in shown.out


def test_a_run_compares_published_figures_with_ours(command: Command) -> None:
    document = json.loads(command("reproductions", "run", "bernstein-2025-gap", "--json").out)
    (one,) = document["reproductions"]
    assert one["verdict"] == "reproduced"
    assert one["gaps"][0]["value"] == 1.5
    DOCUMENTS["reproductions run"].model_validate(document)
    assert "1 of 1 tested reproductions pass" in command("reproductions", "run", "bernstein-2025-gap").out


def test_a_wrong_name_ends_with_code_two_and_the_nearest_one(command: Command) -> None:
    for words in (("run", "epoch-smugling"), ("show", "epoch-smugling")):
        ended = command("reproductions", *words)
        assert ended.code == 2
        assert "did you mean 'epoch-smuggling'?" in ended.err
        assert not ended.out


def test_what_matters_prints_conflicts_by_the_names_of_their_sources_and_writes_its_page(
    command: Command, tmp_path: Path
) -> None:
    words = (
        "what-matters",
        "--draws",
        "100",
        "--switch-draws",
        "100",
        "--only",
        "supply.hbm_domestic_2026",
        "--out",
        str(tmp_path),
    )
    ended = command(*words)
    assert ended.code == 0
    assert "SemiAnalysis (2 to 2.4 million stack/year)" in ended.out
    assert "Denial:" in ended.out
    assert (tmp_path / "what-matters.html").is_file()


def test_what_matters_refuses_a_wrong_year_with_code_two(command: Command) -> None:
    ended = command("what-matters", "--period", "2040")
    assert ended.code == 2
    assert "2040" in ended.err
    assert not ended.out

"""The examples in the help texts work as they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer

from countermove import api
from countermove.cli.app import app
from countermove.cli.documents import DOCUMENTS

Command = Callable[..., Any]
ROOT = typer.main.get_command(app)


def epilogs(group: Any = ROOT) -> Iterator[str]:
    """The closing texts of all help pages."""
    yield group.epilog or ""
    for command in getattr(group, "commands", {}).values():
        yield from epilogs(command)


EXAMPLES = sorted(
    {
        line.strip().removeprefix("countermove ")
        for text in epilogs()
        for line in text.replace("\\\n", " ").splitlines()
        if line.strip().startswith("countermove ")
    }
)


def words_of(example: str) -> list[str]:
    """The words of an example, without the file that its output is sent to."""
    words = shlex.split(example)
    return words[: words.index(">")] if ">" in words else words


def test_every_command_has_an_example() -> None:
    named = {name for name in ROOT.commands if any(example.split()[0] == name for example in EXAMPLES)}  # type: ignore[attr-defined]
    assert named == set(ROOT.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_has_options_that_exist(example: str) -> None:
    group, (name, *words) = ROOT, words_of(example)
    command: Any = group.commands[name]  # type: ignore[attr-defined]
    while hasattr(command, "commands") and words:
        name, *words = words
        command = command.commands[name]
    command.make_context(name, words)


@pytest.mark.parametrize(
    "example", [text for text in EXAMPLES if text.split()[0] in ("run", "compare", "what-matters", "explain")]
)
def test_every_example_names_scenarios_that_exist(example: str) -> None:
    _, *words = words_of(example)
    sets = [word for before, word in pairwise(words) if before == "--set"]
    plain = [word for before, word in zip(["", *words], words, strict=False) if not {before[:1], word[:1]} & {"-"}]
    names = plain[:1] if example.startswith("explain") else plain
    assert all(api.load(name, sets=sets) for name in names if not name.endswith(".yaml") and not name.startswith("out/"))


QUICK = (
    "catalog",
    "check",
    "claims h200-2026 --no-model",
    "evidence",
    "predict",
    "reproductions show",
    "schema",
    "substitute",
    "timeline",
)
NEEDS_MORE = ("path/to/config.json",)


@pytest.mark.parametrize(
    "example", [text for text in EXAMPLES if text.startswith(QUICK) and not any(name in text for name in NEEDS_MORE)]
)
def test_quick_examples_run_as_printed(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("backend,model_path,system,isl,osl\ntrtllm,deepseek-r1,h200_sxm,1024,128\n")
    ended = command(*words_of(example))
    assert ended.code == 0, ended.err
    assert ended.out or ended.err


def printed_file(text: str) -> str:
    """The YAML file that a help text shows."""
    (block,) = re.findall(r"\n((?:  [ ]*\S.*\n)*  schema: 1\n(?:  .*\n)*)", text)
    return "\n".join(line.removeprefix("  ") for line in block.splitlines()) + "\n"


def test_the_sweep_that_help_shows_carries_the_examples_of_what_follows(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = printed_file(ROOT.commands["sweep"].epilog)  # type: ignore[attr-defined]
    (tmp_path / "duty.yaml").write_text(shown.replace("draws: 1000", "draws: 32"))
    assert command("sweep", "duty.yaml", "--out", "out/duty", "--executor", "serial", "-q").code == 0
    followers = [text for text in EXAMPLES if text.split()[0] in ("sensitivity", "robustness") and "out/duty" in text]
    assert len(followers) == 4
    for example in followers:
        ended = command(*words_of(example))
        assert ended.code == 0, ended.err


def test_the_proposal_that_help_shows_is_judged(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "proposed.yaml").write_text(printed_file(ROOT.commands["whatif"].epilog))  # type: ignore[attr-defined]
    for example in (text for text in EXAMPLES if text.startswith("whatif")):
        assert command(*words_of(example)).code == 0


def test_the_example_of_a_schema_names_documents() -> None:
    names = {" ".join(words_of(text)[1:]) for text in EXAMPLES if text.startswith("schema")}
    assert names <= set(DOCUMENTS)

"""The tutorial's commands run, in its order; what they print is renewed by examples/refresh_console.py."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
spec = importlib.util.spec_from_file_location("refresh_console", ROOT / "examples" / "refresh_console.py")
assert spec is not None
assert spec.loader is not None
console = importlib.util.module_from_spec(spec)
spec.loader.exec_module(console)


def test_every_command_of_the_tutorial_runs(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = console.commands(TUTORIAL.read_text(encoding="utf-8"))
    assert len(commands) >= 8
    for line in commands:
        words = shlex.split(re.sub(r"--draws \d+", "--draws 32", line))
        assert words[0] == "countermove"
        code, out, err = command(*words[1:])
        assert code == 0, (line, err)
        assert out


def test_the_python_of_the_tutorial_runs() -> None:
    block = re.search(r"```python\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    code = block[1].replace("draws=200", "draws=32")
    exec(compile(code, "tutorial", "exec"), {})  # noqa: S102  (our own page)


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in (TUTORIAL, ROOT / "docs" / "limits.md", ROOT / "docs" / "explanation" / "what-surprised-us.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).is_file(), (page.name, target)


def test_a_block_is_renewed_and_stays_cut() -> None:
    page = "a\n```console\n$ countermove --version\nold\n```\nb\n```console\n$ countermove --help\nx\ny\n...\n```\n"
    renewed = console.refreshed(page)
    assert "$ countermove --version\ncountermove 0." in renewed
    assert "old" not in renewed
    assert renewed.split("$ countermove --help\n")[1].count("\n") == 4
    assert renewed.endswith("...\n```\n")
    tail = console.refreshed("```console\n$ countermove --help\n...\nx\n```\n")
    assert tail.split("\n")[2] == "..."
    assert len(tail.split("\n")) == 6

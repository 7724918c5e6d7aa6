"""What reaches the terminal: open streams, no character that it would obey, and nothing that others print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from countermove.cli.output import print_json, print_text
from countermove.errors import CountermoveError, InputError, shortened, visible

Command = Callable[..., Any]
OBEYED = "\x1b[31m\x07\x9b2J\u202e\u2066\u200b\u2028\ufeff\r\x7f\U000e0041"
"""An escape sequence, a bell, its C1 form, marks that turn the writing, invisible characters, a lone carriage return."""


def shell(words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `countermove WORDS` in a shell, redirections and all."""
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m countermove {words}"],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("words", ["catalog", "schema run", "evidence --json", "--version", "run nope"])
def test_a_closed_output_is_refused_in_two_lines(words: str) -> None:
    ended = shell(f"{words} >&-")
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [
        "output: standard output is closed",
        "  send it to a file (> FILE) or, if it is not wanted, to > /dev/null",
    ]


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", "<&-"])
def test_other_closed_streams_change_nothing(closed: str) -> None:
    ended = shell(f"schema run {closed}")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)
    assert (shell(f"run h200-rul {closed}").returncode, shell(f"run h200-rul {closed}").stdout) == (2, "")


def test_a_closed_error_stream_sends_no_message_into_the_answer(tmp_path: Path) -> None:
    ended = shell(f"run h200-2026 -n 2 --json --out {tmp_path / 'run'} 2>&-")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["draws"] == 2


def test_a_terminal_that_knows_no_unicode_is_no_bug() -> None:
    text = shell("evidence parameters/supply.hbm_imports", PYTHONIOENCODING="ascii")
    assert text.returncode == 0
    assert text.stdout.isascii()
    document = shell("evidence parameters/supply.hbm_imports --json", PYTHONIOENCODING="latin-1")
    assert json.loads(document.stdout)["path"] == "parameters/supply.hbm_imports"


def test_a_file_name_of_another_encoding_is_named() -> None:
    ended = shell("run $'caf\\xe9.yaml'")
    assert ended.returncode == 2
    assert "'caf\\udce9.yaml' is not UTF-8 text" in ended.stderr


def test_text_and_messages_write_out_what_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    print_text(f"a{OBEYED}b\n\tc")
    printed = capsys.readouterr().out
    assert printed == "a\\x1b[31m\\x07\\x9b2J\\u202e\\u2066\\u200b\\u2028\\ufeff\\r\\x7f\\U000e0041b\n\tc\n"
    assert str(InputError(f"a{OBEYED}\nb", where=OBEYED, hint=OBEYED)) == visible(
        str(InputError(f"a{OBEYED}\nb", where=OBEYED, hint=OBEYED))
    )
    assert visible("Märchen, 华为, نمی‌دانم, 👩‍💻") == "Märchen, 华为, نمی‌دانم, 👩‍💻"


def test_json_stays_the_same_document(capsys: pytest.CaptureFixture[str]) -> None:
    document = {f"key {OBEYED}": ["华为", OBEYED, "\udc80"]}
    print_json(document)
    printed = capsys.readouterr().out
    assert json.loads(printed) == document
    assert visible(printed) == printed
    print_json(["华为"])
    assert capsys.readouterr().out == '["华为"]\n'


def test_no_title_of_a_file_reaches_the_terminal_raw(command: Command, tmp_path: Path) -> None:
    written = json.dumps(OBEYED[:-1])
    file = tmp_path / f"mine{OBEYED.replace(chr(13), '')}.yaml"
    file.write_text(f"schema: 1\nlabel: {written}\ndescription: {written}\nlevers: {{washington.duty: 0.1}}\n")
    for words in (
        ["run", str(file), "-n", "2"],
        ["run", str(file), "-n", "2", "--json"],
        ["compare", "no-h200", str(file), "-n", "2"],
    ):
        code, out, err = command(*words)
        assert code == 0
        assert visible(out + err) == out + err
    folder = tmp_path / "out"
    assert command("run", str(file), "-n", "2", "--out", str(folder)).code == 0
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "\x1b" not in page
    assert "\u202e" not in page


@pytest.mark.parametrize("value", ["x" * 5000, "0x" + "f" * 5000, "[" + "1, " * 2000 + "1]", "a b " * 2000])
@pytest.mark.parametrize("path", ["levers.washington.duty", "parameters/supply.hbm_imports", "start", "nowhere"])
def test_a_huge_value_is_quoted_shortened(command: Command, path: str, value: str) -> None:
    code, out, err = command("run", "h200-2026", "--set", f"{path}={value}")
    assert (code, out) == (2, "")
    assert path in err
    assert len(err) < 600
    assert len(err.strip().splitlines()) <= 2


def test_a_huge_option_is_quoted_shortened(command: Command) -> None:
    for words in (["run", "h200-2026", "--draws", "9" * 9000], ["run", "x" * 9000], ["x" * 9000], ["evidence", "x" * 9000]):
        code, out, err = command(*words)
        assert (code, out) == (2, "")
        assert len(err) < 600
    assert shortened("x" * 5000) == "x" * 40 + "... (5,000 characters)"
    assert shortened(1 << 100_000) == "a whole number of about 30,103 digits"
    assert len(str(CountermoveError("y " * 9000))) < 900


NOISY = """
import sys
from countermove.market.engines.jax_engine import require_jax
jax = require_jax()
import jax.numpy as jnp
def folded():
    wide = jnp.arange(160.0)[:, None] + jnp.zeros((160, 160))
    return jax.lax.reduce_window(wide, -jnp.inf, jax.lax.max, (7, 7), (1, 1), "SAME").sum()
print(float(jax.jit(folded)()))
try:
    jax.jit(lambda x: jnp.dot(x, jnp.ones(3)))(jnp.ones(2))
except TypeError as error:
    print("an error is an error", file=sys.stderr)
"""


@pytest.mark.skipif(
    find_spec("jax") is None and os.environ.get("REQUIRE_ALL") != "1",
    reason="JAX is not installed: pip install 'countermove[jax]'",
)
def test_the_compiler_says_nothing_past_us_and_errors_remain(tmp_path: Path) -> None:
    # Folding a constant for over a second rings the same alarm of the compiler as two minutes of compiling do.
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(NOISY)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**environment, "COUNTERMOVE_CACHE": str(tmp_path), "JAX_PLATFORMS": "cpu"},
    )
    assert ended.returncode == 0, ended.stderr
    assert float(ended.stdout) > 0.0
    assert ended.stderr == "an error is an error\n"

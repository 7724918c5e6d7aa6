"""Plausible mistakes: named in one or two lines, exit code 2, nothing on stdout, nothing written, before any long work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]

PREDICT = ["predict", "--system", "h200", "--model", "deepseek-r1", "--isl", "1024"]
BATCH = ["predict", "--batch", "rows.csv"]
SENSITIVITY = ["sensitivity", "sweep", "china_compute_h100e@2032"]
WRONG = [
    (["infer", "refusals"], ["infer has no command named 'refusals'", "did you mean 'refusal'?"]),
    (["reproductions", "shw"], ["reproductions has no command named 'shw'", "did you mean 'show'?"]),
    (["reproductions", "show"], ["Missing argument 'ID'", "countermove reproductions show --help"]),
    (["reproduction"], ["no command named 'reproduction'", "did you mean 'reproductions'?"]),
    (["run", "h200-2026", "-n", "8", "--out", ""], ["--out", "the current folder"]),
    (["run", "h200-2026", "-n", "8", "--out", "."], ["--out", "the current folder"]),
    (["compare", "no-h200", "h200-rule", "-n", "8", "--out", ".."], ["--out", "holds the current folder"]),
    (["demo", "-n", "8", "--out", "."], ["--out", "the current folder"]),
    (["play", "h200-rule", "-n", "16", "--start", "rule/refuse"], ["--start", "--repeated"]),
    (["play", "lead", "--out", "rows.csv"], ["rows.csv", "not a folder", "--out"]),
    (["infer", "refusal", "--washington", "lead-first"], ["--washington", "--mode short-game"]),
    (["infer", "refusal", "--out", "rows.csv"], ["rows.csv", "not a folder", "--out"]),
    (["what-matters", "--out", "rows.csv"], ["rows.csv", "not a folder", "--out"]),
    ([*PREDICT, "--mtp", "2", "--acceptance", "5"], ["--acceptance", "0 to 1"]),
    ([*PREDICT, "--mtp", "-1"], ["--mtp", "from 0"]),
    ([*PREDICT, "--acceptance", "0.5"], ["--acceptance", "--mtp"]),
    ([*PREDICT, "--ttft-ms", "-1"], ["--ttft-ms", "positive"]),
    ([*PREDICT, "--ttft-ms", "nan"], ["--ttft-ms", "positive"]),
    ([*PREDICT, "--out", "x.csv"], ["--out", "--batch"]),
    ([*PREDICT, "--phase", "train", "--tpot-ms", "20"], ["--tpot-ms", "--phase decode"]),
    ([*BATCH, "--out", "x.csv", "--system", "h200", "--tp", "8"], ["--system, --tp", "--batch"]),
    ([*BATCH, "--out", "."], ["--out", "is a folder"]),
    ([*SENSITIVITY, "--of", "mode"], ["--of", "one of: median, mean, p5, p95"]),
    ([*SENSITIVITY, "--top", "0"], ["--top"]),
    (["substitute", "h200", "--workload", "decode", "--count", "9" * 400], ["--count", "1 to 1,000,000,000"]),
    (["check", "h200", "--die-mm2", "0"], ["die_mm2", "a die of no area"]),
    (["run", "h200-2026", "--set", "levers.washington.duty=0x" + "f" * 300], ["levers.washington.duty", "whole number of 302"]),
    (["run", "h200-2026", "--set", "parameters/supply.hbm_imports=0x" + "f" * 5000], ["hbm_imports", "whole number of 5002"]),
    (["robustness", "sweep", "china_compute_h100e@2032", "--want", "more", "--threshold", "nan"], ["--threshold", "finite"]),
]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An otherwise empty folder to work in, with a table."""
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "rows.csv").write_text("backend,model_path,system,isl,osl\ntrtllm,deepseek-r1,h200_sxm,1024,128\n")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(("arguments", "messages"), WRONG, ids=[" ".join(arguments)[:120] for arguments, _ in WRONG])
def test_a_mistake_is_named_before_anything_is_done(
    command: Command, here: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], messages: list[str]
) -> None:
    monkeypatch.setattr("countermove.experiments.pipeline.simulate_draws", lambda *_, **__: pytest.fail("simulated in vain"))
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert 1 <= len(err.strip().splitlines()) <= 2
    for message in messages:
        assert message in err
    assert [path.name for path in here.iterdir()] == ["rows.csv"]


def test_what_a_phase_does_not_look_at_is_said(command: Command) -> None:
    plain = json.loads(command(*PREDICT, "--phase", "prefill", "--json").out)
    ended = command(*PREDICT, "--phase", "prefill", "--tp", "8", "--software", "sglang", "--json")
    said = json.loads(ended.out)
    assert said["tokens_per_s_per_chip"] == plain["tokens_per_s_per_chip"]
    assert not any("without effect" in note for note in plain["assumed"])
    assert said["assumed"][-1] == ("--software, --tp without effect: a phase is rated at the best engine's own")


def test_the_page_of_what_matters_can_be_made_again(command: Command, here: Path) -> None:
    words = ("what-matters", "-n", "100", "--switch-draws", "64", "--only", "supply.hbm_domestic_2026", "--out", "page", "-q")
    assert command(*words).code == 0
    assert command(*words).code == 0
    assert sorted(path.name for path in (here / "page").iterdir()) == ["what-matters.html", "what-matters.json"]


def test_a_refusal_by_the_machine_is_no_bug(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere/file")

    monkeypatch.setattr("countermove.api.catalogue_rows", refused)
    code, out, err = command("catalog")
    assert (code, out) == (2, "")
    assert err.strip().splitlines() == ["/somewhere/file: Permission denied", "  see countermove doctor"]


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    shell = f"mkdir {gone} && cd {gone} && rmdir {gone} && {sys.executable} -m countermove.cli.app catalog"
    ended = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "the current folder is gone" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) <= 2


@pytest.mark.parametrize("words", ["catalog", "check h200 --all", "evidence --json", "schema compare", "run --help"])
def test_a_reader_that_goes_away_is_no_error(words: str) -> None:
    shell = f"{sys.executable} -m countermove {words} | head -c 1"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True, timeout=60, env={**os.environ}
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_reader_that_goes_away_while_a_command_writes_is_no_error(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("countermove.cli.app._forget_output", lambda: None)  # the output is the test's own
    monkeypatch.setattr("countermove.api.catalogue_rows", gone)
    assert command("catalog") == (0, "", "")


def test_a_closed_output_is_one_line(tmp_path: Path) -> None:
    ended = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m countermove catalog > /dev/full"], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert len(ended.stderr.strip().splitlines()) <= 2
    assert "No space left" in ended.stderr

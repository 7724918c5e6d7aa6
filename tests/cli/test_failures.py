"""What a failure looks like: one or two lines on stderr, nothing on stdout, and an exit code that says which kind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("toy")

WRONG = [
    (["rum", "h200-2026"], ["no command named 'rum'", "did you mean 'run'?"]),
    (["run"], ["Missing argument 'SCENARIO'", "countermove run --help"]),
    (["run", "h200-2026", "--drawss", "5"], ["--drawss", "countermove run --help"]),
    (["run", "h200-2026", "--draws", "many"], ["--draws", "'many'", "countermove run --help"]),
    (["run", "h200-2026", "--draws", "0"], ["0 draws were asked for", "whole number from 1"]),
    (["run", "h200-2026", "--draws", "-3"], ["-3 draws were asked for"]),
    (["run", "h200-2026", "--seed", "-1"], ["the seed is -1"]),
    (["run", "h200-2026", "--by", "years"], ["no period length named 'years'", "did you mean 'year'?"]),
    (["run", "h200-2026", "--known", "2026-02-30"], ["2026-02-30", "not a date"]),
    (["run", "h200-rul"], ["no preset named 'h200-rul'", "did you mean 'h200-rule'?"]),
    (["run", "h200-rule+bann"], ["no suffix named 'bann'", "did you mean 'ban'?"]),
    (["run", "h200-rule+open+ban"], ["+open and +ban both set beijing.import_gate"]),
    (["run", "h200-rule+ban+ban"], ["+ban is given twice"]),
    (["run", ""], ["no scenario is named", "h200-2026"]),
    (["run", "nowhere/mine.yaml"], ["nowhere/mine.yaml", "does not exist"]),
    (["run", "presets/h200-rule"], ["does not exist", "did you mean the preset 'h200-rule'?"]),
    (["run", "h200-2026", "--draws", "99999999"], ["99,999,999 draws were asked for", "at most 1,000,000"]),
    (["run", "h200-2026", "--set", "levers.washington.dutty=0.1"], ["unknown lever", "did you mean 'washington.duty'?"]),
    (["run", "h200-2026", "--set", "duty=0.1"], ["no such path 'duty'", "levers.washington.duty"]),
    (["run", "h200-2026", "--set", "levers.washington.duty"], ["expected path=value", "levers.washington.duty=0.1"]),
    (["run", "h200-2026", "--set", "levers.washington.duty="], ["expected path=value"]),
    (["run", "h200-2026", "--set", "levers.washington.duty=-0.1"], ["-0.1 is outside 0 to 1"]),
    (["run", "h200-2026", "--set", "levers.washington.duty=25"], ["25 is outside 0 to 1", "0.25 for 25%"]),
    (["run", "h200-2026", "--set", "levers.washington.duty=25%"], ["'25%' is a percentage", "write 0.25"]),
    (["run", "h200-2026", "--set", "levers.washington.duty={2026-13: 0.1}"], ["'2026-13' is not a month"]),
    (["run", "h200-2026", "--set", "levers.washington.duty={2025-01: 0.1}"], ["2025-01 is before the start month 2026-01"]),
    (["run", "h200-2026", "--set", "levers.washington.duty={2026-01: 0.1"], ["cannot read the value"]),
    (["run", "h200-2026", "--set", "levers.washington.duty=[1, 2]"], ["a list of 2 where a value is expected"]),
    (["run", "h200-2026", "--set", "levers.beijing.import_gate.ceilling=1"], ["no part 'ceilling'", "did you mean 'ceiling'?"]),
    (["run", "h200-2026", "--set", "levers.beijing.import_gate.ceiling=1"], ["set without the lever's value"]),
    (["run", "h200-2026", "--set", "levers.washington.licence_scope={value: 1, deny: h201}"], ["h201"]),
    (["run", "h200-2026", "--set", "parameters/demand.sise=1"], ["no parameter at", "did you mean 'parameters/demand.size'?"]),
    (["run", "h200-2026", "--set", "parameters/demand.size=99"], ["outside its valid range 0 to 9"]),
    (["run", "h200-2026", "--set", "parameters/demand.size={low: 3, high: 1}"], ["low 3 is not below high 1"]),
    (["run", "h200-2026", "--set", "start=2026-01", "--set", "start=2026-02"], ["start is set twice"]),
    (["run", "h200-2026", "--set", "start=2033-01"], ["month 2033-01 is outside the model's clock"]),
    (["run", "h200-2026", "--set", "horizon=2025-12"], ["not before the horizon 2025-12"]),
    (["compare", "no-h200"], ["two scenarios or more"]),
    (["compare", "no-h200", "no-h200"], ["named twice"]),
    (["evidence", "parameters/demand.sise"], ["nothing is called"]),
    (["evidence", "presets/h200-rul"], ["did you mean 'presets/h200-rule'?"]),
    (["schema", "runn"], ["no schema for 'runn'", "did you mean 'run'?"]),
    (["catalog", "chip"], ["the catalogue has no 'chip'", "did you mean 'chips'?"]),
]


@pytest.mark.parametrize(("arguments", "messages"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_input_is_named_in_two_lines_and_exits_with_2(command, arguments: list[str], messages: list[str]) -> None:
    code, out, err = command(*arguments)
    assert code == 2
    assert out == ""
    assert 1 <= len(err.strip().splitlines()) <= 2
    assert "Traceback" not in err
    for message in messages:
        assert message in err


@pytest.mark.parametrize("arguments", [["--json"], ["--quiet"], ["--json", "--quiet"]])
def test_errors_do_not_depend_on_the_output_options(command, arguments: list[str]) -> None:
    code, out, err = command("run", "h200-rul", *arguments)
    assert (code, out) == (2, "")
    assert "h200-rule" in err


def test_a_folder_that_is_not_ours_is_refused_before_the_simulation(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thesis.txt").write_text("do not lose")
    monkeypatch.setattr("countermove.experiments.run._simulate", lambda *_, **__: pytest.fail("simulated in vain"))
    for name, scenarios in (("run", ["h200-2026"]), ("compare", ["no-h200", "h200-rule"]), ("demo", [])):
        code, out, err = command(name, *scenarios, "--out", str(tmp_path))
        assert (code, out) == (2, "")
        assert "not a run of countermove" in err
    assert (tmp_path / "thesis.txt").read_text() == "do not lose"


def test_a_full_disk_is_said_and_nothing_is_printed(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("countermove.experiments.store._write_outcomes", full)
    code, out, err = command("run", "h200-2026", "-n", "5", "--json", "--out", str(tmp_path / "run"))
    assert (code, out) == (2, "")
    assert "the disk is full" in err
    assert list(tmp_path.iterdir()) == []


def test_an_unexpected_exception_asks_for_a_report_in_one_line(command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("float\ndivision")

    monkeypatch.setattr("countermove.experiments.pipeline.simulate_draws", broken)
    code, out, err = command("run", "h200-2026", "-n", "5")
    assert (code, out) == (70, "")
    assert len(err.strip().splitlines()) == 1
    assert "ZeroDivisionError: float division" in err
    assert "report" in err
    monkeypatch.setenv("COUNTERMOVE_DEBUG", "1")
    from countermove.cli.app import main

    with pytest.raises(ZeroDivisionError):
        main(["run", "h200-2026", "-n", "5"])


def test_an_interrupt_exits_with_130_and_one_line(command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("countermove.experiments.pipeline.simulate_draws", interrupted)
    code, out, err = command("run", "h200-2026", "-n", "5", "--out", str(tmp_path / "run"))
    assert (code, out) == (130, "")
    assert err.strip() == "interrupted; nothing was written"
    assert list(tmp_path.iterdir()) == []


SLOW = """
import sys, time
from countermove.experiments import pipeline
from countermove.cli.app import main
def slow(*_, **__):
    print("simulating", file=sys.stderr, flush=True)
    time.sleep(60)
pipeline.compile_scenario = lambda scenario, known=None, beliefs="prior": pipeline.Compiled(scenario, None, None, None, {})
pipeline.simulate_draws = slow
main(sys.argv[1:])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_real_signal_leaves_no_folder_behind(tmp_path: Path, number: int) -> None:
    arguments = [sys.executable, "-c", textwrap.dedent(SLOW), "run", "h200-2026", "--out", str(tmp_path / "deep" / "run")]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "simulating\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert (out, err.strip()) == ("", "interrupted; nothing was written")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_error() -> None:
    shell = f"{sys.executable} -m countermove.cli.app evidence | head -1"
    finished = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True, timeout=60, env={**os.environ}
    )
    assert finished.returncode == 0
    assert finished.stderr == ""


def test_a_terminal_gets_a_progress_bar_that_leaves_no_trace_on_stdout(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    script = textwrap.dedent(
        """
        import sys
        from countermove.cli.output import print_json, progress
        with progress("simulating", quiet=False) as watch:
            for done in (0, 1024, 2048, 3000):
                watch(done, 3000)
        print_json({"done": True})
        """
    )
    finished = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=theirs, text=True, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert finished.returncode == 0
    assert finished.stdout == '{"done": true}\n'
    assert "simulating" in shown
    assert "3,000 of 3,000 draws" in shown

"""What the commands of the desk say to bad requests: two lines, where, what to do, exit code 2."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from countermove.storage.checksums import write_list

WRONG = [
    (["claims", "h200-2027"], ["no case named 'h200-2027'", "did you mean 'h200-2026'?"]),
    (["claims"], ["no case and no article", "countermove claims h200-2026"]),
    (["claims", "h200-2026", "--rows", "C25"], ["no claim 'C25'", "did you mean 'C"]),
    (["claims", "h200-2026", "--rows", ","], ["no claim ''"]),
    (["claims", "h200-2026", "--draws", "0"], ["0 draws were asked for"]),
    (["claims", "h200-2026", "--seed", "-4"], ["the seed is -4"]),
    (["claims", "h200-2026", "--known", "yesterday"], ["yesterday", "not a date"]),
    (["explain", "h200-2026"], ["Missing argument 'OUTCOME'", "countermove explain --help"]),
    (["explain", "h200-2026", "h200_china_unit"], ["no outcome named 'h200_china_unit'", "did you mean 'h200_china_units'?"]),
    (["explain", "h200-2026", "h200_china_units", "--period", "2040"], ["no period '2040'"]),
    (["explain", "h200-2026", "parity_year_chip_decode", "--period", "2028"], ["no period '2028'", "horizon"]),
    (["explain", "h200-26", "h200_china_units"], ["no preset named 'h200-26'", "did you mean 'h200-2026'?"]),
    (["explain", "nowhere/run", "h200_china_units"], ["nowhere/run", "does not exist"]),
    (["explain", "h200-2026", "h200_china_units", "--depth", "-1"], ["--depth", "countermove explain --help"]),
    (["explain", "h200-2026", "h200_china_units", "--scenario", "ban"], ["no scenario 'ban'", "h200-2026"]),
    (["reproduce"], ["Missing argument 'DIR'"]),
    (["reproduce", "nowhere/run"], ["nowhere/run", "no such folder", "countermove run --out"]),
]


@pytest.mark.parametrize(("arguments", "messages"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_a_bad_request_is_named_in_two_lines(command, arguments: list[str], messages: list[str]) -> None:
    quick = ["-n", "8"] if arguments[:2] == ["explain", "h200-2026"] else []
    code, out, err = command(*arguments, *quick)
    assert (code, out) == (2, "")
    assert 1 <= len(err.strip().splitlines()) <= 2
    for message in messages:
        assert message in err


def test_a_data_folder_that_is_none_is_a_problem(command, tmp_path: Path) -> None:
    code, out, _ = command("doctor", "--data", str(tmp_path), "--no-run")
    assert code == 1
    assert "holds no data tree" in out


def test_a_folder_that_is_not_a_run_and_a_file(command, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("do not lose")
    for name in ("reproduce", "explain"):
        more = ["h200_china_units"] if name == "explain" else []
        code, out, err = command(name, str(tmp_path), *more)
        assert (code, out) == (2, "")
        assert "not a run of countermove" in err
    code, _, err = command("reproduce", str(tmp_path / "thesis.txt"))
    assert code == 2
    assert "a file, not a folder" in err


def edit(folder: Path, **changes: Any) -> None:
    """Change keys of the manifest, and its checksum; None removes one."""
    path = folder / "manifest.json"
    document = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in document.items() if value is not None}))
    write_list(folder)  # the checksums are forged too


def cut(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text()[:500])


def from_another_version(folder: Path) -> None:
    scenarios = json.loads((folder / "manifest.json").read_text())["scenarios"]
    scenarios[0]["scenario"]["levers"]["levers.washington.tariff"] = {"2026-01": 0.5}
    edit(folder, version="9.9", scenarios=scenarios)


def no_table(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(b"PAR1 no table") and None


DAMAGE: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "cut": (cut, ["manifest.json: it is damaged"]),
    "no seed": (partial(edit, seed=None), ["manifest.json", "the key 'seed' is missing"]),
    "draws as text": (partial(edit, draws="many"), ["draws is 'many' where a whole number is expected"]),
    "other format": (partial(edit, format_version=99), ["format 99", "run it again"]),
    "no format version": (partial(edit, format_version=None), ["manifest"]),
    "unknown engine": (partial(edit, engine="abacus"), ["'abacus'", "numpy"]),
    "no scenario": (partial(edit, scenarios=[]), ["holds no scenario"]),
    "scenario of another version": (from_another_version, ["washington.tariff", "9.9"]),
    "scenario without levers": (partial(edit, scenarios=[{"scenario": 7}]), ["damaged"]),
    "other draws": (partial(edit, draws=63), ["64 draws where the manifest says 63"]),
    "no outcomes": (lambda folder: (folder / "outcomes.parquet").unlink(), ["damaged"]),
    "broken outcomes": (no_table("outcomes.parquet"), ["damaged"]),
    "broken months": (no_table("monthly.parquet"), ["monthly.parquet", "damaged"]),
}


@pytest.mark.parametrize("change", list(DAMAGE))
def test_a_damaged_run_is_named_with_what_to_do(command, stored_run: Path, tmp_path: Path, change: str) -> None:
    folder = Path(shutil.copytree(stored_run, tmp_path / "copy"))
    damage, messages = DAMAGE[change]
    damage(folder)
    code, out, err = command("reproduce", str(folder))
    assert (code, out) == (2, ""), err
    assert 1 <= len(err.strip().splitlines()) <= 2
    assert "Traceback" not in err
    for message in messages:
        assert message in err


@pytest.mark.parametrize("name", ["claims", "explain", "reproduce", "doctor"])
def test_the_examples_of_the_help_use_options_that_exist(command, name: str) -> None:
    """Every example line of a command's help names only options that the same help lists."""
    import re

    code, out, _ = command(name, "--help")
    assert code == 0
    examples = [line.strip() for line in out.splitlines() if line.strip().startswith(f"countermove {name}")]
    assert len(examples) >= 2
    listed = set(re.findall(r"--[a-z-]+", out.split("Examples")[0]))
    for example in examples:
        assert set(re.findall(r"--[a-z-]+", example)) <= listed, example

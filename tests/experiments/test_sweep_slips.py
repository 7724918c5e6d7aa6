"""A sweep's file or folder with a slip in it: one message that names the piece, whatever it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermove.errors import CountermoveError, InputError
from countermove.experiments import sweep as sweeping
from countermove.experiments.sweep_plan import plan_sweep
from countermove.experiments.sweep_table import SweepTable

SWEEP = """schema: 1
scenarios: [h200-rule+open]
design: {kind: grid, factors: {levers.washington.duty: [0, 0.5]}}
draws: 64
chunk: 64
outcomes: [china_compute_h100e]
periods: ["2028"]
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("levers.duty", "did you mean 'levers.washington.duty'?"),
        ("levers.", "names no lever"),
        ("levers.washington", "names no lever"),
        ("levers.washington.", "unknown lever"),
        ("levers.washington.duty.value.more", "more parts than a lever's part"),
        ("levers.washington.dutty", "did you mean 'washington.duty'?"),
        ("levers.beijing.import_gate.ceilling", "did you mean 'ceiling'?"),
    ],
)
def test_a_factor_that_is_no_lever_is_named(tmp_path: Path, name: str, said: str) -> None:
    spec, points = tmp_path / "sweep.yaml", tmp_path / "points.csv"
    spec.write_text(SWEEP.replace("levers.washington.duty", name))
    with pytest.raises(InputError, match="sweep.yaml:3") as caught:
        plan_sweep(spec)
    assert said in str(caught.value)
    spec.write_text("schema: 1\nscenarios: [h200-rule]\ndesign: {kind: file, file: points.csv}\ndraws: 8\n")
    points.write_text(f"{name}\n0.1\n")
    with pytest.raises(InputError, match="points.csv:2") as caught:
        plan_sweep(spec)
    assert said in str(caught.value)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small sweep's file and its result."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "sweep.yaml").write_text(SWEEP)
    sweeping.sweep(folder / "sweep.yaml", folder / "out", executor="serial")
    return folder


def edited(change: Callable[[dict[str, Any]], object], name: str = "sweep.json") -> Callable[[Path], object]:
    """Return what changes one JSON file of a folder."""

    def edit(folder: Path) -> None:
        document = json.loads((folder / name).read_text())
        change(document)
        (folder / name).write_text(json.dumps(document))

    return edit


KEYS = ("spec", "scenarios", "points_hash", "fingerprint", "points")
SLIPS: dict[str, Callable[[Path], object]] = {
    **{f"no {key}": edited(lambda found, key=key: found.pop(key)) for key in KEYS},  # type: ignore[misc]
    **{f"{key} null": edited(lambda found, key=key: found.update({key: None})) for key in KEYS},  # type: ignore[misc]
    "spec a word": edited(lambda found: found.update(spec="x")),
    "spec without scenarios": edited(lambda found: found["spec"].pop("scenarios")),
    "scenario null": edited(lambda found: found["scenarios"].update({"h200-rule+open": None})),
    "fingerprint no JSON": edited(lambda found: found.update(fingerprint="x")),
    "fingerprint a list": edited(lambda found: found.update(fingerprint="[1]")),
    "points of 2 bytes": lambda folder: (folder / "points.parquet").write_bytes(b"xy"),
    "no points": lambda folder: (folder / "points.parquet").unlink(),
    "manifest of 2 bytes": lambda folder: (folder / "sweep.json").write_bytes(b"xy"),
    "summary null": lambda folder: (folder / "summary.json").write_text("null"),
    "summary cut": lambda folder: (folder / "summary.json").write_text('{"runs": 1'),
    "summary without rows": edited(lambda found: found.pop("rows"), "summary.json"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_folder_with_a_broken_piece_is_named(finished: Path, tmp_path: Path, slip: str) -> None:
    folder = tmp_path / "out"
    shutil.copytree(finished / "out", folder)
    SLIPS[slip](folder)
    said = []
    for use in (
        lambda: SweepTable(folder).futures("china_compute_h100e", None),
        lambda: sweeping.sweep(finished / "sweep.yaml", folder, executor="serial", resume=True),  # makes a summary again
    ):
        try:
            use()
        except CountermoveError as error:
            said.append(str(error))
    assert said
    assert all(str(folder) in message and len(message.splitlines()) == 2 for message in said)

"""A stored run gives the same numbers again, and a number that does not is found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from countermove.cli.documents import DOCUMENTS
from countermove.desk.reproduce import ELSEWHERE, lines, reproduce
from countermove.errors import InputError
from countermove.storage.checksums import write_list


def copy(run: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(run, tmp_path / "copy"))


def change_manifest(folder: Path, **changes: object) -> None:
    """Store what another installation would have stored, its checksums included."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    write_list(folder)


def change_number(folder: Path, factor: float, *, row: int = 1234, file: str = "outcomes.parquet", column: str = "value") -> None:
    table = pq.read_table(folder / file)
    values = table.column(column).to_numpy().copy()
    row = int(np.flatnonzero(values)[row % np.count_nonzero(values)])
    values[row] *= factor
    pq.write_table(table.set_column(table.column_names.index(column), column, pa.array(values)), folder / file)
    write_list(folder)


@pytest.mark.parametrize("kind", ["stored_run", "stored_comparison"])
def test_a_run_is_reproduced_to_the_last_bit(kind: str, request: pytest.FixtureRequest) -> None:
    found = reproduce(request.getfixturevalue(kind))
    assert found.reproduced
    assert not found.differences
    assert found.tolerance == 0.0
    assert found.changed == ()
    assert found.compared > 10_000
    assert lines(found)[0].startswith("Reproduced to the last bit")


@pytest.mark.parametrize("factor", [1.001, 1 + 1e-15, -1.0, float("nan"), 0.0])
def test_one_changed_number_is_found(stored_run: Path, tmp_path: Path, factor: float) -> None:
    folder = copy(stored_run, tmp_path)
    change_number(folder, factor)
    found = reproduce(folder)
    assert not found.reproduced
    assert [one.differ for one in found.differences] == [1]
    assert "NOT reproduced" in lines(found)[0]
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_changed_monthly_quantile_is_found(stored_run: Path, tmp_path: Path) -> None:
    folder = copy(stored_run, tmp_path)
    change_number(folder, 1.01, file="monthly.parquet", column="median")
    found = reproduce(folder)
    assert len(found.differences) == 1
    assert "by month, median" in found.differences[0].where


@pytest.mark.parametrize("name", ["outcomes.parquet", "monthly.parquet", "manifest.json", "checksums.txt"])
def test_a_flipped_bit_is_damage_and_no_difference(stored_run: Path, tmp_path: Path, name: str) -> None:
    folder = copy(stored_run, tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 4
    (folder / name).write_bytes(bytes(content))
    with pytest.raises(InputError, match="damaged|does not list"):
        reproduce(folder)


def test_elsewhere_rounding_is_accepted_and_larger_differences_are_not(stored_run: Path, tmp_path: Path) -> None:
    folder = copy(stored_run, tmp_path)
    change_manifest(folder, lock_hash="0" * 64, machine="Plan9 mips")
    assert reproduce(folder).reproduced
    change_number(folder, 1 + 1e-12)
    found = reproduce(folder)
    assert found.tolerance == ELSEWHERE
    assert found.reproduced
    assert found.differences
    assert set(found.changed) == {"lock_hash", "machine"}
    change_number(folder, 1 + 1e-6)
    assert not reproduce(folder).reproduced
    assert reproduce(folder, tolerance=1e-3).reproduced


def test_another_version_and_other_data_are_named_as_reasons(stored_run: Path, tmp_path: Path) -> None:
    folder = copy(stored_run, tmp_path)
    change_manifest(folder, version="0.0.9", data_hash="1" * 64)
    change_number(folder, 1.5)
    text = "\n".join(lines(reproduce(folder)))
    assert "version of countermove" in text
    assert text.count("DIFFERS") == 3
    assert "install the one of the run" in text
    assert "CHANGELOG.md" in text


def test_another_seed_changes_every_outcome(stored_comparison: Path, tmp_path: Path) -> None:
    folder = copy(stored_comparison, tmp_path)
    change_manifest(folder, seed=7)
    assert len(reproduce(folder).differences) > 400


def test_a_missing_outcome_is_a_difference(stored_comparison: Path, tmp_path: Path) -> None:
    folder = copy(stored_comparison, tmp_path)
    table = pq.read_table(folder / "outcomes.parquet")
    keep = np.array([name != "china_power_gw" for name in table.column("outcome").to_pylist()])
    pq.write_table(table.filter(pa.array(keep)), folder / "outcomes.parquet")
    write_list(folder)
    found = reproduce(folder)
    assert not found.reproduced
    assert all("china_power_gw" in one.where for one in found.differences)


def test_the_command_says_it_with_its_exit_code(command, stored_run: Path, tmp_path: Path) -> None:
    code, out, err = command("reproduce", str(stored_run))
    assert (code, err) == (0, "")
    assert "numbers" in out
    folder = copy(stored_run, tmp_path)
    change_number(folder, 2.0)
    code, out, _ = command("reproduce", str(folder), "--json")
    document = json.loads(out)
    assert (code, document["reproduced"], document["identical"]) == (1, False, False)
    DOCUMENTS["reproduce"].model_validate(document)

"""A broken file of a sweep is never read as other numbers, and `--resume` computes a broken chunk again."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from countermove.errors import CountermoveError, InputError
from countermove.experiments import sweep as sweeping
from countermove.experiments.sweep_ledger import Ledger
from countermove.experiments.sweep_table import SweepTable
from countermove.storage.checksums import write_list

_spec = importlib.util.spec_from_file_location("sweep_files", Path(__file__).parent / "sweep_files.py")
assert _spec
assert _spec.loader
files = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(files)
TRIALS = 100


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("sweep")
    spec = files.write_sweep(folder, files.SMALL + "keep: final\n")
    sweeping.sweep(spec, folder / "whole", executor="serial")
    return spec, folder / "whole"


def read(folder: Path) -> bytes:
    """Everything that is read of a sweep: rows, factors, histograms, summary."""
    table = SweepTable(folder)
    rows = [table.outcomes(name, table.quantity("china_compute_h100e@2032")) for name in table.plan.scenarios]
    tallies = [repr(tally) for tally in sweeping.cell_tallies(table.plan, Ledger(folder))]
    summary = json.dumps(sweeping.require_finished(folder))
    return b"".join(row.tobytes() for row in rows) + repr((table.factors(), tallies, summary)).encode()


def test_no_flipped_bit_of_a_sweep_is_read_as_other_numbers(whole: tuple[Path, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole[1], tmp_path / "out"))
    expected, found = read(folder), {"refused": 0, "same": 0, "other": 0}
    every = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (".lock", "summary.parquet"))
    generator = np.random.default_rng(3)
    for at in generator.integers(len(every), size=TRIALS):
        content = every[at].read_bytes()
        broken = bytearray(content)
        broken[generator.integers(len(content))] ^= 1 << int(generator.integers(8))
        every[at].write_bytes(bytes(broken))
        try:
            found["same" if read(folder) == expected else "other"] += 1
        except CountermoveError:
            found["refused"] += 1
        every[at].write_bytes(content)
    print(found)
    assert found["other"] == 0
    assert found["refused"] > 0.9 * TRIALS  # a line of the list that only the table of the summary needs may be broken


@pytest.mark.parametrize(
    "kind", ["flipped", "cut", "two bytes", "rows missing", "rows flipped", "histograms missing", "not listed"]
)
def test_resuming_computes_a_damaged_chunk_again_and_says_so(whole: tuple[Path, Path], tmp_path: Path, kind: str) -> None:
    spec, reference = whole
    folder = Path(shutil.copytree(reference, tmp_path / "out"))
    ledger = Ledger(folder)
    path = ledger.rows_path(3) if kind.startswith("rows") else ledger.chunk_path(3)
    content = bytearray(path.read_bytes())
    if kind.endswith("flipped"):
        content[len(content) // 2] ^= 1
        path.write_bytes(bytes(content))
    elif kind in ("cut", "two bytes"):
        path.write_bytes(bytes(content[: 2 if kind == "two bytes" else len(content) // 2]))
    elif kind.endswith("missing"):
        path.unlink()
    else:
        lines = (folder / "checksums.txt").read_text().splitlines(True)
        others = [line for line in lines if "chunks/000/00000003" not in line]
        cut = next(line for line in lines if line not in others)[:-9]
        (folder / "checksums.txt").write_text("".join([*others, cut]))
    said: list[str] = []
    done = sweeping.sweep(spec, folder, executor="serial", resume=True, tell=said.append)
    assert done.computed == done.damaged == 1
    assert done.kept == 7
    assert said == ["1 of the chunks are damaged or incomplete and computed again: 3"]
    assert files.results(folder) == files.results(reference)
    again = sweeping.sweep(spec, folder, executor="serial", resume=True, tell=said.append)
    assert (again.computed, len(said)) == (0, 1)


def test_a_damaged_summary_is_written_again(whole: tuple[Path, Path], tmp_path: Path) -> None:
    spec, reference = whole
    folder = Path(shutil.copytree(reference, tmp_path / "out"))
    (folder / "summary.json").write_text((folder / "summary.json").read_text().replace("1", "2"))
    with pytest.raises(InputError, match="damaged"):
        sweeping.require_finished(folder)
    assert sweeping.sweep(spec, folder, executor="serial", resume=True).computed == 0
    assert files.results(folder) == files.results(reference)


@pytest.mark.parametrize(
    "name", ["chunks/000/notes.parquet", "chunks/000/00000099.parquet", "chunks/007/00000003.parquet", "rows/000/mine.parquet"]
)
def test_a_stray_file_among_the_chunks_is_named_and_kept(whole: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    spec, reference = whole
    folder = Path(shutil.copytree(reference, tmp_path / "out"))
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    with pytest.raises(InputError, match="no chunk of this sweep") as caught:
        sweeping.sweep(spec, folder, executor="serial", resume=True)
    assert caught.value.where == str(folder / name)
    assert (folder / name).read_text() == "mine"


def test_files_of_the_user_stay_when_a_sweep_is_resumed(whole: tuple[Path, Path], tmp_path: Path) -> None:
    spec, reference = whole
    folder = Path(shutil.copytree(reference, tmp_path / "out"))
    for name in ("thesis.partial", "chunks/000/notes.txt"):
        (folder / name).write_text("do not lose")
    (folder / "chunks/000/00000002.parquet.partial").write_bytes(b"half")
    Ledger(folder).chunk_path(2).unlink()
    assert sweeping.sweep(spec, folder, executor="serial", resume=True).computed == 1
    assert [(folder / name).read_text() for name in ("thesis.partial", "chunks/000/notes.txt")] == ["do not lose"] * 2
    assert not (folder / "chunks/000/00000002.parquet.partial").exists()


@pytest.mark.parametrize("key", ["fingerprint", "spec", "scenarios", "points_hash", "format_version"])
@pytest.mark.parametrize("forged", [False, True])
def test_a_manifest_that_was_edited_is_refused(whole: tuple[Path, Path], tmp_path: Path, key: str, forged: bool) -> None:
    spec, reference = whole
    folder = Path(shutil.copytree(reference, tmp_path / "out"))
    document = json.loads((folder / "sweep.json").read_text())
    (folder / "sweep.json").write_text(json.dumps(document | {key: None}))
    if forged:
        write_list(folder)
    for call in (lambda: SweepTable(folder), lambda: sweeping.sweep(spec, folder, executor="serial", resume=True)):
        with pytest.raises(InputError, match=f"{key} is missing|has format|damaged"):
            call()


def test_a_sweep_of_an_earlier_version_is_refused(whole: tuple[Path, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole[1], tmp_path / "out"))
    document = json.loads((folder / "sweep.json").read_text())
    (folder / "sweep.json").write_text(json.dumps(document | {"format_version": 1}))
    (folder / "checksums.txt").unlink()
    with pytest.raises(InputError, match="earlier version"):
        SweepTable(folder)


def test_resuming_writes_damaged_points_again(whole: tuple[Path, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole[1], tmp_path / "out"))
    before = (folder / "points.parquet").read_bytes()
    (folder / "points.parquet").write_bytes(bytes([before[0] ^ 1]) + before[1:])
    with pytest.raises(InputError, match="damaged"):
        SweepTable(folder)
    sweeping.sweep(whole[0], folder, executor="serial", resume=True)
    assert (folder / "points.parquet").read_bytes() == before
    assert SweepTable(folder).plan.points.count


def test_points_of_two_bytes_are_named(whole: tuple[Path, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole[1], tmp_path / "out"))
    (folder / "points.parquet").write_bytes(b"PA")
    with pytest.raises(InputError, match="damaged"):
        SweepTable(folder)
    write_list(folder)
    with pytest.raises(InputError, match="points.parquet: the file is damaged"):
        SweepTable(folder)

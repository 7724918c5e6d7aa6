"""A chunk may be taken in pieces: nothing of a run hangs on the piece that it is in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from countermove.experiments.sweep_chunk import PIECE, ChunkWorker, arrow_column, pieces
from countermove.experiments.sweep_plan import plan_sweep


def worker(folder: Path, keys: str) -> ChunkWorker:
    spec = folder / "sweep.yaml"
    spec.write_text(f"schema: 1\nscenarios: [h200-2026]\nperiods: ['2032']\n{keys}\n")
    return ChunkWorker(plan_sweep(spec))


def test_pieces_sample_what_the_chunk_samples_to_the_last_bit(tmp_path: Path) -> None:
    one = worker(tmp_path, f"draws: {4 * PIECE}\nchunk: {3 * PIECE - 500}")
    for chunk in (one.plan.chunk(0), one.plan.chunk(1)):  # rows of the ensemble, and draws from its copula
        compiled, cut = one.compile_cell(0), pieces(chunk)
        assert [piece.rows for piece in cut][:-1] == [PIECE] * (len(cut) - 1)
        assert sum(piece.rows for piece in cut) == chunk.rows
        whole = one.values(compiled, chunk)
        parts = [{name: array[: piece.rows] for name, array in one.values(compiled, piece).items()} for piece in cut]
        for name, array in whole.items():
            assert np.array_equal(np.concatenate([part[name] for part in parts]), array[: chunk.rows]), name


def test_points_of_one_chunk_stay_together(tmp_path: Path) -> None:
    one = worker(
        tmp_path, "draws: 64\nchunk: 4096\ndesign:\n  kind: grid\n  factors:\n    parameters/demand.price_elasticity: [1.5, 2.0]"
    )
    chunk = one.plan.chunk(0)
    assert chunk.last_point - chunk.first_point == 2
    assert pieces(chunk) == [chunk]


def test_a_worker_writes_its_files_without_pandas(tmp_path: Path) -> None:
    spec = tmp_path / "sweep.yaml"
    spec.write_text("schema: 1\nscenarios: [h200-2026]\nperiods: ['2032']\ndraws: 64\nkeep: final\n")
    code = (
        "import sys\nfrom pathlib import Path\nfrom countermove.experiments.sweep_chunk import ChunkWorker\n"
        "from countermove.experiments.sweep_plan import plan_sweep\n"
        f"files = ChunkWorker(plan_sweep(Path({str(spec)!r}))).compute(0)\n"
        f"Path({str(tmp_path / 'rows')!r}).write_bytes(files.rows)\n"
        "print('pandas' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False", "Arrow loads it with its own conversions: 40 MB in every worker"
    rows = pq.read_table(tmp_path / "rows")
    assert rows.column("scenario").to_pylist() == ["h200-2026"] * 64
    assert rows.column("draw").to_pylist() == list(range(64))


def test_numbers_become_arrow_columns_of_their_own_type() -> None:
    for kind in (np.int8, np.int16, np.int32, np.int64, np.float32, np.float64):
        values = np.arange(6, dtype=kind)[::2]
        assert arrow_column(values).equals(pa.array(values))
    assert len(arrow_column(np.empty(0))) == 0

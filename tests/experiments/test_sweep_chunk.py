"""A chunk may be taken in pieces: nothing of a run hangs on the piece that it is in."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from countermove.experiments.sweep_chunk import PIECE, ChunkWorker, pieces
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


def test_points_that_share_their_draws_stay_together(tmp_path: Path) -> None:
    one = worker(
        tmp_path, "draws: 64\nchunk: 4096\ndesign:\n  kind: grid\n  factors:\n    parameters/demand.price_elasticity: [1.5, 2.0]"
    )
    chunk = one.plan.chunk(0)
    assert chunk.last_point - chunk.first_point == 2
    assert pieces(chunk) == [chunk]

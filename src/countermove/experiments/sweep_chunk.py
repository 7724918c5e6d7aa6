"""Computing one chunk of a sweep: from its number to two small Parquet files as bytes, without touching the disk."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.experiments import histograms, pipeline
from countermove.experiments.draws import sample
from countermove.experiments.histograms import Counts
from countermove.experiments.pipeline import LANES, Compiled
from countermove.experiments.sweep_file import PARAMETER
from countermove.experiments.sweep_measure import measured, series_needed
from countermove.experiments.sweep_plan import Cell, Chunk, Plan, Quantity
from countermove.market.engines.allocator import return_freed_memory

Floats = NDArray[np.float64]
CELLS_KEPT = 4
"""Compiled cells a worker remembers; chunks of a cell are handed out one after the other."""


PIECE = 2048
"""Draws that are sampled and simulated together: whole blocks of draws, and of a compiled program's lanes.

Half as many let threads wait for each other, as sampling is many short calls."""


@dataclass(frozen=True)
class ChunkFiles:
    """What a chunk gives: its histograms, and its rows unless only quantiles are kept; whole Parquet files."""

    number: int
    histograms: bytes
    rows: bytes | None


@dataclass(frozen=True)
class Tally:
    """The histograms of some runs: one per quantity, with sums and extremes for means and ranges."""

    runs: int
    counts: tuple[Counts, ...]
    sums: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


class ChunkWorker:
    """Computes chunks of one plan, one at a time; remembers the cells it compiled last."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._compiled = lru_cache(CELLS_KEPT)(self.compile_cell)

    def compute(self, number: int) -> ChunkFiles:
        """Return the files of one chunk; the same bytes wherever and whenever it is computed."""
        chunk = self.plan.chunk(number)
        columns = self.outcomes(chunk)
        if chunk.rows >= PIECE:
            return_freed_memory()
        tally = tallied(self.plan, columns)
        rows = _rows_file(self.plan, chunk, columns) if self.plan.spec.keep == "final" else None
        return ChunkFiles(number, _histogram_file(tally), rows)

    def outcomes(self, chunk: Chunk) -> list[Floats]:
        """Simulate a chunk: one array `(row,)` per quantity, points first, then draws."""
        compiled = self._compiled(chunk.cell.number)
        if self.plan.spec.engine == "jax":
            parts = [self._with_jax(compiled, self.values(compiled, piece), piece.rows) for piece in pieces(chunk)]
            return [np.concatenate(columns) for columns in zip(*parts, strict=True)]
        values = self.values(compiled, chunk)
        return [column[: chunk.rows] for column in _with_numpy(compiled, values, self.plan.quantities)]

    def values(self, compiled: Compiled, chunk: Chunk) -> dict[str, Floats]:
        """Return the joint sample of a chunk, padded to whole lanes: parameter or stream -> (row,)."""
        plan, points = self.plan, chunk.cell.points[chunk.first_point : chunk.last_point]
        assumptions, draws = compiled.assumptions, chunk.draws

        def drawn(first: int, count: int) -> dict[str, Floats]:
            given: dict[str, Any] = {"fixed": assumptions.fixed, "posterior": compiled.posterior}
            return sample(assumptions.parameters, seed=plan.spec.seed, draws=count, first=first, **given)

        blocks = [plan.blocks[point] for point in points]
        distinct = sorted(set(blocks))
        parts = [
            drawn(run[0] * plan.spec.draws + chunk.first_draw, (len(run) - 1) * plan.spec.draws + draws)
            for run in _consecutive(distinct)
        ]
        values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        if blocks != distinct:  # points of one block have the same draws
            place = {block: number for number, block in enumerate(distinct)}
            rows = np.concatenate([np.arange(draws) + place[block] * draws for block in blocks])
            values = {name: array[rows] for name, array in values.items()}
        for name, column in plan.points.columns.items():
            if name not in plan.cell_factors:
                values[name.removeprefix(PARAMETER)] = np.repeat(np.array([float(column[p]) for p in points]), draws)
        return padded(values, math.ceil(chunk.rows / LANES) * LANES)

    def _with_jax(self, compiled: Compiled, values: Mapping[str, Floats], rows: int) -> list[Floats]:
        from countermove.experiments.sweep_jax import jax_outcomes

        return jax_outcomes(self.plan, compiled, values, rows)

    def compile_cell(self, number: int) -> Compiled:
        """Return a cell as arrays."""
        plan = self.plan
        scenario = plan.scenario_of(plan.cells[number])
        return pipeline.compile_scenario(scenario, known=pipeline.known_date(plan.spec.known), beliefs=plan.spec.beliefs)


def pieces(chunk: Chunk) -> list[Chunk]:
    """Return a chunk as pieces of at most `PIECE` draws, so that a large chunk needs no more memory than a small one.

    Only where it covers one point.
    """
    if chunk.last_point - chunk.first_point > 1:
        return [chunk]
    starts = range(chunk.first_draw, chunk.last_draw, PIECE)
    return [replace(chunk, first_draw=first, last_draw=min(first + PIECE, chunk.last_draw)) for first in starts]


def _consecutive(numbers: list[int]) -> list[list[int]]:
    """Return ascending numbers as runs without gaps: a run is sampled at once."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def cell_values(plan: Plan, cell: Cell, rows: range) -> dict[str, Floats]:
    """Return what the runs of a cell were given, (row,) by parameter or stream: recomputed, because nothing stores it."""
    worker = ChunkWorker(plan)
    compiled = worker.compile_cell(cell.number)
    parts = []
    done = 0
    for number in plan.chunks_of(cell.number):
        chunk = plan.chunk(number)
        if done + chunk.rows > rows.start and done < rows.stop:
            parts.append({name: array[: chunk.rows] for name, array in worker.values(compiled, chunk).items()})
        done += chunk.rows
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def padded(values: Mapping[str, Floats], length: int) -> dict[str, Floats]:
    """Return arrays of a given length that repeat their last row."""
    return {
        name: array if len(array) == length else np.concatenate([array, np.repeat(array[-1:], length - len(array))])
        for name, array in values.items()
    }


def tallied(plan: Plan, columns: list[Floats]) -> Tally:
    """Return the histograms of the rows of a chunk."""
    return Tally(
        runs=len(columns[0]),
        counts=tuple(bins.count(column) for bins, column in zip(plan.bins, columns, strict=True)),
        sums=tuple(float(np.sum(column, dtype=np.float64)) for column in columns),
        low=tuple(float(np.min(column)) for column in columns),
        high=tuple(float(np.max(column)) for column in columns),
    )


def merged(tallies: list[Tally]) -> Tally:
    """Return the union of tallies; sums are added in the order given, so give them in the order of chunk numbers."""
    counts: list[Counts] = [{} for _ in tallies[0].counts]
    for tally in tallies:
        for into, other in zip(counts, tally.counts, strict=True):
            histograms.merge(into, other)
    columns = range(len(counts))
    return Tally(
        runs=sum(tally.runs for tally in tallies),
        counts=tuple(counts),
        sums=tuple(math.fsum(tally.sums[column] for tally in tallies) for column in columns),
        low=tuple(min(tally.low[column] for tally in tallies) for column in columns),
        high=tuple(max(tally.high[column] for tally in tallies) for column in columns),
    )


def _with_numpy(compiled: Compiled, values: Mapping[str, Floats], quantities: tuple[Quantity, ...]) -> list[Floats]:
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate

    inputs = compile_market(values, compiled.gates, compiled.levers, hazards=compiled.scenario.hazards)
    wanted = series_needed(quantities)
    return [np.asarray(column) for column in measured(simulate(inputs, keep=wanted.__contains__).monthly, quantities)]


def arrow_column(values: NDArray[Any]) -> Any:
    """Return numbers as an Arrow array that shares their memory.

    Arrow's own way to make one loads pandas wherever that is installed: half a second and 40 MB in every worker.
    """
    import pyarrow as pa

    flat = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(flat.dtype), len(flat), [None, pa.py_buffer(flat)])


def _one_word(word: str) -> Any:
    """Return an Arrow array of one text, likewise."""
    import pyarrow as pa

    data = word.encode()
    return pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, len(data)], dtype=np.int32)), pa.py_buffer(data))


def _rows_file(plan: Plan, chunk: Chunk, columns: list[Floats]) -> bytes:
    import pyarrow as pa

    points = np.array(chunk.cell.points[chunk.first_point : chunk.last_point], dtype=np.int32)
    codes = arrow_column(np.zeros(chunk.rows, dtype=np.int8))
    scenarios = pa.DictionaryArray.from_arrays(codes, _one_word(chunk.cell.scenario))
    table = {
        "scenario": scenarios,
        "point": arrow_column(np.repeat(points, chunk.draws)),
        "draw": arrow_column(np.tile(np.arange(chunk.first_draw, chunk.last_draw, dtype=np.int64), len(points))),
    }
    table |= {str(quantity): arrow_column(column) for quantity, column in zip(plan.quantities, columns, strict=True)}
    return parquet_bytes(pa.table(table))


def _histogram_file(tally: Tally) -> bytes:
    import pyarrow as pa

    lengths = [len(counts) for counts in tally.counts]
    table = pa.table(
        {
            "quantity": arrow_column(np.repeat(np.arange(len(lengths), dtype=np.int16), lengths)),
            "bin": arrow_column(np.array([number for counts in tally.counts for number in counts], dtype=np.int32)),
            "count": arrow_column(np.array([times for counts in tally.counts for times in counts.values()], dtype=np.int64)),
        }
    )
    summary = {"runs": tally.runs, "sums": tally.sums, "low": tally.low, "high": tally.high}
    return parquet_bytes(table.replace_schema_metadata({"tally": json.dumps(summary)}))


def read_tally(path: Any) -> Tally:
    """Return the tally in a chunk's histogram file."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    summary = json.loads(table.schema.metadata[b"tally"])
    counts: list[Counts] = [{} for _ in summary["sums"]]
    for quantity, number, times in zip(*(table.column(name).to_pylist() for name in ("quantity", "bin", "count")), strict=True):
        counts[quantity][number] = times
    return Tally(int(summary["runs"]), tuple(counts), *(tuple(summary[name]) for name in ("sums", "low", "high")))


def parquet_bytes(table: Any) -> bytes:
    """Return an Arrow table as a whole Parquet file."""
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()

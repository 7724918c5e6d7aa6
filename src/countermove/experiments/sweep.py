"""Running a sweep: from its file to a folder of chunks and a summary, resumable at any moment."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from countermove import __version__
from countermove.errors import EnvironmentProblem, InputError, did_you_mean
from countermove.experiments import histograms
from countermove.experiments.designs import Points
from countermove.experiments.executors import EXECUTORS, Executor, Processes, Serial, Threads
from countermove.experiments.fingerprint import differences, fingerprint
from countermove.experiments.scenario import Scenario
from countermove.experiments.sweep_chunk import Tally, arrow_column, merged, parquet_bytes, read_tally
from countermove.experiments.sweep_file import SweepFile
from countermove.experiments.sweep_ledger import (
    ANEW,
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    POINTS,
    SUMMARY,
    SUMMARY_TABLE,
    Ledger,
    check_new,
    read_manifest,
)
from countermove.experiments.sweep_plan import Plan, plan_sweep

Progress = Callable[[int, int], None]
Tell = Callable[[str], None]
SHOWN_DAMAGED = 8
SUMMARY_KEYS = {"runs": int, "points": int, "cells": int, "rows": list, "rows_in_all": int}
SUMMARY_CELLS = 64
"""Cells that the printed summary and summary.json show; summary.parquet holds all."""


@dataclass(frozen=True)
class Done:
    """What a call did: where it wrote, chunks found done, chunks computed now, and of those the ones that were damaged."""

    folder: Path
    kept: int
    computed: int
    damaged: int = 0


def open_executor(kind: str, plan: Plan, *, workers: int | None = None, scheduler: str | None = None) -> Executor:
    """Return an executor by name; "local" is `processes`. Raises InputError for an unknown name or contradicting options."""
    name = {"local": "processes"}.get(kind, kind)
    if name not in EXECUTORS:
        raise InputError(f"no executor named {kind!r}", where="--executor", hint=did_you_mean(kind, (*EXECUTORS, "local")))
    if workers is not None and workers < 1:
        raise InputError(f"{workers} workers", where="--workers", hint="give a whole number from 1")
    if scheduler is not None and name != "dask":
        raise InputError(f"the {name} executor has no scheduler", where="--scheduler", hint="add --executor dask, or remove it")
    if name == "serial":
        return Serial(plan)
    if name == "threads":
        return Threads(plan, workers)
    if name == "processes":
        return Processes(plan, workers)
    from countermove.experiments.executor_dask import Dask

    return Dask(plan, workers=workers, scheduler=scheduler)


def sweep(
    path: Path | str,
    folder: Path | str,
    *,
    executor: str = "processes",
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    tell: Tell = lambda words: None,
) -> Done:
    """Run a sweep file into a folder and return what was done.

    Everything is checked before any work: InputError for a wrong file, a used folder, an unknown executor, a folder that was
    begun by something else; EnvironmentProblem for a missing extra, an unreachable scheduler, unlike workers or a full
    disk. Whatever interrupts it, `resume=True` continues to the same bits; chunks that are damaged or incomplete are computed
    again, which `tell` says.
    """
    plan = plan_sweep(Path(path))
    ledger = Ledger(Path(folder))
    _check_engine(plan)
    if resume:
        _check_same(plan, ledger.folder)
    else:
        check_new(ledger.folder)
    workplace = open_executor(executor, plan, workers=workers, scheduler=scheduler)
    with workplace, ledger.locked():
        if not (ledger.folder / MANIFEST).is_file() or not _are_whole(ledger, POINTS):
            _begin(plan, ledger)
        done, damaged = ledger.done(plan.chunks, rows=plan.spec.keep == "final")
        if damaged:
            tell(damaged_text(damaged))
        missing = [number for number in range(plan.chunks) if number not in done]
        finished = sum(plan.chunk(number).rows for number in done)
        if progress is not None:
            progress(finished, plan.runs)
        for files in workplace.run(missing):
            ledger.store(files)
            finished += plan.chunk(files.number).rows
            if progress is not None:
                progress(finished, plan.runs)
        if missing or not _are_whole(ledger, SUMMARY, SUMMARY_TABLE):
            _summarise(plan, ledger)
            ledger.finish()
    return Done(ledger.folder, len(done), len(missing), len(damaged))


def damaged_text(damaged: list[int]) -> str:
    """Say which chunks are computed again."""
    shown = ", ".join(map(str, damaged[:SHOWN_DAMAGED])) + (", ..." if len(damaged) > SHOWN_DAMAGED else "")
    return f"{len(damaged)} of the chunks are damaged or incomplete and computed again: {shown}"


def _are_whole(ledger: Ledger, *names: str) -> bool:
    """Whether files of the folder are there, as they were written."""
    try:
        for name in names:
            ledger.read(ledger.folder / name)
    except InputError:
        return False
    return True


def load_plan(folder: Path | str) -> Plan:
    """Return the plan of a stored sweep; InputError when the folder holds none."""
    found, ledger = read_manifest(Path(folder)), Ledger(Path(folder))
    with _damage_named(Path(folder) / MANIFEST):
        spec = SweepFile.model_validate(found["spec"])
        scenarios = {name: Scenario.from_dict(body) for name, body in found["scenarios"].items()}
        count = int(found["points"])
    with _damage_named(Path(folder) / POINTS):
        points = _read_points(ledger.read(ledger.folder / POINTS, hint=ANEW))
        if points.count != count:
            raise ValueError(f"{points.count} points where sweep.json says {count}")
    return Plan(spec, scenarios, points)


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    """Turn whatever a missing or malformed piece of a stored sweep raises into an InputError that names its file."""
    try:
        yield
    except InputError:
        raise
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        what = f"{'.'.join(map(str, first['loc'])) or 'spec'}: {first['msg'].lower()}"
    except KeyError as error:
        what = f"the key {error} is missing"
    except (TypeError, ValueError, AttributeError, OSError) as error:
        what = str(error)
    else:
        return
    raise InputError(f"the file is damaged: {what}", where=str(path), hint=ANEW)


def require_finished(folder: Path | str) -> dict[str, Any]:
    """Return the summary of a finished sweep; InputError when it is not finished."""
    read_manifest(Path(folder))
    ledger = Ledger(Path(folder))
    if not (ledger.folder / SUMMARY).is_file():
        raise InputError("the sweep is not finished", where=str(folder), hint="continue it with `countermove sweep ... --resume`")
    with _damage_named(ledger.folder / SUMMARY):
        found: dict[str, Any] = json.loads(ledger.read(ledger.folder / SUMMARY))
        if not all(isinstance(found[key], kind) for key, kind in SUMMARY_KEYS.items()):
            raise ValueError(f"{', '.join(SUMMARY_KEYS)} are not what they were")
    return found


def _check_engine(plan: Plan) -> None:
    if plan.spec.engine == "jax":
        from countermove.market.engines.jax_engine import require_jax

        require_jax()


def _identity(plan: Plan) -> dict[str, Any]:
    """Return what two calls must share to work on one folder."""
    columns = json.dumps({name: list(column) for name, column in plan.points.columns.items()}, sort_keys=True)
    return {
        "spec": plan.spec.model_dump(mode="json", by_alias=True),
        "scenarios": {name: scenario.to_dict() for name, scenario in plan.scenarios.items()},
        "points_hash": hashlib.sha256(columns.encode()).hexdigest(),
        "fingerprint": fingerprint(),
    }


def _begin(plan: Plan, ledger: Ledger) -> None:
    """Write the manifest and the points; the manifest last, because it marks the folder as a sweep."""
    ledger.write(ledger.folder / POINTS, _points_file(plan))
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": __version__,
        "runs": plan.runs,
        "copula_runs": plan.copula_runs,
        "points": plan.points.count,
        "cells": len(plan.cells),
        "chunks": plan.chunks,
        "quantities": [str(quantity) for quantity in plan.quantities],
        "error_bounds": {str(quantity): bins.bound for quantity, bins in zip(plan.quantities, plan.bins, strict=True)},
    }
    ledger.write(ledger.folder / MANIFEST, _json(document | _identity(plan)))


def _check_same(plan: Plan, folder: Path) -> None:
    """Raise InputError when a folder was begun by another file, version or installation."""
    found, wanted = read_manifest(folder), _identity(plan)
    wanted = json.loads(json.dumps(wanted))
    with _damage_named(folder / MANIFEST):
        for key, value in wanted.items():
            if not isinstance(found[key], type(value)):
                raise TypeError(f"{key} is not what it was")
        unlike = differences(found["fingerprint"], wanted["fingerprint"])
    if found["fingerprint"] != wanted["fingerprint"]:
        raise InputError(
            f"the sweep was begun by another installation: {unlike}",
            where=str(folder),
            hint="results would mix: use the first installation, or start in a new folder",
        )
    for key in ("spec", "scenarios", "points_hash"):
        if found[key] != wanted[key]:
            keys = (
                [name for name in wanted[key] if found[key].get(name) != wanted[key][name]]
                if key != "points_hash"
                else ["design"]
            )
            raise InputError(
                f"the sweep was begun with another {keys[0] if keys else key}",
                where=str(folder),
                hint="give the file it was begun with, or start in a new folder",
            )


def cell_tallies(plan: Plan, ledger: Ledger) -> Iterator[Tally]:
    """Yield the merged tally of each cell, one cell in memory at a time."""
    for cell in plan.cells:
        yield _merged_in_order(ledger, plan.chunks_of(cell.number))


def _merged_in_order(ledger: Ledger, numbers: range) -> Tally:
    """Merge chunks a few at a time: the same order of sums whatever computed them."""
    whole: list[Tally] = []
    for first in range(numbers.start, numbers.stop, 64):
        batch = []
        for number in range(first, min(numbers.stop, first + 64)):
            try:
                batch.append(read_tally(io.BytesIO(ledger.read(ledger.chunk_path(number)))))
            except (ValueError, KeyError) as error:
                raise InputError(f"chunk {number} cannot be read: {error}", where=str(ledger.folder), hint=ANEW) from None
        whole = [merged(whole + batch)]
    return whole[0]


def _summarise(plan: Plan, ledger: Ledger) -> None:
    """Write the summary: quantiles, mean and range of every quantity in every cell."""
    rows: list[dict[str, Any]] = []
    for cell, tally in zip(plan.cells, cell_tallies(plan, ledger), strict=True):
        factors = {name: plan.points.columns[name][cell.points[0]] for name in plan.cell_factors}
        for column, (quantity, bins) in enumerate(zip(plan.quantities, plan.bins, strict=True)):
            rows.append(
                {"scenario": cell.scenario}
                | factors
                | {"outcome": quantity.outcome, "period": quantity.period, "runs": tally.runs}
                | {"mean": tally.sums[column] / tally.runs, "low": tally.low[column], "high": tally.high[column]}
                | histograms.levels(tally.counts[column], bins)
            )
    import pyarrow as pa

    ledger.write(ledger.folder / SUMMARY_TABLE, parquet_bytes(pa.Table.from_pylist(rows)))
    shown = rows[: SUMMARY_CELLS * len(plan.quantities)]
    manifest = read_manifest(ledger.folder)
    kept = ("version", "runs", "copula_runs", "points", "cells", "chunks", "error_bounds")
    ledger.write(
        ledger.folder / SUMMARY, _json({name: manifest[name] for name in kept} | {"rows": shown, "rows_in_all": len(rows)})
    )


def _points_file(plan: Plan) -> bytes:
    import pyarrow as pa

    columns = {name: _uniform(column) for name, column in plan.points.columns.items()}
    return parquet_bytes(pa.table({"point": arrow_column(np.arange(plan.points.count, dtype=np.int32))} | columns))


def _uniform(column: tuple[float | str, ...]) -> Any:
    """Return a column of one type as Arrow's: words make the whole column text."""
    import pyarrow as pa

    if any(isinstance(value, str) for value in column):
        return pa.array([str(value) for value in column])
    return arrow_column(np.array(column, dtype=np.float64))


def _read_points(content: bytes) -> Points:
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    columns = {name: tuple(table.column(name).to_pylist()) for name in table.column_names if name != "point"}
    return Points(columns, table.num_rows)


def _json(document: Any) -> bytes:
    try:
        return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except ValueError as error:
        raise EnvironmentProblem(f"a result is not finite: {error}", where="sweep", hint="please report this") from error

"""Run directories: outcomes and manifest of a result, written whole or not at all, and read back.

A run directory holds

- `manifest.json`: everything needed to make the numbers again, and the mark that the folder is one of ours,
- `outcomes.parquet`: scenario, outcome, period, draw, value,
- `monthly.parquet`: scenario, series, month and five quantiles, when the run kept monthly series,
- `report.html`: when a report writer is given,
- `checksums.txt`: the SHA-256 of each of these; what differs from it is not read.

Everything is written into a temporary folder beside the target that then takes its place (`storage.replacing`), so an
interruption or a full disk leaves either the old folder or the new one. Of an earlier run only the files that it wrote are
replaced; any other file in its folder stays.
"""

from __future__ import annotations

import errno
import hashlib
import io
import itertools
import json
import os
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import EnvironmentProblem, InputError
from countermove.experiments.result import Comparison, OutcomeInfo, Past, Result
from countermove.experiments.scenario import Scenario
from countermove.experiments.statistics import LEVELS
from countermove.quantities.calendar import month_name
from countermove.storage.checksums import DAMAGED, EARLIER, read_list, verified, write_list
from countermove.storage.replacing import check_replaceable, recover, replacing

FORMAT = "countermove-run"
FORMAT_VERSION = 2
MANIFEST, OUTCOMES, MONTHLY = "manifest.json", "outcomes.parquet", "monthly.parquet"
FILES = frozenset({MANIFEST, OUTCOMES, MONTHLY, "report.html"})
"""What a run may write; a file of somebody else under such a name is in the way."""
PACKAGES = ("numpy", "scipy", "pydantic", "PyYAML", "pyarrow", "jax", "jaxlib")
"""Packages whose version may change a result; their installed versions make up the lock hash."""

ReportWriter = Callable[[Result | Comparison, Path], object]
"""Writes `report.html` of a result into a folder."""


def write(stored: Result | Comparison, folder: Path | str, *, report: ReportWriter | None = None) -> Path:
    """Write a run directory and return its path; the files of an earlier run there are replaced, all others in it stay.

    Raises InputError when the path holds anything that is not one of our run directories, or one whose files were changed;
    EnvironmentProblem when it cannot be written. In both cases, and when interrupted, what was there before is untouched.
    """
    check_folder(folder)
    # An absolute path has a name and a parent even when the folder is given as "." or "..".
    target = Path(os.path.abspath(folder))
    results = stored.results if isinstance(stored, Comparison) else (stored,)
    text = json.dumps(manifest(stored), indent=2, ensure_ascii=False, allow_nan=False)
    try:
        with replacing(target) as partial:
            _write_outcomes(results, partial / OUTCOMES)
            if any(result.monthly for result in results):
                _write_monthly(results, partial / MONTHLY)
            if report is not None:
                report(stored, partial)
            (partial / MANIFEST).write_text(text + "\n", encoding="utf-8")
            write_list(partial)
    except OSError as error:
        raise _problem(error, target) from error
    return Path(folder)


def check_folder(folder: Path | str) -> None:
    """Raise before any work when a run directory could not be written at a path.

    InputError for a file, a folder that is neither empty nor one of ours, or files in it that are in the way;
    EnvironmentProblem for a folder without permission.
    """
    target = Path(folder)
    recover(Path(os.path.abspath(target)))
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise InputError("this is not a folder", where=str(target), hint="choose another folder with --out")
    if target.is_dir() and any(target.iterdir()):
        if not _is_ours(target):
            hint = "nothing was changed; choose a new folder with --out"
            raise InputError("the folder holds something that is not a run of countermove", where=str(target), hint=hint)
        check_replaceable(target, set(FILES))
    parent = next(folder for folder in (target.absolute().parent, *target.absolute().parent.parents) if folder.exists())
    if not parent.is_dir():
        raise InputError(f"{parent} is a file", where=str(target), hint="choose another folder with --out")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise EnvironmentProblem(
            f"no permission to write in {parent}", where=str(target), hint="choose another folder with --out"
        )


def load_result(folder: Path | str) -> Result | Comparison:
    """Return the result or comparison that `write` stored; InputError when the folder is none or is damaged."""
    source = Path(folder)
    found = read_manifest(source)
    try:
        tables = _read_outcomes(verified(source, OUTCOMES))
        results = tuple(_read_result(found, entry, tables[entry["scenario"]["id"]]) for entry in found["scenarios"])
        past = found.get("past")
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise InputError(f"the run is damaged: {error}", where=str(source), hint=DAMAGED) from None
    return results[0] if past is None else Comparison(results, Past(**past))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run directory; InputError when there is none, it is damaged, or it is of another format."""
    recover(Path(os.path.abspath(folder)))
    path = folder / MANIFEST
    if not _is_ours(folder):
        if MANIFEST in read_list(folder):
            verified(folder, MANIFEST)  # ours, and damaged: says so
        hint = "give a folder that `countermove run --out` wrote"
        raise InputError("this is not a run of countermove", where=str(folder), hint=hint)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if found.get("format_version") == 1:
        raise InputError("the run has format 1, without checksums", where=str(path), hint=EARLIER)
    found = json.loads(verified(folder, MANIFEST))
    if found["format_version"] != FORMAT_VERSION:
        hint = f"this version reads format {FORMAT_VERSION}: {DAMAGED}"
        raise InputError(f"the run has format {found['format_version']}", where=str(path), hint=hint)
    return found


def manifest(stored: Result | Comparison) -> dict[str, Any]:
    """Return what is needed to make a result again: versions, seed, draws, full scenarios, hashes of data and environment."""
    results = stored.results if isinstance(stored, Comparison) else (stored,)
    first = results[0]
    packages = _package_versions()
    document = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": first.version,
        "engine": first.engine,
        "seed": first.seed,
        "draws": first.draws,
        "known": first.known,
        "beliefs": first.beliefs,
        "copula_draws": first.copula_draws,
        "evidence_until": first.evidence_until,
        "data_hash": first.data_hash,
        "lock_hash": hashlib.sha256(json.dumps(packages, sort_keys=True).encode()).hexdigest(),
        "packages": packages,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "created": first.created,
        "scenarios": [
            {"scenario": result.scenario.to_dict(), "outcomes": {n: vars(i) for n, i in result.info.items()}}
            for result in results
        ],
    }
    return document | ({"past": stored.past.to_dict()} if isinstance(stored, Comparison) else {})


def _problem(error: OSError, target: Path) -> EnvironmentProblem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return EnvironmentProblem(
            "the disk is full", where=str(target), hint="free some space, or choose another folder with --out"
        )
    what = error.strerror or str(error)
    return EnvironmentProblem(f"the folder cannot be written: {what}", where=str(target), hint="choose another folder with --out")


def _is_ours(folder: Path) -> bool:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT


def _write_outcomes(results: Sequence[Result], path: Path) -> None:
    """Write every outcome in long form; names are dictionary-encoded, so that they cost next to nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    blocks = [
        ((result.scenario.id, name, period), values)
        for result in results
        for name, by_period in result.outcomes.items()
        for period, values in by_period.items()
    ]
    lengths = np.array([len(values) for _, values in blocks], dtype=np.int64)
    columns = [_repeated([key[column] for key, _ in blocks], lengths) for column in range(3)]
    draw = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
    value = np.concatenate([values for _, values in blocks])
    table = pa.table([*columns, pa.array(draw), pa.array(value)], names=["scenario", "outcome", "period", "draw", "value"])
    pq.write_table(table, path, compression="zstd")


def _repeated(names: Sequence[str], lengths: np.ndarray[Any, np.dtype[np.int64]]) -> Any:
    import pyarrow as pa

    different = list(dict.fromkeys(names))
    index = {name: number for number, name in enumerate(different)}
    codes = np.repeat(np.array([index[name] for name in names], dtype=np.int32), lengths)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(different))


def _write_monthly(results: Sequence[Result], path: Path) -> None:
    """Write monthly quantiles in long form; series with more axes than the month are numbered along them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows: dict[str, list[Any]] = {name: [] for name in ("scenario", "series", "month", *LEVELS)}
    for result in results:
        for name, quantiles in result.monthly.items():
            months = quantiles.shape[1]
            rows["scenario"] += [result.scenario.id] * months
            rows["series"] += [name] * months
            rows["month"] += [month_name(month) for month in range(months)]
            for level, values in zip(LEVELS, quantiles, strict=True):
                rows[level] += values.tolist()
    pq.write_table(pa.table(rows), path, compression="zstd")


def _read_outcomes(content: bytes) -> dict[str, dict[str, dict[str, Any]]]:
    """Return scenario -> outcome -> period -> draws."""
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content))
    names = [table.column(column).combine_chunks() for column in ("scenario", "outcome", "period")]
    codes = [np.asarray(column.indices) for column in names]
    words = [column.dictionary.to_pylist() for column in names]
    values = table.column("value").to_numpy()
    # Rows of one scenario, outcome and period are contiguous, in the order of draws.
    changes = np.flatnonzero(np.any([np.diff(code) != 0 for code in codes], axis=0)) + 1
    starts = [0, *changes.tolist(), len(values)]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for start, end in itertools.pairwise(starts):
        scenario, outcome, period = (word[int(code[start])] for word, code in zip(words, codes, strict=True))
        found.setdefault(scenario, {}).setdefault(outcome, {})[period] = values[start:end].copy()
    return found


def _read_result(found: dict[str, Any], entry: dict[str, Any], outcomes: dict[str, dict[str, Any]]) -> Result:
    return Result(
        scenario=Scenario.from_dict(entry["scenario"], where=MANIFEST),
        seed=int(found["seed"]),
        draws=int(found["draws"]),
        version=found["version"],
        engine=found["engine"],
        known=found["known"],
        data_hash=found["data_hash"],
        outcomes=outcomes,
        info={name: OutcomeInfo(**info) for name, info in entry["outcomes"].items()},
        created=found["created"],
        evidence_until=found["evidence_until"],
        beliefs=found["beliefs"],
    )


def _package_versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions

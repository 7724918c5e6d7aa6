"""A run directory read with suspicion: what is missing or malformed is an InputError that names the file and the key."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import __version__
from countermove.errors import CountermoveError, InputError
from countermove.experiments.result import Comparison, Result
from countermove.experiments.run import ENGINES
from countermove.experiments.statistics import LEVELS
from countermove.experiments.store import MANIFEST, MONTHLY, load_result, read_manifest
from countermove.storage.checksums import read_list, verified

Floats = NDArray[np.float64]

NEEDED: Mapping[str, type] = {
    "version": str,
    "engine": str,
    "seed": int,
    "draws": int,
    "known": str,
    "beliefs": str,
    "data_hash": str,
    "lock_hash": str,
    "python": str,
    "machine": str,
    "evidence_until": str,
    "created": str,
    "scenarios": list,
}
_KINDS = {str: "text", int: "a whole number", list: "a list"}


def read_stored(folder: Path) -> tuple[dict[str, Any], Result | Comparison]:
    """Return manifest and result of a run directory; InputError when it is none, is damaged, or cannot be read any more."""
    if not folder.exists():
        raise InputError("there is no such folder", where=str(folder), hint="give a folder that `countermove run --out` wrote")
    if not folder.is_dir():
        raise InputError("this is a file, not a folder", where=str(folder), hint="give the folder that holds manifest.json")
    place = str(folder / MANIFEST)
    found = _manifest(folder, place)
    try:
        stored = load_result(folder)
    except InputError as error:
        if found["version"] == __version__:
            raise
        hint = f"it was written by version {found['version']}, this is {__version__}: {error.hint or 'run it again'}"
        raise InputError(error.what, where=error.where, hint=hint) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"the run is damaged: {type(error).__name__} {error}", where=place, hint="run it again") from None
    for result in stored.results if isinstance(stored, Comparison) else (stored,):
        _check_draws(result, folder)
    return found, stored


def _manifest(folder: Path, place: str) -> dict[str, Any]:
    try:
        found = read_manifest(folder)
    except CountermoveError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"the manifest is damaged: {error}", where=place, hint="run it again") from None
    for key, kind in NEEDED.items():
        if key not in found:
            raise InputError(f"the key '{key}' is missing", where=place, hint="the manifest was edited: run it again")
        if not isinstance(found[key], kind) or isinstance(found[key], bool):
            hint = "the manifest was edited: run it again"
            raise InputError(f"{key} is {found[key]!r} where {_KINDS[kind]} is expected", where=place, hint=hint)
    if found["engine"] not in ENGINES:
        raise InputError(
            f"the run used the engine {found['engine']!r}", where=place, hint=f"this version has: {', '.join(ENGINES)}"
        )
    if not found["scenarios"]:
        raise InputError("the run holds no scenario", where=place, hint="run it again")
    return found


def _check_draws(result: Result, folder: Path) -> None:
    """Refuse outcomes of another number of draws than the manifest says."""
    for name, by_period in result.outcomes.items():
        for period, values in by_period.items():
            if len(values) != result.draws:
                what = f"{name} {period} has {len(values)} draws where the manifest says {result.draws}"
                raise InputError(what, where=str(folder / "outcomes.parquet"), hint="the run is damaged: run it again")


def read_monthly(folder: Path) -> dict[str, Floats]:
    """Return "scenario: series quantile" -> months of the stored monthly quantiles; nothing when the run kept none."""
    path, listed = folder / MONTHLY, read_list(folder)
    if MONTHLY not in listed and not path.is_file():
        return {}
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = verified(folder, MONTHLY, listed)
    try:
        table = pq.read_table(io.BytesIO(content)).to_pydict()
        rows = {(scenario, series): [] for scenario, series in zip(table["scenario"], table["series"], strict=True)}  # type: ignore[var-annotated]
        for number, key in enumerate(zip(table["scenario"], table["series"], strict=True)):
            rows[key].append([table[level][number] for level in LEVELS])
        return {
            f"{scenario}: {series} by month, {level}": np.array([row[at] for row in found])
            for (scenario, series), found in rows.items()
            for at, level in enumerate(LEVELS)
        }
    except (pa.ArrowException, OSError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"the table is damaged: {error}", where=str(path), hint="run it again") from None


def monthly_of(result: Result) -> dict[str, Floats]:
    """Return the monthly quantiles of a result under the names of `read_monthly`."""
    return {
        f"{result.scenario.id}: {series} by month, {level}": np.asarray(quantiles[at])
        for series, quantiles in result.monthly.items()
        for at, level in enumerate(LEVELS)
    }

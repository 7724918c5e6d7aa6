"""All origins under both datings: fit, predict, score; every origin is kept when it is done, and a run goes on from there."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import InputError
from countermove.inference.rolling.document import origin_document
from countermove.inference.rolling.forecaster import Forecaster
from countermove.inference.rolling.origins import DATINGS, ORIGINS, Dating, Origin, origin, rows_hash
from countermove.inference.rolling.score import Point, points
from countermove.outcomes.published import Published, period_end
from countermove.quantities.calendar import period_months
from countermove.storage.checksums import read_sealed, seal
from countermove.storage.whole import write_whole

Tell = Callable[[str], None]

DONE = "origin.json"
FRESH = "run it again without --resume"


@dataclass(frozen=True)
class Rolled:
    """What was found: the hash of the frozen rows, and for each dating and origin its document (see `document`)."""

    rows: str
    origins: Mapping[Dating, Mapping[str, Mapping[str, Any]]]


def rolling(
    forecaster: Forecaster,
    rows: Sequence[Published],
    *,
    made_by: str = "",
    folder: Path | None = None,
    origins: Sequence[str] = ORIGINS,
    datings: Sequence[Dating] = tuple(DATINGS),
    tell: Tell = lambda words: None,
) -> Rolled:
    """Predict and score all origins. `folder` keeps each origin, sealed; `made_by` says what it must have been made by.

    Rows are frozen and hashed before anything is fitted. Raises InputError for rows that no origin can use, for a kept origin of
    another run, and for what a forecaster must not return (`score.points`).
    """
    check_rows(rows)
    frozen = rows_hash(rows)
    parted = {(dating, name): origin(name, rows, dating) for dating in datings for name in origins}
    if not any(one.targets for one in parted.values()):
        raise InputError("no row lies within a year after an origin", where="rolling", hint="give rows of 2024 and later")
    found: dict[Dating, dict[str, Mapping[str, Any]]] = {dating: {} for dating in datings}
    for (dating, name), one in parted.items():
        place = None if folder is None else folder / f"{name}-{dating}"
        key = hashlib.sha256(f"{made_by} {frozen} {dating} {name}".encode()).hexdigest()[:32]
        kept = None if place is None else _kept(place / DONE, key)
        if kept is None:
            tell(f"origin {name}, {DATINGS[dating]}: {len(one.known)} rows known, {len(one.targets)} to predict")
            kept = _at(forecaster, one, rows, place)
            if place is not None:
                place.mkdir(parents=True, exist_ok=True)
                write_whole(place / DONE, seal(json.dumps({"key": key, "origin": kept}, allow_nan=False).encode()))
        else:
            tell(f"origin {name}, {DATINGS[dating]}: kept")
        found[dating][name] = kept
    return Rolled(frozen, found)


def _at(forecaster: Forecaster, one: Origin, rows: Sequence[Published], place: Path | None) -> Mapping[str, Any]:
    """One origin's document: the forecast that counts, and those beside it."""
    forecast = forecaster(one.blinded(), place)
    check_unseen(one, forecast.fitted)
    expected = consensus(rows, one)
    scored: dict[str, tuple[Point, ...]] = {"counts": points(one, np.asarray(forecast.sample), expected)}
    scored |= {name: points(one, np.asarray(sample), expected) for name, sample in forecast.beside.items()}
    # Through JSON, so that what was kept and what was made now are the same to the last bit.
    body: Mapping[str, Any] = json.loads(json.dumps(origin_document(one, scored, forecast.about), allow_nan=False))
    return body


def check_rows(rows: Sequence[Published]) -> None:
    """Raise InputError for a value that is none, a period that is none, and a period twice in a series."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        where = f"series {row.series}"
        period_months(row.period, where=where)
        if not math.isfinite(row.value) or row.value < 0.0:
            raise InputError(f"{row.period} holds {row.value:g}", where=where, hint="values are numbers from 0")
        if (row.series, row.period) in seen:
            raise InputError(f"{row.period} stands there twice", where=where, hint="keep one value a period")
        seen.add((row.series, row.period))


def check_unseen(one: Origin, fitted: Sequence[Published]) -> None:
    """Raise InputError when a forecaster was fitted to a row that it is asked, or to one published after the origin."""
    asked = {(row.series, row.period) for row in one.asked}
    for row in fitted:
        if (row.series, row.period) in asked or row.known > one.day:
            what = f"{row.series} {row.period} was fitted, and it was published on {row.known}"
            raise InputError(what, where=f"origin {one.name}", hint="fit only the rows that an origin knows (`Origin.known`)")


def consensus(rows: Sequence[Published], one: Origin) -> Mapping[tuple[str, str], float]:
    """What others had forecast by an origin for periods that had not ended: the last value published for (outcome, period)."""
    ahead = [row for row in rows if row.known <= one.day < period_end(row.period) and row.value > 0.0]
    return {(row.outcome, row.period): row.value for row in sorted(ahead, key=lambda row: row.known)}


def _kept(path: Path, key: str) -> Mapping[str, Any] | None:
    """A kept origin, None where there is none; InputError for a damaged one or one of another run."""
    if not path.exists():
        return None
    body = json.loads(read_sealed(path, hint=FRESH))
    if body["key"] != key:
        what = "it was kept by a run with other rows, another model or other settings"
        raise InputError(what, where=str(path), hint=FRESH)
    kept: Mapping[str, Any] = body["origin"]
    return kept

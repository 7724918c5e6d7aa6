"""Hindcasts: fit to what was known by a date, predict what came after, score it against naive predictions.

*conditional* takes the gates as they were; *unconditional* knows them up to the date and lets them move by themselves
from then on. Priors of later years are replaced (`vintage`), so that the prediction does not read its own answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.evidence.ledger import load_parameters
from countermove.inference.calibration import Calibration, calibrate, compiled_past
from countermove.inference.known_priors import Known
from countermove.inference.prediction import as_published, simulated
from countermove.inference.scores import Naive, covers, crps, naive
from countermove.inference.vintage import cut_date, priors_known, rows_after, rows_known
from countermove.outcomes.published import Published, period_end, published_values
from countermove.outcomes.published_errors import targets

Floats = NDArray[np.float64]

DRAWS = 1024
PARTICLES = 1024
SEED = 2024
LAST_YEAR = 2026

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Point:
    """One prediction: its quantiles in the unit of the outcome, the published value (NaN: none yet), the scores."""

    row: Published
    quantiles: tuple[float, float, float, float, float]
    covered: bool | None
    crps: float | None
    naive: Naive

    def naive_crps(self) -> dict[str, float]:
        """The absolute error of each naive prediction that exists."""
        return {name: abs(value - self.row.value) for name, value in self.naive.best_known().items()}


@dataclass(frozen=True)
class Hindcast:
    """All predictions of one fit, under both readings of the gates."""

    fit_to: dt.date
    vintage: str
    fitted: Calibration | None
    known: Known
    rows_used: int
    rows_undated: int
    conditional: tuple[Point, ...]
    unconditional: tuple[Point, ...]


def hindcast(
    fit_to: str,
    *,
    vintage: str = "latest",
    score: Sequence[Published] | None = None,
    last: int | None = None,
    particles: int = PARTICLES,
    draws: int = DRAWS,
    seed: int = SEED,
    folder: Path | None = None,
    tell: Tell = lambda words: None,
) -> Hindcast:
    """Fit to the rows known by `fit_to` and predict those after it, to the end of the year `last` (default: the next).

    score: rows to hold predictions against (default: the published values of the data tree). Where nothing was known,
    predictions follow the priors. Raises InputError for a date or vintage that does not fit.
    """
    day = cut_date(fit_to)
    if draws < 2:
        raise InputError(f"{draws} draws were asked for", where="draws", hint="give a whole number from 2; 1,024 is usual")
    if particles < 2:
        raise InputError(f"{particles} particles", where="particles", hint="give some hundred; 1,024 is usual")
    end = last or min(day.year + 1 if day.month == 12 else day.year, LAST_YEAR)
    rows = published_values(last=LAST_YEAR)
    used = rows_known(rows, day, vintage)
    after = tuple(score) if score is not None else rows_after(rows, day, last=end) or unscored(rows, end)
    after = tuple(row for row in after if period_end(row.period) > day)
    if not after:
        raise InputError(f"every value is about the time to {day}", where="score", hint="give values of later periods")
    known = priors_known(load_parameters(), day, strict=vintage == "strict")
    fitted = _fit(used, known, particles, seed, folder, tell)
    forecasts = _forecasts(rows, day)
    points = {}
    for reading in ("conditional", "unconditional"):
        compiled = compiled_past(day if reading == "unconditional" else None, known.parameters)
        tell(f"predicting {len(after)} values, {reading}")
        values = _values(
            compiled,
            after,
            fitted,
            draws,
            seed,
            hazards=reading == "unconditional",
            world_known=day if vintage == "strict" else None,
        )
        points[reading] = tuple(
            _point(row, sample, naive(row, used, forecasts)) for row, sample in zip(after, values, strict=True)
        )
    undated = sum(not row.dated for row in used)
    return Hindcast(day, vintage, fitted, known, len(used), undated, points["conditional"], points["unconditional"])


def unscored(rows: Sequence[Published], year: int) -> tuple[Published, ...]:
    """A row without a value for every series of a year whose outcomes nobody has published yet."""
    first: dict[str, Published] = {}
    for row in rows:
        first.setdefault(row.outcome, row)
    nan, period = float("nan"), str(year)
    return tuple(
        replace(row, period=period, value=nan, low=nan, high=nan, stated=False, known=period_end(period), dated=False)
        for row in first.values()
    )


def _fit(
    used: Sequence[Published], known: Known, particles: int, seed: int, folder: Path | None, tell: Tell
) -> Calibration | None:
    if not any(row.value > 0.0 for row in used):
        return None
    store = folder / "cloud.npz" if folder is not None else None
    compiled = compiled_past(None, known.parameters)
    return calibrate(targets(used), compiled=compiled, particles=particles, seed=seed, store=store, tell=tell)


def _values(
    compiled: Any,
    rows: Sequence[Published],
    fitted: Calibration | None,
    draws: int,
    seed: int,
    *,
    hazards: bool,
    world_known: dt.date | None,
) -> list[Floats]:
    posterior = None if fitted is None else fitted.ensemble("hindcast")
    values = simulated(compiled, rows, posterior, draws=draws, seed=seed, hazards=hazards, world_known=world_known)
    printed = {}
    # A row that only repeats others, or has no value yet, is predicted as it is simulated.
    for row, sample in zip(rows, values, strict=True):
        printed[row.series, row.period, row.value] = sample
    positive = [row for row in rows if row.value >= 0.0]
    scale = {} if fitted is None else fitted.misfit()
    if positive:
        aims = targets(positive)
        aimed = np.stack([printed[row.series, row.period, row.value] for row in aims.rows])
        width = min([draws, *[len(part) for part in scale.values()]])
        noisy = as_published(aimed[:, :width], aims, scale, seed=seed)
        printed.update({(row.series, row.period, row.value): sample for row, sample in zip(aims.rows, noisy, strict=True)})
    return [printed[row.series, row.period, row.value] for row in rows]


def _point(row: Published, sample: Floats, others: Naive) -> Point:
    p5, p25, median, p75, p95 = (float(q) for q in np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95]))
    quantiles = (p5, p25, median, p75, p95)
    if not np.isfinite(row.value):
        return Point(row, quantiles, None, None, others)
    return Point(row, quantiles, covers(sample, row.value), crps(sample, row.value), others)


def _forecasts(rows: Sequence[Published], day: dt.date) -> Mapping[tuple[str, str], float]:
    """Values published by the date for periods that had not ended then; the last one published counts."""
    ahead = sorted((row for row in rows if row.known <= day < period_end(row.period)), key=lambda row: row.known)
    return {(row.outcome, row.period): row.value for row in ahead}

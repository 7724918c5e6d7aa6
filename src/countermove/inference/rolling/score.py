"""How good one prediction was: its score beside that of the reference, whether its ranges held, how wide they were."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.inference.rolling.origins import Origin, quarter
from countermove.inference.rolling.reference import Past, reference, scale, seasonal
from countermove.inference.scores import crps
from countermove.outcomes.published import Published
from countermove.outcomes.published_errors import FLOOR

Floats = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
OUTER = (0.0025, 0.9975)
LEAST_SHARE = 1e-3
"""A prediction of nothing counts as this share of the largest value known, so that its logarithm exists."""


@dataclass(frozen=True)
class Point:
    """One target with its prediction. Scores are CRPS of logarithms over the scale of the series; None without a past.

    quantiles: 5, 25, 50, 75, 95% in the outcome's unit. h: quarters from the last known value (0 without). width: ln(p95 / p5).
    """

    row: Published
    gated: bool
    nowcast: bool
    h: int
    quantiles: tuple[float, ...]
    inside90: bool
    inside50: bool
    beyond: bool
    width: float
    crps: float | None
    """None where nothing of the series was known and nothing came: no scale tells how far off a prediction is."""
    crps_reference: float | None
    others: Mapping[str, float]
    """Absolute errors over the scale of what needs no model and does not gate: seasonal growth, consensus."""


def past_of(target: Published, known: Sequence[Published], floor: float) -> Past | None:
    """The known values of a target's series at its own frequency, as logarithms of ``y + floor``; None where there are none."""
    same = {quarter(row.period): row for row in known if row.series == target.series and len(row.period) == len(target.period)}
    kept = [q for q in sorted(same) if same[q].value + floor > 0.0]
    return Past(tuple(kept), tuple(math.log(same[q].value + floor) for q in kept)) if kept else None


def points(found: Origin, sample: Floats, consensus: Mapping[tuple[str, str], float]) -> tuple[Point, ...]:
    """Score the predictions (row, draw) of an origin's rows in the order of `Origin.asked`.

    consensus: what others had forecast by the origin for (outcome, period). InputError for another shape or no number.
    """
    if sample.ndim != 2 or len(sample) != len(found.asked):
        what = f"{len(found.asked)} rows were asked, {sample.shape[0] if sample.ndim else 0} predicted"
        raise InputError(what, where=f"origin {found.name}", hint="a forecaster returns (row, draw) in the order asked")
    if not np.isfinite(sample).all():
        bad = found.asked[int(np.argwhere(~np.isfinite(sample))[0][0])]
        raise InputError(f"{bad.series} {bad.period} holds no number", where=f"origin {found.name}", hint="predict finite values")
    return tuple(
        _point(found, row, sample[number], consensus.get((row.outcome, row.period)), number >= len(found.targets))
        for number, row in enumerate(found.asked)
    )


def _point(found: Origin, row: Published, sample: Floats, expected: float | None, nowcast: bool) -> Point:
    same = [one.value for one in found.known if one.series == row.series and len(one.period) == len(row.period)]
    largest = max(same, default=0.0) or float(np.median(sample)) or max(row.value, 1.0)
    floor = FLOOR * largest if min([row.value, *same]) <= 0.0 else 0.0
    levels = np.log(np.maximum(sample, 0.0 if floor else LEAST_SHARE * largest) + floor)
    level = math.log(row.value + floor)
    past = past_of(row, found.known, floor)
    h = 0 if past is None else quarter(row.period) - past.quarters[-1]
    usable = past is not None and h >= 1
    over = scale(past, h) if past is not None and usable else 1.0
    others: dict[str, float] = {}
    if past is not None and usable:
        season = seasonal(past, quarter(row.period))
        others |= {} if season is None else {"seasonal": abs(season - level) / over}
        others |= {} if expected is None else {"consensus": abs(math.log(expected + floor) - level) / over}
    p = np.quantile(levels, [*LEVELS, *OUTER])
    return Point(
        row=row,
        gated=usable and (row.series, len(row.period)) in found.gated,
        nowcast=nowcast,
        h=max(h, 0),
        quantiles=tuple(float(max(math.exp(q) - floor, 0.0)) for q in p[:5]),
        inside90=bool(p[0] <= level <= p[4]),
        inside50=bool(p[1] <= level <= p[3]),
        beyond=not bool(p[5] <= level <= p[6]),
        width=float(p[4] - p[0]),
        crps=None if past is None and floor else crps(levels, level) / over,
        crps_reference=reference(past, h).crps(level) / over if past is not None and usable else None,
        others=others,
    )

"""Hold entries of the register against values that came later."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from countermove.inference.register.entry import LEVELS, NAMED, Entry, Known, Prediction, frequency
from countermove.inference.rolling.origins import LEAST_KNOWN, quarter
from countermove.inference.rolling.reference import Past, reference, scale
from countermove.outcomes.published import Published

LEAST = {"thousand package": 0.1, "thousand h100e": 0.1, "usd_bn": 0.001, "cny_bn": 0.001, "1": 0.001}
"""Smallest amount told apart, by unit (assumption): values are scored as ``ln(y + f)``, so that nothing has a logarithm too."""


def document(register: Sequence[Entry], rows: Sequence[Published] | None = None) -> dict[str, Any]:
    """The register with the contract's keys: every prediction, and scores by entry and series where rows are given."""
    return {
        "entries": [_about(entry) for entry in register],
        "register": [_prediction(entry, one) for entry in register for one in entry.predictions],
        "scores": None if rows is None else {entry.name: scores(entry, rows) for entry in register},
        "unmatched": [] if rows is None else unmatched(register, rows),
    }


def unmatched(register: Sequence[Entry], rows: Sequence[Published]) -> list[str]:
    """Rows that no entry predicts, as "series period"."""
    asked = {(one.series, one.period) for entry in register for one in entry.predictions}
    return [f"{row.series} {row.period}" for row in rows if (row.outcome, row.period) not in asked]


def _about(entry: Entry) -> dict[str, Any]:
    body: dict[str, Any] = entry.model_dump(mode="json", exclude={"predictions", "known", "schema_"})
    return body | {"predictions": len(entry.predictions)}


def _prediction(entry: Entry, one: Prediction) -> dict[str, Any]:
    about = {
        "entry": entry.name,
        "made_on": entry.made_on.isoformat(),
        "data_hash": entry.data_hash,
        "model_hash": entry.model_hash,
    }
    where = {"series": one.series, "period": one.period, "unit": one.unit}
    return about | where | {name: one.at(level) for name, level in NAMED.items()}


def scores(entry: Entry, rows: Sequence[Published]) -> dict[str, Any]:
    """Scores of one entry by series: coverage, CRPS in logarithms, over the scale of the series where four values were known.

    `crps_compared` and `crps_reference` are over the same points, those with four known values.
    """
    asked = {(one.series, one.period): one for one in entry.predictions}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        one = asked.get((row.outcome, row.period))
        if one is not None and math.isfinite(row.value):
            found.setdefault(row.outcome, []).append(_point(one, row, entry.known.get(f"{one.series} {frequency(one.period)}")))
    return {series: _series(points) for series, points in found.items()}


def _series(points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    compared = [one for one in points if one["crps_reference"] is not None]
    return {
        "n": len(points),
        "coverage90": round(sum(one["inside"] for one in points) / len(points), 4),
        "crps": round(sum(one["crps"] for one in points) / len(points), 5),
        "crps_compared": round(sum(one["crps"] for one in compared) / len(compared), 5) if compared else None,
        "crps_reference": round(sum(one["crps_reference"] for one in compared) / len(compared), 5) if compared else None,
        "compared": len(compared),
        "points": list(points),
    }


def _point(one: Prediction, row: Published, known: Known | None) -> dict[str, Any]:
    past = _past(known)
    h = 0 if past is None else quarter(one.period) - past.quarters[-1]
    compared = past is not None and len(past.levels) >= LEAST_KNOWN and h >= 1
    over = scale(past, h) if past is not None and compared else 1.0
    level = math.log(row.value + LEAST[one.unit])
    own = pinball([math.log(q + LEAST[one.unit]) for q in one.quantiles], level) / over
    return {
        "period": one.period,
        "value": row.value,
        "unit": one.unit,
        "over": round(over, 5),
        "p5": one.at(0.05),
        "median": one.at(0.5),
        "p95": one.at(0.95),
        "inside": one.at(0.05) <= row.value <= one.at(0.95),
        "crps": round(own, 5),
        "crps_reference": round(reference(past, h).crps(level) / over, 5) if past is not None and compared else None,
    }


def _past(known: Known | None) -> Past | None:
    if known is None:
        return None
    pairs = sorted((quarter(p), v) for p, v in zip(known.periods, known.values, strict=True) if v > 0.0)
    return Past(tuple(q for q, _ in pairs), tuple(math.log(v) for _, v in pairs)) if pairs else None


def pinball(quantiles: Sequence[float], value: float) -> float:
    """CRPS from quantiles: ``2 int_0^1 (1{y < q_a} - a)(q_a - y) da`` by the trapezium rule over `LEVELS`, 0 at its ends."""
    q, level = np.asarray(quantiles), np.asarray(LEVELS)
    loss = np.where(value < q, (1.0 - level) * (q - value), level * (value - q))
    inner = float(np.trapezoid(loss, level))
    ends = 0.5 * float(level[0] * loss[0] + (1.0 - level[-1]) * loss[-1])
    return 2.0 * (inner + ends)

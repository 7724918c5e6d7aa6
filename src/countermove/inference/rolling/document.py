"""The judge's findings as JSON: points and scores of an origin, and the verdict over all of them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

from countermove.inference.rolling.origins import COUNTS, DATINGS, Dating, Origin
from countermove.inference.rolling.reference import LEAST_SCALE, PHI, PRIOR_CHANGE, PRIOR_SD, PRIOR_WEIGHT
from countermove.inference.rolling.score import Point
from countermove.inference.rolling.verdict import Tally, Verdict, counts, tally, verdict
from countermove.outcomes.published import Published

REFERENCE = (
    f"equal mixture of last value and damped trend (phi {PHI}, mean growth of four quarters), variance "
    f"({PRIOR_WEIGHT:g} x {PRIOR_SD}^2 h + squared past errors) / ({PRIOR_WEIGHT:g} + n); scores are CRPS of logarithms over "
    f"max({LEAST_SCALE}, change over h quarters shrunk to {PRIOR_CHANGE} sqrt(h))"
)


def origin_document(one: Origin, scored: Mapping[str, Sequence[Point]], about: Mapping[str, Any]) -> dict[str, Any]:
    """One origin: what was known, its tallies, and every prediction; `scored` holds "counts" and the readings beside it."""
    own = scored["counts"]
    return {
        "day": one.day.isoformat(),
        "rows_known": len(one.known),
        "undated_share": short(one.stand_ins / len(one.known)),
        "gated": sorted({series for series, _ in one.gated}),
        **tally_document(tally(own)),
        "absolute": absolute([point for point in own if not counts(point) and not point.nowcast]),
        "nowcasts": absolute([point for point in own if point.nowcast]),
        "about": dict(about),
        "series": series_document(own),
        "beside": {name: tally_document(tally(points)) for name, points in scored.items() if name != "counts"},
        "nowcast_points": [{"series": point.row.series} | point_document(point) for point in own if point.nowcast],
    }


def tally_document(found: Tally | None) -> dict[str, Any]:
    """A tally with the contract's keys; n 0 and null where nothing was gated."""
    if found is None:
        return {"n": 0, "crps_ratio": None, "coverage50": None, "coverage90": None, "beyond99": 0, "width90": None}
    return {
        "n": found.n,
        "crps": short(found.crps),
        "crps_reference": short(found.crps_reference),
        "crps_ratio": short(found.ratio),
        "coverage50": short(found.coverage50),
        "coverage90": short(found.coverage90),
        "beyond99": found.beyond,
        "width90": short(found.width),
    }


def absolute(points: Sequence[Point]) -> dict[str, Any]:
    """Points that do not gate: how many, coverage, mean CRPS of logarithms (over the scale where a past is known)."""
    if not points:
        return {"n": 0, "coverage90": None, "coverage50": None, "crps": None, "width90": None}
    n = len(points)
    return {
        "n": n,
        "coverage90": short(sum(p.inside90 for p in points) / n),
        "coverage50": short(sum(p.inside50 for p in points) / n),
        "crps": _mean([p.crps for p in points if p.crps is not None]),
        "width90": short(sum(p.width for p in points) / n),
    }


def series_document(points: Sequence[Point]) -> dict[str, Any]:
    """Targets by series, in the shape of a hindcast."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        if not point.nowcast:
            groups.setdefault(point.row.series, []).append(point)
    found = {}
    for name, group in groups.items():
        n = len(group)
        references = [p.crps_reference for p in group if p.crps_reference is not None]
        found[name] = {
            "outcome": group[0].row.outcome,
            "n": n,
            "gated": any(counts(p) for p in group),
            "coverage90": short(sum(p.inside90 for p in group) / n),
            "crps": _mean([p.crps for p in group if p.crps is not None]),
            "crps_naive": {"reference": short(sum(references) / len(references))} if len(references) == n else {},
            "points": [point_document(p) for p in group],
        }
    return found


def point_document(point: Point) -> dict[str, Any]:
    """One prediction with its published value and scores."""
    p5, p25, median, p75, p95 = (short(q) for q in point.quantiles)
    return {
        "period": point.row.period,
        "known": point.row.known.isoformat(),
        "value": short(point.row.value),
        "h": point.h,
        "gated": counts(point),
        "nowcast": point.nowcast,
        "p5": p5,
        "p25": p25,
        "median": median,
        "p75": p75,
        "p95": p95,
        "inside": point.inside90,
        "inside50": point.inside50,
        "beyond99": point.beyond,
        "width90": short(point.width),
        "crps": None if point.crps is None else short(point.crps),
        "crps_reference": None if point.crps_reference is None else short(point.crps_reference),
        "others": {name: short(value) for name, value in point.others.items()},
    }


def document(rows: str, origins: Mapping[Dating, Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The whole finding with the contract's keys; `origins` and `pooled` are those of the dating that counts."""
    chosen = COUNTS if COUNTS in origins else next(iter(origins))
    judged = {dating: verdict_of(found) for dating, found in origins.items()}
    return {
        "reference": REFERENCE,
        "rows": rows,
        "dating": chosen,
        "datings": {name: DATINGS[name] for name in origins},
        "origins": dict(origins[chosen]),
        "pooled": verdict_document(judged[chosen]),
        "other_datings": {
            name: {"origins": {key: summary(one) for key, one in found.items()}, "pooled": verdict_document(judged[name])}
            for name, found in origins.items()
            if name != chosen
        },
    }


def verdict_of(origins: Mapping[str, Mapping[str, Any]]) -> Verdict:
    """Judge the points of stored origins."""
    return verdict(
        {
            name: [_point(series, entry) for series, group in one["series"].items() for entry in group["points"]]
            for name, one in origins.items()
        }
    )


def verdict_document(found: Verdict) -> dict[str, Any]:
    """The pooled tally, tallies by series and horizon, bounds and conditions of the gate."""
    return tally_document(found.pooled) | {
        "after_take_off": tally_document(found.after_take_off),
        "without": {name: tally_document(one) for name, one in found.without.items()},
        "by_series": {name: tally_document(one) for name, one in found.by_series.items()},
        "by_horizon": {str(h): tally_document(one) for h, one in found.by_horizon.items()},
        "bounds": None
        if found.bounds is None
        else {
            "n": found.bounds.n,
            "least90": short(found.bounds.least90),
            "least50": short(found.bounds.least50),
            "most50": short(found.bounds.most50),
            "beyond_in_95_of_100": found.bounds.beyond,
        },
        "gate": [
            {"condition": one.name, "found": short(one.found), "bound": one.bound, "met": one.met} for one in found.conditions
        ],
        "passed": found.passed,
    }


def summary(one: Mapping[str, Any]) -> dict[str, Any]:
    """An origin without its points."""
    return {name: value for name, value in one.items() if name not in {"series", "nowcast_points"}}


def _point(series: str, entry: Mapping[str, Any]) -> Point:
    """A stored point, as far as the verdict reads it."""
    day = dt.date.fromisoformat(entry["known"])
    row = Published(series, "", entry["period"], entry["value"], -math.inf, math.inf, False, day)
    return Point(
        row=row,
        gated=entry["gated"],
        nowcast=entry["nowcast"],
        h=entry["h"],
        quantiles=tuple(entry[name] for name in ("p5", "p25", "median", "p75", "p95")),
        inside90=entry["inside"],
        inside50=entry["inside50"],
        beyond=entry["beyond99"],
        width=entry["width90"],
        crps=entry["crps"],
        crps_reference=entry["crps_reference"],
        others=entry["others"],
    )


def _mean(values: Sequence[float]) -> float | None:
    return short(sum(values) / len(values)) if values else None


def short(value: float) -> float:
    """Five significant digits."""
    return float(f"{value:.5g}")

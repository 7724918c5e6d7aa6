"""A hindcast as a document and as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from countermove.inference.hindcast import Hindcast, Point

READINGS = ("conditional", "unconditional")


def document(found: Hindcast) -> dict[str, Any]:
    """The hindcast as JSON: scores by series, points, and what was known; `series` is the conditional reading."""
    by_reading = {reading: _series(getattr(found, reading)) for reading in READINGS}
    return {
        "fit_to": found.fit_to.isoformat(),
        "vintage": found.vintage,
        "rows_used": found.rows_used,
        "share_undated": round(found.rows_undated / found.rows_used, 4) if found.rows_used else 0.0,
        "parameters_fitted": 0 if found.fitted is None else len(found.fitted.names),
        "priors_replaced": list(found.known.replaced_names),
        "foreknown": list(found.known.foreknown),
        "summary": {reading: summary(getattr(found, reading)) for reading in READINGS},
        "series": by_reading["conditional"],
        "unconditional": by_reading["unconditional"],
    }


def summary(points: Sequence[Point]) -> dict[str, Any]:
    """Coverage over all scored points, and on how many series the score beats each naive prediction and all of them."""
    scored = [point for point in points if point.covered is not None]
    if not scored:
        return {"n": 0, "coverage90": None, "series_better": None, "series_compared": 0, "against": {}}
    groups = _grouped(scored)
    against: dict[str, list[bool]] = {}
    best: list[bool] = []
    for group in groups.values():
        own, others = _scores(group)
        for name, value in others.items():
            against.setdefault(name, []).append(own < value)
        if others:
            best.append(own < min(others.values()))
    return {
        "n": len(scored),
        "coverage90": round(sum(bool(point.covered) for point in scored) / len(scored), 4),
        "series_better": sum(best),
        "series_compared": len(best),
        "against": {name: {"better": sum(wins), "compared": len(wins)} for name, wins in sorted(against.items())},
    }


def _grouped(points: Sequence[Point]) -> dict[str, list[Point]]:
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(point.row.series, []).append(point)
    return groups


def _scores(group: Sequence[Point]) -> tuple[float, dict[str, float]]:
    """Mean score of a series and of the naive predictions that exist for all its points."""
    own = sum(point.crps or 0.0 for point in group) / len(group)
    each = [point.naive_crps() for point in group]
    shared = set(each[0]).intersection(*each[1:])
    return own, {name: sum(one[name] for one in each) / len(each) for name in sorted(shared)}


def _series(points: Sequence[Point]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, group in _grouped(points).items():
        scored = [point for point in group if point.covered is not None]
        own, others = _scores(scored) if scored else (None, {})
        found[name] = {
            "outcome": group[0].row.outcome,
            "n": len(scored),
            "coverage90": round(sum(bool(p.covered) for p in scored) / len(scored), 4) if scored else None,
            "crps": None if own is None else _short(own),
            "crps_naive": {key: _short(value) for key, value in others.items()},
            "points": [_point(point) for point in group],
        }
    return found


def _point(point: Point) -> dict[str, Any]:
    p5, p25, median, p75, p95 = point.quantiles
    value = point.row.value
    return {
        "period": point.row.period,
        "value": _short(value) if math.isfinite(value) else None,
        "p5": _short(p5),
        "p25": _short(p25),
        "median": _short(median),
        "p75": _short(p75),
        "p95": _short(p95),
        "inside": point.covered,
        "naive": {name: _short(number) for name, number in point.naive.best_known().items()},
    }


def text(body: Mapping[str, Any]) -> str:
    """The hindcast as a table: one line per point, scores first."""
    lines = [
        (
            f"Fit to {body['fit_to']}, vintage {body['vintage']}: {body['rows_used']} published values "
            f"({body['share_undated']:.0%} without a stated publication date), {body['parameters_fitted']} parameters fitted."
        ),
        (
            f"Priors of later years replaced: {len(body['priors_replaced'])}; of these, centres that only later sources state: "
            f"{len(body['foreknown'])}."
        ),
        "",
    ]
    lines += [f"{reading}: {summary_words(body['summary'][reading])}" for reading in READINGS]
    for reading, key in (("conditional, gates as they were", "series"), ("unconditional, gates with hazards", "unconditional")):
        lines += ["", reading, f"  {'series':40} {'period':8} {'published':>10} {'median':>10} {'90% range':>24}  inside"]
        for name, one in body[key].items():
            lines += [f"  {name:40} {_line(point)}" for point in one["points"]]
    return "\n".join(lines)


def _line(point: Mapping[str, Any]) -> str:
    value = "not yet" if point["value"] is None else f"{point['value']:.4g}"
    band = f"{point['p5']:.4g} to {point['p95']:.4g}"
    inside = {True: "yes", False: "no", None: ""}[point["inside"]]
    return f"{point['period']:8} {value:>10} {point['median']:>10.4g} {band:>24}  {inside}"


def summary_words(one: Mapping[str, Any]) -> str:
    """The summary in one sentence."""
    if not one["n"]:
        return "a prediction; nothing to score it against yet"
    parts = [f"{name} {row['better']} of {row['compared']}" for name, row in one["against"].items()]
    beaten = f"; score better than {', '.join(parts)} series" if parts else ""
    return f"90% ranges hold {one['coverage90']:.0%} of {one['n']} published values{beaten}"


def _short(value: float) -> float:
    return float(f"{value:.5g}")

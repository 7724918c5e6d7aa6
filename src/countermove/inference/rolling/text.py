"""The judge's findings in words: the verdict, then origins, series, horizons, and every gated prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NONE = "-"


def text(body: Mapping[str, Any]) -> str:
    """The whole finding as text."""
    pooled = body["pooled"]
    lines = [verdict_words(body), "", *gate_lines(pooled), "", f"Reference: {body['reference']}.", ""]
    lines += [f"{'':34}{HEAD}"]
    for name, one in body["origins"].items():
        lines.append(f"origin {name:27}{tally_words(one)}")
    lines.append(f"{'all origins':34}{tally_words(pooled)}")
    lines.append(f"{'after the take-off alone':34}{tally_words(pooled['after_take_off'])}")
    lines += [f"{'without origin ' + name:34}{tally_words(one)}" for name, one in pooled["without"].items()]
    lines += [f"{name:34}{tally_words(one)}" for name, one in pooled["by_series"].items()]
    lines += [f"{h + ' quarters ahead':34}{tally_words(one)}" for h, one in pooled["by_horizon"].items()]
    for name, other in body["other_datings"].items():
        lines.append(f"{'all origins, ' + name + ' dates':34}{tally_words(other['pooled'])}")
    lines += [
        f"{'gates as they were, ' + name:34}{tally_words(one['beside']['conditional'])}" for name, one in _with_beside(body)
    ]
    lines += ["", "Not gated (fewer than four values of the series known):"]
    for name, one in body["origins"].items():
        lines.append(f"  {name}: targets {absolute_words(one['absolute'])}; nowcasts {absolute_words(one['nowcasts'])}")
    lines += [
        "",
        f"{'origin':8} {'series':32} {'period':7} {'published':>9} {'median':>9} {'90% range':>20}  inside  CRPS  reference",
    ]
    for name, one in body["origins"].items():
        for series, group in one["series"].items():
            lines += [_point_line(name, series, point) for point in group["points"] if point["gated"]]
    return "\n".join(lines)


HEAD = f"{'n':>4} {'ratio':>6} {'CRPS':>6} {'ref.':>6} {'in 90%':>7} {'in 50%':>7} {'width':>6} {'beyond':>7}"


def verdict_words(body: Mapping[str, Any]) -> str:
    """The verdict in a sentence."""
    pooled = body["pooled"]
    if not pooled["n"]:
        return "No series had four values known at any origin: there is nothing to judge."
    passed = "The gate is passed" if pooled["passed"] else "The gate is not passed"
    return (
        f"{passed}: {pooled['n']} predictions from {len(body['origins'])} origins, mean score {pooled['crps_ratio']:.2f} times "
        f"that of the reference; 90% ranges hold {pooled['coverage90']:.0%} of them."
    )


def gate_lines(pooled: Mapping[str, Any]) -> list[str]:
    """The conditions, one a line."""
    return [
        f"  {'met    ' if one['met'] else 'not met'}  {one['condition']}: {one['found']:.2f} ({one['bound']})"
        for one in pooled["gate"]
    ]


def tally_words(one: Mapping[str, Any]) -> str:
    """A tally as columns of `HEAD`."""
    if not one["n"]:
        return f"{0:>4} {NONE:>6} {NONE:>6} {NONE:>6} {NONE:>7} {NONE:>7} {NONE:>6} {NONE:>7}"
    return (
        f"{one['n']:>4} {one['crps_ratio']:>6.2f} {one['crps']:>6.2f} {one['crps_reference']:>6.2f} {one['coverage90']:>7.0%} "
        f"{one['coverage50']:>7.0%} {one['width90']:>6.2f} {one['beyond99']:>7}"
    )


def absolute_words(one: Mapping[str, Any]) -> str:
    """Points that do not gate, in a few words."""
    if not one["n"]:
        return "none"
    return f"{one['n']}, of which 90% ranges hold {one['coverage90']:.0%} (mean width {one['width90']:.1f} in logarithms)"


def _with_beside(body: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(name, one) for name, one in body["origins"].items() if "conditional" in one["beside"]]


def _point_line(origin: str, series: str, point: Mapping[str, Any]) -> str:
    band = f"{point['p5']:.3g} to {point['p95']:.3g}"
    inside = "yes" if point["inside"] else "NO"
    return (
        f"{origin:8} {series:32} {point['period']:7} {point['value']:>9.4g} {point['median']:>9.3g} {band:>20}  {inside:6} "
        f"{point['crps']:>5.2f} {point['crps_reference']:>10.2f}"
    )

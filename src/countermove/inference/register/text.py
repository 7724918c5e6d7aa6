"""The register as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HEAD = f"  {'series':40} {'period':7} {'median':>10} {'90% range':>22}  unit"


def text(body: Mapping[str, Any]) -> str:
    """Every entry with its predictions, and the scores where there are some."""
    if not body["entries"]:
        return "The register is empty: countermove forecasts --record NAME makes an entry."
    lines: list[str] = []
    for entry in body["entries"]:
        lines += [*_about(entry), HEAD]
        lines += [_line(one) for one in body["register"] if one["entry"] == entry["name"]]
        lines += [f"  left out: {name} ({why})" for name, why in entry["left_out"].items()]
        lines.append("")
        if body["scores"] is not None:
            lines += [*_scores(body["scores"][entry["name"]]), ""]
    if body["unmatched"]:
        lines.append(f"Not predicted by any entry: {', '.join(body['unmatched'])}.")
    return "\n".join(lines).rstrip()


def _about(entry: Mapping[str, Any]) -> list[str]:
    given = entry["conditions"]
    replaced = f"; supersedes {entry['supersedes']}" if entry["supersedes"] else ""
    fitted = f"market series to {given['market_series_to']}" if given["fitted"] else "no market series, priors alone"
    return [
        f"{entry['name']}: {entry['predictions']} predictions, made on {entry['made_on']} by {entry['model']}{replaced}",
        f"  given: scenario {given['scenario']}, {fitted}, policy to {given['policy_to']}; {given['note']}",
        f"  data {entry['data_hash'][:16]}, model {entry['model_hash'][:16]}",
    ]


def _line(one: Mapping[str, Any]) -> str:
    band = f"{one['p5']:.4g} to {one['p95']:.4g}"
    return f"  {one['series']:40} {one['period']:7} {one['median']:>10.4g} {band:>22}  {one['unit']}"


def _scores(found: Mapping[str, Any]) -> list[str]:
    if not found:
        return ["  none of the values given is about a series and period of this entry"]
    lines = [f"  {'scored':40} {'n':>3} {'in 90%':>7} {'CRPS':>7} {'of which compared':>18} {'reference':>10}"]
    for series, one in found.items():
        rival = "-" if one["crps_reference"] is None else f"{one['crps_reference']:.3f}"
        own = "-" if one["crps_compared"] is None else f"{one['crps_compared']:.3f}"
        lines.append(f"  {series:40} {one['n']:>3} {one['coverage90']:>7.0%} {one['crps']:>7.3f} {own:>18} {rival:>10}")
        lines += [
            f"    {point['period']:7} published {point['value']:.4g}, predicted {point['median']:.4g} "
            f"[{point['p5']:.4g}, {point['p95']:.4g}]{'' if point['inside'] else '  outside'}"
            for point in one["points"]
        ]
    return lines

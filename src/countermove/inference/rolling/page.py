"""The judge's findings as Markdown, for the validation page: every model that was judged, good or bad, the present one last."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countermove.experiments.ensemble import FOLDER
from countermove.inference.rolling.record import MODELS, recorded
from countermove.inference.rolling.text import absolute_words, verdict_words

COLUMNS = "n | Ratio | CRPS | Reference | Inside 90% | Inside 50% | Mean width of 90% | Beyond 99.5%"
MET = {True: "met", False: "**not met**"}
RULE = "---|" * 9


def lines(folder: Path = FOLDER) -> list[str]:
    """The part of the page about rolling origins."""
    found = {name: recorded(name, folder) for name in MODELS}
    parts = [
        "## Rolling origins: would the model have seen it?",
        "",
        "How a model is judged was fixed before any was (docs/decisions/0091-rolling-origins.md): five origins, only what was",
        "published by then, no prior whose centre only later sources state, gates left to their hazards after the origin. Scores",
        "are compared with a reference that needs no model; below one is better. Few series have four values known, so power is",
        "low: a model can pass or fail by one quarter. `countermove hindcast --rolling` makes it again.",
        "",
    ]
    for name, body in found.items():
        parts += _model(MODELS[name], body) if body is not None else [f"Nothing is recorded about {MODELS[name]}.", ""]
    return parts


def _model(label: str, body: Mapping[str, Any]) -> list[str]:
    pooled = body["pooled"]
    others = {f"all origins, {name} dates": one["pooled"] for name, one in body["other_datings"].items()}
    rows = {f"origin {name}": one for name, one in body["origins"].items()}
    rows |= {"**all origins**": pooled, "2024-12 and 2025-06 alone": pooled["after_take_off"]}
    rows |= {f"without origin {name}": one for name, one in pooled["without"].items()}
    rows |= {f"`{name}`": one for name, one in pooled["by_series"].items()}
    rows |= {f"{h} quarters ahead": one for h, one in pooled["by_horizon"].items()}
    rows |= others
    rows |= {
        f"gates as they were, {name}": one["beside"]["conditional"] for name, one in body["origins"].items() if one["beside"]
    }
    return [
        f"### {label[0].upper()}{label[1:]} (judged {body['made']}, model {body['model_hash'][:12]}, rows {body['rows'][:12]})",
        "",
        f"**{verdict_words(body)}**",
        "",
        *[
            f"- {'met' if one['met'] else '**not met**'}: {one['condition']} {one['found']:.2f} ({one['bound']})"
            for one in pooled["gate"]
        ],
        "",
        f"Reference: {body['reference']}.",
        "",
        f"|  | {COLUMNS} |",
        f"|{RULE}",
        *[f"| {name} | {_cells(one)} |" for name, one in rows.items()],
        "",
        *_left(body),
        "",
        "| Origin | Series | Period | Published | Median [90%] | Inside | CRPS | Reference | Without a model, absolute |",
        f"|{RULE}",
        *[
            _point(name, series, point)
            for name, one in body["origins"].items()
            for series, group in one["series"].items()
            for point in group["points"]
            if point["gated"]
        ],
        "",
    ]


def _left(body: Mapping[str, Any]) -> list[str]:
    """What was known at each origin, and how predictions without four known values fared."""
    found = []
    for name, one in body["origins"].items():
        about = one["about"]
        found.append(
            f"- {name}: {one['rows_known']} values known ({one['undated_share']:.0%} by the stand-in date), "
            f"{about['parameters_fitted']} parameters fitted, {len(about['priors_replaced'])} priors replaced; not gated: "
            f"{absolute_words(one['absolute'])}; nowcasts: {absolute_words(one['nowcasts'])}."
        )
    return found


def _cells(one: Mapping[str, Any]) -> str:
    if not one["n"]:
        return "0 | | | | | | | "
    return (
        f"{one['n']} | {one['crps_ratio']:.2f} | {one['crps']:.2f} | {one['crps_reference']:.2f} | {one['coverage90']:.0%} | "
        f"{one['coverage50']:.0%} | {one['width90']:.2f} | {one['beyond99']}"
    )


def _point(origin: str, series: str, point: Mapping[str, Any]) -> str:
    others = ", ".join(f"{name} {value:.2f}" for name, value in point["others"].items())
    inside = "yes" if point["inside"] else "**no**"
    return (
        f"| {origin} | `{series}` | {point['period']} | {point['value']:.4g} | {point['median']:.3g} [{point['p5']:.3g}, "
        f"{point['p95']:.3g}] | {inside} | {point['crps']:.2f} | {point['crps_reference']:.2f} | {others} |"
    )

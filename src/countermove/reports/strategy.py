"""Pages and JSON of games and inferences: `game.html` and `game.json`, `refusal.html` and `refusal.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from countermove.errors import EnvironmentProblem
from countermove.reports import strategy_figures as figures
from countermove.reports.report import TEMPLATES
from countermove.storage.whole import write_pair

NAMES = {"washington": "Washington", "beijing": "Beijing"}
MOST_BARS = 12


def write_game(body: Mapping[str, Any], folder: Path) -> Path:
    """Write a played game's page and JSON into a folder and return the page; EnvironmentProblem where it cannot be written."""
    return write_both(folder, "game", body, render_game(body))


def write_refusal(body: Mapping[str, Any], folder: Path) -> Path:
    """Write an inference's page and JSON into a folder and return the page; EnvironmentProblem where it cannot be written."""
    return write_both(folder, "refusal", body, render_refusal(body))


def render_game(body: Mapping[str, Any]) -> str:
    """The page of a played game as HTML text, everything inline."""
    ids = {side: [strategy["id"] for strategy in body["strategies"][side]] for side in NAMES}
    stable = _stable(body, ids)
    return page(
        "strategy_game.html.j2",
        body=body,
        names=NAMES,
        heat={side: safe(_heat(body, side, ids, stable)) for side in NAMES},
        survival=safe(_survival(body, ids)),
        quantal={side: safe(_quantal(body, side, ids[side])) for side in NAMES if len(body["quantal"]["points"]) > 1},
        aims=safe(figures.aims_map("aims", body["weights_map"]["points"], 5)) if body.get("weights_map") else "",
    )


def render_refusal(body: Mapping[str, Any]) -> str:
    """The page of an inference as HTML text, everything inline."""
    capabilities = [
        (name.replace("_", " "), body["after_one_refusal"][name], belief) for name, belief in body["capabilities"].items()
    ]
    readings = [
        (name.replace("-", " "), body["readings_after_one_refusal"][name], belief) for name, belief in body["readings"].items()
    ]
    return page(
        "strategy_refusal.html.j2",
        body=body,
        capabilities=safe(figures.odds_dots("capabilities", capabilities)),
        readings=safe(figures.odds_dots("readings", readings)),
    )


def _stable(body: Mapping[str, Any], ids: Mapping[str, list[str]]) -> list[tuple[int, int]]:
    found = []
    for equilibrium in body["equilibria"]:
        if equilibrium["kind"] == "pure":
            pair = [ids[side].index(next(iter(equilibrium["profile"][side]))) for side in NAMES]
            found.append((pair[0], pair[1]))
    return found


def _heat(body: Mapping[str, Any], side: str, ids: Mapping[str, list[str]], stable: list[tuple[int, int]]) -> str:
    other = "beijing" if side == "washington" else "washington"
    best = []
    for against, reply in body["best_replies"][side].items():
        for name in reply["best"]:
            mine, theirs = ids[side].index(name), ids[other].index(against)
            best.append((mine, theirs) if side == "washington" else (theirs, mine))
    values = body["payoffs"]["mean"][side]
    return figures.heat_map(f"heat-{side}", side, ids["washington"], ids["beijing"], values, best, stable)


def _survival(body: Mapping[str, Any], ids: Mapping[str, list[str]]) -> str:
    shares = body["stability"]["survival"]
    resampled = body["stability"]["resampled"]
    pairs = [(i, j) for i in range(len(shares)) for j in range(len(shares[i])) if shares[i][j] > 0]
    pairs.sort(key=lambda pair: -shares[pair[0]][pair[1]])
    rows = [
        (f"{ids['washington'][i]} / {ids['beijing'][j]}", shares[i][j], f" (mean game: {resampled[i][j]:.0%})")
        for i, j in pairs[:MOST_BARS]
    ]
    about = "Share of draws in which a pair is an equilibrium; in brackets the share of resampled mean games."
    return figures.bars("survival", "How often a pair is stable", about, rows)


def _quantal(body: Mapping[str, Any], side: str, names: list[str]) -> str:
    points = [(point["lambda"], point[side]) for point in body["quantal"]["points"]]
    return figures.quantal_lines(f"quantal-{side}", side, names, points)


def safe(markup: str) -> Any:
    """Mark a figure as safe for a template."""
    from markupsafe import Markup

    return Markup(markup)  # noqa: S704  (figures escape their words)


def page(template: str, **context: Any) -> str:
    """Render a template with the report's style inline."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["signed"] = figures.signed
    css = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))  # noqa: S704
    return environment.get_template(template).render(css=css, **context)


def write_both(folder: Path, name: str, body: Mapping[str, Any], page: str) -> Path:
    """Write the JSON, then the page, each in one move, so that an interrupted write leaves no half file.

    Raises InputError when files of these names are there that are not ours, or that were changed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        write_pair(folder / f"{name}.json", text, folder / f"{name}.html", page)
    except OSError as error:
        hint = "choose another folder with --out"
        raise EnvironmentProblem(f"the report cannot be written: {error.strerror}", where=str(folder), hint=hint) from error
    return folder / f"{name}.html"

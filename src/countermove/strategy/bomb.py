"""The bomb effect: what H200 sales take from domestic vendors, as a paired difference, split by the way it works.

effect = y(H200 sold) - y(not sold), draw by draw. Volume is the effect with every feedback switched off; each feedback's
part is its Shapley value (Shapley 1953) over all orders in which the feedbacks may be switched on, so that the parts add up
to the whole exactly. The price part is the advantage-denying term of Besanko, Doraszelski & Kryukov (2014), NVIDIA's weight
on a rival that does not learn.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.displacement import DISPLACEMENTS
from countermove.strategy.cache import cells_of
from countermove.strategy.cells import Cells, Progress
from countermove.strategy.game_file import Game, load_game

Floats = NDArray[np.float64]

SWITCHES: dict[str, dict[str, float]] = {
    "price": {"parameters/prices.advantage_denying_weight": 0.0},
    "learning": {"parameters/learning.learning_loop": 0.0},
    "reinvestment": {"parameters/research.research_loop": 0.0, "parameters/capacity.capacity_loop": 0.0},
    "software": {"parameters/software.software_loop": 0.0},
}
"""Feedback -> what switches it off. Reinvestment is sales that pay for research and capacity."""

MEASURED: dict[str, tuple[str, str]] = {
    "domestic_ai_chip_revenue_usd_bn": ("sum", "Domestic vendors' revenue over the window"),
    "domestic_research_usd_bn": ("sum", "Domestic research spending over the window"),
    "domestic_units": ("sum", "Domestic chips sold over the window"),
    "domestic_frontier_system_decode": ("last", "Best domestic system relative to the H200, decoding, last year"),
    "parity_year_system_decode": ("last", "Year in which a domestic system equals an H200 system, decoding"),
}
SOLD = ("h200_china_units", "h200_china_revenue_usd_bn")
SLACK = "domestic_slack_share"


def bomb_effect(
    *,
    sold: str = "open-h200",
    not_sold: str = "no-h200",
    answer: str = "open",
    draws: int = 256,
    seed: int = 2026,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return the paired difference of two offers under one answer of Beijing's, with its parts.

    Beside them stand the displacement ratio and how often domestic output is not bound by supply.
    """
    lead = load_game("lead")
    offers = tuple(lead.washington[lead.index("washington", name)] for name in (not_sold, sold))
    game = replace(lead, id="bomb", last=2032, washington=offers, beijing=(lead.beijing[lead.index("beijing", answer)],))
    outcomes = (*MEASURED, *SOLD, SLACK)
    names = tuple(SWITCHES)
    effects: dict[frozenset[str], dict[str, Floats]] = {}
    whole: Cells | None = None
    coalitions = [frozenset(on) for size in range(len(names) + 1) for on in itertools.combinations(names, size)]
    for number, on in enumerate(coalitions):
        off = {path: value for name in names if name not in on for path, value in SWITCHES[name].items()}
        cells = cells_of(game, outcomes, draws=draws, seed=seed, overrides=off, use_cache=use_cache)
        effects[on] = {name: _difference(cells, name, how) for name, (how, _) in MEASURED.items()}
        if len(on) == len(names):
            whole = cells
        if progress is not None:
            progress(number + 1, len(coalitions))
    if whole is None:  # the last coalition is the full one
        raise RuntimeError("no run with all feedbacks on")
    return {
        "sold": sold,
        "not_sold": not_sold,
        "answer": answer,
        "window": {"first": game.first, "last": game.last},
        "draws": draws,
        "seed": seed,
        "effects": {name: _parts(effects, name, names, label) for name, (_, label) in MEASURED.items()},
        "displacement": _displacement(whole),
        "slack": _slack(whole, game),
        "feedbacks": {name: list(paths) for name, paths in SWITCHES.items()},
        "meaning": "effect: H200 sold minus not sold in the same draw; volume and the four feedbacks add up to it exactly",
    }


def shapley(values: dict[frozenset[str], Floats], names: tuple[str, ...]) -> dict[str, Floats]:
    """Return each name's Shapley value: sum over sets S without it of |S|! (n - |S| - 1)! / n! (v(S + it) - v(S))."""
    count = len(names)
    found = {}
    for name in names:
        others = [other for other in names if other != name]
        total: Floats = np.zeros_like(values[frozenset()])
        for size in range(count):
            weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for subset in itertools.combinations(others, size):
                total = total + weight * (values[frozenset({*subset, name})] - values[frozenset(subset)])
        found[name] = total
    return found


def _difference(cells: Cells, name: str, how: str) -> Floats:
    values = cells.outcome(name)[:, 0]
    over = values.sum(axis=1) if how == "sum" else values[:, -1]
    found: Floats = over[1] - over[0]
    return found


def _parts(effects: dict[frozenset[str], dict[str, Floats]], outcome: str, names: tuple[str, ...], label: str) -> dict[str, Any]:
    values = {on: by[outcome] for on, by in effects.items()}
    whole, volume = values[frozenset(names)], values[frozenset()]
    parts = {"volume": volume, **shapley(values, names)}
    return {
        "label": label,
        "effect": _band(whole),
        "share_negative": float(np.mean(whole < 0)),
        "parts": {name: _band(part) for name, part in parts.items()},
    }


def _band(values: Floats) -> dict[str, float]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return {"mean": float(values.mean()), "median": float(middle), "p5": float(low), "p95": float(high)}


def _displacement(cells: Cells) -> dict[str, Any]:
    """Return domestic sales lost per H200 sold, in dollars and in chips, over the window.

    Draws that sell too few H200s for a ratio are left out.
    """
    found = {}
    for name, ratio in DISPLACEMENTS.items():
        sold, lost = _difference(cells, ratio.sold, "sum"), _difference(cells, ratio.lost, "sum")
        counts = np.abs(sold) >= ratio.least
        found[name] = {"unit": ratio.unit, "share_of_draws": float(counts.mean())}
        if counts.any():
            found[name] |= _band(-lost[counts] / sold[counts])
    return found


def _slack(cells: Cells, game: Game) -> dict[str, Any]:
    """Return how often domestic output is not bound by supply without the H200: only then can its sales take volume."""
    values = cells.outcome(SLACK)[0, 0]
    return {
        "years": list(game.years),
        "mean_share": [float(x) for x in values.mean(axis=1)],
        "probability_above_half": [float(x) for x in (values > 0.5).mean(axis=1)],
    }

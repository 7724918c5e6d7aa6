"""Played games as plain data: the fixed keys of `countermove play --json`, and everything a report needs beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import __version__
from countermove.evidence.data_tree import data_hash
from countermove.strategy.orders import Commitment
from countermove.strategy.play import SHOWN, Played

Floats = NDArray[np.float64]

ORDER_NAMES = {"row": "us-first", "column": "cn-first"}
SIDE_NAMES = {"row": "washington", "column": "beijing"}
LEVELS = {"p5": 0.05, "median": 0.5, "p95": 0.95}
CAVEAT = (
    "Payoffs are assumptions about aims, the table is a simulation under stated assumptions, and a stable pair is one that "
    "neither side would leave if it saw this table. None of it predicts what a government will do."
)


def document(played: Played) -> dict[str, Any]:
    """Return the JSON document of a played game."""
    game = played.game
    return {
        "game": game.id,
        "label": game.label,
        "question": game.question,
        "version": __version__,
        "data_hash": data_hash(),
        "seed": played.cells.seed,
        "draws": played.cells.draws,
        "window": {"first": game.first, "last": game.last, "discount": game.discount},
        "players": ["washington", "beijing"],
        "strategies": {side: [_strategy(s) for s in game.side(side)] for side in ("washington", "beijing")},
        "profiles": {side: _profile(played, side) for side in ("washington", "beijing")},
        "payoffs": _payoffs(played),
        "outcomes": _outcomes(played),
        "equilibria": _equilibria(played),
        "search": {"exhaustive": played.solution.exhaustive, "note": played.solution.note},
        "best_replies": _best_replies(played),
        "dominated": [
            {"side": SIDE_NAMES[e.side], "strategy": e.strategy, "round": e.round, "by": e.by} for e in played.eliminated
        ],
        "stability": _stability(played),
        "orders": _orders(played),
        "quantal": _quantal(played),
        "weights_map": _map(played),
        **played.extras,
        "caveat": CAVEAT,
    }


def _strategy(strategy: Any) -> dict[str, Any]:
    return {"id": strategy.id, "label": strategy.label, "levers": strategy.scenario.settings(), "note": strategy.note}


def _profile(played: Played, side: str) -> dict[str, Any]:
    profile = played.profiles[side]
    return {
        "id": profile.id,
        "label": profile.label,
        "basis": "assumption",
        "reading": profile.reading,
        "claims": list(profile.claims),
        "terms": [{"outcome": t.outcome, "weight": t.weight, "scale": t.scale} for t in played.payoffs.terms[side]],
    }


def _payoffs(played: Played) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": "standard deviations between pairs; 0 is the average pair of the same draw"}
    for name, level in LEVELS.items():
        found[name] = {side: _rounded(np.quantile(played.payoffs.of(side), level, axis=-1)) for side in ("washington", "beijing")}
    found["mean"] = {side: _rounded(played.payoffs.of(side).mean(axis=-1)) for side in ("washington", "beijing")}
    return found


def _outcomes(played: Played) -> dict[str, Any]:
    """Return yearly quantiles per pair of the outcomes that are always shown.

    Outcome -> level -> (US, Chinese strategy, year).
    """
    years = list(played.cells.years)
    found: dict[str, Any] = {"years": years}
    for name in SHOWN:
        values = played.cells.outcome(name)
        found[name] = {level: _rounded(np.quantile(values, at, axis=-1)) for level, at in LEVELS.items()}
    return found


def _equilibria(played: Played) -> list[dict[str, Any]]:
    rows, columns = played.mean.rows, played.mean.columns
    found = []
    for equilibrium in played.solution.equilibria:
        pair = equilibrium.pure
        found.append(
            {
                "kind": "pure" if pair else "mixed",
                "profile": {"washington": _mixture(rows, equilibrium.row), "beijing": _mixture(columns, equilibrium.column)},
                "survival": None if pair is None else float(played.noise.survival[pair]),
                "resampled": None if pair is None else float(played.noise.resampled[pair]),
                "regret": equilibrium.regret,
                "payoffs": {
                    "washington": float(equilibrium.row @ played.mean.row_payoffs @ equilibrium.column),
                    "beijing": float(equilibrium.row @ played.mean.column_payoffs @ equilibrium.column),
                },
                "solver": equilibrium.solver,
            }
        )
    return found


def _mixture(names: tuple[str, ...], weights: Floats) -> dict[str, float]:
    return {name: round(float(weight), 9) for name, weight in zip(names, weights, strict=True) if weight > 1e-9}


def _best_replies(played: Played) -> dict[str, Any]:
    """Return whose reply to what: beijing -> {US strategy.

    Its best replies}, with the share of draws in which each reply is best.
    """
    mean = played.mean
    rows, columns = mean.rows, mean.columns
    us, cn = played.payoffs.washington, played.payoffs.beijing
    best_us = (us >= us.max(axis=0, keepdims=True) - 1e-9).mean(axis=-1)
    best_cn = (cn >= cn.max(axis=1, keepdims=True) - 1e-9).mean(axis=-1)
    return {
        "washington": {
            columns[j]: {"best": [rows[i] for i in replies], "share_of_draws": _mixture(rows, best_us[:, j])}
            for j, replies in enumerate(mean.best_replies("row"))
        },
        "beijing": {
            rows[i]: {"best": [columns[j] for j in replies], "share_of_draws": _mixture(columns, best_cn[i])}
            for i, replies in enumerate(mean.best_replies("column"))
        },
    }


def _stability(played: Played) -> dict[str, Any]:
    noise = played.noise
    return {
        "survival": _rounded(noise.survival),
        "resampled": _rounded(noise.resampled),
        "regret": {"mean_game": _rounded(noise.regret), "p5": _rounded(noise.regret_low), "p95": _rounded(noise.regret_high)},
        "draws_without_pure_equilibrium": noise.none_survival,
        "meaning": "survival: share of draws (possible worlds); resampled: share of resampled mean games (Monte Carlo)",
    }


def _orders(played: Played) -> dict[str, Any]:
    found: dict[str, Any] = {
        ORDER_NAMES[side]: _commitment(played, commitment) for side, commitment in played.orders.first.items()
    }
    found["simultaneous"] = {
        "equilibria": len(played.solution.equilibria),
        "values": {
            "washington": _span([float(e.row @ played.mean.row_payoffs @ e.column) for e in played.solution.equilibria]),
            "beijing": _span([float(e.row @ played.mean.column_payoffs @ e.column) for e in played.solution.equilibria]),
        },
    }
    found["value_of_commitment"] = {
        SIDE_NAMES[side]: None if gain is None else list(gain) for side, gain in played.orders.value_of_commitment.items()
    }
    return found


def _commitment(played: Played, commitment: Commitment) -> dict[str, Any]:
    leader, follower = ("row", "column") if commitment.side == "row" else ("column", "row")
    names = {"row": played.mean.rows, "column": played.mean.columns}
    return {
        "leader": SIDE_NAMES[leader],
        "announces": names[leader][commitment.strategy],
        "replies": [names[follower][j] for j in commitment.replies],
        "leader_value": list(commitment.leader_value),
        "follower_value": commitment.follower_value,
        "mixed": {
            "announces": _mixture(names[leader], commitment.mixed_strategy),
            "reply": names[follower][commitment.mixed_reply],
            "leader_value": commitment.mixed_value,
        },
    }


def _quantal(played: Played) -> dict[str, Any]:
    path = played.quantal
    return {
        "points": [
            {"lambda": p.precision, "washington": _rounded(p.row), "beijing": _rounded(p.column), "residual": p.residual}
            for p in path.points
        ],
        "stopped": path.stopped,
        "turning_points": path.turning_points,
    }


def _map(played: Played) -> dict[str, Any] | None:
    if played.map is None:
        return None
    return {
        "washington": list(played.map.washington),
        "beijing": list(played.map.beijing),
        "points": [
            {"washington": p.washington, "beijing": p.beijing, "pairs": p.pairs, "refusal_share": p.refusal_share}
            for p in played.map.points
        ],
        "pair_shares": [{"pair": list(pair), "share": share} for pair, share in played.map.pair_shares.items()],
    }


def _span(values: list[float]) -> list[float] | None:
    return [min(values), max(values)] if values else None


def _rounded(values: Floats) -> Any:
    """Return nested lists with nine significant decimals: what no reader can tell apart takes no room."""
    return np.round(np.asarray(values, dtype=float), 9).tolist()

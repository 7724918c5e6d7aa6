"""The inverse question.

Which offer makes admitting Beijing's best reply, and what does it cost Washington under each of its profiles?
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.cache import cells_of
from countermove.strategy.cells import Cells, Progress
from countermove.strategy.game_file import Game, load_game
from countermove.strategy.normal_form import TIE
from countermove.strategy.payoffs import score
from countermove.strategy.play import every_outcome
from countermove.strategy.profiles import shipped_profiles
from countermove.strategy.weights_map import REFUSALS

Floats = NDArray[np.float64]


def inverse_search(
    game: Game | str = "inverse", *, draws: int = 256, seed: int = 2026, use_cache: bool = True, progress: Progress | None = None
) -> dict[str, Any]:
    """Simulate a grid of offers against the answers and return, per profile of Beijing, the offers that it would rather admit.

    For each offer: Beijing's best reply in the mean game, the share of draws in which admitting beats refusing, and
    Washington's loss per profile against its best offer given Beijing's best replies, in standard deviations between pairs.
    """
    chosen = game if isinstance(game, Game) else load_game(game)
    cells = cells_of(chosen, every_outcome(), draws=draws, seed=seed, use_cache=use_cache, progress=progress)
    sides = shipped_profiles()
    washington = {name: score(cells, one, chosen.discount)[0].mean(axis=-1) for name, one in sides["washington"].items()}
    return {
        "game": chosen.id,
        "draws": draws,
        "seed": seed,
        "by_beijing_profile": {
            name: _answers(cells, score(cells, one, chosen.discount)[0], washington) for name, one in sides["beijing"].items()
        },
        "meaning": "cost: what Washington gives up against the offer it likes best, in standard deviations between pairs",
    }


def _answers(cells: Cells, beijing: Floats, washington: dict[str, Floats]) -> dict[str, Any]:
    mean = beijing.mean(axis=-1)
    replies = mean.argmax(axis=1)
    refusing = np.array([name.startswith(REFUSALS) for name in cells.beijing])
    admitted = ~refusing[replies]
    rows = np.arange(len(replies))
    best = {name: float(values[rows, replies].max()) for name, values in washington.items()}
    admits = (
        beijing[:, ~refusing].max(axis=1) >= beijing[:, refusing].max(axis=1) - TIE
        if refusing.any()
        else np.ones_like(beijing[:, 0])
    )
    offers = [
        {
            "offer": offer,
            "reply": cells.beijing[int(replies[k])],
            "admitted": bool(admitted[k]),
            "share_of_draws_admitting": float(admits[k].mean()),
            "margin": float(mean[k, ~refusing].max() - mean[k, refusing].max()) if refusing.any() else None,
            "cost_to_washington": {name: best[name] - float(values[k, replies[k]]) for name, values in washington.items()},
        }
        for k, offer in enumerate(cells.washington)
    ]
    accepted = [offer for offer in offers if offer["admitted"]]
    cheapest = {name: _cheapest(accepted, name) for name in washington}
    return {"offers": offers, "admitted": len(accepted), "of": len(offers), "cheapest_admitted": cheapest}


def _cheapest(offers: list[dict[str, Any]], profile: str) -> str | None:
    """Return the offer that costs Washington least under one of its profiles, None where none is admitted."""
    costs = [float(offer["cost_to_washington"][profile]) for offer in offers]
    return str(offers[int(np.argmin(costs))]["offer"]) if offers else None

"""Playing a game: simulate or recall the cells, turn them into payoffs, solve, and say how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.cache import cells_of
from countermove.strategy.cells import Cells, Progress
from countermove.strategy.equilibria import Solution, equilibria
from countermove.strategy.game_file import Game, load_game
from countermove.strategy.noise import Noise, noise
from countermove.strategy.normal_form import Elimination, NormalForm, dominated
from countermove.strategy.orders import Orders, orders
from countermove.strategy.payoffs import Payoffs, needed_outcomes, payoffs
from countermove.strategy.profiles import Profile, find_profile, shipped_profiles
from countermove.strategy.quantal import LAMBDAS, QuantalPath, quantal_path
from countermove.strategy.weights_map import WeightsMap, weights_map

Floats = NDArray[np.float64]

SHOWN = (
    "h200_china_revenue_usd_bn",
    "nvidia_china_profit_usd_bn",
    "duty_proceeds_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "domestic_share_compute",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "china_shortage_share",
    "domestic_slack_share",
)
"""Outcomes shown per pair beside the payoffs, whatever the profiles weigh."""


@dataclass(frozen=True)
class Played:
    """A solved game with everything a report shows."""

    game: Game
    profiles: dict[str, Profile]
    cells: Cells
    payoffs: Payoffs
    mean: NormalForm
    solution: Solution
    noise: Noise
    eliminated: list[Elimination]
    orders: Orders
    quantal: QuantalPath
    map: WeightsMap | None
    extras: dict[str, Any] = field(default_factory=dict)
    """Further analyses asked for, each as its own document."""


def every_outcome(*chosen: Profile) -> tuple[str, ...]:
    """Return the outcomes to simulate: those of every shipped profile and of the chosen ones, and those always shown."""
    shipped = [one for side in shipped_profiles().values() for one in side.values()]
    return tuple(sorted({*needed_outcomes(*shipped, *chosen), *SHOWN}))


def play(
    game: Game | str | Path,
    *,
    washington: str | Profile | None = None,
    beijing: str | Profile | None = None,
    profile_file: Path | None = None,
    draws: int = 1000,
    seed: int = 2026,
    precisions: Sequence[float] = LAMBDAS,
    with_map: bool = True,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> Played:
    """Play a game (a name, a file, or a preset of Washington's) under two profiles and return it solved.

    Raises InputError for anything unknown, and for settings out of range.
    """
    chosen = game if isinstance(game, Game) else load_game(game)
    sides = {
        "washington": _profile("washington", washington, profile_file),
        "beijing": _profile("beijing", beijing, profile_file),
    }
    outcomes = every_outcome(*sides.values())
    cells = cells_of(chosen, outcomes, draws=draws, seed=seed, use_cache=use_cache, progress=progress)
    return solved(chosen, cells, sides, precisions=precisions, with_map=with_map)


def solved(
    game: Game, cells: Cells, profiles: dict[str, Profile], *, precisions: Sequence[float] = LAMBDAS, with_map: bool = True
) -> Played:
    """Return the game of simulated cells solved under two profiles."""
    scored = payoffs(cells, profiles["washington"], profiles["beijing"], discount=game.discount)
    mean = scored.mean
    solution = equilibria(mean)
    return Played(
        game=game,
        profiles=profiles,
        cells=cells,
        payoffs=scored,
        mean=mean,
        solution=solution,
        noise=noise(scored.washington, scored.beijing, seed=cells.seed),
        eliminated=dominated(mean)[0],
        orders=orders(mean, solution.equilibria),
        quantal=quantal_path(mean, precisions),
        map=weights_map(cells, game.discount) if with_map else None,
    )


def _profile(side: str, given: str | Profile | None, file: Path | None) -> Profile:
    return given if isinstance(given, Profile) else find_profile(side, given, file=file)

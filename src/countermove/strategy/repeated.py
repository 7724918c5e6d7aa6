"""The repeated version: each January both governments look again and may change their levers, until the last year.

Adaptive: each plays the best reply to what the other did last, taking it to stay. Quantal: each draws its reply with logit
chances at a precision, in the same belief. Payoffs count the years from then on; every option continues from the state that
the play so far has left, draw by draw. What a side gave up is put back to its status quo, so a change of mind has no hidden
remains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.experiments.scenario import Scenario
from countermove.experiments.schedules import MAIN
from countermove.policy.lever_definitions import load_levers
from countermove.quantities.calendar import month_index
from countermove.strategy.cells import Progress, simulate_cells
from countermove.strategy.game_file import Game, Strategy, joined
from countermove.strategy.payoffs import needed_outcomes, score
from countermove.strategy.profiles import Profile
from countermove.strategy.quantal import softmax

Floats = NDArray[np.float64]
Play = Literal["adaptive", "quantal"]
PLAYS: tuple[Play, ...] = ("adaptive", "quantal")
FIRST_REVISION = 2027
PATH = (
    "h200_china_revenue_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "domestic_share_compute",
)


@dataclass(frozen=True)
class Sides:
    """One thing per government."""

    washington: str
    beijing: str


def repeated(
    game: Game,
    washington: Profile,
    beijing: Profile,
    *,
    start: Sides,
    play: str = "adaptive",
    precision: float = 2.0,
    draws: int = 64,
    seed: int = 2026,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Play year by year from a starting pair and return the moves, the chances of each option, and the path of outcomes.

    Raises InputError for an unknown kind of play, a negative precision, and a strategy that the game does not have.
    """
    if play not in PLAYS:
        raise InputError(f"no kind of play named {play!r}", where="--repeated", hint=did_you_mean(play, PLAYS))
    if not (np.isfinite(precision) and precision >= 0):
        raise InputError(f"lambda is {precision}", where="lambda", hint="give a finite number from 0")
    game.index("washington", start.washington)
    game.index("beijing", start.beijing)
    sides = {"washington": washington, "beijing": beijing}
    current = {"washington": start.washington, "beijing": start.beijing}
    so_far = joined(_strategy(game, "washington", current).scenario, _strategy(game, "beijing", current).scenario)
    moves = [{"year": str(game.first), **current, "options": {}}]
    generator = np.random.Generator(np.random.Philox(key=seed))
    years = range(max(FIRST_REVISION, game.first + 1), game.last + 1)
    for number, year in enumerate(years):
        chances = {
            side: _options(game, side, sides[side], so_far, year, play=play, precision=precision, draws=draws, seed=seed)
            for side in sides
        }
        chosen = {side: _chosen(chances[side], play, generator) for side in sides}
        for side in ("washington", "beijing"):
            if chosen[side] != current[side]:
                so_far = turned(so_far, _strategy(game, side, chosen).scenario, side, f"{year}-01")
        current = chosen
        moves.append({"year": str(year), **current, "options": chances})
        if progress is not None:
            progress(number + 1, len(years))
    return {
        "play": play,
        "lambda": precision if play == "quantal" else None,
        "draws": draws,
        "seed": seed,
        "profiles": {side: one.id for side, one in sides.items()},
        "moves": moves,
        "path": _path(game, so_far, draws, seed),
        "meaning": "options: the chance of each reply to what the other did last, as each side sees it in January",
    }


def turned(so_far: Scenario, target: Scenario, side: str, month: str) -> Scenario:
    """Return the scenario in which one side turns to another strategy's levers from a month on.

    What it gave up is put back to the status quo.
    """
    definitions = load_levers()
    settings: dict[str, dict[str, dict[str, Any]]] = {}
    for lever, parts in so_far.levers.items():
        if lever.startswith(f"{side}."):
            settings[lever] = {part: {month: _status_quo(definitions[lever], part, month)} for part in parts}
    for lever, parts in target.levers.items():
        if lever.startswith(f"{side}."):
            settings.setdefault(lever, {}).update({part: _from(schedule, month) for part, schedule in parts.items()})
    return replace(so_far.with_levers(settings, start=month), id=f"{so_far.id}>{target.id}", start=so_far.start)


def _from(schedule: Mapping[str, Any], month: str) -> dict[str, Any]:
    """Return a schedule cut to the months from one on, that one holding what was in force."""
    earlier = [value for at, value in sorted(schedule.items()) if at <= month]
    first = earlier[-1] if earlier else schedule[min(schedule)]
    return {month: first, **{at: value for at, value in schedule.items() if at > month}}


def _status_quo(definition: Any, part: str, month: str) -> Any:
    if part == MAIN:
        value = float(definition.baseline_path()[month_index(month)])
        return _word(definition.part(part), value)
    described = definition.part(part)
    if described.kind == "choice":
        return described.choices[int(described.default)]
    return "nothing" if described.kind == "products" else _word(described, described.default)


def _word(part: Any, value: float) -> Any:
    return next((word for word, number in part.words.items() if number == value), value)


def _strategy(game: Game, side: str, current: Mapping[str, str]) -> Strategy:
    return game.side(side)[game.index(side, current[side])]


def _options(
    game: Game, side: str, profile: Profile, so_far: Scenario, year: int, *, play: str, precision: float, draws: int, seed: int
) -> dict[str, float]:
    """Return the chance of each of a side's strategies from a year on, the other side staying as it is."""
    month = f"{year}-01"
    own = tuple(replace(strategy, scenario=turned(so_far, strategy.scenario, side, month)) for strategy in game.side(side))
    stay = (Strategy("stay", "stays", so_far),)
    rows, columns = (own, stay) if side == "washington" else (stay, own)
    small = replace(game, first=year, washington=rows, beijing=columns)
    cells = simulate_cells(small, needed_outcomes(profile), draws=draws, seed=seed, base=so_far, start=month)
    values = score(cells, profile, game.discount)[0].mean(axis=-1).ravel()
    chances = softmax(precision * values) if play == "quantal" else np.eye(len(values))[int(values.argmax())]
    return {strategy.id: float(chance) for strategy, chance in zip(game.side(side), chances, strict=True)}


def _chosen(chances: Mapping[str, float], play: str, generator: np.random.Generator) -> str:
    names = list(chances)
    if play == "adaptive":
        return max(names, key=lambda name: chances[name])
    return names[int(generator.choice(len(names), p=np.array(list(chances.values()))))]


def _path(game: Game, so_far: Scenario, draws: int, seed: int) -> dict[str, Any]:
    """Return yearly quantiles of outcomes under the play that came about."""
    only = Strategy("played", "played", so_far)
    cells = simulate_cells(replace(game, washington=(only,), beijing=(only,)), PATH, draws=draws, seed=seed)
    found: dict[str, Any] = {"years": list(cells.years)}
    for name in PATH:
        low, middle, high = np.quantile(cells.outcome(name)[0, 0], [0.05, 0.5, 0.95], axis=-1)
        found[name] = {"median": middle.tolist(), "p5": low.tolist(), "p95": high.tolist()}
    return found

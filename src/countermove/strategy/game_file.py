"""The game file: which strategies each government chooses from, over which years; and turning them into scenarios.

A strategy is a preset, Beijing's suffixes, levers, or several of these; a grid makes one strategy per combination of lever
values.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import checked
from countermove.evidence.strict_yaml import Document, load
from countermove.experiments.scenario import Scenario, load_scenario

GAMES = DATA / "games"
STATUS_QUO = "h200-2026"
"""The preset under which a side that sets nothing stands."""
SIDES = ("washington", "beijing")
MOST_STRATEGIES = 400
"""Most strategies per side: a slip in a grid should not start a simulation of days."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StrategyFile(_Frozen):
    """One strategy as a file writes it."""

    label: str | None = None
    preset: str | None = None
    suffixes: tuple[str, ...] = ()
    levers: dict[str, Any] = {}
    start: str | None = None
    note: str | None = None


class GridFile(_Frozen):
    """Strategies as all combinations of lever values on top of a preset or suffixes."""

    preset: str | None = None
    suffixes: tuple[str, ...] = ()
    start: str | None = None
    levers: dict[str, list[Any]]


class WindowFile(_Frozen):
    """First and last year that count."""

    first: int = Field(ge=2022, le=2032)
    last: int = Field(ge=2022, le=2032)


class GameFile(_Frozen):
    """The keys of a game file."""

    schema_: Literal[1] = Field(alias="schema")
    kind: Literal["game"]
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    label: str
    question: str = ""
    window: WindowFile
    discount: float = Field(default=0.05, ge=0, le=1)
    sources: tuple[str, ...] = ()
    washington: dict[str, StrategyFile] = {}
    beijing: dict[str, StrategyFile] = {}
    washington_grid: GridFile | None = None
    beijing_grid: GridFile | None = None


@dataclass(frozen=True)
class Strategy:
    """One side's strategy as a scenario in which only that side's levers are set."""

    id: str
    label: str
    scenario: Scenario
    note: str = ""


@dataclass(frozen=True)
class Game:
    """Two strategy sets and the years over which they are scored. `discount` is a rate per year."""

    id: str
    label: str
    question: str
    first: int
    last: int
    discount: float
    washington: tuple[Strategy, ...]
    beijing: tuple[Strategy, ...]

    @property
    def years(self) -> tuple[str, ...]:
        """The years that count, "2026" to the last."""
        return tuple(str(year) for year in range(self.first, self.last + 1))

    def side(self, name: str) -> tuple[Strategy, ...]:
        """The strategies of `washington` or `beijing`."""
        return self.washington if name == "washington" else self.beijing

    def index(self, side: str, strategy: str) -> int:
        """The place of a strategy on its axis; InputError with the nearest name."""
        names = [found.id for found in self.side(side)]
        if strategy not in names:
            raise InputError(
                f"no strategy of {side.title()} named {strategy!r}", where=self.id, hint=did_you_mean(strategy, names)
            )
        return names.index(strategy)

    def pair(self, us: int, cn: int) -> Scenario:
        """The scenario of one pair: Washington's levers, overtaken by Beijing's from their months on."""
        return joined(self.washington[us].scenario, self.beijing[cn].scenario)


def joined(washington: Scenario, beijing: Scenario) -> Scenario:
    """Return the scenario in which Washington's levers of the one and Beijing's of the other hold."""
    own = {lever: parts for lever, parts in washington.levers.items() if lever.startswith("washington.")}
    settings = {lever: parts for lever, parts in beijing.settings().items() if "beijing." in lever}
    return replace(
        replace(washington, levers=own).with_levers(settings, start=min(washington.start, beijing.start)),
        id=f"{washington.id}/{beijing.id}",
        label=f"{washington.label} / {beijing.label}",
    )


def load_game(name_or_file: str | Path) -> Game:
    """Return a shipped game, a game from a file, or a preset of Washington's against Beijing's answers of the lead game.

    Raises InputError, with file, line and the nearest name, for anything unknown, an empty strategy set, and a grid too large.
    """
    text = str(name_or_file)
    if isinstance(name_or_file, Path) or text.endswith((".yaml", ".yml")) or "/" in text:
        path = Path(text)
        if not path.is_file():
            raise InputError(
                "the game file does not exist", where=text, hint="give the path of a YAML file, or the name of a game"
            )
        return read_game(path)
    shipped = game_files()
    if text in shipped:
        return read_game(shipped[text])
    return _against_the_lead(text, list(shipped))


def game_files() -> dict[str, Path]:
    """Return id -> file of every shipped game."""
    found = {}
    for path in sorted(GAMES.glob("*.yaml")):
        if load(path).mapping().get("kind") == "game":
            found[path.stem] = path
    return found


def read_game(path: Path) -> Game:
    """Return the game in a YAML file; errors name its file and line."""
    document = load(path)
    document.mapping()
    body = checked(document, GameFile, ())
    if body.window.first > body.window.last:
        raise document.error(f"the window runs from {body.window.first} to {body.window.last}", "window", hint="exchange them")
    washington = _side(document, "washington", body.washington, body.washington_grid)
    beijing = _side(document, "beijing", body.beijing, body.beijing_grid)
    return Game(body.id, body.label, body.question, body.window.first, body.window.last, body.discount, washington, beijing)


def _against_the_lead(preset: str, shipped: Sequence[str]) -> Game:
    """Return the lead game with one preset, suffixes and all, as Washington's only strategy."""
    from countermove.experiments.presets import preset_files

    if preset.partition("+")[0] not in preset_files():
        hint = did_you_mean(preset, [*shipped, *preset_files()])
        raise InputError(f"no game or preset named {preset!r}", where="play", hint=f"{hint} (or give the path of a game file)")
    lead, scenario = read_game(game_files()["lead"]), load_scenario(preset)
    _check_side(scenario, "washington", allow_other=True, where=preset)
    only = replace(scenario, levers={k: v for k, v in scenario.levers.items() if k.startswith("washington.")})
    question = f"What is Beijing's best reply to {scenario.label}?"
    return replace(lead, id=preset, label=scenario.label, question=question, washington=(Strategy(preset, scenario.label, only),))


def _side(document: Document, side: str, listed: Mapping[str, StrategyFile], grid: GridFile | None) -> tuple[Strategy, ...]:
    """Return the strategies of one side: those listed, then those of its grid."""
    found = [_listed(document, side, name, entry) for name, entry in listed.items()]
    if grid is not None:
        found += _grid(document, side, grid)
    if not found:
        raise document.error(f"the strategy set of {side.title()} is empty", side, hint="give at least one strategy, or a grid")
    names = [strategy.id for strategy in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise document.error(f"the strategy {twice!r} is given twice", side, hint="keep one")
    return tuple(found)


def _listed(document: Document, side: str, name: str, entry: StrategyFile) -> Strategy:
    where = document.where(side, name)
    scenario = _scenario(side, entry.preset, entry.suffixes, entry.levers, entry.start, where=where)
    return Strategy(name, entry.label or scenario.label, replace(scenario, id=name), entry.note or "")


def _grid(document: Document, side: str, grid: GridFile) -> list[Strategy]:
    """Return one strategy per combination, named by its values: `duty=0.1 volume_cap=0.5`."""
    where = document.where(f"{side}_grid")
    sizes = [len(values) for values in grid.levers.values()]
    count = 1
    for size in sizes:
        count *= size
    if not sizes or count == 0:
        raise document.error("a grid without values", f"{side}_grid", hint="write levers: {washington.duty: [0, 0.1]}")
    if count > MOST_STRATEGIES:
        raise document.error(f"the grid has {count} strategies", f"{side}_grid", hint=f"at most {MOST_STRATEGIES} are played")
    found = []
    for values in itertools.product(*grid.levers.values()):
        setting = dict(zip(grid.levers, values, strict=True))
        name = " ".join(f"{lever.rpartition('.')[2]}={value}" for lever, value in setting.items())
        scenario = _scenario(side, grid.preset, grid.suffixes, setting, grid.start, where=where)
        found.append(Strategy(name, name, replace(scenario, id=name)))
    return found


def _scenario(
    side: str, preset: str | None, suffixes: Sequence[str], levers: Mapping[str, Any], start: str | None, *, where: str
) -> Scenario:
    """Return a strategy's scenario; InputError where it sets a lever of the other side."""
    name = "+".join([preset or STATUS_QUO, *suffixes])
    try:
        scenario = load_scenario(name)
        if levers:
            scenario = scenario.with_levers(levers, start=start or (scenario.start if preset else "2026-01"))
    except InputError as error:
        raise InputError(error.what, where=f"{where}, {error.where}", hint=error.hint) from None
    _check_side(scenario, side, allow_other=False, where=where)
    return scenario


def _check_side(scenario: Scenario, side: str, *, allow_other: bool, where: str) -> None:
    foreign = [lever for lever in scenario.levers if not lever.startswith(f"{side}.")]
    if foreign and not allow_other:
        raise InputError(f"a strategy of {side.title()} sets {foreign[0]}", where=where, hint="put it on the other side")
    if scenario.overrides:
        path = next(iter(scenario.overrides))
        raise InputError(f"a strategy sets {path}", where=where, hint="parameters are no choice; strategies set levers only")

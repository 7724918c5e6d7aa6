"""What the tests of games share: a cache of their own, one small simulated game, and one small set of simulated types."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from countermove.strategy.cells import Cells, simulate_cells
from countermove.strategy.game_file import Game, load_game
from countermove.strategy.play import Played, every_outcome, solved
from countermove.strategy.profiles import find_profile
from countermove.strategy.refusal.setting import shipped_setting
from countermove.strategy.refusal.types import Types, simulated_types

DRAWS = 64


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's cache out of the tests, and the tests out of the user's cache."""
    before = os.environ.get("COUNTERMOVE_CACHE")
    os.environ["COUNTERMOVE_CACHE"] = str(tmp_path_factory.mktemp("games"))
    yield
    if before is None:
        del os.environ["COUNTERMOVE_CACHE"]
    else:
        os.environ["COUNTERMOVE_CACHE"] = before


@pytest.fixture(scope="session")
def small_game() -> Game:
    """Two offers against three answers of the lead game, to 2028."""
    lead = load_game("lead")
    offers = tuple(lead.washington[lead.index("washington", name)] for name in ("no-h200", "open-h200"))
    answers = tuple(lead.beijing[lead.index("beijing", name)] for name in ("open", "refuse", "refuse-and-build"))
    return replace(lead, id="small", last=2028, washington=offers, beijing=answers)


@pytest.fixture(scope="session")
def small_cells(small_game: Game) -> Cells:
    return simulate_cells(small_game, every_outcome(), draws=DRAWS, seed=7, processes=1)


@pytest.fixture(scope="session")
def small_play(small_game: Game, small_cells: Cells) -> Played:
    sides = {side: find_profile(side) for side in ("washington", "beijing")}
    return solved(small_game, small_cells, sides)


@pytest.fixture(scope="session")
def types() -> Types:
    return simulated_types(shipped_setting(), draws=128, seed=2026, use_cache=True)

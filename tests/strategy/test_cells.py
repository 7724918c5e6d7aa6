"""Cells against plain runs, the cache, and payoffs made of them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import countermove
from countermove.experiments import fingerprint
from countermove.experiments.run import run
from countermove.strategy import cache
from countermove.strategy.cells import Cells, simulate_cells
from countermove.strategy.game_file import Game, Strategy, load_game
from countermove.strategy.noise import noise, stable
from countermove.strategy.payoffs import aggregated, payoffs, score
from countermove.strategy.play import Played
from countermove.strategy.profiles import SPENDING, find_profile, profile

CHECKED = ("h200_china_revenue_usd_bn", "domestic_ai_chip_revenue_usd_bn", "china_compute_h100e", "gap_months_system_decode")


def test_a_cell_equals_a_plain_run_of_its_pair_to_the_last_bit(small_game: Game, small_cells: Cells) -> None:
    for i, j in ((0, 0), (1, 2)):
        plain = run(small_game.pair(i, j), draws=small_cells.draws, seed=7)
        for name in CHECKED:
            for k, year in enumerate(small_cells.years):
                assert np.array_equal(small_cells.outcome(name)[i, j, k], plain.outcomes[name][year]), (name, year)


def test_two_sides_that_move_one_input_are_compiled_together(small_game: Game) -> None:
    # Both sides' levers act on diversion; a pair that moves one input from both sides must not lose either change.
    us = small_game.washington[1].scenario.with_levers({"washington.component_controls": 1, "washington.enforcement": 0.8})
    cn = small_game.beijing[1].scenario.with_levers({"beijing.grey_enforcement": 0.5, "beijing.capacity_push": 2})
    game = replace(small_game, washington=(Strategy("us", "us", us),), beijing=(Strategy("cn", "cn", cn),))
    cells = simulate_cells(game, CHECKED, draws=64, seed=3, processes=1)
    plain = run(game.pair(0, 0), draws=64, seed=3)
    for name in CHECKED:
        assert np.array_equal(cells.outcome(name)[0, 0, -1], plain.outcomes[name]["2028"])


def test_several_processes_give_the_same_numbers(small_game: Game, small_cells: Cells) -> None:
    again = simulate_cells(small_game, small_cells.outcomes, draws=small_cells.draws, seed=7, processes=2)
    assert np.array_equal(again.values, small_cells.values)


def test_fewer_draws_are_the_first_draws_of_more(small_game: Game, small_cells: Cells) -> None:
    few = simulate_cells(small_game, CHECKED, draws=5, seed=7, pairs=[(0, 0)], processes=1)
    assert np.array_equal(few.outcome(CHECKED[0])[0, 0], small_cells.outcome(CHECKED[0])[0, 0, :, :5])


def test_the_subsidy_is_what_the_levers_cost(small_cells: Cells) -> None:
    spent = small_cells.outcome(SPENDING)
    assert np.allclose(spent[:, 2] - spent[:, 1], 14.0)


def test_the_cache_gives_back_what_was_simulated_and_survives_a_broken_entry(small_game: Game, small_cells: Cells) -> None:
    arguments = {"draws": small_cells.draws, "seed": 7}
    first = cache.cells_of(small_game, CHECKED, **arguments)
    entry = cache.cache_folder() / f"{cache.key_of(small_game, CHECKED, small_cells.draws, 7)}.npz"
    again = cache.cells_of(small_game, CHECKED, **arguments)
    assert np.array_equal(first.values, again.values)
    entry.write_bytes(b"not an archive")
    assert np.array_equal(cache.cells_of(small_game, CHECKED, **arguments).values, first.values)


def test_the_key_of_the_cache_moves_with_everything_that_moves_a_number(small_game: Game) -> None:
    key = cache.key_of(small_game, CHECKED, 64, 7)
    others = [
        cache.key_of(small_game, CHECKED, 65, 7),
        cache.key_of(small_game, CHECKED, 64, 8),
        cache.key_of(small_game, CHECKED[:2], 64, 7),
        cache.key_of(replace(small_game, last=2029), CHECKED, 64, 7),
        cache.key_of(replace(small_game, beijing=small_game.beijing[:2]), CHECKED, 64, 7),
        cache.key_of(small_game, CHECKED, 64, 7, {"parameters/prices.scarcity_premium": 0.1}),
    ]
    assert len({key, *others}) == 7


def test_the_key_of_the_cache_moves_with_the_code_of_every_room_below_and_with_packages(
    small_game: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {cache.key_of(small_game, CHECKED, 64, 7)}
    for room in ("quantities/calendar.py", "evidence/priors.py", "market/choice.py", "strategy/cells.py"):
        copy = tmp_path / room.replace("/", "-") / "countermove"
        shutil.copytree(Path(countermove.__file__).parent, copy, ignore=shutil.ignore_patterns("static", "data", "__pycache__"))
        (copy / room).write_text((copy / room).read_text(encoding="utf-8") + "# Other code.\n", encoding="utf-8")
        monkeypatch.setattr(fingerprint, "__file__", str(copy / "experiments" / "fingerprint.py"))
        monkeypatch.setattr(cache, "__file__", str(copy / "strategy" / "cache.py"))
        _forget()
        keys.add(cache.key_of(small_game, CHECKED, 64, 7))
    monkeypatch.undo()
    monkeypatch.setattr("importlib.metadata.version", lambda _package: "0")
    _forget()
    keys.add(cache.key_of(small_game, CHECKED, 64, 7))
    monkeypatch.undo()
    _forget()
    assert len(keys) == 6


def _forget() -> None:
    for known in (fingerprint.fingerprint, fingerprint.code_hash, cache.code_hash):
        known.cache_clear()


def test_an_unwritable_cache_costs_time_only(small_game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERMOVE_CACHE", "/proc/nowhere")
    found = cache.cells_of(replace(small_game, last=2026), CHECKED[:1], draws=2, seed=1, pairs=[(0, 0)])
    assert found.draws == 2


def test_payoffs_average_to_zero_in_every_draw_and_spread_by_one(small_play: Played) -> None:
    for side in ("washington", "beijing"):
        values = small_play.payoffs.of(side)
        assert np.allclose(values.mean(axis=(0, 1)), 0)
        assert values.mean(axis=-1).std() == pytest.approx(1)


@given(scale=st.floats(0.1, 10))
def test_only_the_proportions_of_weights_count(small_cells: Cells, scale: float) -> None:
    weights = {"nvidia_china_profit_usd_bn": 0.5, "us_china_compute_ratio_h100e": -0.2}
    one = score(small_cells, profile("one", "washington", weights), 0.05)[0]
    other = score(small_cells, profile("other", "washington", {k: w * scale for k, w in weights.items()}), 0.05)[0]
    assert np.allclose(one, other)


def test_a_weight_on_what_no_pair_moves_counts_nothing(small_cells: Cells) -> None:
    still = replace(
        small_cells, values=np.where(np.array(small_cells.outcomes)[:, None, None] == CHECKED[0], 5.0, small_cells.values)
    )
    values, (term,) = score(still, profile("still", "beijing", {CHECKED[0]: 1.0}), 0.05)
    assert term.scale == 0
    assert not values.any()


def test_flows_add_up_and_stocks_are_averaged(small_cells: Cells) -> None:
    flow, stock = small_cells.outcome("duty_proceeds_usd_bn"), small_cells.outcome("china_compute_h100e")
    assert np.allclose(aggregated(small_cells, "duty_proceeds_usd_bn", 0.0), flow.sum(axis=2))
    assert np.allclose(aggregated(small_cells, "china_compute_h100e", 0.0), stock.mean(axis=2))


def test_a_strategy_that_nobody_moves_by_gains_nothing_for_the_other(small_game: Game, small_cells: Cells) -> None:
    scored = payoffs(small_cells, find_profile("washington"), find_profile("beijing", "compute-first"), discount=0.05)
    assert scored.mean.rows == tuple(s.id for s in small_game.washington)
    assert scored.terms["beijing"][0].weight > 0


def test_survival_counts_draws_and_the_bootstrap_resamples_them(small_play: Played) -> None:
    us, cn = small_play.payoffs.washington, small_play.payoffs.beijing
    found = noise(us, cn, seed=1, resamples=50)
    assert np.allclose(found.survival, stable(us, cn).mean(axis=-1))
    assert (found.regret_low <= found.regret_high).all()
    same = noise(np.repeat(us[..., :1], 5, axis=-1), np.repeat(cn[..., :1], 5, axis=-1), seed=1, resamples=20)
    assert set(np.unique(same.resampled)) <= {0.0, 1.0}


def test_the_lead_game_has_eight_strategies_a_side_and_a_preset_plays_against_its_answers() -> None:
    lead = load_game("lead")
    assert (len(lead.washington), len(lead.beijing)) == (8, 8)
    assert [s.id for s in load_game("h200-rule").washington] == ["h200-rule"]
    assert len(load_game("inverse").washington) == 27

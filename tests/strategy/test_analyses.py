"""The documents and pages of played games, the bomb effect, protection, the inverse search, and yearly revision."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.reports.strategy import render_game, write_game
from countermove.strategy.bomb import SWITCHES, bomb_effect, shapley
from countermove.strategy.documents import document
from countermove.strategy.game_file import Game, load_game
from countermove.strategy.inverse import inverse_search
from countermove.strategy.play import Played
from countermove.strategy.profiles import find_profile
from countermove.strategy.protection import protection_test
from countermove.strategy.repeated import Sides, repeated, turned
from countermove.strategy.weights_map import simplex, weights_map


def test_the_document_has_its_fixed_keys(small_play: Played) -> None:
    body = document(small_play)
    json.dumps(body, allow_nan=False)
    assert {"players", "strategies", "payoffs", "equilibria", "best_replies", "orders"} <= set(body)
    assert {"median", "p5", "p95"} <= set(body["payoffs"])
    assert all({"kind", "profile", "survival"} <= set(e) for e in body["equilibria"])
    assert {"us-first", "simultaneous", "cn-first"} <= set(body["orders"])


def test_the_page_marks_best_replies_and_loads_nothing_from_elsewhere(small_play: Played, tmp_path: object) -> None:
    body = document(small_play)
    page = render_game(body)
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", page)
    assert page.count("<svg") >= 5
    assert "framed: best reply" in page
    written = write_game(body, tmp_path)  # type: ignore[arg-type]
    assert json.loads((written.parent / "game.json").read_text())["game"] == "small"
    assert sorted(p.name for p in written.parent.iterdir()) == ["game.html", "game.json"]


def test_the_map_covers_every_blend(small_play: Played) -> None:
    found = weights_map(small_play.cells, 0.05, steps=2)
    assert len(found.points) == 6 * 6
    assert all(0 <= (p.refusal_share or 0) <= 1 for p in found.points)


@given(parts=st.integers(1, 4), steps=st.integers(1, 6))
def test_blends_add_up_to_one(parts: int, steps: int) -> None:
    found = simplex(parts, steps)
    assert all(sum(share) == pytest.approx(1) for share in found)
    assert len(set(found)) == len(found)


@given(values=st.lists(st.floats(-5, 5), min_size=16, max_size=16))
def test_volume_and_feedbacks_add_up_to_the_whole_effect(values: list[float]) -> None:
    names = ("a", "b", "c", "d")
    sets = [frozenset(s) for size in range(5) for s in itertools.combinations(names, size)]
    by_set = {one: np.array([value]) for one, value in zip(sets, values, strict=True)}
    parts = shapley(by_set, names)
    assert sum(parts.values())[0] == pytest.approx(by_set[frozenset(names)][0] - by_set[frozenset()][0], abs=1e-9)


def test_the_bomb_effect_adds_up_and_stands_beside_displacement_and_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    # Two of the four feedbacks: a quarter of the simulations, the same sums.
    monkeypatch.setattr("countermove.strategy.bomb.SWITCHES", {name: SWITCHES[name] for name in ("price", "reinvestment")})
    body = bomb_effect(draws=8)
    json.dumps(body, allow_nan=False)
    for effect in body["effects"].values():
        assert sum(part["mean"] for part in effect["parts"].values()) == pytest.approx(effect["effect"]["mean"], abs=1e-9)
    assert {"domestic_displaced_per_h200", "domestic_revenue_lost_per_h200_usd"} <= set(body["displacement"])
    assert all(0 <= share <= 1 for share in body["slack"]["mean_share"])


def test_protection_pays_in_more_draws_the_more_a_domestic_dollar_is_worth() -> None:
    body = protection_test(draws=32)
    at_one = [row["share_of_draws"] for row in body["bastable"] if row["surplus"] == 1.0]
    assert at_one == sorted(at_one)
    assert body["break_even_value"]["share_of_draws"] <= 1


def test_the_inverse_search_names_the_cheapest_admitted_offer() -> None:
    game = load_game("inverse")
    body = inverse_search(replace(game, washington=game.washington[::9]), draws=4)
    for found in body["by_beijing_profile"].values():
        admitted = [offer for offer in found["offers"] if offer["admitted"]]
        assert found["admitted"] == len(admitted)
        for profile, name in found["cheapest_admitted"].items():
            costs = {offer["offer"]: offer["cost_to_washington"][profile] for offer in admitted}
            assert name is None if not costs else costs[name] == pytest.approx(min(costs.values()))


def test_a_side_that_changes_its_mind_leaves_no_remains(small_game: Game) -> None:
    lead = load_game("lead")
    build, refuse = (lead.beijing[lead.index("beijing", name)].scenario for name in ("refuse-and-build", "refuse"))
    back = turned(build, refuse, "beijing", "2028-01")
    from countermove.policy.levers import compile_levers

    levers = compile_levers(back.settings())
    assert levers.value("beijing.subsidy")[71] == 23.5
    assert levers.value("beijing.subsidy")[72] == 9.5
    assert levers.value("beijing.import_gate")[72] == 1.0


@pytest.mark.parametrize("play", ["adaptive", "quantal"])
def test_yearly_revision_runs_to_the_last_year(small_game: Game, play: str) -> None:
    us, cn = find_profile("washington", "lead-first"), find_profile("beijing", "compute-first")
    body = repeated(small_game, us, cn, start=Sides("open-h200", "refuse"), play=play, draws=4)
    json.dumps(body, allow_nan=False)
    assert [move["year"] for move in body["moves"]] == ["2026", "2027", "2028"]
    for move in body["moves"][1:]:
        assert all(sum(chances.values()) == pytest.approx(1) for chances in move["options"].values())
    assert len(body["path"]["china_compute_h100e"]["median"]) == 3

"""A world answers moves as `run` would, from the month that a move changes, and compiles nothing for it."""

from __future__ import annotations

import os

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.experiments.live import World, first_difference
from countermove.experiments.pipeline import compile_scenario, sampled
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.experiments.statistics import quantiles
from countermove.market.compile import compile_market, recompile
from countermove.market.simulate import simulate, simulate_months
from countermove.outcomes import outcome
from countermove.outcomes.periods import measured
from countermove.outcomes.window import Window
from countermove.quantities.calendar import MONTHS, month_index

try:
    import jax
except ImportError:  # pragma: no cover
    jax = None

needs_jax = pytest.mark.skipif(
    jax is None and os.environ.get("REQUIRE_ALL") != "1", reason="JAX is not installed: pip install 'countermove[jax]'"
)
OUTCOMES = (
    "h200_china_revenue_usd_bn",
    "china_compute_h100e",
    "domestic_ai_chip_revenue_usd_bn",
    "duty_proceeds_usd_bn",
    "domestic_share_money",
    "domestic_slack_share",
    "gap_months_system_decode",
    "smuggled_h100e_cumulative",
)
DRAWS = 64
MOVES = (
    ({"washington.duty": 0.4}, "2026-11"),
    ({"beijing.import_gate": 1.0, "beijing.subsidy": 40.0}, "2027-05"),
    ({"washington.volume_cap": {"value": 0.2, "reference_period": "yearly"}}, "2026-11"),
    ({"washington.component_controls": 0.9, "beijing.capacity_push": {"value": 0.5, "direction": "fixed"}}, "2026-02"),
)


@pytest.fixture(scope="module")
def sample() -> dict[str, np.ndarray]:
    return sampled(compile_scenario(load_scenario("h200-2026")), seed=2026, draws=DRAWS)


@pytest.fixture(scope="module")
def by_reference(sample: dict[str, np.ndarray]) -> World:
    return World(compile_scenario(load_scenario("h200-2026")), sample)


@pytest.fixture(scope="module")
def compiled_world(by_reference: World, sample: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> World:
    os.environ["COUNTERMOVE_CACHE"] = str(tmp_path_factory.mktemp("programs"))
    world = World(compile_scenario(load_scenario("h200-2026")), sample, by_reference.program())
    assert world.engine == "jax"
    return world


def moved(levers: dict[str, object], start: str) -> Scenario:
    return load_scenario("h200-2026").with_levers(levers, start=start)


def months_walked(world: World, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The stretches of months that a world steps from now on."""
    walked, walk = list[tuple[int, int]](), world._steps.walk
    monkeypatch.setattr(world._steps, "walk", lambda first, last, *rest: walked.append((first, last)) or walk(first, last, *rest))
    return walked


def by_numpy(levers: dict[str, object], start: str) -> np.ndarray:
    """Monthly outcomes of a whole run in double precision, (month, outcome, draw)."""
    scenario = moved(levers, start)
    compiled = compile_scenario(scenario)
    values = sampled(compiled, seed=2026, draws=DRAWS)
    monthly = simulate(compile_market(values, compiled.gates, compiled.levers, hazards=scenario.hazards)).monthly
    windows = [Window(monthly, month, month + 1) for month in range(MONTHS)]
    return np.array([[outcome(name).measure(window) for name in OUTCOMES] for window in windows])


def by_world(world: World, levers: dict[str, object], start: str) -> np.ndarray:
    """Monthly outcomes of a course, (month, outcome, draw)."""
    monthly = world.course(compile_scenario(moved(levers, start)))
    return np.stack([measured(outcome(name).measure, monthly, 1, DRAWS) for name in OUTCOMES], axis=1)


@needs_jax
@pytest.mark.parametrize(("levers", "start"), MOVES, ids=["duty", "ban", "cap", "words"])
def test_a_move_gives_the_months_of_a_whole_run(compiled_world: World, levers: dict[str, object], start: str) -> None:
    found, expected = by_world(compiled_world, levers, start), by_numpy(levers, start)
    scale = np.abs(expected).max(axis=(0, 2), keepdims=True)
    assert np.max(np.abs(found - expected) / scale) <= 1e-4
    exact = np.quantile(expected, [0.05, 0.25, 0.5, 0.75, 0.95], axis=2)
    assert np.max(np.abs(quantiles(found) - exact) / scale[:, :, 0]) <= 1e-4


@pytest.mark.parametrize(("levers", "start"), MOVES, ids=["duty", "ban", "cap", "words"])
def test_the_reference_steps_give_the_bits_of_a_whole_run(by_reference: World, levers: dict[str, object], start: str) -> None:
    assert by_reference.engine == "numpy"
    assert np.array_equal(by_world(by_reference, levers, start), by_numpy(levers, start))


def test_a_move_is_run_from_the_month_that_it_changes(by_reference: World, monkeypatch: pytest.MonkeyPatch) -> None:
    walked = months_walked(by_reference, monkeypatch)
    for levers, start in MOVES:
        walked.clear()
        by_reference.course(compile_scenario(moved(levers, start)))
        first, last = walked[-1]
        assert 0 < first <= month_index(start)
        assert last == MONTHS


@needs_jax
def test_no_move_compiles_anything(compiled_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from jax._src import compiler

    compiled_world.course(compile_scenario(moved({"washington.duty": 0.1}, "2026-11")))
    compiled = []
    whole = compiler.backend_compile_and_load
    monkeypatch.setattr(compiler, "backend_compile_and_load", lambda *a, **k: compiled.append(1) or whole(*a, **k))
    for levers, start in MOVES:
        compiled_world.course(compile_scenario(moved(levers, start)))
    assert compiled == []


def test_a_move_that_changes_nothing_runs_no_month(by_reference: World, monkeypatch: pytest.MonkeyPatch) -> None:
    walked = months_walked(by_reference, monkeypatch)
    still = by_reference.course(compile_scenario(load_scenario("h200-2026")))
    assert walked == []
    late = by_reference.course(compile_scenario(moved({"washington.duty": 0.4}, "2027-01")))
    first, _ = walked[-1]
    assert first > 0
    assert all(np.array_equal(still[name][:first], late[name][:first]) for name in still)


@needs_jax
def test_draws_in_two_pieces_are_those_of_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from countermove.market.engines import compiled_steps

    base, move = (compile_scenario(one) for one in (load_scenario("h200-2026"), moved(*MOVES[1])))
    whole = sampled(base, seed=7, draws=32)
    monkeypatch.setattr(compiled_steps, "PIECE", 16)
    program = World(base, whole).program()
    assert program.pieces == 2
    both = World(base, whole, program)
    assert both.engine == "jax"
    found, expected = both.course(move), World(base, whole).course(move)
    for name, series in expected.items():
        assert found[name].shape == series.shape
        assert np.max(np.abs(found[name] - series)) <= 1e-4 * np.abs(series).max() + 1e-12, name


def test_other_assumptions_are_refused(by_reference: World) -> None:
    other = load_scenario("h200-2026").with_overrides({"parameters/supply.hbm_slip": 3.0})
    with pytest.raises(InputError, match="assumptions differ"):
        by_reference.course(compile_scenario(other))


def test_stretches_give_the_bits_of_a_whole_run_and_levers_alone_are_compiled_again() -> None:
    base, moved = (
        compile_scenario(load_scenario("h200-2026").with_levers(given, start="2027-05")) for given in ({}, MOVES[1][0])
    )
    values = sampled(base, seed=3, draws=DRAWS)
    inputs = compile_market(values, moved.gates, moved.levers)
    again = recompile(compile_market(values, base.gates, base.levers), values, moved.gates, moved.levers)
    assert all(np.array_equal(value, again.monthly[name]) for name, value in inputs.monthly.items())
    whole = simulate(inputs)
    early = simulate_months(inputs, inputs.initial, 0, 50)
    late = simulate_months(again, early.final, 50, MONTHS)
    for name, series in whole.monthly.items():
        assert np.concatenate([early.monthly[name], late.monthly[name]]).tobytes() == series.tobytes(), name
    assert all(np.array_equal(one, other) for one, other in zip(late.final, whole.final, strict=True))
    with pytest.raises(InputError, match="the clock has months"):
        simulate_months(inputs, inputs.initial, 0, MONTHS + 1)


def test_the_first_difference_and_quantiles_are_those_of_numpy() -> None:
    one = np.zeros((MONTHS, 3))
    other = one.copy()
    assert first_difference(one, other) == MONTHS
    other[70, 1] = 1.0
    assert first_difference(one, other) == 70
    series = np.random.default_rng(1).normal(size=(4, 33)).astype(np.float32)
    assert np.allclose(quantiles(series), np.quantile(series, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1), atol=1e-6)

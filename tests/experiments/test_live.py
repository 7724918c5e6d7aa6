"""A live session answers moves as `run` would, from the month that a move changes, and compiles nothing for it."""

from __future__ import annotations

import os

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.experiments.live import LiveSession, first_difference, quantiles
from countermove.experiments.pipeline import compile_scenario, sampled
from countermove.experiments.scenario import load_scenario
from countermove.market.compile import compile_market, recompile
from countermove.market.simulate import simulate, simulate_months
from countermove.outcomes import outcome
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
def session(tmp_path_factory: pytest.TempPathFactory) -> LiveSession:
    os.environ["COUNTERMOVE_CACHE"] = str(tmp_path_factory.mktemp("programs"))
    return LiveSession("h200-2026", OUTCOMES, draws=DRAWS)


def by_numpy(levers: dict[str, object], start: str) -> np.ndarray:
    """Monthly outcomes of a whole run in double precision, (month, outcome, draw)."""
    scenario = load_scenario("h200-2026").with_levers(levers, start=start)
    compiled = compile_scenario(scenario)
    values = sampled(compiled, seed=2026, draws=DRAWS)
    monthly = simulate(compile_market(values, compiled.gates, compiled.levers, hazards=scenario.hazards)).monthly
    windows = [Window(monthly, month, month + 1) for month in range(MONTHS)]
    return np.array([[outcome(name).measure(window) for name in OUTCOMES] for window in windows])


@needs_jax
@pytest.mark.parametrize(("levers", "start"), MOVES, ids=["duty", "ban", "cap", "words"])
def test_a_move_gives_the_months_of_a_whole_run(session: LiveSession, levers: dict[str, object], start: str) -> None:
    found, expected = session.move(levers, start=start), by_numpy(levers, start)
    assert 0 < found.first <= month_index(start)
    scale = np.abs(expected).max(axis=(0, 2), keepdims=True)
    assert np.max(np.abs(found.draws - expected) / scale) <= 1e-4
    exact = np.moveaxis(np.quantile(expected, [0.05, 0.25, 0.5, 0.75, 0.95], axis=2), 0, 2)
    assert np.max(np.abs(found.quantiles - exact) / scale) <= 1e-4


@needs_jax
def test_no_move_compiles_anything(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    from jax._src import compiler

    session.move({"washington.duty": 0.1}, start="2026-11")
    compiled = []
    whole = compiler.backend_compile_and_load
    monkeypatch.setattr(compiler, "backend_compile_and_load", lambda *a, **k: compiled.append(1) or whole(*a, **k))
    for levers, start in MOVES:
        session.move(levers, start=start)
    assert compiled == []


@needs_jax
def test_a_move_that_changes_nothing_runs_no_month(session: LiveSession) -> None:
    still = session.answer(load_scenario("h200-2026"))
    assert still.first == MONTHS
    moved = session.move({"washington.duty": 0.4}, start="2027-01")
    assert np.array_equal(still.draws[: moved.first], moved.draws[: moved.first])


@needs_jax
def test_other_assumptions_and_dates_are_refused(session: LiveSession) -> None:
    with pytest.raises(InputError, match="assumptions differ"):
        session.answer(session.scenario.with_overrides({"parameters/supply.hbm_slip": 3.0}))
    with pytest.raises(InputError, match="which has no months"):
        LiveSession("h200-2026", ["parity_year_chip_decode"])


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
    assert np.allclose(quantiles(series), np.quantile(series, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1).T, atol=1e-6)

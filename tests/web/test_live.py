"""What makes moves fast changes no number: periods at once, departures from a shared past, the compiled loop."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from countermove.experiments import pipeline
from countermove.experiments.live import departure, first_difference
from countermove.experiments.run import run
from countermove.outcomes import OUTCOMES
from countermove.outcomes.periods import measured
from countermove.outcomes.window import Window
from countermove.quantities.calendar import MONTHS
from countermove.web import live
from countermove.web.live import PREVIEW, Simulator, scenario_of
from countermove.web.schema import Side

MEASURED = [name for name, one in OUTCOMES.items() if one.kind != "date"]
SIDES = [
    Side(),
    Side(preset="h200-rule+ban", levers={"washington.duty": 0.4}),
    Side(levers={"beijing.import_gate.mode": "bundled", "washington.volume_cap": 0.2}),
    Side(start="2029-01", levers={"washington.performance_ceiling": 5000.0}),
    Side(preset="all-open", assumptions={"parameters/supply.hbm_imports": 12.0}, levers={"beijing.import_gate": 0.5}),
]


@pytest.fixture(scope="module")
def numpy_screen() -> Simulator:
    return Simulator(accelerate=False)


@pytest.mark.parametrize("months", [1, 3, 12])
def test_all_periods_at_once_have_the_bits_of_one_after_the_other(numpy_screen: Simulator, months: int) -> None:
    _, found = numpy_screen.run(Side(), draws=4, seed=1)
    for name in MEASURED:
        at_once = measured(OUTCOMES[name].measure, found.monthly, months, 4)
        windows = [Window(found.monthly, first, first + months) for first in range(0, MONTHS, months)]
        assert np.array_equal(at_once, [np.broadcast_to(OUTCOMES[name].measure(one), 4) for one in windows]), name


@pytest.mark.parametrize("side", SIDES, ids=lambda one: f"{one.preset} {' '.join(one.levers)}")
def test_a_screen_and_the_library_agree_to_the_last_bit(numpy_screen: Simulator, side: Side) -> None:
    _, fast = numpy_screen.run(side, draws=8, seed=3)
    slow = run(scenario_of(side), draws=8, seed=3, periods=("quarter",)).outcomes
    for name in MEASURED:
        assert np.array_equal(fast.series(name, "quarter"), np.stack(list(slow[name].values()))), name


def test_a_move_departs_in_the_first_month_that_it_changes() -> None:
    one, other = np.zeros((MONTHS, 2)), np.zeros((MONTHS, 2))
    other[84:] = 1.0
    assert first_difference(one, one) == MONTHS
    assert first_difference(one, other) == 84
    assert departure({"a": one, "b": other}, {"a": one, "b": one}) == 84


def test_what_nobody_asks_for_any_more_is_let_go_by_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_KEPT_BYTES", 40 * 2**20)
    screen = Simulator(accelerate=False)
    for seed in range(6):
        for draws in (16, 64):
            screen.run(Side(preset="open-h200", levers={"washington.duty": 0.1}), draws=draws, seed=seed)
            assert screen.kept.nbytes() <= 40 * 2**20
    assert len(screen.kept) > 2


def test_a_move_does_not_wait_for_the_draws_of_another_request(numpy_screen: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    sampled, go, began = pipeline.sampled, threading.Event(), threading.Event()

    def slow(*given: Any, draws: int, **more: Any) -> Any:
        if draws == 997:
            began.set()
            assert go.wait(120)
            draws = 4
        return sampled(*given, draws=draws, **more)

    monkeypatch.setattr(pipeline, "sampled", slow)
    large = threading.Thread(target=lambda: numpy_screen.run(Side(), draws=997, seed=11))
    large.start()
    try:
        assert began.wait(60)
        small = threading.Thread(target=lambda: numpy_screen.run(Side(), draws=4, seed=12), daemon=True)
        small.start()
        small.join(60)
        assert not small.is_alive()
    finally:
        go.set()
        large.join()


@pytest.mark.skipif(find_spec("jax") is None, reason="JAX is missing: pip install 'countermove[jax]'")
def test_the_compiled_loop_agrees_with_numpy_in_single_precision(numpy_screen: Simulator) -> None:
    compiled = Simulator()
    compiled.compile(PREVIEW)
    for side in SIDES[1:4]:
        _, fast = compiled.run(side, draws=PREVIEW, seed=2026)
        _, slow = numpy_screen.run(side, draws=PREVIEW, seed=2026)
        assert fast.engine == "jax"
        for name in MEASURED:
            one, other = fast.series(name, "quarter"), slow.series(name, "quarter")
            assert np.abs(one - other).max() <= 2e-3 * max(np.abs(other).max(), 1e-9), name

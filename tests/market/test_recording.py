"""The recorder does what NumPy does and notes which argument decided, by place, row and draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from market_runs import box, compiled, inputs

from countermove.market.engines.recording import Binding, RecordingNumpy, recorded
from countermove.market.model import Model
from countermove.market.simulate import simulate
from countermove.quantities.calendar import MONTHS


def bounded(xp: Any, value: Any, other: Any) -> Any:
    """Two nested bounds on one line and a clip, as a mechanism writes them."""
    inner = xp.minimum(xp.maximum(value, 0.0), other)
    return xp.where(value > 0.0, xp.clip(inner, 1.0, 3.0), 0.0)


def noted(*values: Any, months: tuple[int, ...] = (0,)) -> dict[tuple[str, str], Binding]:
    recorder = RecordingNumpy(values[0].shape[-1])
    for month in months:
        recorder.month = month
        assert np.array_equal(bounded(recorder, *values), bounded(np, *values))
    return {(f"{one.place.operation} {one.place.order}", one.side): one for one in recorder.bindings()}


def test_each_side_is_noted_where_it_decides() -> None:
    found = noted(np.array([[-1.0, 2.0, 9.0], [0.5, 5.0, 2.0]]), np.array([[4.0, 4.0, 4.0], [4.0, 4.0, 4.0]]))
    assert set(found) == {
        ("maximum 1", "second"),
        ("minimum 1", "first"),
        ("minimum 1", "second"),
        ("clip 1", "lower"),
        ("clip 1", "upper"),
        ("where 1", "chosen"),
    }
    january = {key: one.flags[0].astype(int).tolist() for key, one in found.items()}
    assert january["maximum 1", "second"] == [[1, 0, 0], [0, 0, 0]]
    assert january["minimum 1", "first"] == [[1, 1, 0], [1, 0, 1]]
    assert january["minimum 1", "second"] == [[0, 0, 1], [0, 1, 0]]
    assert january["clip 1", "lower"] == [[1, 0, 0], [1, 0, 0]]
    assert january["clip 1", "upper"] == [[0, 0, 1], [0, 1, 0]]
    assert january["where 1", "chosen"] == [[0, 1, 1], [1, 1, 1]]
    assert {one.place.function for one in found.values()} == {"bounded"}


def test_shares_are_over_months_and_draws() -> None:
    found = noted(np.array([[-1.0, 2.0]]), np.array([[4.0, 4.0]]), months=(0, 1, 2))["maximum 1", "second"]
    assert found.draw_months() == pytest.approx([3 / MONTHS / 2])
    assert found.draws() == pytest.approx([0.5])


def test_a_tie_and_a_rest_of_rounding_are_no_bound() -> None:
    found = noted(np.array([[-1e-12, 4.0]]), np.array([[4.0, 4.0 + 1e-12]]))
    assert not found["maximum 1", "second"].flags.any()
    assert not found["minimum 1", "second"].flags.any()


def test_a_run_with_notes_is_the_run_without() -> None:
    market = inputs(compiled("h200-2026"), box())
    finals = []

    def kept(*given: Any) -> Any:
        state, flows = Model().mechanism("us_side").step(*given)
        finals.append(state["us_h100e"])
        return state, flows

    bindings = recorded(market, Model().replace("us_side", kept))
    assert np.array_equal(finals[-1], simulate(market).final.us_h100e)
    assert {one.flags.shape[0] for one in bindings} == {MONTHS}
    assert {one.flags.shape[2] for one in bindings} == {market.draws}
    assert len({(one.place, one.side) for one in bindings}) == len(bindings) > 40

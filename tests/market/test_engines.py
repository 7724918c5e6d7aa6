"""The two engines give the same months: JAX compiles the very functions that NumPy runs."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from market_runs import BOX, PRIOR_DRAWS, box, box_run, compiled, inputs, walk

from countermove.errors import InputError
from countermove.market.engines.months import traced
from countermove.market.engines.settled import settling
from countermove.market.engines.traced import plain
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.mechanism import Mechanism
from countermove.market.model import ORDER
from countermove.market.simulate import Trajectory, simulate
from countermove.market.state import State

PRESET = "h200-2026"

try:
    import jax
except ImportError:  # pragma: no cover
    jax = None

needs_jax = pytest.mark.skipif(
    jax is None and os.environ.get("REQUIRE_ALL") != "1", reason="JAX is not installed: pip install 'countermove[jax]'"
)


@pytest.fixture(scope="module")
def market() -> MarketInputs:
    return inputs(compiled(PRESET), box())


def differences(one: Trajectory, other: Trajectory, draws: slice) -> dict[str, float]:
    """Largest difference of each series over its own scale, the largest absolute value of all its months and draws."""
    assert set(one.monthly) == set(other.monthly)
    return {
        name: float(np.max(np.abs(series - other.monthly[name])[..., draws]) / (np.max(np.abs(series)) + 1e-300))
        for name, series in one.monthly.items()
    }


def beyond(found: dict[str, float], limit: float) -> dict[str, float]:
    """The series that differ by more than the limit; prints the worst either way."""
    ordered = sorted(found.items(), key=lambda item: -item[1])
    print(f"\nlargest differences over each series' scale (limit {limit:.0e}):")
    print("\n".join(f"  {name:24} {value:.1e}" for name, value in ordered[:5]))
    return {name: value for name, value in ordered if value > limit}


@needs_jax
def test_jax_in_double_precision_agrees_with_numpy(market: MarketInputs) -> None:
    compiled_run = simulate(market, engine="jax")
    assert beyond(differences(box_run(PRESET), compiled_run, slice(0, PRIOR_DRAWS)), 1e-12) == {}
    # In a few corners the second round of rationing hangs on an offer that is all but sold out, so that rounding grows by
    # several orders within a run; the engines then agree to nine digits only. A mean price over next to no units keeps one less.
    corners = differences(box_run(PRESET), compiled_run, slice(PRIOR_DRAWS, BOX))
    assert beyond({"domestic_price": corners.pop("domestic_price")}, 1e-8) == {}
    assert beyond(corners, 1e-9) == {}


@needs_jax
@pytest.mark.parametrize("mechanism", ORDER, ids=lambda m: m.name)
def test_every_mechanism_can_be_traced_on_its_own(mechanism: Mechanism, market: MarketInputs) -> None:
    assert jax is not None
    jax.config.update("jax_enable_x64", True)
    *_, month = walk(market, months=49)
    static = {k: v for k, v in market.constants.items() if np.asarray(v).dtype.kind in "iu"}
    moving = {k: v for k, v in market.constants.items() if k not in static}

    def step(s: Any, p: Any, c: Any, x: Any, f: Any) -> Any:
        p, c, x, f = (Bundle(traced(part, np.float64)) for part in (p, c, x, f))
        with settling():
            found = mechanism.step(State(*traced(s._asdict(), np.float64).values()), p, Bundle({**c, **static}), x, f, np)
        state, flows = ({name: plain(value, np.float64) for name, value in part.items()} for part in found)
        return state, flows

    given = (month.before, dict(market.parameters), moving, dict(month.x), dict(month.flows))
    program = jax.make_jaxpr(step)(*given)
    assert len(program.out_avals) == len(mechanism.state_writes) + len(mechanism.flow_writes)
    expected, flows = mechanism.step(month.before, Bundle(market.parameters), Bundle(market.constants), month.x, month.flows, np)
    for name, value in {**expected, **flows}.items():
        assert np.all(np.isfinite(value)), name


def test_an_unknown_engine_is_refused_with_the_nearest_name(market: MarketInputs) -> None:
    with pytest.raises(InputError, match="did you mean 'numpy'"):
        simulate(market, engine="nunpy")


@needs_jax
def test_a_finer_step_needs_numpy() -> None:
    with pytest.raises(InputError, match="steps by whole months"):
        simulate(inputs(compiled(PRESET), box(), dt=0.5), engine="jax")


def test_only_the_series_asked_for_are_kept(market: MarketInputs) -> None:
    kept = simulate(market, keep=lambda name: name in ("units", "power"))
    assert set(kept.monthly) == {"units", "power"}
    assert np.array_equal(kept.monthly["units"], box_run(PRESET).monthly["units"])

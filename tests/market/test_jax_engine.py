"""The JAX engine measures what NumPy measures: inputs compiled, months stepped and outcomes taken inside one program."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest
from market_runs import BOX, PRIOR_DRAWS, box, compiled, inputs

from countermove.errors import InputError
from countermove.experiments.sweep_chunk import _with_numpy as with_numpy
from countermove.experiments.sweep_jax import batch_of, engine_for, fixed_parameters
from countermove.experiments.sweep_plan import Quantity
from countermove.market.engines.traced import Traced
from countermove.outcomes import OUTCOMES

try:
    import jax
except ImportError:  # pragma: no cover
    jax = None

pytestmark = pytest.mark.skipif(
    jax is None and os.environ.get("REQUIRE_ALL") != "1", reason="JAX is not installed: pip install 'countermove[jax]'"
)

QUANTITIES = tuple(
    Quantity(name, "horizon" if outcome.kind == "date" else period)
    for (name, outcome), period in zip(OUTCOMES.items(), itertools.cycle(("2027", "2032")), strict=False)
)
"""Every outcome once, in a middle year or at the end."""


@pytest.fixture(scope="module", autouse=True)
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep compiled programs of the tests away from the user's."""
    folder = tmp_path_factory.mktemp("programs")
    os.environ["COUNTERMOVE_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="module")
def draws() -> dict[str, np.ndarray]:
    """The prior box, with parameters that tables are built from at one value."""
    values = dict(box())
    return values | {name: np.full(BOX, values[name][0]) for name in fixed_parameters()}


@pytest.mark.parametrize(("precision", "limit"), [("double", 1e-9), ("single", 1e-3)])
def test_every_outcome_agrees_with_numpy_over_the_prior_box(precision: str, limit: float, draws: dict[str, np.ndarray]) -> None:
    scenario = compiled("h200-2026")
    engine = engine_for(QUANTITIES, precision)  # type: ignore[arg-type]
    found = engine.outcomes(batch_of(scenario, draws))
    expected = np.stack(with_numpy(scenario, draws, QUANTITIES))
    scale = np.abs(expected).max(axis=1) + 1e-12
    error = np.abs(found - expected).max(axis=1) / scale
    usual = np.abs(found - expected)[:, :PRIOR_DRAWS].max(axis=1) / scale
    worst = {str(QUANTITIES[place]): float(error[place]) for place in np.argsort(-error)[:4]}
    print(precision, worst, "draws of the prior", float(usual.max()))
    assert max(worst.values()) <= limit
    assert usual.max() <= (1e-12 if precision == "double" else 1e-4)


def test_a_parameter_that_is_compiled_in_must_be_the_same_in_all_draws(draws: dict[str, np.ndarray]) -> None:
    scenario = compiled("h200-2026")
    name = next(iter(fixed_parameters()))
    changed = draws | {name: np.linspace(1, 2, BOX)}
    with pytest.raises(InputError, match="differs between draws"):
        batch_of(scenario, changed)


def test_traced_arrays_speak_numpy() -> None:
    import jax.numpy as jnp

    array = Traced(jnp.arange(6.0, dtype=jnp.float32).reshape(2, 3), np.float32)
    assert isinstance(np.exp(array), Traced)
    assert np.concatenate([array, array], axis=0).shape == (4, 3)
    assert np.where(array > 2.0, array, 0.0).raw.sum() == 12.0
    assert (np.ones(3) * array).dtype == np.float32
    assert np.max(array, axis=0).raw.tolist() == [3.0, 4.0, 5.0]
    before = array.copy()
    array[0] = 9.0
    assert before.raw[0, 0] == 0.0
    assert array.raw[0].tolist() == [9.0, 9.0, 9.0]
    assert np.stack([array[np.array([1, 1])]]).shape == (1, 2, 3)
    np.testing.assert_allclose((array**0.5).raw, np.sqrt(np.asarray(array.raw)), rtol=1e-6)
    np.testing.assert_allclose(np.cumsum(array, axis=0).raw, np.cumsum(np.asarray(array.raw), axis=0), rtol=1e-6)


def test_inputs_of_both_kinds_of_compilation_are_the_same_arrays() -> None:
    market = inputs(compiled("h200-2026"), box())
    assert all(isinstance(value, np.ndarray | np.generic) for value in market.monthly.values())

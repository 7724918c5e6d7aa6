"""Parts of programs that are compiled as one function, and work that is shared, give what the plain program gives."""

from __future__ import annotations

import os

import numpy as np
import pytest

from countermove.market.engines import one_function as marks
from countermove.market.engines.one_function import one_function, unmerged
from countermove.market.engines.settled import product, settling
from countermove.market.engines.shared_work import work_shared

try:
    import jax
    import jax.numpy as jnp
except ImportError:  # pragma: no cover
    jax = None

pytestmark = pytest.mark.skipif(
    jax is None and os.environ.get("REQUIRE_ALL") != "1", reason="JAX is not installed: pip install 'countermove[jax]'"
)
TABLE = np.linspace(0.1, 2.0, 12 * 128, dtype=np.float32).reshape(12, 128)


def loop(start: object, rates: object) -> object:
    """Ten rounds in which a costly result is read three times."""

    def one_round(stock: object, rate: object) -> tuple[object, object]:
        costly = jnp.exp(-stock * rate) / (1.0 + stock)
        after = 0.5 * stock + costly[:1] * costly + 0.1 * costly
        return after, after.sum()

    return jax.lax.scan(work_shared(one_round, start, rates[0]), start, rates)


def plain_loop(start: np.ndarray, rates: np.ndarray) -> np.ndarray:
    stock = start.astype(float)
    for rate in rates:
        costly = np.exp(-stock * rate) / (1.0 + stock)
        stock = 0.5 * stock + costly[:1] * costly + 0.1 * costly
    return stock


RATES = np.linspace(0.1, 0.9, 10, dtype=np.float32)


def test_the_versions_in_the_lock_are_those_the_marks_were_measured_with() -> None:
    if jax.default_backend() == "cpu":
        assert marks.marks_understood(jax), "measure again, then add the version to MEASURED_WITH"


def test_one_function_gives_the_numbers_of_the_plain_program() -> None:
    (after, sums), _ = jax.jit(one_function(loop))(TABLE, RATES)
    np.testing.assert_allclose(after, plain_loop(TABLE, RATES), rtol=2e-6)
    assert sums.shape == (10,)


def test_an_argument_that_nothing_reads_does_not_end_the_process() -> None:
    (found, use) = jax.jit(one_function(lambda table, idle, number: table + 0 * number))(TABLE, TABLE[:2], np.int32(3))
    np.testing.assert_array_equal(found, TABLE)
    assert np.isfinite(use)


def test_with_another_version_of_jax_programs_are_compiled_without_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "MEASURED_WITH", ())
    compiled = jax.jit(one_function(loop)).lower(TABLE, RATES).compile()
    assert "xla_cpu_small_call" not in compiled.as_text()
    (after, _), _ = compiled(TABLE, RATES)
    np.testing.assert_allclose(after, plain_loop(TABLE, RATES), rtol=2e-6)


def test_a_costly_result_that_is_read_twice_is_stored_once() -> None:
    def twice(table: object) -> tuple[object, object]:
        costly = jnp.exp(table)
        return costly[:6] + costly[6:], 2.0 * table

    shared = jax.make_jaxpr(work_shared(twice, TABLE))(TABLE)
    barriers = [one for one in shared.eqns if one.params.get("name") == marks.BARRIER]
    assert len(barriers) == 1, "the exponential, and not the cheap doubling"
    for found, expected in zip(jax.jit(work_shared(twice, TABLE))(TABLE), twice(TABLE), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_what_is_stored_already_is_not_stored_again() -> None:
    def thrice(table: object) -> object:
        (stored,) = unmerged(jnp.exp(table))
        return stored[:6] + stored[6:] + stored[3:9]

    shared = jax.make_jaxpr(work_shared(thrice, TABLE))(TABLE)
    assert len([one for one in shared.eqns if one.params.get("name") == marks.BARRIER]) == 1


def test_a_barrier_gives_back_what_it_is_given() -> None:
    first, second = jax.jit(lambda a, b: unmerged(a + 1.0, b))(TABLE, RATES)
    np.testing.assert_array_equal(first, TABLE + 1.0)
    np.testing.assert_array_equal(second, RATES)


@pytest.mark.parametrize("known", [True, False])
def test_small_products_agree_with_numpy(known: bool) -> None:
    matrix = np.zeros((7, 12), dtype=np.float32)
    matrix[np.arange(12) % 6, np.arange(12)] = [1.0, 2.5, 1.0, 1.0, -0.5, 1.0] * 2  # one row of zeros
    with settling():
        found = jax.jit(lambda table: product(matrix if known else jnp.asarray(matrix), table))(TABLE)
    np.testing.assert_allclose(found, matrix @ TABLE, rtol=2e-6)

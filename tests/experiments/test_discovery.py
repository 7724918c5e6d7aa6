"""PRIM and CART find boxes that were put there; sensitivity orders inputs as an analytic function does."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.experiments.discovery import cart, chosen, prim, simplified

CASES = 4000


@pytest.fixture(scope="module")
def inputs() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(7)
    return {name: generator.random(CASES) for name in ("a", "b", "c", "d")}


def test_prim_finds_a_known_box(inputs: dict[str, np.ndarray]) -> None:
    interest = (inputs["a"] > 0.6) & (inputs["c"] < 0.5)
    box = simplified(chosen(prim(inputs, interest), density=0.95), inputs, interest)
    assert set(box.limits) == {"a", "c"}
    assert box.limits["a"][0] == pytest.approx(0.6, abs=0.03)
    assert box.limits["c"][1] == pytest.approx(0.5, abs=0.03)
    assert box.density > 0.95
    assert box.coverage > 0.9


def test_prim_trajectory_grows_denser_and_its_numbers_can_be_recounted(inputs: dict[str, np.ndarray]) -> None:
    interest = inputs["b"] + 0.1 * inputs["a"] > 0.8
    boxes = prim(inputs, interest)
    assert all(later.density > earlier.density for earlier, later in itertools.pairwise(boxes))
    inside = boxes[-1].contains(inputs)
    assert boxes[-1].cases == inside.sum()
    assert boxes[-1].density == pytest.approx((inside & interest).sum() / inside.sum())
    assert boxes[-1].coverage == pytest.approx((inside & interest).sum() / interest.sum())


def test_prim_peels_a_lever_with_few_values(inputs: dict[str, np.ndarray]) -> None:
    lever = np.round(inputs["d"] * 2) / 2
    interest = (lever == 1.0) & (inputs["a"] < 0.3)
    box = simplified(chosen(prim(inputs | {"d": lever}, interest), density=0.95), inputs | {"d": lever}, interest)
    assert box.limits["d"] == (1.0, 1.0)


def test_cart_finds_the_splits_of_a_known_tree(inputs: dict[str, np.ndarray]) -> None:
    interest = (inputs["a"] > 0.6) & (inputs["c"] <= 0.5)
    best, *others = cart(inputs, interest, depth=2)
    assert best.density > 0.98
    assert best.coverage > 0.98
    assert {condition.split()[0] for condition in best.conditions} == {"a", "c"}
    assert sum(rule.cases for rule in (best, *others)) == CASES


@pytest.mark.parametrize("method", [prim, cart])
def test_what_never_or_always_happens_is_refused(method: object, inputs: dict[str, np.ndarray]) -> None:
    for interest in (np.zeros(CASES, dtype=bool), np.ones(CASES, dtype=bool)):
        with pytest.raises(InputError, match="it happens in"):
            method(inputs, interest)  # type: ignore[operator]

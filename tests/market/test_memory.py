"""Memory binds those that take it: a product without stacks never feels how many there are, alone or beside others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from market_runs import Month, box, compiled, inputs, walk, worst

from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.mechanisms.domestic_supply import step
from countermove.market.offers import DOMESTIC_PRODUCTS

MONTHS = 84
"""To the end of 2028: through the years in which memory is shortest."""

MIXED = ("cambricon-590", "ascend-950pr")
"""Products whose stacks are taken away, so that their vendors make some with memory and some without."""

try:
    import jax
except ImportError:  # pragma: no cover
    jax = None

ENGINES = [
    "numpy",
    pytest.param(
        "jax",
        marks=pytest.mark.skipif(
            jax is None and os.environ.get("REQUIRE_ALL") != "1", reason="JAX is not installed: pip install 'countermove[jax]'"
        ),
    ),
]


@pytest.fixture(scope="module")
def market() -> MarketInputs:
    """The lead case over the box."""
    return inputs(compiled("h200-2026"), box())


@pytest.fixture(scope="module")
def months(market: MarketInputs) -> list[Month]:
    """Its first years, month by month."""
    return list(walk(market, months=MONTHS))


def namespace(engine: str) -> Any:
    """The array namespace of an engine, in double precision."""
    if engine == "numpy":
        return np
    assert jax is not None
    jax.config.update("jax_enable_x64", True)
    return jax.numpy


def without_stacks(stacks: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Stacks per package with those of the named products taken away, (domestic, draw or 1)."""
    taken = np.isin(DOMESTIC_PRODUCTS, names)[:, None]
    return np.where(taken, 0.0, stacks)


def made(market: MarketInputs, month: Month, engine: str, *, memory: float, mixed: bool) -> Mapping[str, np.ndarray]:
    """Flows of domestic supply in a month whose stocks and inflows of memory are scaled."""
    xp, c = namespace(engine), Bundle(market.constants)
    if mixed:
        c = Bundle(c, hbm_stacks=without_stacks(c.hbm_stacks, MIXED))
    only_memory = np.array([[1.0], [memory], [1.0]])
    before = month.before._replace(
        hbm_pool=memory * month.before.hbm_pool,
        hbm_in_house=memory * month.before.hbm_in_house,
        capacity_extra=only_memory * month.before.capacity_extra,
    )
    x = Bundle(month.x, **{name: memory * month.x[name] for name in ("hbm_imports", "hbm_domestic", "hbm_in_house")})
    _, flows = step(before, Bundle(market.parameters), c, x, month.flows, xp)
    return {name: np.asarray(value) for name, value in flows.items()}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("mixed", [False, True], ids=["as shipped", "mixed vendors"])
def test_a_product_without_stacks_never_feels_memory(market: MarketInputs, months: list[Month], engine: str, mixed: bool) -> None:
    stacks = without_stacks(market.constants["hbm_stacks"], MIXED if mixed else ())
    free = np.all(stacks == 0.0, axis=1)
    assert free.any(), "every product has stacks: the test tests nothing"
    sold = False
    for month in months[:: 1 if engine == "numpy" else 12]:
        full, short, none = (made(market, month, engine, memory=k, mixed=mixed)["domestic_made"] for k in (1.0, 0.1, 0.0))
        assert np.array_equal(full[free], short[free]), month.number
        assert np.array_equal(full[free], none[free]), month.number
        assert np.all(none[~free] == 0.0), month.number
        sold |= bool(np.any(none[free] > 0.0)) and bool(np.any(full[~free] > 0.0))
    assert sold


@pytest.mark.parametrize("mixed", [False, True], ids=["as shipped", "mixed vendors"])
def test_more_memory_never_lowers_what_anybody_makes(market: MarketInputs, months: list[Month], mixed: bool) -> None:
    for month in months[::6]:
        outputs = [made(market, month, "numpy", memory=k, mixed=mixed)["domestic_made"].sum(axis=0) for k in (0.0, 0.3, 1.0, 5.0)]
        for less, more in pairwise(outputs):
            assert np.all(more >= less * (1.0 - 1e-12)), month.number


@pytest.mark.parametrize("memory", [0.0, 0.2, 1.0])
def test_stacks_and_dies_used_are_those_of_the_packages_made_in_mixed_vendors_too(
    market: MarketInputs, months: list[Month], memory: float
) -> None:
    c = Bundle(market.constants)
    stacks = without_stacks(c.hbm_stacks, MIXED)
    for month in months:
        flows = made(market, month, "numpy", memory=memory, mixed=True)
        packages = flows["domestic_made"]
        assert worst(c.vendor_sum @ packages, flows["made_by_vendor"]) < 1e-11, month.number
        assert worst(c.vendor_sum @ (packages * c.dies_per_package), flows["dies_used"]) < 1e-9, month.number
        assert worst(c.vendor_sum @ (packages * stacks), flows["hbm_used"]) < 1e-9, month.number
        there = memory * (month.before.hbm_pool + month.before.hbm_in_house + month.x.hbm_imports) + flows["hbm_made"]
        assert np.all(flows["hbm_used"].sum(axis=0) <= there * (1.0 + 1e-9) + 1e-9), month.number


def test_memory_counts_as_ample_where_nobody_takes_it(market: MarketInputs, months: list[Month]) -> None:
    c = Bundle(market.constants, hbm_stacks=np.zeros_like(market.constants["hbm_stacks"]))
    for month in months[::12]:
        empty = month.before._replace(hbm_pool=0.0 * month.before.hbm_pool, hbm_in_house=0.0 * month.before.hbm_in_house)
        x = Bundle(month.x, **{name: 0.0 * month.x[name] for name in ("hbm_imports", "hbm_domestic", "hbm_in_house")})
        _, flows = step(empty, Bundle(market.parameters), c, x, month.flows, np)
        logic, memory, packaging = flows["input_cover"]
        assert np.all(memory >= np.minimum(logic, packaging) * (1.0 - 1e-12)), month.number

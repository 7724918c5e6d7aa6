"""The reference sampler on a posterior that is known in closed form; interrupted and resumed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numpyro", reason="pip install 'countermove[jax]'")

from countermove.inference.reference import agreement
from countermove.inference.reference_chain import potential, read_chain, run_chain

SEEN, ERROR = 1.0, 0.5


def energy():  # type: ignore[no-untyped-def]
    import jax

    jax.config.update("jax_enable_x64", True)
    return potential(
        lambda scores: (scores[:, :1] + 0.5 * scores[:, 1:2]).T,
        lambda levels: (-0.5 * ((levels - SEEN) / ERROR) ** 2).sum(axis=0),
        3,
    )


def test_differences_give_the_gradient() -> None:
    import jax

    point = np.array([0.3, -0.2, 0.7])
    rest = (0.3 - 0.1 - SEEN) / ERROR**2
    assert np.allclose(jax.grad(energy())(point), point + rest * np.array([1.0, 0.5, 0.0]), atol=1e-8)


def test_a_chain_finds_the_posterior_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    store = tmp_path / "chain-1.npz"
    first = run_chain(energy(), np.zeros(3), np.eye(3), draws=100, seed=1, store=store)
    kept = read_chain(store)
    assert kept is not None
    assert len(kept[0]["scores"]) == 100
    whole = run_chain(energy(), np.zeros(3), np.eye(3), draws=1000, seed=1, store=store)
    assert np.array_equal(whole.scores[:100], first.scores)
    assert whole.divergences == 0
    design = np.array([1.0, 0.5, 0.0])
    cover = np.linalg.inv(np.eye(3) + np.outer(design, design) / ERROR**2)
    mean = cover @ design * SEEN / ERROR**2
    exact = np.random.default_rng(0).multivariate_normal(mean, cover, size=20_000)
    match = agreement(whole.scores, exact)
    assert np.abs(match.gaps).max() < 0.2
    assert np.all(np.abs(match.ratios - 1.0) < 0.15)

"""The likelihood against plain formulas."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

pytest.importorskip("jax", reason="pip install 'countermove[jax]'")

from scipy.stats import multivariate_normal, norm

from countermove.inference.likelihood import LOG_WEIGHTS, NODES, by_misfit, draw_misfits, log_likelihood, misfit_scales
from countermove.outcomes.published import Published
from countermove.outcomes.published_errors import STRAY_CHANCE, STRAY_ERROR, Targets, targets


def row(series: str, period: str, value: float, spread: float = 0.2, outcome: str = "china_cards") -> Published:
    return Published(series, outcome, period, value, value * (1 - spread), value * (1 + spread), True, dt.date(2026, 1, 1))


@pytest.fixture(scope="module", autouse=True)
def _double() -> None:
    import jax

    jax.config.update("jax_enable_x64", True)


def aims() -> Targets:
    long = [row("a", f"2025Q{q}", 10.0 * q) for q in (1, 2, 3, 4)]
    return targets([*long, row("b", "2024", 5.0), row("c", "2024", 50.0)])


def test_a_long_series_is_one_normal_vector() -> None:
    found = aims()
    levels = found.level[:, None] + np.array([[0.1], [-0.2], [0.05], [0.3], [0.0], [0.0]])
    part = np.asarray(by_misfit(levels, found)[0])[:, 0]
    error, rho = found.error[:4], found.blocks[0][1]
    for node in (0, 12, 24):
        cover = rho * np.outer(error, error) + np.diag((1 - rho) * error**2 + misfit_scales(NODES[node]) ** 2)
        plain = multivariate_normal(np.zeros(4), cover).logpdf([0.1, -0.2, 0.05, 0.3])
        assert part[node] == pytest.approx(plain, rel=1e-9)


def test_sources_in_conflict_are_a_mixture_not_an_average() -> None:
    found = aims()
    at = [np.log(v + f) for v, f in ((5.0, found.floor[4]), (50.0, found.floor[5]), (16.0, found.floor[4]))]
    levels = np.tile(found.level[:, None], (1, 3))
    levels[4:] = np.array(at)
    total = np.asarray(log_likelihood(levels, found))
    assert total[2] < total[0] - 1.0
    assert total[2] < total[1] - 1.0


def test_a_single_value_may_be_stray() -> None:
    found = targets([row("b", "2024", 5.0)])
    node = 12
    spread = np.hypot(found.error[0], misfit_scales(NODES[node]))
    for rest in (0.0, 2.0):
        part = float(np.asarray(by_misfit(found.level[:, None] + rest, found)[0])[node, 0])
        good, bad = norm(0, spread).pdf(rest), norm(0, np.hypot(spread, STRAY_ERROR)).pdf(rest)
        assert part == pytest.approx(np.log((1 - STRAY_CHANCE) * good + STRAY_CHANCE * bad), rel=1e-9)


def test_misfit_is_integrated_out_over_its_prior() -> None:
    found = aims()
    levels = found.level[:, None] + 0.1
    parts = [np.asarray(part)[:, 0] for part in by_misfit(levels, found)]
    plain = sum(np.log((np.exp(LOG_WEIGHTS) * np.exp(part)).sum()) for part in parts)
    assert float(log_likelihood(levels, found)[0]) == pytest.approx(plain, rel=1e-9)
    assert np.exp(LOG_WEIGHTS).sum() == pytest.approx(1.0)


def test_misfits_drawn_follow_what_the_rows_say() -> None:
    found = aims()
    close, far = np.tile(found.level[:, None], (1, 400)), np.tile(found.level[:, None], (1, 400))
    far[:4] += np.array([1.0, -1.0, 1.0, -1.0])[:, None]
    small, large = draw_misfits(close, found, seed=1)[:, 0], draw_misfits(far, found, seed=1)[:, 0]
    assert small.mean() < -0.1
    assert large.mean() > 1.0
    assert np.array_equal(small, draw_misfits(close, found, seed=1)[:, 0])

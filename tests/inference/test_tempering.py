"""Tempering against a posterior that is known in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.inference.tempering import Cloud, next_temperature, start, systematic, temper

Z = np.array([[1.0, 0.5, 0.0, 0.0], [0.0, 1.0, -1.0, 0.0]])
SEEN, ERROR = np.array([1.0, -0.5]), 0.2


def gaussian(scores: np.ndarray) -> np.ndarray:
    """ln N(seen; Z z, error^2): its posterior under N(0, I) is normal."""
    return -0.5 * (((scores @ Z.T - SEEN) / ERROR) ** 2).sum(axis=1)


def exact() -> tuple[np.ndarray, np.ndarray]:
    cover = np.linalg.inv(np.eye(4) + Z.T @ Z / ERROR**2)
    return cover @ Z.T @ SEEN / ERROR**2, cover


def carried(particles: int = 2000, seed: int = 3) -> Cloud:
    return temper(start(gaussian, particles=particles, parameters=4, seed=seed), gaussian, seed=seed)


def test_particles_reach_the_exact_posterior() -> None:
    mean, cover = exact()
    found = carried()
    spread = np.sqrt(np.diag(cover))
    assert np.all(np.abs(found.scores.mean(axis=0) - mean) / spread < 0.15)
    assert np.all(np.abs(found.scores.std(axis=0) / spread - 1.0) < 0.1)


def test_a_direction_without_data_keeps_its_prior() -> None:
    found = carried().scores[:, 3]
    assert abs(found.mean()) < 0.1
    assert abs(found.std() - 1.0) < 0.07


def test_a_stored_cloud_goes_on_to_the_same_bits() -> None:
    kept: list[Cloud] = []
    whole = temper(start(gaussian, particles=400, parameters=4, seed=1), gaussian, seed=1, watch=lambda c, w: kept.append(c))
    assert len(kept) > 2
    again = temper(replace(kept[1]), gaussian, seed=1)
    assert np.array_equal(again.scores, whole.scores)
    assert again.runs == whole.runs


def test_the_next_temperature_keeps_half_of_the_particles_effective() -> None:
    fits = np.random.default_rng(0).normal(size=5000) * 30.0
    after = next_temperature(fits, 0.0)
    weight = np.exp(after * (fits - fits.max()))
    assert weight.sum() ** 2 / (weight**2).sum() / 5000 == pytest.approx(0.5, abs=1e-6)
    assert next_temperature(np.zeros(10), 0.3) == 1.0


def test_resampling_gives_every_particle_its_due_within_one() -> None:
    random = np.random.default_rng(1)
    weight = random.random(50)
    weight /= weight.sum()
    counts = np.bincount(systematic(weight, random), minlength=50)
    assert np.all(np.abs(counts - 50 * weight) < 1.0)


def test_too_few_particles_are_refused() -> None:
    with pytest.raises(InputError, match="3 particles for 4 parameters"):
        start(gaussian, particles=3, parameters=4, seed=0)

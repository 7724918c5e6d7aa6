"""Tempered sequential Monte Carlo: particles carried from the prior to the posterior in small steps.

The density at step t is ``N(z; 0, I) L(z)^b_t`` with ``0 = b_0 < ... < b_T = 1``; each b is chosen so that the weights
``L^(b_t - b_(t-1))`` keep half of the particles effective (Del Moral, Doucet and Jasra 2006; Jasra et al. 2011). After
resampling, particles move by a preconditioned Crank-Nicolson step around their own mean m and covariance C
(Cotter et al. 2013; Rudolf and Sprungk 2018): ``z' = m + sqrt(1 - s^2) (z - m) + s C^(1/2) e``, accepted with

    min(1, pi(z') N(z; m, C) / (pi(z) N(z'; m, C))).

The step s follows the acceptance. No gradient is needed, all particles are simulated side by side, and directions that
data do not touch stay what they are: draws of the prior.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

Floats = NDArray[np.float64]

KEEP_EFFECTIVE = 0.5
ACCEPT = 0.25
#: Moves go on at each temperature until the particles have forgotten where they were resampled: the mean correlation
#: with their start, in whitened units, is below this; but at most `MOST_MOVES`.
FORGOTTEN, MOST_MOVES, LEAST_MOVES = 0.2, 40, 4
LAST_FORGOTTEN = 0.05


@dataclass(frozen=True)
class Cloud:
    """Particles on their way: scores (particle, parameter), log-likelihoods (particle,), temperature, step size, counts."""

    scores: Floats
    likelihood: Floats
    temperature: float
    step: float
    stage: int
    runs: int


Likelihood = Callable[[Floats], Floats]
"""Log-likelihood of scores (particle, parameter): (particle,)."""

Watch = Callable[[Cloud, str], None]


def start(likelihood: Likelihood, *, particles: int, parameters: int, seed: int) -> Cloud:
    """Draw the particles from the prior. Raises InputError for fewer particles than twice the parameters."""
    if particles < 2 * parameters:
        raise InputError(
            f"{particles} particles for {parameters} parameters", where="particles", hint=f"give {2 * parameters} or more"
        )
    scores = np.random.default_rng([seed, 0]).standard_normal((particles, parameters))
    return Cloud(scores, likelihood(scores), 0.0, 0.3, 0, particles)


def temper(cloud: Cloud, likelihood: Likelihood, *, seed: int, watch: Watch = lambda cloud, words: None) -> Cloud:
    """Carry a cloud to temperature 1; `watch` sees it after every stage, and a stored one may be carried on."""
    while cloud.temperature < 1.0:
        cloud = _stage(cloud, likelihood, np.random.default_rng([seed, cloud.stage + 1]), watch)
    return cloud


def _stage(cloud: Cloud, likelihood: Likelihood, random: np.random.Generator, watch: Watch) -> Cloud:
    """Choose the next temperature, resample, move."""
    after = next_temperature(cloud.likelihood, cloud.temperature)
    weight = np.exp((after - cloud.temperature) * (cloud.likelihood - cloud.likelihood.max()))
    chosen = systematic(weight / weight.sum(), random)
    mean, cover = _moments(cloud.scores, weight / weight.sum())
    factor: Floats = np.asarray(np.linalg.cholesky(cover), dtype=np.float64)
    scores, fits = cloud.scores[chosen], cloud.likelihood[chosen]
    origin = np.linalg.solve(factor, (scores - mean).T)
    step, moves, rate = cloud.step, 0, 0.0
    target = LAST_FORGOTTEN if after >= 1.0 else FORGOTTEN
    most = 2 * MOST_MOVES if after >= 1.0 else MOST_MOVES
    while moves < most:
        scores, fits, rate = move(scores, fits, after, likelihood, (mean, factor, step), random)
        step = float(np.clip(step * np.exp(0.7 * (rate - ACCEPT)), 0.05, 1.0))
        moves += 1
        here = np.linalg.solve(factor, (scores - mean).T)
        memory = float((origin * here).mean() / (origin**2).mean())
        if moves >= LEAST_MOVES and memory < target:
            break
    done = replace(
        cloud,
        scores=scores,
        likelihood=fits,
        temperature=after,
        step=step,
        stage=cloud.stage + 1,
        runs=cloud.runs + moves * len(scores),
    )
    words = f"temperature {after:.4f}, {moves} moves, {rate:.0%} accepted, step {step:.2f}, memory {memory:.2f}"
    watch(done, words)
    return done


def move(
    scores: Floats,
    fits: Floats,
    temperature: float,
    likelihood: Likelihood,
    reference: tuple[Floats, Floats, float],
    random: np.random.Generator,
) -> tuple[Floats, Floats, float]:
    """One Crank-Nicolson step of every particle: new scores, their likelihoods, the share accepted."""
    mean, factor, step = reference
    noise = random.standard_normal(scores.shape)
    proposed = mean + np.sqrt(1.0 - step**2) * (scores - mean) + step * noise @ factor.T
    fresh = likelihood(proposed)

    def density(z: Floats, fit: Floats) -> Floats:
        whitened = np.linalg.solve(factor, (z - mean).T)
        value: Floats = temperature * fit - 0.5 * (z**2).sum(axis=1) + 0.5 * (whitened**2).sum(axis=0)
        return value

    ratio = density(proposed, fresh) - density(scores, fits)
    better = np.log(random.random(len(scores))) < np.nan_to_num(ratio, nan=-np.inf)
    return np.where(better[:, None], proposed, scores), np.where(better, fresh, fits), float(better.mean())


def next_temperature(fits: Floats, before: float) -> float:
    """The temperature at which `KEEP_EFFECTIVE` of the particles stay effective, by bisection; 1 when it is reached."""

    def effective(after: float) -> float:
        weight = np.exp((after - before) * (fits - fits.max()))
        return float(weight.sum() ** 2 / (weight**2).sum() / len(fits))

    if effective(1.0) >= KEEP_EFFECTIVE:
        return 1.0
    low, high = before, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if effective(middle) > KEEP_EFFECTIVE else (low, middle)
    return high


def systematic(weight: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    """Systematic resampling (Kitagawa 1996): indices (particle,) with counts within one of ``n weight``."""
    count = len(weight)
    places = (random.random() + np.arange(count)) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), places), count - 1)


def _moments(scores: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted mean and covariance, the covariance shrunk a little towards its diagonal so that it can be factored."""
    mean = weight @ scores
    apart = scores - mean
    cover = (apart * weight[:, None]).T @ apart
    effective = 1.0 / (weight**2).sum()
    share = min(0.5, scores.shape[1] / effective / 4.0)
    return mean, (1.0 - share) * cover + share * np.diag(np.diag(cover))

"""How likely the published values are, given simulated ones.

With residuals ``r_i = ln(y_i + f_i) - ln(published_i + f_i)`` and standard deviations ``v_i^2 = error_i^2 + misfit^2``:

- a long series is one normal vector, ``r ~ N(0, D (rho 11' + (1 - rho) I) D + misfit^2 I)`` with D its errors: what is
  wrong with its method is wrong in all periods;
- a fact that several sources state is a mixture over the sources, ``sum_k w_k N(r_k; 0, v_k^2)``: one of them is right,
  they are never averaged;
- a single value may measure something else than its label says, with a chance of 5% (Press 1997, "Understanding data
  better with Bayesian and global statistical methods").

``misfit`` is the model's own error, one scale per long series and one for all single values:
``ln misfit = ln 0.12 + 0.6 z``, z ~ N(0, 1) (assumption). It is integrated out on a grid of z, because a scale that is sampled
together with what it scales makes a funnel that samplers leave out; afterwards it is drawn given the rest (`draw_misfits`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.outcomes.published_errors import MISFIT_MEDIAN, MISFIT_SPREAD, STRAY_CHANCE, STRAY_ERROR, Targets

Floats = NDArray[np.float64]

#: Grid of misfit scores, and its prior weights in logarithms.
NODES = np.linspace(-3.6, 3.6, 25)
LOG_WEIGHTS = -0.5 * NODES**2 - np.log(np.exp(-0.5 * NODES**2).sum())

LOG_2PI = float(np.log(2.0 * np.pi))


def misfit_scales(scores: Any, xp: Any = np) -> Any:
    """Standard deviations of the model's own error, from standard normal scores of the same shape."""
    return MISFIT_MEDIAN * xp.exp(MISFIT_SPREAD * scores)


def log_likelihood(levels: Any, targets: Targets) -> Any:
    """Log-likelihood of simulated levels (row, lane), misfits integrated out: (lane,). Works under JAX."""
    from jax.scipy.special import logsumexp

    return sum(logsumexp(part + LOG_WEIGHTS[:, None], axis=0) for part in by_misfit(levels, targets))


def by_misfit(levels: Any, targets: Targets) -> list[Any]:
    """Log-likelihood of the rows of each misfit scale at the grid of its scores, (node, lane) each."""
    import jax.numpy as jnp

    rest = levels - jnp.asarray(targets.level)[:, None]
    own = jnp.asarray(misfit_scales(NODES))[:, None, None]
    total: list[Any] = [0.0 for _ in targets.misfits]
    for numbers, rho in targets.blocks:
        index, place = np.array(numbers), int(targets.misfit[numbers[0]])
        total[place] = total[place] + _series(rest[index], targets.error[index], own, rho)
    spread = jnp.sqrt(jnp.asarray(targets.error**2)[None, :, None] + own**2)
    for fact in targets.facts:
        index, place = np.array(fact), int(targets.misfit[fact[0]])
        total[place] = total[place] + _fact(rest[index][None], spread[:, index])
    return total


def draw_misfits(levels: Floats, targets: Targets, *, seed: int) -> Floats:
    """Misfit scores given simulated levels (row, draw): one draw each from its exact conditional on the grid, (draw, misfit)."""
    random = np.random.default_rng([seed, 11])
    found = np.empty((levels.shape[1], len(targets.misfits)))
    width = NODES[1] - NODES[0]
    for place, part in enumerate(by_misfit(levels, targets)):
        weight = np.asarray(part) + LOG_WEIGHTS[:, None]
        share = np.cumsum(np.exp(weight - weight.max(axis=0)), axis=0)
        chosen = (share < random.random(levels.shape[1]) * share[-1]).sum(axis=0)
        found[:, place] = NODES[chosen] + width * (random.random(levels.shape[1]) - 0.5)
    return found


def _series(rest: Any, error: Any, own: Any, rho: float) -> Any:
    """Normal log-density of one series at each misfit scale, (node, lane), by the inversion lemma for a rank-one term.

    Covariance ``A + u u'`` with A diagonal ``(1 - rho) e^2 + m^2`` and ``u = sqrt(rho) e``; rest (row, lane).
    """
    import jax.numpy as jnp

    e = jnp.asarray(error)[None, :, None]
    diagonal = (1.0 - rho) * e**2 + own**2
    u = np.sqrt(rho) * e
    scaled = u / diagonal
    inner = 1.0 + (u * scaled).sum(axis=1)
    square = (rest[None] ** 2 / diagonal).sum(axis=1) - (scaled * rest[None]).sum(axis=1) ** 2 / inner
    return -0.5 * (square + jnp.log(diagonal).sum(axis=1) + jnp.log(inner) + rest.shape[0] * LOG_2PI)


def _fact(rest: Any, spread: Any) -> Any:
    """Log of the mixture over the sources of a fact, each with its chance to be stray: (node, source, lane) -> (node, lane)."""
    import jax.numpy as jnp
    from jax.scipy.special import logsumexp

    stray = jnp.sqrt(spread**2 + STRAY_ERROR**2)
    good = jnp.log(1.0 - STRAY_CHANCE) + _normal(rest, spread)
    bad = jnp.log(STRAY_CHANCE) + _normal(rest, stray)
    return logsumexp(jnp.logaddexp(good, bad), axis=1) - jnp.log(spread.shape[1])


def _normal(rest: Any, spread: Any) -> Any:
    import jax.numpy as jnp

    return -0.5 * (rest / spread) ** 2 - jnp.log(spread) - 0.5 * LOG_2PI

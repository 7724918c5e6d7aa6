"""How likely the published values are, given simulated ones.

With residuals ``r_i = ln(y_i + f_i) - ln(published_i + f_i)`` and standard deviations ``v_i^2 = error_i^2 + misfit^2``:

- a long series is one normal vector, ``r ~ N(0, D (rho 11' + (1 - rho) I) D + misfit^2 I)`` with D its errors: what is
  wrong with its method is wrong in all periods;
- a fact that several sources state is a mixture over the sources, ``sum_k w_k N(r_k; 0, v_k^2)``: one of them is right,
  they are never averaged;
- a single value may measure something else than its label says, with a chance of 5% (Press 1997, "Understanding data
  better with Bayesian and global statistical methods").

``misfit`` is the model's own error, one scale per long series and one for all single values:
``ln misfit = ln 0.12 + 0.6 z``, z ~ N(0, 1) (assumption), estimated with the parameters.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from countermove.inference.published_errors import STRAY_CHANCE, STRAY_ERROR, Targets

MISFIT_MEDIAN, MISFIT_SPREAD = 0.12, 0.6

LOG_2PI = float(np.log(2.0 * np.pi))


def misfit_scales(scores: Any, xp: Any = np) -> Any:
    """Standard deviations of the model's own error, from standard normal scores of the same shape."""
    return MISFIT_MEDIAN * xp.exp(MISFIT_SPREAD * scores)


def log_likelihood(levels: Any, misfit_scores: Any, targets: Targets) -> Any:
    """Log-likelihood of simulated levels (row, lane) with misfit scores (lane, misfit): (lane,). Works under JAX."""
    import jax.numpy as jnp

    rest = levels - jnp.asarray(targets.level)[:, None]
    own = misfit_scales(misfit_scores, jnp).T[targets.misfit]
    total = jnp.zeros(levels.shape[1])
    for numbers, rho in targets.blocks:
        total = total + _series(rest[np.array(numbers)], targets.error[np.array(numbers)], own[numbers[0]], rho)
    spread = jnp.sqrt(jnp.asarray(targets.error**2)[:, None] + own**2)
    for fact in targets.facts:
        total = total + _fact(rest[np.array(fact)], spread[np.array(fact)])
    return total


def _series(rest: Any, error: Any, own: Any, rho: float) -> Any:
    """Normal log-density of one series, (lane,), by the matrix determinant and inversion lemmas for a rank-one term.

    Covariance ``A + u u'`` with A diagonal ``(1 - rho) e^2 + m^2`` and ``u = sqrt(rho) e``.
    """
    import jax.numpy as jnp

    e = jnp.asarray(error)[:, None]
    diagonal = (1.0 - rho) * e**2 + own[None] ** 2
    u = np.sqrt(rho) * e
    scaled = u / diagonal
    inner = 1.0 + (u * scaled).sum(axis=0)
    square = (rest**2 / diagonal).sum(axis=0) - (scaled * rest).sum(axis=0) ** 2 / inner
    return -0.5 * (square + jnp.log(diagonal).sum(axis=0) + jnp.log(inner) + rest.shape[0] * LOG_2PI)


def _fact(rest: Any, spread: Any) -> Any:
    """Log of the mixture over the sources of a fact, each with its chance to be stray, (lane,)."""
    import jax.numpy as jnp
    from jax.scipy.special import logsumexp

    stray = jnp.sqrt(spread**2 + STRAY_ERROR**2)
    good = jnp.log(1.0 - STRAY_CHANCE) + _normal(rest, spread)
    bad = jnp.log(STRAY_CHANCE) + _normal(rest, stray)
    each = jnp.logaddexp(good, bad)
    return logsumexp(each, axis=0) - jnp.log(rest.shape[0])


def _normal(rest: Any, spread: Any) -> Any:
    import jax.numpy as jnp

    return -0.5 * (rest / spread) ** 2 - jnp.log(spread) - 0.5 * LOG_2PI

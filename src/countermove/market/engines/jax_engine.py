"""The JAX engine."""

from __future__ import annotations

from typing import Any

from countermove.errors import EnvironmentProblem


def require_jax() -> Any:
    """Return the jax module; EnvironmentProblem with the install line when it is missing."""
    try:
        import jax
    except ImportError as error:
        raise EnvironmentProblem("JAX is not installed", where="engine", hint="pip install 'countermove[jax]'") from error
    return jax

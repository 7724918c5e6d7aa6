"""One joint sample of the parameters: each its prior's quantile function at a stream of its own, or a row of the posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InputError, did_you_mean
from countermove.experiments.correlations import Correlations, load_correlations
from countermove.experiments.streams import STREAMS, Floats, uniforms

if TYPE_CHECKING:
    from countermove.evidence.schema import Parameter
    from countermove.experiments.ensemble import Ensemble


def sample(
    parameters: Mapping[str, Parameter],
    *,
    seed: int,
    draws: int,
    fixed: Mapping[str, float] | None = None,
    first: int = 0,
    streams: Sequence[str] = STREAMS,
    correlations: Correlations | None = None,
    posterior: Ensemble | None = None,
) -> dict[str, Floats]:
    """Return one joint sample of the parameters, plus the uniform `streams`, each of shape `(draw,)`.

    Each parameter is its prior's quantile function at its own uniforms; those of a declared group are first joined by a
    Gaussian copula (`correlations`, by default the ones of the data tree). Parameters of the `posterior` take its uniforms
    instead, all from the same row.
    `fixed` pins parameters by name, in their own unit.
    Raises InputError for a pinned name that is no parameter, or a value outside its valid range.
    """
    from countermove.evidence.priors import Fixed

    pinned = dict(fixed or {})
    for name, value in pinned.items():
        check_value(parameters, name, value)
    groups = load_correlations() if correlations is None else correlations
    learnt = {} if posterior is None else posterior.uniforms(seed=seed, draws=draws, first=first)
    single = {name for name, parameter in parameters.items() if isinstance(parameter.prior, Fixed)}
    asked = groups.closed_over(parameters.keys() - pinned.keys() - learnt.keys() - single) & parameters.keys()
    joint = groups.join({name: uniforms(seed, name, draws, first=first) for name in parameters if name in asked})
    any_level = np.full(draws, 0.5)  # of a parameter with one value
    values = {
        name: np.full(draws, float(pinned[name]))
        if name in pinned
        else np.asarray(parameter.ppf(learnt[name] if name in learnt else joint.get(name, any_level)), dtype=np.float64)
        for name, parameter in parameters.items()
    }
    return values | {name: uniforms(seed, name, draws, first=first) for name in streams}


def check_value(parameters: Mapping[str, Parameter], name: str, value: float, *, where: str = "") -> None:
    """Raise InputError unless `name` is a parameter and `value` lies within its valid range."""
    if name not in parameters:
        raise InputError(f"no parameter named {name!r}", where=where, hint=did_you_mean(name, parameters))
    parameter = parameters[name]
    low, high = parameter.valid
    if not low <= value <= high:
        raise InputError(
            f"{name} = {value:g} is outside its valid range {low:g} to {high:g} {parameter.unit}",
            where=where,
            hint=f"give {parameter.label} in {parameter.unit}",
        )

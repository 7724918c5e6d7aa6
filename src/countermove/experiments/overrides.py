"""Overridden parameters: checking their paths and values, and putting them in place of the priors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countermove.errors import InputError, nearest
from countermove.experiments.draws import check_value
from countermove.experiments.scenario_file import Override, Range
from countermove.experiments.schedules import Where

if TYPE_CHECKING:
    from countermove.evidence.schema import Parameter

KIND = "parameters/"


@dataclass(frozen=True)
class Assumptions:
    """The parameters of one run: priors (some of them replaced) and pinned values, by parameter name."""

    parameters: Mapping[str, Parameter]
    fixed: Mapping[str, float]


def check_overrides(overrides: Mapping[str, Override], *, where: Where) -> None:
    """Raise InputError for an unknown path, a value outside its valid range, and a range whose ends are exchanged."""
    if not overrides:
        return
    from countermove.evidence.ledger import load_parameters

    parameters = load_parameters()
    for path, value in overrides.items():
        place = where("set", path)
        name = _parameter_name(path, parameters, where=place)
        ends = (value.low, value.high) if isinstance(value, Range) else (float(value),)
        for end in ends:
            if not math.isfinite(end):
                raise InputError(
                    f"{end} is not a finite number", where=place, hint=f"give {parameters[name].label} in {parameters[name].unit}"
                )
            check_value(parameters, name, end, where=place)
        if isinstance(value, Range) and not value.low < value.high:
            raise InputError(
                f"low {value.low:g} is not below high {value.high:g}",
                where=place,
                hint="exchange them, or give one value to pin it",
            )


def apply_overrides(parameters: Mapping[str, Parameter], overrides: Mapping[str, Override]) -> Assumptions:
    """Return the parameters with replaced priors, and the pinned values; the overrides have been checked."""
    from countermove.evidence.priors import Uniform

    replaced, fixed = dict(parameters), {}
    for path, value in overrides.items():
        name = path.removeprefix(KIND)
        if isinstance(value, Range):
            replaced[name] = parameters[name].model_copy(update={"prior": Uniform(low=value.low, high=value.high)})
        else:
            fixed[name] = float(value)
    return Assumptions(replaced, fixed)


def _parameter_name(path: str, parameters: Mapping[str, Parameter], *, where: str) -> str:
    name = path.removeprefix(KIND)
    if path.startswith(KIND) and name in parameters:
        return name
    near = nearest(path, [f"{KIND}{parameter}" for parameter in parameters]) if "." in name else None
    hint = f"did you mean '{near}'?" if near else "only parameters/NAME can be set; `countermove evidence` lists them"
    raise InputError(f"no parameter at {path!r}", where=where, hint=hint)

"""Where sources disagree about a parameter, and what it means to believe one of them.

Two kinds of prior keep a disagreement: a mixture, whose components are readings of conflicting sources, and a range whose low and
high end come from different makers. To believe one side is to hold the parameter to that component's prior, or to that end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from countermove.evidence.ledger import Ledger
from countermove.evidence.priors import Fixed, Mixture, Prior
from countermove.evidence.schema import Claim, Parameter
from countermove.experiments.overrides import Assumptions
from countermove.experiments.pipeline import Compiled
from countermove.quantities.units import convert


@dataclass(frozen=True)
class Side:
    """One side of a disagreement: whose, what the parameter then is, in words and as a prior, and the claims behind it."""

    made_by: tuple[str, ...]
    words: str
    prior: Prior
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Disagreement:
    """A parameter on which sources disagree; `kind` is mixture or range."""

    parameter: Parameter
    kind: str
    sides: tuple[Side, ...]


def disagreements(parameters: Mapping[str, Parameter], ledger: Ledger) -> list[Disagreement]:
    """Return every disagreement that a prior keeps, mixtures first; ends that the same makers state are none."""
    found = [one for parameter in parameters.values() if (one := _disagreement(parameter, ledger)) is not None]
    return sorted(found, key=lambda one: one.kind != "mixture")


def _disagreement(parameter: Parameter, ledger: Ledger) -> Disagreement | None:
    if isinstance(parameter.prior, Mixture):
        sides = tuple(_component(parameter, number, ledger) for number in range(len(parameter.prior.components)))
        return Disagreement(parameter, "mixture", sides)
    low, high = (_stating(parameter, end, ledger) for end in ("low", "high"))
    if parameter.prior.kind == "fixed" or not low or not high or set(_makers(low)) & set(_makers(high)):
        return None
    ends = zip((low, high), parameter.prior.stated(), strict=True)
    return Disagreement(parameter, "range", tuple(_end(parameter, claims, value) for claims, value in ends))


def _end(parameter: Parameter, claims: list[Claim], value: float) -> Side:
    words = f"{value:g}{_unit(parameter)}"
    return Side(_makers(claims), words, Fixed(kind="fixed", value=value), tuple(claim.id for claim in claims))


def _component(parameter: Parameter, number: int, ledger: Ledger) -> Side:
    """One component, with the claims whose value lies in it; a value on an edge belongs to the component below."""
    assert isinstance(parameter.prior, Mixture)  # noqa: S101  (the caller has checked)
    prior = parameter.prior.components[number].prior
    low, high = prior.support()
    claims = [
        claim
        for support in parameter.sources
        if support.claim and (value := _value(claim := ledger.claims[support.claim], parameter)) is not None
        if low < value <= high or (number == 0 and value == low)
    ]
    return Side(_makers(claims), f"{low:g} to {high:g}{_unit(parameter)}", prior, tuple(claim.id for claim in claims))


def _value(claim: Claim, parameter: Parameter) -> float | None:
    """Return the number of a claim in the parameter's unit; None where it has none."""
    stated = claim.value if claim.value is not None else claim.high if claim.high is not None else claim.low
    return None if stated is None or claim.unit is None else float(convert(stated, claim.unit, parameter.unit))


def _stating(parameter: Parameter, end: str, ledger: Ledger) -> list[Claim]:
    return [ledger.claims[support.claim] for support in parameter.sources if support.claim and support.supports == end]


def _makers(claims: list[Claim]) -> tuple[str, ...]:
    """Who says it: makers of the claims, each once; what we only computed is its source's."""
    return tuple(dict.fromkeys(claim.made_by.removeprefix("Countermove, from ") for claim in claims))


def _unit(parameter: Parameter) -> str:
    return "" if parameter.unit == "1" else f" {parameter.unit}"


def held(compiled: Compiled, name: str, prior: Prior) -> Compiled:
    """Return a compiled scenario with one parameter held to a prior; random numbers and what data say of others stay."""
    assumed = compiled.assumptions
    parameters = dict(assumed.parameters) | {name: assumed.parameters[name].model_copy(update={"prior": prior})}
    pinned = {other: value for other, value in assumed.fixed.items() if other != name}
    posterior = compiled.posterior.without([name]) if compiled.posterior is not None else None
    return replace(compiled, assumptions=Assumptions(parameters, pinned), posterior=posterior)

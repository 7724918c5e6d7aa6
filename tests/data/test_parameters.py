"""The parameters: each says why its range is what it is, and enough of them rest on sources that state both ends."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from countermove.evidence.data_tree import DATA
from countermove.evidence.derived import Amount, evaluate
from countermove.evidence.ledger import load_ledger, load_parameters
from countermove.evidence.schema import Claim, Parameter
from countermove.evidence.strict_yaml import load
from countermove.quantities.units import Unit

LEDGER = load_ledger()
PARAMETERS = LEDGER.parameters
UNCERTAIN = {name: parameter for name, parameter in PARAMETERS.items() if parameter.prior.kind != "fixed"}
#: Claims made for the parameters, of which those with a formula are checked end to end.
DERIVED = {
    name: LEDGER.claims[name]
    for name in load(DATA / "claims" / "parameters.yaml").mapping("claims")
    if LEDGER.claims[name].derived
}
#: What has been reached, so that it is not lost unseen.
LEAST_SOURCED = 45

each_parameter = pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=PARAMETERS.keys())
each_derived = pytest.mark.parametrize("claim", DERIVED.values(), ids=DERIVED.keys())


def sentences(text: str) -> list[str]:
    """Split a note at full stops; a decimal point is no full stop."""
    return [part for part in re.split(r"(?<=[.;])\s+", text.strip()) if part]


def bases(parameter: Parameter) -> Iterator[Claim]:
    """The claims that carry a number of the prior, not only context."""
    for support in parameter.sources:
        if support.claim and support.supports != "context":
            yield LEDGER.claims[support.claim]


def test_the_short_path_and_the_ledger_load_the_same_parameters() -> None:
    assert load_parameters() == PARAMETERS


def test_enough_uncertain_parameters_are_sourced_and_both_sides_speak() -> None:
    sourced = {name: parameter for name, parameter in UNCERTAIN.items() if parameter.basis == "sourced"}
    sides = Counter(
        source.side for parameter in sourced.values() for claim in bases(parameter) for source in LEDGER.sources_of(claim)
    )
    total = sum(sides.values())
    shares = ", ".join(f"{side} {count / total:.0%}" for side, count in sides.most_common())
    print(f"{len(sourced)} of {len(UNCERTAIN)} uncertain parameters are sourced; homes of their sources: {shares}")
    assert len(sourced) >= LEAST_SOURCED
    assert {"us", "cn", "other"} <= set(sides)


@each_parameter
def test_an_assumption_says_so_first_and_a_sourced_note_says_whose_numbers_these_are(parameter: Parameter) -> None:
    first, *_ = sentences(parameter.note)
    if parameter.basis == "assumption":
        assert "assumption" in first.lower()
    else:
        assert not first.lower().startswith("assumption")
        assert parameter.sources
    assert len(parameter.note) > 20
    assert parameter.note.endswith(".")


@each_parameter
def test_a_sourced_prior_rests_on_no_recalled_number(parameter: Parameter) -> None:
    if parameter.basis == "sourced":
        assert all(claim.grade in {"A", "B", "C"} for claim in bases(parameter))


@each_parameter
def test_no_draw_lies_outside_the_hard_limits(parameter: Parameter) -> None:
    low, high = parameter.valid
    stated_low, stated_high = parameter.prior.stated()
    assert low <= stated_low <= stated_high <= high
    draws = parameter.ppf(np.array([1e-9, 0.001, 0.05, 0.5, 0.95, 0.999, 1 - 1e-9]))
    assert np.all((draws >= low) & (draws <= high))


@each_parameter
def test_a_unit_parses(parameter: Parameter) -> None:
    assert str(Unit.parse(parameter.unit))


@each_parameter
def test_a_label_stands_on_its_own(parameter: Parameter) -> None:
    assert 8 <= len(parameter.label) <= 110
    assert not re.match(r"the same\b", parameter.label, re.IGNORECASE)
    assert not parameter.label.endswith(".")


def test_labels_and_last_names_are_unique() -> None:
    """The market reads parameters by their last name; people read them by their label."""
    for names in ([p.label for p in PARAMETERS.values()], [name.rpartition(".")[2] for name in PARAMETERS]):
        assert not [name for name, count in Counter(names).items() if count > 1]


@each_derived
def test_the_band_of_a_derived_claim_spans_the_extremes_of_its_formula(claim: Claim) -> None:
    """Its value is checked with all claims; here low and high, over every corner of the inputs' stated bounds."""
    assert claim.derived is not None
    assert claim.unit is not None
    if claim.low is None and claim.high is None:
        return
    inputs = [LEDGER.claims[name] for name in claim.derived.inputs]
    corners = []
    for numbers in itertools.product(*(_stated(each) for each in inputs)):
        amounts = {chr(ord("a") + n): _amount(number, each) for n, (number, each) in enumerate(zip(numbers, inputs, strict=True))}
        corners.append(evaluate(claim.derived.formula, amounts).value / Unit.parse(claim.unit).factor)
    assert claim.value is not None
    assert math.isclose(claim.low if claim.low is not None else claim.value, min(corners), rel_tol=1e-3)
    assert math.isclose(claim.high if claim.high is not None else claim.value, max(corners), rel_tol=1e-3)


def _stated(claim: Claim) -> list[float]:
    return [number for number in (claim.low, claim.value, claim.high) if number is not None]


def _amount(number: float, claim: Claim) -> Amount:
    assert claim.unit is not None
    unit = Unit.parse(claim.unit)
    return Amount(number * unit.factor, unit)

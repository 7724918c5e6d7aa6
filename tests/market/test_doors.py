"""Every mechanism touches what it declares, all of it and nothing else; every name has a unit that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from market_runs import box, compiled, inputs, walk

from countermove.errors import InputError
from countermove.evidence.ledger import load_parameters
from countermove.market import observe as observation
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.mechanism import Flows, Mechanism
from countermove.market.model import ORDER, Model, check_doors
from countermove.market.simulate import LEVELS, ONCE
from countermove.market.state import STATE_UNITS, State
from countermove.quantities.units import Unit

MONTHS = 50
"""Long enough to pass through the January resets, the rule of 2026 and the H200's stock."""


class Recording:
    """A view that remembers which names were read through it."""

    def __init__(self, values: Any) -> None:
        self._values = values
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self._values, name)


class Touched:
    """What one mechanism has read and written over all months, by door."""

    def __init__(self) -> None:
        self.doors: dict[str, set[str]] = {
            door: set()
            for door in ("state_reads", "parameters", "constants", "inputs", "flow_reads", "state_writes", "flow_writes")
        }

    def step(self, mechanism: Mechanism) -> Any:
        """The mechanism's step behind recording views."""

        def recorded(*given: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
            *values, xp = given
            views = [Recording(value) for value in values]
            state, flows = mechanism.step(*views, xp)
            for door, view in zip(("state_reads", "parameters", "constants", "inputs", "flow_reads"), views, strict=True):
                self.doors[door] |= view.read
            self.doors["state_writes"] |= set(state)
            self.doors["flow_writes"] |= set(flows)
            return state, flows

        return recorded


@pytest.fixture(scope="module")
def market() -> MarketInputs:
    """A preset in which both gates move, over the box."""
    return inputs(compiled("h200-2026"), box())


@pytest.fixture(scope="module")
def touched(market: MarketInputs) -> dict[str, Touched]:
    """What every mechanism touched in the first years."""
    found = {m.name: Touched() for m in ORDER}
    model = Model(tuple(replace(m, step=found[m.name].step(m)) for m in ORDER))
    for _ in walk(market, model=model, months=MONTHS):
        pass
    return found


@pytest.mark.parametrize("mechanism", ORDER, ids=lambda m: m.name)
def test_a_mechanism_touches_what_it_declares_and_nothing_else(mechanism: Mechanism, touched: dict[str, Touched]) -> None:
    for door, names in touched[mechanism.name].doors.items():
        declared = getattr(mechanism, door)
        assert len(set(declared)) == len(declared), f"{door} names something twice"
        assert set(declared) - names == set(), f"{door}: declared but idle"
        assert names - set(declared) == set(), f"{door}: touched but not declared"


def test_the_observer_touches_what_it_declares_and_nothing_else(market: MarketInputs) -> None:
    (month,) = walk(market, months=1)
    views = [Recording(v) for v in (month.after, Bundle(market.parameters), Bundle(market.constants), month.x, month.flows)]
    observation.observe(*views, np)
    assert views[1].read == set(observation.PARAMETERS)
    assert views[2].read == set(observation.CONSTANTS)
    assert views[3].read == set(observation.INPUTS)


def test_no_flow_is_written_that_nobody_reads(market: MarketInputs) -> None:
    (month,) = walk(market, months=1)
    flows = Recording(month.flows)
    observation.observe(month.after, Bundle(market.parameters), Bundle(market.constants), month.x, flows, np)
    read = flows.read | {name for m in ORDER for name in m.flow_reads} | FOR_READERS
    assert {name for m in ORDER for name in m.flow_writes} - read == set()


FOR_READERS = {
    # Kept so that tests and readers can follow money and parts; see the tests of conservation.
    "money",
    "tied_domestic",
    "paid_by_segment",
    "abandoned",
    "good_dies",
    "dies_used",
    "hbm_used",
    "retired",
    "capacity_spending",
    "us_bandwidth_added",
    "unit_cost_index",
}


def test_the_model_contradicts_none_of_its_declarations() -> None:
    assert check_doors(Model()) == []


def test_contradictory_declarations_are_found() -> None:
    backwards = check_doors(Model(tuple(reversed(ORDER))))
    assert any("reads flow 'desired' before it is written" in problem for problem in backwards)
    twice = check_doors(Model((*ORDER, ORDER[-1])))
    assert any("which us_side owns" in problem for problem in twice)
    without = check_doors(Model(tuple(m for m in ORDER if m.name != "prices")))
    assert "no mechanism writes 'price'" in without
    strange = replace(ORDER[0], state_reads=("gold",))
    assert "gates names unknown stock 'gold'" in check_doors(Model((strange, *ORDER[1:])))


def test_replacing_a_mechanism_swaps_that_one_and_acts(market: MarketInputs) -> None:
    def no_rental(*given: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        state, flows = Model().mechanism("offshore").step(*given)
        return state, {name: 0.0 * value for name, value in flows.items()}

    usual = Model()
    other = usual.replace("offshore", no_rental)
    assert [m.name for m in other.mechanisms] == [m.name for m in usual.mechanisms]
    assert [m.name for m, n in zip(usual.mechanisms, other.mechanisms, strict=True) if m is not n] == ["offshore"]
    assert check_doors(other) == []
    *_, last = walk(market, model=other, months=MONTHS)
    assert np.all(last.flows.rental_offered == 0.0)
    *_, before = walk(market, months=MONTHS)
    assert np.any(before.flows.rental_offered > 0.0)


def test_replacing_an_unknown_mechanism_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError, match="no mechanism 'learnin'") as caught:
        Model().replace("learnin", lambda *_: ({}, {}))
    assert "learning" in str(caught.value)


def test_every_stock_has_a_unit_that_can_be_read() -> None:
    assert set(STATE_UNITS) == set(State._fields)
    for text in STATE_UNITS.values():
        Unit.parse(text)


def test_every_observed_series_has_a_unit_that_can_be_read(market: MarketInputs) -> None:
    (month,) = walk(market, months=1)
    p, c = Bundle(market.parameters), Bundle(market.constants)
    seen = observation.observe(month.after, p, c, month.x, month.flows, np)
    assert set(seen) == set(observation.UNITS)
    for text in observation.UNITS.values():
        Unit.parse(text)
    assert set(seen) >= LEVELS
    assert set(ONCE) <= set(market.monthly)


def test_every_parameter_a_mechanism_uses_is_in_the_ledger_with_a_unit_that_can_be_read() -> None:
    by_last_name = {path.rsplit(".", 1)[-1]: parameter for path, parameter in load_parameters().items()}
    assert len(by_last_name) == len(load_parameters()), "two parameters share their last name"
    for mechanism in ORDER:
        for name in mechanism.parameters:
            Unit.parse(by_last_name[name].unit)


@pytest.mark.parametrize("mechanism", ORDER, ids=lambda m: m.name)
def test_a_mechanism_says_what_it_computes_and_where_from(mechanism: Mechanism) -> None:
    from countermove.evidence.ledger import load_ledger

    assert mechanism.title
    assert mechanism.equation
    assert set(mechanism.sources) <= set(load_ledger().sources)


def test_shapes_stay_as_they_start(market: MarketInputs) -> None:
    *_, last = walk(market, months=3)
    for name, start in zip(State._fields, market.initial, strict=True):
        assert getattr(last.after, name).shape == np.shape(start), name
    assert isinstance(last.flows, Flows)

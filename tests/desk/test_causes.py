"""The structure that explanations walk is the structure of the code."""

from __future__ import annotations

from countermove.desk import causes
from countermove.desk.vocabulary import CONSTANTS, INPUTS, TABLES, missing
from countermove.evidence.ledger import load_parameters
from countermove.experiments.streams import STREAMS
from countermove.market.observe import UNITS
from countermove.outcomes import OUTCOMES
from countermove.quantities.units import Unit

#: Inputs and constants that no parameter, lever or table fills: the structure of the model itself.
STRUCTURE = {
    "domestic_offers",
    "dt",
    "exposed_to_cutoff",
    "has_own_hbm",
    "has_successor",
    "new_year",
    "owned",
    "successor",
    "usual_split",
    "vendor_index",
    "vendor_sum",
}


def test_every_door_of_every_mechanism_is_described_and_no_other() -> None:
    assert missing() == [], "describe new doors in desk/vocabulary.py"


def test_the_units_of_doors_are_units() -> None:
    from countermove.desk.vocabulary import FLOWS

    for name, (unit, meaning) in {**FLOWS, **INPUTS, **CONSTANTS}.items():
        assert meaning, name
        if name != "pool_cost":  # three pools, three units
            Unit.parse(unit)


def test_every_input_and_constant_comes_from_somewhere() -> None:
    filled = {door for doors in causes.doors_of_parameters().values() for door in doors}
    filled |= {door for doors in causes.doors_of_levers().values() for door in doors}
    filled |= {door for doors in TABLES.values() for door in doors}
    assert {*INPUTS, *CONSTANTS} - filled <= STRUCTURE


def test_every_parameter_acts_in_a_mechanism_or_on_a_series() -> None:
    acting = {name for mechanism in causes.mechanisms() for name in causes.parameters_of(mechanism)}
    acting |= {name for series in causes.series_reads() for name in causes.parameters_of_series(series)}
    assert acting == set(load_parameters())


def test_every_lever_and_every_stream_opens_a_door() -> None:
    assert all(causes.doors_of_levers().values())
    assert all(causes.doors_of_parameters()[stream] for stream in STREAMS)


def test_every_series_is_written_by_a_mechanism_or_given() -> None:
    assert set(causes.series_reads()) == set(UNITS)
    given = {name for name in UNITS if not causes.writers(name)}
    assert given == {"budget", "world_cost_per_work"}


def test_every_outcome_is_reached_by_the_gates() -> None:
    """Stocks feed back, so that every outcome but the world's own stands in a chain that begins at the gates."""
    for outcome in OUTCOMES.values():
        steps = causes.steps_upstream(outcome.reads)
        assert steps, outcome.id
        assert min(steps.values()) == 0
        assert "gates" in steps, outcome.id


def test_a_feed_is_lagged_exactly_when_it_is_a_stock() -> None:
    for name, mechanism in causes.mechanisms().items():
        for feed in causes.feeds(name):
            writer = causes.mechanisms()[feed.mechanism]
            assert set(feed.doors) <= set(writer.state_writes if feed.lagged else writer.flow_writes)
            assert set(feed.doors) <= set(mechanism.state_reads if feed.lagged else mechanism.flow_reads)

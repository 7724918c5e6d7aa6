"""What is not touched does not move: the past before a lever, and the random numbers beside a new name or a longer run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from market_runs import SEED, box, box_run, compiled, inputs, run, with_levers

from countermove.evidence.ledger import load_parameters
from countermove.experiments.draws import sample
from countermove.experiments.pipeline import same_past
from countermove.market.simulate import Trajectory, simulate
from countermove.quantities.calendar import MONTHS, month_index

PAIRS = (
    ("no-h200", "h200-2026", "2026-01"),
    ("no-h200", "h20-only", "2026-01"),
    ("h200-2026", "h200-rule+open", "2026-01"),
    ("h200-rule+open", "h200-rule+necessity", "2026-01"),
    ("h200-rule+open", "h200-rule+bundled", "2026-01"),
    ("h200-rule+open", "open-h200+open", "2026-02"),
    ("open-h200+open", "open-h200+ban", "2026-01"),
    ("open-h200+open", "stall+open", "2026-02"),
    ("h200-2026", "no-controls", "2022-09"),
    ("all-open+open", "all-open+open+70bn", "2026-01"),
)

LATE: dict[str, Any] = {
    "washington.performance_ceiling": 2400,
    "washington.volume_cap": {"value": 0.05, "reference_period": "yearly"},
    "washington.duty": 1.0,
    "washington.licence_scope": 0.0,
    "washington.component_controls": 1.0,
    "washington.enforcement": 1.0,
    "washington.offshore_access": 0.0,
    "beijing.import_gate": {"value": 0.667, "mode": "bundled-necessity", "ceiling": 50},
    "beijing.procurement_mandate": 0.8,
    "beijing.subsidy": {"value": 50.0, "vendor": 0.5, "user": 0.2, "fab": 0.3},
    "beijing.capacity_push": 2.0,
    "beijing.grey_enforcement": 1.0,
}
"""Every lever, moved far in the middle of a year."""


def months_alike(one: Trajectory, other: Trajectory) -> int:
    """Number of months from the start in which every series is the same to the last bit."""
    return next(month for month in range(MONTHS, -1, -1) if same_past(one, other, until=month) is None)


@pytest.mark.parametrize(("one", "other", "start"), PAIRS)
def test_presets_share_their_past_to_the_last_bit(one: str, other: str, start: str) -> None:
    assert same_past(box_run(one), box_run(other), until=month_index(start)) is None
    assert months_alike(box_run(one), box_run(other)) < MONTHS


@pytest.mark.parametrize("lever", LATE)
def test_a_lever_moved_later_leaves_the_past_alone_to_the_last_bit(lever: str) -> None:
    start = "2028-07"
    moved = run(with_levers("h200-rule+open", {lever: {start: LATE[lever]}}))
    alike = months_alike(box_run("h200-rule+open"), moved)
    assert alike >= month_index(start)
    assert alike < MONTHS, "the lever moves nothing at all"


def test_the_same_run_twice_is_the_same_to_the_last_bit() -> None:
    assert same_past(box_run("h200-2026"), run(compiled("h200-2026")), until=MONTHS) is None


def test_a_new_parameter_moves_no_draw_of_the_market() -> None:
    parameters = load_parameters()
    newcomer = next(iter(parameters.values())).model_copy(update={"id": "supply.aaa_newcomer"})
    few = sample(parameters, seed=SEED, draws=64)
    many = sample({"supply.aaa_newcomer": newcomer, **parameters}, seed=SEED, draws=64)
    scenario = compiled("h200-2026")
    assert same_past(run(scenario, few), run(scenario, many), until=MONTHS) is None


def test_more_draws_leave_the_first_ones_as_they_were() -> None:
    scenario = compiled("h200-2026")
    long, short = (run(scenario, sample(load_parameters(), seed=SEED, draws=n)) for n in (128, 64))
    for name, series in short.monthly.items():
        assert np.array_equal(series, long.monthly[name][..., :64]), name


def test_two_presets_differ_in_a_draw_only_by_their_levers() -> None:
    one, other = (inputs(compiled(name), box()) for name in ("no-h200", "open-h200+open"))
    for name, values in one.parameters.items():
        assert np.array_equal(values, other.parameters[name]), name
    for name, values in one.constants.items():
        assert np.array_equal(values, other.constants[name]), name


def test_one_draw_alone_gives_what_it_gives_among_others() -> None:
    chosen = 7
    alone = simulate(inputs(compiled("h200-2026"), {name: values[chosen : chosen + 1] for name, values in box().items()}))
    among = box_run("h200-2026")
    for name, series in alone.monthly.items():
        expected = among.monthly[name][..., chosen : chosen + 1]
        assert np.allclose(series, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max()), name

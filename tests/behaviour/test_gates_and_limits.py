"""A closed gate delivers nothing and voids orders; deliveries keep to Washington's cap and Beijing's ceiling."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from market_runs import PRESETS, Month, box, changed, compiled, inputs, walk, with_levers

from countermove.market.offers import FOREIGN, FOREIGN_PRODUCTS, H200
from countermove.quantities.calendar import month_index

ROOM = 1.0 + 1e-9
"""Rounding allowed above a limit."""


def months_of(preset: str, levers: dict[str, Any] | None = None, **parameters: float) -> list[Month]:
    """All months of a preset over the box, with levers and parameters changed."""
    scenario = with_levers(preset, levers) if levers else compiled(preset)
    return list(walk(inputs(scenario, changed(box(), **parameters))))


@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_is_delivered_or_kept_on_order_where_a_gate_is_closed(preset: str) -> None:
    closed_somewhere = False
    for m in walk(inputs(compiled(preset), box())):
        closed = m.flows.gate_open == 0.0
        closed_somewhere |= bool(closed[H200].any())
        assert np.all(m.flows.foreign_paid[closed] == 0.0), m.number
        assert np.all(m.flows.requests[closed] == 0.0), m.number
        for queue in (m.after.licence_queue, m.after.approval_queue, m.after.order_backlog):
            assert np.all(queue[closed] == 0.0), m.number
        assert np.all(m.flows.foreign_units[closed.all(axis=1)] == 0.0), m.number
    assert closed_somewhere, "the preset never closes a gate to the H200: it tests nothing"


CLOSURES: dict[str, dict[str, Any]] = {
    "a ban by Beijing": {"beijing.import_gate": {"2028-05": 1.0}},
    "a lower ceiling by Washington": {"washington.performance_ceiling": {"2028-05": 2400}},
    "no licence any more": {"washington.licence_scope": {"2028-05": 0.0}},
    "a refusal by name": {"washington.licence_scope": {"2028-05": {"value": 1.0, "deny": "h200-sxm"}}},
}


@pytest.mark.parametrize("closure", CLOSURES)
def test_from_the_month_of_a_closure_not_one_h200_arrives(closure: str) -> None:
    start = month_index("2028-05")
    run = months_of("open-h200+open", CLOSURES[closure])
    before, after = run[start - 1], run[start:]
    assert np.all(before.flows.units[H200] > 0.0)
    assert np.all(before.after.order_backlog[H200].sum(axis=0) > 0.0)
    for m in after:
        assert np.all(m.flows.units[H200] == 0.0)
        assert np.all(m.after.order_backlog[H200] == 0.0)
    void = before.after.licence_queue[H200] + before.after.approval_queue[H200] + before.after.order_backlog[H200]
    assert np.all(after[0].flows.given_up >= void / ROOM), "voided orders return to their buyers"


@pytest.mark.parametrize("preset", ["no-h200", "h20-only", "open-h200+ban", "h200-2026+ban"])
def test_a_preset_that_denies_the_h200_delivers_none(preset: str) -> None:
    start = month_index("2026-01")
    assert all(np.all(m.flows.units[H200] == 0.0) for m in months_of(preset)[start:])


def test_closing_the_gate_to_one_class_of_buyers_leaves_the_others_served() -> None:
    start = month_index("2027-01")
    gate = {"value": 0.0, "state_funded_data_centres": 1.0}
    for m in months_of("open-h200+open", {"beijing.import_gate": {"2027-01": gate}})[start:]:
        assert np.all(m.flows.foreign_paid[H200, 3] == 0.0)
        assert np.all(m.flows.foreign_paid[H200, 0] > 0.0)


def cap(period: str, value: float = 0.5) -> dict[str, Any]:
    return {"washington.volume_cap": {"2026-02": {"value": value, "reference_period": period}}}


@pytest.mark.parametrize("shipments", [90.0, 400.0])
def test_a_cap_since_the_rule_is_never_exceeded(shipments: float) -> None:
    run = months_of("open-h200+open", cap("since-rule"), h200_us_yearly=shipments)
    start = month_index("2026-01")
    delivered = np.cumsum([m.flows.units[H200] for m in run[start:]], axis=0)
    allowed = 0.5 * shipments / 12.0 * np.arange(1, len(delivered) + 1)[:, None]
    assert np.all(delivered <= allowed * ROOM)
    assert np.any(delivered > 0.99 * allowed), "the cap binds nowhere: the test tests nothing"


def test_a_cumulative_cap_also_counts_earlier_american_shipments() -> None:
    run = months_of("open-h200+open", cap("cumulative"), h200_us_yearly=90.0, h200_us_cumulative=500.0)
    start = month_index("2026-01")
    delivered = np.cumsum([m.flows.units[H200] for m in run[start:]], axis=0)
    since_rule = 90.0 / 12.0 * np.arange(1, len(delivered) + 1)[:, None]
    allowed = 0.5 * (500.0 + since_rule)
    assert np.all(delivered <= allowed * ROOM)
    assert np.any(delivered > 0.5 * since_rule * ROOM), "the lump counts for nothing"
    assert np.any(delivered > 0.99 * allowed)


def test_a_yearly_cap_holds_in_every_calendar_year() -> None:
    run = months_of("open-h200+open", cap("yearly"), h200_us_yearly=90.0)
    for year in range(2026, 2033):
        first = max(month_index(f"{year}-01"), month_index("2026-02"))
        last = month_index(f"{year}-12") + 1
        delivered = sum(m.flows.units[H200] for m in run[first:last])
        allowed = 0.5 * 90.0 * (last - first) / 12.0
        assert np.all(delivered <= allowed * ROOM), year
        if year in (2026, 2027):
            assert np.any(delivered > 0.99 * allowed), "the cap binds nowhere: the test tests nothing"


def test_the_cap_of_the_dated_rule_is_never_exceeded_in_any_reading() -> None:
    shipped = np.zeros((len(FOREIGN_PRODUCTS), 64))
    for m in walk(inputs(compiled("h200-rule+open"), changed(box(), h200_us_yearly=90.0))):
        shipped = shipped * (1.0 - m.x.cap_reset) + m.flows.foreign_units * m.x.cap_applies
        assert np.all(m.after.cap_used <= shipped * ROOM + 1e-9)
        limited = (m.flows.cap_share < 1e6) & (m.flows.foreign_units > 0.0)
        allowed = m.flows.cap_share * m.after.cap_base
        assert np.all(shipped[limited] <= allowed[limited] * ROOM), m.number
    assert np.any(limited[H200])


@pytest.mark.parametrize("ceiling", [0.0, 40.0, 300.0])
def test_beijings_ceiling_holds_in_every_calendar_year(ceiling: float) -> None:
    run = months_of("open-h200+open", {"beijing.import_gate": {"2026-01": {"value": 0.0, "ceiling": ceiling}}})
    reached = False
    for year in range(2026, 2033):
        months = run[month_index(f"{year}-01") : month_index(f"{year}-12") + 1]
        delivered = sum(m.flows.units[H200] for m in months)
        assert np.all(delivered <= ceiling * ROOM), year
        reached |= bool(np.any(delivered >= 0.99 * ceiling))
    assert reached


def test_the_reported_headroom_is_what_the_cap_still_lets_out() -> None:
    run = months_of("open-h200+open", cap("since-rule"), h200_us_yearly=200.0)
    start = month_index("2026-01")
    shipped = np.cumsum([m.flows.units[H200] for m in run[start:]], axis=0)
    allowed = 0.5 * 200.0 / 12.0 * np.arange(1, len(shipped) + 1)[:, None]
    headroom = np.stack([m.flows.cap_headroom[H200] for m in run[start:]])
    assert np.allclose(headroom, np.maximum(allowed - shipped, 0.0), atol=1e-9 * allowed.max())


def test_where_some_chips_must_stay_abroad_they_are_counted_so() -> None:
    gate = {"value": 0.0, "location": "offshore"}
    run = months_of("open-h200+open", {"beijing.import_gate": {"2027-01": gate}})
    delivering = [m for m in run[month_index("2027-02") :] if np.any(m.flows.units[H200] > 0.0)]
    assert delivering
    for m in delivering:
        sold = m.flows.units[FOREIGN][H200] > 1e-9
        assert np.allclose(m.flows.foreign_abroad[H200][sold], 1.0)

"""Levers over the gates: what a scenario sets decides, and nothing before it moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.policy.gate_products import load_gate_products
from countermove.policy.gates import GateArrays, compile_gates
from countermove.policy.lever_gates import admitted_share, bundle_fraction
from countermove.policy.levers import compile_levers
from countermove.quantities.axes import SEGMENTS
from countermove.quantities.calendar import MONTHS, month_index

PRODUCTS = tuple(load_gate_products().products)
FOREIGN = slice(0, len(load_gate_products().groups["foreign"]))
DIRECT, OFFSHORE = 0, 1
LATER = month_index("2028-06")
ADVANCED = [index for index, product in enumerate(PRODUCTS[FOREIGN]) if product != "l20"]


def gates_with(settings: dict[str, Any], start: str = "2026-02") -> GateArrays:
    return compile_gates(compile_levers(settings, start=start), PRODUCTS)


def licence(gates: GateArrays, product: str, month: int = LATER) -> float:
    """Return the licence share on the direct route, which must be the same in all readings."""
    cells = gates.licence[:, month, PRODUCTS.index(product), :, DIRECT]
    assert (cells == cells[0, 0]).all()
    return float(cells[0, 0])


ANY_SETTING = st.sampled_from(
    [
        {"washington.performance_ceiling": 2400},
        {"washington.performance_ceiling": "none"},
        {"washington.licence_scope": 0.0},
        {"washington.volume_cap": 0.1},
        {"washington.duty": {"value": 0.9, "reading": "revenue_share"}},
        {"washington.offshore_access": 0.0},
        {"beijing.import_gate": 1},
        {"beijing.import_gate": {"value": 0.4, "ceiling": 10, "workload": "training", "location": "offshore", "scope": "all"}},
        {"beijing.import_gate": {"value": 0.9, "state_funded_data_centres": 0.0}},
    ]
)


@given(first=ANY_SETTING, second=ANY_SETTING, month=st.integers(1, MONTHS - 1))
def test_the_past_is_the_same_to_the_last_bit_whatever_the_levers(
    first: dict[str, Any], second: dict[str, Any], month: int
) -> None:
    start = f"{2022 + month // 12}-{month % 12 + 1:02d}"
    plain, changed = gates_with({}), gates_with(first | second, start)
    for name in GateArrays._fields[:10]:
        before, after = getattr(plain, name)[:, :month], getattr(changed, name)[:, :month]
        assert before.tobytes() == after.tobytes(), name
    assert plain.reversal[:month].tobytes() == changed.reversal[:month].tobytes()
    assert plain.stop_notice[:month].tobytes() == changed.stop_notice[:month].tobytes()


def test_a_set_gate_is_the_same_in_all_readings() -> None:
    gates = gates_with(
        {
            "washington.performance_ceiling": 21000,
            "washington.licence_scope": 0.5,
            "washington.volume_cap": 0.3,
            "washington.duty": 0.1,
            "beijing.import_gate": {"value": 0.5, "scope": "all"},
        }
    )
    start = month_index("2026-02")
    for name in ("licence", "licence_delay", "duty", "revenue_share", "cap_share", "admit", "admit_delay", "bundle"):
        field = getattr(gates, name)[:, start:]
        assert (field == field[:1]).all(), name


def test_transitions_stop_where_a_lever_decides() -> None:
    assert gates_with({}).us_pinned_from == MONTHS
    assert gates_with({}).cn_pinned_from == MONTHS
    assert gates_with({"washington.licence_scope": 0.5}).us_pinned_from == month_index("2026-02")
    assert gates_with({"washington.performance_ceiling": 4800}, "2027-05").us_pinned_from == month_index("2027-05")
    assert gates_with({"beijing.import_gate": 1}).cn_pinned_from == month_index("2026-02")
    assert gates_with({"washington.duty": 0.5}).us_pinned_from == MONTHS, "a duty says nothing about licences"


def test_a_chip_under_the_ceiling_is_licensed_at_the_scope_and_one_above_is_denied() -> None:
    gates = gates_with({"washington.performance_ceiling": 32000, "washington.licence_scope": 0.7})
    assert licence(gates, "h200-sxm") == 0.7
    assert licence(gates, "b30a") == 0.7
    assert licence(gates, "h20") == 0.7
    assert licence(gates, "b200-sxm") == 0.0
    assert licence(gates, "rubin") == 0.0
    assert licence(gates, "l20") == 1.0, "a chip that no rule controls stays free"


def test_the_ceiling_is_strict() -> None:
    assert licence(gates_with({"washington.performance_ceiling": 15832, "washington.licence_scope": 1}), "h200-sxm") == 0.0
    assert licence(gates_with({"washington.performance_ceiling": 15833, "washington.licence_scope": 1}), "h200-sxm") == 1.0


def test_no_h200_can_be_said_in_three_ways() -> None:
    by_ceiling = gates_with({"washington.performance_ceiling": 4800, "washington.licence_scope": 0.6})
    by_name = gates_with({"washington.performance_ceiling": {"value": 21000, "exclude": "h200"}, "washington.licence_scope": 0.6})
    by_refusal = gates_with({"washington.licence_scope": {"value": 0.6, "deny": "h200-sxm"}})
    for gates in (by_ceiling, by_name, by_refusal):
        assert licence(gates, "h200-sxm") == 0.0
        assert licence(gates, "h20") == 0.6
        assert licence(gates, "mi308x") == 0.6
    assert licence(by_ceiling, "mi325x") == 0.0
    assert licence(by_name, "mi325x") == 0.6


def test_no_controls_means_that_nothing_needs_a_licence() -> None:
    gates = gates_with({"washington.performance_ceiling": "none"}, "2022-10")
    for product in PRODUCTS[FOREIGN]:
        assert licence(gates, product) == 1.0
        assert licence(gates, product, month_index("2022-10")) == 1.0
    pinned = slice(month_index("2022-10"), None)
    assert (gates.licence_delay[:, pinned] == 0.0).all()
    assert (gates.cap_share[:, pinned] == 1e9).all()
    assert gates.reversal[pinned].sum() == 0.0, "history's reversals do not happen"
    assert gates.stop_notice[pinned].sum() == 0.0
    assert gates.reversal[month_index("2022-08")] > 0.0, "what came before stays"


def test_a_licence_scope_alone_opens_nothing_that_the_rules_deny() -> None:
    gates = gates_with({"washington.licence_scope": 1.0})
    assert licence(gates, "h200-sxm") == 1.0
    assert licence(gates, "b200-sxm") == 0.0
    assert licence(gates, "a800-sxm") == 0.0


def test_a_scope_of_zero_denies_exactly() -> None:
    gates = gates_with({"washington.licence_scope": 0.0})
    assert licence(gates, "h200-sxm") == 0.0
    assert licence(gates, "h20") == 0.0
    assert licence(gates, "l20") == 1.0


def test_cutting_a_chip_off_by_lever_is_a_reversal() -> None:
    gates = gates_with({"washington.licence_scope": {"2026-02": 1.0, "2028-01": 0.0}})
    assert gates.reversal[month_index("2028-01")] == 1.0
    assert gates.reversal[month_index("2027-06")] == 0.0


def test_a_duty_replaces_every_charge_in_the_reading_chosen() -> None:
    h20, h200 = PRODUCTS.index("h20"), PRODUCTS.index("h200-sxm")
    as_duty = gates_with({"washington.duty": 0.4})
    assert (as_duty.duty[:, LATER, [h20, h200]] == 0.4).all()
    assert (as_duty.revenue_share[:, LATER] == 0.0).all()
    as_share = gates_with({"washington.duty": {"value": 0.4, "reading": "revenue_share"}})
    assert (as_share.revenue_share[:, LATER, [h20, h200]] == 0.4).all()
    assert (as_share.duty[:, LATER] == 0.0).all()
    assert (as_duty.duty[:, LATER, PRODUCTS.index("l20")] == 0.0).all(), "free chips pay nothing"


def test_a_cap_leaves_chips_made_for_china_out() -> None:
    gates = gates_with({"washington.volume_cap": 0.2})
    assert (gates.cap_share[:, LATER, PRODUCTS.index("h200-sxm")] == 0.2).all()
    assert (gates.cap_share[:, LATER, PRODUCTS.index("h20")] == 1e9).all()


def test_a_higher_ceiling_brings_more_chips_under_the_cap_of_the_day() -> None:
    gates = gates_with({"washington.performance_ceiling": 32000})
    assert (gates.cap_share[:, LATER, PRODUCTS.index("b30a")] == 0.5).all()
    assert (gates.cap_share[:, LATER, PRODUCTS.index("b200-sxm")] == 1e9).all()


def test_offshore_access_sets_the_rental_route_alone() -> None:
    gates, plain = gates_with({"washington.offshore_access": 0.2}), gates_with({})
    assert (gates.licence[:, LATER, FOREIGN, :, OFFSHORE] == 0.2).all()
    assert np.array_equal(gates.licence[..., DIRECT], plain.licence[..., DIRECT])


@given(month=st.integers(month_index("2025-12"), MONTHS - 1))
def test_a_ban_is_exactly_zero_from_its_first_month(month: int) -> None:
    start = f"{2022 + month // 12}-{month % 12 + 1:02d}"
    gates = gates_with({"beijing.import_gate": {"value": 1, "scope": "all"}}, start)
    assert (gates.admit[:, month:, FOREIGN, :, DIRECT] == 0.0).all()


def test_a_ban_of_advanced_chips_leaves_low_end_cards_alone() -> None:
    gates, plain = gates_with({"beijing.import_gate": 1}), gates_with({})
    assert (gates.admit[:, LATER, ADVANCED, :, DIRECT] == 0.0).all()
    low_end = PRODUCTS.index("l20")
    assert np.array_equal(gates.admit[:, LATER, low_end], plain.admit[:, LATER, low_end])


@given(strictness=st.floats(0, 0.999999))
def test_only_a_ban_is_exactly_closed_to_platforms(strictness: float) -> None:
    gates = gates_with({"beijing.import_gate": strictness})
    assert (gates.admit[:, LATER, ADVANCED, 0, DIRECT] > 0.0).all()


@given(first=st.floats(0, 1), second=st.floats(0, 1), mode=st.sampled_from(["auto", "bundled", "necessity", "bundled-necessity"]))
def test_a_stricter_gate_never_admits_more(first: float, second: float, mode: str) -> None:
    loose, strict = sorted((first, second))
    admitted = [gates_with({"beijing.import_gate": {"value": value, "mode": mode}}).admit for value in (loose, strict)]
    assert (admitted[1][:, month_index("2026-02") :] <= admitted[0][:, month_index("2026-02") :] + 1e-15).all()


def test_the_stops_of_the_scale_mean_what_they_say() -> None:
    necessity = np.array([0.35])
    assert admitted_share(np.array([0.0]), necessity) == 1.0
    assert admitted_share(np.array([1 / 3]), necessity) == 1.0
    assert admitted_share(np.array([2 / 3]), necessity) == pytest.approx(0.35)
    assert admitted_share(np.array([1.0]), necessity) == 0.0
    tent = bundle_fraction(np.array([0.0, 1 / 6, 1 / 3, 0.5, 2 / 3, 1.0]), "auto")
    assert tent == pytest.approx([0.0, 0.5, 1.0, 0.5, 0.0, 0.0])
    assert bundle_fraction(np.array([0.0, 0.5, 1.0]), "bundled") == pytest.approx([0.0, 1.0, 0.0])
    assert (bundle_fraction(np.array([0.0, 0.5, 1.0]), "necessity") == 0.0).all()


def test_an_open_gate_keeps_the_dated_mandates_of_state_buyers() -> None:
    gates = gates_with({"beijing.import_gate": 0})
    h200 = gates.admit[0, LATER, PRODUCTS.index("h200-sxm"), :, DIRECT]
    assert h200[SEGMENTS.index("internet-platforms")] == 1.0
    assert h200[SEGMENTS.index("telecoms-state-linked")] == pytest.approx(0.1)
    assert h200[SEGMENTS.index("state-funded-data-centres")] == 0.0


def test_a_strictness_of_its_own_sets_a_segments_mandates_aside() -> None:
    gates = gates_with({"beijing.import_gate": {"value": 1, "state_funded_data_centres": 0}})
    assert (gates.admit[:, LATER, ADVANCED, SEGMENTS.index("state-funded-data-centres"), DIRECT] == 1.0).all()
    assert (gates.admit[:, LATER, ADVANCED, 0, DIRECT] == 0.0).all()


def test_limits_in_the_drawer_reach_their_fields() -> None:
    setting = {"value": 0.5, "ceiling": 120, "workload": "training", "location": "offshore", "bundle_ratio": 2}
    gates = gates_with({"beijing.import_gate": setting})
    h200 = PRODUCTS.index("h200-sxm")
    assert (gates.ceiling[:, LATER, h200] == 120.0).all()
    assert (gates.offshore_share[:, LATER, h200, :, DIRECT] == 1.0).all()
    assert gates.bundle[:, LATER, h200, :, DIRECT] == pytest.approx(1.0), "half of the ratio of 2"
    free = gates_with({"beijing.import_gate": 0.5})
    assert gates.admit[0, LATER, h200, 0, DIRECT] == pytest.approx(0.4 * free.admit[0, LATER, h200, 0, DIRECT])


def test_an_open_gate_needs_no_approval_and_a_review_does() -> None:
    h200 = PRODUCTS.index("h200-sxm")
    assert (gates_with({"beijing.import_gate": 0}).admit_delay[:, LATER, h200] == 0.0).all()
    assert (gates_with({"beijing.import_gate": 0.7}).admit_delay[:, LATER, h200] == 1.0).all()

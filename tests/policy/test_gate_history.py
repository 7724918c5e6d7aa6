"""The gates as the dated rules and reports make them, before any lever."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import InputError
from countermove.policy.gate_products import load_gate_products
from countermove.policy.gates import GateArrays, compile_gates
from countermove.policy.levers import compile_levers
from countermove.policy.rules import load_rules
from countermove.quantities.axes import ROUTES, SEGMENTS
from countermove.quantities.calendar import MONTHS, month_index

PRODUCTS = tuple(load_gate_products().products)
FOREIGN = slice(0, len(load_gate_products().groups["foreign"]))
DIRECT, OFFSHORE, GREY, DOMESTIC = range(4)


@pytest.fixture(scope="module")
def gates() -> GateArrays:
    return compile_gates(compile_levers({}), PRODUCTS)


def at(field: np.ndarray, month: str, product: str, segment: int = 0, route: int = DIRECT) -> np.ndarray:
    """Return (variant,) values of a field."""
    index = month_index(month), PRODUCTS.index(product)
    return field[:, *index] if field.ndim == 3 else field[:, *index, segment, route]


def test_shapes_and_ranges_are_those_of_the_page(gates: GateArrays) -> None:
    full = (4, MONTHS, len(PRODUCTS), len(SEGMENTS), len(ROUTES))
    for name in ("licence", "admit", "bundle", "offshore_share"):
        assert getattr(gates, name).shape == full
    for name in ("licence_delay", "admit_delay", "ceiling", "duty", "revenue_share", "cap_share"):
        assert getattr(gates, name).shape == full[:3]
    for name in ("licence", "admit", "offshore_share", "licence_delay", "admit_delay", "duty", "revenue_share"):
        field = getattr(gates, name)
        assert field.min() >= 0.0
        assert field.max() <= 1.0
    assert gates.reversal.shape == (MONTHS,)
    assert gates.stop_notice.shape == (MONTHS, len(PRODUCTS))


def test_weights_and_destinations_are_probabilities(gates: GateArrays) -> None:
    for weights, destinations in ((gates.us_weights, gates.us_next), (gates.cn_weights, gates.cn_next)):
        assert weights.sum() == pytest.approx(1.0)
        assert np.allclose(destinations.sum(axis=1), 1.0)
        assert (np.diag(destinations) == 0.0).all(), "a transition leads elsewhere"


def test_a100_is_free_until_the_letters_then_denied_by_the_day(gates: GateArrays) -> None:
    assert (at(gates.licence, "2022-07", "a100-sxm") == 1.0).all()
    assert at(gates.licence, "2022-08", "a100-sxm") == pytest.approx(25 / 31)
    assert (at(gates.licence, "2022-09", "a100-sxm") == 0.0).all()


def test_a800_and_h800_escape_the_first_rule_and_not_the_second(gates: GateArrays) -> None:
    for product in ("a800-sxm", "h800-sxm"):
        assert (at(gates.licence, "2022-12", product) == 1.0).all()
        assert (at(gates.licence_delay, "2022-12", product) == 0.0).all()
        assert at(gates.licence, "2023-10", product) == pytest.approx(22 / 31)
        assert (at(gates.licence, "2023-11", product) == 0.0).all()


def test_unknown_is_not_allowed_so_a800_stays_denied_under_the_review_of_2026(gates: GateArrays) -> None:
    assert (at(gates.licence, "2026-09", "a800-sxm") == 0.0).all()
    assert (at(gates.licence, "2026-09", "a100-sxm") > 0.0).all()


def test_h20_goes_free_denied_licensed(gates: GateArrays) -> None:
    assert (at(gates.licence, "2025-03", "h20") == 1.0).all()
    assert (at(gates.licence, "2025-05", "h20") == 0.0).all()
    assert (at(gates.licence, "2025-07", "h20") == 0.0).all(), "an assurance is no licence"
    assert (at(gates.licence, "2025-09", "h20") > 0.0).all()
    assert (at(gates.licence_delay, "2025-03", "h20") == 0.0).all()
    assert (at(gates.licence_delay, "2025-05", "h20") == 1.0).all()


def test_h20_pays_fifteen_percent_of_revenue_and_h200_a_duty(gates: GateArrays) -> None:
    assert (at(gates.revenue_share, "2025-10", "h20") == 0.15).all()
    assert (at(gates.duty, "2025-10", "h20") == 0.0).all()
    assert (at(gates.duty, "2026-03", "h200-sxm") == 0.25).all()
    assert (at(gates.revenue_share, "2026-03", "h200-sxm") == 0.0).all()
    assert at(gates.duty, "2026-01", "h200-sxm") == pytest.approx(0.25 * 17 / 31)


def test_chips_outside_both_windows_pay_no_duty(gates: GateArrays) -> None:
    for product in ("a100-sxm", "b200-sxm", "h20", "l20"):
        assert (at(gates.duty, "2026-06", product) == 0.0).all()
    assert (at(gates.duty, "2026-06", "mi325x") == 0.25).all()


def test_the_announcement_of_december_2025_licenses_nothing(gates: GateArrays) -> None:
    assert (at(gates.licence, "2025-12", "h200-sxm") == 0.0).all()


def test_the_h200_is_denied_until_14_january_2026(gates: GateArrays) -> None:
    assert at(gates.licence, "2026-01", "h200-sxm") == pytest.approx(0.05 * 17 / 31)


def test_the_h200_is_capped_from_the_day_of_the_rule(gates: GateArrays) -> None:
    assert (at(gates.cap_share, "2025-12", "h200-sxm") == 1e9).all()
    assert (at(gates.cap_share, "2026-01", "h200-sxm") == 0.5).all(), "the cap of the capped days"
    assert (at(gates.cap_share, "2026-06", "h20") == 1e9).all(), "H20 stands under letters, which know no cap"


def test_blackwell_and_rubin_are_denied_throughout(gates: GateArrays) -> None:
    for product in ("b200-sxm", "rubin"):
        denied = gates.licence[:, month_index("2022-09") :, PRODUCTS.index(product), :, DIRECT]
        assert (denied == 0.0).all()


def test_nothing_is_admitted_from_the_january_pause_to_july(gates: GateArrays) -> None:
    months = slice(month_index("2026-01"), month_index("2026-07"))
    assert (gates.admit[:, months, PRODUCTS.index("h200-sxm"), :, DIRECT] == 0.0).all()


def test_after_july_the_readings_differ(gates: GateArrays) -> None:
    september = at(gates.admit, "2026-09", "h200-sxm")
    assert len(set(september)) == 4
    assert (september > 0.0).all(), "an official said that shipments had begun"


def test_every_reading_agrees_on_the_lots_that_were_delivered_by_mid_august(gates: GateArrays) -> None:
    """Twenty thousand chips went to two platforms, over what ten cleared buyers may take from 14 July to 18 August."""
    share = 20.0 / (10 * 75.0 * 35 / 365)
    august = at(gates.admit, "2026-08", "h200-sxm")
    later = at(gates.admit, "2026-09", "h200-sxm")
    first_days = (august * 31 - later * 14) / 17
    assert first_days == pytest.approx(share, rel=0.02)


def test_one_reading_keeps_the_h200_out_for_good(gates: GateArrays) -> None:
    refused = gates.cn_variants.index("refused")
    assert (gates.admit[refused, month_index("2026-11") :, PRODUCTS.index("h200-sxm"), :, DIRECT] == 0.0).all()
    assert gates.cn_weights[refused] > 0.0, "so that sales have a mass at zero"


def test_the_narrow_reading_admits_the_training_share_under_the_ceiling(gates: GateArrays) -> None:
    narrow = gates.cn_variants.index("narrow-reopening")
    assert at(gates.ceiling, "2026-12", "h200-sxm")[narrow] == 200.0
    assert at(gates.admit, "2026-12", "h200-sxm")[narrow] == pytest.approx(0.4 * 0.45)


def test_small_lots_go_mostly_abroad(gates: GateArrays) -> None:
    abroad = gates.cn_variants.index("case-by-case-offshore")
    assert at(gates.offshore_share, "2026-09", "h200-sxm")[abroad] == 0.8


def test_state_funded_data_centres_are_closed_to_every_foreign_chip(gates: GateArrays) -> None:
    closed = gates.admit[:, month_index("2025-12") :, FOREIGN, SEGMENTS.index("state-funded-data-centres"), DIRECT]
    assert (closed == 0.0).all()
    before = gates.admit[:, month_index("2025-10"), PRODUCTS.index("l20"), SEGMENTS.index("state-funded-data-centres"), DIRECT]
    assert (before == 1.0).all()


def test_state_linked_buyers_are_restricted_more_than_platforms(gates: GateArrays) -> None:
    telecoms = SEGMENTS.index("telecoms-state-linked")
    assert (at(gates.admit, "2026-02", "l20", telecoms) == 0.3).all()
    assert (at(gates.admit, "2026-02", "l20", 0) == 1.0).all()


def test_the_grey_route_is_no_permission(gates: GateArrays) -> None:
    for field in (gates.licence, gates.admit):
        assert (field[:, :, FOREIGN, :, GREY] == 1.0).all()


def test_domestic_chips_take_the_domestic_route_and_no_other(gates: GateArrays) -> None:
    for field in (gates.licence, gates.admit):
        assert (field[:, :, FOREIGN.stop :, :, DOMESTIC] == 1.0).all()
        assert (field[:, :, FOREIGN.stop :, :, :DOMESTIC] == 0.0).all()
        assert (field[:, :, FOREIGN, :, DOMESTIC] == 0.0).all()


def test_parents_in_china_narrow_the_offshore_route_and_leave_rental(gates: GateArrays) -> None:
    assert (at(gates.licence, "2023-09", "h200-sxm", route=OFFSHORE) == 1.0).all()
    assert (at(gates.licence, "2024-06", "h200-sxm", route=OFFSHORE) == 0.9).all()
    assert (at(gates.licence, "2026-06", "rubin", route=OFFSHORE) == 0.7).all()


def test_orders_were_pulled_forward_before_the_h20_stop(gates: GateArrays) -> None:
    notice = gates.stop_notice[:, PRODUCTS.index("h20")]
    assert notice[month_index("2025-01") : month_index("2025-04")].sum() == pytest.approx(0.6)
    assert notice.sum() == pytest.approx(0.6)
    assert gates.stop_notice.sum() == notice.sum()


def test_reversals_fall_in_the_month_in_which_they_became_known(gates: GateArrays) -> None:
    assert gates.reversal[month_index("2023-10")] == 1.0
    assert gates.reversal[month_index("2025-04")] > 0.0
    assert gates.reversal[month_index("2024-06")] == 0.0


def test_the_past_is_the_same_in_all_readings_where_nobody_disputes_it(gates: GateArrays) -> None:
    undisputed = slice(0, month_index("2025-08"))
    for field in gates[:10]:
        assert (field[:, undisputed] == field[:1, undisputed]).all()


def test_a_stricter_known_date_never_sees_later_claims() -> None:
    levers = compile_levers({})
    before_rule = compile_gates(levers, PRODUCTS, known=dt.date(2025, 11, 30))
    as_ruled = before_rule.us_variants.index("as-ruled")
    assert at(before_rule.licence, "2026-06", "h200-sxm")[as_ruled] == 0.0
    assert (at(before_rule.duty, "2026-06", "h200-sxm") == 0.0).all()
    assert (at(before_rule.cap_share, "2026-06", "h200-sxm") == 1e9).all()
    assert before_rule.reversal[month_index("2025-12") :].sum() == 0.0


def test_the_letters_of_2022_were_known_five_days_later() -> None:
    levers = compile_levers({})
    unaware = compile_gates(levers, PRODUCTS, known=dt.date(2022, 8, 30))
    aware = compile_gates(levers, PRODUCTS, known=dt.date(2022, 8, 31))
    assert at(unaware.licence, "2022-09", "a100-sxm")[0] == 1.0
    assert at(aware.licence, "2022-09", "a100-sxm")[0] == 0.0


def test_approvals_reported_in_january_looked_real_until_may() -> None:
    then = compile_gates(compile_levers({}), PRODUCTS, known=dt.date(2026, 2, 10))
    narrow = then.cn_variants.index("narrow-reopening")
    assert at(then.admit, "2026-02", "h200-sxm")[narrow] > 0.0
    assert at(then.admit, "2026-02", "h200-sxm")[then.cn_variants.index("refused")] == 0.0


@given(known=st.dates(dt.date(2022, 1, 1), dt.date(2026, 10, 9)))
def test_what_became_known_later_does_not_change_what_was_known(known: dt.date) -> None:
    """Up to a known date, the gates equal those compiled from rules stripped of everything known later."""
    cut = compile_gates(compile_levers({}), PRODUCTS, known=known)
    month = (known.year - 2022) * 12 + known.month - 1
    later = [event for rule in load_rules().values() for event in rule.reversal if event.date > known]
    assert cut.reversal.sum() == pytest.approx(
        sum(event.weight for rule in load_rules().values() for event in rule.reversal) - sum(event.weight for event in later)
    )
    for field in (cut.licence, cut.admit):
        assert field.min() >= 0.0
        assert field.max() <= 1.0
    if known < dt.date(2025, 7, 31):
        assert (cut.admit[:, : month + 1, FOREIGN, :, :DOMESTIC] >= 0.0).all()
        assert (cut.admit[:, :month, FOREIGN, :, DIRECT] == 1.0).all()


def test_the_evidence_ends_in_october_2026_whatever_date_is_asked() -> None:
    late = compile_gates(compile_levers({}), PRODUCTS, known=dt.date(2027, 5, 1))
    end = compile_gates(compile_levers({}), PRODUCTS)
    assert np.array_equal(late.licence, end.licence)
    assert np.array_equal(late.admit, end.admit)


def test_products_may_come_in_any_order_and_number() -> None:
    all_of_them = compile_gates(compile_levers({}), PRODUCTS)
    two = compile_gates(compile_levers({}), ("l20", "h200-sxm"))
    assert np.array_equal(two.admit[:, :, 1], all_of_them.admit[:, :, PRODUCTS.index("h200-sxm")])


def test_an_unknown_product_gets_the_nearest_id() -> None:
    with pytest.raises(InputError, match="did you mean 'h200-sxm'"):
        compile_gates(compile_levers({}), ["h200-sxmm"])
    with pytest.raises(InputError, match="named twice"):
        compile_gates(compile_levers({}), ["h20", "h20"])

"""Outcomes cover what scripts rely on, add up over periods, and are never without a number."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from market_runs import BOX, PRESETS, box_run

from countermove.errors import InputError
from countermove.market.observe import UNITS as SERIES
from countermove.market.offers import DOMESTIC, FOREIGN, GREY, H200, OFFERS
from countermove.outcomes import HORIZON, OUTCOMES, measure, outcome
from countermove.outcomes.outcome import Outcome
from countermove.outcomes.window import Window, share
from countermove.quantities.calendar import MONTHS, quarters, years
from countermove.quantities.units import Unit

CONTRACT = [
    "h200_china_units",
    "h200_china_revenue_usd_bn",
    "nvidia_china_ai_revenue_usd_bn",
    "nvidia_datacenter_revenue_usd_bn",
    "duty_proceeds_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "huawei_ai_chip_revenue_usd_bn",
    "huawei_ascend_packages",
    "cambricon_revenue_cny_bn",
    "china_ai_chip_market_usd_bn",
    "domestic_share_units",
    "domestic_share_money",
    "domestic_share_compute",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "us_china_compute_ratio_bandwidth",
    "us_china_flow_ratio_h100e",
    "cap_headroom_h200_units",
    "duty_borne_by_buyers_share",
    "china_shortage_share",
    "smuggled_h100e_cumulative",
    "gap_months_chip_training",
    "gap_months_chip_prefill",
    "gap_months_chip_decode",
    "gap_months_system_training",
    "gap_months_system_prefill",
    "gap_months_system_decode",
    "parity_year_chip_decode",
    "parity_year_system_decode",
    "china_cost_premium",
    "china_power_gw",
]
"""Ids that scripts rely on; the displacement per H200 is a comparison of two runs and has its own place."""

PRESET = "h200-rule+open"


@pytest.fixture(scope="module")
def yearly() -> dict[str, dict[str, np.ndarray]]:
    return measure(box_run(PRESET), "year")


@pytest.fixture(scope="module")
def quarterly() -> dict[str, dict[str, np.ndarray]]:
    return measure(box_run(PRESET), "quarter")


def of_kind(kind: str) -> list[Outcome]:
    return [item for item in OUTCOMES.values() if item.kind == kind]


def test_every_outcome_that_scripts_rely_on_is_measured(yearly: dict[str, dict[str, np.ndarray]]) -> None:
    assert set(CONTRACT) <= set(OUTCOMES)
    assert set(yearly) == set(OUTCOMES)


def test_every_outcome_says_what_it_is() -> None:
    for item in OUTCOMES.values():
        assert item.label
        assert item.definition
        assert item.kind in ("flow", "stock", "ratio", "date")
        assert item.unit == "year" or Unit.parse(item.unit)
        assert set(item.reads) <= set(SERIES), item.id


def test_an_outcome_that_is_called_a_share_is_declared_as_one() -> None:
    called = {item.id for item in OUTCOMES.values() if "share" in item.id.split("_")}
    assert called == {item.id for item in OUTCOMES.values() if item.part_of_whole}
    assert {item.unit for item in OUTCOMES.values() if item.part_of_whole} == {"1"}


ROUNDING = 1e-12
"""What a difference of sums may lie below zero by: rests of some hundred terms in double precision."""


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("step", ["year", "quarter"])
def test_a_share_lies_within_nothing_and_all_over_the_whole_prior_box(preset: str, step: str) -> None:
    outside = {}
    for name, by_period in measure(box_run(preset), step).items():
        if not OUTCOMES[name].part_of_whole:
            continue
        values = np.stack(list(by_period.values()))
        if np.any((values < -ROUNDING) | (values > 1.0 + ROUNDING)):
            outside[name] = (values.min(), values.max())
    assert outside == {}


@pytest.mark.parametrize("item", OUTCOMES.values(), ids=lambda item: item.id)
def test_an_outcome_reads_the_series_it_declares_and_no_other(item: Outcome) -> None:
    run = box_run(PRESET).monthly
    item.measure(Window({name: run[name] for name in item.reads}, 48, 60 if item.kind != "date" else MONTHS))
    for name in item.reads:
        with pytest.raises(KeyError):
            item.measure(Window({other: run[other] for other in item.reads if other != name}, 48, 60))


def test_periods_cover_the_clock(yearly: dict[str, dict[str, np.ndarray]], quarterly: dict[str, dict[str, np.ndarray]]) -> None:
    for item in OUTCOMES.values():
        if item.kind == "date":
            assert set(yearly[item.id]) == set(quarterly[item.id]) == {HORIZON}
        else:
            assert list(yearly[item.id]) == years()
            assert list(quarterly[item.id]) == quarters()


def test_flows_of_quarters_add_up_to_years(
    yearly: dict[str, dict[str, np.ndarray]], quarterly: dict[str, dict[str, np.ndarray]]
) -> None:
    for item in of_kind("flow"):
        for year in years():
            total = sum(quarterly[item.id][f"{year}Q{quarter}"] for quarter in range(1, 5))
            assert np.allclose(total, yearly[item.id][year], rtol=1e-12, atol=1e-12), (item.id, year)


def test_stocks_and_gaps_are_those_of_the_last_quarter(
    yearly: dict[str, dict[str, np.ndarray]], quarterly: dict[str, dict[str, np.ndarray]]
) -> None:
    for item in of_kind("stock"):
        for year in years():
            assert np.array_equal(quarterly[item.id][f"{year}Q4"], yearly[item.id][year]), (item.id, year)


PARTS = {
    "domestic_share_units": (("units", DOMESTIC), (("units", DOMESTIC), ("units", FOREIGN))),
    "domestic_share_money": (("value", DOMESTIC), (("value", DOMESTIC), ("value", FOREIGN))),
    "domestic_share_compute": (("added_h100e", 3), (("added_h100e", None),)),
    "us_china_flow_ratio_h100e": (("us_h100e_added", None), (("added_h100e", None),)),
    "duty_borne_by_buyers_share": (("duty_on_buyers", None), (("duty_proceeds", None),)),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_ratio_over_a_year_is_the_ratio_of_the_years_sums(name: str, yearly: dict[str, dict[str, np.ndarray]]) -> None:
    part, whole = PARTS[name]
    window = Window(box_run(PRESET).monthly, 60, 72)
    expected = share(window.flow(*part), sum(window.flow(*one) for one in whole))
    assert np.allclose(yearly[name]["2027"], expected, rtol=1e-12)
    months = [share(w.flow(*part), sum(w.flow(*one) for one in whole)) for w in by_month()]
    assert not np.allclose(np.mean(months, axis=0), expected, rtol=1e-9), "the mean of monthly ratios would pass too"


def by_month() -> list[Window]:
    return [Window(box_run(PRESET).monthly, month, month + 1) for month in range(60, 72)]


def test_slack_is_weighted_by_output(yearly: dict[str, dict[str, np.ndarray]]) -> None:
    run = box_run(PRESET).monthly
    made = run["made_by_vendor"][60:72].sum(axis=1)
    expected = (run["slack"][60:72] * made).sum(axis=0) / made.sum(axis=0)
    assert np.allclose(yearly["domestic_slack_share"]["2027"], expected)


def test_the_cost_premium_compares_money_per_work_with_the_world_price(yearly: dict[str, dict[str, np.ndarray]]) -> None:
    run = box_run(PRESET).monthly
    paid = 1000.0 * run["spent"][60:72].sum(axis=0) / run["work_added"][60:72].sum(axis=0)
    expected = paid / run["world_cost_per_work"][60:72].mean(axis=0) - 1.0
    assert np.allclose(yearly["china_cost_premium"]["2027"], expected)


@pytest.mark.parametrize("preset", PRESETS)
def test_no_outcome_is_ever_without_a_number(preset: str) -> None:
    for name, by_period in measure(box_run(preset), "quarter").items():
        for period, values in by_period.items():
            assert values.shape == (BOX,), (name, period)
            assert np.all(np.isfinite(values)), (name, period)


def test_nothing_at_all_still_gives_numbers() -> None:
    empty = {name: np.zeros_like(series[..., :2]) for name, series in box_run(PRESET).monthly.items()}
    empty["world_cost_per_work"] += 1.0
    found = measure(SimpleNamespace(monthly=empty), "year")
    for name, by_period in found.items():
        for period, values in by_period.items():
            assert np.all(np.isfinite(values)), (name, period)
    assert np.all(found["domestic_share_units"]["2026"] == 0.0)
    assert np.all(found["parity_year_chip_decode"][HORIZON] == 2033.0)
    assert np.all(found["gap_months_chip_decode"]["2030"] == 180.0)


def test_units_are_counted_under_the_right_names() -> None:
    series = {name: np.zeros_like(values[..., :1]) for name, values in box_run(PRESET).monthly.items()}
    series["world_cost_per_work"] += 1.0
    series["units"] = np.zeros((MONTHS, OFFERS, 1))
    series["units"][50, :, 0] = 2.0 ** np.arange(OFFERS)
    found = {name: int(by["2026"][0]) for name, by in measure(SimpleNamespace(monthly=series)).items() if "2026" in by}
    assert found["h200_china_units"] == 2**H200
    assert found["huawei_ascend_packages"] == sum(2**i for i in range(DOMESTIC.start, DOMESTIC.start + 6))
    assert found["domestic_units"] == sum(2**i for i in range(DOMESTIC.start, DOMESTIC.stop))
    assert found["grey_units"] == sum(2**i for i in range(GREY.start, GREY.stop))
    assert found["china_cards"] == found["domestic_units"] + found["nvidia_china_cards"] + found["amd_china_units"]
    assert found["nvidia_china_cards"] + found["amd_china_units"] == 2**FOREIGN.stop - 1


def test_diversion_counts_from_january_2024(yearly: dict[str, dict[str, np.ndarray]]) -> None:
    smuggled = box_run(PRESET).monthly["smuggled"]
    found = yearly["smuggled_h100e_cumulative"]
    assert np.all(found["2022"] == 0.0)
    assert np.all(found["2023"] == 0.0)
    assert np.allclose(found["2025"], smuggled[47] - smuggled[23])


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'h200_china_units'"):
        outcome("h200_chine_units")
    with pytest.raises(InputError, match="did you mean 'quarter'"):
        measure(box_run(PRESET), "quarters")

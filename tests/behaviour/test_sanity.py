"""No blow-up anywhere in the prior box and at the ends of what is valid; absurd inputs give absurd outputs."""

from __future__ import annotations

import numpy as np
import pytest
from market_runs import BOX, PRESETS, Trajectory, box, box_outcomes, box_run, changed, compiled, inputs, run, walk

from countermove.evidence.ledger import load_parameters
from countermove.experiments.streams import STREAMS
from countermove.market.offers import DOMESTIC
from countermove.market.simulate import simulate
from countermove.market.state import State
from countermove.outcomes import measure
from countermove.quantities.calendar import period_months

SIGNED = ("capacity_extra", "capacity_pipeline")
"""Stocks that may be negative: they are departures from the announced plan."""

BETWEEN_0_AND_1 = ("software", "slack", "cutoff_risk")
POSITIVE = ("world_cost_per_work", "us_h100e", "wafer_capacity", "power")


def check(trajectory: Trajectory) -> None:
    """Every series finite, shares within [0, 1], nothing negative that cannot be."""
    for name, series in trajectory.monthly.items():
        assert np.all(np.isfinite(series)), name
        if name not in ("nvidia_profit_china", "nvidia_datacenter"):
            assert series.min() >= -1e-9 * max(series.max(), 1.0), name
    for name in BETWEEN_0_AND_1:
        assert trajectory.monthly[name].max() <= 1.0 + 1e-12, name
    for name in POSITIVE:
        assert trajectory.monthly[name].min() > 0.0, name
    assert np.all(trajectory.final.price > 0.0)


@pytest.mark.parametrize("preset", PRESETS)
def test_nothing_blows_up_anywhere_in_the_prior_box(preset: str) -> None:
    check(box_run(preset))
    for name, field in zip(State._fields, box_run(preset).final, strict=True):
        assert np.all(np.isfinite(field)), name
        assert name in SIGNED or field.min() >= 0.0, name
    for name, by_period in box_outcomes(preset).items():
        for period, values in by_period.items():
            assert values.shape == (BOX,)
            assert np.all(np.isfinite(values)), (name, period)
            if name.startswith("domestic_share"):
                assert np.all((values >= 0.0) & (values <= 1.0)), (name, period)


def test_prices_stay_positive_and_within_reason_month_by_month() -> None:
    for month in walk(inputs(compiled("h200-2026"), box())):
        assert np.all(month.after.price > 0.01), month.number
        assert np.all(month.after.price < 1000.0), month.number


def at_the_ends() -> dict[str, np.ndarray]:
    """One draw per end of every parameter's valid range, all else at the median."""
    parameters = load_parameters()
    loose = list(parameters)
    draws = 2 * len(loose)
    values = {name: np.full(draws, p.prior.median()) for name, p in parameters.items()}
    for number, name in enumerate(loose):
        values[name][2 * number : 2 * number + 2] = parameters[name].valid
    return values | {name: np.full(draws, 0.5) for name in STREAMS}


@pytest.mark.parametrize("preset", ["h200-2026", "open-h200+open"])
def test_nothing_blows_up_at_the_ends_of_any_valid_range(preset: str) -> None:
    check(run(compiled(preset), at_the_ends()))


def test_all_parameters_at_their_valid_ends_together_do_not_crash() -> None:
    parameters = load_parameters()
    rng = np.random.Generator(np.random.Philox(7))
    values = {}
    for name, parameter in parameters.items():
        ends = np.array(parameter.valid) if parameter.prior.kind != "fixed" else np.full(2, parameter.prior.median())
        values[name] = ends[rng.integers(0, 2, 32)]
    values |= {name: rng.uniform(size=32) for name in STREAMS}
    trajectory = run(compiled("h200-2026"), values)
    for name, series in trajectory.monthly.items():
        assert np.all(np.isfinite(series)), name


def test_a_market_of_300_billion_is_not_quietly_made_plausible() -> None:
    assert load_parameters()["demand.legal_market_2025"].valid[1] == 300.0
    scenario = compiled("h200-2026")
    absurd = measure(run(scenario, changed(box(), legal_market_2025=300.0)))
    usual = box_outcomes("h200-2026")
    assert np.median(absurd["china_shortage_share"]["2025"]) > 0.6
    assert np.median(usual["china_shortage_share"]["2025"]) < 0.5
    # Chips cannot be conjured: the money is not spent, it waits.
    waiting = [run(scenario, values).monthly["deferred"][47] for values in (box(), changed(box(), legal_market_2025=300.0))]
    assert np.median(waiting[1]) > 4.0 * np.median(waiting[0])


def test_without_memory_china_makes_next_to_nothing_but_cards_that_need_none() -> None:
    none = changed(box(), hbm_imports=0.0, hbm_domestic_2026=0.0, hbm_in_house_2026=0.0, hbm_open_imports=0.0)
    starved_run, fed_run = run(compiled("h200-2026"), none), box_run("h200-2026")
    takes = np.any(inputs(compiled("h200-2026"), box()).constants["hbm_stacks"] > 0.0, axis=1)
    for year in ("2025", "2028", "2030"):
        starved, fed = (r.monthly["units"][slice(*period_months(year)), DOMESTIC].sum(axis=0) for r in (starved_run, fed_run))
        assert np.all(starved[takes].sum(axis=0) <= 0.05 * fed[takes].sum(axis=0) + 1.0), year
        assert np.all(starved[~takes] > 0.5 * fed[~takes]), year


def test_without_demand_nothing_is_sold() -> None:
    tiny = {f"legal_market_{year}": 0.1 if year < 2025 else 1.0 for year in (2022, 2023, 2024, 2025, 2027, 2028)}
    found = measure(run(compiled("h200-2026"), changed(box(), **tiny)))
    assert np.all(found["china_ai_chip_market_with_grey_usd_bn"]["2028"] < 3.0)


def test_without_wafers_or_bank_no_domestic_chip_is_made() -> None:
    p = load_parameters()
    least = {name: p[f"supply.{name}"].valid[0] for name in ("wafers_2025", "accelerator_wafer_share", "yield_2025")}
    starved = changed(box(), **least, die_bank=0.0, other_die_bank=0.0, wafers_growth_2026=1.0, wafers_growth_2027=1.0)
    found, usual = measure(run(compiled("h200-2026"), starved)), box_outcomes("h200-2026")
    assert np.all(found["domestic_units"]["2028"] < 0.1 * usual["domestic_units"]["2028"] + 5.0)


def test_an_empty_world_smuggles_nothing() -> None:
    market = inputs(compiled("h200-2026"), changed(box(), divertible_share=0.0))
    assert np.all(simulate(market).monthly["smuggled"] == 0.0)


@pytest.mark.parametrize("loose", ["none", "demand", "supply", "offshore", "us"])
def test_any_parameters_may_be_pinned(loose: str) -> None:
    """What all draws agree on is carried without a draw axis, which every relation must bear."""
    parameters = load_parameters()
    pinned = {name: np.full(BOX, p.prior.median()) for name, p in parameters.items() if p.group != loose}
    check(run(compiled("h200-2026"), {**box(), **pinned}))

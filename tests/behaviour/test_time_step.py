"""A finer time step tells the same story: half a month moves no headline by more than 2% of its 90% width."""

from __future__ import annotations

import numpy as np
import pytest
from market_runs import SEED, compiled, inputs

from countermove.evidence.ledger import load_parameters
from countermove.experiments.draws import sample
from countermove.market.observe import LEVELS
from countermove.market.simulate import simulate
from countermove.outcomes import measure

HEADLINES = (
    ("h200_china_units", "2026"),
    ("h200_china_units", "2028"),
    ("domestic_ai_chip_revenue_usd_bn", "2028"),
    ("china_compute_h100e", "2028"),
    ("us_china_compute_ratio_h100e", "2028"),
    ("parity_year_chip_decode", "horizon"),
    ("parity_year_system_decode", "horizon"),
)
DRAWS = 128


@pytest.mark.parametrize("preset", ["h200-2026", "h200-rule+necessity", "open-h200+open"])
def test_half_a_month_moves_no_headline(preset: str) -> None:
    draws = sample(load_parameters(), seed=SEED, draws=DRAWS)
    whole, half = (measure(simulate(inputs(compiled(preset), draws, dt=dt))) for dt in (1.0, 0.5))
    moved = {}
    print(f"\n{preset}: median at a month, at half a month, mean move and move of the median in % of the 90% width")
    for name, period in HEADLINES:
        one, two = whole[name][period], half[name][period]
        low, high = np.quantile(two, [0.05, 0.95])
        width = max(high - low, 1e-9)
        mean = float(np.mean(np.abs(one - two)) / width)
        median = float(np.abs(np.median(one) - np.median(two)) / width)
        print(f"  {name:34} {period:8} {np.median(one):10.4g} {np.median(two):10.4g} {100 * mean:6.2f} {100 * median:6.2f}")
        moved[name, period] = max(mean, median)
    assert {key: value for key, value in moved.items() if value >= 0.02} == {}


def test_sub_steps_add_up_flows_and_keep_the_last_level() -> None:
    draws = sample(load_parameters(), seed=SEED, draws=8)
    whole, quarter = (simulate(inputs(compiled("open-h200+open"), draws, dt=dt)).monthly for dt in (1.0, 0.25))
    assert np.allclose(whole["budget"], quarter["budget"], rtol=1e-12)
    for name in ("us_h100e_added", "vendor_revenue", "nvidia_datacenter"):
        assert name not in LEVELS
        years = [series[36:48].sum(axis=0) for series in (whole[name], quarter[name])]
        assert np.allclose(*years, rtol=0.2), name
    for name in ("software", "smuggled", "us_h100e"):
        assert name in LEVELS
        assert np.allclose(whole[name][48], quarter[name][48], rtol=0.05), name

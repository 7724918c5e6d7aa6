"""Every parameter matters somewhere: moved alone, it moves an outcome in one of five regimes, each short of something else."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from market_runs import compiled, run, with_levers

from countermove.evidence.ledger import load_parameters
from countermove.experiments.streams import STREAMS
from countermove.market.simulate import Trajectory
from countermove.outcomes import measure

UNIFORMS = dict(zip(STREAMS, (0.3, 0.6, 0.4, 0.3, 0.5, 0.5), strict=True))
"""One reading of each gate and one date for each change, shared by all draws."""

NOTICED = 1e-5
"""A parameter counts as noticed when it moves an outcome by this share of its largest value."""


class Regime(NamedTuple):
    """A preset with levers and parameters that make one thing scarce."""

    preset: str
    levers: dict[str, Any]
    parameters: dict[str, float]


REGIMES = {
    "memory binds": Regime(
        "h200-2026",
        {
            "washington.enforcement": {"2026-02": 0.6},
            "washington.component_controls": {"2026-02": {"value": 0.9, "hbm": 0.05}},
            "beijing.capacity_push": {"2026-02": 2.0},
            "beijing.grey_enforcement": {"2026-02": 0.5},
            "beijing.subsidy": {"2026-02": {"value": 30.0, "vendor": 0.3, "user": 0.3, "fab": 0.4}},
        },
        {"hbm_domestic_2026": 0.5, "hbm_in_house_2026": 0.1, "hbm_imports": 5.0, "low_end_line_rate": 250.0},
    ),
    "logic binds": Regime(
        "b30a+open",
        {"washington.volume_cap": {"2026-02": {"value": 0.3, "reference_period": "cumulative"}}},
        {"wafers_2025": 8.0, "yield_2025": 0.1, "die_bank": 0.3, "other_die_bank": 0.3, "hbm_domestic_2026": 20.0},
    ),
    "demand binds": Regime(
        "open-h200+necessity",
        {},
        {"legal_market_2024": 10.0, "legal_market_2025": 15.0, "legal_market_2027": 20.0, "legal_market_2028": 25.0},
    ),
    "foreign lines bind": Regime(
        "all-open+open", {}, {"latent_amd_2025": 160.0, "latent_a100_2022": 190.0, "hopper_line_rate_2023": 15.0}
    ),
    "plans are overtaken": Regime(
        "stall+bundled+70bn",
        {},
        {
            "installed_base_effect": 2.0,
            "cost_logic": 0.02,
            "cost_hbm": 0.001,
            "cost_packaging": 0.0005,
            "hbm_domestic_2026": 20.0,
            "huawei_packages_2025": 100.0,
            "huawei_packages_2026": 100.0,
        },
    ),
}


def names() -> list[str]:
    """Every parameter, in the order of its draws."""
    return list(load_parameters())


def ends(name: str, usual: float) -> tuple[float, float]:
    """A low and a high value: the prior's 1% and 99% points, or half and twice the usual value where those are one."""
    parameter = load_parameters()[name]
    low, high = (float(parameter.ppf(u)) for u in (0.01, 0.99))
    if low < high and low <= usual <= high:
        return low, high
    return max(0.5 * usual, parameter.valid[0]), min(2.0 * usual + (usual == 0.0), parameter.valid[1])


@cache
def moved_alone(regime: str) -> Trajectory:
    """Draw 0 has every parameter at its median; draws 1+2i and 2+2i have parameter i alone at its low and high end."""
    chosen, parameters = REGIMES[regime], load_parameters()
    draws = 1 + 2 * len(names())
    values = {name: np.full(draws, float(p.prior.median())) for name, p in parameters.items()}
    for name in parameters:
        values[name][:] = chosen.parameters.get(name.rsplit(".", 1)[-1], values[name][0])
    for number, name in enumerate(names()):
        values[name][1 + 2 * number : 3 + 2 * number] = ends(name, values[name][0])
    values |= {name: np.full(draws, u) for name, u in UNIFORMS.items()}
    scenario = with_levers(chosen.preset, chosen.levers) if chosen.levers else compiled(chosen.preset)
    return run(scenario, values)


@cache
def largest_moves(regime: str) -> dict[str, tuple[float, str]]:
    """Parameter -> its largest move of any outcome, as a share of the outcome's largest value, and that outcome."""
    moves = dict.fromkeys(names(), (0.0, "nothing"))
    for outcome, by_period in measure(moved_alone(regime)).items():
        values = np.stack(list(by_period.values()))
        moved = np.abs(values[:, 1:] - values[:, :1]).max(axis=0) / (np.abs(values[:, 0]).max() + 1e-12)
        for name, size in zip(moves, moved.reshape(-1, 2).max(axis=1), strict=True):
            moves[name] = max(moves[name], (float(size), outcome))
    return moves


@pytest.mark.parametrize(("regime", "pool"), [("memory binds", 1), ("logic binds", 0)])
def test_a_regime_is_bound_by_what_it_says(regime: str, pool: int) -> None:
    cover = moved_alone(regime).monthly["input_cover"][60:84, :, 0].mean(axis=0)
    assert cover.argmin() == pool
    assert cover[pool] < 0.5


def test_where_demand_binds_vendors_have_slack() -> None:
    assert moved_alone("demand binds").monthly["slack"][60:84, 0].mean() > 0.3


def test_every_parameter_moves_an_outcome_in_some_regime() -> None:
    best = {name: max(largest_moves(regime)[name] for regime in REGIMES) for name in names()}
    weakest = sorted(best.items(), key=lambda item: item[1])
    print("\nparameters that matter least:")
    print("\n".join(f"  {name:36} {size:.1e} of {outcome}" for name, (size, outcome) in weakest[:12]))
    assert [name for name, (size, _) in weakest if size < NOTICED] == []

"""The US side: installed compute, NVIDIA's sales and profit, the duty, and American units displaced by Chinese orders."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.offers import GREY_BLACKWELL, H200, NVIDIA
from countermove.market.state import State


def displaced_units(h200_units: Array, displacement: Array) -> Array:
    """American units that were not made because H200s were: ``kappa x H200s``, kappa in [0, 1] (IFP 2026 names the channel)."""
    return displacement * h200_units


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Add world sales' American share less displacement; take the duty; book NVIDIA's revenue and profit on China sales."""
    displaced = displaced_units(f.foreign_made[H200], p.displacement)
    arriving = xp.maximum(x.us_h100e_flow * c.dt - displaced * c.h100e[H200], 0.0)
    bandwidth = xp.maximum(x.us_bandwidth_flow * c.dt - displaced * c.bandwidth[H200], 0.0)
    leaving = 1.0 - xp.exp(-c.dt / p.us_life_months)
    china = xp.sum(f.foreign_value[NVIDIA], axis=0)
    borne_by_seller = xp.sum(f.duty_paid[NVIDIA] * (1.0 - p.duty_pass_through) + f.share_paid[NVIDIA], axis=0)
    state = {
        "us_h100e": s.us_h100e * (1.0 - leaving) + arriving,
        "us_bandwidth": s.us_bandwidth * (1.0 - leaving) + bandwidth,
        "us_displaced": s.us_displaced + displaced,
    }
    flows = {
        "us_h100e_added": arriving,
        "us_bandwidth_added": bandwidth,
        "duty_proceeds": xp.sum(f.duty_paid + f.share_paid, axis=0),
        "duty_on_buyers": xp.sum(f.duty_paid, axis=0) * p.duty_pass_through,
        "nvidia_china": china,
        "nvidia_profit_china": china * p.nvidia_margin - borne_by_seller,
        "nvidia_datacenter": x.rest_of_world_revenue * c.dt + china - displaced * x.world_price[GREY_BLACKWELL] / 1000.0,
    }
    return state, flows


MECHANISM = Mechanism(
    name="us_side",
    title="US side",
    step=step,
    state_reads=("us_h100e", "us_bandwidth", "us_displaced"),
    state_writes=("us_h100e", "us_bandwidth", "us_displaced"),
    flow_reads=("foreign_made", "foreign_value", "duty_paid", "share_paid"),
    flow_writes=(
        "us_h100e_added",
        "us_bandwidth_added",
        "duty_proceeds",
        "duty_on_buyers",
        "nvidia_china",
        "nvidia_profit_china",
        "nvidia_datacenter",
    ),
    parameters=("displacement", "us_life_months", "duty_pass_through", "nvidia_margin"),
    inputs=("us_h100e_flow", "us_bandwidth_flow", "rest_of_world_revenue", "world_price"),
    constants=("dt", "h100e", "bandwidth"),
    equation="US stock' = stock (1 - dt/life) + US share of world sales - kappa x H200 made for China",
    sources=("ifp-2026-03-27-diversion", "epoch-ai-chip-sales"),
)

"""Learning: defects fall with wafers, the other unit costs with cumulative output, one's own more than rivals'."""

from __future__ import annotations

import math

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.state import State


def negative_binomial_yield(defect_density: Array, die_area_cm2: Array, clustering: Array) -> Array:
    """Share of good dies: ``Y = (1 + D A / alpha)^(-alpha)`` (Stapper 1973; negative binomial model).

    `defect_density` per cm2, `die_area_cm2`, `clustering` alpha about 1-5. Valid for D, A >= 0.
    """
    return (1.0 + defect_density * die_area_cm2 / clustering) ** (-clustering)


def defects_for_yield(good_share: Array, die_area_cm2: Array, clustering: Array) -> Array:
    """Defect density that gives `good_share`: the inverse of :func:`negative_binomial_yield`."""
    return clustering / die_area_cm2 * (good_share ** (-1.0 / clustering) - 1.0)


def dies_per_wafer(die_area_mm2: Array, xp: Array) -> Array:
    """Gross dies on a 300 mm wafer: ``pi d^2/(4A) - pi d / sqrt(2A)`` (the usual edge-loss approximation)."""
    diameter = 300.0
    return math.pi * (diameter**2 / (4.0 * die_area_mm2) - diameter / xp.sqrt(2.0 * die_area_mm2))


def defect_density(wafers: Array, reference_wafers: Array, start: Array, floor: Array, exponent: Array) -> Array:
    """Defects per cm2: ``D = floor + (start - floor) (wafers / reference)^(-b)``; a power law in experience."""
    return floor + (start - floor) * (wafers / reference_wafers) ** (-exponent)


def irwin_klenow_cost(own: Array, others: Array, start: Array, spillover: Array, learning_rate: Array, xp: Array) -> Array:
    """Non-yield unit cost relative to the start: ``((own + a others + E0) / E0)^(-b)``, ``b = -log2(1 - rate)``.

    Irwin & Klenow (1994, JPE 102): about 20% lower cost per doubling; an own unit teaches about three times a rival's
    (a about 1/3). Experience in thousand packages, `start` E0 > 0, `learning_rate` in (0, 0.4).
    """
    exponent = -xp.log2(1.0 - learning_rate)
    return ((own + spillover * others + start) / start) ** (-exponent)


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """This month's yield by vendor and non-yield cost index by vendor; with the loop off, experience stays as planned.

    Wafers are those of the announced capacity, so the yield curve is common to all vendors at the foundry.
    """
    experience = p.learning_loop * s.cumulative_output + (1.0 - p.learning_loop) * x.reference_output
    wafers = p.learning_loop * s.cumulative_wafers + (1.0 - p.learning_loop) * x.reference_wafers
    density = defect_density(wafers, c.wafers_at_reference, c.defects_start, c.defects_floor, p.yield_learning)
    total = xp.sum(experience, axis=0)
    cost = irwin_klenow_cost(experience, total - experience, p.experience_start, p.learning_spillover, p.learning_rate, xp)
    good = negative_binomial_yield(density, c.die_area_cm2, p.defect_clustering)
    return {}, {"die_yield": good, "non_yield_cost": cost}


MECHANISM = Mechanism(
    name="learning",
    title="Learning",
    step=step,
    state_reads=("cumulative_output", "cumulative_wafers"),
    state_writes=(),
    flow_reads=(),
    flow_writes=("die_yield", "non_yield_cost"),
    parameters=(
        "learning_loop",
        "yield_learning",
        "experience_start",
        "learning_spillover",
        "learning_rate",
        "defect_clustering",
    ),
    inputs=("reference_output", "reference_wafers"),
    constants=("wafers_at_reference", "defects_start", "defects_floor", "die_area_cm2"),
    equation="Y = (1 + D A/alpha)^-alpha;  D = floor + (D0 - floor)(wafers/W0)^-b;  cost = ((own + a others + E0)/E0)^-b",
    sources=("stapper-1973-defect-density", "irwin-klenow-1994"),
)

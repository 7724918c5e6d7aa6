"""Software maturity of each domestic stack: grows with the installed base that developers meet, and saturates."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.offers import DOMESTIC
from countermove.market.state import State


def logistic_maturity(maturity: Array, effort: Array, growth: Array, dt: Array) -> Array:
    """Share of workloads that run without porting, in (0, 1): ``S' = S + g effort S (1 - S) dt/12``.

    The logistic form is the epidemic model of adoption (Griliches 1957, Econometrica 25); `growth` per year.
    """
    return maturity + growth * effort * maturity * (1.0 - maturity) * dt / 12.0


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Developer effort follows the vendor's installed base relative to the path that its published plans imply.

    ``effort = ((base + floor) / (reference + floor))^elasticity`` (thousand packages), capped; 1 with the loop off.
    """
    usable = xp.sum(s.installed, axis=0)[DOMESTIC]
    base = c.vendor_sum @ usable
    relative = (base + p.base_floor) / (x.reference_base + p.base_floor)
    effort = xp.minimum(relative ** (p.installed_base_effect * p.software_loop), p.effort_cap)
    return {"software": logistic_maturity(s.software, effort, p.software_growth, c.dt)}, {}


MECHANISM = Mechanism(
    name="software",
    title="Software maturity",
    step=step,
    state_reads=("software", "installed"),
    state_writes=("software",),
    flow_reads=(),
    flow_writes=(),
    parameters=("installed_base_effect", "base_floor", "effort_cap", "software_loop", "software_growth"),
    inputs=("reference_base",),
    constants=("dt", "vendor_sum"),
    equation="S' = S + g (base/reference)^e S (1 - S) dt/12",
    sources=("griliches-1957-hybrid-corn",),
)

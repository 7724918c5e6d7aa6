"""Cut-off risk: every reversal of US permission costs trust in US supply, which recovers slowly."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.state import State


def perceived_risk(risk: Array, reversal: Array, jump: Array, recovery_months: Array, dt: Array, xp: Array) -> Array:
    """Perceived probability-like index of a later cut-off, in [0, 1].

    ``risk' = risk exp(-dt/recovery) + jump x reversal x (1 - risk)``: fades exponentially, jumps towards one with
    each reversal of weight `reversal` (0 none, 1 a full stop). After the outside-option logic of Clayton, Maggiori &
    Schreger (geoeconomics: a threat used lowers reliance); the functional form is ours.
    """
    faded = risk * xp.exp(-dt / recovery_months)
    return faded + xp.clip(jump * reversal, 0.0, 1.0) * (1.0 - faded)


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Update the risk that buyers and Beijing see."""
    risk = perceived_risk(s.cutoff_risk, x.reversal, p.reversal_jump, p.recovery_months, c.dt, xp)
    return {"cutoff_risk": risk}, {}


MECHANISM = Mechanism(
    name="cutoff_risk",
    title="Cut-off risk",
    step=step,
    state_reads=("cutoff_risk",),
    state_writes=("cutoff_risk",),
    flow_reads=(),
    flow_writes=(),
    parameters=("reversal_jump", "recovery_months"),
    inputs=("reversal",),
    constants=("dt",),
    equation="risk' = risk exp(-dt/recovery) + jump x reversal x (1 - risk)",
    sources=("clayton-maggiori-schreger-2023",),
)

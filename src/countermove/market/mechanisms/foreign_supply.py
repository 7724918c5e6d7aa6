"""Foreign supply: four stages of a legal import, the volume cap, inventory and a line that takes months to restart."""

from __future__ import annotations

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.mechanisms.demand import TINY
from countermove.market.offers import FOREIGN
from countermove.market.state import ERLANG, State


def share_leaving(months: Array, dt: Array, xp: Array) -> Array:
    """Share of a stock that leaves in a step when its mean stay is `months`: ``1 - exp(-dt/months)``; 1 if it is 0."""
    return 1.0 - xp.exp(-dt / (months + 1e-3))


def retention(mean_months: Array, dt: Array, xp: Array) -> tuple[Array, Array]:
    """Shares that a stage holds after a step, of what was in it and of what came in: ``e = exp(-dt/m)``, ``(m/dt)(1 - e)``."""
    mean = mean_months + 1e-3
    kept = xp.exp(-dt / mean)
    return kept, mean / dt * (1.0 - kept)


def pass_through(stock: Array, inflow: Array, mean_months: Array, dt: Array, xp: Array) -> tuple[Array, Array]:
    """One step of a stage in which things stay `mean_months` on average, fed evenly over the step: (stock, outflow).

    The exact solution of ``dQ/dt = inflow/dt - Q/m``: ``Q = Q0 e + inflow (m/dt)(1 - e)`` with ``e = exp(-dt/m)``. In a
    steady state it holds m months of flow whatever the step (Little's law), so a finer step leaves the delay as it is.
    """
    kept, entered = retention(mean_months, dt, xp)
    held = stock * kept + inflow * entered
    return held, stock + inflow - held


def erlang(stages: Array, inflow: Array, mean_months: Array, dt: Array, xp: Array) -> tuple[Array, Array]:
    """One step of an Erlang delay: `stages` (stage, ..., draw) fed by `inflow`; returns (stages, outflow).

    Each of the stages holds ``mean/stages`` months of flow and passes on within the step what leaves it.
    """
    kept, entered = retention(mean_months / ERLANG, dt, xp)
    held = []
    for stage in range(ERLANG):
        content = stages[stage] * kept + inflow * entered
        inflow = stages[stage] + inflow - content
        held.append(content)
    return xp.stack(held), inflow


def cap_headroom(share: Array, base: Array, used: Array, xp: Array) -> Array:
    """Chips that the volume cap still lets out: ``share x US shipments in the reference period - already shipped``.

    For one product the rule's ratio of aggregate TPP equals the ratio of chips (91 FR 1684). Thousand packages.
    """
    return xp.maximum(share * base - used, 0.0)


def stages(s: State, p: Values, c: Values, f: Values, xp: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Move money through licence, import approval and order; closing a gate voids what has not been delivered.

    Shapes (foreign, segment, draw). `licence_needed` and `approval_needed` are 0 where the stage does not exist.
    """
    still = f.gate_open
    licence_months = (p.licence_months * f.licence_needed)[:, None, :]
    approval_months = (p.approval_months * f.approval_needed)[:, None, :]
    licence_queue, granted = pass_through(s.licence_queue * still, f.requests, licence_months, c.dt, xp)
    approval_queue, decided = pass_through(s.approval_queue * still, granted, approval_months, c.dt, xp)
    converted = decided * (1.0 - f.approval_needed * (1.0 - p.order_conversion))[:, None, :]
    orders = s.order_backlog * still
    backlog, cancelled = pass_through(orders, converted, p.order_patience_months, c.dt, xp)
    _, due = pass_through(orders, converted, p.shipping_months, c.dt, xp)
    void = (s.licence_queue + s.approval_queue + s.order_backlog) * (1.0 - still)
    state = {"licence_queue": licence_queue, "approval_queue": approval_queue}
    work = {
        "backlog": backlog,
        "given_up": void + cancelled + decided - converted,
        "shippable": due * backlog / (orders + converted + TINY),
    }
    return state, work


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Ship what the stages, the inventory, the cap and Beijing's ceiling allow; build more within the line's rate."""
    state, work = stages(s, p, c, f, xp)
    buyer_price = s.price[FOREIGN] * (1.0 + f.duty * p.duty_pass_through)
    wanted = 1000.0 * xp.sum(work["shippable"], axis=1) / buyer_price
    pipeline, arrived = erlang(
        s.foreign_pipeline, line_starts(s, p, c, x, work["backlog"], state, buyer_price, xp), c.line_months, c.dt, xp
    )
    stock = s.foreign_inventory + arrived + x.stock_injection
    cap_base = s.cap_base * (1.0 - x.cap_reset) + x.cap_base_flow * c.dt + x.cap_base_lump
    cap_used = s.cap_used * (1.0 - x.cap_reset)
    ceiling_used = s.ceiling_used * (1.0 - x.new_year)
    headroom = cap_headroom(f.cap_share, cap_base, cap_used, xp)
    units = xp.minimum(xp.minimum(wanted, stock), xp.minimum(headroom, xp.maximum(f.ceiling - ceiling_used, 0.0)))
    fill = units / (wanted + TINY)
    delivered = work["shippable"] * fill[:, None, :]
    state.update(
        order_backlog=work["backlog"] - delivered,
        foreign_pipeline=pipeline,
        foreign_inventory=stock - units,
        cap_used=cap_used + units * x.cap_applies,
        cap_base=cap_base,
        ceiling_used=ceiling_used + units,
        usual_delivery=s.usual_delivery
        + (xp.sum(delivered, axis=1) / c.dt - s.usual_delivery) * share_leaving(p.request_months, c.dt, xp),
    )
    value = units * s.price[FOREIGN] / 1000.0
    flows = {
        "foreign_units": units,
        "foreign_paid": delivered,
        "foreign_value": value,
        "given_up": xp.sum(work["given_up"], axis=0),
        "duty_paid": f.duty * value,
        "share_paid": f.revenue_share * value,
        "cap_headroom": headroom - units * x.cap_applies,
        "foreign_abroad": xp.sum(delivered * f.abroad, axis=1) / (xp.sum(delivered, axis=1) + TINY),
        "foreign_made": arrived,
    }
    return state, flows


def line_starts(
    s: State, p: Values, c: Values, x: Values, backlog: Array, queues: dict[str, Array], price: Array, xp: Array
) -> Array:
    """Chips started this month, thousand packages (foreign, draw): cover expected orders within the line's rate.

    The vendor builds for firm orders fully and for applications in either queue at a discount, and aims at
    `stock_target_months` of recent requests beyond those that arrive while the line works. The line never makes more than
    its rate (slots go to newer parts); around a launch part of it runs whatever the orders.
    """
    firm = xp.sum(backlog, axis=1)
    likely = xp.sum(queues["licence_queue"] + queues["approval_queue"], axis=1) * p.build_ahead
    usual = s.usual_request * (p.stock_target_months + c.line_months)
    need = 1000.0 * (firm + likely + usual) / price
    gap = need - s.foreign_inventory - xp.sum(s.foreign_pipeline, axis=0)
    wanted = xp.clip(gap * (1.0 - xp.exp(-c.dt / c.line_response)), 0.0, x.line_rate * c.dt)
    return xp.maximum(wanted, x.launch_build * x.line_rate * c.dt)


MECHANISM = Mechanism(
    name="foreign_supply",
    title="Foreign supply",
    step=step,
    state_reads=(
        "licence_queue",
        "approval_queue",
        "order_backlog",
        "foreign_pipeline",
        "foreign_inventory",
        "cap_used",
        "cap_base",
        "ceiling_used",
        "usual_request",
        "usual_delivery",
        "price",
    ),
    state_writes=(
        "licence_queue",
        "approval_queue",
        "order_backlog",
        "foreign_pipeline",
        "foreign_inventory",
        "cap_used",
        "cap_base",
        "ceiling_used",
        "usual_delivery",
    ),
    flow_reads=(
        "requests",
        "gate_open",
        "licence_needed",
        "approval_needed",
        "duty",
        "revenue_share",
        "cap_share",
        "ceiling",
        "abroad",
    ),
    flow_writes=(
        "foreign_units",
        "foreign_paid",
        "foreign_value",
        "given_up",
        "duty_paid",
        "share_paid",
        "cap_headroom",
        "foreign_abroad",
        "foreign_made",
    ),
    parameters=(
        "licence_months",
        "approval_months",
        "order_conversion",
        "order_patience_months",
        "shipping_months",
        "build_ahead",
        "stock_target_months",
        "duty_pass_through",
        "request_months",
    ),
    inputs=(
        "line_rate",
        "launch_build",
        "stock_injection",
        "cap_base_flow",
        "cap_base_lump",
        "cap_reset",
        "cap_applies",
        "new_year",
    ),
    constants=("dt", "line_months", "line_response"),
    equation=(
        "licence queue -> approval queue -> backlog -> shipment, each a stage dQ/dt = inflow - Q/mean;  "
        "units = min(wanted, stock, cap share x US shipments - shipped, ceiling - shipped this year)"
    ),
    sources=("bis-2026-01-15-review-policy",),
)

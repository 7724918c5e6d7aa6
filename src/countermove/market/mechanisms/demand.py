"""Demand: budgets of Chinese buyers spread over offers by a nested logit, with waiting as the outside option."""

from __future__ import annotations

from collections.abc import Sequence

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.offers import DOMESTIC, FOREIGN, GREY, OFFSHORE
from countermove.market.state import State

NESTS = (FOREIGN, GREY, OFFSHORE, DOMESTIC)
TINY = 1e-30


def nested_logit(weight: Array, outside: Array, correlation: Array, nests: Sequence[slice], xp: Array) -> tuple[Array, Array]:
    """Shares of budget dollars in the form of Berry (1994, RAND Journal of Economics 25), and the outside share.

    ``share_j = w_j / W_g * W_g^(1-sigma) / (w_0 + sum_h W_h^(1-sigma))`` with ``w_j = exp(V_j / (1-sigma))`` and
    ``W_g = sum of w_j in nest g``. `weight` (offer, segment, draw) may be exactly zero: an offer behind a closed gate
    then has a share of exactly zero. `outside` and `correlation` (sigma, in [0, 1)) are (draw,).
    """
    inclusive = xp.stack([xp.sum(weight[nest], axis=0) for nest in nests])
    value = inclusive ** (1.0 - correlation)
    total = outside + xp.sum(value, axis=0)
    scale = value / ((inclusive + TINY) * total)
    shares = xp.concatenate([weight[nest] * scale[i] for i, nest in enumerate(nests)], axis=0)
    return shares, outside / total


def user_cost(price: Array, power_kw: Array, energy_price: Array, energy_years: Array) -> Array:
    """What a chip costs its user: purchase plus electricity over its planning life, thousand USD per package.

    ``cost = price + power x hours x years x USD per kWh / 1000``; `price` (offer, draw), `power_kw` (offer, 1).
    """
    hours_per_year = 8766.0
    return price + power_kw * hours_per_year * energy_years * energy_price / 1000.0


def perceived_cost(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> Array:
    """User cost by offer (offer, draw) with duty passed on, porting effort and subsidies to users of domestic chips."""
    cost = user_cost(s.price, c.power_kw, p.energy_price, p.energy_years)
    foreign = cost[FOREIGN] + s.price[FOREIGN] * f.duty * p.duty_pass_through
    energy = cost[DOMESTIC] - s.price[DOMESTIC]
    maturity = s.software[c.vendor_index]
    porting = 1.0 + p.porting_cost * (1.0 - maturity)
    domestic = (s.price[DOMESTIC] * (1.0 - x.user_subsidy) + energy * (1.0 + p.power_overhead)) * porting
    return xp.concatenate([foreign, s.price[GREY] + (cost - s.price)[GREY], s.price[OFFSHORE], domestic], axis=0)


def order_book_wait(backlog: Array, delivery: Array, request: Array, tolerance: Array, xp: Array) -> Array:
    """Share of buyers who still order when they see the order book: ``exp(-months of backlog / tolerance)``.

    Months of backlog are orders over usual deliveries a month, at most 36; a capped or short product thus sends buyers
    elsewhere instead of collecting orders without end. All (foreign, draw), money in billion USD.
    """
    months = xp.minimum(backlog / (delivery + 0.05 * request + 1e-6), 36.0)
    return xp.exp(-months / tolerance)


def through_the_gates(shares: Array, weight: Array, outside: Array, passing: Array, correlation: Array, xp: Array) -> Array:
    """Shares after both gates have let through the share `passing` (foreign, segment, draw) of each foreign demand.

    Buyers are a mixture: those who may choose a restricted offer j, a share a_j of them, and those who may not and choose
    among the rest. So ``s_j = a_j s1_j`` for restricted offers and ``s_k = a s1_k + (1 - a) s2_k`` for the others, with s1 the
    shares over everything that is not shut, s2 those without any restricted offer, and a the mean of a_j over s1. A review
    that admits a third of demand admits a third of it whatever the nest, and a gate that closes ends in s2 without a jump.
    """
    free = xp.where(passing < 1.0 - 1e-9, 0.0, 1.0)
    without, _ = nested_logit(
        xp.concatenate([weight[FOREIGN] * free, weight[FOREIGN.stop :]], axis=0), outside, correlation, NESTS, xp
    )
    bound = shares[FOREIGN] * (1.0 - free)
    refused = xp.sum(bound * (1.0 - passing), axis=0) / (xp.sum(bound, axis=0) + TINY)
    mixed = shares + refused * (without - shares)
    return xp.concatenate([free * mixed[FOREIGN] + bound * passing, mixed[FOREIGN.stop :]], axis=0)


def choice_weight(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> tuple[Array, Array]:
    """``exp(V/(1-sigma))`` times availability, (offer, segment, draw), and the weight of waiting, (draw,).

    Utility: ``V = a ln(effective performance) - b ln(user cost) - r x cut-off risk [foreign] + xi``. The parts that
    never change within a run (performance of foreign chips on the segment's workload mix, preference, xi) are in
    ``c.choice_base``; the parts that move are (offer, draw), so the exponential is taken 31 times a month, not 124.
    """
    moving = -p.price_elasticity * xp.log(perceived_cost(s, p, c, x, f, xp))
    moving = moving - p.risk_aversion * (s.cutoff_risk - p.reference_risk) * c.exposed_to_cutoff
    better = p.quality_elasticity * xp.log(s.performance_factor)
    moving = xp.concatenate([moving[: DOMESTIC.start], moving[DOMESTIC] + better], axis=0)
    top = xp.max(moving, axis=0)
    weight = xp.exp((moving - top) / (1.0 - p.nest_correlation))
    backlog = xp.sum(s.order_backlog, axis=1)
    patient = order_book_wait(backlog, s.usual_delivery, s.usual_request, p.order_book_tolerance, xp)
    available = xp.concatenate(
        [
            f.gate_open * (x.on_sale * patient)[:, None, :],
            x.grey_on_sale[:, None, :] * c.grey_access[None, :, :] + 0.0 * f.gate_open[:3],
            f.rental_open * x.rental_on_sale[:, None, :] * c.rental_access[None, :, :],
            f.launched[:, None, :] + 0.0 * c.grey_access[None, :, :],
        ],
        axis=0,
    )
    return c.choice_base * weight[:, None, :] * available, xp.exp(c.waiting_value - top)


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Spread this month's money over offers and through the gates; announced stops bring purchases forward.

    Money of a segment = its budget + deferred demand that returns - repayment of what was brought forward. A mandate
    reserves a share for domestic chips; bundling attaches domestic purchases to each foreign dollar.
    """
    back = s.deferred * (1.0 - xp.exp(-c.dt / p.reentry_months))
    repaid = s.advanced * (1.0 - xp.exp(-c.dt / p.repayment_months))
    money = xp.maximum(x.budget * c.segment_share * c.dt - repaid, 0.0) + back
    repaid = xp.minimum(repaid, x.budget * c.segment_share * c.dt)

    weight, waiting_weight = choice_weight(s, p, c, x, f, xp)
    wished, _ = nested_logit(weight, waiting_weight, p.nest_correlation, NESTS, xp)
    passing = xp.minimum(f.licensed * f.admitted / (f.gate_open + TINY), 1.0)
    shares = through_the_gates(wished, weight, waiting_weight, passing, p.nest_correlation, xp)
    home = shares[DOMESTIC]
    home_mix = home / (xp.sum(home, axis=0) + TINY)
    free = money * (1.0 - x.mandate)
    foreign = free * shares[FOREIGN]
    tied = foreign * f.bundle / (1.0 + f.bundle)
    foreign = foreign - tied
    domestic = free * home + (money * x.mandate + xp.sum(tied, axis=0)) * home_mix
    desired = xp.concatenate(
        [foreign, free * shares[GREY], free * shares[OFFSHORE], domestic],
        axis=0,
    )
    waiting = money - xp.sum(desired, axis=0)

    monthly = xp.sum(foreign, axis=1)
    ahead = x.stop_notice * c.dt * p.stockpile_strength * 12.0 * s.usual_request
    pulled = ahead[:, None, :] * foreign / (monthly[:, None, :] + TINY)
    smooth = 1.0 - xp.exp(-c.dt / p.request_months)
    state = {
        "advanced": s.advanced - repaid + xp.sum(pulled, axis=0),
        "usual_request": s.usual_request + (monthly / c.dt - s.usual_request) * smooth,
    }
    flows = {
        "desired": desired,
        "waiting": waiting,
        "returned_to_market": back,
        "requests": foreign + pulled,
        "money": money,
        "tied_domestic": xp.sum(tied, axis=(0, 1)),
    }
    return state, flows


MECHANISM = Mechanism(
    name="demand",
    title="Demand",
    step=step,
    state_reads=(
        "deferred",
        "advanced",
        "usual_request",
        "price",
        "software",
        "cutoff_risk",
        "performance_factor",
        "order_backlog",
        "usual_delivery",
    ),
    state_writes=("advanced", "usual_request"),
    flow_reads=("licensed", "admitted", "gate_open", "rental_open", "launched", "duty", "bundle"),
    flow_writes=("desired", "waiting", "returned_to_market", "requests", "money", "tied_domestic"),
    parameters=(
        "price_elasticity",
        "quality_elasticity",
        "nest_correlation",
        "risk_aversion",
        "reference_risk",
        "energy_price",
        "energy_years",
        "duty_pass_through",
        "porting_cost",
        "power_overhead",
        "reentry_months",
        "repayment_months",
        "stockpile_strength",
        "request_months",
        "order_book_tolerance",
    ),
    inputs=(
        "budget",
        "mandate",
        "user_subsidy",
        "on_sale",
        "grey_on_sale",
        "rental_on_sale",
        "stop_notice",
    ),
    constants=(
        "dt",
        "segment_share",
        "choice_base",
        "waiting_value",
        "power_kw",
        "vendor_index",
        "exposed_to_cutoff",
        "grey_access",
        "rental_access",
    ),
    equation=(
        "V = a ln(performance) - b ln(user cost) - r risk + xi;  "
        "share_j = w_j/W_g * W_g^(1-sigma) / (w_0 + sum W_h^(1-sigma)),  w_j = exp(V_j/(1-sigma))"
    ),
    sources=("berry-1994-discrete-choice",),
)

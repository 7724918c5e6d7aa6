"""Demand: budgets of Chinese buyers spread over offers by a nested logit, with waiting as the outside option."""

from __future__ import annotations

from collections.abc import Sequence

from countermove.market.mechanism import Array, Mechanism, StepResult, Values
from countermove.market.offers import DOMESTIC, FOREIGN, GREY, OFFSHORE
from countermove.market.state import State

NESTS = (FOREIGN, GREY, OFFSHORE, DOMESTIC)
TINY = 1e-30


def inclusive_values(weights: Sequence[Array], correlation: Array, xp: Array) -> tuple[Array, Array]:
    """``W_g``, the sum of ``w_j = exp(V_j / (1-sigma))`` in each nest, and ``W_g^(1-sigma)``; both (nest, segment, draw).

    `weights` by nest, (offer, segment, draw) each, may be exactly zero. `correlation` (sigma, in [0, 1)) is (draw,).
    """
    inclusive = xp.stack([xp.sum(weight, axis=0) for weight in weights])
    return inclusive, inclusive ** (1.0 - correlation)


def nested_logit(inclusive: Array, value: Array, outside: Array, xp: Array) -> tuple[Array, Array]:
    """Share of budget dollars per weight, by nest (nest, segment, draw), and the outside share (segment, draw).

    The form is that of Berry (1994, RAND Journal of Economics 25): ``share_j = w_j / W_g * W_g^(1-sigma) / (w_0 + sum_h
    W_h^(1-sigma))``, so an offer's share is its weight times the number of its nest, and exactly zero behind a closed gate.
    `inclusive` and `value` as :func:`inclusive_values` gives them; `outside` is w_0, (draw,).
    """
    total = outside + xp.sum(value, axis=0)
    return value / ((inclusive + TINY) * total), outside / total


def energy_cost(power_kw: Array, energy_price: Array, energy_years: Array) -> Array:
    """Electricity over the planning life, thousand USD per package: ``power x hours x years x USD per kWh / 1000``."""
    hours_per_year = 8766.0
    return power_kw * hours_per_year * energy_years * energy_price / 1000.0


def user_cost(price: Array, power_kw: Array, energy_price: Array, energy_years: Array) -> Array:
    """What a chip costs its user: purchase plus electricity, thousand USD per package.

    `price` (offer, draw), `power_kw` (offer, 1); the second part as in :func:`energy_cost`.
    """
    return price + energy_cost(power_kw, energy_price, energy_years)


def perceived_cost(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> Array:
    """User cost by offer (offer, draw) with duty passed on, porting effort and subsidies to users of domestic chips.

    Rent covers the electricity of what is rented.
    """
    energy = energy_cost(c.power_kw, p.energy_price, p.energy_years)
    foreign = s.price[FOREIGN] * (1.0 + f.duty * p.duty_pass_through) + energy[FOREIGN]
    grey = s.price[GREY] + energy[GREY]
    porting = 1.0 + p.porting_cost * (1.0 - s.software)[c.vendor_index]
    domestic = (s.price[DOMESTIC] * (1.0 - x.user_subsidy) + energy[DOMESTIC] * (1.0 + p.power_overhead)) * porting
    return xp.concatenate([foreign, grey, s.price[OFFSHORE], domestic], axis=0)


def order_book_wait(
    backlog: Array, delivery: Array, request: Array, tolerance: Array, least: Array, longest: Array, xp: Array
) -> Array:
    """Share of buyers who still order when they see the order book: ``exp(-months of backlog / tolerance)``.

    Months of backlog are orders over usual deliveries a month, to which the share `least` of usual requests is added so that
    nothing divides by zero, and at most `longest`; a capped or short product thus sends buyers
    elsewhere instead of collecting orders without end. All (foreign, draw), money in billion USD.
    """
    months = xp.minimum(backlog / (delivery + least * request + 1e-6), longest)
    return xp.exp(-months / tolerance)


def through_the_gates(weights: Sequence[Array], outside: Array, passing: Array, correlation: Array, xp: Array) -> list[Array]:
    """Shares by nest after both gates have let through the share `passing` (foreign, segment, draw) of each foreign demand.

    Buyers are a mixture: those who may choose a restricted offer j, a share a_j of them, and those who may not and choose
    among the rest. So ``s_j = a_j s1_j`` for restricted offers and ``s_k = a s1_k + (1 - a) s2_k`` for the others, with s1 the
    shares over everything that is not shut, s2 those without any restricted offer, and a the mean of a_j over s1. A review
    that admits a third of demand admits a third of it whatever the nest, and a gate that closes ends in s2 without a jump.

    `weights` by nest in the order of `NESTS`, (offer, segment, draw) each. The mixture is taken of the nests' numbers, because
    an offer's weight is the same in s1 and s2.
    """
    foreign, *others = weights
    restricted = passing < 1.0 - 1e-9
    inclusive, value = inclusive_values(weights, correlation, xp)
    free, free_value = inclusive_values([xp.where(restricted, 0.0, foreign)], correlation, xp)
    wished, _ = nested_logit(inclusive, value, outside, xp)
    without, _ = nested_logit(
        xp.concatenate([free, inclusive[1:]], axis=0), xp.concatenate([free_value, value[1:]], axis=0), outside, xp
    )
    bound = xp.where(restricted, foreign * wished[0], 0.0)
    let_in = bound * passing
    refused = xp.sum(bound - let_in, axis=0) / (xp.sum(bound, axis=0) + TINY)
    mixed = wished + refused * (without - wished)
    return [
        xp.where(restricted, let_in, foreign * mixed[0]),
        *[weight * mixed[nest] for nest, weight in enumerate(others, start=1)],
    ]


def choice_weights(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> tuple[list[Array], Array]:
    """``exp(V/(1-sigma))`` times availability by nest, (offer, segment, draw) each, and the weight of waiting, (draw,).

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
    patient = order_book_wait(
        backlog, s.usual_delivery, s.usual_request, p.order_book_tolerance, p.order_book_least, p.order_book_longest, xp
    )
    base = c.choice_base
    weights = [
        base[FOREIGN] * f.gate_open * (weight[FOREIGN] * x.on_sale * patient)[:, None, :],
        base[GREY] * c.grey_access[None, :, :] * (weight[GREY] * x.grey_on_sale)[:, None, :],
        base[OFFSHORE] * c.rental_access[None, :, :] * f.rental_open * (weight[OFFSHORE] * x.rental_on_sale)[:, None, :],
        base[DOMESTIC] * (weight[DOMESTIC] * f.launched)[:, None, :],
    ]
    return weights, xp.exp(c.waiting_value - top)


def step(s: State, p: Values, c: Values, x: Values, f: Values, xp: Array) -> StepResult:
    """Spread this month's money over offers and through the gates; announced stops bring purchases forward.

    Money of a segment = its budget + deferred demand that returns - repayment of what was brought forward. A mandate
    reserves a share for domestic chips; bundling attaches domestic purchases to each foreign dollar.
    """
    back = s.deferred * (1.0 - xp.exp(-c.dt / p.reentry_months))
    repaid = s.advanced * (1.0 - xp.exp(-c.dt / p.repayment_months))
    money = xp.maximum(x.budget * c.segment_share * c.dt - repaid, 0.0) + back
    repaid = xp.minimum(repaid, x.budget * c.segment_share * c.dt)

    weights, waiting_weight = choice_weights(s, p, c, x, f, xp)
    passing = xp.minimum(f.licensed * f.admitted / (f.gate_open + TINY), 1.0)
    direct, grey, rented, home = through_the_gates(weights, waiting_weight, passing, p.nest_correlation, xp)
    free = money * (1.0 - x.mandate)
    foreign = free * direct
    tied = foreign * (f.bundle / (1.0 + f.bundle))
    foreign = foreign - tied
    reserved = money * x.mandate + xp.sum(tied, axis=0)
    domestic = home * (free + reserved / (xp.sum(home, axis=0) + TINY))
    desired = xp.concatenate([foreign, free * grey, free * rented, domestic], axis=0)
    waiting = money - xp.sum(desired, axis=0)

    monthly = xp.sum(foreign, axis=1)
    ahead = x.stop_notice * c.dt * p.stockpile_strength * 12.0 * s.usual_request
    pulled = foreign * (ahead / (monthly + TINY))[:, None, :]
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
        "order_book_least",
        "order_book_longest",
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

"""From named values to arrays: draws, gates, levers and tables become the inputs of one block of draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.market.choice import choice_constants
from countermove.market.dates import date, month_of
from countermove.market.exogenous import budget as budget_path
from countermove.market.exogenous import (
    cap_base,
    cap_windows,
    die_imports,
    foreign_lines,
    grey_level,
    hbm_imports,
    hbm_makers,
    legal_market,
    offer_inputs,
    packaging,
    reference_paths,
    rolling,
    wafers,
    world_inputs,
)
from countermove.market.gate_inputs import GateReadings, cap_applies, foreign_cap_share, gate_inputs, gate_readings
from countermove.market.initial import initial_state, software_at_start
from countermove.market.inputs import Bundle, MarketInputs
from countermove.market.lever_inputs import lever_inputs
from countermove.market.mechanisms.learning import negative_binomial_yield
from countermove.market.model import ORDER
from countermove.market.observe import CONSTANTS, INPUTS, PARAMETERS
from countermove.market.offer_parameters import check_parameters
from countermove.market.offers import DOMESTIC_PRODUCTS, GREY, GREY_CLASSES, OFFER_PRODUCTS
from countermove.market.state import POOLS, State
from countermove.market.tables import constants, effective_scale, segment_mix
from countermove.market.windows import first_sales

if TYPE_CHECKING:
    from countermove.hardware.products import ProductTable
    from countermove.policy.gates import GateArrays
    from countermove.policy.levers import LeverSettings

Floats = NDArray[np.float64]

#: Products on the product axis of the gate arrays that the market asks the policy room for.
GATE_PRODUCTS = tuple(dict.fromkeys(OFFER_PRODUCTS))


def bundle_parameters(draws: Mapping[str, Floats]) -> Bundle:
    """Parameters by their last name; those equal in all draws become scalars, which spares every later operation.

    Raises DataError when two paths share their last name.
    """
    bundle = Bundle()
    for path, values in draws.items():
        if path.startswith(("gates.us.", "gates.cn.")):
            continue
        name = path.rsplit(".", 1)[-1]
        if name in bundle:
            raise DataError(f"two parameters are called {name!r}", where=f"parameters/{path}", hint="rename one")
        bundle[name] = np.float64(values[0]) if np.all(values == values[0]) else values
    return bundle


def evidence_month() -> float:
    """Month in which the evidence on both governments ends: launches planned for it or later may slip."""
    from countermove.policy.force import evidence_end

    return month_of(evidence_end())


def launch_plan(planned: Floats, slip: Floats, draws: int) -> Floats:
    """Month of work at which each domestic product starts its ramp, (domestic, draw); later ones slip together."""
    future = (planned >= evidence_month()).astype(float)[:, None]
    result: Floats = planned[:, None] + future * np.broadcast_to(slip, (draws,))
    return result


def compile_market(
    draws: Mapping[str, Floats],
    gates: GateArrays,
    levers: LeverSettings,
    *,
    hazards: bool = True,
    dt: float = 1.0,
) -> MarketInputs:
    """Inputs of the market for one block of draws.

    draws: every parameter of the data tree and the gate streams, (draw,) each. gates, levers: compiled by the policy
    room for `GATE_PRODUCTS`. hazards: whether gates may change by themselves after the end of the evidence.
    """
    n = len(next(iter(draws.values())))
    caps = cap_windows(cap_applies(foreign_cap_share(gates, GATE_PRODUCTS)), levers)
    return assemble(bundle_parameters(draws), draws, gates, levers, caps, n, hazards=hazards, dt=dt)


def recompile(
    inputs: MarketInputs,
    draws: Mapping[str, Floats],
    gates: GateArrays,
    levers: LeverSettings,
    *,
    hazards: bool = True,
) -> MarketInputs:
    """Inputs of the same draws under other gates and levers, to the bit those of `compile_market`: only what they move is new."""
    caps = cap_windows(cap_applies(foreign_cap_share(gates, GATE_PRODUCTS)), levers)
    p = bundle_parameters(draws)
    moved = moved_by_levers(p, draws, gates, levers, hazards=hazards) | cap_base(p, caps, inputs.draws)
    return replace(inputs, monthly={name: moved.get(name, value) for name, value in inputs.monthly.items()})


def assemble(
    p: Bundle,
    uniforms: Mapping[str, Floats],
    gates: GateArrays,
    levers: LeverSettings,
    caps: Bundle,
    n: int,
    *,
    hazards: bool,
    dt: float,
) -> MarketInputs:
    """The part of compilation that only does arithmetic: a compiling engine traces it with its own arrays in all places.

    p: parameters by their last names. uniforms: the gate streams, (draw,) each. caps: `cap_windows`. n: draws.
    """
    from countermove.hardware.products import product_table, supply_table
    from countermove.policy.levers import compile_levers

    check_parameters()
    products = product_table(OFFER_PRODUCTS)
    supply = supply_table(DOMESTIC_PRODUCTS)
    c = constants(p, products, supply, dt, n)
    c.update(choice_constants(p, products, c, software_at_anchor(p, n), n))
    usual = compile_levers({})
    c["usual_split"] = np.array([[usual.value("beijing.capacity_push", pool)[0]] for pool in POOLS])
    x = market_inputs(p, c, n)
    x.update(moved_by_levers(p, uniforms, gates, levers, hazards=hazards))
    x.update(cap_base(p, caps, n))
    x["rolling"] = rolling(p, np.asarray(supply.launch_month, dtype=float))
    c["launch_plan"] = launch_plan(first_sales(np.asarray(supply.launch_month, dtype=float)), p.launch_slip, n)
    c["wafers_at_reference"] = x["reference_wafers"][int(date("published_yield"))]
    c["reference_yield"] = reference_yield(p, c)
    c.update(effective_by_workload(p, products, n))
    c["effective_work"] = effective_on(c.effective_system, (c.segment_share[:, None, :] * segment_mix(p)).sum(axis=0))
    p, c, x, start = slim(p, c, x, initial_state(p, c, x, n))
    return MarketInputs(p, c, x, start, n)


def moved_by_levers(
    p: Bundle,
    uniforms: Mapping[str, Floats],
    gates: GateArrays,
    levers: LeverSettings,
    *,
    hazards: bool,
    readings: GateReadings | None = None,
) -> Bundle:
    """Monthly inputs that a lever or a gate can move, with `cap_base`; all others, constants and stocks hang on draws alone.

    `readings` spares their making where those of gates with the same `readings_key` are at hand.
    """
    from countermove.policy.levers import compile_levers

    x = gate_inputs(gates, GATE_PRODUCTS, p, readings or gate_readings(gates, p, uniforms, hazards))
    x["hbm_imports"] = hbm_imports(p, levers)
    x.update(lever_inputs(levers, compile_levers({}), p, legal_market(p)))
    return x


def market_inputs(p: Bundle, c: Bundle, n: int) -> Bundle:
    """Monthly inputs that neither gates nor levers move."""
    slots, capacity = packaging(p), wafers(p)
    makers, own = hbm_makers(p)
    per_class = c.h100e[GREY][np.argsort(GREY_CLASSES)][:, 0]
    x = Bundle(
        budget=budget_path(p),
        wafers=capacity,
        packaging=slots,
        hbm_domestic=makers,
        hbm_in_house=own,
        die_imports=die_imports(p, n),
        grey_level=grey_level(p),
    )
    x.update(world_inputs(p, per_class, p.bandwidth_per_h100e))
    x.update(foreign_lines(p, n))
    x.update(offer_inputs(p, c.list_price))
    x.update(reference_paths(p, c.base_research, slots, capacity, n))
    return x


def software_at_anchor(p: Bundle, n: int) -> Floats:
    """Software maturity at the date of the demand anchors, (vendor, draw)."""
    start = software_at_start(p, n)
    odds = start / (1.0 - start) * np.exp(p.software_growth * date("demand_anchors") / 12.0)
    result: Floats = odds / (1.0 + odds)
    return result


def reference_yield(p: Bundle, c: Bundle) -> Floats:
    """Good dies by vendor at the yield's reference date (vendor, draw)."""
    result: Floats = negative_binomial_yield(c.defects_start, c.die_area_cm2, p.defect_clustering)
    return result


def effective_by_workload(p: Bundle, products: ProductTable, n: int) -> Bundle:
    """Effective performance relative to one H200, per chip and in its system, (workload, offer, draw)."""
    scale = effective_scale(p, n)[None]
    return Bundle(
        effective_chip=np.asarray(products.effective).T[:, :, None] * scale,
        effective_system=np.asarray(products.effective_system).T[:, :, None] * scale,
    )


def effective_on(effective: Floats, mix: Floats) -> Floats:
    """Effective performance on a mix of work, (offer, draw): ``exp(sum_w mix_w ln e_w)``; `mix` is (workload, 1)."""
    result: Floats = np.exp(np.sum(mix[:, None, :] * np.log(effective), axis=0))
    return result


def slim(p: Bundle, c: Bundle, x: Bundle, start: State) -> tuple[Bundle, Bundle, Bundle, State]:
    """Keep what the mechanisms and the observer declare, nothing else."""
    need_p = {name for m in ORDER for name in m.parameters} | set(PARAMETERS)
    need_c = {name for m in ORDER for name in m.constants} | set(CONSTANTS)
    need_x = {name for m in ORDER for name in m.inputs} | set(INPUTS)
    missing = [*(need_p - p.keys()), *(need_c - c.keys()), *(need_x - x.keys())]
    if missing:
        raise DataError(f"mechanisms ask for values that nobody gives: {', '.join(sorted(missing))}", where="market")
    cut = [Bundle({k: v for k, v in part.items() if k in need}) for part, need in ((p, need_p), (c, need_c), (x, need_x))]
    return cut[0], cut[1], cut[2], start

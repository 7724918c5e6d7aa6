"""Constant tables over offers and vendors: capabilities, prices, links between products. No month axis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError, did_you_mean
from countermove.market.inputs import Bundle
from countermove.market.mechanisms.learning import defects_for_yield, dies_per_wafer
from countermove.market.offers import (
    BY_ROUTE,
    DOMESTIC,
    DOMESTIC_PRODUCTS,
    OFFER_ROUTES,
    OFFERS,
    OFFSHORE,
    ROWS,
    SUCCESSOR,
    VENDOR_OF,
    VENDOR_ROWS,
    VENDORS,
)

if TYPE_CHECKING:
    from countermove.hardware.products import ProductTable, SupplyTable

Floats = NDArray[np.float64]

HOURS_IN_MONTH = 8766.0 / 12.0


def column(values: Any) -> Floats:
    """A (n,) table as (n, 1), ready to meet a draw axis."""
    return np.asarray(values, dtype=float)[:, None]


def below(*values: Any) -> Floats:
    """Parameters one below the other: (n, 1) where every draw agrees on all of them, else (n, draw)."""
    return np.stack(np.broadcast_arrays(*[np.atleast_1d(value) for value in values]))


def product(p: Bundle, paths: tuple[str, ...], where: str) -> Floats:
    """Parameters multiplied with each other, (draw,) or a scalar; DataError with the nearest path for one that does not exist."""
    found: Any = None
    for path in paths:
        name = path.rsplit(".", 1)[-1]
        if name not in p:
            raise DataError(f"no parameter is called '{path}'", where=where, hint=did_you_mean(name, p))
        found = p[name] if found is None else found * p[name]
    return found  # type: ignore[no-any-return]


def list_prices(p: Bundle, draws: int) -> Floats:
    """Price by offer at its reference date, thousand USD per package, (offer, draw): an hour's rent times the term abroad."""
    term = p.rental_months * HOURS_IN_MONTH / 1000.0
    rows = [product(p, row.price, f"market/offers.yaml ({row.route}.{row.id}.price)") for row in ROWS]
    priced = [value * term if row.route == "offshore" else value for row, value in zip(ROWS, rows, strict=True)]
    return np.stack([np.broadcast_to(value, (draws,)) for value in priced]).astype(float)


def by_vendor(p: Bundle, field: str, draws: int) -> Floats:
    """A parameter that each vendor's row names, (vendor, draw)."""
    rows = [product(p, (getattr(row, field),), f"market/vendors.yaml ({row.id}.{field})") for row in VENDOR_ROWS.values()]
    return np.stack([np.broadcast_to(value, (draws,)) for value in rows])


def vendor_matrix() -> Floats:
    """(vendor, domestic): 1 where the product is the vendor's."""
    matrix = np.zeros((len(VENDORS), len(DOMESTIC_PRODUCTS)))
    matrix[np.asarray(VENDOR_OF), np.arange(len(DOMESTIC_PRODUCTS))] = 1.0
    return matrix


def segment_mix(p: Bundle) -> Floats:
    """Workload mix by segment (segment, workload, draw or 1): training, prefill, decode; they sum to one."""
    training = below(*[p[f"training_{s}"] for s in ("internet", "labs", "telecoms", "state_funded")])
    rest = 1.0 - training
    return np.stack(np.broadcast_arrays(training, rest * p.prefill_share, rest * (1.0 - p.prefill_share)), axis=1)


def effective_scale(p: Bundle, draws: int) -> Floats:
    """Uncertainty of effective performance by offer (offer, draw): 1 for foreign parts, the vendor's for domestic ones."""
    foreign = [np.ones(draws)] * DOMESTIC.start
    return np.stack([*foreign, *by_vendor(p, "performance", draws)[np.asarray(VENDOR_OF)]])


def own_or_split(p: Bundle, field: str) -> Floats:
    """Share of a whole by vendor (vendor, draw or 1): what some have for themselves, the rest by `split`."""
    own = {row.id: product(p, (share,), row.id) for row in VENDOR_ROWS.values() if (share := getattr(row, field)) is not None}
    left: Any = 1.0
    for share in own.values():
        left = left - share
    rest = iter(vendor_split(p, [name for name in VENDORS if name not in own]))
    return np.stack(np.broadcast_arrays(*[np.atleast_1d(own[n] if n in own else left * next(rest)) for n in VENDORS]))


def vendor_split(p: Bundle, names: Iterable[str]) -> Floats:
    """Share of the joint packages of some vendors, by vendor (vendor, draw or 1); they sum to one."""
    parts = below(*[product(p, (split,), name) for name in names if (split := VENDOR_ROWS[name].split) is not None])
    result: Floats = parts / parts.sum(axis=0)
    return result


def sharing(field: str) -> tuple[str, ...]:
    """Vendors that have no figure of their own, but a part of the shared one."""
    return tuple(row.id for row in VENDOR_ROWS.values() if getattr(row, field) is None)


def line_months(p: Bundle) -> Floats:
    """Months from a start on the line to a finished package (foreign, draw or 1)."""
    return below(*[product(p, (row.line.months,), row.id) for row in BY_ROUTE["direct"] if row.line is not None])


def memory_scale(p: Bundle) -> Floats:
    """Stacks in a vendor's packages relative to what chips/supply_inputs.yaml states, (domestic, draw or 1)."""
    scales = [1.0 if row.memory_scale is None else product(p, (row.memory_scale,), row.id) for row in VENDOR_ROWS.values()]
    return below(*[scales[vendor] for vendor in VENDOR_OF])


def segment_share(p: Bundle) -> Floats:
    """Share of the budget by segment (segment, draw or 1); a scenario that changes one of them shifts the others."""
    shares = below(p.segment_internet, p.segment_labs, p.segment_telecoms, p.segment_state_funded)
    result: Floats = shares / shares.sum(axis=0)
    return result


def constants(p: Bundle, products: ProductTable, supply: SupplyTable, dt: float, draws: int) -> Bundle:
    """All constant tables; what needs the demand inversion is added by the caller."""
    vendors = len(VENDORS)
    index = np.asarray(VENDOR_OF)
    owned = np.ones((OFFERS, 1))
    owned[OFFSHORE] = 0.0
    exposed = {"direct": 1.0, "offshore": p.offshore_exposure}
    die_area = supply.die_area_mm2[[list(index).index(v) for v in range(vendors)]]
    stacks = column(supply.hbm_stacks) * memory_scale(p)
    start = defects_for_yield(p.yield_2025, p.yield_die_area, p.defect_clustering)
    floor = np.minimum(defects_for_yield(p.yield_mature, p.yield_die_area, p.defect_clustering), 0.95 * start)
    successor = np.asarray(SUCCESSOR)
    return Bundle(
        dt=np.float64(dt),
        h100e=column(products.h100e),
        bandwidth=column(products.memory_bandwidth_tb_s) / 1000.0,
        power_kw=column(products.power_kw),
        list_price=list_prices(p, draws),
        owned=owned,
        exposed_to_cutoff=below(*[exposed.get(route, 0.0) for route in OFFER_ROUTES]),
        line_months=line_months(p),
        line_response=line_months(p) * p.line_response_share,
        vendor_index=index,
        vendor_sum=vendor_matrix(),
        domestic_offers=np.arange(DOMESTIC.start, DOMESTIC.stop),
        successor=np.where(successor < 0, 0, successor),
        has_successor=column(successor >= 0),
        dies_per_package=column(supply.dies_per_package),
        hbm_stacks=stacks,
        has_own_hbm=column([float(row.own_memory) for row in VENDOR_ROWS.values()]),
        die_area_cm2=column(die_area) / 100.0,
        dies_per_wafer=dies_per_wafer(column(die_area), np),
        wafer_split=np.broadcast_to(own_or_split(p, "wafer_share"), (vendors, draws)),
        defects_start=start,
        defects_floor=floor,
        segment_share=segment_share(p),
        grey_access=below(1.0, 1.0, p.grey_access_telecoms, p.grey_access_state_funded),
        rental_access=below(1.0, 1.0, p.rental_access_telecoms, p.rental_access_state_funded),
        base_research=by_vendor(p, "research_base", draws),
        vendor_split=own_or_split(p, "plan_share"),
        pool_cost=np.stack([np.broadcast_to(v, (draws,)) for v in (p.cost_logic, p.cost_hbm, p.cost_packaging)]),
    )

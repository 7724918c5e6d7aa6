"""Constant tables over offers and vendors: capabilities, prices, links between products. No month axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.market.inputs import Bundle
from countermove.market.mechanisms.learning import defects_for_yield, dies_per_wafer
from countermove.market.offers import (
    DOMESTIC,
    DOMESTIC_PRODUCTS,
    FOREIGN,
    OFFER_PRODUCTS,
    OFFER_ROUTES,
    OFFERS,
    OFFSHORE,
    SUCCESSOR,
    VENDOR_OF,
    VENDORS,
)

if TYPE_CHECKING:
    from countermove.hardware.products import ProductTable, SupplyTable

Floats = NDArray[np.float64]

HOURS_IN_TERM = 3 * 8766.0

#: Domestic vendors other than Huawei: share of their joint packages, 2025, after IDC's cards; the last three share IDC's rest.
VENDOR_SPLIT_PARAMETERS = ("split_cambricon", "split_hygon", "split_thead", "split_kunlunxin", "split_moore", "split_metax")


def column(values: Any) -> Floats:
    """A (n,) table as (n, 1), ready to meet a draw axis."""
    return np.asarray(values, dtype=float)[:, None]


def below(*values: Any) -> Floats:
    """Parameters one below the other: (n, 1) where every draw agrees on all of them, else (n, draw)."""
    return np.stack(np.broadcast_arrays(*[np.atleast_1d(value) for value in values]))


def list_prices(p: Bundle, draws: int) -> Floats:
    """Price by offer at its reference date, thousand USD per package, (offer, draw)."""
    term = HOURS_IN_TERM / 1000.0
    ascend = p.price_910c * p.ascend_realisation
    later = ascend * p.generation_premium
    rows = [
        p.price_a100,
        p.price_a100,
        p.price_h800,
        p.price_h20,
        p.price_low_end,
        p.price_pro6000d,
        p.price_h200,
        p.price_b30a * p.price_b200 * 1.15,
        p.price_b200,
        p.price_rubin,
        p.price_amd,
        p.price_amd * 1.3,
        p.price_h100_world,
        p.price_b200,
        p.price_rubin,
        p.rental_hour_h200 * term,
        p.rental_hour_gb300 * term,
        p.rental_hour_rubin * term,
        p.price_910b * p.ascend_realisation,
        ascend,
        p.price_950pr * p.ascend_realisation,
        later,
        later * p.generation_premium,
        later * p.generation_premium**2,
        p.price_cambricon,
        p.price_cambricon * p.generation_premium,
        p.price_other,
        p.price_other,
        p.price_other,
        p.price_other,
        p.price_other,
    ]
    return np.stack([np.broadcast_to(row, (draws,)) for row in rows]).astype(float)


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
    """Uncertainty of effective performance by offer (offer, draw): 1 for foreign parts, scales for domestic ones."""
    foreign = [np.ones(draws)] * DOMESTIC.start
    names = OFFER_PRODUCTS[DOMESTIC]
    domestic = [np.broadcast_to(p.ascend_scale if n.startswith("ascend") else p.other_domestic_scale, (draws,)) for n in names]
    return np.stack([*foreign, *domestic])


def market_share_by_vendor(p: Bundle) -> Floats:
    """Share of planned domestic revenue by vendor (vendor, draw or 1): Huawei's, the rest by packages."""
    others = (1.0 - p.plan_huawei_share) * other_vendor_split(p)
    return np.concatenate([np.broadcast_to(p.plan_huawei_share, others[:1].shape), others])


def smaller_vendor_split(p: Bundle) -> Floats:
    """Share of packages of the five vendors other than Huawei and Cambricon (vendor, draw or 1)."""
    others = other_vendor_split(p)[1:]
    result: Floats = others / others.sum(axis=0)
    return result


def other_vendor_split(p: Bundle) -> Floats:
    """Share of the other six vendors' packages (vendor without Huawei, draw or 1)."""
    others = below(*[p[name] for name in VENDOR_SPLIT_PARAMETERS])
    result: Floats = others / others.sum(axis=0)
    return result


def line_months(p: Bundle) -> Floats:
    """Months from a start on the line to a finished package (foreign, draw or 1): low-end cards are diverted, not made."""
    low_end = [name in ("l20", "rtx-pro-6000d") for name in OFFER_PRODUCTS[FOREIGN]]
    return below(*[p.line_months_low_end if low else p.line_months for low in low_end])


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
    others = np.array([float(not name.startswith("ascend")) for name in OFFER_PRODUCTS[DOMESTIC]])[:, None]
    stacks = column(supply.hbm_stacks) * (1.0 + others * (p.other_stacks - 1.0))
    start = defects_for_yield(p.yield_2025, p.yield_die_area, p.defect_clustering)
    floor = np.minimum(defects_for_yield(p.yield_mature, p.yield_die_area, p.defect_clustering), 0.95 * start)
    successor = np.asarray(SUCCESSOR)
    split = other_vendor_split(p)
    huawei_wafers = np.broadcast_to(p.huawei_wafer_share, (draws,))
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
        has_own_hbm=column([1.0] + [0.0] * (vendors - 1)),
        die_area_cm2=column(die_area) / 100.0,
        dies_per_wafer=dies_per_wafer(column(die_area), np),
        wafer_split=np.concatenate([huawei_wafers[None], (1.0 - huawei_wafers) * split]),
        defects_start=start,
        defects_floor=floor,
        segment_share=segment_share(p),
        grey_access=below(1.0, 1.0, p.grey_access_telecoms, p.grey_access_state_funded),
        rental_access=below(1.0, 1.0, p.rental_access_telecoms, p.rental_access_state_funded),
        base_research=np.stack([np.broadcast_to(p.base_huawei if v == 0 else p.base_other, (draws,)) for v in range(vendors)]),
        vendor_split=market_share_by_vendor(p),
        pool_cost=np.stack([np.broadcast_to(v, (draws,)) for v in (p.cost_logic, p.cost_hbm, p.cost_packaging)]),
    )

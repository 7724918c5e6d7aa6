"""Every outcome: what it is, in which unit, how months become periods, and which monthly series it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.market.offers import DOMESTIC, DOMESTIC_PRODUCTS, FOREIGN, FOREIGN_PRODUCTS, GREY, H20, H200, LOW_END, NVIDIA
from countermove.outcomes.frontier import gap_months, parity_year
from countermove.outcomes.window import Window, share
from countermove.quantities.axes import WORKLOADS

Floats = NDArray[np.float64]
Kind = str

HUAWEI = slice(DOMESTIC.start, DOMESTIC.start + 6)
CAMBRICON = slice(DOMESTIC.start + 6, DOMESTIC.start + 8)
ASCEND_910B = DOMESTIC.start
ASCEND_910C = DOMESTIC.start + 1
#: Both NVIDIA data-centre chips that Epoch AI counts as legal sales and AMD's are left to their own outcomes.
LEGAL_NVIDIA = tuple(
    i for i, name in enumerate(FOREIGN_PRODUCTS) if name in ("a100-sxm", "a800-sxm", "h800-sxm", "h20", "h200-sxm")
)
DIRECT, OFFSHORE_ROUTE, GREY_ROUTE, DOMESTIC_ROUTE = range(4)
MONTH_OF_2024 = 24
CNY_PER_USD = 7.2


@dataclass(frozen=True)
class Outcome:
    """One thing that people argue about.

    kind: flow (summed), stock (end of period), ratio (of sums or of stocks), date (a year, horizon only).
    reads: the monthly series it is measured on. better_for: whose headline it is, without a judgement.
    """

    id: str
    label: str
    unit: str
    kind: Kind
    definition: str
    reads: tuple[str, ...]
    measure: Callable[[Window], Floats]
    theme: str = "money"


def _units(id_: str, label: str, definition: str, index: int | slice | tuple[int, ...]) -> Outcome:
    return Outcome(id_, label, "thousand package", "flow", definition, ("units",), lambda w: w.flow("units", index), "units")


def _domestic(name: str) -> int:
    return DOMESTIC.start + DOMESTIC_PRODUCTS.index(name)


def _market(w: Window) -> Floats:
    return w.flow("value", FOREIGN) + w.flow("value", DOMESTIC)


MONEY = (
    Outcome(
        "h200_china_revenue_usd_bn",
        "H200 revenue in China",
        "usd_bn",
        "flow",
        "Direct legal deliveries of H200 to buyers headquartered in China, wherever installed, at the seller's price.",
        ("value",),
        lambda w: w.flow("value", H200),
    ),
    Outcome(
        "nvidia_china_ai_revenue_usd_bn",
        "NVIDIA's AI-chip revenue in China",
        "usd_bn",
        "flow",
        "Direct legal deliveries of all NVIDIA accelerators, low-end cards included; no networking, gaming or grey sales.",
        ("nvidia_china",),
        lambda w: w.flow("nvidia_china"),
    ),
    Outcome(
        "nvidia_china_profit_usd_bn",
        "NVIDIA's gross profit in China",
        "usd_bn",
        "flow",
        "Gross margin on China revenue less the part of duty and revenue share that the seller bears.",
        ("nvidia_profit_china",),
        lambda w: w.flow("nvidia_profit_china"),
    ),
    Outcome(
        "nvidia_datacenter_revenue_usd_bn",
        "NVIDIA's data-centre revenue, world",
        "usd_bn",
        "flow",
        "Given sales outside China plus simulated sales to China, less American units displaced.",
        ("nvidia_datacenter",),
        lambda w: w.flow("nvidia_datacenter"),
    ),
    Outcome(
        "duty_proceeds_usd_bn",
        "Duty and revenue share collected",
        "usd_bn",
        "flow",
        "Import duty on entered value plus any share of revenue, all foreign chips, paid to the US government.",
        ("duty_proceeds",),
        lambda w: w.flow("duty_proceeds"),
    ),
    Outcome(
        "duty_borne_by_buyers_share",
        "Share of the duty that buyers bear",
        "1",
        "ratio",
        "Duty passed on in the buyers' price over all duty and revenue share; 0 where nothing is collected.",
        ("duty_on_buyers", "duty_proceeds"),
        lambda w: share(w.flow("duty_on_buyers"), w.flow("duty_proceeds")),
    ),
    Outcome(
        "domestic_ai_chip_revenue_usd_bn",
        "Revenue of Chinese AI-chip vendors",
        "usd_bn",
        "flow",
        "Sales of all domestic accelerators to Chinese buyers at realised prices.",
        ("vendor_revenue",),
        lambda w: w.flow("vendor_revenue"),
    ),
    Outcome(
        "huawei_ai_chip_revenue_usd_bn",
        "Huawei's AI-chip revenue",
        "usd_bn",
        "flow",
        "Sales of Ascend packages at realised prices.",
        ("vendor_revenue",),
        lambda w: w.flow("vendor_revenue", 0),
    ),
    Outcome(
        "cambricon_revenue_cny_bn",
        "Cambricon's revenue",
        "cny_bn",
        "flow",
        "Sales of Cambricon accelerators at realised prices, at 7.2 yuan per dollar.",
        ("vendor_revenue",),
        lambda w: w.flow("vendor_revenue", 1) * CNY_PER_USD,
    ),
    Outcome(
        "domestic_research_usd_bn",
        "R&D on AI chips by Chinese vendors",
        "usd_bn",
        "flow",
        "R&D spending of all domestic vendors on AI chips.",
        ("research_spending",),
        lambda w: w.flow("research_spending") / 12.0,
    ),
    Outcome(
        "china_ai_chip_market_usd_bn",
        "Chinese AI-chip market, legal",
        "usd_bn",
        "flow",
        "Value of direct legal and domestic deliveries; without the grey market and rental.",
        ("value",),
        _market,
    ),
    Outcome(
        "china_ai_chip_market_with_grey_usd_bn",
        "Chinese AI-chip market with the grey market",
        "usd_bn",
        "flow",
        "Value of direct legal, domestic and diverted deliveries; without rental.",
        ("value",),
        lambda w: _market(w) + w.flow("value", GREY),
    ),
)

UNITS = (
    _units("h200_china_units", "H200 delivered to China", "Direct legal deliveries to buyers headquartered in China, wherever installed.", H200),
    _units("h20_china_units", "H20 delivered to China", "Direct legal deliveries.", H20),
    _units("a100_china_units", "A100 delivered to China", "Direct legal deliveries.", 0),
    _units("a800_china_units", "A800 delivered to China", "Direct legal deliveries.", 1),
    _units("h800_china_units", "H800 delivered to China", "Direct legal deliveries.", 2),
    _units("low_end_china_units", "Low-end NVIDIA cards delivered to China", "L20-class and similar cards, and the RTX Pro 6000D.", (LOW_END, LOW_END + 1)),
    _units("nvidia_china_cards", "NVIDIA cards delivered to China", "All NVIDIA accelerator cards, low-end ones included: the count of card trackers.", NVIDIA),
    _units("amd_china_units", "AMD accelerators delivered to China", "Direct legal deliveries.", (10, 11)),
    _units("legal_nvidia_units", "High-end NVIDIA chips delivered legally", "A100, A800, H800, H20 and H200.", LEGAL_NVIDIA),
    _units("huawei_ascend_packages", "Ascend packages sold", "All Ascend packages; a 910C counts once though it holds two dies.", HUAWEI),
    _units("ascend_910b_packages", "Ascend 910B sold", "910B-class packages.", ASCEND_910B),
    _units("ascend_910c_packages", "Ascend 910C sold", "910C packages of two dies.", ASCEND_910C),
    _units("cambricon_units", "Cambricon cards sold", "590 and 690 class.", CAMBRICON),
    _units("thead_units", "T-Head cards sold", "PPU class.", _domestic("thead-ppu")),
    _units("kunlunxin_units", "Kunlunxin cards sold", "P800 class.", _domestic("kunlun-p800")),
    _units("domestic_units", "Domestic cards sold", "All Chinese vendors.", DOMESTIC),
    _units("china_cards", "Cards delivered in China", "Direct legal and domestic: the count of card trackers.", (*range(12), *range(DOMESTIC.start, DOMESTIC.stop))),
    _units("grey_units", "Diverted chips", "Chips that reach China outside both gates.", GREY),
    Outcome(
        "cap_headroom_h200_units",
        "H200 that the volume cap would still allow",
        "thousand package",
        "stock",
        "Cap share times US shipments in the reference period, less deliveries; very large where no cap applies.",
        ("cap_headroom",),
        lambda w: np.minimum(w.stock("cap_headroom"), 1e6),
        "units",
    ),
)

SELF_SUFFICIENCY = (
    Outcome(
        "domestic_share_units",
        "Domestic share of cards",
        "1",
        "ratio",
        "Domestic cards over domestic and direct legal foreign cards, low-end ones included.",
        ("units",),
        lambda w: share(w.flow("units", DOMESTIC), w.flow("units", DOMESTIC) + w.flow("units", FOREIGN)),
        "self-sufficiency",
    ),
    Outcome(
        "domestic_share_money",
        "Domestic share of money",
        "1",
        "ratio",
        "Domestic value over domestic and direct legal foreign value.",
        ("value",),
        lambda w: share(w.flow("value", DOMESTIC), _market(w)),
        "self-sufficiency",
    ),
    Outcome(
        "domestic_share_compute",
        "Domestic share of compute added",
        "1",
        "ratio",
        "Domestic H100e over all H100e added for Chinese users, grey market and rental included.",
        ("added_h100e",),
        lambda w: share(w.flow("added_h100e", DOMESTIC_ROUTE), w.flow("added_h100e")),
        "self-sufficiency",
    ),
    Outcome(
        "china_shortage_share",
        "Demand that found no chips",
        "1",
        "ratio",
        "Budget of the period that was neither spent in it nor covered by spending earlier budgets; below 0 when old demand is served.",
        ("spent", "budget"),
        lambda w: 1.0 - share(w.flow("spent"), w.flow("budget")),
        "self-sufficiency",
    ),
    Outcome(
        "domestic_slack_share",
        "Domestic output not bound by supply",
        "1",
        "ratio",
        "Share of months, weighted by output, in which orders rather than dies, memory or packaging set what vendors make.",
        ("slack",),
        lambda w: w.mean("slack"),
        "self-sufficiency",
    ),
)

COMPUTE = (
    Outcome(
        "china_compute_h100e",
        "Compute in use by Chinese users",
        "thousand h100e",
        "stock",
        "Dense 8-bit H100 equivalents installed or rented on all routes.",
        ("installed_h100e",),
        lambda w: w.stock("installed_h100e"),
        "compute",
    ),
    Outcome(
        "us_china_compute_ratio_h100e",
        "US to Chinese compute, H100e",
        "1",
        "ratio",
        "Installed H100e in the US over H100e in use by Chinese users.",
        ("us_h100e", "installed_h100e"),
        lambda w: share(w.stock("us_h100e"), w.stock("installed_h100e")),
        "compute",
    ),
    Outcome(
        "us_china_compute_ratio_bandwidth",
        "US to Chinese compute, memory bandwidth",
        "1",
        "ratio",
        "The same ratio counted in memory bandwidth, which weighs decoding more.",
        ("us_bandwidth", "installed_bandwidth"),
        lambda w: share(w.stock("us_bandwidth"), w.stock("installed_bandwidth")),
        "compute",
    ),
    Outcome(
        "us_china_flow_ratio_h100e",
        "US to Chinese compute added, H100e",
        "1",
        "ratio",
        "H100e added in the US over H100e added for Chinese users in the period.",
        ("us_h100e_added", "added_h100e"),
        lambda w: share(w.flow("us_h100e_added"), w.flow("added_h100e")),
        "compute",
    ),
    Outcome(
        "smuggled_h100e_cumulative",
        "Diverted compute since January 2024",
        "thousand h100e",
        "stock",
        "Cumulated H100e of diverted chips from January 2024.",
        ("smuggled",),
        lambda w: np.maximum(w.stock("smuggled") - w.before("smuggled", MONTH_OF_2024), 0.0),
        "compute",
    ),
    Outcome(
        "us_units_displaced",
        "US units displaced by H200 for China",
        "thousand package",
        "stock",
        "Cumulated American units not made because H200s were made for China.",
        ("us_displaced",),
        lambda w: w.stock("us_displaced"),
        "compute",
    ),
    Outcome(
        "china_power_gw",
        "Power drawn by accelerators in China",
        "gw",
        "stock",
        "All-in facility power of installed direct, grey and domestic accelerators; rented ones draw abroad.",
        ("power",),
        lambda w: w.stock("power"),
        "compute",
    ),
    Outcome(
        "china_cost_premium",
        "Cost premium of Chinese buyers",
        "1",
        "ratio",
        "Money spent per unit of effective work over the price of a new foreign chip's work, less one.",
        ("cost_per_work", "world_cost_per_work"),
        lambda w: w.mean("cost_per_work") / w.mean("world_cost_per_work") - 1.0,
        "compute",
    ),
)


def _gap(view: str, workload: str) -> Outcome:
    return Outcome(
        f"gap_months_{view}_{workload}",
        f"Months behind NVIDIA's best, {workload}, per {view}",
        "month",
        "stock",
        f"Time since NVIDIA's best part reached the effective performance in {workload} that the best domestic part has now, "
        + ("chip by chip." if view == "chip" else "each in its own system."),
        (f"frontier_{view}",),
        lambda w: gap_months(w.monthly[f"frontier_{view}"], w.last, view, workload),
        "frontier",
    )


def _parity(view: str, workload: str) -> Outcome:
    return Outcome(
        f"parity_year_{view}_{workload}",
        f"Year in which a domestic {view} equals an H200, {workload}",
        "year",
        "date",
        f"First year, with fraction, in which the best domestic part equals one H200 in {workload}; 2033 if not by the end of 2032.",
        (f"frontier_{view}",),
        lambda w: parity_year(w.monthly[f"frontier_{view}"], workload),
        "frontier",
    )


def _level(view: str, workload: str) -> Outcome:
    return Outcome(
        f"domestic_frontier_{view}_{workload}",
        f"Best domestic part relative to one H200, {workload}, per {view}",
        "1",
        "stock",
        f"Effective performance in {workload} of the best domestic part, weighted by its launch ramp; one H200 is 1.",
        (f"frontier_{view}",),
        lambda w: w.stock(f"frontier_{view}", WORKLOADS.index(workload)),
        "frontier",
    )


VIEWS = ("chip", "system")
FRONTIER = tuple(make(view, work) for make in (_gap, _parity, _level) for view in VIEWS for work in WORKLOADS)

ALL = (*MONEY, *UNITS, *SELF_SUFFICIENCY, *COMPUTE, *FRONTIER)

"""Monthly inputs that no gate sets: budgets, announced capacity, launches, the grey level, the reference paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.market.dates import cambricon_lines, date, hbm_stockpile, span
from countermove.market.inputs import Bundle
from countermove.market.offers import FOREIGN_PRODUCTS, GREY_PRODUCTS, H20, H200, OFFSHORE_PRODUCTS, SUCCESSOR, VENDORS
from countermove.market.paths import (
    MONTH,
    accumulated,
    end_of_year,
    growing,
    inside,
    log_linear,
    mid_year,
    ramp,
    spread_evenly,
    step_from,
)
from countermove.market.tables import market_share_by_vendor, other_vendor_split, smaller_vendor_split
from countermove.market.windows import ageing, on_offer, windows
from countermove.market.world import class_units, rest_of_world_revenue, world_h100e
from countermove.quantities.calendar import MONTHS, period_months

if TYPE_CHECKING:
    from countermove.policy.levers import LeverSettings

Floats = NDArray[np.float64]


def legal_market(p: Bundle) -> Floats:
    """Demand outside the grey market and rental, billion USD a year (month, draw)."""
    years = (2022, 2023, 2024, 2025, 2027, 2028)
    path = log_linear([mid_year(y) for y in years], [p[f"legal_market_{y}"] for y in years])
    return growing(path, mid_year(2028), np.log1p(p.growth_after_2028))


def budget(p: Bundle) -> Floats:
    """Whole budget a month, billion USD (month, draw): legal demand, what goes to grey and rental, and what waits."""
    grey = log_linear(
        [mid_year(2023), mid_year(2024), mid_year(2025)],
        [p.grey_budget_2023_ratio * p.grey_budget_2024, p.grey_budget_2024, p.grey_budget_2025],
    )
    whole = legal_market(p) * (1.0 + grey + p.offshore_budget) / (1.0 - p.wait_share)
    result: Floats = whole / 12.0
    return result


def wafers(p: Bundle) -> Floats:
    """Announced capacity at 7 nm and below, thousand wafers a month (month, draw)."""
    w25 = p.wafers_2025
    w26 = w25 * p.wafers_growth_2026
    w27 = w26 * p.wafers_growth_2027
    years = (2021, 2025, 2026, 2027)
    start = w25 * np.exp((years[0] - years[1]) * p.wafers_growth_before)
    path = log_linear([end_of_year(y) for y in years], [start, w25, w26, w27])
    return growing(path, end_of_year(years[-1]), np.log1p(p.wafers_growth_later))


def packaging(p: Bundle) -> Floats:
    """Announced packaging slots by vendor, thousand packages a month (month, vendor, draw): history to 2025, then plans."""
    years = (2022, 2023, 2024, 2025, 2026)
    at = [mid_year(y) for y in years]
    growth = np.log1p(p.packages_growth)
    huawei = growing(log_linear(at, [p[f"huawei_packages_{y}"] for y in years]), mid_year(2026), growth)
    dates, rates = zip(*cambricon_lines(), strict=True)
    cambricon = log_linear(dates, [p[rate] for rate in rates])
    other = growing(log_linear(at, [p[f"other_packages_{y}"] for y in years]), mid_year(2026), growth)
    rest = other[:, None, :] * smaller_vendor_split(p)[None]
    rows = [huawei[:, None, :], growing(cambricon, mid_year(2026), growth)[:, None, :], rest]
    draws = max(row.shape[-1] for row in rows)
    return np.concatenate([np.broadcast_to(row, (*row.shape[:2], draws)) for row in rows], axis=1) / 12.0


def hbm_imports(p: Bundle, levers: LeverSettings) -> Floats:
    """Imported HBM stacks, thousand a month (month, draw): the stockpile to December 2024, then what controls leave open.

    Of the stacks about 7 of 11.4 million came in December 2024; the share that never reaches an accelerator is taken off.
    """
    total = p.hbm_imports * 1000.0 * (1.0 - p.hbm_lost_share)
    stages = hbm_stockpile()
    history = np.sum(np.stack([spread_evenly(np.atleast_1d(total * s.share), s.start, s.until) for s in stages]), axis=0)
    strict = levers.value("washington.component_controls")
    part = levers.value("washington.component_controls", "hbm")
    left = np.clip(1.0 - np.atleast_1d(p.hbm_control_slope) * strict[:, None], 0.0, 1.0)
    share = np.where(part[:, None] < 0.0, left, part[:, None]) * step_from(stages[-1].until)[:, None]
    result: Floats = history + share * p.hbm_open_imports * 1000.0 / 12.0
    return result


def hbm_makers(p: Bundle) -> tuple[Floats, Floats]:
    """Chinese memory makers' and Huawei's own HBM, thousand stacks a month (month, draw).

    Both ramp from one date, scaled so that a ramp without slip makes the year's figure in 2026;
    the memory makers' ramp starts later by the slip. After mid-2026 both grow at the yearly rate.
    """
    growth = np.exp(np.log1p(p.hbm_growth) * np.maximum(MONTH[:, None] - mid_year(2026), 0.0) / 12.0)
    start, months = date("hbm_ramp"), np.atleast_1d(p.hbm_ramp_months)
    planned = ramp(np.atleast_1d(start), months) * growth
    in_2026 = planned[slice(*period_months("2026"))].mean(axis=0)
    makers = p.hbm_domestic_2026 * ramp(np.atleast_1d(start + p.hbm_slip), months) * growth / in_2026
    own = p.hbm_in_house_2026 * planned / in_2026
    return makers * 1000.0 / 12.0, own * 1000.0 / 12.0


def die_imports(p: Bundle, draws: int) -> Floats:
    """Dies from foreign foundries, thousand a month (month, vendor, draw): Huawei's bank and that of others."""
    huawei = spread_evenly(np.broadcast_to(p.die_bank * 1000.0, (draws,)), *span("huawei_die_bank"))
    other = spread_evenly(np.broadcast_to(p.other_die_bank * 1000.0, (draws,)), *span("other_die_bank"))
    split = other_vendor_split(p)
    return np.concatenate([huawei[:, None, :], other[:, None, :] * split[None]], axis=1)


def reference_paths(p: Bundle, base: Floats, slots: Floats, capacity: Floats, draws: int) -> Bundle:
    """What published plans imply: revenue, knowledge, output, installed base and wafers, against which loops are measured."""
    years = (2023, 2025, 2027, 2028)
    total = log_linear([mid_year(y) for y in years], [p[f"plan_revenue_{y}"] for y in years])
    early = np.exp(np.minimum(MONTH[:, None] - mid_year(2023), 0.0) / 12.0 * p.plan_growth_before)
    total = growing(total * early, mid_year(2028), np.log1p(p.plan_growth_later))
    revenue = total[:, None, :] * market_share_by_vendor(p)[None]
    spending = base[None] + p.revenue_to_research * revenue
    first = np.broadcast_to(spending[0] / (p.knowledge_depreciation + p.knowledge_growth_before), (len(VENDORS), draws))
    knowledge = accumulated(first, 1.0 - p.knowledge_depreciation / 12.0, spending / 12.0)
    made = np.cumsum(slots, axis=0)
    return Bundle(
        reference_revenue=revenue,
        reference_knowledge=knowledge,
        reference_output=made,
        reference_base=made,
        reference_wafers=np.cumsum(capacity, axis=0) + p.early_wafer_months * capacity[0],
    )


def grey_level(p: Bundle) -> Floats:
    """Diverted chips at the usual wedge, thousand a month by class (month, grey, draw)."""
    years = (2023, 2024, 2025)
    chips = log_linear([mid_year(y) for y in years], [p[f"chips_{y}"] for y in years])
    chips = chips * np.exp(np.minimum(MONTH[:, None] - mid_year(2023), 0.0) / 12.0 * p.growth_before_2023)
    chips = growing(chips, mid_year(2025), np.log1p(p.growth_after_2025))
    new = log_linear(
        [mid_year(2024), mid_year(2025), mid_year(2027)],
        [np.maximum(p.blackwell_share_2024, 0.005), p.blackwell_share_2025, p.blackwell_share_2027],
    )
    start, end = span("rubin_grey")
    rubin = np.clip((MONTH - start) / (end - start), 0.0, 1.0)[:, None] * p.rubin_share_of_new * new
    return np.stack([chips * (1.0 - new), chips * (new - rubin), chips * rubin], axis=1) / 12.0


def rolling(p: Bundle, launch: Floats) -> Floats:
    """1 where a domestic product stands for later, unannounced models: no successor, some time after launch.

    Shape (month, domestic, draw or 1); the change is spread over `rolling_spread_months`.
    """
    last = (np.asarray(SUCCESSOR) < 0).astype(float)
    late = (MONTH[:, None] - launch[None])[:, :, None] - np.atleast_1d(p.rolling_after_months)
    result: Floats = last[None, :, None] * np.clip(late / np.atleast_1d(p.rolling_spread_months), 0.0, 1.0)
    return result


def cap_windows(applies: Floats, levers: LeverSettings) -> Bundle:
    """Which months a volume cap counts, (month, foreign, 1): running shipments, a year's volume, earlier ones, a new start.

    The reference period is a part of the lever: since the rule (flow only), cumulative (a lump of earlier shipments) or
    yearly (each January brings the year's volume and forgets the last). A lever that changes the period starts the new
    one in its month. Where no cap applies the base is immaterial. A year's volume is given in months of it.
    """
    period = levers.choice("washington.volume_cap", "reference_period")
    flow, year, past, reset = (np.zeros((MONTHS, len(FOREIGN_PRODUCTS), 1)) for _ in range(4))
    covered = applies[:, :, 0] > 0.0
    for month in range(MONTHS):
        new = covered[month] & ~(covered[month - 1] if month else np.zeros_like(covered[0]))
        begins = new | (covered[month] & (month > 0 and period[month] != period[month - 1]))
        reset[month, new] = 1.0
        if period[month] == "yearly":
            turn = begins | (covered[month] & (month % 12 == 0))
            reset[month, turn] = 1.0
            year[month] = turn[:, None] * (12 - month % 12)
        else:
            flow[month] = covered[month][:, None]
            if period[month] == "cumulative":
                past[month] = begins[:, None]
    return Bundle(flow=flow, year=year, past=past, reset=reset)


def cap_base(p: Bundle, window: Bundle, draws: int) -> Bundle:
    """US shipments that a volume cap counts, thousand packages: flow, lumps and resets by month (month, foreign, draw)."""
    is_h200 = (np.arange(len(FOREIGN_PRODUCTS)) == H200)[:, None]
    yearly = np.where(is_h200, np.broadcast_to(p.h200_us_yearly, (draws,)), np.broadcast_to(p.amd_us_yearly, (draws,)))
    earlier = is_h200 * np.broadcast_to(p.h200_us_cumulative, (draws,))
    lump = window.year * yearly / 12.0 + window.past * earlier
    return Bundle(cap_base_flow=window.flow * yearly / 12.0, cap_base_lump=lump, cap_reset=window.reset)


def foreign_lines(p: Bundle, draws: int) -> Bundle:
    """Line rates and stock in hand by foreign product (month, foreign, draw), thousand packages a month.

    Before a launch part of the line runs ahead of orders; the H200's stock is the reported one of the end of 2025.
    """
    rule = date("h200_rule")
    rates = dict.fromkeys(FOREIGN_PRODUCTS, p.open_line_rate)
    rates |= dict.fromkeys(("a100-sxm", "a800-sxm", "h800-sxm"), p.hopper_line_rate_2023)
    rates |= dict.fromkeys(("mi308x", "mi325x"), p.amd_line_rate)
    fading = np.exp(-np.atleast_1d(p.h200_line_decay) * np.maximum(MONTH[:, None] - rule, 0.0) / 12.0)
    rates[FOREIGN_PRODUCTS[H20]] = p.h20_line_rate
    rates[FOREIGN_PRODUCTS[H200]] = p.h200_line_rate * fading * step_from(rule + 1.0)[:, None]
    rate = np.stack([np.broadcast_to(rates[name], (MONTHS, draws)) for name in FOREIGN_PRODUCTS], axis=1)
    in_hand = np.zeros((MONTHS, len(FOREIGN_PRODUCTS), 1))
    in_hand[int(rule) - 1, H200] = 1.0
    stock = in_hand * np.broadcast_to(p.h200_stock, (draws,))
    lead = np.atleast_1d(p.line_months)
    ahead = []
    for index, window in enumerate(windows("direct", FOREIGN_PRODUCTS)):
        launches = float(window.start > 0.0 and index != H200)
        ahead.append(launches * p.launch_build * inside(window.start - lead, window.start + np.atleast_1d(p.launch_run_months)))
    return Bundle(line_rate=rate, stock_injection=stock, launch_build=np.stack(ahead, axis=1))


def world_inputs(p: Bundle, per_unit: Floats, bandwidth_per_h100e: Floats) -> Bundle:
    """The world outside China: flows to US users, prices and units by class for the grey market and rental."""
    world = world_h100e(p)
    units = class_units(p, world, per_unit)
    us = world * p.us_share * (1.0 + p.other_vendors)
    return Bundle(
        us_h100e_flow=us,
        us_bandwidth_flow=us * bandwidth_per_h100e / 1000.0,
        rest_of_world_revenue=rest_of_world_revenue(p, world),
        world_units=units,
        rental_world_units=units,
    )


def offer_inputs(p: Bundle, list_price: Floats) -> Bundle:
    """What is on offer when, and how prices age."""
    grey_prices = list_price[len(FOREIGN_PRODUCTS) : len(FOREIGN_PRODUCTS) + len(GREY_PRODUCTS)]
    return Bundle(
        on_sale=on_offer("direct", FOREIGN_PRODUCTS),
        grey_on_sale=on_offer("grey", GREY_PRODUCTS),
        rental_on_sale=on_offer("offshore", OFFSHORE_PRODUCTS),
        ageing=ageing("direct", FOREIGN_PRODUCTS, p.ageing),
        rental_ageing=ageing("offshore", OFFSHORE_PRODUCTS, p.ageing),
        world_price=ageing("grey", GREY_PRODUCTS, p.ageing) * grey_prices[None],
    )

"""Monthly inputs that no gate sets: budgets, announced capacity, launches, the grey level, the reference paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.market.dates import date, hbm_stockpile, month_coordinate, span
from countermove.market.inputs import Bundle
from countermove.market.offer_rows import DieBank, OfferRow, Slots
from countermove.market.offers import (
    BY_ROUTE,
    FOREIGN_PRODUCTS,
    GREY,
    GREY_CLASSES,
    OFFSHORE_CLASSES,
    SHARED,
    SUCCESSOR,
    VENDOR_ROWS,
    VENDORS,
)
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
from countermove.market.tables import own_or_split, product, sharing, vendor_split
from countermove.market.windows import ageing, on_offer
from countermove.market.world import class_units, rest_of_world_revenue, world_h100e
from countermove.quantities.calendar import MONTHS, month_index, period_months

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
    growth = np.log1p(p.packages_growth)

    def planned(slots: tuple[Slots, ...], where: str) -> Floats:
        path = log_linear([month_coordinate(one.at) for one in slots], [product(p, (one.yearly,), where) for one in slots])
        return growing(path, mid_year(2026), growth)

    together = sharing("slots")
    parts = dict(zip(together, vendor_split(p, together), strict=True))
    other = planned(SHARED.slots, "shared")
    rows = [other * parts[row.id] if row.slots is None else planned(row.slots, row.id) for row in VENDOR_ROWS.values()]
    result: Floats = np.stack(np.broadcast_arrays(*rows), axis=1) / 12.0
    return result


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
    """Dies from foreign foundries, thousand a month (month, vendor, draw), spread evenly over the months in which they came."""

    def bank(row: DieBank, where: str) -> Floats:
        total = np.broadcast_to(product(p, (row.units,), where) * 1000.0, (draws,))
        return spread_evenly(total, month_coordinate(row.start), month_coordinate(row.until))

    together = sharing("die_bank")
    parts = dict(zip(together, vendor_split(p, together), strict=True))
    other = bank(SHARED.die_bank, "shared")
    rows = [other * parts[row.id] if row.die_bank is None else bank(row.die_bank, row.id) for row in VENDOR_ROWS.values()]
    return np.stack(rows, axis=1)


def reference_paths(p: Bundle, base: Floats, slots: Floats, capacity: Floats, draws: int) -> Bundle:
    """What published plans imply: revenue, knowledge, output, installed base and wafers, against which loops are measured."""
    years = (2023, 2025, 2027, 2028)
    total = log_linear([mid_year(y) for y in years], [p[f"plan_revenue_{y}"] for y in years])
    early = np.exp(np.minimum(MONTH[:, None] - mid_year(2023), 0.0) / 12.0 * p.plan_growth_before)
    total = growing(total * early, mid_year(2028), np.log1p(p.plan_growth_later))
    revenue = total[:, None, :] * own_or_split(p, "plan_share")[None]
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
    by_class = np.stack([chips * (1.0 - new), chips * (new - rubin), chips * rubin], axis=1)
    return of_classes(by_class, GREY_CLASSES) / 12.0


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
    bases = [(row.id, row.cap_base) for row in BY_ROUTE["direct"] if row.cap_base is not None]
    yearly = np.stack([np.broadcast_to(product(p, (base.yearly,), name), (draws,)) for name, base in bases])
    past = [0.0 if base.earlier is None else product(p, (base.earlier,), name) for name, base in bases]
    earlier = np.stack([np.broadcast_to(value, (draws,)) for value in past])
    lump = window.year * yearly / 12.0 + window.past * earlier
    return Bundle(cap_base_flow=window.flow * yearly / 12.0, cap_base_lump=lump, cap_reset=window.reset)


def foreign_lines(p: Bundle, draws: int) -> Bundle:
    """Line rates and stock in hand by foreign product (month, foreign, draw), thousand packages a month.

    Before a launch part of the line runs ahead of orders; stock in hand comes in the month at whose end it was reported.
    """
    rows = BY_ROUTE["direct"]
    rate = np.stack([np.broadcast_to(line_rate(p, row), (MONTHS, draws)) for row in rows], axis=1)
    stock = np.stack([stock_in_hand(p, row, draws) for row in rows], axis=1)
    lead = np.atleast_1d(p.line_months)
    ahead = []
    for row in rows:
        launches = float(row.first_month > 0.0 and row.line is not None and row.line.ahead)
        running = inside(row.first_month - lead, row.first_month + np.atleast_1d(p.launch_run_months))
        ahead.append(launches * p.launch_build * running)
    return Bundle(line_rate=rate, stock_injection=stock, launch_build=np.stack(ahead, axis=1))


def line_rate(p: Bundle, row: OfferRow) -> Floats:
    """The most that a product's line makes, thousand packages a month (month, draw) or a scalar."""
    if row.line is None:
        return np.zeros(())
    rate = product(p, (row.line.rate,), f"market/offers.yaml ({row.route}.{row.id}.line)")
    if row.line.fades is not None:
        decay = np.atleast_1d(product(p, (row.line.fades,), row.id))
        rate = rate * np.exp(-decay * np.maximum(MONTH[:, None] - date("h200_rule"), 0.0) / 12.0)
    if row.line.starts is not None:
        rate = rate * step_from(float(month_index(row.line.starts)))[:, None]
    return rate


def stock_in_hand(p: Bundle, row: OfferRow, draws: int) -> Floats:
    """Units that the seller reported in hand, in the month at whose end it did, thousand packages (month, draw)."""
    in_hand = np.zeros((MONTHS, 1))
    if row.stock is None:
        return in_hand * np.zeros(draws)
    in_hand[month_index(row.stock.end_of)] = 1.0
    return in_hand * np.broadcast_to(product(p, (row.stock.units,), row.id), (draws,))


def world_inputs(p: Bundle, per_unit: Floats, bandwidth_per_h100e: Floats) -> Bundle:
    """The world outside China: flows to US users, prices and units by class for the grey market and rental."""
    world = world_h100e(p)
    units = class_units(p, world, per_unit)
    us = world * p.us_share * (1.0 + p.other_vendors)
    return Bundle(
        us_h100e_flow=us,
        us_bandwidth_flow=us * bandwidth_per_h100e / 1000.0,
        rest_of_world_revenue=rest_of_world_revenue(p, world),
        world_units=of_classes(units, GREY_CLASSES),
        rental_world_units=of_classes(units, OFFSHORE_CLASSES),
    )


def of_classes(by_class: Floats, classes: tuple[int, ...]) -> Floats:
    """Rows of the classes that some offers take, (month, offer, draw)."""
    return by_class if classes == tuple(range(by_class.shape[1])) else by_class[:, list(classes)]


def offer_inputs(p: Bundle, list_price: Floats) -> Bundle:
    """What is on offer when, and how prices age."""
    ramp = np.atleast_1d(p.offer_ramp_months)
    return Bundle(
        on_sale=on_offer("direct", ramp),
        grey_on_sale=on_offer("grey", ramp),
        rental_on_sale=on_offer("offshore", ramp),
        ageing=ageing("direct", p.ageing),
        rental_ageing=ageing("offshore", p.ageing),
        world_price=ageing("grey", p.ageing) * list_price[GREY][None],
    )

"""Money: revenue, profit, duty, research, and the size of the market."""

from __future__ import annotations

from countermove.market.offers import DOMESTIC, FOREIGN, GREY, H200, NVIDIA, VENDORS, in_group
from countermove.outcomes.outcome import Outcome
from countermove.outcomes.window import Floats, Window, share

CNY_PER_USD = 7.2
LOW_END = in_group("low-end")


def market_value(w: Window) -> Floats:
    """Value of direct legal and domestic deliveries, billion USD (draw,)."""
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
        "nvidia_china_datacenter_revenue_usd_bn",
        "NVIDIA's data-centre revenue in China",
        "usd_bn",
        "flow",
        "Direct legal deliveries of NVIDIA's accelerators other than low-end cards; no networking, gaming or grey sales.",
        ("value",),
        lambda w: w.flow("value", NVIDIA) - w.flow("value", LOW_END),
    ),
    Outcome(
        "nvidia_china_low_end_revenue_usd_bn",
        "NVIDIA's low-end card revenue in China",
        "usd_bn",
        "flow",
        "L20-class and similar cards and the RTX Pro 6000D: no stacked memory; priced by assumption.",
        ("value",),
        lambda w: w.flow("value", LOW_END),
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
        part_of_whole=True,
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
        lambda w: w.flow("vendor_revenue", VENDORS.index("huawei")),
    ),
    Outcome(
        "cambricon_revenue_cny_bn",
        "Cambricon's revenue",
        "cny_bn",
        "flow",
        "Sales of Cambricon accelerators at realised prices, at 7.2 yuan per dollar.",
        ("vendor_revenue",),
        lambda w: w.flow("vendor_revenue", VENDORS.index("cambricon")) * CNY_PER_USD,
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
        market_value,
    ),
    Outcome(
        "china_ai_chip_market_with_grey_usd_bn",
        "Chinese AI-chip market with the grey market",
        "usd_bn",
        "flow",
        "Value of direct legal, domestic and diverted deliveries; without rental.",
        ("value",),
        lambda w: market_value(w) + w.flow("value", GREY),
    ),
)

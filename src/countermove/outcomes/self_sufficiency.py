"""Self-sufficiency: domestic shares by cards, money and compute, shortage and slack."""

from __future__ import annotations

from countermove.market.offers import DOMESTIC, FOREIGN
from countermove.outcomes.money import market_value
from countermove.outcomes.outcome import Outcome
from countermove.outcomes.window import share
from countermove.quantities.axes import ROUTES

DOMESTIC_ROUTE = ROUTES.index("domestic")

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
        part_of_whole=True,
    ),
    Outcome(
        "domestic_share_money",
        "Domestic share of money",
        "1",
        "ratio",
        "Domestic value over domestic and direct legal foreign value.",
        ("value",),
        lambda w: share(w.flow("value", DOMESTIC), market_value(w)),
        "self-sufficiency",
        part_of_whole=True,
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
        part_of_whole=True,
    ),
    Outcome(
        "china_shortage_share",
        "Demand that found no chips",
        "1",
        "ratio",
        "Money that looked for chips and got none (nothing to be had, a wait preferred, an order void or dropped), over that "
        "money and what was spent. Money that looks again counts again; orders still open count when they end.",
        ("not_served", "spent"),
        lambda w: share(w.flow("not_served"), w.flow("not_served") + w.flow("spent")),
        "self-sufficiency",
        part_of_whole=True,
    ),
    Outcome(
        "domestic_slack_share",
        "Domestic output not bound by supply",
        "1",
        "ratio",
        "Share of months, weighted by output, in which orders rather than dies, memory or packaging set what vendors make.",
        ("slack", "made_by_vendor"),
        lambda w: w.weighted("slack", "made_by_vendor"),
        "self-sufficiency",
        part_of_whole=True,
    ),
)

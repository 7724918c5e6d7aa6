"""Which outcomes a report shows, in which group, and how their units read in print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from countermove.experiments.result import Result
from countermove.reports.build.relations import mechanisms_of, parameters_of
from countermove.reports.model import Display, Group, Kind, OutcomeNote

FOCUS = "2028"
YEARS = ("2025", "2026", "2028", "2030", "2032")

GROUP_OF: dict[str, Group] = {
    "h200_china_revenue_usd_bn": "money",
    "domestic_ai_chip_revenue_usd_bn": "money",
    "nvidia_china_ai_revenue_usd_bn": "money",
    "duty_proceeds_usd_bn": "money",
    "china_compute_h100e": "compute",
    "us_china_compute_ratio_h100e": "compute",
    "china_shortage_share": "compute",
    "domestic_share_money": "self-sufficiency",
    "gap_months_system_decode": "self-sufficiency",
    "parity_year_chip_decode": "self-sufficiency",
    "parity_year_system_decode": "self-sufficiency",
}
HEADLINE = tuple(GROUP_OF)
CHARTED = (
    "h200_china_revenue_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "domestic_share_money",
    "gap_months_system_decode",
)
LOGARITHMIC = ("us_china_compute_ratio_h100e", "us_china_compute_ratio_bandwidth")
_THEMES: dict[str, Group] = {"money": "money", "units": "money", "compute": "compute"}


@dataclass(frozen=True, slots=True)
class Print:
    """How a unit of the model is printed: the noun on axes, the kind of number, the factor to the noun, a prefix."""

    noun: str
    display: Display
    scale: float = 1.0
    prefix: str = ""


_PRINTS = {
    "usd_bn": Print("US dollars", "money", 1e9, "$"),
    "cny_bn": Print("yuan", "money", 1e9, "\u00a5"),
    "thousand package": Print("packages", "count", 1e3),
    "thousand h100e": Print("H100e", "count", 1e3),
    "h100e": Print("H100e", "count"),
    "month": Print("months", "months"),
    "year": Print("calendar date", "year"),
    "gw": Print("GW", "number"),
}


def print_of(unit: str, name: str) -> Print:
    """How a unit is printed; dimensionless outcomes are shares or ratios, which their ids tell."""
    if unit == "1":
        share = "share" in name or "premium" in name
        return Print("share, %" if share else "ratio", "percent" if share else "ratio")
    return _PRINTS.get(unit, Print(unit, "number"))


def outcome_note(name: str, result: Result) -> OutcomeNote:
    """An outcome of a result with its definition and what it is computed from."""
    from countermove.outcomes import OUTCOMES

    outcome = OUTCOMES[name]
    shown = print_of(outcome.unit, name)
    yearly = any(len(period) == 4 for period in result.outcomes[name])
    per = (" a year" if yearly else " a quarter") if outcome.kind == "flow" else ""
    return OutcomeNote(
        id=name,
        label=outcome.label,
        unit=shown.noun + per,
        group=GROUP_OF.get(name) or _THEMES.get(outcome.theme, "self-sufficiency"),
        kind=cast(Kind, outcome.kind),
        display=shown.display,
        definition=outcome.definition,
        mechanisms=mechanisms_of(outcome.reads),
        parameters=parameters_of(outcome.reads),
        scale=shown.scale,
        prefix=shown.prefix,
        log=name in LOGARITHMIC,
    )

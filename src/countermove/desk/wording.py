"""Numbers and outcomes in words: "$1bn", "25%", "62.9 months", "the lag of the best domestic chip in decode"."""

from __future__ import annotations

import math
import textwrap

from countermove.outcomes import OUTCOMES
from countermove.quantities.calendar import LAST_YEAR

WIDTH = 100

_SUFFIXES = {
    "month": "months",
    "thousand package": "thousand packages",
    "thousand h100e": "thousand H100e",
    "gw": "GW",
}
_PHRASES = {
    "parity_year_chip": "a domestic chip equals an H200 in",
    "parity_year_system": "a domestic system equals H200 systems in",
    "gap_months_chip": "the lag of the best domestic chip in",
    "gap_months_system": "the lag of the best domestic system in",
    "domestic_frontier_chip": "the best domestic chip's performance over an H200's in",
    "domestic_frontier_system": "the best domestic system's performance over an H200's in",
}
_NOUNS = {
    "h200_china_units": "H200 deliveries to China",
    "china_ai_chip_market_usd_bn": "the legal Chinese AI-chip market",
    "china_ai_chip_market_with_grey_usd_bn": "the Chinese AI-chip market with diverted chips",
    "us_china_compute_ratio_h100e": "the ratio of US to Chinese compute (H100e)",
    "nvidia_datacenter_revenue_usd_bn": "NVIDIA's data-centre revenue in the world",
    "duty_proceeds_usd_bn": "what duty and revenue share bring in",
    "duty_borne_by_buyers_share": "the share of the duty that buyers bear",
    "china_shortage_share": "the share of demand that finds no chips",
    "domestic_share_compute": "the domestic share of compute added",
    "domestic_share_money": "the domestic share of money",
    "cap_headroom_h200_units": "H200 still allowed under the volume cap",
    "china_compute_h100e": "compute in use by Chinese users",
    "china_cost_premium": "the cost premium of Chinese buyers",
    "domestic_slack_share": "the share of domestic output that orders rather than supply set",
    "huawei_ascend_packages": "Ascend packages sold",
}
PLURAL = {"h200_china_units", "huawei_ascend_packages"}
_PROPER = {"Huawei", "Cambricon", "Ascend", "Chinese"}


def number(value: float) -> str:
    """Return a number in about three significant digits: 1,234  73.2  0.051  0."""
    size = abs(value)
    if size == 0:
        return "0"
    if size < 0.0005:
        return "0.000"
    decimals = 0 if size >= 99.5 else 1 if size >= 9.95 else 2 if size >= 0.0995 else 3
    return f"{value:,.{decimals}f}"


def plain(value: float) -> str:
    """Return a number without decimals where it has none: 1, 0.25, 73.2."""
    return f"{value:,.0f}" if math.isclose(value, round(value), abs_tol=1e-12) else number(value)


def is_share(name: str, unit: str) -> bool:
    """Tell whether an outcome of unit 1 is a share, printed in percent, rather than a ratio."""
    return unit == "1" and ("share" in name or "premium" in name)


def amount(value: float, unit: str, *, share: bool = False, signed: bool = False) -> str:
    """Return a number with its unit; years after the clock are "after 2032"."""
    sign = "+" if signed and value > 0 else "-" if value < 0 else ""
    size = abs(value)
    if unit == "year":
        return f"after {LAST_YEAR}" if value >= LAST_YEAR + 1 else f"{value:.1f}"
    if share:
        return f"{sign}{plain(100 * size)}%"
    if unit == "usd_bn":
        return f"{sign}${plain(size)}bn"
    if unit == "usd/usd":
        return f"{sign}${plain(size)}"
    if unit == "cny_bn":
        return f"{sign}CNY {plain(size)}bn"
    suffix = "" if unit == "1" else f" {_SUFFIXES.get(unit, unit)}"
    return f"{'' if plain(size) == '0' else sign}{plain(size)}{' month' if unit == 'month' and size == 1 else suffix}"


def difference(value: float, unit: str, *, share: bool = False) -> str:
    """Return a difference with its sign: shares in percentage points, dates in months."""
    sign = "+" if value > 1e-12 else "-" if value < -1e-12 else ""
    if unit == "year":
        return f"{sign}{plain(abs(12 * value))} months"
    if share:
        return f"{sign}{plain(abs(100 * value))} percentage points"
    return amount(value, unit, signed=True)


def band(low: float, middle: float, high: float, unit: str, *, share: bool = False, differs: bool = False) -> str:
    """Return a median with its 90% range, the unit once where it stands behind the number."""
    words = difference if differs else amount
    texts = [words(value, unit, share=share) for value in (middle, low, high)]
    in_front = unit in ("year", "cny_bn", "usd_bn", "usd/usd") and not (differs and unit == "year")
    suffix = "" if in_front else next((text.partition(" ")[2] for text in texts if " " in text), "")
    bare = [text.removesuffix(f" {suffix}") for text in texts] if suffix else texts
    return f"{bare[0]} (90% {bare[1]} to {bare[2]}){f' {suffix}' if suffix else ''}"


def noun(outcome: str) -> str:
    """Return an outcome as the subject of a sentence."""
    if outcome in _NOUNS:
        return _NOUNS[outcome]
    for prefix, words in _PHRASES.items():
        if outcome.startswith(prefix):
            return f"{words} {outcome.rpartition('_')[2]}"
    label = OUTCOMES[outcome].label if outcome in OUTCOMES else outcome
    first = label.split(" ")[0]
    proper = not first[1:].islower() or first.removesuffix("'s") in _PROPER
    return label if proper else label[0].lower() + label[1:]


def wrapped(text: str, *, first: str = "", rest: str | None = None) -> list[str]:
    """Return a text wrapped to the width of a terminal, with an indent for the first and for the other lines."""
    later = " " * len(first) if rest is None else rest
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False, break_long_words=False
    )

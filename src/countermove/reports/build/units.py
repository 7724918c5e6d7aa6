"""Units of the data tree as a reader writes them: "usd_bn/year" is "USD bn/year", "thousand package" "thousand packages"."""

from __future__ import annotations

import re

_WORDS = {
    "usd": "USD",
    "usd_k": "USD k",
    "usd_m": "USD m",
    "usd_bn": "USD bn",
    "cny": "CNY",
    "cny_m": "CNY m",
    "cny_bn": "CNY bn",
    "tpp": "TPP",
    "h100e": "H100e",
    "kwh": "kWh",
    "gw": "GW",
    "mw": "MW",
    "kw": "kW",
    "gb": "GB",
    "tb": "TB",
    "pb": "PB",
}
_COUNTED = ("package", "chip", "card", "die", "stack", "wafer", "system", "person")


def unit_words(unit: str | None) -> str:
    """A unit in words; nothing for a dimensionless one. What is counted in thousands or millions is in the plural."""
    if unit in (None, "1"):
        return ""
    words = re.sub(r"[a-z_0-9]+", lambda m: _WORDS.get(m[0], m[0]), str(unit))
    return re.sub(rf"\b(thousand|million|billion) ({'|'.join(_COUNTED)})\b", r"\1 \2s", words)

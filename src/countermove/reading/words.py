"""Words of a text as stems for comparison: small letters, without endings and without words that say nothing."""

from __future__ import annotations

import re
from functools import cache

_EMPTY = frozenset(
    "the a an of in on at to for from by with and or but as is are was were be been has have had will would may might could can it its this that these those they them their he she his her we our you "
    "said say says told report reported reports reporting according about around more than less up least most over under some all any no not only also into out after before during last next new per each "
    "year years month months quarter which who whom what when where than then there here so such other own one two three first second half many much very just still yet now people person persons "
    "million billion thousand percent cent dollar dollars usd number figure value us cn chip chips unit".split()
)
#: Words that mean the same in the ledger and in the press.
_ALIKE = {
    "fee": "charge", "cut": "charge", "duty": "charge", "tariff": "charge", "levy": "charge", "sale": "revenue", "sales": "revenue", "turnover": "revenue", "shipped": "deliver", "ship": "deliver",
    "shipment": "deliver", "shipping": "deliver", "delivered": "deliver", "delivery": "deliver", "received": "deliver", "permit": "licence", "license": "licence", "licens": "licence", "permitted": "allow",
    "approved": "approv", "approval": "approv", "cleared": "approv", "clearance": "approv", "nod": "approv", "domestic": "domestic", "local": "domestic", "homegrown": "domestic", "homemade": "domestic", "home": "domestic",
    "smuggled": "smuggl", "smuggling": "smuggl", "diverting": "smuggl", "wafers": "wafer", "spending": "capex", "expenditure": "capex", "infrastructure": "capex", "spend": "capex", "memory": "hbm", "stack": "hbm", "stacks": "hbm", "inventory": "stock", "inventories": "stock", "stocks": "stock",
    "stockpile": "stock", "hoard": "stock", "ordered": "order", "orders": "order", "purchase": "order", "purchases": "order", "buy": "order", "buying": "order", "behind": "lag", "lagging": "lag", "lags": "lag", "trails": "lag",
    "costs": "price", "cost": "price", "priced": "price", "electricity": "power", "juice": "power", "kilowatts": "power", "draws": "power", "computing": "compute", "output": "production", "produce": "production", "made": "production", "makes": "production",
    "taxpayer": "charge", "pocket": "charge", "pocketing": "charge", "customs": "import", "imports": "import", "imported": "import", "expensive": "price", "rd": "research", "r&d": "research",
}  # fmt: skip


@cache
def stem(word: str) -> str:
    """Return a word's stem."""
    word = word.lower().strip("'’-")
    if word in _ALIKE:
        return _ALIKE[word]
    short = re.sub(r"(?:'s|’s)$", "", word)
    for ending in ("ations", "ation", "ings", "ing", "ments", "ment", "ies", "ed", "es", "s"):
        if short.endswith(ending) and len(short) - len(ending) >= 4:
            short = short[: -len(ending)]
            break
    return _ALIKE.get(short, short)


def stems(text: str) -> set[str]:
    """Return the stems of a text's words that say something; numbers are left out, model names stay."""
    words = re.findall(r"[A-Za-z][\w&'’-]*|\d{3}[A-Z]+", text)
    return {
        stem(part) for word in words for part in re.split(r"[-]", word.lower()) if part not in _EMPTY and len(part) > 1
    } - _EMPTY

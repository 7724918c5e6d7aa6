"""Names of the contest: firms, governments, media, analysts, people and products, found in a text with their canonical form.

Products come from the catalogue, vendors from the market's data, publishers from the ledger's sources; `lexicon/names.yaml` adds
other spellings. A misspelt long name is found through rapidfuzz, short ones only exactly. Numbers inside a product's name are
part of the name, so that "H200 chips" holds no 200.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from countermove.evidence.ledger import load_ledger
from countermove.hardware.catalogue import load_catalogue
from countermove.reading.lexicon import words

#: Least similarity (0-100) at which a word of at least `LONG_NAME` letters counts as a misspelt name.
SIMILAR, LONG_NAME = 88.0, 6

#: Publishers of the ledger that are no names: descriptions in small letters, and names with brackets or lists.
_NO_NAME = re.compile(r"^[a-z]|[(),/]|reported by|community|brokerage")

#: Model names: a family letter or name and a number, wherever they stand; the catalogue's own are added.
_MODELS = (
    r"(?:Ascend |Siyuan |MLU ?|Kunlun |Zhenwu )?(?:[ABHLVT]\d{2,3}[A-Z]?|GB\d{3}|GH\d{3}|"
    r"MI\d{3}[A-Z]?|RTX(?: Pro)?(?: \d{4}[A-Z]?)?|B\d{2}A?|Rubin(?: CPX)?|Blackwell|Hopper)"
    r"(?: ?(?:NVL ?\d*|SXM|PCIe|Ultra))?"
    r"|(?:Ascend )?9[1-9]0(?:B|C|D|PR|DT)"
    r"|Ascend(?: \d{3}(?:B|C|D|PR|DT)?)?"
    r"|(?:GB\d{3} )?NVL ?\d+|CloudMatrix(?: ?\d+)?|Atlas \d+\w*(?: SuperPoD)?|TPU(?: "
    r"?v\d\w?)?|Trainium ?\d?|S5000|BR100|Zhenwu(?: \w*\d+\w*)?|P800|690|590"
    r"|(?:HBM\d?E?|DDR\d|N\+\d|\d+ ?nm|\d+-nanomet(?:er|re)|\d+ nanomet(?:er|re)s?|5G|G7|G20|C\+\+|Form \d+-[KQ]|\d+-K|HGX \w+)"
)


@dataclass(frozen=True)
class Name:
    """A name as it stands in a text: span, canonical form, kind (firm, government, medium, analyst, person, product)."""

    start: int
    end: int
    canonical: str
    kind: str


@dataclass(frozen=True)
class Gazetteer:
    """All names, by their lower-case spelling, and the pattern that finds them."""

    spellings: dict[str, tuple[str, str]]
    pattern: re.Pattern[str]
    models: re.Pattern[str]
    topics: re.Pattern[str]
    products: dict[str, str]

    def find(self, text: str) -> list[Name]:
        """Find the names in a text, in order, none inside another."""
        found = [
            Name(match.start(), match.end(), *self._product(match[0]))
            for match in self.models.finditer(text)
            if _counts(text, match)
        ]
        taken = [(name.start, name.end) for name in found]
        for match in self.pattern.finditer(text):
            canonical, kind = self.spellings[_key(match[0])]
            if not any(match.start() < end and start < match.end() for start, end in taken) and _is_name(match[0], kind):
                found.append(Name(match.start(), match.end(), canonical, kind))
        return sorted(found, key=lambda name: name.start)

    def named(self, text: str) -> tuple[str, str] | None:
        """Return canonical form and kind of a whole name; a long one may be misspelt."""
        key = _key(text)
        if key in self.spellings:
            return self.spellings[key]
        if len(key) < LONG_NAME:
            return None
        from rapidfuzz import fuzz, process

        best = process.extractOne(key, self._long, scorer=fuzz.ratio, score_cutoff=SIMILAR)
        return self.spellings[best[0]] if best is not None else None

    @property
    def _long(self) -> list[str]:
        return [name for name in self.spellings if len(name) >= LONG_NAME]

    def _product(self, found: str) -> tuple[str, str]:
        plain = re.sub(r"s$", "", found.lower())
        key = re.sub(r"[^a-z0-9]", "", plain)
        return self.products.get(key, found), "product"


def _counts(text: str, match: re.Match[str]) -> bool:
    """Say whether a match of a bare number is a model: 590 and 690 are only after the words of their vendor."""
    if not match[0].isdigit():
        return True
    return (
        re.search(r"(?:cambricon|siyuan|the|its)(?:'s|’s)? $", text[max(0, match.start() - 14) : match.start()], re.I) is not None
    )


def _is_name(found: str, kind: str) -> bool:
    """Say whether a spelling is written as a name: capitals where the name has them ("meta" and "us" are words)."""
    return found[:1].isupper() or " " in found or kind == "government_word"


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower().replace("’", "'")).strip()


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer, made once from the catalogue, the ledger and the lexicon."""
    spellings: dict[str, tuple[str, str]] = {}
    lexicon = words("names")
    for kind, key in (("government", "governments"), ("medium", "media"), ("analyst", "analysts"), ("firm", "firms")):
        for canonical, others in lexicon[key].items():
            for spelling in (canonical, *others):
                spellings[_key(spelling)] = (canonical, kind)
    for canonical in lexicon["people"]:
        spellings[_key(canonical)] = (canonical, "person")
    for source in load_ledger().sources.values():
        if not _NO_NAME.search(source.publisher) and len(source.publisher) > 4:
            kind = {"press": "medium", "analyst": "analyst", "academic": "analyst"}.get(source.kind, "firm")
            spellings.setdefault(_key(source.publisher), (source.publisher, kind))
    ordered = sorted(spellings, key=len, reverse=True)
    pattern = re.compile(
        r"(?<![\w-])(?:" + "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in ordered) + r")(?![\w])", re.I
    )
    models = re.compile(rf"(?<![\w$])(?:{_MODELS})s?(?![\w%])")
    topics = re.compile(r"\b(?:" + "|".join(lexicon["topics"]) + r")\b", re.I)
    return Gazetteer(spellings, pattern, models, topics, _products())


def _products() -> dict[str, str]:
    """Spellings without marks to catalogue ids, of which the shortest stands for a family ("h200" for h200-sxm)."""
    catalogue = load_catalogue()
    found: dict[str, str] = {}
    for ids, names in ((catalogue.chips, catalogue.chip_names), (catalogue.systems, catalogue.system_names)):
        for name, target in names.items():
            found.setdefault(re.sub(r"[^a-z0-9]", "", name.lower()), target)
        for one in ids:
            found.setdefault(re.sub(r"[^a-z0-9]", "", one.lower()), one)
    for key, target in list(found.items()):
        for prefix in ("ascend", "nvidia", "huawei", "cambricon"):
            if key.startswith(prefix):
                found.setdefault(key.removeprefix(prefix), target)
    return found

"""Scores the rules against the marked corpus: by style, with every miss.

.venv/bin/python tests/reading/score.py              the articles that the rules were tuned on
.venv/bin/python tests/reading/score.py --sealed     the twelve that they were not
.venv/bin/python tests/reading/score.py --agreement  how far two markings agree
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz import fuzz

from countermove.quantities.units import Unit
from countermove.reading.claim import ReadClaim
from countermove.reading.documents import read_article
from countermove.reading.gazetteer import gazetteer
from countermove.reading.reader import read_articles

CORPUS = Path(__file__).parent / "corpus"
STYLES = ("wire", "oped", "translated", "notice", "earnings", "tabloid", "cnpress", "note", "blog")


@dataclass(frozen=True)
class Mark:
    start: int
    end: int
    quote: str
    speaker: str
    stance: str
    quantity: str
    date_of: str = ""
    chain: str = ""
    relation: str = ""
    path: str = ""
    again: bool = False


@dataclass
class Tally:
    marks: int = 0
    read: int = 0
    hits: int = 0
    speaker: int = 0
    stance: int = 0
    quantities: int = 0
    quantity: int = 0
    relation: int = 0
    chain: int = 0
    chains: int = 0
    again: int = 0
    agains: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def sealed_names() -> list[str]:
    lines = (CORPUS / "sealed.txt").read_text().splitlines()
    return sorted({line.split("  ")[1].rsplit(".", 1)[0] for line in lines if not line.startswith("#")})


def all_names() -> list[str]:
    return sorted(path.stem for path in CORPUS.glob("*.md") if path.stem != "README")


def marks_of(path: Path, text: str) -> list[Mark]:
    found = []
    for line in path.read_text().splitlines()[1:]:
        cells = [cell.strip() for cell in line.split(" | ")]
        cells = [cell.strip(" |") for cell in cells] + [""] * 9
        nth = re.match(r"#(\d) (.*)", cells[0])
        quote, count = (nth[2], int(nth[1])) if nth else (cells[0], 1)
        at = -1
        for _ in range(count):
            at = text.index(quote, at + 1)
        found.append(Mark(at, at + len(quote), quote, *cells[1:8], cells[8] == "again"))
    return found


def overlap(one: tuple[int, int], other: tuple[int, int]) -> int:
    return min(one[1], other[1]) - max(one[0], other[0])


def matched(marks: list[Mark], claims: list[ReadClaim]) -> dict[int, int]:
    """Pair marks with claims: with a quantity by overlapping amounts, without one by overlapping words; each at most once."""
    pairs: dict[int, int] = {}
    for number, mark in enumerate(marks):
        best, most = None, 0
        for place, claim in enumerate(claims):
            if place in pairs.values() or bool(mark.quantity) != (claim.quantity is not None):
                continue
            shared = overlap((mark.start, mark.end), claim.span)
            if shared > most:
                best, most = place, shared
        if best is not None:
            pairs[number] = best
    return pairs


def same_speaker(marked: str, read: str) -> bool:
    def plain(name: str) -> str:
        name = re.sub(r"^(?:the|an?) ", "", name.strip().lower().replace("’", "'"))
        name = re.sub(r"^.*'s (?=\w)", "", name) if "'s " in name else name
        known = gazetteer().spellings.get(name)
        return known[0].lower() if known else name

    a, b = plain(marked), plain(read)
    if len(a.split()) == 1 and b.split()[-1:] == [a]:  # a surname stands for the name
        return True
    return a == b or (len(a.split()) > 1 and len(b.split()) > 1 and fuzz.token_set_ratio(a, b) >= 85)


_WORDS = {
    "times": "1",
    "b300e": "chip",
    "firm": "1",
    "generation": "1",
    "gbp_bn": "usd_bn",
    "gbp": "usd",
    "percent/year": "percent",
    "usd_bn/year": "usd_bn",
}


def _si(value: float, unit: str) -> tuple[float, str]:
    unit = _WORDS.get(unit, unit)
    parsed = Unit.parse(unit)
    return value * parsed.factor, str(parsed.dimension)


def same_quantity(marked: str, claim: ReadClaim) -> bool:
    """Compare value or range, unit and qualifier; "card", "chip" and "package" are one dimension only where the data say so."""
    amount = claim.quantity
    assert amount is not None
    shape = re.fullmatch(r"(?:([a-z-]+) )?([0-9.]+?)(?:\.\.([0-9.]+))? (.+)", marked)
    assert shape is not None, marked
    qualifier, first, second, unit = shape[1] or "", float(shape[2]), shape[3], shape[4]
    if (qualifier.replace("-", " ")) != amount.qualifier:
        return False
    if ("gbp" in unit) != ("gbp" in amount.unit) or ("year" in unit and unit != "year") != (
        "year" in amount.unit and amount.unit != "year"
    ):
        return False
    wanted = [first] + ([float(second)] if second else [])
    got = [amount.value] if amount.value is not None else [amount.low, amount.high]
    if len(wanted) != len(got):
        return False
    for one, other in zip(wanted, got, strict=True):
        assert other is not None
        a, b = _si(one, unit), _si(other, amount.unit)
        if a[1] != b[1] or abs(a[0] - b[0]) > 0.006 * max(abs(a[0]), 1e-9):
            return False
    return True


def scored(name: str) -> Tally:
    article = read_article(CORPUS / f"{name}.md")
    marks = marks_of(CORPUS / f"{name}.marks", article.text)
    claims = list(read_articles([article]).claims)
    tally = Tally(marks=len(marks), read=len(claims))
    pairs = matched(marks, claims)
    tally.hits = len(pairs)
    for number, mark in enumerate(marks):
        if number not in pairs:
            tally.misses.append(f"{name}: not found: {mark.quote!r} ({mark.speaker}, {mark.quantity or mark.stance})")
            continue
        claim = claims[pairs[number]]
        tally_one(tally, name, mark, claim)
    for place, claim in enumerate(claims):
        if place not in pairs.values():
            said = article.text[claim.span[0] : claim.span[1]]
            tally.misses.append(
                f"{name}: too much: {said[:90]!r} ({claim.speaker}, {claim.stance}, {claim.rule}) in {claim.sentence[:70]!r}"
            )
    return tally


def tally_one(tally: Tally, name: str, mark: Mark, claim: ReadClaim) -> None:
    def miss(what: str, wanted: object, got: object) -> None:
        tally.misses.append(f"{name}: {what}: {mark.quote!r}: marked {wanted!r}, read {got!r}")

    if same_speaker(mark.speaker, claim.speaker):
        tally.speaker += 1
    else:
        miss("speaker", mark.speaker, claim.speaker)
    if mark.stance == claim.stance:
        tally.stance += 1
    else:
        miss("stance", mark.stance, claim.stance)
    if mark.quantity:
        tally.quantities += 1
        if same_quantity(mark.quantity, claim):
            tally.quantity += 1
        else:
            amount = claim.quantity
            miss("quantity", mark.quantity, amount and (amount.qualifier, amount.value, amount.low, amount.high, amount.unit))
    if mark.relation:
        if mark.relation == claim.bearing.relation:
            tally.relation += 1
        else:
            miss("relation", f"{mark.relation} {mark.path}", f"{claim.bearing.relation} {claim.bearing.path}")
    if mark.chain:
        tally.chains += 1
        wanted = [part.strip() for part in mark.chain.split(">")]
        right = len(wanted) == len(claim.chain) and all(same_speaker(a, b) for a, b in zip(wanted, claim.chain, strict=True))
        tally.chain += right
        if not right:
            miss("chain", wanted, list(claim.chain))
    if mark.again:
        tally.agains += 1
        tally.again += claim.repeats is not None
        if claim.repeats is None:
            miss("repetition", "again", "counted twice")


def share(part: int, whole: int) -> str:
    return f"{part / whole:6.1%}" if whole else "     -"


def line(label: str, tally: Tally) -> str:
    return (
        f"{label:<11} {tally.marks:5} {tally.read:5}   {share(tally.hits, tally.read)}  {share(tally.hits, tally.marks)}  "
        f"{share(tally.speaker, tally.hits)}  {share(tally.quantity, tally.quantities)}  {share(tally.relation, tally.hits)}  "
        f"{share(tally.stance, tally.hits)}  {share(tally.chain, tally.chains)}  {tally.again}/{tally.agains}"
    )


HEAD = f"{'style':<11} {'marks':>5} {'read':>5}   {'precis':>6}  {'recall':>6}  {'speakr':>6} "
f" {'quant':>6}  {'relatn':>6}  {'stance':>6}  {'chain':>6}  again"


def tally_of(names: list[str]) -> tuple[dict[str, Tally], Tally]:
    by_style: dict[str, Tally] = defaultdict(Tally)
    whole = Tally()
    for name in names:
        tally = scored(name)
        by_style[name.split("-")[0]].add(tally)
        whole.add(tally)
    return by_style, whole


def agreement() -> None:
    both = first_only = second_only = speaker = quantity = quantities = stance = 0
    for path in sorted((CORPUS / "second").glob("*.marks")):
        text = read_article(CORPUS / f"{path.stem}.md").text
        first, second = marks_of(CORPUS / f"{path.stem}.marks", text), marks_of(path, text)
        taken: set[int] = set()
        for mark in first:
            partner = next(
                (
                    n
                    for n, other in enumerate(second)
                    if n not in taken
                    and overlap((mark.start, mark.end), (other.start, other.end)) > 0
                    and bool(mark.quantity) == bool(other.quantity)
                ),
                None,
            )
            if partner is None:
                first_only += 1
                continue
            taken.add(partner)
            both += 1
            speaker += same_speaker(mark.speaker, second[partner].speaker)
            stance += mark.stance == second[partner].stance
            quantities += bool(mark.quantity)
            quantity += bool(mark.quantity) and mark.quantity == second[partner].quantity
        second_only += len(second) - len(taken)
    print(
        f"{both + first_only} first marks, {both + second_only} second marks; found by both "
        f"{both} (F1 {2 * both / (2 * both + first_only + second_only):.1%})"
    )
    print(f"speaker {share(speaker, both)}  quantity {share(quantity, quantities)}  stance {share(stance, both)}")


def main(arguments: list[str]) -> None:
    if "--agreement" in arguments:
        agreement()
        return
    closed = set(sealed_names())
    names = [name for name in all_names() if (name in closed) == ("--sealed" in arguments)]
    by_style, whole = tally_of(names)
    print(HEAD)
    for style in STYLES:
        if style in by_style:
            print(line(style, by_style[style]))
    print(line("all", whole))
    if "--totals" not in arguments:
        print()
        print("\n".join(whole.misses))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Where a claim bears on the ledger: the subject that it speaks about, and how it stands to what the ledger has there.

A claim is compared with every ledger claim of the same dimension: rare words that both use (weighted by how rare they are in the
ledger), products, firms and governments named in both, the period, the source, and the value. The best above a threshold gives
the
subject; the relation then follows from all claims on that subject (definition in docs/decisions/0120). It is never a verdict.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from countermove.errors import InputError
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.evidence.schema import Claim, Period
from countermove.quantities import calendar
from countermove.quantities.units import Unit
from countermove.reading.amount import Amount
from countermove.reading.claim import Bearing, ReadClaim
from countermove.reading.gazetteer import gazetteer
from countermove.reading.polarity import negated
from countermove.reading.words import stems

#: Least score at which a claim with (without) a quantity bears on a subject, tuned on the open part of the corpus.
LEAST_WITH_QUANTITY, LEAST_WITHOUT = 0.46, 0.64
#: What counts for or against a subject beside common words, tuned on the open part of the corpus; common words alone give 0 to 1.
WEIGHTS = {
    "name": 0.10,
    "product named before": 0.04,
    "all of the ledger's words": 0.02,
    "product of the ledger's": -0.06,
    "product of the text's": -0.07,
    "source": 0.16,
    "firm of the ledger's": -0.04,
    "period": 0.12,
    "other period": -0.05,
    "derived": -0.08,
    "value": 0.30,
    "near value": -0.16,
    "far value": -0.10,
    "words for a number": -0.15,
    "number for words": -0.11,
    "words for words": 0.13,
}
#: Common stems from which two statements in words are the same one.
SAME_WORDS = 2
#: Share of the value within which two numbers are the same as printed.
SAME = 0.03
#: Days between a claim and the ledger's newest after which a different value is old rather than in conflict.
STALE_DAYS = 183

RELATIONS = ("new", "repeats", "refines", "conflicts", "stale", "no match")


@dataclass(frozen=True)
class _Entry:
    claim: Claim
    stems: frozenset[str]
    names: frozenset[str]
    makers: frozenset[str]
    firms: frozenset[str]
    dimension: str | None
    derived: bool
    negated: bool


@cache
def _index() -> tuple[tuple[_Entry, ...], dict[str, float]]:
    return index_of(load_ledger())


def index_of(ledger: Ledger) -> tuple[tuple[_Entry, ...], dict[str, float]]:
    """Return what is compared: every claim of the ledger except theory, and the weight of each word by how rare it is."""
    entries = tuple(
        _entry(claim) for claim in ledger.claims.values() if not claim.subject.startswith(("theory.", "convention.", "fx."))
    )
    counts = Counter(stem for entry in entries for stem in entry.stems)
    return entries, {stem: math.log(1 + len(entries) / count) for stem, count in counts.items()}


def _entry(claim: Claim) -> _Entry:
    subject = claim.subject.replace(".", " ").replace("-", " ")
    names = {name.canonical for name in gazetteer().find(f"{claim.says} {claim.made_by}") if name.kind != "medium"}
    for part in re.split(r"[.]", claim.subject):
        known = gazetteer().products.get(re.sub(r"[^a-z0-9]", "", part)) or _body(part)
        if known is not None:
            names.add(known)
    makers = {name.canonical for name in gazetteer().find(claim.made_by)}
    unit = dimension(claim.unit) if claim.unit else None
    return _Entry(
        claim,
        frozenset(stems(f"{subject} {claim.says}")),
        frozenset(names),
        frozenset(makers),
        frozenset(name.canonical for name in gazetteer().find(f"{claim.says} {subject.title()}") if name.kind == "firm"),
        unit,
        claim.made_by.startswith("Countermove"),
        negated(claim.says),
    )


def _body(part: str) -> str | None:
    found = gazetteer().spellings.get({"us": "united states", "cn": "china", "thead": "t-head"}.get(part, part.replace("-", " ")))
    return found[0] if found is not None else None


_LIKE = {"times": "1", "b300e": "chip", "firm": "1", "generation": "1", "percent/year": "1", "engineer": "1"}


@cache
def dimension(unit: str) -> str | None:
    """Return what a unit measures, coarsely: chips, cards and packages are alike, and so are sums with and without a year."""
    unit = _LIKE.get(unit, unit)
    for one in ("card", "chip", "package"):
        unit = re.sub(rf"\b{one}\b", "package", unit)
    unit = re.sub(r"/(?:year|month|quarter)$", "", unit) if "wafer" not in unit else unit
    if unit.startswith(("kw/", "w/", "pflops/", "tflops/")):
        unit = unit.split("/")[0]
    try:
        return str(Unit.parse(unit).dimension)
    except InputError:
        return unit


def factor(unit: str) -> float:
    """Return the size of a unit in its base."""
    unit = re.sub(r"/(?:year|month|quarter)$", "", _LIKE.get(unit, unit)) if "percent" not in unit else "percent"
    try:
        return Unit.parse(unit).factor
    except InputError:
        return 1.0


def bearing(claim: ReadClaim, *, known: tuple[tuple[_Entry, ...], dict[str, float]] | None = None) -> Bearing:
    """Say on which subject of the ledger a claim bears, and how it stands to it."""
    entries, weights = known or _index()
    if claim.stance == "declines":
        return Bearing("no match")
    scored = _scores(claim, entries, weights)
    if not scored:
        return Bearing("no match")
    score, best = max(scored, key=lambda one: (one[0], one[1].claim.id))
    least = LEAST_WITH_QUANTITY if claim.quantity is not None else LEAST_WITHOUT
    if score < least + (0.15 if claim.stance == "denies" else 0.0):
        return Bearing("no match")
    return _relation(claim, best, [entry for entry in entries if entry.claim.subject == best.claim.subject])


def _scores(claim: ReadClaim, entries: tuple[_Entry, ...], weights: dict[str, float]) -> list[tuple[float, _Entry]]:
    said = frozenset(stems(f"{claim.words} {claim.subject}")) & weights.keys()
    if not said:
        return []
    whole = math.sqrt(sum(weights[stem] ** 2 for stem in said))
    names = {name.canonical for name in gazetteer().find(claim.words)} or {claim.subject}
    makers = {name.canonical for text in (claim.speaker, claim.role, *claim.chain) for name in gazetteer().find(text)}
    kind = _kind(claim.quantity)
    period = period_named(claim.date_of)
    found: list[tuple[float, _Entry]] = []
    for entry in entries:
        if kind is not None and entry.dimension not in (None, kind):
            continue
        shared = said & entry.stems
        if not shared or _other_product(claim, entry):
            continue
        own = math.sqrt(sum(weights[stem] ** 2 for stem in entry.stems))
        common = sum(weights[stem] ** 2 for stem in shared)
        score = common / (whole * own) + WEIGHTS["all of the ledger's words"] * common / own**2
        score += WEIGHTS["product named before"] * (not _products(names) and claim.focus in entry.names)
        score += (
            WEIGHTS["name"] * len(names & entry.names)
            + WEIGHTS["product of the ledger's"] * len(_products(entry.names) - _products(names) - {claim.focus})
            + WEIGHTS["product of the text's"] * len(_products(names) - _products(entry.names))
        )
        score += WEIGHTS["source"] * bool(makers & entry.makers)
        score += WEIGHTS["firm of the ledger's"] * len(entry.firms - names - makers - {claim.subject})
        score += _by_value(claim.quantity, entry, kind)
        if period is not None and claim.quantity is not None:
            score += WEIGHTS["period" if _near(period, entry.claim.period) else "other period"]
        found.append((score + WEIGHTS["derived"] * entry.derived, entry))
    return found


def _kind(amount: Amount | None) -> str | None:
    if amount is None:
        return None
    if amount.unit in ("usd", "cny") and amount.number < 1e6:  # a small sum beside a chip is its price
        return dimension(f"{amount.unit}/chip")
    return dimension(amount.unit)


def _products(names: frozenset[str] | set[str]) -> set[str]:
    return {name for name in names if any(char.isdigit() for char in name)}


def _by_value(amount: Amount | None, entry: _Entry, kind: str | None) -> float:
    if amount is None:
        return WEIGHTS["number for words" if entry.dimension is not None else "words for words"]
    if entry.dimension != kind:
        return WEIGHTS["words for a number"]
    values = [value for value in (entry.claim.value, entry.claim.low, entry.claim.high) if value is not None]
    sizes = [value * factor(entry.claim.unit or "1") for value in values]
    ours = [value * factor(amount.unit) for value in (amount.value, amount.low, amount.high) if value is not None]
    if any(_same(one, other) for one in ours for other in sizes):
        return WEIGHTS["value"]
    closest = min((abs(math.log(one / other)) for one in ours for other in sizes if one > 0 and other > 0), default=9.0)
    return WEIGHTS["near value"] if closest < 0.7 else WEIGHTS["far value"] if closest > 2.3 else 0.0


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= SAME * max(abs(one), abs(other), 1e-12)


def period_named(text: str | None) -> Period | None:
    """Return the period that a text such as 2025Q3 names, None where it names none."""
    if text is None:
        return None
    from countermove.evidence.schema import _named_period

    try:
        return Period.model_validate(_named_period(text))
    except (ValueError, InputError):
        return None


def _near(one: Period, other: Period) -> bool:
    return one.overlaps(other)


def _relation(claim: ReadClaim, best: _Entry, on_subject: list[_Entry]) -> Bearing:
    """Compare a claim with all that the ledger has on a subject."""
    period = period_named(claim.date_of)
    on_subject = [entry for entry in on_subject if not _other_product(claim, entry)]
    rivals = [entry for entry in on_subject if period is None or _near(period, entry.claim.period)]
    path = f"claims/{(best if best in rivals or not rivals else rivals[0]).claim.id}"
    beside = tuple(f"claims/{entry.claim.id}" for entry in (rivals or on_subject)[:6])
    if _denies(claim) != best.negated:
        return _turned(claim, best, rivals, path, beside)
    if best not in rivals and claim.quantity is not None and _equal(claim.quantity, best):
        return Bearing("repeats", f"claims/{best.claim.id}", shown(best.claim), beside)
    if not rivals:
        return Bearing("new", f"claims/{best.claim.id}", shown(best.claim), beside)
    if claim.quantity is None or not any(entry.dimension is not None for entry in rivals):
        relation = "conflicts" if claim.stance == "denies" else _in_words(claim, best, period)
        return Bearing(relation, path, shown(best.claim), beside)
    alike = [entry for entry in rivals if entry.negated == best.negated]
    equal = [entry for entry in alike if _equal(claim.quantity, entry)]
    if equal:
        one = best if best in equal else equal[0]
        old = any(
            later.makers & one.makers
            and later.claim.known_day > one.claim.known_day
            and later.claim.period == one.claim.period
            and not _equal(claim.quantity, later)
            for later in rivals
        )
        return Bearing("stale" if old else "repeats", f"claims/{one.claim.id}", shown(one.claim), beside)
    inside = [entry for entry in alike if _inside(claim.quantity, entry)]
    if inside:
        return Bearing("refines", f"claims/{inside[0].claim.id}", shown(inside[0].claim), beside)
    newest = max(rivals, key=lambda entry: entry.claim.known_day)
    return Bearing(
        "stale" if _long_before(claim, newest.claim) else "conflicts",
        path,
        "; ".join(shown(entry.claim) for entry in rivals[:3]),
        beside,
    )


def _turned(claim: ReadClaim, best: _Entry, rivals: list[_Entry], path: str, beside: tuple[str, ...]) -> Bearing:
    """Set a claim beside a ledger that says the reverse: it conflicts with what it denies, else it is another one."""
    against = [one for one in rivals if claim.quantity is None or _equal(claim.quantity, one) or _inside(claim.quantity, one)]
    if claim.quantity is None and len(stems(claim.words) & best.stems) < SAME_WORDS:
        against = []
    if not against:
        return Bearing("new", path, shown(best.claim), beside)
    one = best if best in against else against[0]
    return Bearing("conflicts", f"claims/{one.claim.id}", shown(one.claim), beside)


def _denies(claim: ReadClaim) -> bool:
    return claim.negated or (claim.stance == "denies" and claim.quantity is not None)


def _other_product(claim: ReadClaim, entry: _Entry) -> bool:
    """Say whether a claim and a ledger claim each name products and no common one: H200 is not H20."""
    ours = _models(name.canonical for name in gazetteer().find(claim.words) if name.kind == "product")
    theirs = _models(entry.names)
    return bool(ours and theirs and not ours & theirs)


def _models(names: Iterable[str]) -> set[str]:
    return {name for name in names if any(char.isdigit() for char in name)}


def _in_words(claim: ReadClaim, best: _Entry, period: Period | None) -> str:
    if claim.quantity is not None:
        return "refines"
    shared = stems(claim.words) & best.stems
    return "repeats" if len(shared) >= SAME_WORDS else "new"


def _long_before(claim: ReadClaim, newest: Claim) -> bool:
    if claim.date_said is None:
        return False
    try:
        said = calendar.parse_date(claim.date_said)
    except InputError:
        return False
    return newest.known_day - said > dt.timedelta(days=STALE_DAYS)


def _numbers(amount: Amount) -> list[float]:
    return [value * factor(amount.unit) for value in (amount.value, amount.low, amount.high) if value is not None]


def _equal(amount: Amount, entry: _Entry) -> bool:
    if entry.claim.unit is None:
        return False
    unit = factor(entry.claim.unit)
    ours = _numbers(amount)
    ledger = entry.claim
    if amount.value is None:
        return (
            ledger.low is not None
            and ledger.high is not None
            and _same(ours[0], ledger.low * unit)
            and _same(ours[1], ledger.high * unit)
        )
    return any(
        _same(ours[0], value * unit)
        for value in (ledger.value, *(v for v in (ledger.low, ledger.high) if ledger.value is None or amount.qualifier))
        if value is not None
    )


def _inside(amount: Amount, entry: _Entry) -> bool:
    if entry.claim.unit is None:
        return True
    unit = factor(entry.claim.unit)
    low, high = entry.claim.low, entry.claim.high
    if low is None and high is None:
        return False
    ours = _numbers(amount)
    return (low is None or min(ours) >= low * unit * (1 - SAME)) and (high is None or max(ours) <= high * unit * (1 + SAME))


def shown(claim: Claim) -> str:
    """Return a ledger claim in one line: value or words, who says so and since when it is known."""
    if claim.unit is None:
        return f"{claim.says} ({claim.made_by}, {claim.known})"
    numbers = [f"{value:g}" for value in (claim.low, claim.value, claim.high) if value is not None]
    return f"{' / '.join(dict.fromkeys(numbers))} {claim.unit} for {claim.period} ({claim.made_by}, {claim.known})"

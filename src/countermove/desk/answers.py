"""What the runs say to a check: the probability of passing its threshold, the median with its range, and a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.desk.checks import Check
from countermove.desk.drivers import Resampled
from countermove.desk.facts import FACTS
from countermove.desk.paired import PAIRED
from countermove.desk.wording import PLURAL, amount, band, difference, is_share, noun
from countermove.experiments.result import NOT_REACHED, Result
from countermove.experiments.statistics import Point, point
from countermove.outcomes import OUTCOMES

Floats = NDArray[np.float64]
Results = Mapping[str, Result]

LEAST_SHOWN = 0.005  # half of the last decimal that probabilities and shares are printed with

#: Outcomes whose differences are also given relative to the scenario they are taken from.
RELATIVE_KINDS = ("flow", "stock")
RELATIVE_UNITS = ("usd_bn", "cny_bn", "thousand package", "thousand h100e", "1")


def answer(check: Check, results: Results) -> dict[str, Any]:
    """Return the answer as plain data; `odds`, a probability, is None for a check without threshold, or where no draw counts."""
    values, counted = _draws(check, results)
    document = _question(check) | ({} if counted is None else {"share_of_draws": counted})
    if not len(values):
        draws = next(iter(results.values())).draws
        text = f"{_subject(check)}: the scenarios differ too little in {check.period} in all of {draws:,} draws to say"
        return document | {"odds": None, "statement": text, "range": ""}
    censored = NOT_REACHED if check.is_date and check.than is None else None
    found = point(check.period, values, censored_from=censored)
    odds = _odds(check, values)
    relative = _relative(check, results)
    return (
        document
        | {"odds": odds, "odds_error": None if odds is None else math.sqrt(odds * (1 - odds) / len(values))}
        | {"median": found.median, "p5": found.p5, "p25": found.p25, "p75": found.p75, "p95": found.p95, "mcse": found.mcse}
        | ({} if found.censored_share is None else {"censored_share": found.censored_share})
        | ({} if relative is None else {"relative": relative})
        | {"statement": _statement(check, odds, found, results), "range": _range(check, found, relative, counted)}
    )


def strongest(check: Check, results: Results, resampled: Resampled, count: int = 3) -> list[tuple[str, float]]:
    """Return the parameters that the answer moves with most over the draws, beyond noise, with their rank correlations."""
    values, counted = _draws(check, results)
    if counted is not None:
        return []  # a ratio over part of the draws has other draws than the parameters
    found = {name: resampled.correlation(name, values) or 0.0 for name in resampled.compiled.assumptions.parameters}
    order = sorted(found.items(), key=lambda pair: -abs(pair[1]))
    return [(name, rho) for name, rho in order[:count] if abs(rho) > resampled.noise]


def _question(check: Check) -> dict[str, Any]:
    threshold = {"above": check.above} if check.above is not None else {"below": check.below} if check.below is not None else {}
    return {
        "outcome": check.outcome,
        "unit": check.unit,
        "scenario": check.scenario,
        "than": check.than,
        "period": check.period,
        "loops": "on" if check.loops else "off",
        **({"levers": dict(check.levers)} if check.levers else {}),
        **({"parameters": dict(check.parameters)} if check.parameters else {}),
        **({"label": check.label} if check.label else {}),
        **threshold,
    }


def _draws(check: Check, results: Results) -> tuple[Floats, float | None]:
    """The draws that the check is about, and the share of draws that count where a ratio leaves some out."""
    first, *other = (results[key] for key in check.runs)
    if check.outcome in PAIRED:
        return PAIRED[check.outcome].draws(check.period, other[0].outcomes, first.outcomes)
    values = _one(check, first)
    return (values - _one(check, other[0]) if other else values), None


def _one(check: Check, result: Result) -> Floats:
    if check.outcome in FACTS:
        return FACTS[check.outcome].draws(check.period, result)
    return np.asarray(result.outcomes[check.outcome][check.period])


def _odds(check: Check, values: Floats) -> float | None:
    if check.above is not None:
        return float(np.mean(values > check.above))
    if check.below is not None:
        return float(np.mean(values < check.below))
    return None


def _relative(check: Check, results: Results) -> float | None:
    """Median of the difference over what it is taken from, for amounts."""
    if not check.differs or check.outcome not in OUTCOMES or is_share(check.outcome, check.unit):
        return None
    if OUTCOMES[check.outcome].kind not in RELATIVE_KINDS or check.unit not in RELATIVE_UNITS:
        return None
    first, other = (_one(check, results[key]) for key in check.runs)
    there = np.abs(other) > 1e-9
    return float(np.median((first[there] - other[there]) / other[there])) if there.any() else None


def _statement(check: Check, odds: float | None, found: Point, results: Results) -> str:
    """One sentence: the probability with what it is of, or the median with its range."""
    draws = f"({next(iter(results.values())).draws:,} draws)"
    first = check.scenario + (f", {check.label}," if check.levers else "")
    loops = ("" if check.loops else ", all loops off") + (f", {check.label}" if check.parameters else "")
    when = "" if check.is_date else f" in {check.period}"
    against = f"{first} against {check.than}" if check.than else f"under {first.rstrip(',')}"
    if odds is None:
        return f"{_subject(check)}{when}, {against}{loops}: {_band(check, found)} {draws}"
    claimed = f"probability {probability_words(odds)} that {_claimed(check)}{when}"
    if check.differs:
        return f"{claimed} under {first} than under {check.than}{loops} {draws}"
    return (
        f"probability {probability_words(odds)} that {_claimed(check)}{when}{',' if check.than else ''} {against}{loops} {draws}"
    )


def probability_words(share: float) -> str:
    """Return a probability with two decimals; no number of draws makes it 0 or 1."""
    if share > 1.0 - LEAST_SHOWN:
        return "above 0.99"
    return "below 0.01" if share < LEAST_SHOWN else f"{share:.2f}"


def _claimed(check: Check) -> str:
    """What the probability is of, as a clause without period and scenario."""
    subject, threshold, rises = _subject(check), check.threshold or 0.0, check.above is not None
    if check.differs:
        words = ("later", "earlier") if check.is_date else ("higher", "lower")
        size = f"{abs(12 * threshold):g} months" if check.is_date else _words(check, abs(threshold)).lstrip("+")
        by = f" by more than {size}" if threshold else ""
        return f"{subject}{'' if check.is_date else ' ' + _verb(check, 'be')} {words[0] if rises else words[1]}{by}"
    if check.is_date:
        return f"{subject} {'after' if rises else 'before'} {threshold:g}"
    verb = _verb(check, "exceed" if rises else "stay")
    return f"{subject} {verb}{'' if rises else ' below'} {_words(check, threshold)}"


def _verb(check: Check, verb: str) -> str:
    several = check.outcome in PLURAL or _subject(check).startswith("910C packages")
    if verb == "be":
        return "are" if several else "is"
    return verb if several else f"{verb}s"


def _range(check: Check, found: Point, relative: float | None, counted: float | None) -> str:
    """The median and its range in words, with what was not reached or left out."""
    text = _band(check, found)
    if relative is not None:
        text += f"; {relative:+.1%} in the median draw" if abs(relative) >= 0.0005 else "; about 0% in the median draw"
    if (found.censored_share or 0.0) >= LEAST_SHOWN:
        text += f"; not reached by the end of the clock in {found.censored_share:.0%} of draws"
    if counted is not None and counted < 1.0:
        text += f"; over the {counted:.0%} of draws in which H200 sales differ"
    return text


def _band(check: Check, found: Point) -> str:
    if found.p5 == found.p95:
        return _words(check, found.median)
    share = is_share(check.outcome, check.unit)
    return band(found.p5, found.median, found.p95, check.unit, share=share, differs=check.differs)


def _subject(check: Check) -> str:
    for known in (PAIRED, FACTS):
        if check.outcome in known:
            return str(known[check.outcome].noun)
    return noun(check.outcome)


def _words(check: Check, value: float) -> str:
    words = difference if check.differs else amount
    return words(value, check.unit, share=is_share(check.outcome, check.unit))

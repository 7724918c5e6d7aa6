"""Epoch AI's Monte Carlo of smuggled compute, re-stated from its published inputs (Epoch AI 2026, "Diversion and resale").

Two views of one quantity, blended per draw: *diversion* adds up nine known cases and divides by the share that is detected;
*resale* adds up grey-market vendors and divides by the share of trade that a marketplace sees. The inputs are data
(`data/reproductions/inputs/epoch-smuggling.yaml`); only figures are restated, no code is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load

Floats = NDArray[np.float64]

INPUTS = DATA / "reproductions" / "inputs" / "epoch-smuggling.yaml"
DRAWS = 200_000
CHUNK = 10_000
"""Vendors are drawn in chunks of this many draws, so that memory stays small."""

QUANTITIES = ("observed", "diversion", "resale", "combined")


@cache
def inputs() -> Mapping[str, Any]:
    """Return the published inputs; DataError for a file that cannot be read."""
    return load(INPUTS).mapping()


@cache
def simulate(draws: int = DRAWS, seed: int = 2026) -> Mapping[str, Floats]:
    """Return each quantity over the draws, `(draw,)`, in thousand H100e to the end of 2025.

    ``observed = sum of cases``; ``diversion = observed x accuracy / detection``;
    ``resale = vendor volumes / marketplace share``; ``combined = w diversion + (1 - w) resale``.
    """
    found, dice = inputs(), np.random.default_rng(seed)
    total = found["totals"]
    observed = np.sum([_case(case, dice, draws) for case in found["cases"].values()], axis=0)
    detection = np.clip(_drawn(total["detection"], dice, draws), *total["detection_limits"])
    diversion = observed * _drawn(total["accuracy"], dice, draws) / detection
    resale = _resale(found, dice, draws) / _drawn(total["marketplace_share"], dice, draws)
    weight = float(total["weight_of_diversion"])
    views = {"observed": observed, "diversion": diversion, "resale": resale}
    return {name: values / 1000.0 for name, values in (views | {"combined": weight * diversion + (1 - weight) * resale}).items()}


def _drawn(spec: Mapping[str, Any], dice: np.random.Generator, draws: int) -> Floats:
    """Draws of one input, `(draw,)`. `lognormal` and its ends hold `within` of the mass (90% unless said)."""
    kind = spec["kind"]
    if kind == "lognormal":
        middle, spread = _log_terms(spec)
        return np.exp(dice.normal(middle, spread, draws))
    if kind == "share":
        return np.clip(dice.normal(spec["mean"], spec["sd"], draws), 0.0, 1.0)
    if kind == "uniform":
        return dice.uniform(spec["low"], spec["high"], draws)
    if kind == "beta":
        return dice.beta(spec["a"], spec["b"], draws)
    if kind == "fixed":
        return np.full(draws, float(spec["value"]))
    raise DataError(f"no kind of input named {kind!r}", where=str(INPUTS.name), hint="lognormal, share, uniform, beta or fixed")


def _log_terms(spec: Mapping[str, Any]) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm from a central interval: ``(ln high - ln low) / 2 z``."""
    from scipy.special import ndtri

    low, high = np.log(float(spec["low"])), np.log(float(spec["high"]))
    return float((low + high) / 2), float((high - low) / (2 * ndtri(0.5 + float(spec.get("within", 0.9)) / 2)))


def _case(case: Mapping[str, Any], dice: np.random.Generator, draws: int) -> Floats:
    """H100e of one known case, `(draw,)`: chips (counted, or value over price) times H100e per chip by year and mix."""
    chips = np.zeros(draws)
    for part in case["chips"]:
        count = _drawn(part["count"], dice, draws) if "count" in part else _drawn(part["value"], dice, draws)
        chips = chips + (count / _drawn(part["price"], dice, draws) if "price" in part else count)
    early = _drawn(case["share_2024"], dice, draws) if "share_2024" in case else np.zeros(draws)
    by_year = [_mixed(case.get(key, case.get("mix")), dice, draws) for key in ("mix_2024", "mix_2025")]
    return np.asarray(chips * (early * by_year[0] + (1.0 - early) * by_year[1]), dtype=np.float64)


def _mixed(mix: Mapping[str, Any] | None, dice: np.random.Generator, draws: int) -> Floats:
    """H100e per chip of a mix of two classes, `(draw,)`; H100 alone where none is given."""
    per_chip = inputs()["h100e_per_chip"]
    if mix is None:
        return np.full(draws, float(per_chip["h100"]))
    share = _drawn(mix["share"], dice, draws)
    return np.asarray(share * float(per_chip[mix["of"]]) + (1.0 - share) * float(per_chip[mix["rest"]]), dtype=np.float64)


def _resale(found: Mapping[str, Any], dice: np.random.Generator, draws: int) -> Floats:
    """H100e that a marketplace sees, `(draw,)`: periods of one year share that year's shock and, where said, a mix."""
    shock = np.exp(dice.normal(0.0, float(found["totals"]["yearly_shock_sd"]), draws))
    mixes: dict[str, Floats] = {}
    total = np.zeros(draws)
    for name, period in found["periods"].items():
        mixes[name] = mixes[period["mix_of"]] if "mix_of" in period else _mixed(period["mix"], dice, draws)
        volume = _volumes(period, dice, draws) * float(period["months"]) / 12.0
        total = total + volume * mixes[name] * (shock if period["shocked"] else 1.0)
    return total


def _volumes(period: Mapping[str, Any], dice: np.random.Generator, draws: int) -> Floats:
    """Chips a year of all vendors together, `(draw,)`; half of the log-variance is common to the vendors of a draw."""
    vendors = np.maximum(np.rint(_drawn(period["vendors"], dice, draws)), 1.0).astype(int)
    middle, spread = _log_terms(period["volume"])
    common, own = (spread * np.sqrt(share) for share in (period["common_variance"], 1.0 - period["common_variance"]))
    total = np.empty(draws)
    for first in range(0, draws, CHUNK):
        count = vendors[first : first + CHUNK]
        # One flat row of all vendors of the chunk: no vendor is drawn that does not exist.
        sizes = np.exp(dice.normal(0.0, own, int(count.sum())))
        starts = np.concatenate([[0], np.cumsum(count)[:-1]])
        total[first : first + CHUNK] = np.add.reduceat(sizes, starts)
    return np.asarray(total * np.exp(middle + dice.normal(0.0, common, draws)), dtype=np.float64)

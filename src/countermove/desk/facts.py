"""What hardware alone says, over the draws of a run: how old the H200's performance is, and what its work costs on Ascend.

Nothing here needs the market. Draws enter through the run's own parameters (performance of Ascend chips, prices), drawn
again by name from the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from countermove.experiments.pipeline import compile_scenario, known_date, sampled
from countermove.experiments.result import Result
from countermove.experiments.run import ALL_EVIDENCE
from countermove.outcomes.frontier import reached_by_us, us_levels
from countermove.quantities.axes import WORKLOADS
from countermove.quantities.calendar import period_months

Floats = NDArray[np.float64]

H200, ASCEND = "h200-sxm", "ascend-910c"


@dataclass(frozen=True)
class Fact:
    """One such number: `draws(period, result)` gives it, `(draw,)`."""

    label: str
    noun: str
    unit: str
    draws: Callable[[str, Result], Floats]


def _h200_age(view: str, workload: str, period: str, result: Result) -> Floats:
    """Months since NVIDIA's best part first did an H200's work: the same in every draw."""
    reached = float(reached_by_us(np.array(1.0), view, WORKLOADS.index(workload)))
    return np.full(result.draws, period_months(period)[1] - reached)


def _newest_over_h200(view: str, workload: str, period: str, result: Result) -> Floats:
    """NVIDIA's best part launched by the end of the period over an H200; the same in every draw."""
    months, logs = us_levels(view)
    launched = months < period_months(period)[1]
    return np.full(result.draws, float(np.exp(logs[launched, WORKLOADS.index(workload)].max())))


def _parameters(result: Result) -> dict[str, Floats]:
    known = None if result.known == ALL_EVIDENCE else known_date(result.known)
    compiled = compile_scenario(result.scenario, known=known, beliefs=result.beliefs)
    return sampled(compiled, seed=result.seed, draws=result.draws)


def _packages(workload: str, _: str, result: Result) -> Floats:
    """Ascend 910C packages in a CloudMatrix that do the work of one H200 in its server: ``1 / (effective x scale)``."""
    from countermove.hardware.products import product_table

    effective = float(np.asarray(product_table((ASCEND,)).effective_system)[0, WORKLOADS.index(workload)])
    packages: Floats = 1.0 / (effective * _parameters(result)["performance.ascend_scale"])
    return packages


def _power(workload: str, period: str, result: Result) -> Floats:
    """All-in power of those packages over that of an H200."""
    from countermove.hardware.products import product_table

    ascend, h200 = np.asarray(product_table((ASCEND, H200)).power_kw, dtype=float)
    ratio: Floats = _packages(workload, period, result) * (ascend / h200)
    return ratio


def _money(workload: str, period: str, result: Result) -> Floats:
    """Realised price of those packages over the price of an H200; chips only, without racks and network."""
    p = _parameters(result)
    paid = p["prices.price_910c"] * p["prices.ascend_realisation"]
    ratio: Floats = _packages(workload, period, result) * paid / p["foreign.price_h200"]
    return ratio


def _facts() -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for view, work in product(("chip", "system"), WORKLOADS):
        age = f"the age of an H200's performance in {work}, per {view},"
        lead = f"NVIDIA's best {view} over an H200 in {work}"
        found[f"h200_age_months_{view}_{work}"] = Fact(
            f"Months since NVIDIA's best {view} first did an H200's work in {work}", age, "month", partial(_h200_age, view, work)
        )
        found[f"newest_over_h200_{view}_{work}"] = Fact(lead, lead, "1", partial(_newest_over_h200, view, work))
    for work in WORKLOADS:
        per = f"for one H200's work in {work} (CloudMatrix against an H200 server)"
        for name, noun, draws in (
            ("ascend_910c", "910C packages", _packages),
            ("ascend_910c_power", "power, relative to an H200's,", _power),
            ("ascend_910c_price", "price of the 910Cs, relative to an H200's,", _money),
        ):
            found[f"{name}_per_h200_{work}"] = Fact(_title(f"{noun} {per}"), f"{noun} {per}", "1", partial(draws, work))
    return found


def _title(noun: str) -> str:
    return noun[0].upper() + noun[1:]


FACTS: dict[str, Fact] = _facts()
"""Ids of facts, which a check may name beside those of `outcomes` and of `paired`."""

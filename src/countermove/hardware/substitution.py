"""How many packages of another chip do the work of a target, at the same latency: number, power, price, energy, months behind.

    number = count x rate(target) / rate(candidate)      rates per package on the named workload (`performance.compare`)

and what one gets at equal number, power and money: the candidate's work over the target's. This is the comparison that the
simulation and claim C6 make: the best published engines, the three models of the workload (`data/models/workloads.yaml`), a
system of the candidate against a system of the target, facility power of a package (`power`), packages alone in money. The
band of the number is that of the ratio of effective performances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final

import numpy as np

from countermove.errors import InputError
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.chip import Chip, System
from countermove.hardware.gap import Launch, gap_months
from countermove.hardware.performance import SERVER_CHIPS, compare, missing_facts, rates
from countermove.hardware.power import power
from countermove.hardware.published import published_runs
from countermove.hardware.workloads import Case, load_models

Row = dict[str, Any]

#: Systems that stand for the vendors where no candidates are named.
MOST_CHIPS = 1_000_000_000
"""More than were ever made; a larger count is a slip."""
USUAL: Final = ("hgx-h20", "hgx-h200", "hgx-b200", "gb200-nvl72", "oam-mi325x", "atlas-800t-a2", "cloudmatrix-384")

#: Times per output token (ms) and contexts (tokens) over which the shares of won workloads are counted.
LIMITS_MS: Final = (15.0, 30.0, 50.0, 100.0)
CONTEXTS: Final = (1024.0, 4096.0, 16384.0)


@dataclass(frozen=True)
class Candidate:
    """A chip, in a system or in a server of eight."""

    name: str
    chip: Chip
    system: System | None


def find(name: str) -> Candidate:
    """Return the system or chip of a name; InputError with the nearest valid one."""
    catalogue = load_catalogue()
    try:
        system = catalogue.system(name)
    except InputError:
        chip = catalogue.chip(name)
        return Candidate(chip.id, chip, None)
    return Candidate(system.id, catalogue.chips[system.chip], system)


def substitute(
    target: str, workload: str, *, count: int | None = None, candidates: Sequence[str] = (), tpot_ms: float | None = None
) -> list[Row]:
    """Return one row per candidate, those that cannot be judged with their `refused` reason.

    ``count`` chips of the target (default: those of its system, one for a chip). ``tpot_ms`` replaces the latency limit of the
    decode workload. Raises InputError for unknown names, a count below one, or a limit for another workload than decode.
    """
    wanted = find(target)
    models = load_models()
    cases = models.workload(workload).cases
    if tpot_ms is not None:
        if workload != "decode" or not 0 < tpot_ms < 1e5:
            raise InputError(f"a limit of {tpot_ms:g} ms per token", where="--tpot-ms", hint="a positive number, for decode only")
        changed = replace(models.workload(workload), cases=tuple(replace(case, token_limit_ms=tpot_ms) for case in cases))
        models = replace(models, workloads={**models.workloads, workload: changed})
        cases = changed.cases
    number = count if count is not None else (wanted.system.count if wanted.system else 1)
    if not 1 <= number <= MOST_CHIPS:
        raise InputError(f"{number} chips", where="--count", hint=f"1 to {MOST_CHIPS:,}")
    if missing_facts(wanted.chip):
        raise InputError(_lacking(wanted.chip), where=wanted.chip.place, hint="state the missing fact in the catalogue")
    rows = []
    for name in candidates or USUAL:
        candidate = find(name)
        if missing_facts(candidate.chip):
            rows.append({"candidate": candidate.name, "chip": candidate.chip.id, "refused": _lacking(candidate.chip)})
            continue
        found = compare([(wanted.chip, wanted.system), (candidate.chip, candidate.system)], (workload,), models=models)
        value, low, high = (array[:, 0] for array in (found.value, found.low, found.high))
        rows.append(_row(wanted, candidate, workload, cases, number, value, low, high))
    return rows


def _row(
    wanted: Candidate, other: Candidate, workload: str, cases: Sequence[Case], count: int, value: Any, low: Any, high: Any
) -> Row:
    same = wanted.chip.id == other.chip.id
    # The bands of two different chips are taken as independent.
    down = 0.0 if same else float(np.hypot(np.log(value[1] / low[1]), np.log(high[0] / value[0])))
    up = 0.0 if same else float(np.hypot(np.log(high[1] / value[1]), np.log(value[0] / low[0])))
    if value[1] <= 0 or value[0] <= 0:
        return {"candidate": other.name, "chip": other.chip.id, "refused": "no deployment holds the models of this workload"}
    parity = float(value[1] / value[0])
    needed = count / parity
    target_power, drawn = (_facility_kw(candidate) for candidate in (wanted, other))
    rate = _rate(other, workload, cases)
    if not rate > 0.0:
        return {"candidate": other.name, "chip": other.chip.id, "refused": "no deployment keeps the limit of this workload"}
    price = other.chip.price_usd
    return {
        "candidate": other.name,
        "chip": other.chip.id,
        "refused": None,
        "parity_per_chip": {"median": parity, "lo": parity * np.exp(-down), "hi": parity * np.exp(up)},
        "work_per_chip": parity,
        "unit": _unit(other.chip),
        "number": {"median": needed, "lo": needed * np.exp(-up), "hi": needed * np.exp(down)},
        "parity_per_system": None if other.system is None else parity * other.system.count / count,
        "tokens_per_s_per_chip": rate,
        "power_kw": drawn * needed,
        "power_ratio": drawn * needed / (target_power * count),
        "power": power(other.chip, other.system).document(),
        "equal": {
            "number": parity,
            "power": parity * target_power / drawn,
            "money": _equal_money(wanted.chip, other.chip, parity),
        },
        "price_usd": None if price is None else {"lo": price[0] * needed, "hi": price[1] * needed},
        "energy_j_per_million_tokens": None if workload == "training" else 1e9 * drawn / rate,
        "gap_months": _gap(wanted, other, workload),
        "workloads_won": _won(wanted, other) if workload == "decode" else None,
        "by_model": _by_model(wanted, other, workload, cases),
        "published": published_runs(other.chip, workload),
    }


def _rate(candidate: Candidate, workload: str, cases: Sequence[Case]) -> float:
    """Return tokens per second and chip, the weighted geometric mean over the cases."""
    total = sum(case.weight for case in cases)
    logs = [np.log(float(rates(case, workload, [(candidate.chip, candidate.system)]).tokens[0])) * case.weight for case in cases]
    return float(np.exp(sum(logs) / total))


def _by_model(wanted: Candidate, other: Candidate, workload: str, cases: Sequence[Case]) -> list[Row]:
    """Return rates and their ratio per model of the workload: what the joined ratio is made of.

    ``kept`` is the ratio where the target serves from its own system's chips instead of as many as pay: an H200 in a server
    of eight holds few sequences beside a large mixture of experts, and a chip of a wide domain looks better beside it.
    """
    rows = []
    for case in cases:
        mine, theirs = (float(rates(case, workload, [(one.chip, one.system)]).tokens[0]) for one in (other, wanted))
        size = float(wanted.system.count if wanted.system is not None else SERVER_CHIPS)
        kept = replace(case, largest_group=size)
        alone = float(rates(kept, workload, [(wanted.chip, wanted.system)]).tokens[0])
        rows.append(
            {
                "model": case.model.id,
                "tokens_per_s_per_chip": mine,
                "target_tokens_per_s_per_chip": theirs,
                "ratio": mine / theirs if theirs else None,
                "kept": mine / alone if alone and workload != "training" else None,
            }
        )
    return rows


def _facility_kw(candidate: Candidate) -> float:
    """Return facility power per package in kW: the one bound that every package has, in a rack or not."""
    watts = power(candidate.chip, candidate.system).facility_w
    if watts is None:
        chip = candidate.chip
        raise InputError(f"the power of {chip.id} is unknown", where=chip.place, hint="state its thermal design power")
    return watts / 1e3


def _equal_money(wanted: Chip, other: Chip, parity: float) -> dict[str, float] | None:
    """Return the candidate's work over the target's for the same money in packages, at the ends of both prices."""
    mine, theirs = wanted.price_usd, other.price_usd
    if mine is None or theirs is None:
        return None
    return {"lo": parity * mine[0] / theirs[1], "hi": parity * mine[1] / theirs[0]}


def _unit(chip: Chip) -> str:
    """Return what is counted: packages, and how many dies each holds where it is more than one."""
    return f"packages of {chip.logic_dies} dies" if chip.logic_dies and chip.logic_dies > 1 else "packages"


def _gap(wanted: Candidate, other: Candidate, workload: str) -> Row | None:
    """Return the months after the target's launch until the candidate's vendor matched it per chip; None for one vendor."""
    if wanted.chip.vendor == other.chip.vendor or wanted.chip.launch_month is None:
        return None
    chips = [
        chip
        for chip in load_catalogue().chips.values()
        if chip.vendor == other.chip.vendor
        and chip.launch_month is not None
        and not chip.hypothetical
        and not missing_facts(chip)
    ]
    effective = compare([(wanted.chip, None), *((chip, None) for chip in chips)], (workload,), bands=False).value[:, 0]
    launches = [Launch(float(chip.launch_month or 0), float(e)) for chip, e in zip(chips, effective[1:], strict=True) if e > 0]
    if not launches:
        return None
    found = gap_months(launches, Launch(float(wanted.chip.launch_month), float(effective[0])))
    return {"months": found.months, "reached": found.reached}


def _won(wanted: Candidate, other: Candidate) -> float:
    """Return the share of decode workloads (model, context, limit) in which one candidate chip beats one of the target."""
    models = {case.model.id: case.model for case in load_models().workload("decode").cases}.values()
    won = [
        float(np.diff(rates(Case(model, 1.0, context, token_limit_ms=limit), "decode", _pair(wanted, other)).tokens)[0] > 0)
        for model, context, limit in product(models, CONTEXTS, LIMITS_MS)
    ]
    return float(np.mean(won))


def _pair(wanted: Candidate, other: Candidate) -> list[tuple[Chip, System | None]]:
    return [(wanted.chip, wanted.system), (other.chip, other.system)]


def _lacking(chip: Chip) -> str:
    return f"{', '.join(missing_facts(chip))} of {chip.id} unknown"

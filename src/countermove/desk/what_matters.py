"""What would change the answer: the assumptions, the conflicts between sources, and the response of R&D to denial.

*Assumptions*: Spearman rank correlations over the draws of one run (`drivers`), and the share of the rank variance that a linear
regression on the strongest of them explains, corrected for their number: ``1 - (1 - R2) (n - 1) / (n - k - 1)`` (Ezekiel 1930).
*Conflicts*: a parameter on which sources disagree is held to one side at a time, with the same random numbers, and the headline
medians are compared. *Denial*: the prior of the response has no sign, because published findings point both ways and none is
about AI chips; it is held to its 5%, 50% and 95% points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import __version__
from countermove.desk.disagreements import Disagreement, disagreements, held
from countermove.desk.drivers import GOVERNMENTS, Resampled, resample
from countermove.errors import InputError, did_you_mean
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.evidence.priors import Fixed
from countermove.experiments import pipeline
from countermove.experiments.rank_correlation import FEWEST_DRAWS, ranked
from countermove.experiments.run import SEED, run
from countermove.experiments.scenario import load_scenario
from countermove.market.gate_inputs import pick
from countermove.outcomes import HORIZON, OUTCOMES
from countermove.quantities.calendar import years

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]

HEADLINES = (
    "h200_china_revenue_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "nvidia_china_ai_revenue_usd_bn",
    "duty_proceeds_usd_bn",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "china_shortage_share",
    "domestic_share_money",
    "gap_months_system_decode",
    "parity_year_chip_decode",
    "parity_year_system_decode",
)
"""The headline outcomes of the report, in its order."""

DENIAL = "research.denial_response"
DENIAL_OUTCOMES = (
    "domestic_research_usd_bn",
    "domestic_frontier_system_decode",
    "gap_months_system_decode",
    "parity_year_chip_prefill",
    "domestic_ai_chip_revenue_usd_bn",
    "us_china_compute_ratio_h100e",
)
LEVELS = {"low": 0.05, "mid": 0.5, "high": 0.95}
OPEN = "open-h200+open"
"""Beside the scenario the response is shown in the world in which nothing of the H200's class is denied."""

SCENARIO, PERIOD = "h200-2026", "2028"
DRAWS, SWITCH_DRAWS = 1024, 256
FEWEST = 64
STRONGEST = 8
LEAST_SHIFT = 0.02
"""A conflict is shown when a side moves some headline median by this share of the width of its 90% range."""
CAVEAT = (
    "Conditional on the scenario, the model and its priors: what moves an answer here need not be what moves the world. "
    "Holding one assumption leaves all others as they are, also those that were fitted together with it."
)

Medians = dict[str, float]


def what_matters(
    scenario: str = SCENARIO,
    *,
    period: str = PERIOD,
    draws: int = DRAWS,
    switch_draws: int = SWITCH_DRAWS,
    seed: int = SEED,
    only: Sequence[str] = (),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return the document of `countermove what-matters --json`; `only` names the parameters whose conflict is switched.

    Raises InputError for an unknown scenario, period or conflict, or too few draws.
    """
    _check(period, draws, switch_draws)
    loaded, ledger = load_scenario(scenario), load_ledger()
    conflicts = _chosen(disagreements(ledger.parameters, ledger), only)
    work = _Work(draws + switch_draws * (1 + sum(len(one.sides) for one in conflicts) + 2 * len(LEVELS)), progress)
    result = run(loaded, draws=draws, seed=seed, progress=work.shifted())
    work.advance(draws)
    resampled = resample(result)
    compiled = pipeline.compile_scenario(loaded, beliefs=result.beliefs)
    base = _outcomes(compiled, HEADLINES, period, switch_draws, seed, work)
    return {
        "scenario": loaded.id,
        "label": loaded.label,
        "version": __version__,
        "period": period,
        "draws": draws,
        "switch_draws": switch_draws,
        "seed": seed,
        "beliefs": result.beliefs,
        "headlines": {
            name: _headline(name, result.outcomes[name][_period(name, period)], resampled, ledger)
            | {"period": _period(name, period)}
            for name in HEADLINES
        },
        "conflicts": _conflicts(conflicts, compiled, base, period, switch_draws, seed, work, ledger),
        "denial": _denial(loaded.id, result.beliefs, period, switch_draws, seed, work, ledger),
        "caveat": CAVEAT,
    }


def _check(period: str, draws: int, switch_draws: int) -> None:
    if period not in years():
        raise InputError(f"no year {period!r}", where="period", hint=did_you_mean(period, years()))
    if draws < FEWEST_DRAWS:
        raise InputError(f"{draws} draws are too few for rank correlations", where="draws", hint=f"give {FEWEST_DRAWS} or more")
    if switch_draws < FEWEST:
        raise InputError(f"{switch_draws} switch draws are too few for medians", where="draws", hint=f"give {FEWEST} or more")


def _chosen(found: list[Disagreement], only: Sequence[str]) -> list[Disagreement]:
    """Return the conflicts asked for, all of them where none is named."""
    by_name = {one.parameter.id: one for one in found}
    wanted = [name.removeprefix("parameters/") for name in only]
    for name in wanted:
        if name not in by_name:
            raise InputError(f"no conflict between sources on {name!r}", where="only", hint=did_you_mean(name, by_name))
    return [by_name[name] for name in dict.fromkeys(wanted)] if wanted else found


def _period(name: str, period: str) -> str:
    return HORIZON if OUTCOMES[name].kind == "date" else period


@dataclass
class _Work:
    """How far the simulations are, over all of them."""

    total: int
    progress: Progress | None
    done: int = 0

    def advance(self, draws: int) -> None:
        """Count draws that have been simulated."""
        self.done += draws
        if self.progress is not None:
            self.progress(self.done, self.total)

    def shifted(self) -> Progress | None:
        """Return a callback for a part of the work."""
        watch, before = self.progress, self.done
        return None if watch is None else lambda here, _: watch(before + here, self.total)


def _outcomes(
    compiled: pipeline.Compiled, names: Sequence[str], period: str, draws: int, seed: int, work: _Work
) -> dict[str, Floats]:
    """Simulate once and return the outcomes asked for, `(draw,)` each."""
    parts: dict[str, list[Floats]] = {name: [] for name in names}
    for block in pipeline.simulate_blocks(compiled, seed=seed, draws=draws):
        found = pipeline.measured(block, ("year",))
        for name in names:
            parts[name].append(found[name][_period(name, period)])
    work.advance(draws)
    return {name: np.concatenate(arrays) for name, arrays in parts.items()}


def _band(values: Floats) -> Medians:
    low, middle, high = (float(value) for value in np.quantile(values, [0.05, 0.5, 0.95]))
    return {"median": middle, "p5": low, "p95": high}


def _headline(name: str, values: Floats, resampled: Resampled, ledger: Ledger) -> dict[str, Any]:
    """One headline with its strongest assumptions, what both gates do, and what they explain together."""
    outcome = OUTCOMES[name]
    document = {"label": outcome.label, "unit": outcome.unit} | _band(values)
    if np.ptp(values) == 0:
        return document | {"drivers": [], "gates": [], "explained": None}
    order = sorted(
        ((path, resampled.correlation(path, values) or 0.0) for path in resampled.ranks), key=lambda pair: -abs(pair[1])
    )
    strong = [(path, rho) for path, rho in order if abs(rho) > resampled.noise and path in ledger.parameters][:STRONGEST]
    gates = {side: _gate_columns(side, resampled) for side in GOVERNMENTS}
    columns = [resampled.ranks[path] for path, _ in strong] + [column for found in gates.values() for column in found]
    return document | {
        "drivers": [_driver(path, rho, ledger) for path, rho in strong],
        "gates": [
            {"government": GOVERNMENTS[side], "share": max(explained(values, found), 0.0)} for side, found in gates.items()
        ],
        "explained": explained(values, columns),
    }


def _gate_columns(side: str, resampled: Resampled) -> list[Floats]:
    """Columns for what a gate does in each draw: its reading now, the one it moves to, when, and when by where to."""
    gates, drawn = resampled.compiled.gates, resampled.values
    now = pick(np.asarray(getattr(gates, f"{side}_weights")), drawn[f"gates.{side}.variant"])
    following = np.take(np.asarray(getattr(gates, f"{side}_next")), now, axis=0).T
    later, when = pick(following, drawn[f"gates.{side}.destination"]), ranked(drawn[f"gates.{side}.transition"])
    moves = _indicators(later)
    return [*_indicators(now), *moves, when, *(column * when for column in moves)]


def _indicators(readings: NDArray[np.intp]) -> list[Floats]:
    """Return 0/1 columns for all but the first reading that some draw has."""
    return [np.asarray(readings == number, dtype=np.float64) for number in np.unique(readings)[1:]]


def explained(values: Floats, columns: Sequence[Floats]) -> float:
    """Return the share of the variance of ranks that a linear regression on the columns explains, corrected for their number.

    ``1 - (1 - R2) (n - 1) / (n - k - 1)`` for n draws and k columns; below 0 where they explain less than chance would.
    """
    ranks = ranked(values)
    if not columns:
        return 0.0
    design = np.column_stack([np.ones_like(ranks), *columns])
    fitted = design @ np.linalg.lstsq(design, ranks, rcond=None)[0]
    raw, draws, count = float(np.var(fitted) / np.var(ranks)), len(ranks), len(columns)
    return 1.0 - (1.0 - raw) * (draws - 1) / max(draws - count - 1, 1)


def _driver(path: str, correlation: float, ledger: Ledger) -> dict[str, Any]:
    parameter = ledger.parameters[path]
    claims = [ledger.claims[support.claim] for support in parameter.sources if support.claim and support.supports != "context"]
    return {
        "path": f"parameters/{path}",
        "label": parameter.label,
        "basis": parameter.basis,
        "correlation": correlation,
        "share": correlation**2,
        "made_by": list(dict.fromkeys(claim.made_by for claim in claims)),
    }


def _conflicts(
    found: Sequence[Disagreement],
    compiled: pipeline.Compiled,
    base: Mapping[str, Floats],
    period: str,
    draws: int,
    seed: int,
    work: _Work,
    ledger: Ledger,
) -> list[dict[str, Any]]:
    """Hold each disagreement to each of its sides; those that move some headline, the largest shift first."""
    whole = {name: _band(values) for name, values in base.items()}
    rows = []
    for conflict in found:
        sides = []
        for side in conflict.sides:
            values = _outcomes(held(compiled, conflict.parameter.id, side.prior), HEADLINES, period, draws, seed, work)
            sides.append(
                {
                    "made_by": list(side.made_by),
                    "held_to": side.words,
                    "claims": list(side.claims),
                    "sources": list(dict.fromkeys(s.id for c in side.claims for s in ledger.sources_of(ledger.claims[c]))),
                    "medians": (medians := {name: float(np.median(drawn)) for name, drawn in values.items()}),
                    "shifts": {name: _share(medians[name] - whole[name]["median"], whole[name]) for name in HEADLINES},
                }
            )
        rows.append(_conflict(conflict, sides, whole))
    shown = [row for row in rows if abs(row["largest"]["share"]) >= LEAST_SHIFT]
    return sorted(shown, key=lambda row: -float(row["largest"]["share"]))


def _conflict(conflict: Disagreement, sides: list[dict[str, Any]], whole: Mapping[str, Medians]) -> dict[str, Any]:
    """One conflict with the headline whose median differs most between its sides, as a share of that one's 90% width."""
    between = {
        name: _share(max(side["medians"][name] for side in sides) - min(side["medians"][name] for side in sides), band)
        for name, band in whole.items()
    }
    largest = max(between, key=lambda name: between[name])
    return {
        "path": f"parameters/{conflict.parameter.id}",
        "label": conflict.parameter.label,
        "kind": conflict.kind,
        "note": conflict.parameter.note,
        "largest": {"outcome": largest, "share": between[largest]},
        "between": between,
        "sides": sides,
        "medians": {name: band["median"] for name, band in whole.items()},
    }


def _share(difference: float, band: Medians) -> float:
    """A difference as a share of the width of the 90% range; 0 where the outcome does not vary."""
    width = band["p95"] - band["p5"]
    return difference / width if width > 1e-12 else 0.0


def _denial(scenario: str, beliefs: str, period: str, draws: int, seed: int, work: _Work, ledger: Ledger) -> dict[str, Any]:
    """Show the scenario, and what an open market changes in it, at three points of the response of R&D to denial."""
    parameter = ledger.parameters[DENIAL]
    points = {level: float(parameter.ppf(np.array([share]))[0]) for level, share in LEVELS.items()}
    runs = {}
    for name in dict.fromkeys((scenario, OPEN)):
        compiled = pipeline.compile_scenario(load_scenario(name), beliefs=beliefs)
        runs[name] = {
            level: _outcomes(held(compiled, DENIAL, Fixed(kind="fixed", value=value)), DENIAL_OUTCOMES, period, draws, seed, work)
            for level, value in points.items()
        }
    return {
        "path": f"parameters/{DENIAL}",
        "label": parameter.label,
        "note": parameter.note,
        "points": points,
        "against": OPEN,
        "outcomes": {
            name: {
                "label": OUTCOMES[name].label,
                "unit": OUTCOMES[name].unit,
                "period": _period(name, period),
                "scenario": {level: _band(runs[scenario][level][name]) for level in points},
                "open_minus_scenario": {level: _band(runs[OPEN][level][name] - runs[scenario][level][name]) for level in points},
            }
            for name in DENIAL_OUTCOMES
        },
    }

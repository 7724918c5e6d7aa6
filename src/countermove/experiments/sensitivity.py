"""Sensitivity: which levers and parameters an outcome depends on.

`sobol`: first-order and total indices from a saltelli design (Saltelli et al. 2010). `morris`: elementary effects from a morris
design (Morris 1991; Campolongo et al. 2007). `delta`: moment-independent importance from any sweep (Borgonovo 2007;
Plischke et al. 2013). The estimators are SALib's.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import InputError, did_you_mean
from countermove.experiments.designs import MORRIS_LEVELS, problem, require_salib
from countermove.experiments.sweep_table import Futures, SweepTable, by_point

METHODS = ("sobol", "morris", "delta")
DESIGN_OF = {"sobol": "saltelli", "morris": "morris"}
FEWEST_ROWS = 50
MOST_FOR_DELTA = 4096
INPUTS_FOR_DELTA = 12
"""Delta is computed for the inputs with the strongest rank correlation, on the first runs: kernel estimates are slow."""
SEED = 1


def sensitivity(
    folder: Path | str,
    quantity: str,
    *,
    method: str | None = None,
    scenario: str | None = None,
    against: str | None = None,
    statistic: str = "mean",
) -> dict[str, Any]:
    """Return the indices of one quantity, most important first.

    `method` defaults to the one that the sweep's design is made for, else delta. With `against`, of the paired difference.
    Raises InputError for a name that does not exist or a design that does not fit, EnvironmentProblem without SALib.
    """
    table = SweepTable(folder)
    design = table.plan.spec.design.kind
    chosen = method or {kind: name for name, kind in DESIGN_OF.items()}.get(design, "delta")
    if chosen not in METHODS:
        raise InputError(f"no method {chosen!r}", where="--method", hint=did_you_mean(chosen, METHODS))
    if chosen in DESIGN_OF and design != DESIGN_OF[chosen]:
        raise InputError(
            f"{chosen} needs a {DESIGN_OF[chosen]} design, the sweep has {design}",
            where=str(folder),
            hint=f"use --method delta, or a sweep with `kind: {DESIGN_OF[chosen]}`",
        )
    require_salib()
    name = table.quantity(quantity)
    if chosen == "delta":
        label, rows = _delta(table, name, scenario, against)
    else:
        label, rows = _designed(table, name, scenario, against, chosen, statistic)
    return {"outcome": label, "method": chosen, "statistic": statistic if chosen != "delta" else "each run", "factors": rows}


def _designed(
    table: SweepTable, quantity: str, scenario: str | None, against: str | None, method: str, statistic: str
) -> tuple[str, list[dict[str, Any]]]:
    """Return Sobol' indices or elementary effects of a statistic over the draws of each point."""
    chosen = table.scenario(scenario)
    outcome, label = table.outcomes(chosen, quantity), f"{quantity} [{chosen}]"
    if against is not None:
        reference = table.scenario(against, option="--against")
        outcome, label = outcome - table.outcomes(reference, quantity), f"{label} less [{reference}]"
    values = by_point(outcome, statistic)
    names = list(table.plan.spec.design.factors)
    if np.ptp(values) == 0.0:
        raise InputError(f"{label} is the same at every point", where=str(table.folder), hint="nothing to explain")
    if method == "sobol":
        from SALib.analyze import sobol

        found = sobol.analyze(problem(names), values, calc_second_order=False, seed=SEED, print_to_console=False)
        columns = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
        return label, _rows(names, {key: found[column] for key, column in columns.items()}, "total")
    from SALib.analyze import morris

    unit = _unit(table)
    found = morris.analyze(problem(names), unit, values, num_levels=MORRIS_LEVELS, seed=SEED, print_to_console=False)
    columns = {"mean_absolute_effect": "mu_star", "error": "mu_star_conf", "mean_effect": "mu", "spread": "sigma"}
    return label, _rows(names, {key: found[column] for key, column in columns.items()}, "mean_absolute_effect")


def _unit(table: SweepTable) -> Any:
    """Return the points of a morris design on the unit cube: the design again, from its seed."""
    from countermove.experiments.designs import unit_points

    spec = table.plan.spec
    return unit_points(spec.design, spec.seed if spec.design.seed is None else spec.design.seed)


def _delta(table: SweepTable, quantity: str, scenario: str | None, against: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Return delta of the inputs that matter most; the error is the half-width of a 95% interval."""
    from SALib.analyze import delta

    futures = table.futures(quantity, scenario, against)
    if len(futures.outcome) < FEWEST_ROWS:
        hint = "give more draws or points"
        raise InputError(f"{len(futures.outcome)} runs are too few for delta", where=str(table.folder), hint=hint)
    if np.ptp(futures.outcome) == 0.0:
        raise InputError(f"{futures.label} is the same in every run", where=str(table.folder), hint="nothing to explain")
    names, outcome = _screened(futures), futures.outcome[:MOST_FOR_DELTA]
    matrix = np.stack([futures.inputs[name][:MOST_FOR_DELTA] for name in names], axis=1)
    with contextlib.redirect_stdout(sys.stderr):  # SALib prints notices
        found = delta.analyze(problem(names), matrix, outcome, num_resamples=10, seed=SEED, print_to_console=False)
    # Since version 1.6 SALib corrects for unevenly filled bins and calls the estimate "balanced".
    key = "delta_balanced" if "delta_balanced" in found else "delta"
    columns = {"delta": key, "delta_error": f"{key}_conf", "first": "S1", "first_error": "S1_conf"}
    return futures.label, _rows(names, {key: found[column] for key, column in columns.items()}, "delta")


def _screened(futures: Futures) -> list[str]:
    """Return the inputs that move together with the outcome most, by rank correlation: delta costs seconds for each."""
    ranks = np.argsort(np.argsort(futures.outcome))
    strength = {name: abs(_correlation(np.argsort(np.argsort(values)), ranks)) for name, values in futures.inputs.items()}
    return sorted(strength, key=lambda name: -strength[name])[:INPUTS_FOR_DELTA]


def _correlation(one: Any, other: Any) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def _rows(names: list[str], columns: dict[str, Any], by: str) -> list[dict[str, Any]]:
    rows = [
        {"factor": name} | {key: _finite(values[place]) for key, values in columns.items()} for place, name in enumerate(names)
    ]
    return sorted(rows, key=lambda row: -float(row[by]))


def _finite(value: Any) -> float:
    """Return a number; an estimate that does not exist (no variation) counts as none."""
    number = float(value)
    return number if np.isfinite(number) else 0.0

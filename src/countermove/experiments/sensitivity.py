"""Sensitivity: which levers and parameters an outcome depends on.

`sobol`: first-order and total indices from a saltelli design (Saltelli et al. 2010). `morris`: elementary effects from a morris
design (Morris 1991; Campolongo et al. 2007); both are SALib's. `delta`: moment-independent importance from any sweep
(`importance`). Ranked are only factors that can be told from one that does nothing; the others are named without an order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import InputError, did_you_mean
from countermove.experiments.designs import MORRIS_LEVELS, problem, require_salib
from countermove.experiments.futures import grouped
from countermove.experiments.importance import importance
from countermove.experiments.sweep_table import SweepTable, by_point

METHODS = ("sobol", "morris", "delta")
DESIGN_OF = {"sobol": "saltelli", "morris": "morris"}
FEWEST_ROWS = 50
SEED = 1
NOTHING = 1e-9
"""Shares of variance below this are rounding of the engine."""


def sensitivity(
    folder: Path | str,
    quantity: str,
    *,
    method: str | None = None,
    scenario: str | None = None,
    against: str | None = None,
    statistic: str = "mean",
) -> dict[str, Any]:
    """Return the indices of one quantity, most important first, what cannot be told from chance, and what was left out.

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
    name = table.quantity(quantity)
    if chosen == "delta":
        found = _delta(table, name, scenario, against)
    else:
        require_salib()
        found = _designed(table, name, scenario, against, chosen, statistic)
    return {"method": chosen} | found


def _designed(
    table: SweepTable, quantity: str, scenario: str | None, against: str | None, method: str, statistic: str
) -> dict[str, Any]:
    """Return Sobol' indices or elementary effects of a statistic over the draws of each point.

    Points that are compared share their draws, so a factor that does nothing has an index of exactly 0.
    """
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
        rows = _rows(names, {key: found[column] for key, column in columns.items()}, "total", NOTHING)
        return {"outcome": label, "statistic": statistic} | rows
    from SALib.analyze import morris

    unit = _unit(table)
    found = morris.analyze(problem(names), unit, values, num_levels=MORRIS_LEVELS, seed=SEED, print_to_console=False)
    columns = {"mean_absolute_effect": "mu_star", "error": "mu_star_conf", "mean_effect": "mu", "spread": "sigma"}
    rows = _rows(names, {key: found[column] for key, column in columns.items()}, "mean_absolute_effect", 1e-6 * np.ptp(values))
    return {"outcome": label, "statistic": statistic} | rows


def _unit(table: SweepTable) -> Any:
    """Return the points of a morris design on the unit cube: the design again, from its seed."""
    from countermove.experiments.designs import unit_points

    spec = table.plan.spec
    return unit_points(spec.design, spec.seed if spec.design.seed is None else spec.design.seed)


def _delta(table: SweepTable, quantity: str, scenario: str | None, against: str | None) -> dict[str, Any]:
    """Return delta of every input that varies; errors are half-widths of 95% intervals."""
    futures = table.futures(quantity, scenario, against)
    if len(futures.outcome) < FEWEST_ROWS:
        hint = "give more draws or points"
        raise InputError(f"{len(futures.outcome)} runs are too few for delta", where=str(table.folder), hint=hint)
    if np.ptp(futures.outcome) == 0.0:
        raise InputError(f"{futures.label} is the same in every run", where=str(table.folder), hint="nothing to explain")
    found = importance(futures)
    return {
        "outcome": futures.label,
        "statistic": "each run",
        "factors": [
            {"factor": one.factor, "delta": one.delta, "delta_error": one.delta_error}
            | {"first": one.first, "first_error": one.first_error}
            for one in found
            if one.told_apart
        ],
        "indistinct": [one.factor for one in found if not one.told_apart],
        "left_out": grouped(futures.left_out),
    }


def _rows(names: list[str], columns: dict[str, Any], by: str, nothing: float) -> dict[str, Any]:
    """Return the factors whose index is more than rounding (`nothing`), largest first, and the names of the others."""
    rows = [
        {"factor": name} | {key: _finite(values[place]) for key, values in columns.items()} for place, name in enumerate(names)
    ]
    told = [row for row in rows if float(row[by]) > nothing]
    return {
        "factors": sorted(told, key=lambda row: -float(row[by])),
        "indistinct": sorted(row["factor"] for row in rows if row not in told),
        "left_out": [],
    }


def _finite(value: Any) -> float:
    """Return a number; an estimate that does not exist (no variation) counts as none."""
    number = float(value)
    return number if np.isfinite(number) else 0.0

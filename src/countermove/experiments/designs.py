"""Designs: which values of levers and parameters a sweep visits, as one table of points.

Latin hypercube and Sobol sequences are scrambled with the design's seed (scipy.stats.qmc; Owen 1998). The `saltelli` and
`morris` designs are those that Sobol' indices and elementary effects are computed from (SALib).
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import EnvironmentProblem, InputError
from countermove.experiments.sweep_file import COMPARING, MOST_POINTS, PARAMETER, Design, Factor, Span, check_values

if TYPE_CHECKING:
    from countermove.experiments.sweep_file import SweepFile

Floats = NDArray[np.float64]
Column = tuple[float | str, ...]
MORRIS_LEVELS = 4


@dataclass(frozen=True)
class Points:
    """The points of a design: factor -> one value per point. A design without factors has one point."""

    columns: Mapping[str, Column]
    count: int

    def at(self, number: int) -> dict[str, float | str]:
        """Return the values of one point by factor."""
        return {name: column[number] for name, column in self.columns.items()}


def place_points(spec: SweepFile, folder: Path) -> Points:
    """Return the design's points, in an order that depends on the specification alone.

    Raises InputError for a table that cannot be read or has too many points, EnvironmentProblem when SALib is needed and
    missing.
    """
    design = spec.design
    if design.kind == "file":
        return _from_file(folder / str(design.file))
    if design.kind == "grid":
        return _grid(design)
    unit = unit_points(design, spec.seed if design.seed is None else design.seed)
    columns = {
        name: scaled(name, factor, unit[:, number], spec.beliefs) for number, (name, factor) in enumerate(design.factors.items())
    }
    return Points(columns, len(unit))


def scaled(name: str, factor: Factor, unit: Floats, beliefs: str) -> Column:
    """Return a factor's values at points of the unit interval: a range linearly, a list in equal parts, a prior by quantile."""
    if isinstance(factor, Span):
        return tuple((factor.low + unit * (factor.high - factor.low)).tolist())
    if factor != "prior":
        chosen = np.minimum((unit * len(factor)).astype(int), len(factor) - 1)
        return tuple(factor[place] for place in chosen)
    from countermove.evidence.ledger import load_parameters
    from countermove.experiments.ensemble_key import load_ensemble
    from countermove.experiments.pipeline import FITTED

    plain = name.removeprefix(PARAMETER)
    # The ends of the unit interval have no finite quantile under an unbounded prior; Morris designs visit them.
    inside = np.clip(unit, 1e-3, 1 - 1e-3)
    ensemble = load_ensemble() if beliefs == FITTED else None
    values = np.asarray(load_parameters()[plain].ppf(inside if ensemble is None else ensemble.marginal(plain, inside)))
    return tuple(values.tolist())


def problem(names: Sequence[str]) -> dict[str, Any]:
    """Return the description of a unit cube that SALib wants."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def compared_together(design: Design) -> int:
    """Return how many points in a row are compared with each other, so that they need the same draws; 1 for most designs.

    A base point of a saltelli design with its exchanges, a trajectory of a morris design.
    """
    return len(design.factors) + {"saltelli": 2, "morris": 1}[design.kind] if design.kind in COMPARING else 1


def require_salib() -> Any:
    """Return SALib; EnvironmentProblem with the install line when it is missing."""
    try:
        import SALib
    except ImportError:
        raise EnvironmentProblem(
            "SALib is not installed", where="sensitivity", hint="pip install 'countermove[analysis]'"
        ) from None
    return SALib


def _grid(design: Design) -> Points:
    axes = {name: _grid_axis(factor) for name, factor in design.factors.items()}
    count = int(np.prod([float(len(axis)) for axis in axes.values()])) if axes else 1
    if count > MOST_POINTS:
        raise InputError(
            f"the grid has {count:,} points", where="design.factors", hint=f"at most {MOST_POINTS:,}: use fewer steps"
        )
    rows = list(itertools.product(*axes.values()))
    return Points({name: tuple(row[number] for row in rows) for number, name in enumerate(axes)}, count)


def _grid_axis(factor: Factor) -> Column:
    if isinstance(factor, Span):
        return tuple(np.linspace(factor.low, factor.high, factor.steps or 2).tolist())
    return tuple(factor)


def unit_points(design: Design, seed: int) -> Floats:
    """Return points of the unit cube, (point, factor)."""
    count, factors = design.points or 1, len(design.factors)
    if design.kind in ("saltelli", "morris"):
        return _salib_points(design, seed)
    from scipy.stats import qmc

    if design.kind == "sobol":
        sobol: Floats = qmc.Sobol(factors, scramble=True, rng=np.random.default_rng(seed)).random(count)
        return sobol
    cube: Floats = qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(count)
    return cube


def _salib_points(design: Design, seed: int) -> Floats:
    require_salib()
    from SALib.sample import morris, sobol

    described, count = problem(list(design.factors)), design.points or 1
    if design.kind == "saltelli":
        found: Floats = sobol.sample(described, count, calc_second_order=False, seed=seed)
    else:
        found = morris.sample(described, count, num_levels=MORRIS_LEVELS, seed=seed)
    if len(found) > MOST_POINTS:
        raise InputError(f"the design has {len(found):,} points", where="design.points", hint=f"at most {MOST_POINTS:,}")
    return found


def _from_file(path: Path) -> Points:
    """Return the points of a CSV table whose columns are factors."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *rows = list(csv.reader(file)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        csv_reason = str(error) if isinstance(error, csv.Error) else "it is not UTF-8 text"
        reason = getattr(error, "strerror", None) or csv_reason
        raise InputError(
            f"cannot read the table: {reason}", where=str(path), hint="give a CSV file beside the sweep file"
        ) from None
    rows = [row for row in rows if row]
    if not header or not rows:
        raise InputError("the table has no points", where=str(path), hint="a line of factor names, then one line per point")
    if len(rows) > MOST_POINTS:
        raise InputError(f"the table has {len(rows):,} points", where=str(path), hint=f"at most {MOST_POINTS:,}")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"the column {twice!r} appears twice", where=f"{path}:1", hint="keep one")
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(f"{len(row)} values where {len(header)} are expected", where=f"{path}:{line}", hint="one per column")
    columns = {name: tuple(_cell(row[number]) for row in rows) for number, name in enumerate(header)}
    for name, column in columns.items():
        for line, value in enumerate(column, start=2):
            check_values(name, (value,), where=f"{path}:{line} ({name})")
    return Points(columns, len(rows))


def _cell(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text.strip()

"""A finished sweep as one table: what each run or point was given, and what came out."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.experiments.sweep import load_plan, require_finished
from countermove.experiments.sweep_chunk import cell_values
from countermove.experiments.sweep_ledger import ANEW, Ledger
from countermove.experiments.sweep_plan import Plan

Floats = NDArray[np.float64]
MOST_ROWS = 2_000_000
STATISTICS = ("median", "mean", "p5", "p95")


@dataclass(frozen=True)
class Futures:
    """Runs side by side: `inputs` name -> (row,) of numbers, `outcome` (row,)."""

    inputs: dict[str, Floats]
    outcome: Floats
    label: str


class SweepTable:
    """Reads rows of a finished sweep that kept them."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        require_finished(self.folder)
        self.plan: Plan = load_plan(self.folder)
        if self.plan.spec.keep != "final":
            raise InputError("the sweep kept only quantiles", where=str(folder), hint="run it with `keep: final`")
        rows = self.plan.runs // len(self.plan.scenarios)
        if rows > MOST_ROWS:
            raise InputError(f"{rows:,} runs per scenario", where=str(folder), hint=f"at most {MOST_ROWS:,} are analysed")

    def quantity(self, name: str) -> str:
        """Return the quantity called `name` (`outcome@period`, or the outcome where it has one period)."""
        known = [str(quantity) for quantity in self.plan.quantities]
        found = [quantity for quantity in known if name in (quantity, quantity.split("@")[0])]
        if len(found) != 1:
            hint = did_you_mean(name, known) if not found else f"one of: {', '.join(found)}"
            raise InputError(
                f"the sweep kept no {name!r}" if not found else f"{name!r} has several periods", where=str(self.folder), hint=hint
            )
        return found[0]

    def scenario(self, name: str | None, *, option: str = "--scenario") -> str:
        """Return a scenario of the sweep by name; the only one when none is named."""
        known = list(self.plan.scenarios)
        if name is None and len(known) == 1:
            return known[0]
        if name not in known:
            what = "the sweep has several scenarios" if name is None else f"the sweep has no scenario {name!r}"
            raise InputError(what, where=option, hint=did_you_mean(name or "", known))
        return name

    def outcomes(self, scenario: str, quantity: str) -> Floats:
        """Return a quantity of every run of a scenario, (point, draw)."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        plan, ledger = self.plan, Ledger(self.folder)
        found = np.full((plan.points.count, plan.spec.draws), np.nan)
        for cell in plan.cells:
            if cell.scenario != scenario:
                continue
            for number in plan.chunks_of(cell.number):
                content = ledger.read(ledger.rows_path(number))
                try:
                    table = pq.read_table(io.BytesIO(content), columns=["point", "draw", quantity])
                except (OSError, pa.ArrowException) as error:
                    raise InputError(f"chunk {number} cannot be read: {error}", where=str(self.folder), hint=ANEW) from None
                place = tuple(table.column(name).to_numpy() for name in ("point", "draw"))
                found[place] = table.column(quantity).to_numpy()
        return found

    def factors(self) -> dict[str, Floats]:
        """Return the design's factors by point; words become their place in the order of the alphabet."""
        return {name: _numbers(column) for name, column in self.plan.points.columns.items()}

    def futures(self, quantity: str, scenario: str | None, against: str | None = None) -> Futures:
        """Return every run of a scenario with all it was given; with `against`, the paired difference from that scenario.

        Inputs are the factors and every parameter that varies between runs, recomputed from the seed.
        """
        name, chosen = self.quantity(quantity), self.scenario(scenario)
        outcome = self.outcomes(chosen, name)
        label = f"{name} [{chosen}]"
        if against is not None:
            reference = self.scenario(against, option="--against")
            outcome = outcome - self.outcomes(reference, name)
            label += f" less [{reference}]"
        inputs = {factor: np.repeat(values, self.plan.spec.draws) for factor, values in self.factors().items()}
        inputs |= self._drawn(chosen)
        return Futures({k: v for k, v in inputs.items() if np.ptp(v) > 0.0}, outcome.reshape(-1), label)

    def _drawn(self, scenario: str) -> dict[str, Floats]:
        """Return the drawn parameters of every run, (point x draw,), in the order of points."""
        plan, count, draws = self.plan, self.plan.points.count, self.plan.spec.draws
        found: dict[str, Floats] = {}
        for cell in plan.cells:
            if cell.scenario != scenario:
                continue
            values = cell_values(plan, cell, range(len(cell.points) * draws))
            for name, column in values.items():
                key = name if name.startswith("gates.") and name.count(".") > 1 else f"parameters/{name}"
                if key not in plan.points.columns:
                    into = found.setdefault(key, np.empty((count, draws)))
                    into[list(cell.points)] = column.reshape(len(cell.points), draws)
        return {name: column.reshape(-1) for name, column in found.items()}


def by_point(outcome: Floats, statistic: str) -> Floats:
    """Return one number per point, (point,), from (point, draw)."""
    if statistic not in STATISTICS:
        raise InputError(f"no statistic {statistic!r}", where="--of", hint=did_you_mean(statistic, STATISTICS))
    if statistic == "mean":
        mean: Floats = outcome.mean(axis=1)
        return mean
    level = {"median": 0.5, "p5": 0.05, "p95": 0.95}[statistic]
    quantile: Floats = np.quantile(outcome, level, axis=1)
    return quantile


def _numbers(column: tuple[Any, ...]) -> Floats:
    if any(isinstance(value, str) for value in column):
        order = {word: place for place, word in enumerate(sorted({str(value) for value in column}))}
        return np.array([float(order[str(value)]) for value in column])
    return np.array(column, dtype=np.float64)

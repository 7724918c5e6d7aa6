"""``python -m countermove.hardware.fit``: fit, or print the validation tables, from the shipped measured rows.

python -m countermove.hardware.fit              fit and write data/hardware (a few minutes)
python -m countermove.hardware.fit report       cross-validate and print every table of the validation page
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from countermove.hardware.fit import crossvalidation, transfer
from countermove.hardware.fit.intervals import half_widths
from countermove.hardware.fit.report import left_out, lines, strictly_held, usable
from countermove.hardware.serving.fitted import FOLDER, QUANTITIES, Fitted, write_fitted

ORIGIN = """Efficiencies of serving, fitted by `python -m countermove.hardware.fit` to data/hardware/silicon.csv.gz
(AIConfigurator, Apache-2.0, copyright NVIDIA; measurements mostly from SemiAnalysis InferenceX).
`one` is the family mean: a slowdown against datasheet peaks (1 is the datasheet), or seconds for fixed times; the other
entries are log differences of a trait (Blackwell chips, an engine, 4-bit weights, ...). Do not edit: fit again."""

#: What is held out whole for the widths outside the measured domain, and the column of the rows that says it.
APART = {"chip": "system", "engine": "backend", "family": "model_path"}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m countermove.hardware.fit", description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=("fit", "report", "all", "transfer"), default="fit")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write (default: the package's data/hardware)")
    arguments = parser.parse_args()
    if arguments.what in {"fit", "all"}:
        write_fitted(arguments.out, fit_all(), ORIGIN)
    if arguments.what in {"report", "all"}:
        for line in lines():
            print(line, flush=True)
    if arguments.what == "transfer":
        print(transfer.table())


def fit_all() -> Fitted:
    """Return the fit to all rows, with intervals from cross-validation and from leaving out each chip, engine and model."""
    rows = usable()
    held, _ = strictly_held()
    apart = {name: left_out(column, correct=column == "system")[0] for name, column in APART.items()}
    split = rows.points.split > 0
    truth = {"tpot": rows.tpot, "ttft": rows.ttft}
    near = {"tpot": held.tpot, "ttft": held.ttft}
    intervals = {}
    for name in QUANTITIES:
        intervals[name, "inside"] = half_widths(truth[name][~split], near[name][~split])
        intervals[name, "split"] = half_widths(truth[name][split], near[name][split])
        for what, found in apart.items():
            far = {"tpot": found.physics_tpot, "ttft": found.physics_ttft}
            intervals[name, what] = half_widths(truth[name][~split], far[name][~split])
    model = crossvalidation.train(rows, np.arange(len(rows.tpot)))
    return Fitted(model.weights, model.trees, intervals)


if __name__ == "__main__":
    main()

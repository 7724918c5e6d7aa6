"""The fitted files of ``data/hardware``: efficiencies, the learned correction and interval half-widths, with their origin."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.evidence.data_tree import DATA
from countermove.evidence.strict_yaml import load
from countermove.hardware.serving.physics import CLASSES, FEATURES
from countermove.hardware.serving.traits import NAMES
from countermove.hardware.serving.trees import Trees

Array = NDArray[np.float64]

FOLDER: Final = DATA / "hardware"
EFFICIENCIES: Final = "efficiencies.yaml"
QUANTITIES: Final = ("tpot", "ttft")
SETTINGS: Final = ("inside", "split", "chip", "engine", "family")


@dataclass(frozen=True, eq=False)
class Fitted:
    """Weights (class, trait), trees per quantity, and log half-widths (low, high) of the 90% interval per quantity and setting.

    Settings: ``inside`` an aggregated deployment within the measured domain, ``split`` a disaggregated one; ``chip``,
    ``engine`` and ``family`` what is left where every row of one chip, engine or model was held out.
    """

    weights: Array
    trees: dict[str, Trees]
    intervals: dict[tuple[str, str], tuple[float, float]]


@cache
def load_fitted() -> Fitted:
    """Return the shipped fit, read once per process."""
    return read_fitted(FOLDER)


def read_fitted(folder: Path) -> Fitted:
    """Read a fit; DataError names a file that does not belong to this version of the classes and traits."""
    document = load(folder / EFFICIENCIES)
    weights = np.zeros((len(CLASSES), len(FEATURES)))
    found = document.mapping("classes")
    if set(found) != set(CLASSES):
        raise DataError("the operator classes are not those of this version", where=EFFICIENCIES, hint="run the fit again")
    for number, name in enumerate(CLASSES):
        for trait, value in document.mapping("classes", name).items():
            weights[number, FEATURES.index(str(trait))] = np.log(value) if trait == "one" else value
    intervals = {
        (quantity, setting): tuple(float(end) for end in document.mapping("intervals", quantity)[setting])
        for quantity in QUANTITIES
        for setting in SETTINGS
    }
    return Fitted(weights, {name: read_trees(folder / f"correction-{name}.csv.gz") for name in QUANTITIES}, intervals)  # type: ignore[arg-type]


def write_fitted(folder: Path, fitted: Fitted, origin: str) -> None:
    """Write a fit with the text that says where it comes from."""
    lines = [*(f"# {line}" for line in origin.splitlines()), "schema: 1", "classes:"]
    for number, name in enumerate(CLASSES):
        shown = {"one": float(np.exp(fitted.weights[number, 0]))}
        shown |= {FEATURES[f]: float(fitted.weights[number, f]) for f in range(1, len(FEATURES)) if fitted.weights[number, f]}
        lines.append(f"  {name}: {{" + ", ".join(f"{trait}: {value:.5g}" for trait, value in shown.items()) + "}")
    lines.append("intervals:")
    for quantity in QUANTITIES:
        ends = (f"{s}: [{fitted.intervals[quantity, s][0]:.4f}, {fitted.intervals[quantity, s][1]:.4f}]" for s in SETTINGS)
        lines.append(f"  {quantity}: {{" + ", ".join(ends) + "}")
    (folder / EFFICIENCIES).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for quantity, trees in fitted.trees.items():
        write_trees(folder / f"correction-{quantity}.csv.gz", trees)


def write_trees(path: Path, trees: Trees) -> None:
    """Write trees as a table: the domain of every feature, then one line per tree (features, thresholds, leaves)."""
    lines = ["# columns: " + " ".join(NAMES)]
    lines += [",".join(f"{value:.6g}" for value in row) for row in (trees.low, trees.high, trees.scale)]
    for feature, threshold, leaf in zip(trees.feature, trees.threshold, trees.leaf, strict=True):
        lines.append(",".join([*(str(f) for f in feature), *(f"{t:.7g}" for t in threshold), *(f"{v:.5g}" for v in leaf)]))
    with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
        packed.write(("\n".join(lines) + "\n").encode())


def read_trees(path: Path) -> Trees:
    """Read trees that `write_trees` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    if lines[0].split(": ", 1)[1].split() != list(NAMES):
        raise DataError("the features are not those of this version", where=path.name, hint="run the fit again")
    low, high, scale = (_numbers(line) for line in lines[1:4])
    table = np.array([_numbers(line) for line in lines[4:]])
    depth = _depth(table.shape[1])
    return Trees(table[:, :depth].astype(np.int64), table[:, depth : 2 * depth], table[:, 2 * depth :], low, high, scale)


def _depth(columns: int) -> int:
    """Return the depth d with d features, d thresholds and 2^d leaves in a line."""
    return next(depth for depth in range(1, 16) if 2 * depth + 2**depth == columns)


def _numbers(line: str) -> Any:
    return np.array(line.split(","), dtype=np.float64)

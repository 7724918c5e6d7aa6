"""The measured serving rows that the fit may see, their configuration groups and their duplicates.

``data/hardware/silicon.csv.gz`` holds measurements several times: three snapshots of one database write the same run with
different columns. Two ways to group rows for cross-validation follow from that:

- *stated*: all configuration columns but the batch sizes. Two copies of one measurement can land in different groups.
- *strict*: stated groups joined wherever they share a measurement, so that no copy of a held-out row is ever fitted.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.data_tree import DATA
from countermove.hardware.serving.rows import Request, refusal

Array = NDArray[np.float64]
Index = NDArray[np.int64]

SILICON: Final = DATA / "hardware" / "silicon.csv.gz"

#: Columns that are no configuration: identity, load and result.
_NOT_CONFIGURATION: Final = (
    "id",
    "silicon_data_source",
    "batch_size",
    "prefill_batch_size",
    "decode_batch_size",
    "silicon_ttft_ms",
    "silicon_tpot_ms",
)


@dataclass(frozen=True, eq=False)
class Measured:
    """Measured rows: requests, seconds, groups, and a weight of 1/n for each of n copies of one measurement.

    ``refused`` gives the reason for every row that is no valid request; its entry in ``requests`` is None.
    """

    rows: tuple[dict[str, str], ...]
    requests: tuple[Request | None, ...]
    refused: tuple[str, ...]
    ttft: Array
    tpot: Array
    stated: Index
    strict: Index
    weight: Array

    def labels(self, column: str) -> tuple[str, ...]:
        """Return one column of the table."""
        return tuple(row[column] for row in self.rows)


@cache
def silicon() -> Measured:
    """Return the shipped rows, read once per process."""
    return read(SILICON)


def read(path: Path) -> Measured:
    """Read measured rows with the columns of the silicon sample."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = tuple(csv.DictReader(file))
    found = [refusal(row) for row in rows]
    stated = _numbered([tuple(value for name, value in row.items() if name not in _NOT_CONFIGURATION) for row in rows])
    copies = [(row["silicon_ttft_ms"], row["silicon_tpot_ms"]) for row in rows]
    count = Counter(copies)
    return Measured(
        rows=rows,
        requests=tuple(request for request, _ in found),
        refused=tuple(reason for _, reason in found),
        ttft=np.array([float(row["silicon_ttft_ms"]) for row in rows]) / 1e3,
        tpot=np.array([float(row["silicon_tpot_ms"]) for row in rows]) / 1e3,
        stated=stated,
        strict=_joined(stated, _numbered(copies)),
        weight=np.array([1.0 / count[copy] for copy in copies]),
    )


def folds(groups: Index, count: int = 5, seed: int = 20261121) -> Index:
    """Return the fold of every row: groups dealt at random to ``count`` folds of about the same number of rows."""
    names, sizes = np.unique(groups, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(names))
    total = np.zeros(count)
    fold_of = np.empty(len(names), dtype=np.int64)
    for place in order:
        fold_of[place] = int(np.argmin(total))
        total[fold_of[place]] += sizes[place]
    return fold_of[np.searchsorted(names, groups)]


def _numbered(keys: list[tuple[str, ...]] | list[tuple[str, str]]) -> Index:
    number: dict[tuple[str, ...], int] = {}
    return np.array([number.setdefault(tuple(key), len(number)) for key in keys], dtype=np.int64)


def _joined(groups: Index, copies: Index) -> Index:
    """Return groups merged wherever two of them hold the same measurement (union by repeated minimum)."""
    label = groups.copy()
    while True:
        least = np.full(copies.max() + 1, np.iinfo(np.int64).max)
        np.minimum.at(least, copies, label)
        moved = least[copies]
        within = np.full(groups.max() + 1, np.iinfo(np.int64).max)
        np.minimum.at(within, groups, moved)
        moved = within[groups]
        if np.array_equal(moved, label):
            return label
        label = moved

"""Declared rank correlations between parameters, joined by a Gaussian copula.

`data/parameters/correlations.yaml` lists pairs; connected pairs form a group. Within a group the normal scores of the
independent uniforms are multiplied by the Cholesky factor of the group's correlation matrix, in the order of first
appearance in the file. So a pair appended at the end leaves the draws of all earlier parameters as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError

FILE = "correlations.yaml"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """One declared correlation of two parameters' normal scores, -1 < rho < 1."""

    first: str
    second: str
    rho: float


@dataclass(frozen=True)
class Correlations:
    """The declared pairs, in file order; parameters that no pair names stay independent."""

    pairs: tuple[Pair, ...] = ()
    where: str = FILE

    def __post_init__(self) -> None:
        seen: set[frozenset[str]] = set()
        for pair in self.pairs:
            if not -1 < pair.rho < 1 or pair.first == pair.second:
                raise DataError(
                    f"correlation {pair.rho} of {pair.first} and {pair.second}", where=self.where, hint="-1 < rho < 1, two names"
                )
            if frozenset((pair.first, pair.second)) in seen:
                raise DataError(f"{pair.first} and {pair.second} are paired twice", where=self.where, hint="keep one")
            seen.add(frozenset((pair.first, pair.second)))
        for group in self.groups():
            self._factor(group)

    def groups(self) -> list[tuple[str, ...]]:
        """Return the connected groups of names, each in order of first appearance."""
        order = list(dict.fromkeys(name for pair in self.pairs for name in (pair.first, pair.second)))
        label = {name: number for number, name in enumerate(order)}
        for pair in self.pairs:
            low, high = sorted((label[pair.first], label[pair.second]))
            label = {name: low if number == high else number for name, number in label.items()}
        return [tuple(name for name in order if label[name] == number) for number in sorted(set(label.values()))]

    def closed_over(self, names: Iterable[str]) -> frozenset[str]:
        """Return the names with all members of their groups: without one of them the others would be drawn differently."""
        asked = frozenset(names)
        return asked.union(*(group for group in self.groups() if asked.intersection(group)))

    def join(self, independent: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return the uniforms with every declared group correlated, each `(draw,)`; marginals stay uniform.

        A parameter that is absent from `independent` is left out of its group (a run may use a part of the parameters).
        """
        joined = dict(independent)
        for group in self.groups():
            present = [name for name in group if name in independent]
            if len(present) > 1:
                joined.update(_copula(present, self._factor(present), independent))
        return joined

    def _factor(self, names: Sequence[str]) -> Floats:
        """Return the lower Cholesky factor of the correlation matrix of `names`, `(name, name)`."""
        index = {name: number for number, name in enumerate(names)}
        matrix = np.eye(len(names))
        for pair in self.pairs:
            if pair.first in index and pair.second in index:
                i, j = index[pair.first], index[pair.second]
                matrix[i, j] = matrix[j, i] = pair.rho
        try:
            return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
        except np.linalg.LinAlgError:
            raise DataError(
                f"the correlations of {', '.join(names)} contradict each other",
                where=self.where,
                hint="their matrix must be positive definite: weaken one of them",
            ) from None


def _copula(names: Sequence[str], factor: Floats, independent: Mapping[str, Floats]) -> dict[str, Floats]:
    # scipy.special costs 0.1 s to import, and most runs declare no correlation.
    from scipy.special import ndtr, ndtri

    scores = [ndtri(independent[name]) for name in names]
    joined = {}
    for row, name in enumerate(names):
        # Summed term by term: a matrix product may round differently with another number of draws.
        total = factor[row, 0] * scores[0]
        for column in range(1, row + 1):
            total = total + factor[row, column] * scores[column]
        # ndtr reaches exactly 1 beyond 8.3 standard deviations; the quantile functions want the open interval.
        joined[name] = np.clip(ndtr(total), 2.0**-53, 1 - 2.0**-53)
    return joined


def read_correlations(path: Path) -> Correlations:
    """Return the pairs of a correlations file; DataError (InputError outside the data tree) with file and line."""
    from countermove.evidence.reading import check_top
    from countermove.evidence.strict_yaml import described, load

    document = load(path)
    check_top(document, ("correlations",))
    listed = document.data.get("correlations")
    if not isinstance(listed, list):
        raise document.error(f"expected a list, found {described(listed)}", "correlations", hint="write `- between: [a, b]`")
    pairs = []
    for number, entry in enumerate(listed):
        place = ("correlations", number)
        names = entry.get("between") if isinstance(entry, dict) else None
        if not isinstance(names, list) or len(names) != 2 or not isinstance(entry.get("rho"), float | int):
            raise document.error("a correlation needs between: [parameter, parameter] and rho, a number", *place, hint="add them")
        unknown = sorted(set(entry) - {"between", "rho", "basis", "sources", "note"})
        if unknown:
            raise document.error(
                f"unknown keys: {', '.join(unknown)}", *place, hint="beside between and rho: basis, sources, note"
            )
        pairs.append(Pair(str(names[0]), str(names[1]), float(entry["rho"])))
    return Correlations(tuple(pairs), document.path)


@cache
def load_correlations() -> Correlations:
    """Return the correlations of the data tree, none when the file is absent."""
    from countermove.evidence.data_tree import DATA

    path = Path(str(DATA)) / "parameters" / FILE
    return read_correlations(path) if path.is_file() else Correlations()

"""The calibrated ensemble: 4,096 equally likely worlds in which the simulated past resembles the published one.

A row holds one standard normal score per fitted parameter; the parameter's value is its prior's quantile function at
``Phi(score)``. Draw n of a run reads row n, so what data say about parameters *together* is kept. Draws beyond the last
row are sampled from a Gaussian copula with the ensemble's own marginals, and results say so. Parameters that are not
fitted follow their priors.

The file is only valid for the simulated past, the fitted priors and the published values it was made from (`ensemble_key`);
with others it is refused.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.evidence.data_tree import DATA
from countermove.experiments.streams import uniforms
from countermove.storage.checksums import digest

Floats = NDArray[np.float64]

FOLDER = Path(str(DATA)) / "ensembles"
ROWS = 4096
REBUILD = "make ensemble stamps it anew where no simulated number moved, else rebuilds it; --prior shows the world before data"


@dataclass(frozen=True)
class Ensemble:
    """Scores (row, parameter) of the fitted parameters `names`, and the copula's Cholesky factor (parameter, parameter)."""

    name: str
    names: tuple[str, ...]
    scores: Floats
    factor: Floats
    about: Mapping[str, Any] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return name in self._places and name not in self.left_out

    @property
    def key(self) -> Mapping[str, Any]:
        """What it was made from, as the manifest says (`ensemble_key`); empty where it does not say."""
        key = self.about.get("key")
        return key if isinstance(key, Mapping) else {}

    def without(self, names: Iterable[str]) -> Ensemble:
        """Return the ensemble in which some parameters follow their priors, or what a scenario sets, again."""
        return replace(self, left_out=self.left_out | frozenset(names))

    def uniforms(self, *, seed: int, draws: int, first: int = 0) -> dict[str, Floats]:
        """Return ``Phi(score)`` of draws `first` to `first + draws` by parameter, (draw,) each, inside (0, 1)."""
        from scipy.special import ndtr

        last, rows = first + draws, len(self.scores)
        parts = []
        if first < rows:
            parts.append(self.scores[first : min(last, rows)])
        if last > rows:
            begin = max(first, rows)
            parts.append(self._beyond(seed, begin, last - begin))
        scores = np.concatenate(parts)
        found = np.clip(ndtr(scores), 2.0**-53, 1.0 - 2.0**-53)
        return {name: np.ascontiguousarray(found[:, place]) for name, place in self._places.items() if name not in self.left_out}

    def marginal(self, name: str, share: Floats) -> Floats:
        """Return the uniforms that the prior has to be read at for the posterior's quantiles at `share`, same shape.

        One parameter at a time: what the data say about it together with others is lost.
        """
        from scipy.special import ndtr

        if name not in self:
            return np.asarray(share, dtype=np.float64)
        found: Floats = np.clip(ndtr(self._quantile(self._places[name], share)), 2.0**-53, 1.0 - 2.0**-53)
        return found

    def _beyond(self, seed: int, first: int, draws: int) -> Floats:
        """Scores of draws after the last row: normal scores joined by the copula, read at the ensemble's quantiles."""
        from scipy.special import ndtr, ndtri

        alone = np.stack([ndtri(uniforms(seed, f"ensemble/{name}", draws, first=first)) for name in self.names])
        # Summed row by row: a matrix product may round differently with another number of draws.
        joined = np.zeros_like(alone)
        for column in range(len(alone)):  # the factor is lower triangular
            joined[column:] += self.factor[column:, column : column + 1] * alone[column]
        return np.stack([self._quantile(place, ndtr(row)) for place, row in enumerate(joined)], axis=1)

    def _quantile(self, place: int, share: Floats) -> Floats:
        """Return the scores of one parameter at `share`: ordered rows stand at (i + 1/2)/rows, with straight lines between."""
        ordered = self._ordered[place]
        position = np.clip(share * len(ordered) - 0.5, 0.0, len(ordered) - 1.0)
        below = np.minimum(position.astype(np.intp), len(ordered) - 2)
        low = ordered[below]
        found: Floats = low + (position - below) * (ordered[below + 1] - low)
        return found

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def _ordered(self) -> Floats:
        """Scores in order, (parameter, row)."""
        return np.sort(self.scores.T, axis=1)


def copula_factor(scores: Floats) -> Floats:
    """Return the lower Cholesky factor of the correlation matrix of the scores' normal ranks, (parameter, parameter)."""
    from scipy.special import ndtri

    rows = len(scores)
    ranks = np.argsort(np.argsort(scores, axis=0), axis=0)
    return np.asarray(np.linalg.cholesky(np.corrcoef(np.asarray(ndtri((ranks + 0.5) / rows)).T)))


def read_ensemble(folder: Path = FOLDER) -> Ensemble | None:
    """Return the current ensemble of a folder without asking what it was made from; DataError for a broken file."""
    from countermove.evidence.strict_yaml import load

    manifest = folder / "posterior.yaml"
    if not manifest.exists():
        return None
    document = load(manifest)
    about: Mapping[str, Any] = document.data
    table = folder / str(about.get("file"))
    stored = read_table(table, about)
    try:
        names, scores, factor = tuple(str(name) for name in stored["names"]), stored["scores"], stored["factor"]
    except KeyError as error:
        raise DataError(f"cannot read it: {error}", where=f"ensembles/{table.name}", hint=REBUILD) from None
    if scores.ndim != 2 or scores.shape[1] != len(names) or factor.shape != (len(names),) * 2 or not np.isfinite(scores).all():
        raise DataError("names, scores and copula do not fit each other", where=f"ensembles/{table.name}", hint=REBUILD)
    return Ensemble(table.stem, names, scores.astype(np.float64), factor.astype(np.float64), dict(about))


def read_table(table: Path, about: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ensemble's file; DataError unless its SHA-256 is the one that the manifest `about` names."""
    where = f"ensembles/{table.name}"
    try:
        content = table.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read it: {error.strerror or error}", where=where, hint=REBUILD) from None
    if about.get("sha256") != digest(content):
        what = "it is damaged: its checksum is not that of its content" if "sha256" in about else "its manifest has no sha256"
        raise DataError(what, where=where, hint=REBUILD)
    try:
        with np.load(io.BytesIO(content)) as stored:
            return dict(stored)
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"cannot read it: {error}", where=where, hint=REBUILD) from None

"""Fit oblivious trees to what physics leaves over: Huber loss, small steps, random halves of rows and features.

Each level takes the question with the largest gain  sum over leaves of G^2/(H + lambda)  on histograms of at most
`BINS` quantile bins, as in gradient boosting with second-order gain (Chen & Guestrin 2016), G and H being sums of
clipped residuals and of weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.serving.trees import Trees

Array = NDArray[np.float64]

#: Most quantile bins of one feature.
BINS = 32


@dataclass(frozen=True)
class Settings:
    """How trees are grown; the defaults are those of the shipped correction.

    Residuals count up to ``huber``; a row that lies ``fade`` off counts half, one far off next to nothing: such rows ran under
    settings that their columns do not state (Lorentz weights, 1 / (1 + (r / fade)^2)).
    """

    trees: int = 1000
    depth: int = 7
    rate: float = 0.13
    ridge: float = 0.3
    huber: float = 0.10
    rows: float = 0.85
    features: float = 0.35
    seed: int = 7
    fade: float = np.inf


def boost(features: Array, target: Array, weight: Array, groups: NDArray[np.int64], settings: Settings | None = None) -> Trees:
    """Return trees that predict ``target`` (row,) from ``features`` (row, feature); whole groups are drawn together."""
    s = settings or Settings()
    random = np.random.default_rng(s.seed)
    edges = [_edges(column) for column in features.T]
    binned = np.stack([np.searchsorted(edge, column, side="left") for edge, column in zip(edges, features.T, strict=True)])
    names, group = np.unique(groups, return_inverse=True)
    found = np.zeros(len(target))
    chosen, limits, leaves = [], [], []
    usable = np.array([number for number, edge in enumerate(edges) if len(edge)])
    for _ in range(s.trees):
        rows = np.nonzero((random.random(len(names)) < s.rows)[group])[0]
        columns = random.choice(usable, max(1, int(s.features * len(usable))), replace=False)
        left = target - found
        gradient = np.clip(left, -s.huber, s.huber) * weight / (1.0 + (left / s.fade) ** 2)
        asked, leaf = _grow(binned, edges, rows, columns, gradient, weight, s)
        sums = np.bincount(leaf[rows], gradient[rows], 2**s.depth)
        mass = np.bincount(leaf[rows], weight[rows], 2**s.depth)
        values = s.rate * sums / (mass + s.ridge)
        found += values[leaf]
        chosen.append([number for number, _ in asked])
        limits.append([edges[number][cut] for number, cut in asked])
        leaves.append(values)
    low, high = features.min(axis=0), features.max(axis=0)
    return Trees(np.array(chosen), np.array(limits), np.array(leaves), low, high, np.maximum(0.25 * (high - low), 0.25))


def _edges(column: Array) -> Array:
    """Return thresholds between distinct values, at most `BINS` - 1 of them at quantiles."""
    values = np.unique(column)
    if len(values) > BINS:
        values = np.unique(np.quantile(column, np.linspace(0, 1, BINS)))
    return (values[1:] + values[:-1]) / 2


def _grow(
    binned: NDArray[np.int64],
    edges: list[Array],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    gradient: Array,
    weight: Array,
    s: Settings,
) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
    """Return the questions of one tree, as (feature, edge), and the leaf of every row."""
    leaf = np.zeros(binned.shape[1], dtype=np.int64)
    asked: list[tuple[int, int]] = []
    g, h = np.tile(gradient[rows], len(columns)), np.tile(weight[rows], len(columns))
    cuts = np.array([len(edges[number]) for number in columns])
    allowed = np.arange(BINS)[None, :] < cuts[:, None]
    bins = binned[np.ix_(columns, rows)]
    for level in range(s.depth):
        # One histogram for all features and leaves: (feature, leaf, bin).
        shape = (len(columns), 2**level, BINS)
        place = ((np.arange(len(columns))[:, None] * 2**level + leaf[rows][None, :]) * BINS + bins).ravel()
        size = int(np.prod(shape))
        left = np.bincount(place, g, size).reshape(shape).cumsum(axis=2)
        left_mass = np.bincount(place, h, size).reshape(shape).cumsum(axis=2)
        right, right_mass = left[:, :, -1:] - left, left_mass[:, :, -1:] - left_mass
        gain = (left**2 / (left_mass + s.ridge) + right**2 / (right_mass + s.ridge)).sum(axis=1)
        best = int(np.argmax(np.where(allowed, gain, -np.inf)))
        number, cut = int(columns[best // BINS]), best % BINS
        asked.append((number, cut))
        leaf = leaf * 2 + (binned[number] > cut)
    return asked, leaf

"""A learned correction of log times: boosted oblivious trees, evaluated with NumPy alone.

Every level of an oblivious tree asks one question of all rows, so a tree of depth d is a table of 2^d values indexed by d
yes-or-no answers (as in CatBoost, Prokhorenkova et al. 2018). The sum of all trees is added to the log of the physical
prediction, times a gate that falls from one inside the measured domain to nothing outside it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Rows evaluated together: enough to spread the cost of a call, few enough for the processor's cache.
BLOCK = 16384


class Trees(NamedTuple):
    """Boosted trees and the box of features they were fitted in.

    ``feature`` and ``threshold`` of shape (tree, level), ``leaf`` of shape (tree, 2^level); ``low`` and ``high`` of shape
    (feature,) bound the domain, ``scale`` says how far outside still counts as near.
    """

    feature: NDArray[np.int64]
    threshold: Array
    leaf: Array
    low: Array
    high: Array
    scale: Array


def correction(trees: Trees, features: Array) -> Array:
    """Return the sum of all trees (at most 8 levels) for ``features`` (row, feature); the gate is not applied."""
    depth = trees.feature.shape[1]
    questions, where = np.unique(
        np.stack([trees.feature.ravel().astype(np.float64), trees.threshold.ravel()]), axis=1, return_inverse=True
    )
    column, threshold = questions[0].astype(np.int64), questions[1]
    place = where.reshape(trees.feature.shape)
    total = np.empty(len(features))
    for first in range(0, len(features), BLOCK):
        rows = np.ascontiguousarray(features[first : first + BLOCK].T)
        answers = (rows[column] > threshold[:, None]).view(np.uint8)
        # The buffers are filled again for every tree: bytes double fast, and a table is taken by whole words.
        small, wide = np.empty(rows.shape[1], np.uint8), np.empty(rows.shape[1], np.intp)
        taken, found = np.empty(rows.shape[1]), np.zeros(rows.shape[1])
        for tree in range(len(place)):
            small[:] = answers[place[tree, 0]]
            for level in range(1, depth):
                np.add(small, small, out=small)
                np.add(small, answers[place[tree, level]], out=small)
            wide[:] = small
            np.take(trees.leaf[tree], wide, out=taken, mode="clip")
            found += taken
        total[first : first + BLOCK] = found
    return total


def gate(trees: Trees, features: Array) -> Array:
    """Return the weight of the correction, shape (row,): exp(-d^2/2), d the distance outside the measured box in scales."""
    beyond = np.maximum(trees.low - features, 0.0) + np.maximum(features - trees.high, 0.0)
    distance = np.square(beyond / trees.scale).sum(axis=1)
    weight: Array = np.exp(-0.5 * distance)
    return weight

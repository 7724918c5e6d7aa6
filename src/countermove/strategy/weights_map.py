"""For which aims is a pair stable? Every blend of three profiles per government, and the equilibria of the mean game there.

A point is a triple of shares of a government's profiles; the map crosses a grid of them for both sides. Beijing's answers
are grouped into refusing and admitting, because that is what is argued about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.cells import Cells
from countermove.strategy.normal_form import NormalForm
from countermove.strategy.payoffs import score
from countermove.strategy.profiles import Profile, profile, shipped_profiles

Floats = NDArray[np.float64]

STEPS = 5
"""Shares go in fifths: 21 blends of three profiles per government."""
REFUSALS = ("refuse", "ban")
"""Beginnings of the names of strategies that count as refusing."""


@dataclass(frozen=True)
class MapPoint:
    """The mean game's pure equilibria under one blend per government; shares in the order of the map's profiles."""

    washington: tuple[float, ...]
    beijing: tuple[float, ...]
    pairs: tuple[tuple[str, str], ...]
    refusal_share: float | None
    """Share of the pure equilibria in which Beijing refuses; None where there is no pure equilibrium."""


@dataclass(frozen=True)
class WeightsMap:
    """All points, the profiles blended, and how often each pair is stable."""

    washington: tuple[str, ...]
    beijing: tuple[str, ...]
    points: tuple[MapPoint, ...]
    pair_shares: dict[tuple[str, str], float]


def weights_map(cells: Cells, discount: float, *, steps: int = STEPS) -> WeightsMap:
    """Return the equilibria of the mean game over all blends of the shipped profiles."""
    sides = shipped_profiles()
    us = [(share, mean) for share, mean in _blends(cells, list(sides["washington"].values()), discount, steps)]
    cn = [(share, mean) for share, mean in _blends(cells, list(sides["beijing"].values()), discount, steps)]
    points = []
    counted: Counter[tuple[str, str]] = Counter()
    for share, row in us:
        for other, column in cn:
            game = NormalForm(cells.washington, cells.beijing, row, column)
            pairs = tuple((cells.washington[i], cells.beijing[j]) for i, j in game.pure_equilibria())
            counted.update(pairs)
            points.append(MapPoint(share, other, pairs, refusal_share([pair[1] for pair in pairs])))
    shares = {pair: count / len(points) for pair, count in counted.most_common()}
    return WeightsMap(tuple(sides["washington"]), tuple(sides["beijing"]), tuple(points), shares)


def refusal_share(answers: Sequence[str]) -> float | None:
    """Return the share of answers that refuse, None for none."""
    return sum(answer.startswith(REFUSALS) for answer in answers) / len(answers) if answers else None


def _blends(cells: Cells, profiles: Sequence[Profile], discount: float, steps: int) -> list[tuple[tuple[float, ...], Floats]]:
    found = []
    names = dict.fromkeys(name for one in profiles for name in one.weights)
    for share in simplex(len(profiles), steps):
        weights = {name: sum(s * one.weights.get(name, 0.0) for s, one in zip(share, profiles, strict=True)) for name in names}
        blend = profile("blend", profiles[0].side, {name: weight for name, weight in weights.items() if weight})
        found.append((share, score(cells, blend, discount)[0].mean(axis=-1)))
    return found


def simplex(parts: int, steps: int) -> list[tuple[float, ...]]:
    """Return every way to share `steps` equal pieces among `parts`, as shares that add up to one."""
    if parts == 1:
        return [(1.0,)]

    def ways(left: int, places: int) -> list[tuple[int, ...]]:
        if places == 1:
            return [(left,)]
        return [(k, *rest) for k in range(left + 1) for rest in ways(left - k, places - 1)]

    return [tuple(k / steps for k in way) for way in ways(steps, parts)]

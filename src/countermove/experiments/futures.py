"""Runs side by side, and how many of them are independent: the rows of a sweep repeat their points and their draws.

A *world* is one joint draw. Points that differ in levers alone share their worlds, and all runs of a point share its place in the
design, so a sweep of 200 points with 4 draws has 800 rows and yet may know four values of a parameter that is drawn. What
follows from rows is therefore counted in worlds, and in sampled places of the design (`clusters`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
FEWEST_VALUES = 100
"""With fewer values than this, of some 160 drawn parameters that do nothing some follow any outcome closely by chance."""

FEWEST_WORLDS = 20
"""Worlds, and sampled places, in a box or leaf; all of them where the sweep has fewer, so that it cannot be cut along them."""


@dataclass(frozen=True)
class Futures:
    """Runs side by side: `inputs` name -> (row,) of numbers, `outcome` (row,)."""

    inputs: dict[str, Floats]
    outcome: Floats
    label: str
    points: Ints
    """Point of the design, (row,)."""
    worlds: Ints
    """Joint draw, (row,): rows of one world were given the same drawn parameters."""
    clusters: Ints | None
    """Sampled place in the design, (row,): rows of one place are no independent witnesses; None where settings were chosen."""
    designed: Mapping[str, Floats]
    """All that the design sets, (row,) by factor, left out or not; all other inputs are drawn."""
    levels: frozenset[str]
    """Those of them that were given a few values on purpose."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Inputs that take too few values to say anything of, with the reason."""

    def rows(self, chosen: Ints) -> Futures:
        """Return some of the rows."""
        return replace(
            self,
            inputs={name: values[chosen] for name, values in self.inputs.items()},
            outcome=self.outcome[chosen],
            designed={name: values[chosen] for name, values in self.designed.items()},
            points=self.points[chosen],
            worlds=self.worlds[chosen],
            clusters=None if self.clusters is None else self.clusters[chosen],
        )

    @property
    def axes(self) -> tuple[Ints, ...]:
        """What the sweep sampled, as the place of each row on it: worlds, and places of the design that do not share them."""
        return (self.worlds,) if self.clusters is None else (self.worlds, self.clusters)


def enough(futures: Futures) -> Futures:
    """Return the futures without the inputs that take fewer than `FEWEST_VALUES` values, except chosen levels."""
    worlds = len(np.unique(futures.worlds))
    left_out = dict(futures.left_out)
    for name, values in futures.inputs.items():
        if name in futures.levels:
            continue
        drawn = name not in futures.designed
        count = worlds if drawn else len(np.unique(values))
        if count < FEWEST_VALUES:
            why = f"the sweep has {count} joint draws" if drawn else f"the design gives it {count} values"
            left_out[name] = f"{why}, fewer than {FEWEST_VALUES}"
    kept = {name: values for name, values in futures.inputs.items() if name not in left_out}
    return replace(futures, inputs=kept, left_out=left_out)


def many_worlds(inside: Sequence[Ints], axes: Sequence[Ints]) -> bool:
    """Tell whether a part of the rows has enough worlds and sampled places; `inside` holds its part of each of the axes."""
    pairs = zip(inside, axes, strict=True)
    return all(len(np.unique(part)) >= min(FEWEST_WORLDS, len(np.unique(axis))) for part, axis in pairs)


def check_interest(interest: Flags) -> None:
    """Raise InputError when there is nothing to tell apart."""
    if not interest.any():
        raise InputError("it happens in no run", where="--when", hint="ask for a weaker condition")
    if interest.all():
        raise InputError("it happens in every run", where="--when", hint="ask for a stronger condition")


def grouped(left_out: Mapping[str, str]) -> list[dict[str, object]]:
    """Return what was left out by reason, as documents show it."""
    reasons = dict.fromkeys(left_out.values())
    return [{"reason": reason, "factors": [name for name, why in left_out.items() if why == reason]} for reason in reasons]


def thinned(futures: Futures, most: int) -> Futures:
    """Return at most about `most` rows that still hold many worlds and many points, the same whenever it is asked.

    The first rows would be a few points with all their draws. Points with the same worlds keep the same ones, so that they
    stay paired.
    """
    rows = len(futures.outcome)
    if rows <= most:
        return futures
    points = len(np.unique(futures.points))
    draws = rows // points
    shared = len(np.unique(futures.worlds)) < rows
    dice = np.random.default_rng(0)
    keep_draws = min(draws, max(most // points, FEWEST_VALUES + FEWEST_VALUES // 4 if shared else 1))
    keep_points = min(points, max(1, most // keep_draws))
    at = np.sort(dice.permutation(points)[:keep_points])
    of = np.sort(dice.permutation(draws)[:keep_draws])
    return futures.rows((at[:, None] * draws + of[None, :]).reshape(-1))

"""The gate: whether a model's predictions from all origins beat the fixed reference, with ranges that hold what they should."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from countermove.inference.rolling.bounds import Asked, Bounds, bounds
from countermove.inference.rolling.origins import AFTER_TAKE_OFF, quarter
from countermove.inference.rolling.score import Point

Key = TypeVar("Key")

MOST_POOLED = 0.90
MOST_AT_AN_ORIGIN = 1.5
LEAST_TARGETS = 3
"""An origin with fewer gated targets is printed, not gating."""
LEAST_ORIGINS = 3
"""Origins with enough targets without which nothing is passed."""
MOST_BEYOND = 3


@dataclass(frozen=True)
class Tally:
    """Some targets together: how many, mean score of model and reference, coverage, mean width of the 90% range."""

    n: int
    crps: float
    crps_reference: float
    coverage90: float
    coverage50: float
    beyond: int
    width: float

    @property
    def ratio(self) -> float:
        """Mean score over that of the reference: below one is better."""
        return self.crps / self.crps_reference


@dataclass(frozen=True)
class Condition:
    """One condition of the gate: what was found, the bound, whether it is met."""

    name: str
    found: float
    bound: str
    met: bool


@dataclass(frozen=True)
class Verdict:
    """Tallies of the gated targets by origin, series, horizon and together, with the conditions of the gate."""

    pooled: Tally | None
    by_origin: Mapping[str, Tally]
    by_series: Mapping[str, Tally]
    by_horizon: Mapping[int, Tally]
    after_take_off: Tally | None
    without: Mapping[str, Tally]
    """All gated targets but those of one origin, by the origin left out: whether one origin carries the verdict."""
    bounds: Bounds | None
    conditions: tuple[Condition, ...]

    @property
    def passed(self) -> bool:
        """Whether all conditions are met; False where there was nothing to judge."""
        return bool(self.conditions) and all(one.met for one in self.conditions)


def tally(points: Sequence[Point]) -> Tally | None:
    """Gated targets together; None where there are none."""
    gated = [point for point in points if counts(point)]
    if not gated:
        return None
    n = len(gated)
    return Tally(
        n=n,
        crps=sum(point.crps or 0.0 for point in gated) / n,
        crps_reference=sum(point.crps_reference or 0.0 for point in gated) / n,
        coverage90=sum(point.inside90 for point in gated) / n,
        coverage50=sum(point.inside50 for point in gated) / n,
        beyond=sum(point.beyond for point in gated),
        width=sum(point.width for point in gated) / n,
    )


def counts(point: Point) -> bool:
    """Whether a point enters the ratio: a target of a gated series, no nowcast."""
    return point.gated and not point.nowcast and point.crps_reference is not None


def verdict(found: Mapping[str, Sequence[Point]]) -> Verdict:
    """Judge the points of each origin together."""
    everything = [(name, point) for name, points in found.items() for point in points if counts(point)]
    pooled = tally([point for _, point in everything])
    by_origin = _grouped(everything, lambda name, point: name)
    limits = bounds(_asked([point for _, point in everything])) if everything else None
    return Verdict(
        pooled=pooled,
        by_origin=by_origin,
        by_series=_grouped(everything, lambda name, point: point.row.series),
        by_horizon=dict(sorted(_grouped(everything, lambda name, point: point.h).items())),
        after_take_off=tally([point for name, point in everything if name in AFTER_TAKE_OFF]),
        without={
            left: rest for left in by_origin if (rest := tally([point for name, point in everything if name != left])) is not None
        },
        bounds=limits,
        conditions=() if pooled is None or limits is None else _conditions(pooled, by_origin, limits),
    )


def _grouped(points: Sequence[tuple[str, Point]], key: Callable[[str, Point], Key]) -> dict[Key, Tally]:
    groups: dict[Key, list[Point]] = {}
    for name, point in points:
        groups.setdefault(key(name, point), []).append(point)
    return {one: found for one, group in groups.items() if (found := tally(group)) is not None}


def _asked(points: Sequence[Point]) -> list[Asked]:
    series = {name: number for number, name in enumerate(sorted({point.row.series for point in points}))}
    return [Asked(series[p.row.series], quarter(p.row.period) - p.h, quarter(p.row.period)) for p in points]


def _conditions(pooled: Tally, by_origin: Mapping[str, Tally], limits: Bounds) -> tuple[Condition, ...]:
    enough = sum(one.n >= LEAST_TARGETS for one in by_origin.values())
    worst = max((one.ratio for one in by_origin.values() if one.n >= LEAST_TARGETS), default=0.0)
    held50 = limits.least50 <= pooled.coverage50 <= limits.most50
    return (
        Condition("origins with three targets", float(enough), f"at least {LEAST_ORIGINS}", enough >= LEAST_ORIGINS),
        Condition("pooled ratio", pooled.ratio, f"at most {MOST_POOLED:.2f}", pooled.ratio <= MOST_POOLED),
        Condition("worst origin", worst, f"at most {MOST_AT_AN_ORIGIN:.1f}", worst <= MOST_AT_AN_ORIGIN),
        Condition("90% coverage", pooled.coverage90, f"at least {limits.least90:.2f}", pooled.coverage90 >= limits.least90),
        Condition("50% coverage", pooled.coverage50, f"{limits.least50:.2f} to {limits.most50:.2f}", held50),
        Condition("beyond 99.5%", float(pooled.beyond), f"at most {MOST_BEYOND}", pooled.beyond <= MOST_BEYOND),
    )

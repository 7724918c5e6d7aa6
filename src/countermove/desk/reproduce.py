"""Run a stored result again from its manifest and compare: version, data, packages, and every number.

On the same kind of machine with the same Python, packages, version and data the numbers must be identical to the last bit;
elsewhere they may differ by 1e-9 of their size. Numbers that differ more are listed with where and how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.desk.stored import monthly_of, read_monthly, read_stored
from countermove.errors import InputError
from countermove.experiments.result import Comparison, Result
from countermove.experiments.run import ALL_EVIDENCE, Progress, compare, run
from countermove.experiments.store import manifest

Floats = NDArray[np.float64]

ELSEWHERE = 1e-9
"""Largest relative difference of a number on another machine, or with other packages."""

CIRCUMSTANCES = {
    "version": "version of countermove",
    "data_hash": "data",
    "lock_hash": "packages",
    "python": "Python",
    "machine": "machine",
    "evidence_until": "end of the evidence",
}
MOST_SHOWN = 10


@dataclass(frozen=True)
class Difference:
    """A group of numbers that is not the same: where, how many of how many, the largest relative difference and its draw."""

    where: str
    differ: int
    of: int
    largest: float
    stored: float
    now: float
    draw: int | None


@dataclass(frozen=True)
class Reproduction:
    """What a second run gave: circumstances that changed, numbers that differ, and the verdict."""

    folder: str
    scenarios: tuple[str, ...]
    draws: int
    seed: int
    circumstances: tuple[tuple[str, str, str, str], ...]
    compared: int
    differences: tuple[Difference, ...]
    tolerance: float

    @property
    def changed(self) -> tuple[str, ...]:
        """Keys of the circumstances that are not those of the stored run."""
        return tuple(key for key, _, stored, now in self.circumstances if stored != now)

    @property
    def largest(self) -> float:
        """Largest relative difference of any number; 0 when all are identical to the last bit."""
        return max((found.largest for found in self.differences), default=0.0)

    @property
    def reproduced(self) -> bool:
        """Whether every number is the same within the tolerance."""
        return self.largest <= self.tolerance

    def to_dict(self) -> dict[str, Any]:
        """Return the document of `countermove reproduce --json`."""
        return {
            "folder": self.folder,
            "reproduced": self.reproduced,
            "identical": not self.differences,
            "tolerance": self.tolerance,
            "scenarios": list(self.scenarios),
            "draws": self.draws,
            "seed": self.seed,
            "circumstances": [
                {"what": label, "key": key, "stored": stored, "now": now, "same": stored == now}
                for key, label, stored, now in self.circumstances
            ],
            "numbers": {"compared": self.compared, "largest_relative_difference": _finite(self.largest)},
            "differences": [
                {name: _finite(value) if isinstance(value, float) else value for name, value in vars(found).items()}
                for found in self.differences
            ],
        }


def _finite(value: float) -> float | None:
    """JSON has no infinity: a group that is missing on one side has no difference."""
    return value if np.isfinite(value) else None


def reproduce(folder: Path | str, *, tolerance: float | None = None, progress: Progress | None = None) -> Reproduction:
    """Run a stored result or comparison again and compare every number.

    `tolerance` is the largest relative difference that still counts as the same; by default 0 where version, data, packages,
    Python and kind of machine are those of the stored run, else 1e-9. Raises InputError when the folder is no run, is damaged, or
    holds a scenario that this version cannot read.
    """
    if tolerance is not None and not 0 <= tolerance < 1:
        raise InputError(f"the tolerance is {tolerance:g}", where="--tolerance", hint="give a share from 0, such as 1e-9")
    source = Path(folder)
    found, stored = read_stored(source)
    monthly = read_monthly(source)
    again = _run_again(found, stored, monthly=bool(monthly), progress=progress)
    circumstances = _circumstances(found, manifest(again))
    same_place = all(then == now for _, _, then, now in circumstances)
    compared, differences = _compare(stored, again, monthly)
    return Reproduction(
        folder=str(folder),
        scenarios=tuple(result.scenario.id for result in _results(stored)),
        draws=int(found["draws"]),
        seed=int(found["seed"]),
        circumstances=circumstances,
        compared=compared,
        differences=differences,
        tolerance=tolerance if tolerance is not None else 0.0 if same_place else ELSEWHERE,
    )


def _run_again(
    found: Mapping[str, Any], stored: Result | Comparison, *, monthly: bool, progress: Progress | None
) -> Result | Comparison:
    results = _results(stored)
    options: dict[str, Any] = {
        "draws": int(found["draws"]),
        "seed": int(found["seed"]),
        "periods": _steps(results[0]),
        "known": None if found["known"] == ALL_EVIDENCE else found["known"],
        "engine": found["engine"],
        "beliefs": found["beliefs"],
        "monthly": monthly,
        "progress": progress,
    }
    scenarios = [result.scenario for result in results]
    return compare(scenarios, **options) if isinstance(stored, Comparison) else run(scenarios[0], **options)


def _steps(result: Result) -> tuple[str, ...]:
    """The period lengths that the stored outcomes have."""
    held = {period for by_period in result.outcomes.values() for period in by_period}
    quarters, years_ = any("Q" in period for period in held), any(period.isdigit() for period in held)
    return tuple(step for step, there in (("year", years_), ("quarter", quarters)) if there) or ("year",)


def _circumstances(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((key, label, str(then.get(key, "")), str(now[key])) for key, label in CIRCUMSTANCES.items())


def _results(stored: Result | Comparison) -> tuple[Result, ...]:
    return stored.results if isinstance(stored, Comparison) else (stored,)


def _compare(
    stored: Result | Comparison, again: Result | Comparison, monthly: Mapping[str, Floats]
) -> tuple[int, tuple[Difference, ...]]:
    """Compare all outcomes, and the monthly quantiles where the run kept them."""
    compared, differences = 0, list[Difference]()
    for old, new in zip(_results(stored), _results(again), strict=True):
        for where, then, now in _pairs(old, new):
            compared += len(then)
            differences += _difference(f"{old.scenario.id}: {where}", then, now)
    fresh = {key: value for result in _results(again) for key, value in monthly_of(result).items()} if monthly else {}
    for where, then in monthly.items():
        compared += then.size
        differences += _difference(where, then, fresh.get(where, np.empty(0)), draws=False)
    return compared, tuple(sorted(differences, key=lambda found: -found.largest))


def _pairs(old: Result, new: Result) -> list[tuple[str, Floats, Floats]]:
    names = dict.fromkeys((name, period) for result in (old, new) for name, by in result.outcomes.items() for period in by)
    nothing = np.empty(0)

    def held(result: Result, name: str, period: str) -> Floats:
        return np.asarray(result.outcomes.get(name, {}).get(period, nothing))

    return [(f"{name} {period}", held(old, name, period), held(new, name, period)) for name, period in names]


def _difference(where: str, then: Floats, now: Floats, *, draws: bool = True) -> Sequence[Difference]:
    """Nothing when two groups are identical bit by bit; else the largest relative difference, infinite when one is missing."""
    if then.shape != now.shape:
        size = max(then.size, now.size)
        return (Difference(where, size, size, float("inf"), float("nan"), float("nan"), None),)
    if then.tobytes() == now.tobytes():
        return ()
    old, new = then.ravel(), now.ravel()
    with np.errstate(invalid="ignore"):
        relative = np.abs(new - old) / np.maximum(np.maximum(np.abs(old), np.abs(new)), np.finfo(float).tiny)
    relative = np.where(np.isfinite(relative), relative, np.where(_same_bits(old, new), 0.0, np.inf))
    at = int(np.argmax(relative))
    return (
        Difference(
            where,
            int(np.count_nonzero(~_same_bits(old, new))),
            int(old.size),
            float(relative[at]),
            float(old[at]),
            float(new[at]),
            at if draws else None,
        ),
    )


def _same_bits(old: Floats, new: Floats) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = old.view(f"V{old.itemsize}") == new.view(f"V{new.itemsize}")
    return same


def lines(found: Reproduction) -> list[str]:
    """Return a reproduction as a table for a terminal, with the verdict first."""
    text = [_verdict(found), ""]
    rows = [("", "stored", "now", "")]
    rows += [
        (label, _short(then), _short(now), "same" if then == now else "DIFFERS") for _, label, then, now in found.circumstances
    ]
    numbers = "identical" if not found.differences else f"{len(found.differences)} groups differ"
    rows.append(("numbers", f"{found.compared:,} compared", numbers, "same" if found.reproduced else "DIFFERS"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    text += ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    if found.differences:
        text += ["", "Largest relative differences:"]
        text += [f"  {_described(one)}" for one in found.differences[:MOST_SHOWN]]
        if len(found.differences) > MOST_SHOWN:
            text.append(f"  ... and {len(found.differences) - MOST_SHOWN} more groups")
    return [*text, *_reasons(found)]


def _verdict(found: Reproduction) -> str:
    what = f"{found.folder} ({', '.join(found.scenarios)}; {found.draws:,} draws, seed {found.seed})"
    if not found.differences:
        return f"Reproduced to the last bit: {what}"
    if found.reproduced:
        return f"Reproduced within {found.tolerance:g} of each number: {what}"
    return f"NOT reproduced: {what}"


def _described(one: Difference) -> str:
    if not np.isfinite(one.stored) and not np.isfinite(one.largest):
        return f"{one.where}: there on one side only, or of another length"
    draw = "" if one.draw is None else f" (draw {one.draw})"
    return f"{one.where}: {one.largest:.1e} in {one.differ:,} of {one.of:,}; stored {one.stored:.17g}, now {one.now:.17g}{draw}"


def _reasons(found: Reproduction) -> list[str]:
    """What probably made the numbers differ, and what to do."""
    if found.reproduced:
        return []
    advice = {
        "version": "another version of countermove may compute other numbers: install the one of the run",
        "data_hash": "the data changed since the run: CHANGELOG.md says which results moved",
        "lock_hash": "other versions of packages: install the lock file of that version (make demo)",
        "python": "another Python",
        "machine": "another kind of machine: numbers should still agree to 1e-9",
    }
    named = [f"  - {advice[key]}" for key in found.changed if key in advice]
    if not named:
        named = ["  - nothing else changed, so a stored file was edited or damaged, or this is another model of processor"]
        if found.largest <= ELSEWHERE:
            named.append("  - the differences are those of rounding: --tolerance 1e-9 accepts them")
    return ["", "Possible reasons:", *named]


def _short(text: str) -> str:
    return text[:16] if len(text) == 64 else text

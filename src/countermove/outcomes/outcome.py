"""What an outcome is: one thing that people argue about, with its unit and how months become periods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from countermove.outcomes.window import Floats, Window

Kind = str


@dataclass(frozen=True)
class Outcome:
    """One thing that people argue about.

    kind: flow (summed), stock (end of period), ratio (of sums or of stocks), date (a year, horizon only).
    reads: the monthly series it is measured on. better_for: whose headline it is, without a judgement.
    """

    id: str
    label: str
    unit: str
    kind: Kind
    definition: str
    reads: tuple[str, ...]
    measure: Callable[[Window], Floats]
    theme: str = "money"
    part_of_whole: bool = False
    """Whether it is a share: what is counted above the line is counted below it too, so it lies within 0 and 1."""

"""Lever parts that are accepted and change no outcome: said whenever a scenario sets one away from its default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from countermove.experiments.scenario import Scenario

IDLE: Final = {
    ("washington.volume_cap", "base"): "for a single chip, counting performance and counting units come to the same",
    ("washington.volume_cap", "product_scope"): "the market counts US shipments of the same product in either case",
    ("beijing.import_gate", "location"): "outcomes count chips wherever they stand; only the series h200_abroad moves",
}
"""(lever, part) -> why nothing follows from it; tests compare this list with runs of the market."""


def notes(scenarios: Iterable[Scenario], *, varied: Iterable[str] = ()) -> list[str]:
    """Return one sentence per idle part that some scenario sets away from its default, or that a sweep varies (paths)."""
    from countermove.policy.lever_definitions import load_levers

    names = set(varied)
    found = {_sentence(*part): None for part in IDLE if f"levers.{'.'.join(part)}" in names}
    for scenario in scenarios:
        for lever, name in IDLE:
            part = load_levers()[lever].parts[name]
            usual = part.choices[int(part.default)]
            if any(value != usual for value in scenario.levers.get(lever, {}).get(name, {}).values()):
                found[_sentence(lever, name)] = None
    return list(found)


def _sentence(lever: str, part: str) -> str:
    return f"levers.{lever}.{part} has no effect on the outcomes: {IDLE[lever, part]}"

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


def notes(scenarios: Iterable[Scenario]) -> list[str]:
    """Return one sentence per idle part that some scenario sets to something else than its default."""
    from countermove.policy.lever_definitions import load_levers

    found: dict[str, None] = {}
    for scenario in scenarios:
        for (lever, name), why in IDLE.items():
            part = load_levers()[lever].parts[name]
            usual = part.choices[int(part.default)]
            if any(value != usual for value in scenario.levers.get(lever, {}).get(name, {}).values()):
                found[f"levers.{lever}.{name} has no effect on the outcomes: {why}"] = None
    return list(found)

"""Presets as entries of the evidence: what each one sets, and the sources its settings rest on."""

from __future__ import annotations

from collections.abc import Iterable

from countermove.evidence.entry import Entry, register_resolver
from countermove.evidence.ledger import Ledger
from countermove.experiments.presets import SEPARATOR, aliases, preset_files, suffix_files
from countermove.experiments.scenario import Scenario, load_scenario

PREFIX = "presets"


def register() -> None:
    """Let `presets/h200-rule` and `presets/+ban` be looked up like any other path."""
    register_resolver(PREFIX, _find, _names)


def _names() -> Iterable[str]:
    return [*preset_files(), *(SEPARATOR + name for name in suffix_files())]


def _find(ledger: Ledger, name: str) -> Entry | None:
    suffix = name.startswith(SEPARATOR)
    known = suffix_files() if suffix else preset_files()
    if not suffix and SEPARATOR not in name and aliases().presets.get(name, name) not in known:
        return None
    if suffix and aliases().suffixes.get(name[1:], name[1:]) not in known:
        return None
    # A suffix alone changes the status quo.
    scenario = load_scenario(f"h200-2026{name}" if suffix else name)
    return _entry(ledger, name, scenario)


def _entry(ledger: Ledger, name: str, scenario: Scenario) -> Entry:
    facts = [("start", scenario.start), ("gates may change by themselves", "yes" if scenario.hazards else "no")]
    facts += [("sets", str(change)) for change in scenario.describe()]
    facts += [("sets", f"{path}: {value}") for path, value in scenario.overrides.items()]
    sources = tuple(ledger.sources[source] for source in scenario.anchors if source in ledger.sources)
    return Entry(f"{PREFIX}/{name}", "preset", scenario.label, tuple(facts), (), sources, note=scenario.description)

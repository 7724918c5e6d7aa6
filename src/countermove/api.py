"""What `import countermove` offers: load, run, compare, store, read back, and look up the evidence.

    import countermove

    scenario = countermove.load("h200-2026").with_levers({"washington.duty": 0.1})
    result = scenario.run(draws=1000)
    result.quantiles()["h200_china_units"]
    countermove.write(result, "out/duty")

Names follow the nouns of the command line. Everything heavy is imported by the function that needs it.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.experiments import preset_entries
from countermove.experiments.presets import preset_files, suffix_files
from countermove.experiments.result import Comparison, Result, open_door
from countermove.experiments.run import compare, run
from countermove.experiments.scenario import Change, Scenario, load_scenario
from countermove.experiments.store import check_folder, load_result
from countermove.experiments.store import write as _write

if TYPE_CHECKING:
    from countermove.evidence.entry import Entry
    from countermove.evidence.ledger import Ledger

__all__ = [
    "Change",
    "Comparison",
    "Result",
    "Scenario",
    "check_folder",
    "compare",
    "evidence_paths",
    "ledger",
    "load",
    "load_result",
    "look_up",
    "preset_names",
    "run",
    "suffix_names",
    "write",
]

load = load_scenario


def write(stored: Result | Comparison, folder: Path | str) -> Path:
    """Write a result's run directory with its report and return the folder; see `experiments.store.write` for errors."""
    return _write(stored, folder, report=_report_into)


def preset_names() -> list[str]:
    """Return the names of the shipped presets."""
    return list(preset_files())


def suffix_names() -> list[str]:
    """Return the names of the suffixes for Beijing's side, without the plus sign."""
    return list(suffix_files())


def ledger() -> Ledger:
    """Return everything the data tree says: sources, claims, parameters, series, cases; presets answer to their paths too."""
    from countermove.evidence.ledger import load_ledger

    preset_entries.register()
    return load_ledger()


def look_up(path: str, *, on: str | None = None, known: str | None = None) -> Entry:
    """Return what a path of the evidence points to, its claims limited to those about `on` and known by `known`.

    Raises InputError with the nearest path when it points nowhere, and for impossible dates.
    """
    from countermove.quantities.calendar import parse_date

    entry = ledger().resolve(path)
    day = None if on is None else parse_date(on, where="--on")
    vintage = None if known is None else parse_date(known, where="--known")
    kept = (
        claim
        for claim in entry.claims
        if (day is None or claim.period.contains(day)) and (vintage is None or claim.known_day <= vintage)
    )
    return dataclasses.replace(entry, claims=tuple(kept))


def evidence_paths() -> list[str]:
    """Return every path that `look_up` accepts."""
    from countermove.evidence.entry import all_paths

    return all_paths(ledger())


def _report(stored: Result | Comparison, path: Path) -> Path:
    """Write the report at a path ending in .html, or as report.html into a folder."""
    from countermove.reports.build import report_input
    from countermove.reports.report import write_page

    return write_page(report_input(stored), path if path.suffix == ".html" else path / "report.html")


def _report_into(stored: Result | Comparison, folder: Path) -> object:
    return _report(stored, folder / "report.html")


def _explain(result: Result, outcome: str) -> Any:
    from countermove.reports.trace import explain

    return explain(result, outcome)


open_door("report", _report)
open_door("explain", _explain)

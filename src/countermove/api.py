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
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.experiments import preset_entries, store
from countermove.experiments import result as results
from countermove.experiments.presets import preset_files, suffix_files
from countermove.experiments.scenario import Change
from countermove.experiments.store import check_folder
from countermove.nouns import Comparison, Result, Scenario, compare, explain, load, run, write_report

if TYPE_CHECKING:
    from countermove.desk.reproduce import Reproduction
    from countermove.evidence.entry import Entry
    from countermove.evidence.ledger import Ledger

#: Names that a lower room offers under the same name, with the module that holds them; imported when first used.
OFFERED = {
    "check": "policy.checks",
    "timeline": "policy.check_timeline",
    "whatif": "policy.whatif",
    "substitute": "hardware.substitution",
    "predict_rows": "hardware.serving.predictor",
    "play": "strategy.play",
    "infer_refusal": "strategy.refusal.infer",
    "read": "reading.batch",
}

__all__ = [
    "Change",
    "Comparison",
    "Result",
    "Scenario",
    "catalogue_entry",
    "catalogue_rows",
    "check_folder",
    "claims",
    "compare",
    "doctor",
    "evidence_paths",
    "explain",
    "ledger",
    "load",
    "load_result",
    "look_up",
    "preset_names",
    "reproduce",
    "run",
    "suffix_names",
    "write",
]
__all__ += list(OFFERED)


def __getattr__(name: str) -> Any:
    """Fetch a name that a lower room offers when it is first used."""
    if name not in OFFERED:
        raise AttributeError(name)
    return getattr(import_module(f"countermove.{OFFERED[name]}"), name)


def write(stored: results.Result | results.Comparison, folder: Path | str) -> Path:
    """Write a result's run directory with its report and return the folder; see `experiments.store.write` for errors."""
    return store.write(stored, folder, report=lambda one, into: write_report(one, into / "report.html"))


def load_result(folder: Path | str) -> Result | Comparison:
    """Return the result or comparison that `write` stored; InputError when the folder is none or is damaged."""
    found = store.load_result(folder)
    return Comparison.of(found) if isinstance(found, results.Comparison) else Result.of(found)


def preset_names() -> list[str]:
    """Return the names of the shipped presets."""
    return list(preset_files())


def suffix_names() -> list[str]:
    """Return the names of the suffixes for Beijing's side, without the plus sign."""
    return list(suffix_files())


def ledger() -> Ledger:
    """Return everything the data tree says; presets, chips, systems, models and reproductions answer to their paths too."""
    from countermove.evidence.ledger import load_ledger
    from countermove.hardware.describe import register_paths
    from countermove.reproductions import evidence_paths

    preset_entries.register()
    register_paths()
    evidence_paths.register()
    return load_ledger()


def look_up(path: str, *, on: str | None = None, known: str | None = None, over: Ledger | None = None) -> Entry:
    """Return what a path of the evidence points to, its claims limited to those about `on` and known by `known`.

    `over` is a ledger to look in instead of the shipped one, such as that with a reviewer's overlay.

    Raises InputError with the nearest path when it points nowhere, and for impossible dates.
    """
    from countermove.evidence.entry import resolve
    from countermove.quantities.calendar import parse_date

    entry = resolve(over or ledger(), path)
    day = None if on is None else parse_date(on, where="--on")
    vintage = None if known is None else parse_date(known, where="--known")
    kept = (
        claim
        for claim in entry.claims
        if (day is None or claim.period.contains(day)) and (vintage is None or claim.known_day <= vintage)
    )
    return dataclasses.replace(entry, claims=tuple(kept))


def evidence_paths(over: Ledger | None = None) -> list[str]:
    """Return every path that `look_up` accepts."""
    from countermove.evidence.entry import all_paths

    return all_paths(over or ledger())


def catalogue_rows(kind: str) -> list[dict[str, Any]]:
    """Return one row of headline numbers per chip, system or model; InputError for another kind."""
    from countermove.hardware import describe

    return describe.catalogue_rows(kind)


def catalogue_entry(kind: str, name: str) -> dict[str, Any]:
    """Return every value of one chip, system or model with its sources; InputError with the nearest name."""
    from countermove.hardware import describe

    return describe.describe(kind, name)


def claims(case: str, **options: Any) -> dict[str, Any]:
    """Return the claims of a case with evidence for and against and the model's probabilities; options: `desk.claims.claims`."""
    from countermove.desk.claims import claims as table

    return table(case, **options)


def reproduce(folder: Path | str, *, tolerance: float | None = None) -> Reproduction:
    """Run a stored result again and compare every number; see `desk.reproduce.reproduce` for errors."""
    from countermove.desk.reproduce import reproduce as again

    return again(folder, tolerance=tolerance)


def doctor(*, data: Path | None = None) -> dict[str, Any]:
    """Return what an examination of the installation and of the data finds, as plain data."""
    from countermove.desk.doctor import document, examine

    return document(list(examine(data=data)))

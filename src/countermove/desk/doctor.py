"""Check an installation: Python, packages, data, posterior, engines, permissions, and a small run.

Every check gives one line: ok, warning or problem, what was found, and what to do. Nothing is changed.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from countermove import __version__
from countermove.desk.packages import against_lock, find_lock
from countermove.errors import CountermoveError
from countermove.evidence.data_tree import DATA, data_hash, files, shown_path

Status = Literal["ok", "warning", "problem"]

OLDEST_PYTHON = (3, 11)
SMOKE_DRAWS, SMOKE_SECONDS = 64, 20.0
MOST_NAMED = 5


@dataclass(frozen=True)
class Finding:
    """One line of the examination."""

    check: str
    status: Status
    found: str
    do: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return the line as plain data."""
        return {"check": self.check, "status": self.status, "found": self.found, "do": self.do}


def examine(*, data: Path | None = None, out: Path | None = None, smoke: bool = True) -> Iterator[Finding]:
    """Yield the findings one by one, the slow ones last.

    `data` names another data tree to audit in place of the shipped one (the run still uses the shipped one); `out` the folder
    in which results would be written; `smoke` whether to run the model.
    """
    root = DATA if data is None else data
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("python", _python),
        ("packages", _packages),
        ("terminal", _terminal),
        ("write permission", lambda: _writing(Path("out") if out is None else out)),
        ("data files", lambda: _data_files(root)),
        ("data audit", lambda: _audit(root)),
        ("data tables", _tables),
        ("posterior", _posterior),
        ("engines", _engines),
        *([("run", _smoke)] if smoke else []),
    ]
    for name, check in checks:
        try:
            yield from check()
        except CountermoveError as error:
            place = f"{error.where}: " if error.where else ""
            yield Finding(name, "problem", f"{place}{error.what}", error.hint or "see the message")


def worst(findings: list[Finding]) -> Status:
    """Return the worst status of an examination."""
    order: tuple[Status, ...] = ("problem", "warning", "ok")
    return next((status for status in order if any(found.status == status for found in findings)), "ok")


def _python() -> Iterator[Finding]:
    found = f"countermove {__version__} on Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        yield Finding("python", "problem", found, f"install Python {wanted} or newer")
    else:
        yield Finding("python", "ok", found)


def _packages() -> Iterator[Finding]:
    lock = find_lock()
    missing, other, count, against = against_lock(lock)
    if missing:
        yield Finding("packages", "problem", f"not installed: {', '.join(missing)}", "install the lock file: make demo")
    elif other:
        named = ", ".join(other[:MOST_NAMED]) + (f" and {len(other) - MOST_NAMED} more" if len(other) > MOST_NAMED else "")
        do = "results may differ in the last digits; install the lock file for identical ones: make demo"
        yield Finding("packages", "warning", f"other versions than {against}: {named}", do)
    else:
        yield Finding("packages", "ok", f"{count} packages as in {against}")


def _terminal() -> Iterator[Finding]:
    encoding = (getattr(sys.stdout, "encoding", None) or "unknown").lower()
    if encoding.replace("-", "") in ("utf8", "utf8sig"):
        yield Finding("terminal", "ok", "prints UTF-8")
    else:
        yield Finding("terminal", "warning", f"prints {encoding}", "set PYTHONUTF8=1, so that all signs can be printed")


def _writing(out: Path) -> Iterator[Finding]:
    from countermove.experiments.store import check_folder

    parent = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    check_folder(out / "doctor" if out.is_dir() else out)
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=parent) as folder:
            (Path(folder) / "test").write_bytes(b"0" * 4096)
    except OSError as error:
        yield Finding("write permission", "problem", f"{parent}: {error.strerror or error}", "choose another folder with --out")
        return
    free = _free_gigabytes(parent)
    if free < 1.0:
        yield Finding("write permission", "warning", f"{parent}: {free:.1f} GB free", "free some space; a run takes about 5 MB")
    else:
        yield Finding("write permission", "ok", f"results can be written below {os.path.relpath(parent)} ({free:,.0f} GB free)")


def _free_gigabytes(folder: Path) -> float:
    import shutil

    return shutil.disk_usage(folder).free / 1e9


def _data_files(root: Path) -> Iterator[Finding]:
    """Every YAML file parses; the hash is that of what a simulation reads."""
    from countermove.evidence.strict_yaml import load

    if not root.is_dir() or not (root / "parameters").is_dir():
        yield Finding("data files", "problem", f"{shown_path(root)} holds no data tree", "give the folder that holds parameters/")
        return
    broken, count = [], 0
    for path in files(root, suffix=".yaml"):
        count += 1
        try:
            load(path)
        except CountermoveError as error:
            broken.append(str(error).replace("\n", " "))
    for text in broken[:MOST_NAMED]:
        yield Finding("data files", "problem", text, "restore the file, or correct the line")
    if not broken:
        yield Finding("data files", "ok", f"{count} YAML files read; hash {data_hash(root)[:16]}")


def _audit(root: Path) -> Iterator[Finding]:
    """The whole ledger loads, and no number contradicts the source it names."""
    from countermove.evidence.audit import problems
    from countermove.evidence.ledger import load_ledger, read_ledger

    ledger = load_ledger() if root == DATA else read_ledger(root)
    found = [line for line in problems(ledger, root) if not line.endswith("nothing cites it")]
    for line in found[:MOST_NAMED]:
        yield Finding("data audit", "problem", line, "correct the number or its source; `countermove evidence PATH` shows both")
    if len(found) > MOST_NAMED:
        yield Finding("data audit", "problem", f"{len(found) - MOST_NAMED} more inconsistencies", "correct the first ones")
    if not found:
        sourced = sum(parameter.basis == "sourced" for parameter in ledger.parameters.values())
        counts = (
            f"{len(ledger.sources):,} sources, {len(ledger.claims):,} claims, {len(ledger.series)} series, "
            f"{len(ledger.parameters)} parameters ({sourced} with bounds from sources)"
        )
        yield Finding("data audit", "ok", f"{counts}: no contradictions")


def _tables() -> Iterator[Finding]:
    """Tables of the other rooms load, and every preset and case can be read."""
    from countermove.desk.claims import runs_of
    from countermove.evidence.ledger import load_ledger
    from countermove.experiments.correlations import load_correlations
    from countermove.experiments.presets import preset_files
    from countermove.experiments.scenario import load_scenario
    from countermove.hardware.catalogue import load_catalogue
    from countermove.policy.lever_definitions import load_levers
    from countermove.policy.rules import load_rules

    catalogue, levers, rules = load_catalogue(), load_levers(), load_rules()
    load_correlations()
    for name in preset_files():
        load_scenario(name)
    for case in load_ledger().cases:
        runs_of(case)
    counts = f"{len(catalogue.chips)} chips, {len(catalogue.systems)} systems, {len(levers)} levers, {len(rules)} rules"
    yield Finding("data tables", "ok", f"{counts}, {len(preset_files())} presets, {len(load_ledger().cases)} case")


def _posterior() -> Iterator[Finding]:
    """The ensemble belongs to the simulated past, asked in full: neither hashes of files nor earlier answers are trusted."""
    from countermove.experiments.ensemble import FOLDER, read_ensemble
    from countermove.experiments.ensemble_key import differences, recorded_past, refuse
    from countermove.inference.validation import outdated

    ensemble = read_ensemble()
    if ensemble is None:
        do = "countermove calibrate --install makes one; runs follow the priors until then"
        yield Finding("posterior", "warning", "no calibrated ensemble is recorded", do)
        return
    refuse(differences(ensemble.key, FOLDER), ensemble.name)
    record = recorded_past(ensemble.key, FOLDER)
    rows, draws = record.outcomes.shape
    same = f"{len(record.inputs)} arrays and {rows} published values in {draws} draws are those it was made from"
    yield Finding("posterior", "ok", f"{len(ensemble.scores):,} worlds of {len(ensemble.names)} parameters; {same}")
    pages = outdated()
    if pages:
        found = f"recorded beside another calibration, or before that was noted: {', '.join(pages)}"
        do = "calibrate --install records the fit; python -m countermove.inference.validation PAGE --hindcasts the others"
        yield Finding("posterior", "warning", found, do)


def _engines() -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    names = [f"numpy {np.__version__}"]
    try:
        names.append(f"jax {version('jax')}")
        yield Finding("engines", "ok", ", ".join(names))
    except PackageNotFoundError:
        yield Finding("engines", "ok", f"{names[0]}; jax is not installed (only needed for large sweeps: countermove[jax])")


def _smoke() -> Iterator[Finding]:
    """A small run twice: finite numbers, the same to the last bit."""
    from countermove.experiments.run import run

    start = time.perf_counter()
    first = run("h200-2026", draws=SMOKE_DRAWS)
    taken = time.perf_counter() - start
    second = run("h200-2026", draws=SMOKE_DRAWS)
    wrong = [name for name, by in first.outcomes.items() if not all(np.isfinite(values).all() for values in by.values())]
    changed = [
        name
        for name, by in first.outcomes.items()
        if any(values.tobytes() != second.outcomes[name][period].tobytes() for period, values in by.items())
    ]
    if wrong:
        yield Finding(
            "run", "problem", f"not finite: {', '.join(wrong[:MOST_NAMED])}", "please report this with the output above"
        )
    elif changed:
        do = "please report this: the same run gave other numbers"
        yield Finding("run", "problem", f"not repeatable: {', '.join(changed[:MOST_NAMED])}", do)
    elif taken > SMOKE_SECONDS:
        yield Finding("run", "warning", f"{SMOKE_DRAWS} draws took {taken:.1f} s", "the machine is slow or busy; use fewer draws")
    else:
        yield Finding("run", "ok", f"{SMOKE_DRAWS} draws of h200-2026 in {taken:.1f} s, finite and repeatable to the last bit")


def verdict(findings: list[Finding]) -> str:
    """Return the last line of an examination."""
    counts = {status: sum(found.status == status for found in findings) for status in ("problem", "warning")}
    texts: dict[Status, str] = {
        "ok": "All is well.",
        "warning": f"It works; warnings: {counts['warning']}.",
        "problem": f"Problems to solve before results can be trusted: {counts['problem']}.",
    }
    return texts[worst(findings)]


def finding_lines(found: Finding) -> list[str]:
    """Return one finding as one line, and a second with what to do."""
    first = f"{found.status:<8} {found.check:<17} {found.found}"
    return [first, *([f"{' ' * 27}{found.do}"] if found.do else [])]


def document(findings: list[Finding]) -> dict[str, Any]:
    """Return the document of `countermove doctor --json`."""
    return {"version": __version__, "status": worst(findings), "findings": [found.to_dict() for found in findings]}

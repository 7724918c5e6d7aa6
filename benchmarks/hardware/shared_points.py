"""Public serving points outside the fitted rows: measured, predicted in November 2026, predicted now; by point and by group.

    python benchmarks/hardware/shared_points.py [--points]

The points are those of `data/hardware/serving_points.csv`, each with the command that asks for it. None is fitted; the repairs
that they led to were found by reading them (`docs/decisions/0110-serving-that-holds.md`), so this is no blind test.
"""

from __future__ import annotations

import csv
import io
import json
import shlex
import sys
import tempfile
from collections import defaultdict
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from countermove.cli.app import main as command
from countermove.evidence.data_tree import DATA
from countermove.hardware.catalogue import load_catalogue

FOLDER = DATA / "hardware"
FEWEST = 5
LEAST_INSIDE = 0.75


def main() -> None:
    with (FOLDER / "serving_points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    splits = _splits()
    answers = [_answer(row, splits) for row in rows]
    if "--points" in sys.argv:
        for row, answer in zip(rows, answers, strict=True):
            print(f"{row['id']:32} {row['metric']:22} {_shown(row)} -> {_words(row, answer)}")
        print()
    print("| group | points | inside, November | inside, now | median error, November | now | median width, November | now |")
    print("|---|---|---|---|---|---|---|---|")
    groups: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[_chip(row["chip"])].append(number)
        groups["all"].append(number)
    for name, places in groups.items():
        if len(places) >= FEWEST:
            print(_line(name, [rows[place] for place in places], [answers[place] for place in places]))


def _chip(system: str) -> str:
    """Return the chip of a system, or the name itself where the catalogue holds no such system."""
    systems = load_catalogue().systems
    return systems[system].chip if system in systems else system


def _answer(row: dict[str, str], splits: dict[str, dict[str, str]]) -> tuple[float, float, float] | str:
    """Return (predicted, low, high) of a point, or the reason why there is none."""
    if "--batch" in row["command"]:
        found = next(split for name, split in splits.items() if row["id"].startswith(name))
        name = row["metric"].removesuffix("_ms")
        if found["refused"] == "true":
            return found["reason"]
        return float(found[f"pred_{name}_ms"]), float(found[f"pred_{name}_lo"]), float(found[f"pred_{name}_hi"])
    code, text = run([*shlex.split(row["command"])[1:], "--json"])
    if code:
        return text.strip()
    document: dict[str, Any] = json.loads(text)
    if document["refused"]:
        return str(document["refused"])
    band = document[row["metric"]]
    return band["median"], band["lo"], band["hi"]


def run(words: list[str]) -> tuple[int, str]:
    """Return the exit code of a command and what it printed."""
    shown, wrong = io.StringIO(), io.StringIO()
    with redirect_stdout(shown), redirect_stderr(wrong):
        try:
            command(words)
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return code, shown.getvalue() if code == 0 else wrong.getvalue()


def _splits() -> dict[str, dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "splits.csv"
        run(["predict", "--batch", str(FOLDER / "serving_splits.csv"), "--out", str(target), "--quiet"])
        with target.open(encoding="utf-8", newline="") as file:
            return {row["id"]: row for row in csv.DictReader(file)}


def _shown(row: dict[str, str]) -> str:
    old = row["predicted_2026_11"]
    return (
        f"measured {float(row['measured']):8.4g}, November {float(old):8.4g}"
        if old
        else f"measured {float(row['measured']):8.4g}, November  refused"
    )


def _words(row: dict[str, str], answer: tuple[float, float, float] | str) -> str:
    if isinstance(answer, str):
        return f"refused: {answer}"
    middle, low, high = answer
    inside = "yes" if low <= float(row["measured"]) <= high else "NO"
    return f"{middle:8.4g} ({low:.4g} to {high:.4g}) ratio {middle / float(row['measured']):.2f} {inside}"


def _line(name: str, rows: list[dict[str, str]], answers: list[tuple[float, float, float] | str]) -> str:
    before, after = [], []
    for row, answer in zip(rows, answers, strict=True):
        truth = float(row["measured"])
        if row["predicted_2026_11"]:
            before.append((truth, *(float(row[column]) for column in ("predicted_2026_11", "low_2026_11", "high_2026_11"))))
        if not isinstance(answer, str):
            after.append((truth, *answer))
    shown = [_statistics(np.array(found), len(rows)) for found in (before, after)]
    (one, two), (bad, good), (wide, narrow) = zip(*shown, strict=True)
    return f"| {name} | {len(rows)} | {one} | {two} | {bad} | {good} | {wide} | {narrow} |"


def _statistics(found: np.ndarray, count: int) -> tuple[str, str, str]:
    truth, middle, low, high = found.T
    inside = (low <= truth) & (truth <= high)
    return (
        f"{inside.sum()}/{count} ({inside.sum() / count:.0%})",
        f"{np.median(np.abs(middle / truth - 1)):.0%}",
        f"{np.median(high / low):.2f}",
    )


if __name__ == "__main__":
    main()

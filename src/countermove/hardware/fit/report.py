"""The validation tables: held-out errors by chip, software, precision and deployment, and coverage of the intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from countermove.hardware.fit import crossvalidation, measured
from countermove.hardware.fit.crossvalidation import Held, Rows
from countermove.hardware.fit.intervals import half_widths

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Columns of the table by which errors are shown.
BY: Final = ("system", "backend", "precision", "mode", "model_path")

#: Columns one value of which is left out at a time, with the correction (slow) or physics alone.
LEFT_OUT: Final = (("system", True), ("backend", True), ("model_path", False))


def report() -> str:
    """Return every table as Markdown; takes some minutes."""
    return "\n".join(lines())


@cache
def usable() -> Rows:
    """Return the measured rows that can be predicted."""
    return crossvalidation.usable(measured.silicon())


@cache
def strictly_held() -> tuple[Held, NDArray[np.int64]]:
    """Return held-out predictions with copies of a measurement kept together, and the folds."""
    rows = usable()
    fold = measured.folds(rows.strict)
    return crossvalidation.cross_validate(rows, fold), fold


@cache
def left_out(column: str, *, correct: bool) -> tuple[Held, NDArray[np.str_]]:
    """Return predictions with each value of a column left out in turn, and the values."""
    rows = usable()
    labels = np.array(measured.silicon().labels(column))[rows.kept]
    return crossvalidation.cross_validate(rows, np.unique(labels, return_inverse=True)[1], correct=correct), labels


def lines() -> Iterator[str]:
    """Yield the lines of the report as they are ready."""
    table, rows = measured.silicon(), usable()
    refused = len(table.rows) - len(rows.kept)
    yield f"{len(table.rows)} measured rows, {refused} refused ({refused / len(table.rows):.1%})."
    held, fold = strictly_held()
    yield from _heading("Grouped 5-fold cross-validation, copies of a measurement kept together")
    yield from _errors(rows, held, table)
    yield from _coverage(rows, held, fold)
    yield from _heading("The same by stated configuration columns only (copies may fall on both sides)")
    again = crossvalidation.cross_validate(rows, measured.folds(rows.stated))
    yield _line("all", rows, again, np.ones(len(rows.kept), dtype=bool))
    for column, correct in LEFT_OUT:
        held, labels = left_out(column, correct=correct)
        yield from _heading(f"One {column} left out" + ("" if correct else ", physics alone"))
        for name in np.unique(labels):
            yield _line(str(name), rows, held, labels == name)


def _heading(title: str) -> Sequence[str]:
    return (
        "",
        f"### {title}",
        "",
        "| group | rows | TPOT | TTFT | physics TPOT | physics TTFT |",
        "|---|---|---|---|---|---|",
    )


def _errors(rows: Rows, held: Held, table: measured.Measured) -> Iterator[str]:
    yield _line("all", rows, held, np.ones(len(rows.kept), dtype=bool))
    for column in BY:
        labels = np.array(table.labels(column))[rows.kept]
        for name in np.unique(labels):
            yield _line(f"{column} {name or 'not stated'}", rows, held, labels == name)
    systems = np.array(table.labels("system"))[rows.kept]
    for mode, value in (("agg", 0.0), ("disagg", 1.0)):
        for name in np.unique(systems):
            yield _line(f"{name} {mode}", rows, held, (systems == name) & (rows.points.split == value))


def _line(name: str, rows: Rows, held: Held, mask: Mask) -> str:
    errors = (
        np.median(np.abs(predicted[mask] / truth[mask] - 1))
        for predicted, truth in (
            (held.tpot, rows.tpot),
            (held.ttft, rows.ttft),
            (held.physics_tpot, rows.tpot),
            (held.physics_ttft, rows.ttft),
        )
    )
    shown = " | ".join(f"{error:.1%}" for error in errors) if mask.any() else " | | | "
    return f"| {name} | {int(mask.sum())} | {shown} |"


def coverage(truth: Array, predicted: Array, fold: NDArray[np.int64], group: Mask) -> tuple[float, float]:
    """Return share covered and median relative width of 90% intervals whose widths come from the other folds."""
    inside, width = [], []
    for number in np.unique(fold):
        others, own = group & (fold != number), group & (fold == number)
        if not own.any() or not others.any():
            continue
        low, high = half_widths(truth[others], predicted[others])
        ratio = np.log(truth[own] / predicted[own])
        inside.append((ratio >= -low) & (ratio <= high))
        width.append(np.full(own.sum(), np.exp(high) - np.exp(-low)))
    return float(np.concatenate(inside).mean()), float(np.median(np.concatenate(width)))


def _coverage(rows: Rows, held: Held, fold: NDArray[np.int64]) -> Iterator[str]:
    yield from ("", "| 90% intervals on held-out folds | covered | width over prediction |", "|---|---|---|")
    split = rows.points.split > 0
    for quantity, truth, predicted in (("TPOT", rows.tpot, held.tpot), ("TTFT", rows.ttft, held.ttft)):
        for name, group in (("aggregated", ~split), ("disaggregated", split)):
            share, width = coverage(truth, predicted, fold, group)
            yield f"| {quantity} {name} | {share:.1%} | {width:.2f} |"

"""Single published points, and those of them that the fit may see.

``points.csv`` holds chips that no fitted row covers: they are predicted, never fitted. ``references.csv`` holds Hopper
chips under software that the silicon sample lacks: engines of early 2025, and engines written for wide expert parallelism.
They tell the fit what such software costs, so that another chip under it is not compared with engines a year younger.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from countermove.evidence.data_tree import DATA
from countermove.hardware.fit.efficiencies import References
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.question import Question, resolve
from countermove.hardware.serving.rows import Request

POINTS: Final = DATA / "hardware" / "points.csv"
REFERENCES: Final = DATA / "hardware" / "references.csv"

#: Share of draft tokens kept, stated by the CloudMatrix paper for one draft token.
ACCEPTED: Final = 0.7

#: Requests that keep the queue of a prefill profile full.
FULL: Final = 1e5

Row = dict[str, str]


def points() -> list[Row]:
    """Return the published points of chips without fitted rows."""
    return _rows(POINTS)


def request(row: Row) -> Request:
    """Return the deployment of a published point."""
    drafts = int(row["mtp"])
    asked: dict[str, Any] = {name: int(row[column]) for name, column in (("tensor", "tp"), ("data", "dp"), ("expert", "ep"))}
    question = Question(
        system=row["chip"],
        model=row["model"],
        prompt=float(row["isl"]),
        output=float(row["osl"]),
        count=int(row["chips"]),
        software=row["software"],
        precision=row["precision"],
        drafts=drafts,
        accepted=ACCEPTED if drafts else 0.0,
        **{name: value for name, value in asked.items() if value > 1 or name != "expert"},
    )
    changes: dict[str, Any] = {"tuned": row["tuned"] == "1", "even": row["even"] == "1", "split": row["phase"] != "serve"}
    # The engines of these points were tuned by those who publish them; their settings are stated one by one.
    changes |= {"ordinary": False, "most": float("inf")}
    if row["month"]:
        year, month = row["month"].split("-")
        changes |= {"month": (int(year) - 2025) * 12 + int(month) - 1.0, "version": ""}
    for name, column in (("concurrency", "concurrency"), ("most", "most"), ("cache_bytes", "cache_bytes")):
        if row[column]:
            changes[name] = float(row[column])
    return replace(resolve(question)[0], **changes)


def seconds(row: Row, asked: Request) -> float:
    """Return the measured time of a point: per output token, or of one prompt's share of a prefill worker."""
    value = float(row["value"])
    if row["quantity"] == "tpot_ms":
        return value / 1e3
    work = asked.prompt if row["phase"] == "prefill" else asked.concurrency
    return work / (value * asked.decode.chips)


@cache
def references() -> References:
    """Return the published points that the fit sees."""
    rows = _rows(REFERENCES)
    asked = [request(row) for row in rows]
    prefill = np.array([row["phase"] == "prefill" for row in rows])
    asked = [replace(one, concurrency=FULL) if reads else one for one, reads in zip(asked, prefill, strict=True)]
    measured = np.array([seconds(row, one) for row, one in zip(rows, asked, strict=True)])
    return References(assemble(asked), measured, prefill)


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

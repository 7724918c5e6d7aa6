"""Chips with few published measurements: what the fit to other chips says about each of them, row by row.

``data/hardware/points.csv`` holds single published points (addresses in the file) of chips that no fitted row covers. Their
efficiencies follow from the family mean and the kernel shares in ``data/models/stacks.yaml``; nothing is refitted.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from countermove.errors import CountermoveError
from countermove.hardware.fit.published import Row, points, request
from countermove.hardware.serving import phases
from countermove.hardware.serving.assemble import assemble
from countermove.hardware.serving.fitted import load_fitted
from countermove.hardware.serving.frontier import throughput
from countermove.hardware.serving.physics import prepare, slowdowns, timing
from countermove.hardware.serving.predictor import predict_requests
from countermove.hardware.serving.rows import Request

#: Longest time per token of a decode point that states no batch.
DECODE_LIMIT_S: Final = 0.0476


def predicted(row: Row) -> float:
    """Return the prediction of a point in its own quantity."""
    asked = request(row)
    if row["phase"] == "prefill":
        return phases.prefill_rate(asked, [asked.decode])
    if row["phase"] == "decode" and not row["concurrency"]:
        return phases.decode_rate(asked, [asked.decode], DECODE_LIMIT_S)[0]
    if row["phase"] == "decode":
        return _decode(asked)
    found = predict_requests([asked])
    if row["quantity"] == "tpot_ms":
        return 1e3 * float(found.tpot[0])
    return float(throughput(found, [asked])[0][0])


def best_engine(row: Row) -> float:
    """Return what `predict --phase` says: shares of the stack are set to published runs, so this is no transfer."""
    asked = request(row)
    limit = 1e3 * DECODE_LIMIT_S if row["phase"] == "decode" else None
    return phases.published_rate(row["phase"], asked, int(row["chips"]), limit)[0]


def table() -> str:
    """Return every point with its prediction, and the median error per chip, as Markdown."""
    lines = ["| point | chip | what | measured | model | error |", "|---|---|---|---|---|---|"]
    errors: dict[str, list[float]] = {}
    for row in points():
        what = f"{row['model'].split('/')[-1]} {row['phase']} {row['isl']}/{row['osl']} c{row['concurrency']} {row['quantity']}"
        try:
            value = predicted(row)
        except CountermoveError as refusal:
            lines.append(f"| {row['id']} | {row['chip']} | {what} | {row['value']} | refused: {refusal.what} | |")
            continue
        error = value / float(row["value"]) - 1
        errors.setdefault(row["chip"], []).append(abs(error))
        lines.append(f"| {row['id']} | {row['chip']} | {what} | {float(row['value']):,.4g} | {value:,.4g} | {error:+.0%} |")
        if row["phase"] in {"prefill", "decode"}:
            value = best_engine(row)
            error = value / float(row["value"]) - 1
            lines.append(
                f"| {row['id']} | {row['chip']} | the same, best published engine (shares set to published runs) "
                f"| {float(row['value']):,.4g} | {value:,.4g} | {error:+.0%} |"
            )
    lines += ["", "| chip | points | median error |", "|---|---|---|"]
    lines += [f"| {chip} | {len(found)} | {np.median(found):.0%} |" for chip, found in errors.items()]
    return "\n".join(lines)


def _decode(request: Request) -> float:
    """Return tokens per second and chip at the stated batch of a decode worker."""
    tried = assemble([request])
    work = prepare(tried)
    tpot = timing(work, slowdowns(load_fitted().weights, tried)).step / work.gained
    return float(work.batch[0] / tpot[0] / tried.decode.chips[0])

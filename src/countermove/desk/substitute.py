"""The parity table with what each government lets through today: hardware and policy side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from countermove.hardware import substitution
from countermove.hardware.catalogue import load_catalogue
from countermove.policy.checks import check
from countermove.policy.force import evidence_end
from countermove.policy.item_facts import load_item_facts

Document = dict[str, Any]

#: What is compared; the same words wherever the numbers are shown.
BASIS = (
    "best published engines, one design of models per workload, a system of the candidate against one of the target; "
    "packages, facility power and the price of packages alone. The simulation and claim C6 compare the same and multiply "
    "Ascend's work by the fitted performance.ascend_scale. `predict` answers another question: one deployment of one model "
    "under one load, on the chips given"
)


def substitute(
    target: str,
    workload: str,
    *,
    count: int | None = None,
    candidates: Sequence[str] = (),
    tpot_ms: float | None = None,
    on: str | None = None,
    known: str | None = None,
) -> Document:
    """Return the document of the command: one row per candidate, each with the outcomes of both gates for a buyer in China.

    Raises InputError for unknown names, dates and counts, see `hardware.substitution.substitute` and `policy.checks.check`.
    """
    rows = substitution.substitute(target, workload, count=count, candidates=candidates, tpot_ms=tpot_ms)
    wanted = substitution.find(target)
    gates = {chip: _gates(chip, on, known) for chip in dict.fromkeys([wanted.chip.id, *(row["chip"] for row in rows)])}
    return {
        "target": wanted.name,
        "chip": wanted.chip.id,
        "workload": workload,
        "basis": BASIS,
        "count": count if count is not None else (wanted.system.count if wanted.system else 1),
        "gates": gates[wanted.chip.id],
        "rows": [{**row, "gates": gates[row["chip"]]} for row in rows],
    }


def _gates(chip: str, on: str | None, known: str | None) -> dict[str, str]:
    """Return both outcomes for an import to China; a chip of a Chinese vendor crosses no border."""
    vendor = load_item_facts().vendors.get(load_catalogue().chips[chip].vendor)
    if vendor is not None and vendor.origin == "cn":
        return {"us": "no export", "cn": "no import"}
    found = check(chip, on=on or evidence_end(), known=known, to="cn")
    return {"us": found.us.outcome, "cn": found.cn.outcome}

"""Published runs of a chip by workload, from the ledger: what stands beside a computed rate."""

from __future__ import annotations

from typing import Any

from countermove.evidence.ledger import load_ledger
from countermove.hardware.chip import Chip

#: Subjects of claims about measured rates: ``hardware.measured.<workload>.<model>.<chip>``.
_SUBJECT = "hardware.measured"


def published_runs(chip: Chip, workload: str) -> list[dict[str, Any]]:
    """Return claim, value, unit, maker and grade of every published run of ``chip`` on ``workload``, in ledger order."""
    start, end = f"{_SUBJECT}.{workload}.", f".{chip.id}"
    return [
        {"claim": claim.id, "value": claim.value, "unit": claim.unit, "made_by": claim.made_by, "grade": claim.grade}
        for claim in load_ledger().claims.values()
        if claim.subject.startswith(start) and claim.subject.endswith(end)
    ]

"""What could be held of a gate on a day rests on what had been published by that day."""

from __future__ import annotations

import pytest

from countermove.evidence.ledger import load_ledger
from countermove.policy.gate_readings import load_readings
from countermove.quantities.calendar import last_day


@pytest.mark.parametrize("side", ["us", "cn"])
def test_no_view_rests_on_a_source_that_came_later(side: str) -> None:
    sources = load_ledger().sources
    late = [
        f"{view.known}: {name} of {sources[name].published}"
        for view in load_readings(side).views
        for name in view.sources
        if sources[name].published is None or last_day(str(sources[name].published)) > view.known
    ]
    assert late == []

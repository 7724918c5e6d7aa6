"""The gates' history in words."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from countermove.errors import InputError
from countermove.evidence.entry import resolve
from countermove.evidence.ledger import load_ledger
from countermove.policy import evidence_paths
from countermove.policy.gate_readings import load_readings
from countermove.policy.gates import compile_gates
from countermove.policy.levers import compile_levers
from countermove.policy.rules import load_rules
from countermove.policy.timeline import CONTESTED, OPEN_STATE, UNKNOWN_STATE, gate_timeline
from countermove.quantities.calendar import month_index


def states(product: str, government: str, segment: str | None = None) -> list[str]:
    return [spell.state for spell in gate_timeline(product, segment) if spell.government == government]


def test_the_h20_was_free_denied_licensed_in_washington() -> None:
    assert states("h20", "us") == [OPEN_STATE, "denied", "licensed case by case", UNKNOWN_STATE]


def test_reports_that_conflict_are_shown_as_contested() -> None:
    beijing = [spell for spell in gate_timeline("h200-sxm") if spell.government == "cn"]
    autumn = next(spell for spell in beijing if spell.start == dt.date(2026, 8, 18))
    assert autumn.state.startswith(CONTESTED)
    assert autumn.low < autumn.high


def test_what_all_readings_agree_on_is_not_called_contested() -> None:
    beijing = [spell for spell in gate_timeline("h200-sxm") if spell.government == "cn"]
    delivered = next(spell for spell in beijing if spell.start == dt.date(2026, 7, 14))
    assert delivered.state == "small lots delivered"
    assert delivered.low == pytest.approx(0.28)


def test_the_shares_of_the_timeline_are_those_of_the_arrays() -> None:
    gates = compile_gates(compile_levers({}), ["h200-sxm"])
    september = next(s for s in gate_timeline("h200-sxm") if s.government == "cn" and s.start == dt.date(2026, 8, 18))
    shares = gates.admit[:, month_index("2026-09"), 0, 0, 0]
    assert (september.low, september.high) == pytest.approx((shares.min(), shares.max()))


@pytest.mark.parametrize("product", ["h200-sxm", "h20", "a100-sxm", "l20", "rubin", "rtx-pro-6000d"])
def test_spells_cover_the_clock_without_gaps_and_name_their_rule(product: str) -> None:
    for government in ("us", "cn"):
        spells = [spell for spell in gate_timeline(product) if spell.government == government]
        assert spells[0].start == dt.date(2022, 1, 1)
        assert all(before.until == after.start for before, after in itertools.pairwise(spells))
        assert spells[-1].until is None
        for spell in spells:
            assert spell.state in {OPEN_STATE, UNKNOWN_STATE} or spell.rule in load_rules()
            assert set(spell.sources) <= set(load_ledger().sources)


def test_after_the_evidence_the_state_is_unknown() -> None:
    last = gate_timeline("h200-sxm")[-1]
    assert last.state == UNKNOWN_STATE
    assert last.start == load_readings("cn").evidence_until + dt.timedelta(days=1)


def test_state_funded_buyers_have_a_timeline_of_their_own() -> None:
    assert "domestic chips only" in states("h20", "cn", "state-funded-data-centres")
    assert "domestic chips only" not in states("h20", "cn")


def test_an_earlier_known_date_ends_the_timeline_earlier() -> None:
    known = dt.date(2025, 5, 1)
    assert all(spell.start <= known + dt.timedelta(days=1) for spell in gate_timeline("h20", known=known))


def test_wrong_names_get_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'h200-sxm'"):
        gate_timeline("h200-sxn")
    with pytest.raises(InputError, match="did you mean 'ai-labs'"):
        gate_timeline("h20", "ai-lab")
    with pytest.raises(InputError, match="neither gate stops it"):
        gate_timeline("ascend-910c")


def test_rules_and_levers_answer_to_paths_of_the_evidence() -> None:
    evidence_paths.register()
    ledger = load_ledger()
    for name in load_rules():
        assert resolve(ledger, f"rules/{name}").path == f"rules/{name}"
    duty = resolve(ledger, "levers/washington.duty")
    assert duty.kind == "lever"
    assert duty.sources
    cap = resolve(ledger, "rules/us/bis/licensing/volume-cap-2026")
    assert len(cap.claims) == 2, "the two readings of the cap stand side by side"
    with pytest.raises(InputError, match="rules/us/bis/letters/h20-2025"):
        resolve(ledger, "rules/us/bis/letters/h20-2026")

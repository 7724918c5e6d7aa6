"""How many of another chip do the work of a target."""

from __future__ import annotations

import pytest

from countermove.errors import InputError
from countermove.hardware.substitution import substitute


def test_a_chip_replaces_itself_one_for_one() -> None:
    row = substitute("hgx-h200", "decode", candidates=["hgx-h200"])[0]
    assert row["number"]["median"] == pytest.approx(8)
    assert row["number"]["lo"] == row["number"]["hi"]
    assert row["power_ratio"] == pytest.approx(1)
    assert row["gap_months"] is None


def test_numbers_and_bands_are_inverse_to_parity() -> None:
    row = substitute("h200", "prefill", count=100, candidates=["cloudmatrix-384"])[0]
    assert row["number"]["median"] == pytest.approx(100 / row["parity_per_chip"]["median"])
    assert row["number"]["lo"] < row["number"]["median"] < row["number"]["hi"]
    assert row["gap_months"]["months"] > 0


def test_a_tight_limit_favours_bandwidth_and_links() -> None:
    loose, tight = (
        substitute("h200", "decode", candidates=["atlas-800t-a2"], tpot_ms=limit)[0]["parity_per_chip"]["median"]
        for limit in (100.0, 30.0)
    )
    assert tight < loose


def test_candidates_that_cannot_be_judged_say_why() -> None:
    row = substitute("h200", "decode", candidates=["rubin-cpx"])[0]
    assert "unknown" in row["refused"]


@pytest.mark.parametrize(
    ("target", "workload", "more"),
    [
        ("h2000", "decode", {}),
        ("h200", "gaming", {}),
        ("h200", "decode", {"count": 0}),
        ("h200", "prefill", {"tpot_ms": 50.0}),
        ("h200", "decode", {"candidates": ["h2000"]}),
        ("rubin-cpx", "decode", {}),
    ],
)
def test_wrong_requests(target: str, workload: str, more: dict[str, object]) -> None:
    with pytest.raises(InputError):
        substitute(target, workload, **more)  # type: ignore[arg-type]

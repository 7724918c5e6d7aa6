"""How many of another chip do the work of a target."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.hardware.products import product_table
from countermove.hardware.substitution import substitute
from countermove.quantities.axes import WORKLOADS


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


def test_equal_number_power_and_money() -> None:
    row = substitute("h200", "decode", candidates=["cloudmatrix-384"])[0]
    assert row["unit"] == "packages of 2 dies"
    assert row["equal"]["number"] == row["work_per_chip"] == row["parity_per_chip"]["median"]
    # The same bound of power on both sides: an H200's facility power over a 910C's.
    assert row["power_ratio"] == pytest.approx(row["number"]["median"] * row["power"]["facility_w"] / 1730)
    assert row["equal"]["power"] == pytest.approx(1 / row["power_ratio"])
    assert row["equal"]["money"]["lo"] < row["equal"]["number"] < row["equal"]["money"]["hi"]


def test_power_and_number_are_those_of_the_simulation() -> None:
    row = substitute("h200", "decode", candidates=["cloudmatrix-384"])[0]
    table = product_table(("ascend-910c", "h200-sxm"))
    assert row["work_per_chip"] == pytest.approx(table.effective_system[0, WORKLOADS.index("decode")])
    assert row["power_ratio"] == pytest.approx(row["number"]["median"] * table.power_kw[0] / table.power_kw[1])


def test_what_a_ratio_is_made_of_and_what_was_published() -> None:
    row = substitute("h200", "decode", candidates=["cloudmatrix-384"])[0]
    ratios = [case["ratio"] for case in row["by_model"]]
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(row["work_per_chip"])
    # Kept to one server an H200 holds few sequences beside a large mixture; on dense models nothing changes.
    kept = {case["model"]: case["kept"] / case["ratio"] for case in row["by_model"]}
    assert kept["deepseek-v3"] > 1.5
    assert kept["llama-3-1-70b"] == pytest.approx(1)
    assert [run["claim"] for run in row["published"]] == ["cloudmatrix-decode-2025"]


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

"""The tables of docs/explanation/hardware.md say what the code computes."""

from pathlib import Path

import pytest

from countermove.evidence.ledger import load_ledger
from countermove.hardware.chip import launch_index
from countermove.hardware.products import product_table

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "hardware.md"


def rows(cells):
    """Return the table rows of the page with this number of cells, heads and rules left out."""
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [line for line in lines if len(line) == cells and line[0] not in {"Claim", "Product"}]


def test_the_measured_column_is_that_of_the_claims():
    table = rows(6)
    assert len(table) >= 12
    for claim, _, _, measured, model, ratio in table:
        assert float(measured.replace(",", "")) == pytest.approx(load_ledger().claims[claim].value, rel=1e-3)
        assert float(model.replace(",", "")) / float(measured.replace(",", "")) == pytest.approx(float(ratio), abs=0.006)


def test_the_product_table_is_current():
    table = rows(13)
    found = product_table([row[0] for row in table])
    for number, (_, launch, h100e, bandwidth, power, tpp, *rest) in enumerate(table):
        assert float(tpp.replace(",", "")) == pytest.approx(found.tpp[number], abs=0.51)
        assert found.launch_month[number] == launch_index(launch)
        computed = [
            found.h100e[number],
            found.memory_bandwidth_tb_s[number],
            found.power_kw[number],
            *found.effective[number],
            *found.effective_system[number],
            found.spread[number],
        ]
        shown = [float(cell.replace(",", "")) for cell in (h100e, bandwidth, power, *rest)]
        assert shown == pytest.approx(computed, abs=0.0051)

"""The outcome of both gates for every item of the catalogue on days between the turns of the rules, as a table.

The table is what the rules answered when it was written. A change of the law's content changes it, on purpose and in sight; a
change of how rules are written does not.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from countermove.hardware.catalogue import load_catalogue
from countermove.policy.checks import check

ROWS = list(csv.reader(Path(__file__).with_name("outcomes.csv").open(encoding="utf-8")))
DAYS = ROWS[0][2:]


def test_the_table_holds_every_chip_and_system() -> None:
    catalogue = load_catalogue()
    named = [(row[0], row[1]) for row in ROWS[1:]]
    assert named == [(name, government) for name in [*catalogue.chips, *catalogue.systems] for government in ("us", "cn")]


@pytest.mark.parametrize("rows", list(zip(ROWS[1::2], ROWS[2::2], strict=True)), ids=lambda rows: rows[0][0])
def test_an_item_answers_as_in_the_table(rows: tuple[list[str], list[str]]) -> None:
    found = [check(rows[0][0], on=day) for day in DAYS]
    for row, outcomes in zip(rows, ([one.us.outcome for one in found], [one.cn.outcome for one in found]), strict=True):
        differing = [(row[1], day, old, new) for day, old, new in zip(DAYS, row[2:], outcomes, strict=True) if old != new]
        assert not differing

"""A posterior is refused exactly when the simulated past, the fitted priors or the published values are no longer its own.

Every case edits a copy of the whole package, code and data, and asks the copy in a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import countermove

PACKAGE = Path(countermove.__file__).parent
LOAD = "from countermove.experiments.ensemble_key import load_ensemble; print(len(load_ensemble().scores))"
RESTAMP = "from countermove.inference.record import restamped; print(restamped())"

Edit = tuple[str, str, str, str]
"""File, text after which the first occurrence counts, what is replaced, and by what."""

MOVED: dict[str, tuple[list[Edit], str]] = {
    "what a package is made of": (
        [("data/chips/supply_inputs.yaml", "ascend-910c:\n", "hbm_stacks: {value: 8", "hbm_stacks: {value: 6")],
        "constants.hbm_stacks",
    ),
    "performance of a chip": (
        [("data/chips/huawei.yaml", "  ascend-910b:\n", "value: 353.9", "value: 300")],
        "constants.effective_chip",
    ),
    "a chip's software": (
        [("data/models/stacks.yaml", "huawei-cann-910:", "memory: {value: 0.841", "memory: {value: 0.8")],
        "constants.effective_chip",
    ),
    "when a product came on offer": (
        [("data/market/offers.yaml", "    h20:\n", 'from: "2024-01"', 'from: "2023-09"')],
        "monthly.on_sale",
    ),
    "a rule of 2025": (
        [("data/rules/us/bis/letters/h20-2025.yaml", "field: licence\n", "value: 0, state: denied", "value: 0.5, state: denied")],
        "monthly.licence",
    ),
    "a fitted prior": (
        [("data/parameters/demand.yaml", "legal_market_2022:", "high: 4.7", "high: 4.9")],
        "the prior of demand.legal_market_2022",
    ),
    "a published value": (
        [("data/series/idc-cards-all.csv", "", "2025,4000", "2025,4200")],
        "the published idc-cards-all 2025",
    ),
    "the error model": (
        [("outcomes/published_errors.py", "", "STRAY_CHANCE, STRAY_ERROR = 0.05, 1.5", "STRAY_CHANCE, STRAY_ERROR = 0.05, 1.6")],
        "the published error model",
    ),
    "an equation": (
        [("market/mechanisms/capacity.py", "def step", "s.capacity_extra + gained - worn", "s.capacity_extra + gained")],
        "the simulated ",
    ),
}
NEW_PARAMETER = """  capacity.further_factor:
    label: "A factor that is one"
    unit: "1"
    prior: {kind: fixed, value: 1}
    valid: [0, 2]
    basis: assumption
    note: "Assumption: one."
"""
SAME: dict[str, list[Edit]] = {
    "a comment in data": [("data/chips/supply_inputs.yaml", "", "supply:\n", "# A remark.\nsupply:\n")],
    "a docstring and a comment": [
        ("market/mechanisms/capacity.py", "", '"""Capacity beyond', '"""Better words. Capacity beyond'),
        ("market/mechanisms/capacity.py", "", "    aim = ", "    # Why.\n    aim = "),
    ],
    "terms in another order, a constant with another name": [
        ("market/mechanisms/capacity.py", "", "p.reinvestment_share * gap", "gap * p.reinvestment_share"),
        (
            "market/mechanisms/capacity.py",
            "",
            "delivered / (c.pool_cost * multiplier)",
            "delivered / c.cost_of_pool / multiplier",
        ),
        ("market/mechanisms/capacity.py", "constants=", '"pool_cost"', '"cost_of_pool"'),
        ("market/tables.py", "", "pool_cost=", "cost_of_pool="),
    ],
    "a new parameter with a fixed value that changes nothing": [
        ("data/parameters/capacity.yaml", "", "parameters:\n", "parameters:\n" + NEW_PARAMETER),
        ("market/mechanisms/capacity.py", "", "spending = market +", "spending = p.further_factor * market +"),
        ("market/mechanisms/capacity.py", "parameters=(", "(\n", '(\n        "further_factor",\n'),
    ],
    "odds of a reading that is not the likeliest": [
        ("data/gates/us.yaml", '"2026-01-13"', "trickle: 0.3, revoked: 0.1", "trickle: 0.2, revoked: 0.2")
    ],
    "the words of a rule": [("data/rules/us/bis/licensing/volume-cap-2026.yaml", "", "title: ", "title: Amended. ")],
    "when a product of later years comes on offer": [
        ("data/market/offers.yaml", "    rubin:\n", 'from: "2026-10"', 'from: "2027-01"')
    ],
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the package, which a process of its own imports in place of the installed one."""
    skipped = shutil.ignore_patterns("static", "posterior-fit.json", "hindcast-*")
    shutil.copytree(PACKAGE, tmp_path / "countermove", ignore=skipped)
    return tmp_path


def python(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the copy."""
    surroundings = os.environ | {"PYTHONPATH": str(tree), "XDG_CACHE_HOME": str(tree / "cache")}
    surroundings.pop("COUNTERMOVE_CACHE", None)
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=surroundings, cwd=tree, capture_output=True, text=True, check=False)


def edit(tree: Path, edits: list[Edit]) -> None:
    for name, after, old, new in edits:
        path = tree / "countermove" / name
        text = path.read_text(encoding="utf-8")
        begin = text.index(after)
        assert old in text[begin:], name
        path.write_text(text[:begin] + text[begin:].replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("what", MOVED)
def test_what_moves_the_past_or_the_likelihood_refuses_the_posterior(tree: Path, what: str) -> None:
    edits, part = MOVED[what]
    edit(tree, edits)
    found = python(tree, "-c", LOAD)
    assert found.returncode != 0, "used in silence"
    assert "made from another past" in found.stderr
    assert part in found.stderr
    assert "make ensemble" in found.stderr


def test_what_leaves_all_numbers_as_they_are_does_not(tree: Path) -> None:
    for edits in SAME.values():
        edit(tree, edits)
    chips = tree / "countermove/data/chips"
    (chips / "huawei.yaml").rename(chips / "ascend.yaml")
    found = python(tree, "-c", LOAD)
    assert (found.returncode, found.stdout) == (0, "4096\n"), found.stderr
    (answer,) = (tree / "cache/countermove/ensembles").iterdir()
    whole = answer.read_text(encoding="utf-8")
    answer.write_text(whole[:40], encoding="utf-8")
    assert python(tree, "-c", LOAD).returncode == 0
    assert answer.read_text(encoding="utf-8") == whole, "an answer cut short was believed"


def test_a_run_says_which_part_moved_and_what_to_do_and_doctor_reports_it(tree: Path) -> None:
    edit(tree, MOVED["what a package is made of"][0])
    run = python(tree, "-m", "countermove", "run", "h200-2026", "--draws", "8", "--out", str(tree / "out"))
    assert run.returncode == 2
    assert "constants.hbm_stacks" in run.stderr
    assert "--prior" in run.stderr
    prior = python(tree, "-m", "countermove", "run", "h200-2026", "--draws", "8", "--prior", "--out", str(tree / "out"))
    assert prior.returncode == 0, prior.stderr
    doctor = python(tree, "-m", "countermove", "doctor", "--no-run", "--out", str(tree / "out"))
    assert doctor.returncode == 1
    line = next(line for line in doctor.stdout.splitlines() if line.split()[1] == "posterior")
    assert line.startswith("problem")
    assert "constants.hbm_stacks" in line


def test_a_product_of_later_years_is_stamped_anew_without_a_fit_and_one_of_the_past_is_not(tree: Path) -> None:
    edit(tree, [("data/chips/supply_inputs.yaml", "ascend-960:\n", "hbm_stacks: {value: 8", "hbm_stacks: {value: 6")])
    assert "constants.hbm_stacks" in python(tree, "-c", LOAD).stderr
    assert python(tree, "-c", RESTAMP).stdout == "[]\n"
    assert python(tree, "-c", LOAD).returncode == 0
    edit(tree, MOVED["what a package is made of"][0])
    before = (tree / "countermove/data/ensembles/posterior.yaml").read_bytes()
    assert "the simulated " in python(tree, "-c", RESTAMP).stdout
    assert (tree / "countermove/data/ensembles/posterior.yaml").read_bytes() == before


def test_a_record_that_is_broken_or_of_another_ensemble_is_refused(tree: Path) -> None:
    edit(tree, SAME["a comment in data"])
    record = tree / "countermove/data/ensembles/posterior-past.json"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("1", "2", 1), encoding="utf-8")
    assert "not the record that the ensemble was stamped with" in python(tree, "-c", LOAD).stderr
    record.unlink()
    assert "cannot read it" in python(tree, "-c", LOAD).stderr

"""A small data tree that tests copy and bend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from countermove.evidence.ledger import Ledger, read_ledger

SOURCES = """schema: 1
sources:
  reuters-2026-01-14-customs:
    {title: Customs told the chip is not permitted, publisher: Reuters, published: "2026-01-14", url: "https://example.org/a",
     read_via: example.net, kind: press, side: us}
  mofcom-2026-01-20-answer:
    {title: Spokesperson on chip imports, publisher: Ministry of Commerce, published: "2026-01-20", url: "https://example.org/b",
     kind: official, side: cn}
  analyst-2025-stacks:
    {title: Memory stacks before the rule, publisher: Analyst, published: 2025, url: "https://example.org/c", kind: analyst,
     side: us, licence: CC BY 4.0}
"""
CLAIMS = """schema: 1
claims:
  customs-block:
    subject: policy.cn.h200.import
    says: The chip may not enter for now.
    period: {from: "2026-01-14", until: null}
    known: "2026-01-14"
    made_by: two people cited by Reuters
    relayed_by: [example.net]
    grade: B
    status: reported
    sources: [reuters-2026-01-14-customs]
  no-such-block:
    subject: policy.cn.h200.import
    says: There is no such block.
    period: "2026"
    known: "2026-01-20"
    made_by: a spokesperson
    grade: A
    status: position
    sources: [mofcom-2026-01-20-answer]
  stacks-samsung:
    {subject: supply.stacks, says: One maker sold 11.4M stacks., value: 11.4, unit: million stack, period: "2024", known: 2025,
     made_by: Analyst, grade: B, status: estimate, sources: [analyst-2025-stacks]}
  stacks-all:
    {subject: supply.stacks, says: All makers sold 13M stacks., value: 13, low: 12, high: 14, unit: million stack, period: "2024",
     known: 2025, made_by: Analyst, grade: B, status: estimate, sources: [analyst-2025-stacks]}
  stacks-per-package:
    {subject: hardware.stacks, says: Eight stacks a package., value: 8, unit: stack/package, period: {from: null}, known: 2025,
     made_by: Analyst, grade: B, status: reported, sources: [analyst-2025-stacks]}
  packages:
    {subject: supply.packages, says: The stacks are enough for 1.6M packages., value: 1625, unit: thousand package,
     period: "2024", known: 2025, made_by: derived, grade: C, status: estimate,
     derived: {formula: a / b, from: [stacks-all, stacks-per-package]}}
"""
PARAMETERS = """schema: 1
parameters:
  supply.hbm_stockpile:
    label: HBM stacks imported before December 2024
    unit: million stack
    prior: {kind: uniform, low: 11.4, high: 13.0}
    valid: [0, 40]
    basis: sourced
    sources: [{claim: stacks-samsung, supports: low}, {claim: stacks-all, supports: high}]
    note: two makers against all
  supply.yield:
    label: Yield of logic dies
    unit: "1"
    prior:
      kind: mixture
      components:
        - {weight: 3, prior: {kind: fixed, value: 0.2}}
        - {weight: 1, prior: {kind: normal, p5: 0.3, p95: 0.9}}
    valid: [0, 1]
    basis: assumption
"""
SERIES = """schema: 1
series:
  packages_sold:
    {label: Packages sold, unit: thousand package, definition: shipped to buyers, kind: flow, claim: packages, grade: C}
"""
CASE = """schema: 1
case: {title: A small case, question: Is it blocked?}
claims:
  C1: {claim: The chip is blocked., made_by: Reuters, status: contested, for: [customs-block], against: [no-such-block]}
"""
FILES = {
    "sources/all.yaml": SOURCES,
    "claims/all.yaml": CLAIMS,
    "parameters/supply.yaml": PARAMETERS,
    "parameters/correlations.yaml": "schema: 1\ncorrelations: []\n",
    "series/index.yaml": SERIES,
    "series/packages_sold.csv": "period,value,low,high,note\n2024Q1,300,250,350,first\n2024Q2,400,,,\n",
    "cases/small.yaml": CASE,
}

Plant = Callable[..., Path]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Return a function that writes the small tree, with files replaced, and returns its root."""

    def write(**replaced: str) -> Path:
        for name, text in FILES.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(replaced.get(path.parent.name if path.suffix != ".csv" else "table", text), encoding="utf-8")
        (tmp_path / "parameters/correlations.yaml").write_text(FILES["parameters/correlations.yaml"], encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def ledger(plant: Plant) -> Ledger:
    """Return the ledger of the small tree."""
    return read_ledger(plant())

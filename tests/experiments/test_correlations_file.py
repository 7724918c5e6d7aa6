"""The file of declared correlations: what it may hold, and how its mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.errors import CountermoveError
from countermove.experiments.correlations import Pair, load_correlations, read_correlations


def write(folder: Path, body: str) -> Path:
    """A correlations file."""
    path = folder / "correlations.yaml"
    path.write_text(body)
    return path


def test_pairs_are_read_in_order_and_grouped(tmp_path: Path) -> None:
    body = """
schema: 1
correlations:
  - {between: [supply.a, supply.b], rho: 0.5, basis: assumption, note: one cause}
  - {between: [demand.c, demand.d], rho: -0.2}
  - {between: [supply.b, supply.e], rho: 0.1}
"""
    found = read_correlations(write(tmp_path, body))
    assert found.pairs[0] == Pair("supply.a", "supply.b", 0.5)
    assert found.groups() == [("supply.a", "supply.b", "supply.e"), ("demand.c", "demand.d")]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("schema: 1\ncorrelations:\n  - {between: [a.b], rho: 0.5}\n", "between: \\[parameter, parameter\\]"),
        ("schema: 1\ncorrelations:\n  - {between: [a.b, c.d], rho: high}\n", "between: \\[parameter, parameter\\]"),
        ("schema: 1\ncorrelations:\n  - {between: [a.b, c.d], rho: 0.5, weight: 2}\n", "unknown keys: weight"),
        ("schema: 1\ncorrelations:\n  - {between: [a.b, c.d], rho: 1.5}\n", "1.5"),
        ("schema: 2\ncorrelations: []\n", "schema: 1"),
        ("schema: 1\ncorrelation: []\n", "unknown key 'correlation'"),
        ("schema: 1\ncorrelations: {a: b}\n", "a list"),
        ("- 1\n", "mapping"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, body: str, message: str) -> None:
    with pytest.raises(CountermoveError, match=message) as caught:
        read_correlations(write(tmp_path, body))
    assert "correlations.yaml" in str(caught.value)


def test_the_shipped_correlations_name_parameters() -> None:
    from countermove.evidence.ledger import load_parameters

    names = {name for pair in load_correlations().pairs for name in (pair.first, pair.second)}
    assert names <= set(load_parameters())

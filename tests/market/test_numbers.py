"""Numbers of the market are data: a literal in its code is 0, 1 or -1, or stands in numbers_that_stay.yaml with its reason.

Named constants count too. A number that states something about the world belongs in data/parameters or data/market, with its
source or the word assumption.
"""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

import countermove
from countermove.evidence.ledger import load_ledger
from countermove.evidence.strict_yaml import load
from countermove.outcomes.money import CNY_PER_USD

CODE = Path(countermove.__file__).parent
ROOMS = ("market", "outcomes")
STAYS = load(Path(__file__).with_name("numbers_that_stay.yaml"))
PLAIN = (0, 1)
"""Numbers that need no reason; -1 is written as minus 1."""

BEFORE = 343
"""Numbers in both rooms before those that state something about the world became data."""


class Place(NamedTuple):
    """A number in a function, method or module constant."""

    file: str
    name: str
    value: float


def numbers(source: str, file: str) -> list[Place]:
    """Every numeric literal of a source, by the innermost function, or by the module constant that holds it."""
    found: list[Place] = []

    def walk(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = name
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = child.name
            elif name == "module" and isinstance(child, ast.Assign | ast.AnnAssign):
                inner = ast.unparse(child.targets[0] if isinstance(child, ast.Assign) else child.target)
            if isinstance(child, ast.Constant) and type(child.value) in (int, float) and child.value not in PLAIN:
                found.append(Place(file, inner, float(child.value)))
            walk(child, inner)

    walk(ast.parse(source), "module")
    return found


def numbers_of_the_rooms() -> Counter[Place]:
    paths = [path for room in ROOMS for path in sorted((CODE / room).rglob("*.py"))]
    return Counter(
        place for path in paths for place in numbers(path.read_text(encoding="utf-8"), path.relative_to(CODE).as_posix())
    )


def allowed() -> Counter[Place]:
    """What the allow-list lets stay; a number that stands twice in a function is listed twice."""
    return Counter(
        Place(file, name, float(value))
        for group in STAYS.data["stays"]
        for file, names in group["where"].items()
        for name, values in names.items()
        for value in values
    )


def shown(places: Counter[Place]) -> str:
    return "\n".join(f"  {place.file} {place.name}: {place.value:g} (x{count})" for place, count in sorted(places.items()))


def test_every_number_that_stays_in_the_code_has_a_reason() -> None:
    found, listed = numbers_of_the_rooms(), allowed()
    print(f"\n{BEFORE} numbers in {' and '.join(ROOMS)} before, {found.total()} now, for {len(STAYS.data['stays'])} reasons")
    new = found - listed
    assert not new, f"make these parameters or tables, or give a reason in numbers_that_stay.yaml:\n{shown(new)}"


def test_the_list_of_numbers_that_stay_is_true() -> None:
    gone = allowed() - numbers_of_the_rooms()
    assert not gone, f"no longer in the code, take them off the list:\n{shown(gone)}"
    reasons = [group["reason"] for group in STAYS.data["stays"]]
    assert len(set(reasons)) == len(reasons)
    assert all(set(group) == {"reason", "where"} and len(group["reason"]) > 10 for group in STAYS.data["stays"])


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("LIMIT = 0.25", Place("f", "LIMIT", 0.25)),
        ("LIMIT: float = 0.25", Place("f", "LIMIT", 0.25)),
        ("A, B = 1, 45.0", Place("f", "(A, B)", 45.0)),
        ("def f(x=3):\n    return x", Place("f", "f", 3.0)),
        ("class C:\n    def step(self):\n        return -2.5", Place("f", "step", 2.5)),
        ("def f(c):\n    def g():\n        return c[:7]\n    return g", Place("f", "g", 7.0)),
        ("print(f'{6.656}')", Place("f", "module", 6.656)),
    ],
)
def test_a_hidden_number_is_found(source: str, place: Place) -> None:
    assert numbers(source, "f") == [place]


def test_what_is_no_number_of_the_world_is_left_alone() -> None:
    assert numbers("x = (0, 1, -1, 0.0, 1.0, True, '7')  # 7\ndef f():\n    '''7'''", "f") == []


def test_the_exchange_rate_of_the_outcomes_is_that_of_the_ledger() -> None:
    claim = load_ledger().claims["cny-per-usd-2024-2026"]
    assert claim.low is not None
    assert claim.value is not None
    assert claim.high is not None
    assert claim.low < CNY_PER_USD < claim.high
    assert pytest.approx(claim.value, rel=0.005) == CNY_PER_USD

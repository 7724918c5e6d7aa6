"""Months are stepped in two places, and JAX is fed in one way: docs/decisions/0080."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

import countermove

CODE = Path(countermove.__file__).parent
BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

BEFORE = (
    "market/simulate.py simulate_months",
    "market/simulate.py _with_jax",
    "market/engines/jax_engine.py",
    "market/engines/live_program.py",
    "inference/history_model.py",
    "strategy/rollout.py",
    "web/stepping.py",
)
"""Where months were stepped, each with a loop of its own."""

LOOPS = {
    "market/simulate.py simulate_months": "the reference: a plain loop on NumPy",
    "market/engines/months.py walk": "the compiled loop that every program shares",
}
ONE_MONTH = {
    "market/engines/months.py month": "one month while a program is traced, for `walk`",
    "desk/causes.py series_reads": "one month of invented stocks, to see what feeds what",
    "benchmarks/latency.py counted_operations": "counts operations with a namespace of its own in NumPy's place",
}
"""Other callers of a month, and why they are no loop that results come from."""

OTHER_LOOPS = {
    "market/engines/settled.py cumulated": "a running sum, because XLA's uses no vector instructions",
    "market/engines/traced.py accumulated_along": "a series of inputs in which every entry hangs on the one before",
    "benchmarks/stock_flow.py with_jax": "a small model of four stocks, to compare with PySD",
    "benchmarks/gpu/__main__.py limits": "exponentials, to measure the machine",
}
"""Compiled loops over something else than the market's months."""


class Call(NamedTuple):
    """A call in a function of a file."""

    place: str
    name: str
    node: ast.Call


def calls(path: Path, root: Path) -> list[Call]:
    """Every call of an attribute or name, by the outermost function or method around it."""
    found: list[Call] = []
    file = path.relative_to(root).as_posix()

    def walk(node: ast.AST, function: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = child.name if isinstance(child, ast.FunctionDef) and not function else function
            if isinstance(child, ast.Call):
                name = child.func.attr if isinstance(child.func, ast.Attribute) else getattr(child.func, "id", "")
                found.append(Call(f"{file} {function}".strip(), name, child))
            walk(child, inner)

    walk(ast.parse(path.read_text(encoding="utf-8")), "")
    return found


@pytest.fixture(scope="module")
def every_call() -> list[Call]:
    found = [call for path in sorted(CODE.rglob("*.py")) for call in calls(path, CODE)]
    assert len(found) > 10_000
    return found + [call for path in sorted(BENCHMARKS.rglob("*.py")) for call in calls(path, BENCHMARKS.parent)]


def test_months_are_stepped_by_the_reference_and_by_one_compiled_loop(every_call: list[Call]) -> None:
    month = {call.place for call in every_call if call.name == "month"}
    loops = {call.place for call in every_call if call.name in ("scan", "fori_loop", "while_loop")}
    print(f"\nloops over months: {len(BEFORE)} before, {len(LOOPS)} now: {', '.join(LOOPS)}")
    print(f"other compiled loops: {', '.join(sorted(loops - LOOPS.keys()))}")
    assert month == {*LOOPS, *ONE_MONTH}
    assert loops - LOOPS.keys() == set(OTHER_LOOPS)


def test_jax_is_fed_through_traced_arrays_alone(every_call: list[Call]) -> None:
    """No function takes `jax.numpy` as its namespace: equations are given NumPy, which hands traced arrays over."""

    def is_jax_numpy(node: ast.expr) -> bool:
        return ast.unparse(node) in ("jnp", "jax.numpy", "self._jax.numpy")

    given = [
        call.place
        for call in every_call
        if not call.place.startswith("benchmarks/stock_flow.py") and call.name != "getattr"
        if any(is_jax_numpy(one) for one in (*call.node.args, *(word.value for word in call.node.keywords)))
    ]
    assert given == []

"""No module imports another that comes back to it: at the top of a file, inside a function, or for its types alone."""

from __future__ import annotations

import grimp
import pytest


def circles(importers: dict[str, frozenset[str]]) -> list[list[str]]:
    """Return groups of modules that reach each other (Tarjan's strongly connected components), each sorted."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        stack.append(module)
        for other in sorted(importers[module]):
            if other not in number:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], number[other])
        if lowest[module] == number[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                found.append(sorted(group))

    for module in sorted(importers):
        if module not in number:
            visit(module)
    return sorted(found)


def test_modules_import_each_other_in_no_circle() -> None:
    graph = grimp.build_graph("countermove", cache_dir=None)
    assert len(graph.modules) > 300
    assert circles({module: frozenset(graph.find_modules_directly_imported_by(module)) for module in graph.modules}) == []


@pytest.mark.parametrize(
    ("importers", "expected"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}, "c": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": {"d"}}, [["a", "b", "c"], ["d", "e"]]),
    ],
)
def test_circles_are_found(importers: dict[str, set[str]], expected: list[list[str]]) -> None:
    assert circles({name: frozenset(others) for name, others in importers.items()}) == expected

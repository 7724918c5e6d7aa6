"""Checks do their reading once: a second check opens no file, and arrays are checked without a loop over items.

How fast they are is printed by `python benchmarks/policy.py`; a busy machine must not fail a test.
"""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from countermove.policy.check_arrays import check_many
from countermove.policy.checks import check


def test_a_second_check_opens_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    check("h200-sxm", to="cn", on="2026-02-01")

    def refuse(*arguments: Any, **options: Any) -> None:
        raise AssertionError(f"a file was opened: {arguments[0]}")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    check("h200-sxm", to="cn", on="2026-02-01")


def test_arrays_are_checked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of Python calls does not grow with the number of items."""

    def calls(count: int) -> int:
        import sys

        columns = {name: np.full(count, value) for name, value in (("tpp", 16_000.0), ("die_mm2", 814.0))}
        counted = 0

        def count_call(frame: Any, event: str, argument: Any) -> None:
            nonlocal counted
            counted += event == "call"

        sys.setprofile(count_call)
        try:
            check_many(columns, on="2026-02-01", exporter="nvidia")
        finally:
            sys.setprofile(None)
        return counted

    check_many({"tpp": np.ones(2), "die_mm2": np.ones(2)}, on="2026-02-01", exporter="nvidia")
    assert calls(10_000) == calls(10)

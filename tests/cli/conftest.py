"""The command line run in this process, with the toy market of the experiments' tests behind it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from countermove.cli.app import main

_spec = importlib.util.spec_from_file_location("toy_market", Path(__file__).parents[1] / "experiments" / "conftest.py")
assert _spec is not None
assert _spec.loader is not None
_toy_market = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_toy_market)
toy = _toy_market.toy


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run `countermove ARGUMENTS...` and return its exit code and what it printed."""

    def call(*arguments: str) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        printed = capsys.readouterr()
        return Outcome(int(stopped.value.code or 0), printed.out, printed.err)

    return call

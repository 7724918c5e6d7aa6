"""One small run per kind, shared by all tests of the desk: 64 draws of the real model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from countermove import api
from countermove.cli.app import main
from countermove.experiments.result import Comparison, Result

DRAWS = 64


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run `countermove ARGUMENTS...` in this process."""

    def call(*arguments: str) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        printed = capsys.readouterr()
        return Outcome(int(stopped.value.code or 0), printed.out, printed.err)

    return call


@pytest.fixture(scope="session")
def result() -> Result:
    return api.run("h200-2026", draws=DRAWS)


@pytest.fixture(scope="session")
def stored_run(tmp_path_factory: pytest.TempPathFactory, result: Result) -> Path:
    """A run directory as `countermove run --out` writes it, with monthly quantiles but without a report."""
    from countermove.experiments.store import write

    folder = tmp_path_factory.mktemp("runs") / "one"
    return write(api.run("h200-rule+necessity", draws=DRAWS, periods=("year", "quarter"), monthly=True), folder)


@pytest.fixture(scope="session")
def stored_comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from countermove.experiments.store import write

    comparison = api.compare(["no-h200", "open-h200+open"], draws=DRAWS)
    assert isinstance(comparison, Comparison)
    return write(comparison, tmp_path_factory.mktemp("runs") / "two")


@pytest.fixture(scope="session")
def claims_table() -> dict[str, Any]:
    return api.claims("h200-2026", draws=DRAWS)

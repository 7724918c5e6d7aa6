"""The made-up report that the tests of this room share, rendered once."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from countermove.reports.model import ReportInput
from countermove.reports.report import render


def _specimen_module() -> ModuleType:
    """Load `specimen.py`, which sits beside the tests and is no part of the package."""
    name = "countermove_test_specimen"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("specimen.py"))
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def specimens() -> dict[int, ReportInput]:
    """The made-up report with one, two and four scenarios."""
    return {count: _specimen_module().specimen(count) for count in (1, 2, 4)}


@pytest.fixture(scope="session")
def report(specimens: dict[int, ReportInput]) -> ReportInput:
    """The made-up report with a baseline and three alternatives."""
    return specimens[4]


@pytest.fixture(scope="session")
def pages(specimens: dict[int, ReportInput]) -> dict[int, str]:
    """The rendered pages by number of scenarios."""
    return {count: render(report) for count, report in specimens.items()}


@pytest.fixture(params=[1, 2, 4], ids=lambda n: f"{n}-scenarios")
def page(request: pytest.FixtureRequest, pages: dict[int, str]) -> str:
    """One rendered page, for each number of scenarios."""
    return pages[request.param]

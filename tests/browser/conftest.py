"""A headless Chromium for the tests of pages; without one they are skipped, unless REQUIRE_ALL=1 says that none may be."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

INSTALL = "apt-get install -y chromium fonts-dejavu-core fonts-liberation && pip install playwright"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REPORTS = Path(__file__).parents[1] / "reports"


def missing(what: str) -> None:
    """Skip with the line that installs what is missing, or fail where every test must run."""
    message = f"{what} is missing: {INSTALL}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("Playwright")
        raise
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def report_files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Made-up reports with one, two and four scenarios, written as files."""
    from countermove.reports.report import write_page

    name = "countermove_test_specimen"
    spec = importlib.util.spec_from_file_location(name, REPORTS / "specimen.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("reports")
    return {n: write_page(module.specimen(n), folder / f"{n}" / "report.html") for n in (1, 2, 4)}

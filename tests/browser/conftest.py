"""A headless Chromium, and the app in it; without one the tests of pages are skipped, unless REQUIRE_ALL=1 says otherwise."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
READY = ".screen[data-draws='64'], .screen[data-draws='256'], [data-ready]"
Open = Callable[..., Any]
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
def app_server() -> Any:
    """The module that starts a server of the app."""
    spec = importlib.util.spec_from_file_location("countermove_app_server", Path(__file__).with_name("app_server.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def address(browser: Any, app_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with app_server.served(tmp_path_factory.mktemp("data")) as found:
        yield found


@pytest.fixture
def open_app(browser: Any, address: str) -> Iterator[Open]:
    """Open a page at a hash and a size; at the end no page may have asked another machine or written an error."""
    contexts, strangers, errors = [], [], []

    def opened(link: str = "", *, width: int = 1440, height: int = 900, wait: str = READY) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: strangers.append(request.url) if not _local(request.url) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" and "favicon" not in said.text else None)
        page.goto(address + link)
        page.wait_for_selector(wait)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not strangers
    assert not errors


def _local(url: str) -> bool:
    return urlsplit(url).scheme in ("data", "blob") or urlsplit(url).hostname == "127.0.0.1"


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

"""Links in Chromium: those of every release open, and one with a part that does not fit shows why, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

LINKS = Path(__file__).parents[2] / "frontend" / "tests" / "links.json"
Open = Callable[..., Any]


def refined(page: Any) -> list[str]:
    """Wait until what is asked for is shown with all draws, and return its lines."""
    page.wait_for_selector(".screen[data-draws='256']")
    return medians(page)


def medians(page: Any) -> list[str]:
    return list(page.locator("path.median").evaluate_all("paths => paths.map((path) => path.getAttribute('d'))"))


@pytest.mark.parametrize("one", json.loads(LINKS.read_text(encoding="utf-8")), ids=lambda one: str(one["name"]))
def test_links_of_earlier_releases_open(open_app: Open, one: dict[str, Any]) -> None:
    page = open_app(one["link"])
    assert page.locator("[role=alert]").count() == 0


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("#v1&l.washington.duty=2026-11:0.1,garbage,2028-01=0.3", "l.washington.duty: 'garbage' is no step of a schedule"),
        ("#v1&l.washington.duty=0.1&mystery=1", "mystery: 'mystery' is no part of a link"),
        ("#v9", "a link of version 'v9'"),
    ],
)
def test_a_link_with_a_part_that_does_not_fit_shows_why_and_nothing_else(open_app: Open, link: str, said: str) -> None:
    page = open_app(link, wait="[data-refused]")
    assert page.get_by_role("alert").inner_text().startswith(said)
    assert page.locator("svg.fan, .headline, .levers, header").count() == 0
    page.get_by_role("button", name="Go on without this link").click()
    assert refined(page)
    assert page.url.endswith("#v1")
    assert page.get_by_role("alert").count() == 0


def test_a_refused_link_in_an_open_app_leaves_what_was_shown_one_step_back(open_app: Open) -> None:
    page = open_app("#v1&l.washington.duty=0.1")
    before = refined(page)
    page.evaluate("location.hash = '#v1&l.washington.duty=0.1,oops:1'")
    page.wait_for_selector("[data-refused]")
    page.go_back()
    page.wait_for_selector("[data-refused]", state="detached")
    assert page.url.endswith("#v1&l.washington.duty=0.1")
    assert refined(page) == before


def test_a_link_with_a_name_that_does_not_exist_shows_no_numbers_of_another(browser: Any, address: str) -> None:
    # In a page of its own: Chromium writes every answer that is no 200 to the console, where other tests find no error.
    page = browser.new_page()
    page.goto(address)
    assert refined(page)
    page.evaluate("location.hash = '#v1&l.washington.dutty=0.1'")
    page.get_by_role("alert").filter(has_text="did you mean 'washington.duty'?").wait_for()
    assert medians(page) == []
    page.close()

"""The report in a real browser: it loads nothing, fits the screen and the page, and can be read and operated by anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

Open = Callable[..., Any]

# Contrast of every visible text with the ground behind it (WCAG 2.2): (lighter + 0.05) / (darker + 0.05).
CONTRAST = """() => {
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const numbers = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = numbers(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const words = walker.currentNode.textContent.trim();
    if (!words || !e.checkVisibility() || ["SCRIPT", "STYLE", "title", "desc"].includes(e.tagName)) continue;
    const style = getComputedStyle(e);
    const colour = e instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(numbers(colour)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push([words.slice(0, 40), colour, Math.round(ratio * 100) / 100]);
  }
  return low;
}"""

# Words in figures that leave the figure, and pairs of words that cover each other.
CROWDED = """() => {
  const faults = [];
  for (const svg of document.querySelectorAll("figure svg")) {
    const frame = svg.viewBox.baseVal;
    const boxes = [...svg.querySelectorAll("text")].map(t => [t.textContent, t.getBBox()]);
    for (const [words, b] of boxes)
      if (b.x < -1 || b.y < -1 || b.x + b.width > frame.width + 1 || b.y + b.height > frame.height + 1)
        faults.push([svg.id, "leaves the figure", words]);
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([two, b]) => {
      const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      if (across > 1 && down > 4) faults.push([svg.id, "overlap", one, two]);
    }));
  }
  return faults;
}"""


@pytest.fixture
def opened(browser: Any, report_files: dict[int, Path]) -> Iterator[Open]:
    """Open a report; every request to anything but the file itself fails the test, as does an error on the console."""
    contexts = []
    requests: list[str] = []
    errors: list[str] = []

    def open_report(count: int = 4, width: int = 1440, height: int = 900, script: bool = True, scheme: str = "light") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(report_files[count].as_uri())
        return page

    yield open_report
    for context in contexts:
        context.close()
    own = {path.as_uri() for path in report_files.values()}
    outside = [u for u in requests if u.partition("#")[0] not in own and not u.startswith("data:")]
    assert outside == [], "the report asked for something outside its own file"
    assert errors == []


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("width", [1440, 1024, 768, 390])
def test_the_page_never_scrolls_sideways(opened: Open, count: int, width: int) -> None:
    page = opened(count, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("count", [1, 2, 4])
def test_words_in_figures_stay_inside_and_apart(opened: Open, count: int) -> None:
    assert opened(count).evaluate(CROWDED) == []


def test_the_check_for_crowded_words_finds_what_it_looks_for(opened: Open) -> None:
    page = opened()
    page.evaluate("document.querySelector('figure svg[role=img] text').setAttribute('x', '-30')")
    page.evaluate(
        "const t = document.querySelectorAll('figure svg[role=img]')[1].querySelector('text'); t.after(t.cloneNode(true))"
    )
    assert {fault[1] for fault in page.evaluate(CROWDED)} == {"leaves the figure", "overlap"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_against_its_ground(opened: Open, scheme: str) -> None:
    page = opened(scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_a_click_on_a_number_leads_to_its_definition(opened: Open) -> None:
    page = opened()
    link = page.locator(".headline a.n").nth(3)
    target = link.get_attribute("href")
    link.click()
    heading = page.locator(target)
    page.wait_for_function(
        "t => { const b = document.querySelector(t).getBoundingClientRect(); return b.top >= 0 && b.top < 900; }", arg=target
    )
    assert heading.is_visible()
    assert page.url.endswith(target)


def test_a_definition_leads_on_to_parameters_and_sources(opened: Open) -> None:
    page = opened()
    page.locator(".card a[href^='#assumption-']").first.click()
    row = page.locator("tr:target")
    assert row.is_visible()
    row = page.locator("tr[id^='assumption-']", has=page.locator("a[href^='#source-']")).first
    row.locator("a[href^='#source-']").first.click()
    assert page.locator("tr:target").locator("a[href^='https://']").count() == 1


def test_the_first_tab_stop_skips_to_the_content(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_the_tables_of_values_open_with_one_button_and_by_keyboard(opened: Open) -> None:
    page = opened()
    tables = page.locator("details.values")
    assert tables.count() >= 5
    page.get_by_role("button", name="Open all tables of values").focus()
    page.keyboard.press("Enter")
    assert page.locator("details.values[open]").count() == tables.count()
    page.get_by_role("button", name="Close all tables of values").click()
    assert page.locator("details.values[open]").count() == 0


def test_without_javascript_everything_is_there_and_tables_still_open(opened: Open) -> None:
    page = opened(script=False)
    assert page.locator("main > section").count() >= 10
    assert page.locator("button").count() == 0
    page.locator("details.values summary").first.click()
    assert page.locator("details.values[open] table").first.is_visible()


def test_every_figure_has_a_name_and_a_description_for_screen_readers(opened: Open) -> None:
    page = opened()
    figures = page.get_by_role("img")
    assert figures.count() == page.locator("figure svg[role=img]").count()
    names = page.evaluate(
        "[...document.querySelectorAll('figure svg[role=img]')].map(s => s.getAttribute('aria-labelledby').split(' ')"
        ".map(i => document.getElementById(i).textContent).join(' '))"
    )
    assert all(len(name) > 30 for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("width", [1440, 390])
def test_words_in_figures_are_large_enough_to_read(opened: Open, width: int) -> None:
    smallest = opened(width=width).evaluate(
        "Math.min(...[...document.querySelectorAll('figure svg text')].map(t => parseFloat(getComputedStyle(t).fontSize)"
        " * t.ownerSVGElement.getBoundingClientRect().width / t.ownerSVGElement.viewBox.baseVal.width))"
    )
    assert smallest >= (10.5 if width == 1440 else 7.5)


def test_a_printed_page_cuts_no_figure_and_hides_what_only_a_screen_needs(opened: Open) -> None:
    page = opened(width=680)
    page.emulate_media(media="print")
    uncut = page.evaluate(
        "[...document.querySelectorAll('figure, .card, .answer, tbody tr')]"
        ".every(e => getComputedStyle(e).breakInside === 'avoid')"
    )
    assert uncut
    assert page.evaluate("getComputedStyle(document.querySelector('nav.contents')).display") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('details.values')).display") == "none"
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    tallest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('figure, .path')].map(e => e.getBoundingClientRect().height))"
    )
    assert tallest < 940  # an A4 page with our margins holds 1,005 pixels


def test_the_page_prints_to_a4(opened: Open, tmp_path: Path) -> None:
    page = opened()
    target = tmp_path / "report.pdf"
    page.pdf(path=str(target), prefer_css_page_size=True)
    data = target.read_bytes()
    assert data.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in data or b"/MediaBox [0 0 595" in data

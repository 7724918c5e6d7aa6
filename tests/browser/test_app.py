"""The app in Chromium: levers, charts, undo, links, downloads, jobs, keyboard and names."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
AXE = HERE.parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
VIEWS = ("simulator", "compare", "game", "gates", "substitute", "case", "assumptions", "sources", "validation")
DUTY = "Charge on each sale"
SMALLEST = """Math.min(...[...document.querySelectorAll('#app *')]
  .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
READY = ".screen[data-draws='64'], .screen[data-draws='256'], [data-ready]"
Open = Callable[..., Any]


def settled(page: Any) -> int:
    """Wait until the charts show the newest state, and return its number."""
    page.wait_for_selector(".screen")
    for _ in range(200):
        seen, wanted = page.locator(".screen").evaluate("one => [Number(one.dataset.seq), Number(one.dataset.wanted)]")
        if seen == wanted:
            return int(seen)
        page.wait_for_timeout(50)
    raise AssertionError("the charts never caught up")


def medians(page: Any) -> list[str]:
    return list(page.locator("path.median").evaluate_all("paths => paths.map((path) => path.getAttribute('d'))"))


def refined(page: Any) -> list[str]:
    """Wait until the newest state is shown with all draws, and return its lines."""
    settled(page)
    page.wait_for_selector(".screen[data-draws='256']")
    return medians(page)


def after(page: Any, act: Callable[[], object]) -> None:
    """Do something that changes the result, and wait for its charts."""
    before = settled(page)
    act()
    page.wait_for_selector(f".screen:not([data-wanted='{before}'])", state="attached")
    settled(page)


def test_the_main_screen_fits_1440_by_900_and_shows_everything(open_app: Open) -> None:
    page = open_app()
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    )
    assert page.locator(".levers input[type=range]").count() == 12
    assert page.locator(".side.us input").count() == 7
    assert page.locator(".headline .number").count() == 4
    assert page.locator(".chart.large svg.fan").count() == 2
    assert page.locator(".chart svg.fan").count() == 8
    footer = page.locator("footer").bounding_box()
    assert footer["y"] + footer["height"] <= 900.5


def test_every_lever_has_a_name_a_real_unit_and_a_tick_at_the_baseline(open_app: Open) -> None:
    page = open_app()
    for slider in page.locator(".levers input[type=range]").all():
        text = slider.get_attribute("aria-valuetext")
        assert re.search(r"%|TPP|bn|×|open|bundled|review|ban|none|rules|memory|service|limit|of 1", text), text
        assert "baseline" in text
        name = slider.evaluate("one => one.labels[0].textContent")
        assert page.get_by_role("slider", name=name, exact=True).count() == 1
    assert page.locator(".levers .tick").count() == 12


def test_moving_a_lever_by_key_moves_the_charts(open_app: Open) -> None:
    page = open_app()
    before = medians(page)
    gate = page.get_by_label("Import gate", exact=True)
    gate.focus()
    after(page, lambda: page.keyboard.press("Home"))
    assert gate.get_attribute("aria-valuetext").startswith("open")
    assert medians(page) != before
    assert "beijing.import_gate=0" in page.url
    assert page.locator(".lever.changed").count() == 1
    assert "against baseline" in page.locator(".headline .difference").first.inner_text()


def test_a_lever_can_be_dragged_with_the_mouse(open_app: Open) -> None:
    page = open_app()
    box = page.get_by_label("Import gate", exact=True).bounding_box()
    before, start = medians(page), settled(page)
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.79, y)
    page.mouse.down()
    for share in (0.6, 0.4, 0.2, 0.05):
        page.mouse.move(box["x"] + box["width"] * share, y)
        page.wait_for_selector(f".screen:not([data-seq='{start}'])", state="attached")
    page.mouse.up()
    settled(page)
    assert medians(page) != before
    assert page.get_by_role("button", name="Undo").is_enabled()
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_role("button", name="Undo").is_disabled(), "one drag is one change"


def test_undo_redo_replay_and_the_two_resets(open_app: Open) -> None:
    page = open_app()
    duty = page.get_by_label(DUTY, exact=True)
    first = duty.input_value()
    duty.focus()
    after(page, lambda: page.keyboard.press("End"))
    moved = refined(page)
    after(page, lambda: page.keyboard.press("Control+z"))
    assert duty.input_value() == first
    after(page, lambda: page.get_by_role("button", name="Redo").click())
    assert duty.input_value() == "100"
    assert refined(page) == moved
    page.get_by_role("button", name="Replay").click()
    page.wait_for_selector(f"#lever-washington\\.duty[aria-valuetext^='{first}%']")
    page.wait_for_selector("#lever-washington\\.duty[aria-valuetext^='100%']")
    assert refined(page) == moved
    assert page.get_by_role("button", name="Reset assumptions").is_disabled()
    after(page, lambda: page.get_by_role("button", name="Reset policies").click())
    assert duty.input_value() == first
    page.go_back()
    page.wait_for_selector("#lever-washington\\.duty[aria-valuetext^='100%']")


def test_a_shared_link_opens_the_same_screen_elsewhere(open_app: Open, address: str) -> None:
    page = open_app()
    page.get_by_role("combobox", name="Scenario").select_option("h200-rule")
    page.get_by_label("Beijing's answer").select_option("ban")
    page.get_by_label("Enforcement against diversion", exact=True).focus()
    page.keyboard.press("End")
    page.get_by_label("Periods").select_option("year")
    page.get_by_label("Numbers for").select_option("2030")
    settled(page)
    other = open_app(page.url.removeprefix(address))
    page.wait_for_selector(".screen[data-draws='256']")
    other.wait_for_selector(".screen[data-draws='256']")
    assert medians(other) == medians(page)
    assert other.locator(".headline").all_inner_texts() == page.locator(".headline").all_inner_texts()


def test_the_drawer_has_the_definition_the_anchor_and_the_schedule(open_app: Open) -> None:
    page = open_app()
    page.get_by_role("button", name="Details of Import gate").click()
    drawer = page.get_by_role("dialog")
    for text in (
        "Strictness towards foreign AI chips",
        "Legal anchors and sources",
        "Schedule over time",
        "Modes and limits",
        "Status quo",
    ):
        assert text in drawer.inner_text()
    after(page, lambda: drawer.get_by_label("Instrument").select_option("bundled"))
    drawer.get_by_label("to", exact=True).fill("0")
    after(page, lambda: drawer.get_by_role("button", name="Add step").click())
    assert "Jan 2028" in drawer.inner_text()
    page.keyboard.press("Escape")
    assert "beijing.import_gate.mode=bundled" in page.url
    assert "2028-01:0" in page.url


def test_the_keyboard_alone_reaches_every_control(open_app: Open) -> None:
    page = open_app()
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button:not(:disabled), select, input, summary')]"
        ".filter((one) => one.checkVisibility()).map((one, n) => (one.dataset.tab = String(n)))"
    )
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.tab"))
    assert set(wanted) <= reached


def test_downloads_equal_what_the_api_gives(open_app: Open, address: str) -> None:
    page = open_app("#v1&p=h200-rule%2Bban&by=year")
    page.locator("summary", has_text="Download").click()
    for name, path in (("Numbers, CSV", "data.csv"), ("Numbers, JSON", "data.json")):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        found = Path(download.value.path()).read_bytes()
        with urllib.request.urlopen(f"{address}{path}?v1&p=h200-rule%2Bban&by=year") as answer:  # noqa: S310
            direct = answer.read()
        if path.endswith("json"):
            one, other = json.loads(found), json.loads(direct)
            assert (one["outcomes"], one["differences"]) == (other["outcomes"], other["differences"])
        else:
            assert found == direct
    for name, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.get_by_role("button", name=re.compile(f"^{name} of")).first.click()
        assert Path(download.value.path()).read_bytes().startswith(start)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_its_own_address_and_nothing_fails_in_it(open_app: Open, view: str) -> None:
    page = open_app(f"#v1&view={view}")
    assert page.locator("nav a[aria-current=page]").count() == 1
    assert page.locator("[role=alert]").count() == 0
    assert page.title().endswith("· Countermove")


def test_compare_shows_both_scenarios_and_their_difference(open_app: Open) -> None:
    page = open_app("#v1&view=compare&p=h200-rule%2Bopen&bp=h200-rule%2Bban")
    assert page.locator("svg.fan").count() == 24
    page.get_by_role("button", name="Swap A and B").click()
    page.wait_for_url("**p=h200-rule%2Bban*bp=h200-rule%2Bopen*")


def test_validation_has_its_four_parts_and_a_link_to_each(open_app: Open) -> None:
    page = open_app("#v1&view=validation")
    assert [heading.split(".")[0] for heading in page.locator("h2").all_inner_texts()] == ["1", "2", "3", "4"]
    assert "The gate is not passed" in page.locator("section").inner_text()
    assert page.locator(".card.fit svg[role=img]").count() > 3
    assert "inside the model's 90% band" in page.locator("section").inner_text()
    for tier in ("Exact", "Bracketed", "Claim only"):
        assert page.locator("h3.tier", has_text=tier).count() == 1
    assert page.get_by_text("Does not close").count() > 0
    deep = open_app("#v1&view=validation&item=reproductions/ifp-b30a")
    deep.wait_for_function("scrollY > 300")
    assert deep.locator("article:focus").get_attribute("id") == "reproductions/ifp-b30a"


def test_a_hindcast_can_be_chosen_and_is_in_the_link(open_app: Open) -> None:
    page = open_app("#v1&view=validation&item=hindcast/2024-12-strict-unconditional")
    assert "unconditional" in page.locator("label", has_text="Gates").locator("select").input_value()
    page.locator("label", has_text="Show").locator("select").select_option("2026-01-latest")
    assert "item=hindcast/2026-01-latest-unconditional" in page.url
    assert "Prediction of 2026" in page.locator("section").inner_text()


def test_assumptions_can_be_ordered_by_what_was_learnt(open_app: Open) -> None:
    page = open_app("#v1&view=assumptions")
    assert "after calibration" in page.locator("section").inner_text()
    page.get_by_role("button", name="Learnt").click()
    shown = page.locator(".assumed tbody tr td:nth-child(4)").all_inner_texts()
    learnt = [int(text.rstrip("%").replace("\u2212", "-")) for text in shown if text != "\u2013"]
    assert learnt == sorted(learnt, reverse=True)
    assert shown[len(learnt) :] == ["\u2013"] * (len(shown) - len(learnt))


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_scrolls_sideways_on_a_phone(open_app: Open, view: str) -> None:
    page = open_app(f"#v1&view={view}", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_search_finds_a_number_and_shows_who_says_so(open_app: Open) -> None:
    page = open_app("#v1&view=sources")
    page.get_by_label("Search numbers, claims and sources").fill("hbm stacks imported")
    page.get_by_role("button", name="HBM stacks imported by December 2024").click()
    page.wait_for_selector("aside")
    assert "SemiAnalysis" in page.locator("aside").inner_text()
    assert "item=parameters/supply.hbm_imports" in page.url


def test_an_assumption_can_be_set_and_reset(open_app: Open) -> None:
    page = open_app("#v1&view=assumptions")
    page.get_by_label("Search", exact=True).fill("hbm stacks imported")
    field = page.get_by_label("Set HBM stacks imported by December 2024")
    field.fill("12")
    field.press("Tab")
    assert "s.supply.hbm_imports=12" in page.url
    page.get_by_role("button", name="Reset assumptions").first.click()
    assert "s.supply" not in page.url


def test_a_job_survives_a_reload_and_can_be_cancelled(open_app: Open) -> None:
    page = open_app("#v1&view=game")
    page.get_by_label("Draws").select_option("1000")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_selector("progress")
    assert "item=job:" in page.url
    page.reload()
    page.wait_for_selector("progress")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("text=The job was cancelled")


def test_two_tabs_do_not_disturb_each_other(open_app: Open) -> None:
    one, other = open_app(), open_app()
    before = medians(other)
    one.get_by_label("Import gate", exact=True).focus()
    after(one, lambda: one.keyboard.press("Home"))
    assert settled(other)
    assert other.locator(".lever.changed").count() == 0
    assert len(medians(other)) == len(before)


@pytest.mark.parametrize("width", [390, 820])
def test_narrow_screens_are_legible_and_do_not_scroll_sideways(open_app: Open, width: int) -> None:
    page = open_app("#v1&p=h200-rule%2Bban", width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    smallest = page.evaluate(SMALLEST)
    assert smallest >= 11
    assert page.locator(".headline .number").first.bounding_box()["x"] >= 0
    box = page.get_by_label(DUTY, exact=True).bounding_box()
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("view", VIEWS)
def test_names_roles_and_contrast_hold_in_every_view(open_app: Open, view: str) -> None:
    if not AXE.is_file():
        message = "axe-core is missing: npm ci --prefix frontend"
        pytest.fail(message) if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip(message)
    page = open_app(f"#v1&view={view}&l.washington.duty=0.5")
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]] == []


def test_the_screen_recovers_when_the_server_was_restarted(browser: Any, app_server: Any, tmp_path: Path) -> None:
    with app_server.served(tmp_path) as address:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(READY)
    gate = page.get_by_label("Import gate", exact=True)
    gate.focus()
    page.keyboard.press("Home")
    page.wait_for_selector("[role=alert]")
    with app_server.served(tmp_path, port=urlsplit(address).port):
        page.keyboard.press("End")
        page.wait_for_selector("[role=alert]", state="detached")
        settled(page)
        assert gate.get_attribute("aria-valuetext").startswith("ban")
    page.close()

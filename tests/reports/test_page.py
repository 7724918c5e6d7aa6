"""The page: one file, every anchor resolves, headings descend, tables are labelled, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from countermove.errors import EnvironmentProblem
from countermove.reports.model import ReportInput
from countermove.reports.report import render, write_page

LOADING = {"src", "srcset", "poster", "data", "action", "background", "formaction", "xlink:href"}
SECTIONS = ("answer", "headline", "paths", "levers", "definitions", "assumptions", "sources", "made", "limits")


@dataclass
class Seen(HTMLParser):
    """What a page holds, read with the standard library's parser."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    tables: list[dict[str, bool]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    unscoped: int = 0
    handlers: list[str] = field(default_factory=list)
    regions: list[dict[str, str]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {k: v or "" for k, v in attrs}
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found.get("href", ""))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.loads += [f"{tag}[{k}={v}]" for k, v in found.items() if k in LOADING]
        if tag in ("link", "iframe", "object", "embed", "img", "image", "base"):
            self.loads.append(f"{tag}[{found.get('href', '')}]")
        self.handlers += [k for k in found if k.startswith("on")]
        if tag == "table":
            self.tables.append({"caption": False, "column": False})
        if tag == "caption":
            self.tables[-1]["caption"] = True
        if tag == "th":
            self.unscoped += found.get("scope") not in ("col", "row", "rowgroup", "colgroup")
            self.tables[-1]["column"] |= found.get("scope") == "col"
        if found.get("role") == "region":
            self.regions.append(found)
        self.references += [i for k in ("aria-labelledby", "aria-describedby") for i in found.get(k, "").split()]


def seen(html: str) -> Seen:
    found = Seen()
    found.feed(html)
    return found


def test_every_anchor_on_the_page_resolves(page: str) -> None:
    found = seen(page)
    inner = [link[1:] for link in found.links if link.startswith("#")]
    assert inner
    assert set(inner) <= set(found.ids)
    assert set(found.references) <= set(found.ids)


def test_every_id_is_unique_and_usable(page: str) -> None:
    ids = seen(page).ids
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", i) for i in ids)


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    found = seen(page)
    assert found.loads == ["link[data:,]"]
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)
    assert "fetch(" not in page
    assert "XMLHttpRequest" not in page


def test_outside_addresses_appear_only_as_links_to_cited_sources(page: str, report: ReportInput) -> None:
    outside = {link for link in seen(page).links if not link.startswith("#")}
    assert outside <= {s.url for s in report.sources}
    text = page.replace("&amp;", "&").replace("http://www.w3.org/2000/svg", "")
    for source in report.sources:
        text = text.replace(source.url, "")
    assert "http://" not in text
    assert "https://" not in text


def test_headings_begin_with_one_h1_and_never_skip_a_level(page: str) -> None:
    levels = seen(page).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_table_has_a_caption_and_scoped_headers(page: str) -> None:
    found = seen(page)
    assert found.tables
    assert all(t["caption"] and t["column"] for t in found.tables)
    assert found.unscoped == 0


def test_the_page_has_a_language_landmarks_and_a_skip_link(page: str) -> None:
    found = seen(page)
    assert '<html lang="en">' in page
    assert {"header", "nav", "main", "footer"} <= set(found.tags)
    assert found.tags.count("main") == 1
    assert found.links[0] == "#main"
    assert '<meta name="viewport"' in page


def test_what_scrolls_can_be_reached_by_keyboard_and_has_a_name(page: str) -> None:
    regions = seen(page).regions
    assert regions
    assert all(r.get("tabindex") == "0" and r.get("aria-label") for r in regions)


def test_the_page_works_without_javascript(page: str) -> None:
    assert seen(page).handlers == []
    assert "javascript:" not in page
    assert "hidden" not in re.sub(r"aria-hidden|<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_there_and_in_the_contents(page: str, section: str) -> None:
    assert f'<section id="{section}"' in page
    assert f'<a href="#{section}">' in page


def test_every_headline_number_leads_to_its_definition(page: str) -> None:
    numbers = re.findall(r'<span class="m">(.*?)</span>', page)
    assert len(numbers) > 20
    assert all('href="#outcome-' in n or n == "–" for n in numbers)


def test_every_definition_leads_to_parameters_and_every_sourced_parameter_to_a_source(page: str, report: ReportInput) -> None:
    for outcome in report.headline:
        card = page.split(f'id="outcome-{outcome.replace("_", "-")}"', 1)[1].split("<details", 1)[0]
        assert 'href="#assumption-' in card
        assert 'href="#relation-' in card
    for a in report.assumptions:
        row = page.split(f'id="assumption-{a.path.replace("/", "-").replace(".", "-").replace("_", "-")}"', 1)[1].split(
            "</tr>", 1
        )[0]
        assert a.basis in row
        assert ('href="#source-' in row) == bool(a.supports)


def test_every_source_says_what_it_supports(page: str, report: ReportInput) -> None:
    for number in range(1, len(report.sources) + 1):
        row = page.split(f'<tr id="source-{number}">', 1)[1].split("</tr>", 1)[0]
        assert not row.rstrip().endswith("<td></td>")


def test_words_from_data_are_escaped(report: ReportInput) -> None:
    evil = replace(report, title="<script>alert(1)</script>", question='a < b & "c"')
    html = render(evil)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "2025 <cards>" not in html


def test_the_caveat_is_said_where_numbers_are(page: str) -> None:
    assert page.count("no prediction, no advice") >= 3


def test_the_page_says_how_to_make_it_again(page: str, report: ReportInput) -> None:
    made = page.split('<section id="made"', 1)[1]
    for fact in (report.manifest.data_hash, str(report.manifest.seed), report.manifest.version, report.manifest.command):
        assert fact in made


def test_no_placeholder_or_python_value_leaks(page: str) -> None:
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert not re.search(r"\b(nan|NaN|None|True|False|inf|Undefined)\b|\{\{|\}\}|<object at", text)


def test_the_same_input_gives_the_same_page(report: ReportInput, pages: dict[int, str]) -> None:
    assert render(report) == pages[4]


def test_a_page_is_written_whole(report: ReportInput, tmp_path: Path) -> None:
    target = write_page(report, tmp_path / "new" / "report.html")
    assert "</html>\n<!-- written by countermove, sha256 " in target.read_text(encoding="utf-8")
    assert [p.name for p in target.parent.iterdir()] == ["report.html"]


def test_a_folder_that_cannot_be_written_is_a_problem_of_the_machine(report: ReportInput, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        write_page(report, tmp_path / "file" / "report.html")


def test_levers_show_what_each_scenario_changes_and_a_dash_where_it_does_not(pages: dict[int, str]) -> None:
    table = pages[4].split('<section id="levers"', 1)[1].split("</table>", 1)[0]
    assert "Import gate" in table
    assert "from 2026-02" in table
    assert "<td>–</td>" in table


def test_assumptions_and_sourced_parameters_differ_by_more_than_colour(page: str) -> None:
    assert '<span class="tag sourced">sourced</span>' in page
    assert '<span class="tag assumption">assumption</span>' in page


def test_the_template_engine_is_imported_only_when_a_page_is_made() -> None:
    code = "import sys, countermove.reports.report; print('jinja2' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"

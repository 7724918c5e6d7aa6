"""Every figure is well-formed, named for screen readers, free of outside references, and finite."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.reports import charts, comparison
from countermove.reports.figures import bars, dots, gates, svg
from countermove.reports.figures.fan import Line, Mark, fan_chart, small_frame, wide_frame
from countermove.reports.figures.palette import BASELINE_STYLE, style_of
from countermove.reports.figures.scales import value_axis
from countermove.reports.model import Band, OutcomeNote, ReportInput

NAMESPACE = "{http://www.w3.org/2000/svg}"
COUNT = OutcomeNote("x", "X", "cards", "compute", "flow", "count", "")
finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
any_band = st.lists(finite, min_size=5, max_size=5).map(lambda v: Band(*sorted(v)))


def every_figure(report: ReportInput) -> dict[str, str]:
    """All figures of a report by the id of their `<svg>`."""
    found = [f for p in charts.path_figures(report) for f in (p.overview, *(panel for _, panel in p.panels))]
    found += [figure for _, _, figure in charts.headline_strips(report)]
    found += [figure for _, figure in charts.driver_figures(report)]
    found += [figure for _, figure in comparison.comparison_figures(comparison.comparisons(report))]
    found.append(charts.gate_figure(report))
    return {ElementTree.fromstring(f).get("id", ""): f for f in found}  # noqa: S314  (our own text)


def test_every_figure_is_well_formed_and_named(specimens: dict[int, ReportInput]) -> None:
    for report in specimens.values():
        for identity, text in every_figure(report).items():
            root = ElementTree.fromstring(text)  # noqa: S314
            title, description = root.find(f"{NAMESPACE}title"), root.find(f"{NAMESPACE}desc")
            assert root.get("role") == "img"
            assert title is not None, identity
            assert description is not None, identity
            assert title.text, identity
            assert len(description.text or "") > 20, identity
            assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_no_figure_shows_a_number_that_is_none(specimens: dict[int, ReportInput]) -> None:
    for report in specimens.values():
        for text in every_figure(report).values():
            assert not re.search(r"\b(nan|NaN|inf|Infinity|None|null)\b", text)


def test_no_figure_refers_to_anything_outside_itself(report: ReportInput) -> None:
    for identity, text in every_figure(report).items():
        assert "href" not in text
        assert "<image" not in text
        assert all(target.startswith(identity) for target in re.findall(r"url\(#([^)]*)\)", text))


def test_words_in_figures_stay_text(report: ReportInput) -> None:
    text = charts.path_figures(report)[0].overview
    words = [t.text for t in ElementTree.fromstring(text).iter(f"{NAMESPACE}text")]  # noqa: S314
    assert "2024" in words
    assert any("evidence ends" in (w or "") for w in words)


def test_the_baseline_is_black_and_dashed_and_scenarios_are_not(report: ReportInput) -> None:
    looks = charts.styles(report)
    assert looks["h200-2026"] == BASELINE_STYLE
    assert len({(s.colour, s.marker) for s in looks.values()}) == len(looks)
    overview = charts.path_figures(report)[0].overview
    medians = re.findall(r"<path[^>]*class=\"median\"[^>]*/>", overview) or re.findall(r"<path[^>]*median[^>]*>", overview)
    dashed = [m for m in medians if "stroke-dasharray" in m]
    assert len(dashed) == 1
    assert 'stroke="#000000"' in dashed[0]


def test_panels_of_one_outcome_share_their_axis(report: ReportInput) -> None:
    for path in charts.path_figures(report):
        labels = {
            tuple(
                t.text
                for t in ElementTree.fromstring(figure).iter(f"{NAMESPACE}text")  # noqa: S314
                if t.get("text-anchor") == "end"
            )
            for _, figure in path.panels
        }
        assert len(labels) == 1


def test_one_alternative_needs_no_panels(specimens: dict[int, ReportInput]) -> None:
    assert all(not p.panels for p in charts.path_figures(specimens[2]))
    assert all(len(p.panels) == 4 for p in charts.path_figures(specimens[4]))


def test_ranges_have_no_outline(report: ReportInput) -> None:
    for path in charts.path_figures(report):
        for _, figure in path.panels:
            bands = re.findall(r"<g class=\"bands\">(.*?)</g>", figure)
            assert bands
            assert all("stroke" not in band for band in bands)


def test_a_figure_is_the_same_every_time(report: ReportInput) -> None:
    assert every_figure(report) == every_figure(report)


def test_hostile_words_are_escaped() -> None:
    text = svg.figure("i", "<b>&", '"quoted" <script>', (10, 10), [svg.text(0, 0, "a < b & c")])
    root = ElementTree.fromstring(text)  # noqa: S314
    assert root.findtext(f"{NAMESPACE}title") == "<b>&"
    assert root.findtext(f"{NAMESPACE}text") == "a < b & c"


def test_a_coordinate_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="coordinate"):
        svg.line((0.0, float("nan")), (1.0, 1.0))


@settings(max_examples=60)
@given(st.lists(any_band, min_size=2, max_size=12), st.lists(finite, max_size=3))
def test_any_finite_numbers_give_a_well_formed_fan_chart(found: list[Band], marked: list[float]) -> None:
    years = tuple(2022.5 + i * 0.9 for i in range(len(found)))
    axis = value_axis([v for b in found for v in b.values] + marked, COUNT)
    lines = [
        Line("Scenario with a long name, and a condition", style_of(0), years, tuple(found), "1.2 M", ended=True),
        Line("Baseline", BASELINE_STYLE, years, tuple(found), "1.2 M", shaded=False, ended=True),
    ]
    marks = [Mark(2024.5, v, None, None) for v in marked]
    for frame in (wide_frame(2026.75, 2022.0, axis, whiskers=2), small_frame(2026.75, 2022.0, axis, ["1.2 M"])):
        ElementTree.fromstring(fan_chart("f", "t", "d", axis, lines, frame, marks))  # noqa: S314


@settings(max_examples=40)
@given(st.lists(any_band, min_size=1, max_size=6))
def test_any_finite_numbers_give_well_formed_dots(found: list[Band]) -> None:
    axis = value_axis([v for b in found for v in b.values], COUNT)
    rows = [dots.Strip(f"S{i}", style_of(i), b, "1", "[0 to 2]") for i, b in enumerate(found)]
    ElementTree.fromstring(dots.strips("s", "t", "d", axis, rows))  # noqa: S314
    compared = [dots.Compared("2025", "IDC", b, b.median, b.p5, b.p95, "inside 50%") for b in found]
    ElementTree.fromstring(dots.published("p", "t", "d", axis, compared))  # noqa: S314


@given(st.lists(st.floats(min_value=-1, max_value=1), min_size=1, max_size=10))
def test_any_correlation_gives_a_well_formed_bar(values: list[float]) -> None:
    ElementTree.fromstring(  # noqa: S314
        bars.diverging("b", "t", "d", [bars.Bar("A parameter with a rather long label", "assumption", v) for v in values])
    )


def test_the_states_of_a_gate_differ_by_filling_and_every_number_is_shown(report: ReportInput) -> None:
    text = charts.gate_figure(report)
    root = ElementTree.fromstring(text)  # noqa: S314
    words = [t.text for t in root.iter(f"{NAMESPACE}text")]
    spans = sum(len(row.spans) for row in report.gates)
    assert {str(n) for n in range(1, spans + 1)} <= set(words)
    fillings = {gates._fill("gates", state) for state, _ in gates.STATES}
    assert len(fillings) == len(gates.STATES)


def test_a_long_name_does_not_touch_the_number_beside_it() -> None:
    band = Band(0.0, 1.0, 2.0, 3.0, 4.0)
    names = ["Short", "H200 as ruled in January 2026, Beijing bundles domestic purchases"]
    rows = [dots.Strip(name, style_of(i), band, "12.4 M", "[0 to 22]") for i, name in enumerate(names)]
    drawn = ElementTree.fromstring(dots.strips("s", "t", "d", value_axis(list(band.values), COUNT), rows))  # noqa: S314
    texts = [(float(one.get("x", 0)), float(one.get("y", 0)), one.text or "") for one in drawn.iter(f"{NAMESPACE}text")]
    numbers = min(x for x, _, words in texts if words == "12.4 M")
    labels = [one for one in texts if len(one[2]) > 3 and one[2] in " ".join(names)]
    assert len(labels) == 3, "the long name takes two lines"
    assert all(x + svg.text_width(words, dots.TEXT) <= numbers for x, _, words in labels)
    assert min(y for _, y, _ in texts) >= dots.TEXT, "nothing is cut off above"

# ruff: noqa: E501
"""A made-up report input that exercises every part of a page; its numbers mean nothing."""

from __future__ import annotations

import math

from countermove.reports.model import (
    Assumption,
    Band,
    Conflict,
    Driver,
    GateRow,
    GateSpan,
    LeverChange,
    Manifest,
    MechanismNote,
    OutcomeNote,
    Override,
    Point,
    Position,
    Published,
    ReportInput,
    ScenarioReport,
    SourceRow,
    Support,
)

YEARS = tuple(str(y) for y in range(2022, 2033))
SPLIT = 2026.0

SOURCES = (
    SourceRow(
        "press-h200",
        "Customs told H200 not permitted",
        "Reuters",
        "2026-01-14",
        "https://example.org/a?x=1&y=2",
        "press",
        "us",
        "B",
        "news.az",
    ),
    SourceRow(
        "rule-2026",
        "Revision of licence review policy",
        "BIS",
        "2026-01-15",
        "https://example.org/fr/2026-00789",
        "official",
        "us",
        "A",
    ),
    SourceRow(
        "idc-2025",
        "China accelerator shipments 2025 <cards>",
        "IDC",
        "2026-04-01",
        "https://example.org/idc",
        "analyst",
        "us",
        "B",
        "Reuters",
    ),
    SourceRow(
        "ndrc-view",
        "Procurement guidance",
        "Example Daily",
        "2025-12-10",
        "https://example.org/cn/" + "long-path/" * 9,
        "press",
        "cn",
        "B",
    ),
    SourceRow("filing-fy26", "Annual report, fiscal 2026", "NVIDIA", "2026-02", "https://example.org/10k", "filing", "us", "A"),
    SourceRow("model-counts", "Chip counts", "Epoch AI", "2026-04", "https://example.org/counts", "dataset", "us", "B"),
)

PARAMETERS = (
    Assumption(
        "parameters/supply.hbm_stockpile",
        "HBM stacks imported before December 2024",
        "million stack",
        11.5,
        12.2,
        12.9,
        "sourced",
        (Support("model-counts", "low"), Support("idc-2025", "high")),
        "",
        "uniform",
    ),
    Assumption(
        "parameters/supply.wafers",
        "Advanced wafers a month, end of 2025",
        "thousand wafer/month",
        19.0,
        38.0,
        50.0,
        "sourced",
        (Support("ndrc-view", "low"), Support("idc-2025", "high")),
        "Two published figures, factor 2.5 apart: a mixture.",
        "mixture",
    ),
    Assumption(
        "parameters/learning.rate",
        "Learning rate of non-yield unit cost",
        "1",
        0.04,
        0.12,
        0.22,
        "assumption",
        (Support("model-counts", "shape"),),
        "Between three studies of other chips.",
        "triangular",
    ),
    Assumption(
        "parameters/demand.price_coefficient",
        "Price coefficient of demand",
        "1",
        -4.0,
        -2.0,
        -1.2,
        "assumption",
        (),
        "No estimate for AI chips was found.",
        "triangular",
    ),
    Assumption(
        "parameters/rd.response_to_denial",
        "Response of R&D intensity to denial",
        "1",
        -0.1,
        0.03,
        0.2,
        "assumption",
        (),
        "Studies disagree on the sign.",
        "normal",
        pinned=True,
    ),
)

RELATIONS = (
    MechanismNote(
        "demand",
        "Demand: nested logit",
        "s_j = exp(u_j) / (1 + sum exp(u))",
        ("Berry 1994",),
        tuple(a.path for a in PARAMETERS[3:4]),
        ("learning",),
    ),
    MechanismNote(
        "learning",
        "Learning of defects and cost",
        "c = c0 Q^(-b)",
        ("Irwin & Klenow 1994",),
        tuple(a.path for a in PARAMETERS[:3]),
    ),
)


def _outcome(name: str, label: str, unit: str, group: str, kind: str, display: str, **more: object) -> OutcomeNote:
    return OutcomeNote(
        name,
        label,
        unit,
        group,
        kind,
        display,  # type: ignore[arg-type]
        definition=f"{label}, summed over buyers headquartered in China; made up for tests.",
        mechanisms=("demand",),
        parameters=tuple(a.path for a in PARAMETERS[: 3 + len(name) % 3]),
        **more,  # type: ignore[arg-type]
    )


OUTCOMES = {
    o.id: o
    for o in (
        _outcome(
            "h200_china_revenue_usd_bn",
            "H200 revenue from China",
            "US dollars a year",
            "money",
            "flow",
            "money",
            scale=1e9,
            prefix="$",
        ),
        _outcome(
            "domestic_ai_chip_revenue_usd_bn",
            "Revenue of Chinese AI-chip vendors",
            "US dollars a year",
            "money",
            "flow",
            "money",
            scale=1e9,
            prefix="$",
        ),
        _outcome("china_compute_h100e", "Usable Chinese AI compute", "H100e", "compute", "stock", "count", scale=1e3),
        _outcome("us_china_compute_ratio_h100e", "US to China compute, stock", "ratio", "compute", "ratio", "ratio", log=True),
        _outcome("domestic_share_compute", "Domestic share of compute bought", "share", "self-sufficiency", "ratio", "percent"),
        _outcome(
            "parity_year_chip_decode", "Domestic chip equals the H200 in decode", "date", "self-sufficiency", "date", "year"
        ),
    )
}

SCENARIOS = (
    ("h200-2026", "As known in October 2026", "", 1.0, 1.0),
    (
        "h200-rule-open",
        "January rule, Beijing open",
        "Washington allows the H200 at a 25% duty and Beijing lets it in",
        3.2,
        0.92,
    ),
    (
        "h200-rule-ban",
        "January rule, Beijing refuses",
        "Washington allows the H200 at a 25% duty and Beijing refuses it",
        0.0,
        1.07,
    ),
    ("no-h200", "No H200, as before December 2025", "Washington licenses no H200 and Beijing keeps its gate as it is", 0.0, 1.05),
)

SHAPES = {  # median in 2022, yearly growth, log spread in 2032, sensitivity to the H200 gate, to domestic strength
    "h200_china_revenue_usd_bn": (0.0, 1.0, 0.8, 1.0, 0.0),
    "domestic_ai_chip_revenue_usd_bn": (1.8, 1.45, 0.55, 0.0, 1.6),
    "china_compute_h100e": (190.0, 1.55, 0.45, 0.06, 0.7),
    "us_china_compute_ratio_h100e": (9.0, 1.06, 0.4, -0.05, -0.8),
    "domestic_share_compute": (0.12, 1.17, 0.2, -0.03, 1.1),
}


def _band(median: float, spread: float) -> Band:
    return Band(*(median * math.exp(z * spread) for z in (-1.645, -0.674, 0.0, 0.674, 1.645)))


def _path(outcome: str, gate: float, home: float) -> tuple[Point, ...]:
    start, growth, wide, by_gate, by_home = SHAPES[outcome]
    points = []
    for k, year in enumerate(YEARS):
        t = max(0.0, int(year) - SPLIT)
        if outcome == "h200_china_revenue_usd_bn":
            median = 0.0 if int(year) < 2026 else gate * 2.4 * (1 - math.exp(-(t + 0.3)))
            band = _band(median, wide) if median else Band(0.0, 0.0, 0.0, 0.0, 0.9 if int(year) >= 2026 else 0.0)
            if median:
                band = Band(0.0, *band.values[1:])
        else:
            median = start * growth**k * home ** (by_home * t) * (1 + by_gate * gate * min(t, 4) / 4)
            band = _band(median, 0.06 + wide * (k / 10) ** 1.5)
            if outcome == "domestic_share_compute":
                band = Band(*(min(v, 0.97 + 0.005 * i) for i, v in enumerate(band.values)))
        points.append(Point(year, band, mcse=band.median * 0.012))
    return tuple(points)


def _paired(own: tuple[Point, ...], base: tuple[Point, ...]) -> tuple[Point, ...]:
    found = []
    for a, b in zip(own, base, strict=True):
        middle = a.band.median - b.band.median
        reach = 0.8 * abs(middle) + 0.02 * a.band.median if middle else 0.0
        found.append(
            Point(a.period, Band(middle - reach, middle - reach / 3, middle, middle + reach / 3, middle + reach), above=0.62)
        )
    return tuple(found)


def _date(home: float) -> tuple[Point, ...]:
    late = Band(2027.6, 2029.2, 2033.0 if home < 1 else 2030.4, 2033.0, 2033.0)
    return (Point("horizon", late, mcse=0.08, censored=0.56 if home < 1 else 0.31),)


def _scenario(position: int, compared: bool) -> ScenarioReport:
    name, label, condition, gate, home = SCENARIOS[position]
    series = {o: _path(o, gate, home) for o in SHAPES} | {"parity_year_chip_decode": _date(home)}
    if position == 0:
        return ScenarioReport(name, label, "", compared, series)
    base = {o: _path(o, SCENARIOS[0][3], SCENARIOS[0][4]) for o in SHAPES}
    differences = {o: _paired(series[o], base[o]) for o in SHAPES}
    differences["parity_year_chip_decode"] = (Point("horizon", Band(-0.6, -0.1, 0.2, 0.6, 1.4)),)
    levers = (
        LeverChange(
            "beijing.import_gate",
            "beijing",
            "Import gate",
            "necessity review, narrow",
            "open" if gate else "ban",
            "2026-02",
            "0 open, 1 ban",
            ("press-h200",),
        ),
        LeverChange(
            "washington.duty", "washington", "Duty on the H200", "25%", "25%", "2026-02", "rate on entered value", ("rule-2026",)
        ),
    )
    overrides = (Override("parameters/rd.response_to_denial", "0.03"),) if position == 3 else ()
    about = "Levers are set from February 2026 and stay; the past is the same in every scenario."
    return ScenarioReport(
        name, label, condition, False, series, differences, levers[: 1 + position % 2], overrides, about, "2026-02"
    )


PUBLISHED = (
    Published("domestic_share_compute", "2025", 0.21, 0.15, 0.3, "Epoch AI", ("model-counts",), "Medians.", used_in_fit=True),
    Published("domestic_share_compute", "2024", 0.12, None, None, "TrendForce", ("idc-2025",), "Cards.", used_in_fit=False),
    Published("domestic_ai_chip_revenue_usd_bn", "2025", 16.0, None, None, "Bernstein, December 2025", ("idc-2025",)),
    Published("domestic_ai_chip_revenue_usd_bn", "2024", 4.0, 3.0, 5.0, "Sum of filings", ("filing-fy26",), used_in_fit=True),
    Published(
        "china_compute_h100e", "2025", 690.0, 480.0, 980.0, "Epoch AI", ("model-counts",), "Flow summed.", used_in_fit=True
    ),
    Published("china_compute_h100e", "2024", 480.0, 300.0, 520.0, "Epoch AI", ("model-counts",)),
)

GATES = (
    GateRow(
        "washington",
        "H200, direct sale",
        (
            GateSpan("2022-01", "2023-11", "open", "Not on the market", "in-force", ("rule-2026",)),
            GateSpan("2023-11", "2026-01-15", "closed", "Presumption of denial", "in-force", ("rule-2026",)),
            GateSpan("2026-01-15", None, "restricted", "Case-by-case review, 25% duty", "in-force", ("rule-2026",)),
        ),
    ),
    GateRow(
        "beijing",
        "H200, direct import",
        (
            GateSpan("2022-01", "2025-12-10", "open", "No import step known", "", ()),
            GateSpan("2025-12-10", "2026-01-14", "unknown", "Approval scheme under discussion", "reported", ("ndrc-view",)),
            GateSpan("2026-01-14", "2026-05-20", "closed", "Customs told it is not permitted", "reported", ("press-h200",)),
            GateSpan("2026-05-20", "2026-07", "unknown", "Conflicting reports", "reported", ("press-h200", "ndrc-view")),
            GateSpan("2026-07", None, "restricted", "Narrow purchases by AI firms reported", "reported", ("press-h200",)),
        ),
    ),
    GateRow(
        "beijing",
        "January rule, Beijing refuses",
        (GateSpan("2026-02", None, "closed", "Scenario: ban", "", ()),),
        scenario="h200-rule-ban",
    ),
)

CONFLICTS = (
    Conflict(
        "Huawei Ascend cards, 2025",
        (
            Position(
                "At most 200,000 advanced AI chips can be made",
                "200 k",
                "US Commerce official",
                "A",
                "2025-06-12",
                ("rule-2026",),
            ),
            Position("812,000 cards shipped", "812 k", "IDC", "B", "2026-04-01", ("idc-2025",)),
        ),
        "a mixture of production and shipments, each with its own definition",
    ),
)


def specimen(count: int = 4) -> ReportInput:
    """The made-up report with the first `count` scenarios; the first is the baseline; one alone is none."""
    scenarios = [_scenario(i, count > 1) for i in range(count)]
    return ReportInput(
        title="The H200 and two gates: who moves what",
        question="What follows in money, compute and self-sufficiency if Washington allows the H200 and Beijing lets it in, or refuses it?",
        scenarios=tuple(scenarios),
        outcomes=OUTCOMES,
        headline=tuple(OUTCOMES),
        charted=tuple(n for n in OUTCOMES if n != "parity_year_chip_decode"),
        years=("2025", "2026", "2028", "2030", "2032"),
        focus="2028",
        manifest=Manifest(
            "0.1.0",
            2026,
            1000,
            "numpy",
            "sha256:" + "0f" * 32,
            "countermove compare h200-2026 h200-rule+open --draws 1000 --seed 2026",
            "2026-10",
            (("Lock", "sha256:" + "ab" * 32),),
        ),
        sources=SOURCES,
        mechanisms=RELATIONS,
        drivers={
            n: tuple(Driver(a.path, c) for a, c in zip(PARAMETERS, (0.62, -0.41, 0.33, -0.12, 0.05), strict=True))
            for n in list(OUTCOMES)[1:4]
        },
        published=PUBLISHED,
        assumptions=PARAMETERS,
        conflicts=CONFLICTS,
        gates=GATES,
        limits=("Military use and third markets are outside the model.", "Both governments act only through the twelve levers."),
        notes=("No lever was changed before February 2026.",),
    )

"""The commands' documents, the timeline, proposals, the checklist, and the agreement of checks with the market's gates."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from countermove.cli import check as cli_check
from countermove.cli import timeline as cli_timeline
from countermove.cli.app import main
from countermove.cli.documents import DOCUMENTS
from countermove.desk.file_checklist import markdown, page
from countermove.errors import InputError
from countermove.evidence.ledger import load_ledger
from countermove.hardware.catalogue import load_catalogue
from countermove.policy.check_claims import bearing_claims
from countermove.policy.check_document import to_dict
from countermove.policy.check_timeline import timeline
from countermove.policy.checks import NOTICE, check
from countermove.policy.gate_products import load_gate_products
from countermove.policy.gates import compile_gates
from countermove.policy.levers import compile_levers
from countermove.policy.whatif import load_proposal, parse_proposal, whatif
from countermove.policy.whatif_gates import apply_whatif
from countermove.quantities.calendar import month_index

LOWER = """
schema: 1
id: lower-line
from: "2026-03-01"
licensed_share: 0.375
change:
  us/bis/licensing/review-policy-2026: {performance: 15000, memory_bandwidth: 4000}
"""
HIGHER = """
schema: 1
id: higher-line
from: "2026-06-16"
licensed_share: 0.2
change:
  us/bis/licensing/review-policy-2026: {performance: 40000, memory_bandwidth: 9000}
"""
NO_LETTER = """
schema: 1
id: no-letter
from: "2026-06-01"
remove: [us/bis/letters/h20-2025]
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert not stopped.value.code
    return capsys.readouterr().out


def test_the_document_of_a_check_has_its_fixed_keys(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "check", "h200-sxm", "--to", "cn", "--on", "2026-02-01", "--json"))
    DOCUMENTS["check"].model_validate(document)
    assert (document["item"], document["on"], document["known"]) == ("h200-sxm", "2026-02-01", "2026-10-10")
    assert (document["us"]["outcome"], document["cn"]["outcome"]) == ("reviewable", "unknown")
    for side in ("us", "cn"):
        assert set(document[side]) >= {"outcome", "findings", "conditions"}
        for finding in document[side]["findings"]:
            assert set(finding) >= {"rule", "status", "reason", "reference"}
            assert "http" in finding["reference"] or "no address" in finding["reference"]
            assert finding["reason"]
    assert document["duty"]["import_duty_rate"] == 0.25
    assert document["item_metrics"]["tpp"] == 15832
    assert json.dumps(document).count("Not legal advice") == 1


def test_conflicting_reports_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "check", "h200", "--on", "2026-01-29", "--json"))
    says = {claim["id"] for claim in document["claims"]}
    assert {"case-h200-conditional-approvals-2026-01", "case-huang-not-approved-2026-01"} <= says
    assert all(claim["made_by"] and claim["grade"] for claim in document["claims"])
    early = json.loads(run(capsys, "check", "h200", "--on", "2026-01-28", "--known", "2026-01-28", "--json"))
    assert "case-huang-not-approved-2026-01" not in {claim["id"] for claim in early["claims"]}


@pytest.mark.parametrize("day", ["2026-01-07", "2026-01-14", "2026-01-28", "2026-07-10", "2026-08-20"])
def test_beijings_gate_for_h200_rests_on_claims_with_sources(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(run(capsys, "check", "h200", "--on", day, "--json"))
    carrying = [one for one in document["cn"]["findings"] if one["status"] != "pass" and one["role"] == "gate"]
    assert carrying
    assert all(set(one["sources"]) & set(load_ledger().sources) for one in carrying)
    assert [
        claim for claim in document["claims"] if claim["rule"].startswith("cn/ndrc") or claim["rule"].startswith("cn/customs")
    ]


def test_the_text_of_a_check_is_neutral_wide_enough_and_says_its_notice_once(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "check", "h200", "--on", "2026-02-01", "--us-units", "100000", "--value-usd", "1000000", "--all")
    assert text.count("Not legal advice") == 1
    assert "50,000 chips left" in text
    assert "250,000 USD" in text
    assert "(default)" in text
    # An address is not broken; everything else fits.
    assert all(len(line) <= 130 or "http" in line for line in text.splitlines())


def test_a_later_paper_does_not_lift_an_earlier_one() -> None:
    papers = {paper["id"] for paper in check("h200", on="2026-08-20").cn.papers}
    assert {"necessity-statement", "case-approval", "location-plan", "training-only"} <= papers
    us = {paper["id"] for paper in check("h200", on="2026-08-20").us.papers}
    assert {"kyc-list", "lab-report", "us-supply-certificate", "volume-statement"} <= us


@pytest.mark.parametrize("name", ["h200-sxm", "h20", "a800-sxm", "l20", "cloudmatrix-384", "rtx-pro-6000d"])
def test_a_timeline_covers_the_clock_and_agrees_with_single_checks(name: str) -> None:
    shown = timeline(name)
    for government in ("us", "cn"):
        spells = shown.of("us" if government == "us" else "cn")
        assert spells[0].start == dt.date(2022, 1, 1)
        assert all(before.until == after.start for before, after in itertools.pairwise(spells))
        assert spells[-1].until is None
    for day in (dt.date(2022, 12, 1), dt.date(2024, 6, 1), dt.date(2025, 5, 1), dt.date(2026, 1, 20), dt.date(2026, 9, 1)):
        result = check(name, on=day)
        assert (shown.outcome("us", day), shown.outcome("cn", day)) == (result.us.outcome, result.cn.outcome)


def test_the_timeline_as_known_then_differs_where_things_became_known_late() -> None:
    day = dt.date(2025, 4, 10)
    assert timeline("h20").outcome("us", day) == "denied"
    assert timeline("h20", as_known_then=True).outcome("us", day) == "allowed"


def test_the_chart_is_one_svg_with_a_name_and_patterns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, "timeline", "h200", "--to", "cn", "--svg", str(tmp_path / "h200.svg"), "--quiet")
    assert re.search(r"^Washington +\.+#+~+$", text, re.MULTILINE)
    drawn = (tmp_path / "h200.svg").read_text()
    assert drawn.startswith("<svg")
    assert "both-gates-hatch" in drawn
    assert drawn.count("Not legal advice") == 1
    document = json.loads(run(capsys, "timeline", "h200", "--json"))
    DOCUMENTS["timeline"].model_validate(document)


def test_a_lower_line_catches_what_lies_above_it() -> None:
    result = whatif(parse_proposal(LOWER))
    assert {change.item for change in result.caught} >= {"h200-sxm", "h200-nvl", "h100-sxm", "mi325x"}
    assert not result.freed
    assert "h20" in result.unchanged
    assert all(change.after == "denied" for change in result.caught)


def test_a_proposal_frees_and_leaves_the_shipped_rules_alone() -> None:
    before = to_dict(check("b200-sxm", on="2026-07-01"))
    result = whatif(parse_proposal(HIGHER))
    assert {change.item for change in result.freed} == {"b200-sxm"} | {change.item for change in result.freed}
    assert "b200-sxm" in {change.item for change in result.freed}
    assert to_dict(check("b200-sxm", on="2026-07-01")) == before
    freed = whatif(parse_proposal(NO_LETTER)).freed
    assert "h20" in {change.item for change in freed}


def test_enacting_a_bill_makes_it_bite() -> None:
    text = (
        'schema: 1\nid: enacted\nfrom: "2026-06-01"\nenact: [us/congress/ai-overwatch]\n'
        "remove: [us/bis/advanced-computing/3a090-a, us/bis/letters/h20-2025]\n"
    )
    denied = check("b200-sxm", on="2026-07-01", book=parse_proposal(text).book)
    assert denied.us.outcome == "denied"
    assert {one.rule for one in denied.us.biting() if one.status == "block"} == {"us/congress/ai-overwatch"}
    freed = {change.item: change.after for change in whatif(parse_proposal(text)).freed}
    assert freed["h200-sxm"] == "allowed"
    assert "b200-sxm" not in freed


def test_a_proposal_over_the_markets_gates_touches_only_what_it_changes() -> None:
    products = ["h200-sxm", "h20", "b200-sxm", "mi325x", "ascend-910c"]
    gates = compile_gates(compile_levers({}), products)
    kept = [np.copy(gates.licence), np.copy(gates.licence_delay)]
    march = month_index("2026-03")
    lower = apply_whatif(gates, parse_proposal(LOWER), products)
    assert (lower.licence[:, march:, 0, :, 0] == 0).all()
    assert (lower.licence[:, :march] == gates.licence[:, :march]).all()
    assert (lower.licence[:, :, 1] == gates.licence[:, :, 1]).all()
    assert (lower.licence[..., 1:] == gates.licence[..., 1:]).all()
    assert lower.us_pinned_from == march
    higher = apply_whatif(gates, parse_proposal(HIGHER), products)
    june = month_index("2026-06")
    assert (higher.licence[:, june + 1 :, 2, :, 0] == 0.2).all()
    assert higher.licence[0, june, 2, 0, 0] == pytest.approx(0.2 * 15 / 30)
    assert (kept[0] == gates.licence).all()
    assert (kept[1] == gates.licence_delay).all()


def test_a_scenario_may_name_a_proposal_beside_it(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "lower.yaml").write_text(LOWER.lstrip())
    assert load_proposal("rules/lower.yaml", beside=tmp_path / "scenario.yaml").id == "lower-line"


def test_a_newly_reviewable_chip_needs_a_share_for_the_market() -> None:
    gates = compile_gates(compile_levers({}), ["b200-sxm"])
    with pytest.raises(InputError, match="which share is licensed"):
        apply_whatif(gates, parse_proposal(HIGHER.replace("licensed_share: 0.2\n", "")), ["b200-sxm"])


#: Where the market's gate and a check differ on purpose: the market reads an unknown as one of the two, and says so.
MARKET_READS = {
    "a100-sxm": "the market counts the A100 as sold in the United States in January 2026; a check finds it unknown",
    "a800-sxm": "the market reads the unknown US availability as denial",
    "h800-sxm": "the market reads the unknown US availability as denial",
    "rtx-pro-6000d": "the market reads the unpublished numbers as below the lines",
    "mi308x": "the market uses the performance of the catalogue; a check the span of its sources",
}


@pytest.mark.parametrize("product", [name for name, one in load_gate_products().products.items() if one.origin == "us"])
def test_the_markets_history_of_licences_agrees_with_checks(product: str) -> None:
    """A month denied on every day is zero in the arrays, one that is allowed is one, one reviewable lies between."""
    gates = compile_gates(compile_levers({}), [product])
    sold_from = max(load_catalogue().chips[product].launch_month or 0, 0)
    for month in range(sold_from, month_index("2026-10")):
        first = dt.date(2022 + month // 12, month % 12 + 1, 1)
        last = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1) - dt.timedelta(days=1)
        outcomes = {check(product, on=day).us.outcome for day in (first, last)}
        if len(outcomes) > 1:
            continue
        (outcome,) = outcomes
        share = gates.licence[:, month, 0, 0, 0]
        if outcome == "unknown":
            assert product in MARKET_READS, (product, first)
        elif outcome == "denied":
            assert (share == 0).all(), (product, first)
        elif outcome == "allowed":
            assert (share == 1).all(), (product, first)
        else:
            assert ((share > 0) & (share < 1)).all(), (product, first)


def test_where_sources_differ_the_number_used_and_the_span_are_shown() -> None:
    document = to_dict(check("mi308x", on="2024-07-01"))
    assert document["item_metrics"]["tpp"] == 3264
    assert document["item_ranges"]["tpp"] == [3264, 5504]
    assert document["us"]["outcome"] == "unknown"
    assert to_dict(check("custom", tpp=5000, on="2024-07-01"))["item_ranges"]["performance_density"] is None


def test_both_readings_of_the_cap_are_shown() -> None:
    claims = {claim["id"] for claim in bearing_claims(check("h200", on="2026-02-01"))}
    assert {"h200-cap-by-performance", "h200-us-volume-cap"} <= claims


def test_beyond_the_evidence_the_law_stands_and_a_condition_says_so() -> None:
    result = check("h200", on="2026-12-01")
    assert (result.us.outcome, result.cn.outcome) == ("reviewable", "unknown")
    assert "later changes are not seen" in result.us.conditions[0]


def test_other_words_for_a_route_are_understood() -> None:
    assert check("h200", route="reexport", departure="sg", on="2026-02-01").us.outcome == "denied"


def test_the_checklist_names_papers_facts_and_sources() -> None:
    result = check("h200", on="2026-08-20", end_user="bytedance")
    text = markdown(result)
    assert text.count("Not legal advice") == 1
    assert "- [ ] " in text
    assert "15,832 tpp [" in text
    assert "Licence side: Washington (reviewable)" in text
    assert "Import side: Beijing (reviewable)" in text
    html = page(result)
    assert html.count("<ul>") == html.count("</ul>")
    assert html.count("<li>") == html.count("</li>")
    assert "<ul>\n<ul>" not in html
    assert "to mainland China" in html
    assert "yes (assumed, to be proved)" in text
    assert "Sources of the item's facts" in text
    assert html.count("<h2>") == text.count("\n## ")
    assert "<script" not in html
    assert NOTICE in html


def test_a_checklist_says_what_is_not_known() -> None:
    text = markdown(check("custom", tpp=15000, on="2026-02-01"))
    assert "not known, needs a source" in text
    assert "What would settle the outcome" in text


DOCS = Path(__file__).parents[2] / "docs"
HOW_TO = (DOCS / "how-to" / "check-a-transaction.md").read_text(encoding="utf-8")
EXAMPLES = [
    line.strip().removeprefix("countermove ")
    for text in (cli_check.EPILOG, cli_timeline.EPILOG, HOW_TO)
    for line in text.splitlines()
    if line.strip().startswith("countermove ")
]


def test_the_proposal_of_the_explanation_works() -> None:
    blocks = (DOCS / "explanation" / "rules.md").read_text(encoding="utf-8").split("```")
    text = next(block.removeprefix("yaml\n") for block in blocks if "licensed_share:" in block)
    result = whatif(parse_proposal(text))
    assert {"h20", "h200-sxm"} <= {change.item for change in result.caught}


def test_the_python_of_the_how_to_works() -> None:
    code = next(block.removeprefix("python\n") for block in HOW_TO.split("```") if block.startswith("python"))
    exec(compile(code, "how-to", "exec"), {})  # noqa: S102


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_help_texts_work(
    example: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capsys, *shlex.split(example))


def test_defaults_are_printed_and_go_when_stated() -> None:
    plain: Any = check("h200", on="2026-02-01")
    assert any("exported from the United States (default)" in text for text in plain.us.conditions)
    stated = check("h200", on="2026-02-01", route="from-us", parent="cn", end_user="private-company", to="cn")
    assert not any("exported from the United States (default)" in text for text in stated.us.conditions)
    assert not any("unlisted private company (default)" in text for text in stated.us.conditions)

"""Results and the ledger become a report; no simulation is needed, so the outcomes here are made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countermove.errors import InputError
from countermove.evidence.data_tree import data_hash
from countermove.evidence.ledger import load_ledger, load_parameters
from countermove.experiments.pipeline import compile_scenario, sampled
from countermove.experiments.rank_correlation import ranked
from countermove.experiments.result import Comparison, OutcomeInfo, Past, Result
from countermove.experiments.scenario import Scenario, load_scenario
from countermove.experiments.streams import uniforms
from countermove.market.model import ORDER
from countermove.market.observe import UNITS
from countermove.market.state import State
from countermove.outcomes import OUTCOMES
from countermove.policy.lever_definitions import load_levers
from countermove.quantities.calendar import quarters, years
from countermove.reports.build import report_input
from countermove.reports.build.drivers import drivers
from countermove.reports.build.outcomes import CHARTED, GROUP_OF, HEADLINE, LOGARITHMIC, print_of
from countermove.reports.build.relations import OBSERVED, mechanisms_of, parameters_of
from countermove.reports.build.scenarios import condition, lever_changes, value_words
from countermove.reports.build.units import unit_words
from countermove.reports.report import render, write_report

DRAWS = 120


def made_up(scenario: Scenario | str, *, periods: list[str] | None = None, level: float = 1.0) -> Result:
    """A result whose outcomes are random numbers that grow with the years."""
    chosen = load_scenario(scenario) if isinstance(scenario, str) else scenario
    outcomes = {}
    for name, outcome in OUTCOMES.items():
        noise = uniforms(1, name, DRAWS)
        if outcome.kind == "date":
            outcomes[name] = {"horizon": np.minimum(2027 + 9 * noise, 2033.0)}
        else:
            share = "share" in name
            outcomes[name] = {
                p: np.minimum(noise * level, 1.0) if share else (0.5 + noise) * level * (k + 1)
                for k, p in enumerate(periods or years())
            }
    info = {n: OutcomeInfo(OUTCOMES[n].unit, OUTCOMES[n].label, OUTCOMES[n].kind) for n in outcomes}
    return Result(chosen, 2026, DRAWS, "0.1.0", "numpy", "all evidence", data_hash(), outcomes, info)


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    results = (made_up("h200-2026"), made_up("h200-rule+open", level=1.2), made_up("h200-rule+ban", level=0.8))
    return Comparison(results, Past("2026-01", identical=True))


def test_a_comparison_becomes_a_baseline_with_alternatives(comparison: Comparison) -> None:
    report = report_input(comparison)
    assert report.baseline is not None
    assert report.baseline.id == "h200-2026"
    assert [s.id for s in report.alternatives] == ["h200-rule+open", "h200-rule+ban"]
    assert all(s.differences for s in report.alternatives)
    assert set(HEADLINE) <= set(report.headline)


def test_medians_and_paired_differences_are_those_of_the_draws(comparison: Comparison) -> None:
    report = report_input(comparison)
    name, year = "china_compute_h100e", "2028"
    first, second = (r.outcomes[name][year] for r in comparison.results[:2])
    found = report.alternatives[0].difference(name, year)
    assert found is not None
    assert found.band.median == pytest.approx(np.median(second - first))
    own = report.scenarios[0].point(name, year)
    assert own is not None
    assert own.band.p95 == pytest.approx(np.quantile(first, 0.95))


def test_a_single_result_has_no_baseline() -> None:
    report = report_input(made_up("h200-rule+ban"))
    assert report.baseline is None
    assert report.scenarios[0].condition.endswith("Beijing refuses foreign AI chips")


def test_the_page_of_a_result_is_written_into_the_folder(comparison: Comparison, tmp_path: Path) -> None:
    target = write_report(comparison, tmp_path)
    assert target == tmp_path / "report.html"
    assert "Beijing refuses foreign AI chips" in target.read_text(encoding="utf-8")


def test_a_result_by_quarter_makes_a_page_too() -> None:
    report = report_input(made_up("h200-2026", periods=quarters()))
    assert report.focus == "2032Q4"
    assert report.outcomes["h200_china_revenue_usd_bn"].unit == "US dollars a quarter"
    assert "2032 Q4" in render(report)


def test_a_short_horizon_speaks_about_its_last_year() -> None:
    report = report_input(made_up("h200-2026", periods=years()[:5]))
    assert report.focus == "2026"
    assert report.years == ("2025", "2026")
    render(report)


def test_every_outcome_of_the_page_exists_and_has_a_group() -> None:
    assert set(HEADLINE) | set(CHARTED) | set(LOGARITHMIC) <= set(OUTCOMES)
    assert set(GROUP_OF.values()) == {"money", "compute", "self-sufficiency"}


def test_every_unit_of_an_outcome_has_a_way_to_be_printed() -> None:
    for name, outcome in OUTCOMES.items():
        assert print_of(outcome.unit, name).noun
    assert print_of("1", "domestic_share_money").display == "percent"
    assert print_of("1", "us_china_compute_ratio_h100e").display == "ratio"


def test_every_outcome_leads_to_a_relation() -> None:
    for name, outcome in OUTCOMES.items():
        assert mechanisms_of(outcome.reads), name


def test_observed_series_are_computed_from_stocks_and_flows_that_exist() -> None:
    written = {n for m in ORDER for n in (*m.flow_writes, *m.state_writes)} | set(State._fields)
    assert set(OBSERVED) <= set(UNITS)
    for name, below in OBSERVED.items():
        assert set(below) <= written, name
    assert {n for n in UNITS if n not in OBSERVED} <= written


def test_parameters_of_an_outcome_are_parameters_of_the_ledger() -> None:
    known = {f"parameters/{n}" for n in load_parameters()}
    for outcome in OUTCOMES.values():
        assert set(parameters_of(outcome.reads)) <= known


def test_all_that_is_cited_has_an_address_or_a_reason(comparison: Comparison) -> None:
    report = report_input(comparison)
    ledger = load_ledger()
    assert report.sources
    assert all(s.url or ledger.sources[s.id].note for s in report.sources)


def test_published_values_are_in_the_unit_of_their_outcome(comparison: Comparison) -> None:
    report = report_input(comparison)
    found = {(p.outcome, p.period, p.label): p.value for p in report.published}
    assert found["huawei_ascend_packages", "2025", "IDC"] == pytest.approx(812)
    assert all(p.low is None or p.low <= p.value for p in report.published)


def test_conflicts_keep_every_side_with_its_source(comparison: Comparison) -> None:
    report = report_input(comparison)
    assert report.conflicts
    for conflict in report.conflicts:
        assert len(conflict.positions) >= 2
        assert len({p.value for p in conflict.positions}) >= 2
        assert all(p.sources and p.made_by and p.grade for p in conflict.positions)
        assert "not included" not in conflict.subject


def test_the_gates_are_closed_where_the_reports_say_so(comparison: Comparison) -> None:
    us, cn, *scenarios = report_input(comparison).gates
    assert (us.government, cn.government) == ("washington", "beijing")
    held = {s.start: s.state for s in cn.spans}
    assert held["2026-01-14"] == "closed"
    assert us.spans[0].state == "open"
    assert {(r.scenario, r.government): r.spans[-1].state for r in scenarios}["h200-rule+ban", "beijing"] == "closed"
    assert {(r.scenario, r.government): r.spans[-1].state for r in scenarios}["h200-rule+open", "beijing"] == "open"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("h200-2026", ""),
        ("h200-rule+ban", "Beijing refuses foreign AI chips"),
        ("h200-rule+open", "Beijing lets foreign AI chips in"),
        ("h200-rule+necessity", "only where buyers show the need"),
        ("h200-rule+bundled", "ties imports to domestic purchases"),
        ("open-h200+open+70bn", "chip subsidies"),
        ("open-h200", "without a volume cap"),
        ("all-open", "lets every chip leave without a licence"),
    ],
)
def test_a_condition_says_what_each_government_does(name: str, words: str) -> None:
    said = condition(load_scenario(name))
    assert words in said
    assert not said or said.startswith(("Washington ", "Beijing "))


def test_only_levers_that_differ_from_the_baseline_are_listed() -> None:
    base = load_scenario("h200-rule+ban")
    assert lever_changes(base.with_levers({"beijing.import_gate": 1}), base) == ()
    changes = lever_changes(load_scenario("h200-rule+open"), base)
    assert [(c.lever, c.baseline, c.value) for c in changes] == [("levers.beijing.import_gate", "1, ban", "0, open")]


def test_lever_values_are_printed_with_their_unit() -> None:
    levers = load_levers()
    assert value_words(levers["washington.duty"].main, 0.25, lever="washington.duty") == "25%"
    assert value_words(levers["washington.performance_ceiling"].main, 21000) == "21,000 TPP"
    assert value_words(levers["washington.volume_cap"].main, 1e9) == "none"
    assert value_words(levers["beijing.subsidy"].main, 23.5) == "23.5 USD bn/year"


def test_units_read_as_words() -> None:
    assert unit_words("thousand package") == "thousand packages"
    assert unit_words("usd_bn/(thousand wafer/month)") == "USD bn/(thousand wafers/month)"
    assert unit_words("1") == ""
    assert unit_words(None) == ""


def test_an_override_is_named_and_its_row_pinned() -> None:
    name, parameter = next((n, p) for n, p in load_parameters().items() if p.prior.kind == "uniform")
    value = round(parameter.prior.median(), 6)
    scenario = load_scenario("h200-2026", sets=[f"parameters/{name}={value!r}"])
    report = report_input(made_up(scenario))
    row = next(a for a in report.assumptions if a.path == f"parameters/{name}")
    assert (row.low, row.central, row.high, row.pinned) == (value, value, value, True)
    assert report.scenarios[0].overrides[0].path == f"parameters/{name}"


def test_a_preset_is_repeated_by_name_and_a_changed_one_from_its_folder() -> None:
    assert report_input(made_up("h200-rule+ban")).manifest.command == "countermove run h200-rule+ban --draws 120 --seed 2026"
    changed = load_scenario("h200-2026", sets=["levers.washington.duty=0.1"])
    assert "reproduce" in report_input(made_up(changed)).manifest.command


def test_ranks_give_spearmans_rho() -> None:
    x = np.array([3.0, 1.0, 2.0, 5.0, 4.0])
    assert np.mean(ranked(x) * ranked(x**3)) == pytest.approx(1.0)
    assert np.mean(ranked(x) * ranked(-x)) == pytest.approx(-1.0)
    tied = ranked(np.array([0.0, 0.0, 1.0, 2.0]))
    assert tied[0] == tied[1]
    assert tied.mean() == pytest.approx(0.0)
    assert tied.std() == pytest.approx(1.0)


def test_the_strongest_driver_is_the_parameter_that_the_outcome_was_made_from() -> None:
    result = made_up("h200-2026")
    compiled = compile_scenario(result.scenario)
    values = sampled(compiled, seed=result.seed, draws=DRAWS)
    assert compiled.posterior is not None
    fitted = next(n for n in load_parameters() if n in compiled.posterior and np.ptp(values[n]) > 0)
    free = next(n for n in load_parameters() if n not in compiled.posterior and np.ptp(values[n]) > 0)
    for name in (free, fitted):
        result.outcomes["china_compute_h100e"]["2028"][:] = -values[name]  # type: ignore[index]
        notes = report_input(result).outcomes
        strongest = drivers(result, ["china_compute_h100e"], notes, "2028")["china_compute_h100e"][0]
        assert strongest.path == f"parameters/{name}"
        assert strongest.correlation == pytest.approx(-1.0)


def test_what_an_outcome_has_nothing_to_do_with_is_no_driver_of_it() -> None:
    result = made_up("h200-2026")
    notes = report_input(result).outcomes
    assert drivers(result, list(notes), notes, "2028") == {}


def test_a_run_of_other_data_shows_no_drivers_and_says_why() -> None:
    report = report_input(Result(**{**vars(made_up("h200-2026")), "data_hash": "0" * 64}))
    assert not report.drivers
    assert any("the data have changed since the run" in note for note in report.notes)


def test_few_draws_show_no_drivers() -> None:
    result = made_up("h200-2026")
    few = Result(**{**vars(result), "draws": 20})  # type: ignore[arg-type]
    assert drivers(few, ["china_compute_h100e"], {}, "2028") == {}


def test_an_unknown_scenario_never_reaches_the_report() -> None:
    with pytest.raises(InputError):
        made_up("h200-rool")

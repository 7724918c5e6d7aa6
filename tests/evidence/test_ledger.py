"""The ledger: what it reads, what it refuses and how, and claims on two time axes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import CountermoveError, InputError
from countermove.evidence import data_tree
from countermove.evidence.ledger import Ledger, load_parameters, read_ledger, read_parameters
from countermove.evidence.reading import checked, entries, value_checked
from countermove.evidence.schema import Claim, Parameter, Period
from countermove.evidence.strict_yaml import loads

Plant = Callable[..., Path]

PARAMETER = """schema: 1
parameters:
  supply.x:
    label: Something
    unit: {unit}
    prior: {prior}
    valid: [0, 40]
    basis: {basis}
"""


def parameter_file(unit: str = "month", prior: str = "{kind: fixed, value: 3}", basis: str = "assumption", more: str = "") -> str:
    return PARAMETER.format(unit=unit, prior=prior, basis=basis) + more


def refusal(text: str) -> CountermoveError:
    with pytest.raises(InputError) as caught:
        entries(loads(text, "supply.yaml"), "parameters", Parameter)
    return caught.value


def test_the_small_tree_reads_whole(ledger: Ledger) -> None:
    assert set(ledger.parameters) == {"supply.hbm_stockpile", "supply.yield"}
    assert len(ledger.claims) == 6
    assert [row.period for row in ledger.series["packages_sold"].rows] == ["2024Q1", "2024Q2"]
    assert ledger.series["packages_sold"].rows[1].low is None
    assert ledger.cases["small"].claims[0].evidence_for == ("customs-block",)
    assert ledger.place("claims", "no-such-block").endswith("all.yaml:13")


def test_parameters_alone_need_no_claims_and_no_sources(plant: Plant) -> None:
    root = plant(claims="not: [valid", sources="neither")
    assert list(read_parameters(root)) == ["supply.hbm_stockpile", "supply.yield"]


def test_the_shipped_parameters_can_be_changed_without_changing_the_next_load() -> None:
    first = load_parameters()
    first["extra.name"] = next(iter(first.values()))
    assert "extra.name" not in load_parameters()


@pytest.mark.parametrize(
    ("text", "where", "what", "hint"),
    [
        (
            parameter_file(more="    vallid: [0, 1]\n"),
            "supply.yaml:9 (parameters.supply.x.vallid)",
            "unknown key 'vallid'",
            "'valid'",
        ),
        (parameter_file(prior="{kind: unifrm, low: 1, high: 2}"), "supply.yaml:6", "unknown kind 'unifrm'", "'uniform'"),
        (parameter_file(prior="{low: 1, high: 2}"), "supply.yaml:6", "the key 'kind' is missing", "add it"),
        (parameter_file(prior="{kind: uniform, low: 1, hihg: 2}"), "supply.yaml:6", "unknown key 'hihg'", "'high'"),
        (parameter_file(prior="{kind: uniform, low: 5, high: 2}"), "supply.yaml:6", "low 5 must lie below high 2", ""),
        (
            parameter_file(prior="{kind: uniform, low: five, high: 9}"),
            "supply.yaml:6 (parameters.supply.x.prior.low)",
            "found text 'five'",
            "",
        ),
        (parameter_file(prior="{kind: uniform, low: 1, high: 99}"), "supply.yaml:3", "reaches outside valid", ""),
        (parameter_file(unit="months"), "supply.yaml:5 (parameters.supply.x.unit)", "unknown unit 'months'", ""),
        (
            parameter_file(basis="guess"),
            "supply.yaml:8 (parameters.supply.x.basis)",
            "found text 'guess'",
            "one of: sourced, assumption",
        ),
        (parameter_file(basis="sourced"), "supply.yaml:3", "basis: sourced needs supports", ""),
        (
            parameter_file(more="    sources: [{claim: a, source: b}]\n"),
            "supply.yaml:9 (parameters.supply.x.sources.0)",
            "not both",
            "",
        ),
        (parameter_file(more="    id: supply.y\n"), "supply.yaml:9", "'id' is not written here", "remove it"),
        (parameter_file().replace("    label: Something\n", ""), "supply.yaml:3", "the key 'label' is missing", "add it"),
        (parameter_file().replace("supply.x", "Supply"), "supply.yaml:3", "not a dotted name", ""),
        (parameter_file().replace("schema: 1", "schema: 2"), "supply.yaml:1 (schema)", "found 2", "schema: 1"),
        (parameter_file().replace("schema: 1\n", ""), "supply.yaml:1", "found nothing", "schema: 1"),
        (parameter_file(more="parameter: {}\n"), "supply.yaml:9 (parameter)", "unknown key 'parameter'", "'parameters'"),
        ("schema: 1\nparameters: [1, 2]", "supply.yaml:2 (parameters)", "found a list of 2", ""),
        ("schema: 1\nparameters: {supply.x: 3}", "supply.yaml:2 (parameters.supply.x)", "found 3", "label"),
        ("just text", "supply.yaml:1", "found text 'just text'", ""),
    ],
)
def test_a_wrong_parameter_is_refused_in_one_line_with_place_and_nearest_name(
    text: str, where: str, what: str, hint: str
) -> None:
    error = refusal(text)
    assert error.where.startswith(where)
    assert what in error.what
    assert hint in error.hint
    assert len(str(error).splitlines()) <= 2


def test_a_key_misspelt_inside_a_prior_names_the_right_one() -> None:
    error = refusal(parameter_file(prior="{kind: uniform, low: 1, high: 2, hihg: 2}"))
    assert error.where == "supply.yaml:6 (parameters.supply.x.prior.hihg)"
    assert error.hint == "did you mean 'high'?"


def test_a_key_misspelt_inside_a_mixture_names_the_right_one() -> None:
    parts = "{weight: 1, prior: {kind: fixed, value: 1}}, {wieght: 1, weight: 1, prior: {kind: fixed, value: 2}}"
    error = refusal(parameter_file(prior=f"{{kind: mixture, components: [{parts}]}}"))
    assert error.where == "supply.yaml:6 (parameters.supply.x.prior.components.1.wieght)"
    assert error.hint == "did you mean 'weight'?"


@given(st.text(alphabet="abc {}[]:,-'\n\"12", max_size=60))
def test_any_prior_text_is_a_parameter_or_an_input_error(text: str) -> None:
    try:
        found = entries(loads(parameter_file(prior=text), "x.yaml"), "parameters", Parameter)
    except InputError as error:
        assert len(str(error).splitlines()) <= 2
    else:
        assert found.keys() == {"supply.x"}


def test_values_without_a_model_are_checked_too() -> None:
    document = loads("a: {x: 1, y: two}", "f.yaml")
    assert value_checked(document, float, ("a", "x")) == 1.0
    with pytest.raises(InputError, match=r"f\.yaml:1 \(a\.y\): found text 'two'"):
        value_checked(document, dict[str, float], ("a",))
    with pytest.raises(InputError, match="expected a mapping"):
        checked(document, Parameter, ("a", "x"), id="a.b")


def test_tails_of_an_unbounded_prior_are_cut_at_the_hard_limits() -> None:
    text = parameter_file(prior="{kind: normal, p5: 1, p95: 39}")
    parameter = entries(loads(text), "parameters", Parameter)["supply.x"]
    values = parameter.ppf([1e-15, 0.5, 1 - 1e-15])
    assert values.min() >= 0
    assert values.max() <= 40
    assert (parameter.prior.ppf([1e-15, 0.5]) >= 0).all()
    assert parameter.group == "supply"


@pytest.mark.parametrize(
    ("folder", "old", "new", "what"),
    [
        ("claims", "sources: [mofcom-2026-01-20-answer]", "sources: [mofcom-2026-01-20-anwser]", "mofcom-2026-01-20-answer"),
        ("claims", "from: [stacks-all,", "from: [stack-all,", "stacks-all"),
        ("parameters", "claim: stacks-all", "claim: stacks-al", "stacks-all"),
        ("cases", "for: [customs-block]", "for: [custom-block]", "customs-block"),
        ("series", "claim: packages", "claim: package", "packages"),
        ("series", "kind: flow", "kind: flow, derived_from: [package_sold]", "packages_sold"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused_with_the_nearest(
    plant: Plant, folder: str, old: str, new: str, what: str
) -> None:
    text = next(path for path in plant().joinpath(folder).glob("*.yaml") if path.name != "correlations.yaml").read_text()
    assert old in text
    with pytest.raises(CountermoveError, match=f"did you mean '{what}'") as caught:
        read_ledger(plant(**{folder: text.replace(old, new)}))
    assert ":" in caught.value.where


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("period,value\n2024Q1,abc\n", "found 'abc' in column value"),
        ("period,value\n2024Q1,1,2\n", "different numbers of columns"),
        ("period,value,hihg\n2024Q1,1,2\n", "unknown key 'hihg'"),
        ("period,value\n2024Q1,1\n2024Q1,2\n", "a period appears twice"),
        ("period,value,low\n2024Q1,1,2\n", "must not decrease"),
        ("period,value\n", "at least 1 item"),
        ("period,value\n2024Q1,nan\n", "finite"),
        ("period,value,standing\n2024Q1,1,plann\n", "did you mean 'plan'"),
        ("period,value,held\n2024Q1,1,perhaps\n", "found text 'perhaps'"),
    ],
)
def test_a_wrong_table_is_refused(plant: Plant, table: str, what: str) -> None:
    with pytest.raises(CountermoveError, match=what):
        read_ledger(plant(table=table))


def test_a_series_without_its_table_is_refused(plant: Plant) -> None:
    root = plant()
    (root / "series" / "packages_sold.csv").unlink()
    with pytest.raises(CountermoveError, match=r"cannot read the table packages_sold\.csv"):
        read_ledger(root)


def test_the_same_id_in_two_files_is_refused_with_the_first_place(plant: Plant) -> None:
    root = plant()
    (root / "claims" / "second.yaml").write_text((root / "claims" / "all.yaml").read_text())
    with pytest.raises(CountermoveError, match=r"already defined\n  first in .*all\.yaml:3"):
        read_ledger(root)


def test_claims_derived_in_a_circle_are_refused(plant: Plant) -> None:
    text = plant().joinpath("claims/all.yaml").read_text()
    circle = text.replace("from: [stacks-all, stacks-per-package]", "from: [packages, stacks-per-package]")
    with pytest.raises(CountermoveError, match="derived in a circle: packages -> packages"):
        read_ledger(plant(claims=circle))


def test_competing_claims_stand_side_by_side_oldest_vintage_first(ledger: Ledger) -> None:
    assert [claim.id for claim in ledger.about("policy.cn.h200.import")] == ["customs-block", "no-such-block"]
    assert [claim.id for claim in ledger.about("policy.cn")] == ["customs-block", "no-such-block"]
    assert [claim.id for claim in ledger.competing(ledger.claims["customs-block"])] == ["no-such-block"]


def test_what_was_known_on_a_day_leaves_later_vintages_out(ledger: Ledger) -> None:
    on = dt.date(2026, 1, 16)
    assert [claim.id for claim in ledger.about("policy.cn", on=on, known=dt.date(2026, 1, 15))] == ["customs-block"]
    assert [claim.id for claim in ledger.about("policy.cn", on=on, known=dt.date(2026, 1, 20))] == [
        "customs-block",
        "no-such-block",
    ]
    assert [claim.id for claim in ledger.about("policy.cn", on=dt.date(2026, 1, 5))] == ["no-such-block"]
    assert ledger.about("policy.cn", known=dt.date(2020, 1, 1)) == []


def test_a_year_counts_as_known_only_when_it_is_over(ledger: Ledger) -> None:
    assert ledger.about("supply.stacks", known=dt.date(2025, 12, 30)) == []
    assert len(ledger.about("supply.stacks", known=dt.date(2025, 12, 31))) == 2


def test_an_unknown_subject_names_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(InputError, match=r"did you mean 'supply\.stacks'"):
        ledger.about("supply.stack")


def test_a_derived_claim_rests_on_the_sources_of_its_inputs(ledger: Ledger) -> None:
    assert [source.id for source in ledger.sources_of(ledger.claims["packages"])] == ["analyst-2025-stacks"]


@pytest.mark.parametrize(
    ("written", "first", "end"),
    [
        ("2025", "2025-01-01", "2026-01-01"),
        ("2025Q4", "2025-10-01", "2026-01-01"),
        ("2025H1", "2025-01-01", "2025-07-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-01-14", "2026-01-14", "2026-01-15"),
    ],
)
def test_a_named_period_is_its_first_day_to_the_day_after_its_last(ledger: Ledger, written: str, first: str, end: str) -> None:
    fields = ledger.claims["customs-block"].model_dump(by_alias=True) | {"period": written}
    period = Claim.model_validate(fields).period
    assert (period.first_day.isoformat(), period.end_day.isoformat()) == (first, end)


@given(st.dates(), st.dates(), st.dates(), st.dates())
def test_overlap_is_symmetric_and_means_a_shared_day(a: dt.date, b: dt.date, c: dt.date, d: dt.date) -> None:
    if a >= b or c >= d:
        return
    left = Period.model_validate({"from": a.isoformat(), "until": b.isoformat()})
    right = Period.model_validate({"from": c.isoformat(), "until": d.isoformat()})
    assert left.overlaps(right) == right.overlaps(left) == (left.contains(c) or right.contains(a))


def test_the_fingerprint_ignores_explanations_and_line_ends(plant: Plant) -> None:
    root = plant()
    data_tree.data_hash.cache_clear()
    first = data_tree.data_hash(root)
    (root / "claims" / "all.yaml").write_text("schema: 1\n")
    path = root / "parameters" / "supply.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    data_tree.data_hash.cache_clear()
    assert data_tree.data_hash(root) == first
    path.write_text(path.read_text().replace("13.0", "13.1"))
    data_tree.data_hash.cache_clear()
    assert data_tree.data_hash(root) != first


def test_the_fingerprint_ignores_what_an_ensemble_was_stamped_with_but_not_its_table(plant: Plant) -> None:
    root = plant()
    (root / "ensembles").mkdir()
    found = []
    for name, content in (
        ("posterior.npz", b"1"),
        ("posterior.yaml", b"1"),
        ("posterior-past.json", b"1"),
        ("posterior.npz", b"2"),
    ):
        (root / "ensembles" / name).write_bytes(content)
        data_tree.data_hash.cache_clear()
        found.append(data_tree.data_hash(root))
    assert found[0] == found[1] == found[2] != found[3]

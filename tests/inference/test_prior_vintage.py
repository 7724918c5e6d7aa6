"""Under strict vintage no prior keeps a centre that only later sources state, at any of the five origins."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove.errors import DataError, InputError
from countermove.evidence.ledger import load_ledger, load_parameters
from countermove.evidence.priors import LogNormal, Uniform
from countermove.evidence.schema import Parameter, Support
from countermove.inference.known_priors import ALWAYS, NEVER, Known, Replaced, check_no_leak, days_known, known_from, priors_by
from countermove.inference.prior_entries import FILE, load_entries, read_entries
from countermove.inference.prior_vintage import ORIGINS, SHOWN, counts, main, simulated_priors
from countermove.inference.vintage import cut_date, priors_known
from countermove.inference.world_vintage import GIVEN, world_by, world_known_until
from countermove.outcomes.published import published_values

LATE = dt.date(2024, 12, 31)
FIVE_DAYS = ["2023-12-31", "2024-06-30", "2024-12-31", "2025-06-30", "2026-01-31"]


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "priors.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _with_entry(tmp_path: Path, entry: str, name: str = "us.us_share") -> Path:
    text = "schema: 1\ngrowth: {p5: 0.8, p95: 2.5, note: growth}\nleans_on: {}\nfamilies: {}\nentries:\n"
    return _file(tmp_path, f"{text}  {name}:\n    - {entry}\n")


def _resting(sources: str) -> str:
    return f"{{known: 2024-06, prior: {{kind: uniform, low: 0.4, high: 0.9}}, basis: assumption, note: x, sources: {sources}}}"


def test_the_origins_are_the_five_that_forecasts_are_judged_at() -> None:
    assert [str(day) for day in ORIGINS] == FIVE_DAYS


@pytest.mark.parametrize("day", ORIGINS, ids=str)
def test_no_parameter_keeps_a_centre_that_only_later_sources_state(day: dt.date) -> None:
    parameters, ledger, file = load_parameters(), load_ledger(), load_entries()
    known = priors_known(parameters, day, strict=True)
    assert not known.foreknown
    assert set(known.parameters) == set(parameters)
    # Told again from the ledger, without the code under test: the dates of what each kept prior rests on.
    for name, parameter in known.parameters.items():
        if parameter.prior != parameters[name].prior or name in known.replaced_names:
            continue
        days = [
            ledger.claims[rest.claim].known_day if rest.claim else ledger.sources[str(rest.source)].published
            for rest in parameters[name].sources
        ]
        assert not days or any(str(found) <= str(day) for found in days if found is not None), name
    since = days_known(parameters, file)
    assert {name for name, found in since.items() if found > day} == set(known.replaced_names)
    assert all(found.known <= day for found in known.replaced)


@pytest.mark.parametrize("year", range(2022, 2027))
def test_no_other_date_that_a_hindcast_takes_leaks_either(year: int) -> None:
    parameters = load_parameters()
    for month in range(1 if year > 2022 else 12, 13):
        day = cut_date(f"{year}-{month:02d}")
        assert not priors_by(parameters, day).foreknown, day


@pytest.mark.parametrize("day", ORIGINS, ids=str)
def test_a_replaced_prior_is_no_narrower_unless_it_rests_on_what_was_known(day: dt.date) -> None:
    parameters, known = load_parameters(), priors_by(load_parameters(), day)
    for found in known.replaced:
        low, high = known.parameters[found.name].prior.bounds()
        before_low, before_high = parameters[found.name].prior.bounds()
        wider = high - low >= before_high - before_low or high * before_low >= before_high * low
        assert wider or found.by.startswith("what was known"), found.name


def test_a_prior_is_known_when_both_its_ends_were_stated() -> None:
    parameters = load_parameters()
    # Low: Epoch of April 2026. High: SemiAnalysis of July 2024.
    assert known_from(parameters["demand.latent_huawei_2024"]) == dt.date(2026, 4, 30)
    # The mode counts too.
    assert known_from(parameters["demand.legal_market_2025"]) == dt.date(2025, 7, 17)
    # Context only: the first of them.
    assert known_from(parameters["supply.cambricon_packages_2023"]) == dt.date(2025, 4, 30)


def test_without_sources_a_prior_is_always_known_unless_its_name_carries_a_year() -> None:
    parameters = load_parameters()
    assert known_from(parameters["demand.price_elasticity"]) == ALWAYS
    assert known_from(parameters["software.software_2024"]) == dt.date(2024, 12, 31)
    assert known_from(parameters["grey.growth_after_2025"]) == dt.date(2025, 12, 31)
    assert known_from(parameters["grey.growth_before_2023"]) == dt.date(2022, 12, 31)


def test_an_undated_source_is_known_on_no_day() -> None:
    parameter = load_parameters()["us.us_share"]
    undated = parameter.model_copy(update={"sources": (Support(source="ifp-h20-problem", supports="both"),)})
    assert known_from(undated) == NEVER


def test_evidence_that_only_a_note_names_counts_as_a_source() -> None:
    parameters, file = load_parameters(), load_entries()
    name = "supply.cambricon_packages_2025_winter"
    assert known_from(parameters[name]) == dt.date(2025, 12, 31)
    assert known_from(parameters[name], hidden=file.leans_on[name]) == dt.date(2026, 4, 30)
    assert name in priors_by(parameters, dt.date(2026, 1, 31)).replaced_names


def test_a_leaking_prior_is_caught_and_named() -> None:
    parameters, file = load_parameters(), load_entries()
    leaking = replace(file, entries={name: found for name, found in file.entries.items() if name != "us.us_share"})
    with pytest.raises(InputError, match=r"us\.us_share keeps a prior that was known from 2026-11-30") as caught:
        priors_by(parameters, LATE, entries=leaking)
    assert "nvidia-us-share-fy26q3 (low) 2026-11-30" in str(caught.value)
    assert "data/vintage/priors.yaml" in str(caught.value)


def test_a_prior_that_only_calls_itself_replaced_is_caught() -> None:
    parameters = load_parameters()
    honest = priors_by(parameters, LATE)
    kept = Known({**honest.parameters, "us.us_share": parameters["us.us_share"]}, honest.replaced, ())
    with pytest.raises(InputError, match=r"us\.us_share keeps a prior"):
        check_no_leak(parameters, kept, LATE)


def test_a_replacement_known_later_is_caught() -> None:
    parameters = load_parameters()
    honest = priors_by(parameters, LATE)
    replaced = tuple(
        Replaced(found.name, found.why, found.by, dt.date(2025, 1, 1)) if found.name == "us.us_share" else found
        for found in honest.replaced
    )
    with pytest.raises(InputError, match=r"us\.us_share keeps a prior that was known from 2025-01-01"):
        check_no_leak(parameters, Known(honest.parameters, replaced, ()), LATE)


def test_a_new_late_parameter_leaks_until_it_has_an_entry() -> None:
    parameters = load_parameters()
    new = Parameter(
        id="supply.new_line",
        label="A line",
        unit="1",
        prior=Uniform(low=1, high=2),
        valid=(0, 5),
        basis="sourced",
        sources=(Support(claim="cards-2025-idc", supports="both"),),
    )
    with pytest.raises(InputError, match=r"supply\.new_line"):
        priors_by({**parameters, new.id: new}, LATE)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            _resting("[{claim: cards-2025-idc}]"),
            r"rests on 'cards-2025-idc', which was known only from 2026-04-01",
        ),
        (
            _resting("[{source: ifp-h20-problem}]"),
            r"rests on 'ifp-h20-problem', which has no date",
        ),
        (
            _resting("[{series: nvidia-datacenter-revenue, period: 2024Q3}]"),
            r"2024Q3', which was known only from 2024-11-30",
        ),
        (
            _resting("[{series: nvidia-datacenter-revenue, period: 2024Q5}]"),
            r"unknown period of nvidia-datacenter-revenue '2024Q5'",
        ),
        (
            _resting("[{claim: cards-2025-ids}]"),
            r"unknown claim 'cards-2025-ids'",
        ),
        (
            "{known: 2024-06, prior: {kind: uniform, low: 0.4, high: 1.9}, basis: assumption, note: x}",
            r"reaches outside the valid range of us\.us_share, 0 to 1",
        ),
        ("{known: 2024-06, prior: {kind: uniform, low: 0.4, high: 0.9}, basis: sourced, note: x}", r"states a number"),
        ("{known: soon, prior: {kind: uniform, low: 0.4, high: 0.9}, basis: assumption, note: x}", r"not a date"),
        ("{known: 2024-06, prior: {kind: uniform, low: 0.4, high: 0.9}, basis: assumption}", r"the key 'note' is missing"),
        ("{known: 2024-06, prio: {kind: uniform}, basis: assumption, note: x}", r"unknown key 'prio'"),
    ],
    ids=["later", "undated", "later value", "no such value", "no such claim", "range", "basis", "date", "note", "key"],
)
def test_a_wrong_entry_is_refused_with_its_place(tmp_path: Path, entry: str, words: str) -> None:
    path = _with_entry(tmp_path, entry)
    ledger = load_ledger()
    with pytest.raises((InputError, DataError), match=words) as caught:
        read_entries(path, ledger, ledger.parameters)
    assert "priors.yaml" in str(caught.value)


def test_an_entry_for_an_unknown_parameter_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = _with_entry(
        tmp_path, "{known: 2024-06, prior: {kind: uniform, low: 0.4, high: 0.9}, basis: assumption, note: x}", "us.us_shar"
    )
    ledger = load_ledger()
    with pytest.raises(InputError, match=r"unknown parameter 'us\.us_shar'") as caught:
        read_entries(path, ledger, ledger.parameters)
    assert "us.us_share" in str(caught.value)


def test_entries_stand_in_order_of_days(tmp_path: Path) -> None:
    one = "{known: 2024-06, prior: {kind: uniform, low: 0.4, high: 0.9}, basis: assumption, note: x}"
    path = _with_entry(tmp_path, f"{one}\n    - {one.replace('2024-06', '2023-06')}")
    ledger = load_ledger()
    with pytest.raises(InputError, match="not in order"):
        read_entries(path, ledger, ledger.parameters)


def test_the_shipped_file_has_no_entry_that_is_never_used() -> None:
    file, since = load_entries(), days_known(load_parameters(), load_entries())
    idle = [name for name, listed in file.entries.items() if any(entry.day >= since[name] for entry in listed)]
    assert not idle


def test_a_year_of_a_family_grows_from_the_last_one_known() -> None:
    parameters = load_parameters()
    known = priors_by(parameters, dt.date(2023, 12, 31))
    low, high = load_entries().entries["demand.legal_market_2023"][0].prior.bounds()
    grown_low, grown_high = known.parameters["demand.legal_market_2024"].prior.bounds()
    assert grown_low == pytest.approx(low * 0.8, rel=0.05)
    assert grown_high == pytest.approx(high * 2.5, rel=0.05)
    assert parameters["demand.legal_market_2024"].prior != known.parameters["demand.legal_market_2024"].prior


def test_the_later_value_does_not_move_what_stands_in_for_it() -> None:
    """If the world had gone otherwise, the strict prior would be the same: only names and dates of the later one are read."""
    parameters = load_parameters()
    moved = {
        name: found.model_copy(update={"prior": LogNormal(p5=low, p95=high).limited(*found.valid)})
        for name, found in parameters.items()
        for low, high in [sorted((max(found.valid[0], 1e-3) * 1.01, min(found.valid[1], 1e6) * 0.99))]
        if low < high
    }
    honest = priors_by(parameters, LATE)
    other = priors_by({**parameters, **{name: moved[name] for name in honest.replaced_names if name in moved}}, LATE)
    for name in honest.replaced_names:
        assert other.parameters[name].prior == honest.parameters[name].prior, name


@pytest.mark.parametrize("day", ORIGINS, ids=str)
def test_strict_priors_simulate_and_are_not_absurd(day: dt.date) -> None:
    parameters = load_parameters()
    known = priors_by(parameters, day)
    year = day.year if day.month == 12 else day.year - 1
    found = {row.series: row for row in reversed(published_values())}
    series = ["cambricon-revenue-yearly", "huawei-ascend-packages-idc", "china-market-value-bernstein"]
    rows = [replace(found[name], period=str(period)) for period in (year, year + 1) for name in series]
    values = np.stack(simulated_priors(known.parameters, rows, day))
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    # Within a factor of twenty of what was later published of these years, and never a point.
    middle = np.median(values, axis=1)
    published = {"cambricon-revenue-yearly": 1.5, "huawei-ascend-packages-idc": 250.0, "china-market-value-bernstein": 18.0}
    for row, value in zip(rows, middle, strict=True):
        assert published[row.series] / 20 < value < published[row.series] * 20, row
    assert (np.quantile(values, 0.95, axis=1) > 1.5 * np.quantile(values, 0.05, axis=1)).all()


def test_correlated_parameters_stay_correlated_under_strict_priors() -> None:
    from scipy.stats import spearmanr

    from countermove.experiments.correlations import Correlations, Pair
    from countermove.experiments.draws import sample

    first, second = "grey.chips_2024", "supply.hbm_imports"  # the first is one value today
    known = priors_by(load_parameters(), LATE)
    joined = Correlations((Pair(first, second, 0.8),))
    values = sample(known.parameters, seed=3, draws=512, correlations=joined)
    assert spearmanr(values[first], values[second]).statistic > 0.6
    assert all(np.isfinite(found).all() for found in values.values())


def test_the_default_priors_are_not_touched() -> None:
    before = load_parameters()
    prints = {name: found.prior for name, found in before.items()}
    for day in ORIGINS:
        priors_by(before, day)
    assert {name: found.prior for name, found in load_parameters().items()} == prints


def test_the_latest_vintage_is_what_it_was() -> None:
    found = priors_known(load_parameters(), LATE)
    assert "demand.legal_market_2025" in found.replaced_names
    assert "prices.price_910c" in found.foreknown
    assert "us.us_share" not in found.replaced_names


def test_world_sales_after_the_last_filing_are_not_read() -> None:
    from countermove.experiments.draws import sample
    from countermove.experiments.streams import STREAMS
    from countermove.inference.calibration import compiled_past
    from countermove.market.compile import compile_market

    past = compiled_past()
    values = sample(past.assumptions.parameters, seed=1, draws=64, fixed=past.assumptions.fixed, streams=STREAMS)
    inputs = compile_market(values, past.gates, past.levers, hazards=False)
    start = world_known_until(LATE)
    assert start == 33  # filed in November 2024: to the third quarter
    blind = world_by(inputs, LATE, seed=1)
    for name in ("us_h100e_flow", "us_bandwidth_flow", "world_units", "rental_world_units", "rest_of_world_revenue"):
        before, after = np.asarray(inputs.monthly[name]), np.asarray(blind.monthly[name])
        assert np.array_equal(before[:start], after[:start])
        assert np.isfinite(after).all()
    # Had later sales been twice as large, the blinded level would be the same.
    twice = dict(inputs.monthly)
    for name in ("us_h100e_flow", "rest_of_world_revenue"):
        twice[name] = np.concatenate([np.asarray(twice[name])[:start], 2 * np.asarray(twice[name])[start:]])
    again = world_by(replace(inputs, monthly=twice), LATE, seed=1)
    for name in ("us_h100e_flow", "rest_of_world_revenue"):
        assert np.allclose(again.monthly[name], blind.monthly[name], rtol=1e-12)
    year = np.asarray(blind.monthly["us_h100e_flow"])[start + 12] / np.asarray(blind.monthly["us_h100e_flow"])[start - 1]
    assert 0.5 < np.quantile(year, 0.05) < np.quantile(year, 0.95) < 4


def test_world_sales_before_any_filing_are_refused() -> None:
    with pytest.raises(InputError, match="no filing"):
        world_known_until(dt.date(2022, 1, 31))


def test_the_command_prints_every_origin_and_what_stays_known(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--all"])
    printed = capsys.readouterr().out
    for day in ORIGINS:
        found = counts(priors_by(load_parameters(), day), load_parameters())
        line = next(line for line in printed.splitlines() if line.startswith(f"{day:%Y-%m} |"))
        assert line.split(" | ")[1:] == [str(number) for number in found.values()]
        assert found["leaking"] == 0
        assert sum(found.values()) - found["near the later centre"] == len(load_parameters())
    assert "demand.legal_market_2024" in printed
    assert all(what in printed for what, _ in GIVEN)


def test_the_command_refuses_an_unknown_option() -> None:
    with pytest.raises(InputError, match="unknown option '--al'") as caught:
        main(["--al"])
    assert "--all" in str(caught.value)


def test_the_shown_outcomes_exist_and_the_file_is_shipped() -> None:
    assert set(SHOWN) <= {row.series for row in published_values()}
    assert FILE.is_file()

"""Make an entry of the register with the market model of this version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from countermove.evidence.data_tree import data_hash
from countermove.evidence.ledger import load_ledger
from countermove.experiments.compiled import compile_prior
from countermove.experiments.ensemble_key import load_ensemble
from countermove.experiments.past_record import PRESET
from countermove.experiments.pipeline import evidence_until
from countermove.experiments.scenario import load_scenario
from countermove.inference.prediction import simulated
from countermove.inference.record import recorded_misfit
from countermove.inference.register.entry import LEVELS, Conditions, Entry, Known, Prediction, frequency
from countermove.inference.rolling.forecaster import AI_REVENUE, other_goods
from countermove.inference.rolling.judged import FILED, FILED_SERIES, FILED_UNIT, is_bound
from countermove.inference.rolling.origins import FACT
from countermove.inference.rolling.printed import printed
from countermove.inference.rolling.record import PRESENT, model_hash
from countermove.outcomes import OUTCOMES
from countermove.outcomes.published import Published, period_end, published_rows

Floats = NDArray[np.float64]

SERIES: tuple[str, ...] = (
    "cambricon_revenue_cny_bn",
    "cambricon_units",
    "huawei_ascend_packages",
    "ascend_910b_packages",
    "ascend_910c_packages",
    "ascend_950pr_packages",
    "thead_units",
    "kunlunxin_units",
    "domestic_ai_chip_revenue_usd_bn",
    "domestic_share_units",
    "domestic_share_money",
    "h200_china_units",
    "h200_china_revenue_usd_bn",
    "nvidia_datacenter_revenue_usd_bn",
    FILED,
    AI_REVENUE,
    "nvidia_china_datacenter_revenue_usd_bn",
    "nvidia_china_low_end_revenue_usd_bn",
    "duty_proceeds_usd_bn",
    "china_compute_h100e",
    "smuggled_h100e_cumulative",
)
PERIODS: tuple[str, ...] = ("2026Q2", "2026Q3", "2026Q4", "2027Q1", "2027Q2", "2027Q3", "2027Q4", "2026", "2027")
QUARTERS_A_YEAR = 4


def predict(
    name: str,
    *,
    made_on: dt.date,
    draws: int,
    seed: int,
    supersedes: str | None = None,
    tell: Callable[[str], None] = lambda words: None,
) -> Entry:
    """Simulate the default scenario and say what sources will print; series without an outcome are left out with the reason.

    DataError where the recorded posterior is refused: an entry is never made from half a model.
    """
    ensemble = load_ensemble()
    rows = [_asked(series, period, made_on) for series in SERIES if series in OUTCOMES or series == FILED for period in PERIODS]
    filed = _filed_known(made_on)
    tell(f"simulating {draws} worlds to predict {len(rows)} values")
    simulated_rows = [replace(row, outcome=AI_REVENUE) if row.outcome == FILED else row for row in (*rows, *filed)]
    values = simulated(compile_prior(load_scenario(PRESET)), simulated_rows, ensemble, draws=draws, seed=seed, hazards=True)
    _add_other_goods(values, rows, filed, seed)
    sample = printed(values[: len(rows)], rows, {} if ensemble is None else _misfit(draws), seed=seed)
    known = known_series(made_on)
    return Entry(
        name=name,
        made_on=made_on,
        model=PRESENT,
        data_hash=data_hash(),
        model_hash=model_hash(),
        conditions=Conditions(
            scenario=PRESET,
            market_series_to=_fitted_to(),
            policy_to=evidence_until(),
            fitted=ensemble is not None,
            draws=draws,
            seed=seed,
            note="gates follow the ledger, afterwards their hazards; what a source may print, its error included",
        ),
        supersedes=supersedes,
        left_out={
            series: "the model of this day has no such outcome" for series in SERIES if series not in OUTCOMES and series != FILED
        },
        predictions=tuple(_prediction(row, sample[number]) for number, row in enumerate(rows)),
        known={key: found for key, found in known.items() if key.partition(" ")[0] in SERIES},
    )


def known_series(day: dt.date) -> dict[str, Known]:
    """For each outcome and frequency the published series with most values known on a day, by "outcome frequency"."""
    found: dict[str, list[Published]] = {}
    for name, series in load_ledger().series.items():
        outcome = FILED if name in FILED_SERIES else series.outcome
        if outcome is None or (outcome != FILED and outcome not in OUTCOMES):
            continue
        unit = FILED_UNIT if outcome == FILED else OUTCOMES[outcome].unit
        rows = [row for row in published_rows(name, outcome, unit, last=day.year) if _is_known(row, day)]
        for kind in {frequency(row.period) for row in rows}:
            same = [row for row in rows if frequency(row.period) == kind]
            if len(same) > len(found.get(f"{outcome} {kind}", [])):
                found[f"{outcome} {kind}"] = same
    return {
        key: Known(source=rows[0].series, periods=tuple(row.period for row in rows), values=tuple(row.value for row in rows))
        for key, rows in sorted(found.items())
    }


def _is_known(row: Published, day: dt.date) -> bool:
    return row.dated and row.known <= day and row.standing == FACT and not is_bound(row)


def _filed_known(day: dt.date) -> list[Published]:
    rows = published_rows(FILED_SERIES[-1], FILED, FILED_UNIT, last=day.year)
    return [row for row in rows if _is_known(row, day)]


def _add_other_goods(values: Floats, rows: Sequence[Published], filed: Sequence[Published], seed: int) -> None:
    """Turn AI revenue into what NVIDIA files for China, in place: other goods of a quarter, four times that in a year."""
    past, draws = values[len(rows) :], values.shape[1]
    for number, row in enumerate(rows):
        if row.outcome == FILED:
            random = np.random.default_rng([seed, 14, number])
            quarters = QUARTERS_A_YEAR if frequency(row.period) == "year" else 1
            values[number] += quarters * other_goods(filed, past, random, draws)


def _asked(series: str, period: str, made_on: dt.date) -> Published:
    nan = float("nan")
    return Published(series, series, period, nan, nan, nan, False, made_on)


def _misfit(draws: int) -> dict[str, Floats]:
    """Misfit scales of the recorded calibration, those of single values for all: a new source has no scale of its own."""
    return {name: np.resize(scale, draws) for name, scale in recorded_misfit().items() if name == "single values"}


def _fitted_to() -> str:
    """The last quarter whose published values the default fit reads."""
    from countermove.outcomes.published import published_values

    last = max(period_end(row.period) for row in published_values())
    return f"{last.year}Q{(last.month + 2) // 3}"


def _prediction(row: Published, sample: Floats) -> Prediction:
    outcome = OUTCOMES.get(row.outcome)
    if outcome is not None and outcome.part_of_whole:
        sample = np.minimum(sample, 1.0)
    found = np.quantile(sample, LEVELS)
    return Prediction(
        series=row.series,
        period=row.period,
        unit=FILED_UNIT if outcome is None else outcome.unit,
        quantiles=tuple(float(f"{q:.5g}") for q in np.maximum.accumulate(found)),
    )

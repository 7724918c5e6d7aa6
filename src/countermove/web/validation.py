"""How the model stands against published values and published analyses: what is recorded, in the contract's shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from countermove.evidence.data_tree import data_hash
from countermove.evidence.ledger import load_ledger
from countermove.inference.hindcast_text import READINGS
from countermove.inference.record import recorded_fit
from countermove.inference.rolling.record import MODELS
from countermove.inference.rolling.record import recorded as recorded_judgement
from countermove.inference.rolling.text import verdict_words
from countermove.inference.validation import SHIPPED, recorded_hindcast
from countermove.outcomes import OUTCOMES
from countermove.reproductions.page import RECORD, recorded
from countermove.web.listing import source_lines
from countermove.web.schema_validation import (
    Against,
    Condition,
    Figure,
    Fit,
    FitRow,
    FitSeries,
    Hindcast,
    HindcastPoint,
    HindcastSeries,
    Judged,
    JudgedPoint,
    LedgerGap,
    Reading,
    Reference,
    Reproduction,
    ReproductionRow,
    Reproductions,
    Tally,
    Tier,
    Validation,
)

NOTES = [
    "These values were used in the calibration, so this describes fit; the hindcast below tests prediction.",
    "The band is what a source might print: the simulated value with measurement error and the model's estimated misfit.",
    "Several priors and several series go back to the same publication; such evidence counts twice.",
    "While fitting, the reading of Beijing's gate is held at its most likely one; errors between series are independent.",
]
CONTENT = {"conditional": "series", "unconditional": "unconditional"}
"""Where a hindcast document holds the series of each reading."""


def validation() -> Validation:
    """Return all three parts, None or not recorded where a file is missing."""
    fit = recorded_fit()
    return Validation(
        fit=None if fit is None else _fit(fit),
        rolling=[_judged(name, label, recorded_judgement(name)) for name, label in MODELS.items()],
        hindcasts=[_hindcast(fit_to, vintage, recorded_hindcast(fit_to, vintage)) for fit_to, vintage in SHIPPED],
        reproductions=_reproductions(recorded()) if RECORD.is_file() else None,
    )


def _fit(found: Mapping[str, Any]) -> Fit:
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in found["rows"]:
        rows.setdefault(row["series"], []).append(row)
    sampler, reference = found["sampler"], found.get("reference")
    return Fit(
        made=found["made"],
        version=found["version"],
        inside=found["inside_90"],
        points=found["published_values"],
        coverage=found["coverage_90"],
        parameters=len(found["parameters"]),
        **{name: sampler[name] for name in ("method", "particles", "stages", "runs", "seconds")},
        reference=None if reference is None else Reference.model_validate(reference),
        series=[_fit_series(name, group) for name, group in rows.items()],
        notes=NOTES,
    )


def _fit_series(name: str, rows: Sequence[Mapping[str, Any]]) -> FitSeries:
    outcome = rows[0]["outcome"]
    series = load_ledger().series.get(name)
    return FitSeries(
        id=name,
        label=_label(name),
        outcome=outcome,
        unit=OUTCOMES[outcome].unit,
        grade="" if series is None else series.grade,
        inside=sum(row["inside"] for row in rows),
        rows=[
            FitRow(
                low=row["range"][0],
                high=row["range"][1],
                **{key: row[key] for key in ("period", "published", "prior", "simulated", "predictive", "inside")},
            )
            for row in rows
        ],
    )


def _label(name: str) -> str:
    series = load_ledger().series.get(name)
    return name if series is None else series.label


def _hindcast(fit_to: str, vintage: str, found: Mapping[str, Any] | None) -> Hindcast:
    if found is None:
        return Hindcast(fit_to=fit_to, vintage=vintage, recorded=False, foreknown=[], readings=[])
    return Hindcast(
        fit_to=fit_to,
        vintage=vintage,
        recorded=True,
        day=found["fit_to"],
        made=found["made"],
        version=found["version"],
        rows_used=found["rows_used"],
        share_undated=found["share_undated"],
        parameters_fitted=found["parameters_fitted"],
        priors_replaced=len(found["priors_replaced"]),
        foreknown=list(found["foreknown"]),
        readings=[_reading(name, found["summary"][name], found[CONTENT[name]]) for name in READINGS],
    )


def _reading(name: str, summary: Mapping[str, Any], series: Mapping[str, Any]) -> Reading:
    predicted = not summary["n"]
    return Reading(
        name=name,
        scored=summary["n"],
        coverage=summary["coverage90"],
        better=summary["series_better"] or 0,
        compared=summary["series_compared"],
        against=[Against(name=rival, **won) for rival, won in summary["against"].items()],
        series=[_hindcast_series(key, one, predicted) for key, one in series.items()],
    )


def _hindcast_series(name: str, one: Mapping[str, Any], predicted: bool) -> HindcastSeries:
    outcome = OUTCOMES[one["outcome"]]
    return HindcastSeries(
        id=name,
        label=outcome.label if predicted else _label(name),
        outcome=outcome.id,
        unit=outcome.unit,
        scored=one["n"],
        coverage=one["coverage90"],
        crps=one["crps"],
        naive=one["crps_naive"],
        points=[HindcastPoint.model_validate(point) for point in one["points"]],
    )


def _judged(name: str, label: str, found: Mapping[str, Any] | None) -> Judged:
    if found is None:
        return Judged(model=name, label=label, recorded=False)
    pooled = found["pooled"]
    groups = {f"origin {key}": one for key, one in found["origins"].items()}
    groups |= {"all origins": pooled, "after Cambricon's take-off alone": pooled["after_take_off"]}
    groups |= {f"without origin {key}": one for key, one in pooled["without"].items()}
    groups |= {_label(key): one for key, one in pooled["by_series"].items()}
    groups |= {f"{key} quarters ahead": one for key, one in pooled["by_horizon"].items()}
    return Judged(
        model=name,
        label=label,
        recorded=True,
        made=found["made"],
        passed=pooled["passed"],
        verdict=verdict_words(found),
        reference=found["reference"],
        gate=[Condition.model_validate(one) for one in pooled["gate"]],
        tallies=[_tally(key, one) for key, one in groups.items()],
        points=[
            _judged_point(origin, series, point)
            for origin, one in found["origins"].items()
            for series, group in one["series"].items()
            for point in group["points"]
            if point["gated"]
        ],
    )


def _tally(name: str, one: Mapping[str, Any]) -> Tally:
    kept = {key: one[key] for key in ("n", "coverage90", "coverage50", "width90", "beyond99")}
    return Tally(name=name, ratio=one["crps_ratio"], **kept)


def _judged_point(origin: str, series: str, point: Mapping[str, Any]) -> JudgedPoint:
    names = ("period", "value", "p5", "p25", "median", "p75", "p95", "inside", "crps", "crps_reference")
    return JudgedPoint(origin=origin, series=series, label=_label(series), **{name: point[name] for name in names})


def _reproductions(found: Mapping[str, Any]) -> Reproductions:
    return Reproductions(
        version=found["version"],
        current=found["data_hash"] == data_hash(),
        **{name: found[name] for name in ("draws", "seed", "passed", "tested")},
        tiers=[Tier(name=name, meaning=meaning) for name, meaning in found["tiers"].items()],
        entries=[_reproduction(one) for one in found["reproductions"]],
    )


def _reproduction(one: Mapping[str, Any]) -> Reproduction:
    words = ("id", "title", "tier", "published_by", "question", "inputs", "method", "reading", "verdict", "passed")
    return Reproduction(
        **{name: one[name] for name in words},
        rows=[_row(row) for row in one["rows"]],
        gaps=[LedgerGap.model_validate(gap) for gap in one["gaps"]],
        sources=source_lines([source["id"] for source in one["sources"]]),
    )


def _row(row: Mapping[str, Any]) -> ReproductionRow:
    return ReproductionRow(
        **{name: row[name] for name in ("id", "label", "unit", "role", "verdict", "why")},
        published=_figure(row["published"]),
        ours=Figure.model_validate(row["ours"]),
        default=_figure(row["default"]),
        default_verdict=row["default_verdict"] or "",
        claim=row["claim"] or "",
        reference_of=row["reference_of"] or "",
    )


def _figure(found: Mapping[str, Any] | None) -> Figure | None:
    return None if found is None else Figure.model_validate(found)

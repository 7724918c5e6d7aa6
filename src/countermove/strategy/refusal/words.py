"""What moved the probabilities, in one paragraph of plain words; and the document of an inference."""

from __future__ import annotations

import math
from typing import Any

from countermove import __version__
from countermove.strategy.refusal.beliefs import Belief
from countermove.strategy.refusal.infer import SWEPT_PRIORS, Case, Inference
from countermove.strategy.refusal.readings import READINGS
from countermove.strategy.refusal.setting import CAPABILITIES, REPLIES

CAVEAT = (
    "Probabilities under stated priors and a stated precision, from reports that may be wrong: a reading that gains is not "
    "thereby true, and reports are taken as independent given the type."
)
NEAR_ONE = 0.15
"""Log Bayes factors closer to 0 than this are called nearly uninformative."""
FEW = 100
"""Effective draws below which the probabilities are called rough."""


def paragraph(found: Inference) -> str:
    """Return one paragraph: what the reports favour, which report did most, what they cannot tell, and what it hangs on."""
    case = found.case
    ranked = sorted(case.readings.items(), key=lambda item: -item[1].bayes_factor)
    gained, lost = ranked[0], ranked[-1]
    count = f"{len(found.events)} reports move" if len(found.events) > 1 else "report moves"
    first = (
        f"At lambda {case.precision:g}, the {count} probability most towards {_name(gained[0])} "
        f"({_change(gained[1])}) and most away from {_name(lost[0])} ({_change(lost[1])})."
    )
    parts = [first, _capability_sentence(case)]
    name, event, size = _strongest(case)
    parts.append(
        f"The single report that does most is '{found.events[event].label}', which alone "
        f"{'raises' if size > 0 else 'lowers'} the odds of {LABELS[name]} by a factor of {math.exp(abs(size)):.2f}."
    )
    silent = [LABELS[k] for k in CAPABILITIES if abs(math.log(case.all[k].bayes_factor)) < NEAR_ONE]
    if silent:
        parts.append(f"The reports say almost nothing about {_listed(silent)}.")
    low, high = _range(found, "chip_parity")
    parts.append(
        f"Over lambda from {found.by_precision[0].precision:g} to {found.by_precision[-1].precision:g} the Bayes factor of "
        f"chip parity runs from {low:.2f} to {high:.2f}; at lambda 0 a reply carries no information about motives. Even an equal "
        f"chip in full supply, which no draw contains, would gain no more than a factor of {case.hidden.bayes_factor:.2f}."
    )
    if case.effective_draws < FEW:
        parts.append(f"Only {case.effective_draws:.0f} effective draws carry these probabilities: take more draws.")
    return " ".join(parts)


LABELS = {
    "chip_parity": "chip parity",
    "system_parity": "system parity",
    "supply_cover": "supply cover",
    "protection": "a strong motive of protection",
    "bargaining": "a strong motive of bargaining",
    "distrust": "strong distrust",
    "other_causes": "other causes",
}


def _capability_sentence(case: Case) -> str:
    cover, chip = case.first["supply_cover"], case.first["chip_parity"]
    return (
        f"The refusal alone multiplies the odds of supply cover by {cover.bayes_factor:.2f} and those of chip parity by "
        f"{chip.bayes_factor:.2f}; with the later reports the factors are {case.all['supply_cover'].bayes_factor:.2f} and "
        f"{case.all['chip_parity'].bayes_factor:.2f}."
    )


def _strongest(case: Case) -> tuple[str, str, float]:
    every = [(name, event, size) for name, by_event in case.log_factors.items() for event, size in by_event.items()]
    return max(every, key=lambda item: abs(item[2]))


def _range(found: Inference, name: str) -> tuple[float, float]:
    factors = [case.all[name].bayes_factor for case in found.by_precision]
    return min(factors), max(factors)


def _name(reading: str) -> str:
    return READINGS[reading].partition(":")[0].lower()


def _change(one: Belief) -> str:
    return f"{one.prior:.0%} before, {one.posterior:.0%} after, Bayes factor {one.bayes_factor:.2f}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def document(found: Inference) -> dict[str, Any]:
    """Return the JSON document of an inference; the fixed keys are events, lambda and capabilities."""
    case, setting = found.case, found.setting
    return {
        "version": __version__,
        "mode": found.mode,
        "draws": found.types.draws,
        "effective_draws": case.effective_draws,
        "seed": found.types.cells.seed,
        "offer": setting.offer,
        "events": [_event(found, name) for name in found.events],
        "lambda": case.precision,
        "capabilities": {name: {"label": _label(found, name), **_belief(case.all[name])} for name in CAPABILITIES},
        "after_one_refusal": {name: _belief(case.first[name]) for name in CAPABILITIES},
        "readings": {name: {"label": READINGS[name], **_belief(one)} for name, one in case.readings.items()},
        "readings_after_one_refusal": {name: _belief(one) for name, one in case.readings_first.items()},
        "hidden_equal_chip": {
            "label": setting.hidden_chip.label,
            **_belief(case.hidden),
            "meaning": "an upper bound: in this type a refusal forgoes nothing",
        },
        "steps": [{"after": name, "capabilities": {key: _belief(one) for key, one in by.items()}} for name, by in case.steps],
        "replies": dict(zip(REPLIES, (float(p) for p in case.reply_now), strict=True)),
        "index_unit_usd_bn": case.index.unit,
        "short_game": _short(case),
        "sensitivity": _sensitivity(found),
        "paragraph": paragraph(found),
        "assumptions": _assumptions(found),
        "caveat": CAVEAT,
    }


def _event(found: Inference, name: str) -> dict[str, Any]:
    event = found.events[name]
    trust = found.setting.reliability[event.grade]
    return {
        "id": name,
        "date": event.date,
        "label": event.label,
        "claims": list(event.claims),
        "grade": event.grade,
        "hit": trust.hit,
        "false": trust.false,
        "bayes_factor_alone": {key: math.exp(by[name]) for key, by in found.case.log_factors.items()},
    }


def _label(found: Inference, name: str) -> str:
    setting = found.setting
    if name in setting.capabilities:
        return setting.capabilities[name].label
    if name == "other_causes":
        return setting.other_causes.label
    motive = setting.motives[name]
    return f"{motive.label}: at least {motive.strong:g}"


def _belief(one: Belief) -> dict[str, Any]:
    return {
        "prior": one.prior,
        "posterior": one.posterior,
        "bayes_factor": one.bayes_factor if math.isfinite(one.bayes_factor) else None,
        "identified": one.identified,
    }


def _short(case: Case) -> dict[str, Any] | None:
    if case.short is None:
        return None
    return {
        "next_offer": {reply: dict(by) for reply, by in case.short.next_offer.items()},
        "converged": case.short.converged,
        "residual": case.short.residual,
    }


def _sensitivity(found: Inference) -> dict[str, Any]:
    return {
        "lambda": [
            {
                "lambda": case.precision,
                "capabilities": {name: _belief(case.all[name]) for name in CAPABILITIES},
                "readings": {name: _belief(one) for name, one in case.readings.items()},
            }
            for case in found.by_precision
        ],
        "prior": {
            name: [{"prior": prior, **_belief(one)} for prior, one in zip(SWEPT_PRIORS, beliefs, strict=True)]
            for name, beliefs in found.by_prior.items()
        },
    }


def _assumptions(found: Inference) -> list[dict[str, Any]]:
    setting = found.setting
    rows = [
        {
            "name": name,
            "label": m.label,
            "unit": m.unit,
            "low": m.prior.low,
            "high": m.prior.high,
            "basis": m.basis,
            "note": m.note,
        }
        for name, m in setting.motives.items()
    ]
    rows.append(
        {"name": "other_causes", "label": setting.other_causes.label, "prior": setting.other_causes.prior, "basis": "assumption"}
    )
    return [*rows, {"name": "set by the reader", "priors": found.priors}]

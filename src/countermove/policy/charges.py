"""Money and volume: the 25% in both of its readings, and what is left under the volume cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from countermove.policy.criteria import NO, PERHAPS, YES
from countermove.policy.evaluation import Evaluation
from countermove.policy.items import Item
from countermove.policy.reasons import decisive, sentence
from countermove.policy.rule_book import LiveRule
from countermove.policy.transactions import Transaction

CAP_RULE: Final = "us/bis/licensing/volume-cap-2026"


def duty(live: Iterable[LiveRule], evaluation: Evaluation, transaction: Transaction) -> dict[str, Any]:
    """Return the import duty on entered value, and beside it the reading as a share of revenue, each with its reason.

    A rate is None where it cannot be told, 0 where nothing is due.
    """
    rate: float | None = 0.0
    reason, reference = "no import duty on such chips in force on that day", ""
    revenue: dict[str, Any] = {"rate": 0.0, "status": "none", "reason": "no share of revenue announced for this item by that day"}
    live = list(live)
    for one in live:
        if one.rule.check.role == "duty":
            rate, reason = _import_duty(one, evaluation)
            reference = one.reference
        elif one.rule.check.role == "charge" and evaluation.speaks[one.rule.id] == PERHAPS and "rule" not in revenue:
            open_questions = sentence(decisive(one.compiled.speaks, evaluation.situation(one)), evaluation.situation(one))
            revenue = {"rate": None, "status": "unknown", "reason": f"{one.rule.title}: cannot be told ({open_questions})"}
        elif one.rule.check.role == "charge" and evaluation.speaks[one.rule.id] == YES:
            share = one.values[one.rule.check.rate]
            revenue = {
                "rate": share,
                "status": one.standing.status,
                "reason": f"{one.rule.title}: {one.standing.words}; no regulation codifies it",
                "rule": one.rule.id,
                "reference": one.reference,
            }
    value = transaction.counts["value_usd"]
    amounts: dict[str, Any] = {}
    if value is not None:
        amounts["import_duty_usd"] = None if rate is None else rate * value
        amounts["revenue_share_usd"] = None if revenue["rate"] is None else revenue["rate"] * value
    return {
        "import_duty_rate": rate,
        "import_duty_reason": reason,
        "revenue_share_reading": revenue,
        "import_duty_reference": reference,
        "readings": ""
        if not any(one.rule.check.role in ("duty", "charge") for one in live)
        else "an import duty on entered value inside two numeric windows (law), or a share of revenue (announcements): "
        "different bases, never both by one rule",
        **amounts,
    }


def _import_duty(live: LiveRule, evaluation: Evaluation) -> tuple[float | None, str]:
    situation = evaluation.situation(live)
    speaks, holds = evaluation.speaks[live.rule.id], evaluation.holds[live.rule.id]
    if not live.standing.effective:
        return 0.0, f"not in force on that day ({live.standing.words})"
    if speaks == NO:
        return 0.0, f"not due: {sentence(decisive(live.compiled.speaks, situation), situation)}"
    tested = sentence(decisive(live.compiled.tests, situation), situation)
    rate = live.values[live.rule.check.rate]
    if PERHAPS in (speaks, holds) and NO not in (speaks, holds):
        if speaks == PERHAPS and holds == YES:
            way = sentence(decisive(live.compiled.speaks, situation), situation)
            return None, f"cannot be told until the way and the use are stated ({way}); inside a window: {tested}"
        return None, f"cannot be told: {tested}"
    if holds == NO:
        return 0.0, f"outside both windows: {tested}"
    return rate, f"inside a window: {tested}; on entered value, no drawback"


def volume_cap(live: Iterable[LiveRule], evaluation: Evaluation, item: Item, transaction: Transaction) -> dict[str, Any] | None:
    """Return the cap by aggregate performance with what is left, None where no cap is in force or none applies.

    The remaining volume is None without the units shipped to US customers. For one product units and performance agree.
    """
    for one in live:
        if one.rule.id == CAP_RULE and one.standing.effective and evaluation.speaks[one.rule.id] != NO:
            return _cap(one, item, transaction.counts)
    return None


def _cap(live: LiveRule, item: Item, counts: Mapping[str, float | None]) -> dict[str, Any]:
    share = live.values["share"]
    tpp, us_units = item.metric("tpp"), counts["us_units"]
    exported, quantity = counts["exported_units"] or 0.0, counts["quantity"] or 0.0
    left = None if us_units is None or share is None else max(share * us_units - exported, 0.0)
    return {
        "rule": live.rule.id,
        "share": share,
        "counted_in": "aggregate TPP of the same product, exported to China and Macau over shipped to US customers for US use",
        "us_units": us_units,
        "exported_units": exported,
        "quantity": quantity or None,
        "remaining_units": None if left is None else int(left),
        "remaining_tpp": None if left is None or tpp is None else left * tpp,
        "within": None if left is None else quantity <= left,
        "note": "the press counts units: for one product the same; the reference period was not confirmed"
        + ("" if us_units is not None else "; state --us-units for the remaining volume"),
        "reference": live.reference,
    }

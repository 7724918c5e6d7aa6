"""An article as a case: each claim with what the ledger has for and against it, and the model where it can say something.

The statuses sum up what the ledger holds, not whether the article is right: `supported` where the ledger has the same from
somebody
else's report, `contested` where it has another value (both are shown), `open` where it has nothing to set beside it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from countermove import __version__
from countermove.desk.answers import answer
from countermove.desk.checks import Check, run_scenarios
from countermove.desk.citing import claim_data
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.experiments.pipeline import FITTED, evidence_until
from countermove.experiments.run import ALL_EVIDENCE, DRAWS, SEED, Progress
from countermove.outcomes import OUTCOMES
from countermove.quantities.calendar import years
from countermove.quantities.units import Unit, convert
from countermove.reading.claim import ReadClaim
from countermove.reading.decisions import ledger_unit
from countermove.reading.document import quantity_words
from countermove.reading.reader import Reading

SCENARIO = "h200-2026"
STATUS = {
    "repeats": "supported",
    "refines": "supported",
    "conflicts": "contested",
    "stale": "contested",
    "new": "open",
    "no match": "open",
}

ANSWERS = {
    "repeats": "The ledger has the same, from the sources named.",
    "refines": "It lies within what the ledger has, or gives a number for its words.",
    "conflicts": "The ledger has another value for the same; both stand side by side.",
    "stale": "The ledger has something later on the same.",
    "new": "The ledger knows the subject, but has nothing for this period or of this kind.",
    "no match": "The ledger has no subject for it.",
}


def case_of(
    reading: Reading,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    known: str | None = None,
    beliefs: str = FITTED,
    simulate: bool = True,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Return the table of an article in the form of `claims CASE`; repetitions and refusals to comment are left out."""
    ledger = load_ledger()
    chosen = [claim for claim in reading.counted if claim.stance != "declines"]
    checks = {number: found for number, claim in enumerate(chosen) if (found := check_of(claim, ledger)) is not None}
    results = (
        run_scenarios(list(checks.values()), draws=draws, seed=seed, known=known, beliefs=beliefs, progress=progress)
        if simulate and checks
        else {}
    )
    names = ", ".join(article.name for article in reading.articles)
    return {
        "case": f"from {names}",
        "title": f"Claims of {names}",
        "question": "What does the text say, who says it, and what do the ledger and the model have beside it? No verdict.",
        "version": __version__,
        "draws": draws if results else 0,
        "seed": seed,
        "known": known or ALL_EVIDENCE,
        "beliefs": beliefs,
        "evidence_until": evidence_until(),
        "scenarios": list(results),
        "claims": [_row(number, claim, checks.get(number), results, ledger) for number, claim in enumerate(chosen)],
        "notes": list(reading.notes),
    }


def check_of(claim: ReadClaim, ledger: Ledger) -> Check | None:
    """Return the model's question for a claim: the outcome whose series its ledger claim feeds, for the claim's year; or None."""
    amount = claim.quantity
    denied = claim.negated or claim.stance == "denies"  # the model is asked what is claimed, not its reverse
    if amount is None or denied or claim.bearing.path is None or claim.date_of is None:
        return None
    outcome = _outcome(claim.bearing.path.removeprefix("claims/"), ledger)
    year = claim.date_of[:4]
    if (
        outcome is None
        or outcome not in OUTCOMES
        or year not in years()
        or len(claim.date_of) > 4
        or OUTCOMES[outcome].kind == "date"
    ):
        return None
    unit = re.sub(r"/(?:year|chip|card|package|system)$", "", amount.unit)
    if ledger_unit(unit) is None:  # such as percentage points: no unit of the model's
        return None
    if not Unit.parse(OUTCOMES[outcome].unit).compatible(Unit.parse(unit)):
        return None
    value = float(convert(amount.number, unit, OUTCOMES[outcome].unit))
    above = amount.qualifier not in ("up to", "less than")
    return Check(
        outcome=outcome,
        scenario=SCENARIO,
        period=year,
        above=value if above else None,
        below=None if above else value,
        where=claim.article,
    )


def _outcome(claim_id: str, ledger: Ledger) -> str | None:
    subject = ledger.claims[claim_id].subject if claim_id in ledger.claims else None
    for series in ledger.series.values():
        cited = {series.claim, *(row.claim for row in series.rows)} - {None}
        if series.outcome is not None and any(
            name in ledger.claims and ledger.claims[name].subject == subject for name in cited if name
        ):
            return series.outcome
    return None


def _row(number: int, claim: ReadClaim, check: Check | None, results: Mapping[str, Any], ledger: Ledger) -> dict[str, Any]:
    relation = claim.bearing.relation
    beside = [name for path in claim.bearing.competing if (name := path.removeprefix("claims/")) in ledger.claims]
    best = (claim.bearing.path or "").removeprefix("claims/")
    alike = [best] if relation in ("repeats", "refines") and best in ledger.claims else []
    others = [name for name in beside if name not in alike] if relation in ("conflicts", "stale") else []
    amount = quantity_words(claim.quantity)
    model = None
    if check is not None and results:
        model = {"says": "odds", "checks": [answer(check, results)], "gates": [], "command": None}
    return {
        "id": f"C{number + 1}",
        "claim": claim.predicate + (f" [{amount}]" if amount else ""),
        "made_by": _made_by(claim),
        "status": STATUS[relation],
        "for": [claim_data(ledger.claims[name], ledger) for name in alike],
        "against": [claim_data(ledger.claims[name], ledger) for name in others],
        "answer": ANSWERS[relation],
        "note": f"Stance: {claim.stance}." + (f" Hedged: {', '.join(claim.hedges)}." if claim.hedges else ""),
        "sources": [],
        "model": model,
        "read": {
            "id": claim.id,
            "relation": relation,
            "path": claim.bearing.path,
            "date_of": claim.date_of,
            "date_said": claim.date_said,
        },
    }


def _made_by(claim: ReadClaim) -> str:
    role = f" ({claim.role})" if claim.role else ""
    relays = f", relayed by {', '.join(reversed(claim.chain[:-1]))}" if len(claim.chain) > 1 else ""
    return ("the author" if claim.speaker == "author" else claim.speaker) + role + relays


STYLE = (
    "body{font:16px/1.5 Helvetica,'Liberation Sans',sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1c1b1a}"
    "h1,h2{font-family:Georgia,'Liberation "
    "Serif',serif}h2{font-size:1.05rem;margin:1.6rem 0 .3rem;border-top:1px solid "
    "#d5d1c9;padding-top:.8rem}"
    "p{margin:.2rem 0}.m{color:#5c5a57}ul{margin:.2rem 0 .2rem 1.2rem;padding:0}"
)


def page(document: Mapping[str, Any]) -> str:
    """Return the case as one HTML page to share; it holds the claims in the text's own words, no article."""

    def text(value: object) -> str:
        return html.escape(str(value))

    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{text(document['title'])}</title><style>{STYLE}</style>",
        f"<h1>{text(document['title'])}</h1><p>{text(document['question'])}</p>",
        f"<p class=m>Evidence to {text(document['evidence_until'])}, version {text(document['version'])}.</p>",
        "<p class=m>A status sums up what the ledger holds, not whether the text is right.</p>",
    ]
    for row in document["claims"]:
        parts.append(f"<h2>{text(row['id'])} {text(row['claim'])}</h2><p>Said by {text(row['made_by'])}. {text(row['note'])}</p>")
        parts.append(f"<p><b>{text(row['status'])}</b>: {text(row['answer'])}</p>")
        for side in ("for", "against"):
            listed = "".join(
                f"<li>{text(one['says'])} {text(one['value'])} <span class=m>(grade "
                f"{text(one['grade'])}, {text(one['made_by'])}, {text(one['known'])})</span></li>"
                for one in row[side]
            )
            parts.append(
                f"<p class=m>{'Alike' if side == 'for' else 'Beside it'} in the ledger:</p><ul>{listed}</ul>" if listed else ""
            )
        checks = (row["model"] or {}).get("checks", ())
        parts.extend(f"<p>Model ({text(check['scenario'])}): {text(check['statement'])}</p>" for check in checks)
    parts.append("<p class=m>Conditional forecasts under stated assumptions: no prediction, no advice.</p></html>")
    return "\n".join(part for part in parts if part) + "\n"

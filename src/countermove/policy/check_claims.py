"""The claims behind an outcome: what is said about the provisions that bear on it, side by side, as known on the day."""

from __future__ import annotations

from typing import Any

from countermove.policy.checks import CheckResult
from countermove.policy.findings import Finding
from countermove.policy.references import public


def bearing_claims(result: CheckResult) -> list[dict[str, Any]]:
    """Return the claims of the ledger that rest on the sources of provisions which bite, or compete about them.

    Each is attributed and graded; claims known after `known` are left out. The ledger is read on the first call.
    """
    from countermove.evidence.ledger import load_ledger

    ledger = load_ledger()
    found: dict[str, dict[str, Any]] = {}
    for gate in (result.us, result.cn):
        for finding in gate.findings:
            if not finding.speaks:
                continue
            for name in _claim_names(finding, ledger.claims):
                claim = ledger.claims[name]
                if claim.known_day <= result.known and name not in found:
                    found[name] = {
                        "id": name,
                        "rule": finding.rule,
                        "says": claim.says,
                        "made_by": claim.made_by,
                        "known": claim.known,
                        "period": str(claim.period),
                        "grade": claim.grade,
                        "status": claim.status,
                        "sources": [source for source in claim.sources if public(source, result.known)],
                        "competes": name in finding.competing,
                    }
    return list(found.values())


def _claim_names(finding: Finding, claims: Any) -> list[str]:
    """Return competing claims, and for Beijing's reports those that cite the same source."""
    names = [name for name in finding.competing if name in claims]
    if finding.government == "cn" and finding.status != "pass":
        cited = set(finding.sources)
        names += [
            name
            for name, claim in claims.items()
            if claim.subject.startswith(("policy.cn", "h200")) and cited & set(claim.sources)
        ]
    return list(dict.fromkeys(names))

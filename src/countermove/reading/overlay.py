"""The reviewer's overlay: a folder of decisions laid over the shipped ledger, with the same strict errors, never in the package.

    OVERLAY/decisions/CLAIM-DIGEST.yaml   one decision each, written once, never changed: folders merge file by file
    OVERLAY/local/DIGEST.txt              the sentence itself; a .gitignore keeps it out of what is shared

The standing decision about a claim is the latest that no other replaces. Where two reviewers decided apart from each other, the
later one holds and `disagreements` lists both.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from countermove.errors import EnvironmentProblem, InputError, did_you_mean
from countermove.evidence.ledger import Ledger
from countermove.evidence.schema import Claim, Source
from countermove.evidence.strict_yaml import load
from countermove.reading.decisions import Decision, digest
from countermove.reading.moves import Move, moves_of
from countermove.storage.user_folder import user_folder
from countermove.storage.whole import write_whole

DECISIONS, LOCAL = "decisions", "local"
GO_ON = "restore the file from a copy, or move it out of the folder and decide about its claim again: countermove review FILE"


@dataclass(frozen=True)
class Overlay:
    """The decisions of a folder, by the name of their file."""

    folder: Path
    decisions: dict[str, Decision]

    @property
    def standing(self) -> dict[str, Decision]:
        """The decision that holds, by claim."""
        replaced = {name for decision in self.decisions.values() for name in decision.replaces}
        found: dict[str, Decision] = {}
        for name, decision in sorted(self.decisions.items(), key=lambda one: (one[1].time, one[0])):
            if name not in replaced:
                found[decision.claim] = decision
        return found

    @property
    def accepted(self) -> tuple[Decision, ...]:
        """What entered the ledger: accepted and edited claims, oldest first."""
        return tuple(decision for decision in self.standing.values() if decision.verdict != "reject")

    @property
    def disagreements(self) -> tuple[tuple[str, ...], ...]:
        """Files of decisions about one claim none of which replaces the other."""
        replaced = {name for decision in self.decisions.values() for name in decision.replaces}
        by_claim: dict[str, list[str]] = {}
        for name, decision in sorted(self.decisions.items()):
            if name not in replaced:
                by_claim.setdefault(decision.claim, []).append(name)
        return tuple(tuple(names) for names in by_claim.values() if len({self.decisions[name].verdict for name in names}) > 1)

    def moves(self, ledger: Ledger) -> tuple[Move, ...]:
        """What accepted claims with a link move; InputError where a link names nothing or the units differ."""
        return moves_of([decision for decision in self.accepted if decision.link is not None], ledger, self.folder)

    def over(self, ledger: Ledger) -> Ledger:
        """Return the ledger with the accepted claims in it, each with the article as its source."""
        claims, sources = dict(ledger.claims), dict(ledger.sources)
        for decision in self.accepted:
            source = _source(decision)
            sources[source.id] = source
            claim = _claim(decision, source, self.folder)
            claims[claim.id] = claim
        return replace(ledger, claims=claims, sources=sources)


def overlay_folder(given: Path | None) -> Path:
    """Return the overlay's folder: the one given, else `overlay` in the user's data folder."""
    return given if given is not None else user_folder() / "overlay"


def read_overlay(folder: Path) -> Overlay:
    """Read an overlay; one that is not there is empty. InputError names the file and the place of what does not fit."""
    root = folder / DECISIONS
    if folder.exists() and not folder.is_dir():
        raise InputError("is no folder", where=str(folder), hint="an overlay is a folder")
    found: dict[str, Decision] = {}
    for path in sorted(root.glob("*.yaml")) if root.is_dir() else ():
        try:
            document = load(path)
        except InputError as error:
            raise InputError(
                "cannot be read: " + str(error).splitlines()[0].removeprefix(f"{path}:"), where=str(path), hint=GO_ON
            ) from None
        try:
            decision = Decision.model_validate(document.mapping())
        except ValidationError as error:
            first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
            keys = tuple(str(part) for part in first["loc"])
            hint = (
                did_you_mean(keys[-1], [*Decision.model_fields, "schema"]) if first["type"] == "extra_forbidden" and keys else ""
            )
            raise InputError(first["msg"], where=document.where(*keys), hint=hint or GO_ON) from None
        if path.name != _name(decision):
            raise InputError("was changed after it was written", where=str(path), hint="decide again: countermove review FILE")
        found[path.name] = decision
    return Overlay(folder, found)


def existing_overlay(folder: Path) -> Overlay:
    """Read an overlay that a person named; InputError where it is not there."""
    if not folder.is_dir():
        raise InputError("no such folder", where=str(folder), hint="countermove review FILE --overlay DIR makes one")
    return read_overlay(folder)


def write_decision(folder: Path, decision: Decision, sentence: str) -> Path:
    """Write a decision and keep its sentence beside it; EnvironmentProblem where the folder cannot be written."""
    if digest(sentence) != decision.sentence_sha256:
        raise InputError("the sentence is not the one that was decided on", where=decision.claim)
    try:
        for part in (DECISIONS, LOCAL):
            (folder / part).mkdir(parents=True, exist_ok=True)
        ignored = folder / LOCAL / ".gitignore"
        if not ignored.exists():
            write_whole(ignored, b"*\n")
        write_whole(folder / LOCAL / f"{decision.sentence_sha256[:16]}.txt", sentence.encode())
        path = folder / DECISIONS / _name(decision)
        write_whole(path, _text(decision))
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write the overlay ({error.strerror})", where=str(folder), hint="give another: --overlay DIR"
        ) from None
    return path


def _text(decision: Decision) -> bytes:
    return yaml.safe_dump(decision.as_data(), allow_unicode=True, sort_keys=False, width=120).encode()


def _name(decision: Decision) -> str:
    return f"{decision.claim}-{hashlib.sha256(_canonical(decision.as_data())).hexdigest()[:8]}.yaml"


def _canonical(data: dict[str, Any]) -> bytes:
    import json

    return json.dumps(data, sort_keys=True, ensure_ascii=False).encode()


def _source(decision: Decision) -> Source:
    return Source(
        id=f"overlay-{decision.claim}",
        title=f"Article read as {decision.article}",
        publisher=(decision.statement.relayed_by or (decision.statement.made_by,))[0],
        published=decision.statement.known,
        url=None,
        kind="press",
        side="other",
        note=f"Read on the user's machine and accepted by {decision.reviewer} on {decision.time}. {decision.reason}".strip(),
    )


def _claim(decision: Decision, source: Source, folder: Path) -> Claim:
    said = decision.statement
    known = said.known or decision.time[:10]
    try:
        return Claim.model_validate(
            {
                "id": f"overlay-{decision.claim}",
                "subject": said.subject,
                "says": said.says,
                "value": said.value,
                "low": said.low,
                "high": said.high,
                "unit": said.unit,
                "period": said.period or {"from": known, "until": None},
                "known": known,
                "made_by": said.made_by,
                "relayed_by": said.relayed_by,
                "grade": "C",
                "status": "position" if said.stance in ("opinion", "infers") else "reported",
                "sources": (source.id,),
                "note": f"stance: {said.stance}",
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(first["msg"], where=f"{folder}: {decision.claim} ({'.'.join(map(str, first['loc']))})") from None

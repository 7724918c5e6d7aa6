"""`countermove review`: accept, edit or reject read claims; decisions go to the reviewer's overlay."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text, say

if TYPE_CHECKING:
    from countermove.reading.claim import ReadClaim
    from countermove.reading.decisions import Decision, Verdict

EPILOG = """Examples:

\b
  countermove review article.txt
  countermove review reading.json --accept 33a7093d9096 --reason "rule of 15 January" --link levers.washington.duty
  countermove review reading.json --accept 33a7093d9096 --change value=0.25 --change unit=1
  countermove review reading.json --reject 73798630821e --reason hearsay
  countermove review
  countermove compare h200-2026 --overlay DIR

Keys: a accepts, e edits, r rejects; s skips, q stops. Without FILE the decisions of the overlay are listed. An accepted claim
moves a prior, a lever or a series only through --link. The overlay is a folder of small files that merge by copying them
together; the
sentences stay in its folder `local`.
"""

Overlay = Annotated[
    Path | None, typer.Option("--overlay", metavar="DIR", help="The folder of decisions (default: in the user's data folder).")
]
Ids = Annotated[list[str] | None, typer.Option(metavar="ID", help="The id of a claim, any number of times.")]


def review(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="An article, or what `read --json` printed.")] = None,
    overlay: Overlay = None,
    accept: Ids = None,
    reject: Ids = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--change", metavar="FIELD=VALUE", help="Change a field of the accepted claim; makes it an edit."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")] = "",
    link: Annotated[
        str | None,
        typer.Option("--link", metavar="PATH", help="What it moves: parameters/NAME, levers.GOV.NAME or series/NAME@PERIOD."),
    ] = None,
    reviewer: Annotated[str | None, typer.Option("--reviewer", help="Who decides (default: the user's name).")] = None,
    said: Annotated[
        str | None, typer.Option("--said", metavar="DATE", help="The day of publication, where the text has none.")
    ] = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Decide about read claims or list the decisions; an accepted one is laid over the ledger, never written into the package."""
    from countermove.reading.overlay import overlay_folder, read_overlay

    folder = overlay_folder(overlay)
    if file is None:
        _refuse_without_file(accept, reject, change, link)
        _listed(folder, as_json=as_json)
        return
    claims = {claim.id: claim for claim in _claims(file, said)}
    who = reviewer or os.environ.get("USER") or os.environ.get("USERNAME") or "reviewer"
    read_overlay(folder)  # an overlay with an error is refused before anything is asked
    _refuse_both(accept, reject)
    if accept or reject:
        chosen: list[tuple[ReadClaim, Verdict]] = [(_chosen(claims, name), "accept") for name in accept or ()]
        chosen += [(_chosen(claims, name), "reject") for name in reject or ()]
        changes = _changes(change)
        done = _decide(folder, chosen, who, reason, link, changes)
    else:
        done = _ask(folder, [claim for claim in claims.values() if claim.repeats is None], who, quiet=quiet)
    if as_json:
        print_json({"overlay": str(folder), "decisions": [decision.as_data() for decision in done]})
    else:
        print_text("\n".join(_line(decision) for decision in done) or "nothing decided")
    say(f"{len(done)} decision(s) in {folder}", quiet=quiet)


def _refuse_without_file(*given: Any) -> None:
    from countermove.errors import InputError

    if any(given):
        raise InputError("a decision needs the article", where="review", hint="countermove review FILE --accept ID")


def _refuse_both(accept: list[str] | None, reject: list[str] | None) -> None:
    from countermove.errors import InputError

    for name in accept or ():
        if name in (reject or ()):
            raise InputError(f"'{name}' is both accepted and rejected", where="--accept, --reject", hint="give one of them")


def _claims(file: Path, said: str | None) -> list[ReadClaim]:
    """Read the claims of an article, or those that `read --json` printed."""
    import json

    from countermove.errors import InputError
    from countermove.reading.batch import read_files
    from countermove.reading.document import claim_from

    if file.suffix.lower() != ".json":
        return list(read_files([file], said=said).claims)
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        listed = data["claims"]
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        what = f"cannot be read as a reading ({type(error).__name__})"
        raise InputError(what, where=str(file), hint="countermove read ARTICLE --json > FILE") from None
    return [claim_from(one, where=f"{file} (claims.{number})") for number, one in enumerate(listed)]


def _chosen(claims: dict[str, ReadClaim], name: str) -> ReadClaim:
    from countermove.errors import InputError, did_you_mean

    if name not in claims:
        raise InputError(f"no claim '{name}'", where="review", hint=did_you_mean(name, claims))
    return claims[name]


def _changes(given: list[str] | None) -> dict[str, str]:
    from countermove.errors import InputError

    found = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals:
            raise InputError(f"'{one}' is no change", where="--change", hint="write FIELD=VALUE, such as value=0.25")
        found[name.strip()] = value.strip()
    return found


def _decide(
    folder: Path, chosen: list[tuple[ReadClaim, Verdict]], who: str, reason: str, link: str | None, changes: dict[str, str]
) -> list[Decision]:
    """Make all decisions, check them against the ledger, then write them: a wrong one leaves nothing behind."""
    from dataclasses import replace

    from countermove.evidence.ledger import load_ledger
    from countermove.reading.overlay import read_overlay, write_decision
    from countermove.reading.review import decide

    overlay = read_overlay(folder)
    made = [
        (decide(claim, verdict, reviewer=who, overlay=overlay, reason=reason, link=link, changes=changes), claim)
        for claim, verdict in chosen
    ]
    added = {f"~{number}": decision for number, (decision, _) in enumerate(made)}
    trial = replace(overlay, decisions=overlay.decisions | added)
    trial.over(load_ledger())
    trial.moves(load_ledger())
    for decision, claim in made:
        write_decision(folder, decision, claim.sentence)
    return [decision for decision, _ in made]


def _ask(folder: Path, claims: list[ReadClaim], who: str, *, quiet: bool) -> list[Decision]:
    """Show each claim and take one key for it; what was decided stays decided when the review is stopped."""
    from countermove.reading.decisions import VERDICTS
    from countermove.reading.document import claim_lines

    done: list[Decision] = []
    for number, claim in enumerate(claims, 1):
        say("\n".join([f"\n{number} of {len(claims)}", f'"{claim.sentence}"', *claim_lines(claim)]), quiet=False)
        key = _key("[a]ccept [e]dit [r]eject [s]kip [q]uit ", "aersq")
        if key == "q":
            break
        if key not in VERDICTS:
            continue
        changes = (
            _changes([one for one in _words("changes (FIELD=VALUE; ...): ").split(";") if one.strip()]) if key == "e" else {}
        )
        reason = _words("reason: ")
        link = _words("link (empty: moves nothing): ") or None if key != "r" else None
        from countermove.errors import CountermoveError

        try:
            done += _decide(folder, [(claim, VERDICTS[key])], who, reason, link, changes)
        except CountermoveError as error:
            say(f"not decided: {error}", quiet=False)
    return done


def _key(prompt: str, keys: str) -> str:
    """Take one key from a terminal, or the first letter of a line from anything else; the end of input stops."""
    import click

    while True:
        say(prompt, quiet=False)
        if sys.stdin.isatty():
            pressed = click.getchar()
        else:
            line = sys.stdin.readline()
            pressed = line.strip()[:1] if line else "q"
        if pressed.lower() in keys and pressed:
            return pressed.lower()


def _words(prompt: str) -> str:
    say(prompt, quiet=False)
    return sys.stdin.readline().strip()


def _listed(folder: Path, *, as_json: bool) -> None:
    from countermove.evidence.ledger import load_ledger
    from countermove.reading.overlay import read_overlay

    overlay = read_overlay(folder)
    moves = overlay.moves(load_ledger())
    overlay.over(load_ledger())
    if as_json:
        print_json(
            {
                "overlay": str(folder),
                "decisions": [decision.as_data() for decision in overlay.standing.values()],
                "moves": [{"link": move.link, "change": move.change, "claim": move.decision.claim} for move in moves],
                "disagreements": [list(names) for names in overlay.disagreements],
            }
        )
        return
    text = [_line(decision) for decision in overlay.standing.values()] or [f"no decisions in {folder}"]
    text += [f"moves {move.words}" for move in moves]
    text += [f"reviewers disagree, the later holds: {', '.join(names)}" for names in overlay.disagreements]
    print_text("\n".join(text))


_DONE = {"accept": "accepted", "edit": "edited", "reject": "rejected"}


def _line(decision: Decision) -> str:
    link = f"; moves {decision.link}" if decision.link else ""
    reason = f" ({decision.reason})" if decision.reason else ""
    head = f"{decision.claim} {_DONE[decision.verdict]} by {decision.reviewer} {decision.time}{reason}"
    return f"{head}: {decision.statement.says}{link}"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("review", epilog=EPILOG)(review)

"""Write docs/explanation/reproductions.md: every reproduction with its rows, misses and gaps, from a run made for it.

python -m countermove.reproductions.page docs

The same run is recorded as `data/reproductions/recorded.json`, so that the app can show it without forty seconds of simulation.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from countermove import __version__
from countermove.errors import CountermoveError, EnvironmentProblem, InputError
from countermove.evidence.data_tree import DATA, data_hash
from countermove.evidence.ledger import load_ledger
from countermove.reproductions.carry_out import Carried, Compared, carry_out
from countermove.reproductions.catalogue import FOLDER, load_reproductions
from countermove.reproductions.entry import TIERS
from countermove.reproductions.text import document, made, number, stated

PAGE = "explanation/reproductions.md"
RECORD = DATA / FOLDER / "recorded.json"
DRAWS = 1024
WRITTEN = "<!-- Written by `python -m countermove.reproductions.page docs` from the data and a run. Do not edit. -->"

INTRODUCTION = """\
Others have answered parts of this question before. Each published result below was made again with Countermove, on the
publisher's inputs as far as they are known, and stands beside what was published. Three tiers: *exact*, where inputs
and method are known; *bracketed*, where they are partly known and our 90% range must contain or touch the published
figure; *claim only*, where they are not and nothing is tested.

Market rows are simulated under the priors, because the priors hold the inputs that a published analysis starts from,
while a fit would mix in what was published later. The column "default run" is what `countermove run` gives, fitted to
data, with its own verdict. Nothing was adjusted to reach a figure: a miss stands with its reason, and headline rows
alone decide an entry's verdict.

Make it again: `countermove reproductions run`; one entry: `countermove reproductions run ID`."""


def text(carried: Sequence[Carried]) -> str:
    """Return the page."""
    return (
        "\n".join([WRITTEN, "", "# Published results, made again", "", INTRODUCTION, "", *_summary(carried), *_entries(carried)])
        + "\n"
    )


def recorded_text(carried: Sequence[Carried]) -> str:
    """Return the run as JSON: the document of `countermove reproductions run`, with what it was made from."""
    body = {"version": __version__, "data_hash": data_hash()} | document(carried)
    return json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def recorded() -> dict[str, Any]:
    """Return the recorded run; `data_hash` tells whether the data have changed since."""
    found: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def _summary(carried: Sequence[Carried]) -> Iterator[str]:
    tested = [one for one in carried if one.passed is not None]
    made_with = f"{carried[0].draws:,} draws, seed {carried[0].seed}"
    yield f"**{sum(bool(one.passed) for one in tested)} of {len(tested)} tested reproductions pass** ({made_with})."
    yield ""
    yield "| Result | By | Tier | Verdict | Headline rows that miss |"
    yield "| --- | --- | --- | --- | --- |"
    for one in _ordered(carried):
        missed = [row.row.label for row in one.rows if row.verdict == "misses" and row.row.role == "headline"]
        entry = one.entry
        cells = (f"[{entry.title}](#{entry.id})", entry.published_by, entry.tier, one.verdict, "; ".join(missed) or "-")
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _ordered(carried: Sequence[Carried]) -> list[Carried]:
    return [one for tier in TIERS for one in carried if one.entry.tier == tier]


def _entries(carried: Sequence[Carried]) -> Iterator[str]:
    for tier, meaning in TIERS.items():
        yield from (f"## {tier.replace('-', ' ').capitalize()}", "", f"{meaning[:1].upper()}{meaning[1:]}.", "")
        for one in carried:
            if one.entry.tier == tier:
                yield from _entry(one)


def _entry(one: Carried) -> Iterator[str]:
    entry = one.entry
    yield from (
        f'### <a id="{entry.id}"></a>{entry.title}',
        "",
        f"{entry.published_by}. {entry.question} **{one.verdict.capitalize()}.**",
        "",
    )
    yield from (f"*Inputs.* {entry.inputs}", "", f"*How.* {entry.method}", "")
    yield "| Row | Published | Ours | Verdict | Default run |"
    yield "| --- | --- | --- | --- | --- |"
    yield from (_row(row) for row in one.rows)
    yield ""
    for row in one.rows:
        if row.row.why:
            yield from (f"- *{row.row.label}.* {row.row.why}",)
        if row.row.reference:
            yield f"- *{row.row.label}.* The figure is {row.row.reference.of}."
    for gap, value in one.gaps:
        yield f"- **Does not close: {gap.label.lower()}, {number(value)} {gap.unit}.** {gap.says}"
    yield from ("", entry.reading, "", f"Sources: {_sources(entry.sources)}.", "")


def _row(row: Compared) -> str:
    unit = "" if row.row.unit == "1" else f", {row.row.unit}"
    role = "component: " if row.row.role == "component" else ""
    default = "-" if row.default is None else made(row.default)
    beside = f" ({row.default_verdict})" if row.default_verdict and row.default_verdict != "beside" else ""
    cells = (f"{role}{row.row.label}{unit}", stated(row.published), made(row.ours), row.verdict, default + beside)
    return "| " + " | ".join(cells) + " |"


def _sources(names: Sequence[str]) -> str:
    found = [load_ledger().sources[name] for name in names]
    shown = [(f"{source.publisher}, {source.published or 'undated'}", source.url) for source in found]
    return "; ".join(f"[{words}]({url})" if url else words for words, url in shown)


def main(arguments: Sequence[str]) -> int:
    """Run the command; see the module's documentation."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        raise InputError("one folder is expected", where="page", hint="python -m countermove.reproductions.page docs")
    target = Path(arguments[0]) / PAGE
    carried = carry_out(list(load_reproductions().values()), draws=DRAWS)
    try:
        target.write_text(text(carried), encoding="utf-8", newline="\n")
        RECORD.write_text(recorded_text(carried), encoding="utf-8", newline="\n")
    except OSError as error:
        hint = "check the permission"
        raise EnvironmentProblem(f"cannot write: {error.strerror or error}", where=str(target), hint=hint) from None
    print(f"written: {target}, {RECORD.name}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CountermoveError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)

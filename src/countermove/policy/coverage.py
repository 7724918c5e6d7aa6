"""What the rules cover: the registry `data/rules/coverage.yaml` as a page, beside the dated facts of each provision.

`python -m countermove.policy.coverage docs` writes the page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from countermove.errors import DataError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top, checked
from countermove.evidence.strict_yaml import load
from countermove.policy.rule_schema import Rule
from countermove.policy.rules import load_rules

REGISTRY: Final = DATA / "rules" / "coverage.yaml"
PAGE: Final = Path("reference") / "coverage.md"
VERIFIED: Final[Mapping[str, str]] = {
    "official-text": "an excerpt of the official text was read",
    "readers": "two readers of the official text agree",
    "filing": "a company filing",
    "press": "named press",
    "single": "one secondary source",
    "memory": "not read again: check before relying on it",
}


class Coverage(BaseModel):
    """What of one provision is encoded, how it was verified, what is missing, and what to read first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    encoded: str
    verified: Literal["official-text", "readers", "filing", "press", "single", "memory"]
    gaps: str
    read_first: str


class NotEncoded(BaseModel):
    """A field of law that is not encoded, how a check answers where it bears, and a deal that shows it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: str
    answer: str
    item: str
    deal: Mapping[str, str]
    us: Literal["allowed", "reviewable", "denied", "unknown"]
    duty: Literal["unknown"] | None = None


@cache
def load_not_encoded() -> tuple[NotEncoded, ...]:
    """Return what is not encoded, in the order of the file; DataError names file and line."""
    document = load(REGISTRY)
    count = len(document.data.get("not_encoded", ()))
    return tuple(checked(document, NotEncoded, ("not_encoded", index)) for index in range(count))


@cache
def load_coverage() -> Mapping[str, Coverage]:
    """Return the registry by rule; DataError when a provision is missing from it or one in it does not exist."""
    document = load(REGISTRY)
    check_top(document, ("not_encoded", "coverage"))
    found = {name: checked(document, Coverage, ("coverage", name), id=name) for name in document.mapping("coverage")}
    rules = load_rules()
    for name in found:
        if name not in rules:
            raise document.error(f"unknown rule '{name}'", "coverage", name, hint=did_you_mean(name, rules))
    missing = [name for name in rules if name not in found]
    if missing:
        raise DataError(f"the rule '{missing[0]}' is not in the registry", where=document.path, hint="add an entry for it")
    return found


def page() -> str:
    """Return the coverage page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rules, coverage = load_rules(), load_coverage()
    yield "<!-- Written by `python -m countermove.policy.coverage docs`; a test fails when it is out of date. Do not edit. -->"
    yield ""
    yield "# Coverage of the rules"
    yield ""
    yield f"{len(rules)} provisions of two governments: what is encoded, against what it was verified, what is known to be"
    yield "missing, and what a lawyer should read first. Not legal advice."
    yield ""
    yield "## Not encoded"
    yield ""
    yield "Where one of these could bar a deal the outcome is unknown, not allowed. A test makes the check of each line."
    yield ""
    yield "| field of law | how a check answers | example |"
    yield "|---|---|---|"
    for one in load_not_encoded():
        stated = " ".join(f"{name}={value}" for name, value in one.deal.items())
        shown = f"duty {one.duty}" if one.duty else one.us
        yield f"| {one.field} | {one.answer} | `{one.item}` {stated}: {shown} |"
    yield ""
    yield "## Encoded"
    yield ""
    yield "| verified | means | provisions |"
    yield "|---|---|---|"
    for key, meaning in VERIFIED.items():
        yield f"| {key} | {meaning} | {sum(one.verified == key for one in coverage.values())} |"
    for government, title in (("us", "Washington"), ("cn", "Beijing")):
        yield ""
        yield f"## {title}"
        for rule in rules.values():
            if rule.government == government:
                yield from _section(rule, coverage[rule.id])


def _section(rule: Rule, coverage: Coverage) -> Iterator[str]:
    yield ""
    yield f"### {rule.title}"
    yield ""
    yield f"`{rule.id}`; {rule.agency}; {rule.kind}; role: {rule.check.role}."
    yield ""
    steps = ", ".join(f"{step.status} from {step.from_} (known {step.known}, grade {step.grade})" for step in rule.status)
    yield f"- Status: {steps}"
    for value in rule.values.values():
        dated = ", ".join(
            f"{'none' if one.value is None else f'{one.value:g}'} from {one.from_} ({one.grade})" for one in value.values
        )
        yield f"- {value.label}: {dated} {'' if value.unit == '1' else value.unit}".rstrip()
    yield f"- Encoded: {coverage.encoded}"
    yield f"- Verified: {coverage.verified}"
    yield f"- Gaps: {coverage.gaps}"
    yield f"- Read first: {coverage.read_first}"


def write(docs: Path) -> Path:
    """Write the page below a folder of documentation and return its path."""
    path = docs / PAGE
    path.write_text(page(), encoding="utf-8")
    return path


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))

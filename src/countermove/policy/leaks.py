"""Does a check as known on a day print anything published later? Finds citations and dates that leak from the future.

`python -m countermove.policy.leaks [STRIDE]` sweeps every item over about 400 days and prints the count.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from countermove.errors import InputError
from countermove.policy.check_document import to_dict
from countermove.policy.checks import CheckResult, check
from countermove.policy.force import evidence_end
from countermove.policy.legal_items import load_legal_items
from countermove.policy.references import published_day, source_of
from countermove.quantities.calendar import last_day

#: Volume of the Federal Register of 2022; one a year.
_VOLUME_2022: Final = 87
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
                  "December")  # fmt: skip
_REGISTER: Final = re.compile(r"\b(\d{2}) FR \d")
_MONTH: Final = re.compile(rf"\b(?:(\d{{1,2}}) )?({'|'.join(_MONTHS)}) (20\d\d)\b")
_DAY: Final = re.compile(r"\b(20\d\d-\d\d(?:-\d\d)?)\b")

#: Words after which a later day is what a text, public by then, says about its own future.
_AHEAD: Final = re.compile(r"(until|since|from|to|ends? on|then|after|United States on) $")


def leaks(result: CheckResult) -> list[str]:
    """Return what a check prints that was published after the day up to which things were known, in words."""
    if result.known >= evidence_end():
        return []
    document = to_dict(result)
    found = [*_sources(document, result.known)]
    found += _texts(document, result.known)
    return list(dict.fromkeys(found))


def _sources(document: dict[str, Any], known: dt.date) -> Iterator[str]:
    """Yield the sources that a finding names and the dates of references that are later than `known`."""
    for side in ("us", "cn"):
        for finding in document[side]["findings"]:
            for name in finding["sources"]:
                day = published_day(name)
                if day is None or day > known:
                    yield f"{finding['rule']}: source {name} of {source_of(name) and source_of(name).published}"  # type: ignore[union-attr]
            if finding["published"] is not None and last_day(finding["published"]) > known:
                yield f"{finding['rule']}: reference of {finding['published']}"


def _texts(document: dict[str, Any], known: dt.date) -> Iterator[str]:
    """Yield printed texts that name a volume of the Federal Register, a month or a day later than `known`."""
    ignored = {"on", "known", "evidence_until", "ruleset", "days_since_evidence", "published", "rule", "sources", "rule_status"}
    for place, text in _strings(document, "", ignored):
        for match in _REGISTER.finditer(text):
            if int(match[1]) - _VOLUME_2022 + 2022 > known.year:
                yield f"{place}: {match[0]} in '{text[:90]}'"
        for match in _MONTH.finditer(text):
            day = dt.date(int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1] or 1))
            if day > known and not _AHEAD.search(text[: match.start()]):
                yield f"{place}: {match[0]} in '{text[:90]}'"
        for match in _DAY.finditer(text):
            if _first(match[1]) > known and not _AHEAD.search(text[: match.start()]):
                yield f"{place}: {match[0]} in '{text[:90]}'"


def _first(text: str) -> dt.date:
    year, month, day = (*map(int, text.split("-")), 1)[:3]
    return dt.date(year, month, day)


def _strings(value: Any, place: str, ignored: set[str]) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in ignored:
                yield from _strings(part, f"{place}.{key}", ignored)
                yield place, key.replace("_", "-")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part, place, ignored)


def item_ids() -> list[str]:
    """Return every chip and system of the catalogue and every part of the legal list."""
    from countermove.hardware.catalogue import load_catalogue

    catalogue = load_catalogue()
    return list(dict.fromkeys([*catalogue.chips, *catalogue.systems, *load_legal_items()]))


def days(step: int = 4) -> list[dt.date]:
    """Return days from January 2022 to the end of the evidence, about 400 with the default step."""
    first = dt.date(2022, 1, 2)
    return [first + dt.timedelta(days=offset) for offset in range(0, (evidence_end() - first).days, step)]


def sweep(stride: int = 1) -> Iterator[tuple[str, dt.date, str]]:
    """Yield item, day and leak over every item and day; with a stride every item sees each nth day, another for each item."""
    for index, item in enumerate(item_ids()):
        for day in itertools.islice(days(), index % stride, None, stride):
            result = check(item, on=day, known=day, to="cn")
            for text in leaks(result):
                yield item, day, text


def main() -> None:
    """Print the leaks, each once, and how many checks were made."""
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    if stride < 1:
        raise InputError("a stride of less than 1", where="STRIDE", hint="write 1 for every day")
    seen: dict[str, tuple[str, dt.date]] = {}
    for item, day, text in sweep(stride):
        seen.setdefault(re.sub(r"\s+", " ", text), (item, day))
    for text, (item, day) in seen.items():
        print(f"{item} as known on {day}: {text}")
    print(json.dumps({"items": len(item_ids()), "days": len(days()), "stride": stride, "leaks": len(seen)}))


if __name__ == "__main__":
    main()

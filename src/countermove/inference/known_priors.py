"""Strict vintage of priors: no parameter keeps a centre that only later sources state.

A parameter is *known from* the day on which both ends of its prior had been stated. Before that day its prior is replaced
by an entry of ``data/vintage/priors.yaml`` that could be written then, or grown from the last known figure of its family.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countermove.errors import InputError
from countermove.evidence.data_tree import shown_path
from countermove.evidence.ledger import Ledger, load_ledger
from countermove.evidence.priors import LogNormal
from countermove.evidence.schema import Parameter, Support
from countermove.inference.prior_entries import FILE, Entry, Family, Hidden, PriorEntries, load_entries, rest_day, source_day
from countermove.quantities.calendar import last_day

#: Known whenever a hindcast may begin: an assumption of the model that no data state.
ALWAYS = dt.date.min
#: Not known on any day: a source without a date.
NEVER = dt.date.max

#: What a support says of the ends of a prior. A mode or shape belongs to the centre and is needed too.
ENDS: tuple[frozenset[str], ...] = (
    frozenset({"low", "both", "value"}),
    frozenset({"high", "both", "value"}),
    frozenset({"mode"}),
    frozenset({"shape"}),
)

_YEAR = re.compile(r"_(20[0-9]{2})(?![0-9])")


@dataclass(frozen=True)
class Replaced:
    """One prior that a date does not allow: why, what stands for it, and the day from which that was known."""

    name: str
    why: str
    by: str
    known: dt.date


@dataclass(frozen=True)
class Known:
    """The priors as a date allows: parameters, which were replaced, and which keep a centre that later sources state."""

    parameters: Mapping[str, Parameter]
    replaced: tuple[Replaced, ...]
    foreknown: tuple[str, ...]

    @property
    def replaced_names(self) -> tuple[str, ...]:
        """Names of the parameters that were replaced."""
        return tuple(found.name for found in self.replaced)


def known_from(parameter: Parameter, *, ledger: Ledger | None = None, hidden: Hidden | None = None) -> dt.date:
    """Return the day from which a parameter's prior could be written as it is.

    Sourced: the first day on which low, high and, where a source states them, mode and shape had all been stated. An
    assumption: the same over the ends that a source states; where sources are context only, the first of them. Without
    sources: `ALWAYS`, unless the name carries a year, then the year's last day (a name with `before_YYYY`: the last day
    of the year before; `after_YYYY` speaks of what follows, but is set against that year: its last day). `hidden` adds
    evidence that the note uses. Undated sources are known on no day (`NEVER`).
    """
    book = load_ledger() if ledger is None else ledger
    days = [(support_day(book, support), support.supports) for support in parameter.sources]
    ends = [[day for day, says in days if says in allowed] for allowed in ENDS]
    if any(says != "context" for _, says in days):
        found = max(min(end) for end in ends if end)
    elif days:
        found = min(day for day, _ in days)
    else:
        found = _year_end(parameter.id)
    if hidden is None:
        return found
    used = [day or NEVER for day in (rest_day(book, rest) for rest in hidden.rests)]
    stated = [last_day(hidden.known)] if hidden.known is not None else []
    return max([found, *used, *stated])


def support_day(ledger: Ledger, support: Support) -> dt.date:
    """The day from which a support was known; `NEVER` for an undated source."""
    if support.claim is not None:
        return ledger.claims[support.claim].known_day
    return source_day(ledger, str(support.source)) or NEVER


def priors_by(
    parameters: Mapping[str, Parameter], day: dt.date, *, entries: PriorEntries | None = None, ledger: Ledger | None = None
) -> Known:
    """Return the parameters with every prior replaced that could not be written on `day`; none is foreknown.

    Raises InputError for a prior that is known only later and has neither an entry nor a family that was known by then.
    """
    file = load_entries() if entries is None else entries
    late = {name: since for name, since in days_known(parameters, file, ledger).items() if since > day}
    changed: dict[str, Parameter] = {}
    replaced: list[Replaced] = []
    for name, since in late.items():
        found = _standing_in(name, parameters, late, day, file)
        if found is not None:
            changed[name], by, known = found
            replaced.append(Replaced(name, _why(since), by, known))
    known_priors = Known({**parameters, **changed}, tuple(replaced), tuple(name for name in late if name not in changed))
    check_no_leak(parameters, known_priors, day, entries=file, ledger=ledger)
    return known_priors


def days_known(parameters: Mapping[str, Parameter], file: PriorEntries, ledger: Ledger | None = None) -> dict[str, dt.date]:
    """The day from which each parameter is known, by name."""
    return {name: known_from(found, ledger=ledger, hidden=file.leans_on.get(name)) for name, found in parameters.items()}


def check_no_leak(
    parameters: Mapping[str, Parameter],
    known: Known,
    day: dt.date,
    *,
    entries: PriorEntries | None = None,
    ledger: Ledger | None = None,
) -> None:
    """Raise InputError naming the first parameter of `known` whose prior could not be written on `day`.

    parameters: the priors of the data tree. A prior counts as kept while it equals the one there, whatever `known` says,
    unless it allows every valid value alike: then it has no centre to know.
    """
    file = load_entries() if entries is None else entries
    book = load_ledger() if ledger is None else ledger
    since = days_known(parameters, file, book)
    by_name = {found.name: found for found in known.replaced}
    for name, parameter in known.parameters.items():
        standing_in = by_name.get(name)
        kept = standing_in is None or (parameter.prior == parameters[name].prior and parameter.prior.stated() != parameter.valid)
        late = since[name] if standing_in is None or kept else standing_in.known
        if late > day:
            raise InputError(
                f"{name} keeps a prior that was known {_when(late)}, after {day}: {_dates(parameters[name], book)}",
                where=f"{shown_path(FILE)} (entries.{name})",
                hint="add an entry that rests on what was known by then, or a wide one labelled assumption",
            )


def _standing_in(
    name: str, parameters: Mapping[str, Parameter], late: Mapping[str, dt.date], day: dt.date, file: PriorEntries
) -> tuple[Parameter, str, dt.date] | None:
    """What stands for a late prior on a day: its last entry by then, else its family's last known figure, grown."""
    entry = entry_by(file, name, day)
    if entry is not None:
        prior = entry.prior.limited(*parameters[name].valid)
        words = "what was known" if entry.basis == "sourced" else "an assumption"
        return parameters[name].model_copy(update={"prior": prior}), f"{words}: {entry.note}", entry.day
    family = file.family_of(name)
    anchor = None if family is None else _anchor(name, family, parameters, late, day, file)
    if family is None or anchor is None:
        return None
    first, (low, high), since = anchor
    years = family.times[name] - family.times[first]
    grown = _grown(parameters[name], low, high, years, file)
    return grown, f"{first} of {family.times[first]:.4g}, grown by {years:.3g} years", since


def entry_by(file: PriorEntries, name: str, day: dt.date) -> Entry | None:
    """The last entry of a parameter that was known on a day, if any."""
    return next((entry for entry in reversed(file.entries.get(name, ())) if entry.day <= day), None)


def _anchor(
    name: str,
    family: Family,
    parameters: Mapping[str, Parameter],
    late: Mapping[str, dt.date],
    day: dt.date,
    file: PriorEntries,
) -> tuple[str, tuple[float, float], dt.date] | None:
    """The last earlier member of a family that was known on a day, its 5% and 95% points, and since when."""
    for first in reversed([member for member, time in family.times.items() if time < family.times[name]]):
        if first not in late:
            return first, parameters[first].prior.bounds(), ALWAYS
        entry = entry_by(file, first, day)
        if entry is not None:
            return first, entry.prior.bounds(), entry.day
    return None


def _grown(parameter: Parameter, low: float, high: float, years: float, file: PriorEntries) -> Parameter:
    """A prior some years after two points: the centre grows with years, the width with their root."""
    growth = file.growth
    centre = math.sqrt(growth.p5 * growth.p95) ** years
    width = math.sqrt(growth.p95 / growth.p5) ** math.sqrt(years)
    return between(parameter, low * centre / width, high * centre * width)


def between(parameter: Parameter, low: float, high: float) -> Parameter:
    """A parameter with a log-normal prior of these 5% and 95% points, inside its valid range."""
    bottom, top = parameter.valid
    least = max(low, bottom, 1e-9)
    most = max(min(high, top if math.isfinite(top) else high), least * 1.0001)
    prior = LogNormal(p5=least, p95=most).limited(bottom, top)
    return parameter.model_copy(update={"prior": prior})


def _year_end(name: str) -> dt.date:
    """The last day of the year that a parameter's name carries; `ALWAYS` for a name without one."""
    match = _YEAR.search(name)
    if match is None:
        return ALWAYS
    before = name[: match.start()].endswith("before")
    return dt.date(int(match[1]) - before, 12, 31)


def _why(since: dt.date) -> str:
    return "its sources have no date" if since == NEVER else f"known from {since}"


def _when(since: dt.date) -> str:
    return "on no day that its sources state" if since == NEVER else f"from {since}"


def _dates(parameter: Parameter, ledger: Ledger) -> str:
    """The sources of a parameter with their days, as an error shows them."""
    if not parameter.sources:
        return "it has no sources, and its name carries a year or its note uses later evidence"
    listed: Sequence[Support] = parameter.sources
    days = [(support.claim or support.source, support.supports, support_day(ledger, support)) for support in listed]
    return ", ".join(f"{name} ({says}) {'undated' if day == NEVER else day}" for name, says, day in days)

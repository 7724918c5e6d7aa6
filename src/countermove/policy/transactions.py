"""A transaction: to whom, from where, by which route, for what; stated facts, and printed defaults for the rest."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from countermove.errors import InputError, did_you_mean
from countermove.policy.facts import ANY_FLAG, ANY_NUMBER, Fact, Interval, find_end_user, find_fact, load_facts, point
from countermove.policy.items import Item
from countermove.policy.parties import UNRECORDED, Party, find_party
from countermove.policy.places import load_countries

#: Names of what a transaction counts, beside its facts.
COUNTS: Final = ("quantity", "value_usd", "us_units", "exported_units")


@dataclass(frozen=True)
class Transaction:
    """All facts of a transaction, which of them were stated, and the conditions that stand in for the rest, in words."""

    facts: Mapping[str, Fact]
    given: tuple[str, ...]
    defaults: tuple[str, ...]
    counts: Mapping[str, float | None]
    strict: bool = False
    """Whether nothing was assumed: every fact that was not stated is unknown."""
    party: Party | None = None
    """The named buyer, None where the buyer is not named or not on file."""

    @property
    def destination(self) -> str:
        """The destination's code, or a word for unknown."""
        word = self.facts["destination"]
        return word if isinstance(word, str) else "unknown"


def transaction(item: Item, *, strict: bool = False, on: dt.date | None = None, **stated: Any) -> Transaction:
    """Return the transaction of an item with the stated facts (by name) and counts; None means not stated.

    A named buyer brings its kind and its headquarters on the day `on`. With `strict` nothing is assumed: what was not stated is
    unknown. Raises InputError for an unknown fact or word (with the nearest), a count that is negative or no number, and facts
    that contradict one another, such as an export from the United States that leaves from Singapore.
    """
    known = {name: value for name, value in stated.items() if value is not None}
    counts = {name: _count(name, known.pop(name, None)) for name in COUNTS}
    facts = _stated_facts(known)
    _check_shares(facts)
    given = tuple(facts)
    party = _named_buyer(facts, on)
    if strict:
        _leave_open(facts)
    _implied_by_end_user(facts)
    _complete_route(facts, item)
    if "parent" not in facts:
        facts["parent"] = facts["destination"]
    facts.setdefault("exporter", item.exporter)
    _volumes(facts, counts)
    defaults = [] if strict else [*_defaults(facts, given, item, party), *item.assumed]
    for name, definition in load_facts().items():
        if definition.of == "transaction" and name not in facts:
            facts[name] = definition.unknown if strict else definition.default_fact()
    _check_route(facts, given)
    return Transaction(facts, given, tuple(defaults), counts, strict, party)


def _named_buyer(facts: dict[str, Fact], on: dt.date | None) -> Party | None:
    """Add what a named buyer brings; of one that is not on file every question about the buyer is open."""
    word = facts.get("party")
    if facts.get("end_user") == UNRECORDED or word == UNRECORDED:
        facts.update({"party": UNRECORDED, "end_user": UNRECORDED})
        facts.setdefault("parent", None)
        for name in ("listed", "denied_person", "military_user", "state_owned", "government_user"):
            facts.setdefault(name, ANY_FLAG)
        facts.setdefault("listed_ownership", ANY_NUMBER)
        return None
    party = find_party(word) if isinstance(word, str) else None
    if party is None:
        return None
    if facts.setdefault("end_user", party.kind) is None:
        facts["end_user"] = party.kind
    home, stated = party.home(on), facts.get("parent")
    if home is not None and stated is not None and stated != home:
        raise InputError(
            f"{party.name} has its headquarters in '{home}' on file, not in '{stated}'",
            where="--parent",
            hint="leave --parent out, or write --end-user named-buyer for another firm",
        )
    facts.setdefault("parent", home)
    owned = party.owned(on)
    if owned is not None:
        facts.setdefault("listed_ownership", ANY_NUMBER if owned.share is None else point(owned.share))
    return party


def _leave_open(facts: dict[str, Fact]) -> None:
    """Make unknown what the completion below would fill in from other facts."""
    for name in ("destination", "parent", "route", "departure", "exporter", "end_user", "party"):
        facts.setdefault(name, None)
    for name in ("exported_from_us", "enters_us", "duty_exempt"):
        if facts["route"] is None:
            facts.setdefault(name, ANY_FLAG)


def _stated_facts(stated: Mapping[str, Any]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name, value in stated.items():
        definition = find_fact(name)
        if definition.of != "transaction":
            raise InputError(f"'{name}' is a fact of the item", where="--fact", hint="state it with the item's numbers")
        party = find_party(str(value)) if definition.id == "end_user" else None
        if party is not None:
            facts["party"] = party.id
        facts[definition.id] = definition.read(value, where=_option(definition.id))
    return facts


def _option(name: str) -> str:
    options = {
        "destination": "--to",
        "parent": "--parent",
        "route": "--route",
        "departure": "--from",
        "exporter": "--exporter",
        "end_user": "--end-user",
        "end_use": "--end-use",
    }
    return options.get(name, f"--fact {name}")


def _count(name: str, value: Any) -> float | None:
    if value is None:
        return None
    where = f"--{name.replace('_', '-')}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(f"'{value}' is not a number", where=where, hint="give a number") from None
    whole = name != "value_usd"
    if not math.isfinite(number) or number < 0 or (whole and number != int(number)):
        raise InputError(f"{value} is not a {'whole ' if whole else ''}number from 0", where=where, hint="count chips from 0 up")
    if number == 0 and name in ("quantity", "value_usd"):
        raise InputError(f"the {name.removesuffix('_usd')} is 0", where=where, hint="leave it out, or give a number above 0")
    return number


def _check_shares(facts: Mapping[str, Fact]) -> None:
    for name in ("listed_ownership", "site_completion", "de_minimis_share"):
        value = facts.get(name)
        if isinstance(value, tuple) and math.isfinite(value[1]) and value[1] > 1:
            raise InputError(f"{value[1]:g} is a share above 1", where=f"--fact {name}", hint="write 0.5 for 50%")


def _implied_by_end_user(facts: dict[str, Fact]) -> None:
    """Add what a kind of end user implies; an unknown end user leaves those facts unknown, not false."""
    user = facts.setdefault("end_user", "private-company")
    facts.setdefault("party", "unnamed")
    if user is None:
        for name in ("listed", "military_user", "government_user", "critical_infrastructure", "state_owned", "state_funded"):
            facts.setdefault(name, ANY_FLAG)
        return
    assert isinstance(user, str), "an end user is a word"  # noqa: S101
    for name, value in find_end_user(user).facts.items():
        implied = point(float(value))
        if facts.setdefault(name, implied) not in (implied, ANY_FLAG):
            raise InputError(
                f"an end user '{user}' contradicts {name}",
                where="--end-user",
                hint=f"change one of the two: {user} implies {name}",
            )


def _complete_route(facts: dict[str, Fact], item: Item) -> None:
    """Fill destination and route; goods made in China, and goods that stay in the United States, are not exported from there."""
    facts.setdefault("destination", "cn")
    domestic = item.facts["origin"] == "cn"
    route_stated = "route" in facts
    if not route_stated:
        here = facts["destination"] in ("us", "cn" if domestic else "us")
        facts["route"] = "in-country" if here else "re-export" if domestic else "from-us"
    route = facts["route"]
    if "departure" not in facts:
        facts["departure"] = "us" if route == "from-us" else facts["destination"] if route == "in-country" else None
    facts.setdefault("exported_from_us", ANY_FLAG if route is None else point(float(route == "from-us")))
    _complete_entry(facts, route_stated)


def _complete_entry(facts: dict[str, Fact], route_stated: bool) -> None:
    """Say whether the goods enter US customs territory, and whether a use in the United States exempts them from duty.

    Chips for China enter for the required test. Elsewhere they may as well go straight from where they are packaged: whether
    they enter is open until the way is stated, and whether the use exempts them until the use is.
    """
    destination, route = facts["destination"], facts["route"]
    chinese = destination in ("cn", "hk", "mo")
    use = facts.get("duty_use")
    if isinstance(use, str) and use != "other":
        facts.setdefault("duty_exempt", point(1.0))
    if destination == "us" or (route == "from-us" and (route_stated or chinese)):
        facts.setdefault("enters_us", point(1.0))
    elif route is None or route == "from-us":
        facts.setdefault("enters_us", ANY_FLAG)
    else:
        facts.setdefault("enters_us", point(0.0))
    if not chinese and use is None:
        facts.setdefault("duty_exempt", ANY_FLAG)
    elif use == "other":
        facts.setdefault("duty_exempt", point(0.0))


def _check_route(facts: Mapping[str, Fact], given: tuple[str, ...]) -> None:
    route, departure, destination = facts["route"], facts["departure"], facts["destination"]
    problem = ""
    if route == "from-us" and departure not in ("us", None):
        problem = f"an export from the United States cannot leave from {departure}"
    elif route == "re-export" and departure == "us":
        problem = "a re-export does not leave from the United States"
    elif route == "in-country" and departure not in (destination, None):
        problem = f"an in-country transfer to {destination} cannot leave from {departure}"
    elif route == "from-us" and destination == "us":
        problem = "an export from the United States cannot go to the United States"
    elif route == "re-export" and departure is not None and departure == destination:
        problem = f"a re-export from {departure} to {destination} crosses no border"
    if problem:
        stated = ", ".join(_option(name) for name in ("route", "departure", "destination") if name in given)
        raise InputError(
            problem, where="--route", hint=f"change one of {stated}; routes: from-us, re-export, in-country, remote-access"
        )


def _volumes(facts: dict[str, Fact], counts: Mapping[str, float | None]) -> None:
    """Add the share of US volume where it can be computed; of one product, units and performance give the same share."""
    if "china_share_of_us_tpp" in facts or counts["us_units"] is None:
        return
    exported = (counts["exported_units"] or 0.0) + (counts["quantity"] or 0.0)
    share = exported / counts["us_units"] if counts["us_units"] else math.inf if exported else 0.0
    facts["china_share_of_us_tpp"] = (share, share)


def _defaults(facts: Mapping[str, Fact], given: tuple[str, ...], item: Item, party: Party | None) -> list[str]:
    """Return, in words, every default that stands in for a fact that was not stated."""
    words = []
    if "destination" not in given:
        words.append("to mainland China")
    if party is not None and "parent" not in given:
        home = facts["parent"]
        where = load_countries().countries[home].name if isinstance(home, str) else "a place that is not on file"
        words.append(f"{party.name} headquartered in {where}, as generally described")
    elif "parent" not in given and facts["party"] != UNRECORDED:
        place = facts["destination"]
        country = load_countries().countries[place].name if isinstance(place, str) else "an unknown place"
        words.append(f"buyer headquartered in the destination ({country})")
    if "route" not in given:
        route = str(facts["route"])
        words.append({"from-us": "exported from the United States", "in-country": "no border crossed"}.get(route, route))
    if "exporter" not in given:
        words.append(f"exported by {item.exporter}" if item.exporter else "exporter not stated: unknown")
    for name, definition in load_facts().items():
        spoken = ("destination", "parent", "route", "exporter", "departure")
        if definition.of == "transaction" and name not in facts and name not in spoken and definition.says:
            words.append(definition.says)
    if "end_user" not in given:
        words.append("an unlisted private company")
    return words


def read_interval(value: Any) -> Interval:
    """Return a transaction's numeric fact as an interval."""
    assert isinstance(value, tuple), "a numeric fact"  # noqa: S101
    return value


def nearest_transaction_fact(name: str) -> str:
    """Return a hint with the nearest name of a transaction fact."""
    return did_you_mean(name, [fact for fact, definition in load_facts().items() if definition.of == "transaction"])

"""To which groups an item belongs, and which items of the catalogue fall through the groups that should part them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from countermove.policy.criteria import NO, YES, Situation, group_criteria
from countermove.policy.item_groups import load_item_groups
from countermove.policy.items import Item, catalogue_item, item_names

ANSWERS = ("no", "unknown", "yes")


class Unclassified(NamedTuple):
    """An item that is not surely in exactly one of the groups into which another is parted."""

    item: str
    of: str
    found: Mapping[str, str]

    def __str__(self) -> str:
        """Return one line: the item, the groups, and what to do."""
        answers = ", ".join(f"{group} {answer}" for group, answer in self.found.items())
        return f"{self.item} is not in exactly one part of '{self.of}' ({answers}): settle it in rules/item_groups.yaml"


def membership(group: str, item: Item) -> int:
    """Return whether an item belongs to a group: 0 no, 1 cannot be told, 2 yes."""
    truth = group_criteria()[group].truth(Situation(item.facts, {}, {}))
    return int(truth)


def classify(item: Item) -> dict[str, str]:
    """Return for every group whether the item belongs to it: yes, no or unknown."""
    return {group: ANSWERS[membership(group, item)] for group in group_criteria()}


def unclassified(items: Iterable[Item] | None = None) -> list[Unclassified]:
    """Return the items (default: all chips and systems of the catalogue) that a partition does not class.

    An item whose membership in the whole cannot be told is reported as well: its vendor is in no list.
    """
    found = []
    for item in catalogue_items() if items is None else items:
        for partition in load_item_groups().partitions:
            whole = membership(partition.of, item)
            parts = {group: membership(group, item) for group in partition.into}
            in_one = sorted(parts.values()) == [NO] * (len(parts) - 1) + [YES]
            if whole != NO and not (whole == YES and in_one):
                found.append(Unclassified(item.id, partition.of, {group: ANSWERS[truth] for group, truth in parts.items()}))
    return found


def catalogue_items() -> list[Item]:
    """Return all chips of the catalogue, then all systems."""
    from countermove.hardware.catalogue import load_catalogue

    return [catalogue_item(name) for name in [*item_names(), *load_catalogue().systems]]

"""Keeping what was computed last: bounded by bytes, and built by one thread without holding up those that want something else."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, TypeVar, cast


class Holding(Protocol):
    """Something kept that tells what it holds in memory."""

    def held(self) -> Any:
        """Return arrays, or mappings, sequences and dataclasses of them."""


Kept = TypeVar("Kept", bound=Holding)


class Keeping:
    """The last things computed, by key; the oldest go first once all together hold more than `most` bytes.

    The newest is kept even where it alone holds more. Arrays that several things share count once. Any thread may ask: the first
    that asks for a key builds it, others that want the same key wait for it, and nobody else does.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Any, Holding] = OrderedDict()
        self._building: dict[Any, threading.Lock] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Number of things kept."""
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        """Whether something is kept under a key."""
        return key in self._entries

    def nbytes(self) -> int:
        """Bytes of all arrays held."""
        with self._lock:
            return self._nbytes()

    def get(self, key: Any, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under a key, made by `make` where nothing is; an error of `make` keeps nothing."""
        with self._lock:
            if key in self._entries:
                return cast("Kept", self._known(key))
            turn = self._building.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._entries:
                    return cast("Kept", self._known(key))
            try:
                found = make()
                with self._lock:
                    self._entries[key] = found
                    self._trim()
            finally:
                with self._lock:
                    self._building.pop(key, None)
        return found

    def _known(self, key: Any) -> Holding:
        self._entries.move_to_end(key)
        return self._entries[key]

    def _trim(self) -> None:
        while len(self._entries) > 1 and self._nbytes() > self._most:
            self._entries.popitem(last=False)

    def _nbytes(self) -> int:
        seen: dict[int, int] = {}
        for entry in self._entries.values():
            seen.update(_arrays(entry.held()))
        return sum(seen.values())


def _arrays(value: Any) -> Iterator[tuple[int, int]]:
    """Yield identity and bytes of every array that a value holds; a view holds the whole of what it looks at."""
    base = getattr(value, "base", None)
    if base is not None and hasattr(base, "nbytes"):
        yield from _arrays(base)
    elif hasattr(value, "nbytes"):
        yield id(value), int(value.nbytes)
    elif isinstance(value, Mapping):
        for one in tuple(value.values()):
            yield from _arrays(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _arrays(one)
    elif is_dataclass(value):
        for name in fields(value):
            yield from _arrays(getattr(cast("Any", value), name.name))

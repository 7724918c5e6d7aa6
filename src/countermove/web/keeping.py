"""Keeping what was computed last: bounded by bytes, and built by one thread without holding up those that want something else."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, TypeVar, cast

import numpy as np


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
        return sum(_weighed([entry.held() for entry in self._entries.values()]).values())


def _weighed(held: list[Any]) -> dict[int, int]:
    """Return bytes by identity of every array in values; a view holds the whole of what it looks at."""
    seen: dict[int, int] = {}
    waiting = held
    while waiting:  # thousands of arrays with every answer: a loop takes a fraction of what a recursion does
        value = waiting.pop()
        if isinstance(value, np.ndarray):
            base = value.base
            if base is not None and hasattr(base, "nbytes"):
                waiting.append(base)
            else:
                seen[id(value)] = value.nbytes
        elif isinstance(value, dict | list | tuple):
            waiting.extend(value.values() if isinstance(value, dict) else value)
        elif hasattr(value, "nbytes"):
            seen[id(value)] = int(value.nbytes)
        elif isinstance(value, Mapping):
            waiting.extend(tuple(value.values()))
        elif is_dataclass(value):
            waiting.extend(getattr(value, name.name) for name in fields(value))
    return seen

"""Taking turns at the model: one request at a time, and of one screen's requests only the newest."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from countermove.web.limits import MOST_CLIENTS, MOST_WAITING

Found = TypeVar("Found")


class Overtaken(Exception):
    """A newer request of the same screen is waiting."""


class Busy(Exception):
    """Too many requests wait."""


class Turns:
    """A queue at one model. Screens that ask again while they wait give up their older place."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._lock: anyio.Lock | None = None
        self._waiting = 0

    async def take(self, work: Callable[[], Found], *, client: str = "", sequence: int = 0) -> Found:
        """Run `work` in a thread when its turn comes; Overtaken when the screen has moved on, Busy when too many wait."""
        if self._waiting >= MOST_WAITING:
            raise Busy
        if client:
            self._newest[client] = max(sequence, self._newest.get(client, 0))
            self._newest.move_to_end(client)
            while len(self._newest) > MOST_CLIENTS:
                self._newest.popitem(last=False)
        self._lock = self._lock or anyio.Lock()
        self._waiting += 1
        try:
            async with self._lock:
                if client and sequence < self._newest.get(client, 0):
                    raise Overtaken
                return await anyio.to_thread.run_sync(work)
        finally:
            self._waiting -= 1

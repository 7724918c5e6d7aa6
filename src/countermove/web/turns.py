"""Taking turns at the model: as many requests at a time as there are cores for, and of one screen's requests only the newest."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, TypeVar

import anyio
import anyio.to_thread

from countermove.web.limits import MOST_CLIENTS, MOST_WAITING

Found = TypeVar("Found")
AT_ONCE: Final = max(1, min(2, os.cpu_count() or 1))


class Overtaken(Exception):
    """A newer request of the same screen is waiting."""


class Busy(Exception):
    """Too many requests wait."""


class Turns:
    """A queue at one model. Screens that ask again while they wait give up their older place.

    Compiled months run outside Python's lock, so two requests at a time keep two cores busy; more would only wait for each other.
    """

    def __init__(self) -> None:
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._places: anyio.Semaphore | None = None
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
        self._places = self._places or anyio.Semaphore(AT_ONCE)
        self._waiting += 1
        try:
            async with self._places:
                if client and sequence < self._newest.get(client, 0):
                    raise Overtaken
                return await anyio.to_thread.run_sync(work)
        finally:
            self._waiting -= 1

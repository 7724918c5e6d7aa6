"""Taking turns at the model: quick work and large work in lanes of their own, and of one screen's requests only the newest."""

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
QUICK_DRAWS: Final = 256
"""Draws up to which a request is quick: what screens ask for while somebody moves a lever."""


class Overtaken(Exception):
    """A newer request of the same screen is waiting."""


class Busy(Exception):
    """Too many requests wait."""


class _Lane:
    """A queue with some places at the model."""

    def __init__(self, places: int) -> None:
        self._number = places
        self._places: anyio.Semaphore | None = None
        self.waiting = 0

    @property
    def places(self) -> anyio.Semaphore:
        """The places, made where the event loop runs."""
        self._places = self._places or anyio.Semaphore(self._number)
        return self._places


class Turns:
    """Queues at one model. Screens that ask again while they wait give up their older place.

    Compiled months run outside Python's lock, so two requests at a time keep two cores busy; more would only wait for each other.
    Large work has one place of its own: a move of a lever never waits until it is done.
    """

    def __init__(self) -> None:
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._quick, self._large = _Lane(AT_ONCE), _Lane(1)

    async def take(self, work: Callable[[], Found], *, client: str = "", sequence: int = 0, large: bool = False) -> Found:
        """Run `work` in a thread when its turn comes; Overtaken when the screen has moved on, Busy when too many wait."""
        lane = self._large if large else self._quick
        if lane.waiting >= MOST_WAITING:
            raise Busy
        if client:
            self._newest[client] = max(sequence, self._newest.get(client, 0))
            self._newest.move_to_end(client)
            while len(self._newest) > MOST_CLIENTS:
                self._newest.popitem(last=False)
        lane.waiting += 1
        try:
            async with lane.places:
                if client and sequence < self._newest.get(client, 0):
                    raise Overtaken
                return await anyio.to_thread.run_sync(work)
        finally:
            lane.waiting -= 1

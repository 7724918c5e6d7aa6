"""Connections: a client that says nothing, or only half of a request, keeps no place.

uvicorn has no time limit for heads and, at its limit of connections, turns away whoever comes next. This is its protocol with
both put right, so it leans on how `uvicorn.protocols.http.h11_impl` works; the lock files pin uvicorn.
"""

from __future__ import annotations

import asyncio
import json

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from countermove.web.guard import HEADERS
from countermove.web.limits import HEAD_SECONDS, MOST_CONNECTIONS, TAKING_SECONDS


class Connection(H11Protocol):
    """One connection, closed when its client is too slow in asking or in taking the answer."""

    _since = 0.0
    """When the server began to wait for this client."""
    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection in, in the place of the longest waiting one where there are too many."""
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > MOST_CONNECTIONS:
            waiting = [one for one in self.connections if isinstance(one, Connection) and one.waiting and one is not self]
            if waiting:
                longest = min(waiting, key=lambda one: one._since)
                # Its end is only noticed later, and the next connection must not choose it again.
                self.connections.discard(longest)
                longest.give_up()
            else:
                self._refuse(503, "too many requests are being answered", hint="ask again in a second")

    @property
    def waiting(self) -> bool:
        """Whether it is the client's turn: no request has begun to be answered, or the rest of an answered one is missing."""
        ours, theirs = self.conn.our_state, self.conn.their_state
        return theirs is h11.IDLE or (theirs is h11.SEND_BODY and ours is h11.DONE)

    def data_received(self, data: bytes) -> None:
        """Read what the client says; its time starts with its first byte and ends with the end of the head."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request: uvicorn does so with a time of its own until its first byte comes."""
        super().on_response_complete()
        self._since = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_asking()
        self._stop_taking()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Give a client that takes nothing some time."""
        super().pause_writing()
        self._taking = self._taking or self.loop.call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on with a client that takes its answer again."""
        self._stop_taking()
        super().resume_writing()

    def give_up(self) -> None:
        """Close a connection that waits for its client, with a word where a request had begun."""
        begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if begun and not self.transport.is_closing():
            self._refuse(408, "the request did not arrive in time", hint=f"send its head within {HEAD_SECONDS:.0f} seconds")
        else:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the shape and with the headers of every other answer."""
        self._refuse(400, "this is no HTTP request that can be read", hint="send HTTP/1.1 with a head of at most 64 kB")

    def _watch(self) -> None:
        if not self.waiting or self.transport.is_closing():
            self._stop_asking()
        elif self._asking is None:
            self._since = self.loop.time()
            self._asking = self.loop.call_later(HEAD_SECONDS, self.give_up)

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
        self._asking = None

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
        self._taking = None

    def _refuse(self, status: int, what: str, *, hint: str) -> None:
        """Answer without the application, and close; an answer that has begun can only be broken off."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.abort()
            return
        body = json.dumps({"error": {"what": what, "where": "", "hint": hint}}).encode()
        plain = {"content-type": "application/json", "content-length": str(len(body)), "connection": "close"}
        head = h11.Response(status_code=status, headers=[(k.encode(), v.encode()) for k, v in (plain | HEADERS).items()])
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

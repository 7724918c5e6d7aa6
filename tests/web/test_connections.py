"""Clients that ask slowly, or not at all, keep nobody else from being answered. Loopback only."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from countermove.web import connections
from countermove.web.connections import Connection
from countermove.web.guard import HEADERS, Guard

HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
PATIENCE = 60.0
"""Seconds after which a test gives up on a server; nothing that passes takes as long."""


def fine(_: Request) -> Response:
    return PlainTextResponse("fine")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server on a free port that waits a second for heads."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 1.0)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(128)
        app = Guard(Starlette(routes=[Route("/", fine, methods=["GET", "POST"])]))
        config = uvicorn.Config(app, fd=door.fileno(), http=Connection, ws="none", log_level="critical", timeout_keep_alive=20)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield int(door.getsockname()[1])
        server.should_exit = True
        thread.join(PATIENCE)


def connected(port: int, said: bytes = b"") -> socket.socket:
    found = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    found.sendall(said)
    return found


def heard(client: socket.socket) -> bytes:
    """Return everything until the server closes."""
    parts = []
    try:
        while part := client.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def asked(port: int) -> bytes:
    with connected(port, HALF + b"no\r\nConnection: close\r\n\r\n") as client:
        return heard(client)


def test_240_half_sent_heads_leave_the_server_answering_and_are_closed(port: int) -> None:
    with ExitStack() as open_ones:
        half = [open_ones.enter_context(connected(port, HALF)) for _ in range(240)]
        assert asked(port).startswith(b"HTTP/1.1 200")
        # One that had to go before its first byte was read hears nothing.
        ends = [heard(client)[:12] for client in half]
    assert set(ends) <= {b"HTTP/1.1 408", b""}
    assert ends.count(b"HTTP/1.1 408") > 100
    assert asked(port).startswith(b"HTTP/1.1 200")


def test_240_silent_connections_leave_the_server_answering_and_are_closed(port: int) -> None:
    with ExitStack() as open_ones:
        silent = [open_ones.enter_context(connected(port)) for _ in range(240)]
        assert asked(port).startswith(b"HTTP/1.1 200")
        assert {heard(client) for client in silent} == {b""}


def test_a_head_that_drips_is_closed_all_the_same(port: int) -> None:
    with connected(port, HALF) as client:
        client.settimeout(0.1)
        said = b""
        for _ in range(int(PATIENCE / 0.1)):
            try:
                client.sendall(b"x")
                said += client.recv(65_536)
                break
            except TimeoutError:
                continue
        assert said.startswith(b"HTTP/1.1 408")


def test_a_second_head_that_never_ends_is_closed_too(port: int) -> None:
    with connected(port, HALF + b"no\r\n\r\n") as client:
        assert client.recv(65_536).startswith(b"HTTP/1.1 200")
        client.sendall(HALF)
        assert b"HTTP/1.1 408" in heard(client)


def test_an_answered_request_whose_body_drips_is_closed(port: int) -> None:
    with connected(port, HALF + b"no\r\nContent-Length: 60000\r\n\r\n") as client:
        said = b""
        while not said.endswith(b"fine"):
            said += client.recv(65_536)
        client.settimeout(0.1)
        closed = False
        for _ in range(int(PATIENCE / 0.1)):
            try:
                client.sendall(b"x")
                closed = client.recv(65_536) == b""
                break
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                closed = True
                break
        assert closed


@pytest.mark.parametrize(
    "said", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: many\r\n\r\n", HALF]
)
def test_what_is_no_request_is_refused_in_the_shape_and_with_the_headers_of_every_answer(port: int, said: bytes) -> None:
    with connected(port, said) as client:
        head, _, body = heard(client).partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 400", b"HTTP/1.1 408"))
    for name, value in HEADERS.items():
        assert f"{name}: {value}".encode() in head
    assert json.loads(body)["error"]["hint"]


def test_more_requests_in_work_than_connections_are_told_to_come_back(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 1)
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    with connected(port, head + b"Expect: 100-continue\r\n\r\n") as first:
        assert first.recv(65_536).startswith(b"HTTP/1.1 100")
        with connected(port) as second:
            assert heard(second).startswith(b"HTTP/1.1 503")
        first.sendall(b"{}")
        assert first.recv(65_536).startswith(b"HTTP/1.1 200")

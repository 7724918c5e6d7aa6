"""The door of the server: who may ask, how much may be sent, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from countermove.web.limits import ARTICLE_PATH, BODY_SECONDS, MOST_ARTICLE_BYTES, MOST_BODY_BYTES

HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""Stricter for a report, which holds its styles inside and runs nothing."""
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]", "::1")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:/@?#\s]+)(:[0-9]{1,5})?")
_LENGTH = re.compile(r"[0-9]{1,18}")


def refusal(status: int, what: str, *, hint: str = "", headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an error in the one shape that every error has."""
    return JSONResponse({"error": {"what": what, "where": "", "hint": hint}}, status, headers=headers)


def bug(error: BaseException) -> JSONResponse:
    """Return the answer for a bug, without a stack trace."""
    return refusal(500, f"unexpected problem ({type(error).__name__})", hint="please report it with the server's output")


class Guard:
    """Around the application: checks Host and Origin, takes in the body up to its limit and in time, and sets the headers.

    Nothing lies outside it, so that its headers are on every answer, those to bugs and its own included.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str] = OWN_NAMES) -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(("/api/", "/data")):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            most = MOST_ARTICLE_BYTES if scope["path"] == ARTICLE_PATH else MOST_BODY_BYTES
            refused = self._refused(Headers(scope=scope), scope["method"], most)
            if refused is None and scope["method"] not in ("GET", "HEAD"):
                body, refused = await _body(receive, most)
                receive = _replay(body)
            await (self._app if refused is None else refused)(scope, receive, send_with_headers)
        except Exception as error:
            if not started:
                await bug(error)(scope, receive, send_with_headers)
            raise  # for the server's output

    def _refused(self, headers: Headers, method: str, most: int) -> JSONResponse | None:
        host = headers.get("host", "").lower()
        if _name(host) not in self._hosts:
            return refusal(421, f"this server does not answer for {host[:80]!r}", hint="open the address that it printed")
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}", f"https://{host}"):
            return refusal(403, f"requests from {origin[:80]!r} are not answered", hint="open the app at its own address")
        if method == "POST" and headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return refusal(415, "the body must be JSON", hint="send Content-Type: application/json")
        length = headers.get("content-length", "0")
        if not _LENGTH.fullmatch(length) or int(length) > most:
            return _too_large(most)
        return None


def _name(host: str) -> str:
    """Return a Host header without its port; nothing for what is no host."""
    found = _HOST.fullmatch(host)
    return found[1] if found else ""


def _too_large(most: int) -> JSONResponse:
    return refusal(413, "the body is too large", hint=f"send at most {most:,} bytes")


async def _body(receive: Receive, most: int = MOST_BODY_BYTES) -> tuple[bytes, JSONResponse | None]:
    """Return the whole body, or why it is refused: too large, or too slow."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return b"", refusal(400, "the request ended early")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    return b"", _too_large(most)
                if not message.get("more_body", False):
                    return b"".join(parts), None
    except TimeoutError:
        return b"", refusal(408, "the body did not arrive in time", hint=f"send it within {BODY_SECONDS:.0f} seconds")


def _replay(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive

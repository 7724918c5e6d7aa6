"""Writing answers: compact JSON with finite numbers, and errors in the one shape that every error has."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from countermove.errors import CountermoveError, DataError, EnvironmentProblem
from countermove.web.guard import bug, refusal
from countermove.web.turns import Busy, Overtaken


def json_answer(document: BaseModel | dict[str, Any], *, status: int = 200) -> Response:
    """Return a document as an answer."""
    if isinstance(document, BaseModel):
        body = document.model_dump_json().encode()
    else:
        body = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str).encode()
    return Response(body, status, media_type="application/json")


async def on_problem(_: Request, error: Exception) -> Response:
    """Answer for an error of ours: 400 for what was given, 503 for what the machine lacks, 500 for what we shipped."""
    if not isinstance(error, CountermoveError):
        raise error
    status = 500 if isinstance(error, DataError) else 503 if isinstance(error, EnvironmentProblem) else 400
    return JSONResponse({"error": {"what": error.what, "where": error.where, "hint": error.hint}}, status)


async def on_overtaken(_: Request, __: Exception) -> Response:
    """Answer for a request that a newer one of the same screen overtook."""
    return refusal(409, "a newer request of this screen has overtaken this one")


async def on_busy(_: Request, __: Exception) -> Response:
    """Answer while too many requests wait."""
    return refusal(503, "too many requests are waiting", hint="ask again in a second", headers={"retry-after": "1"})


async def on_http(_: Request, error: Exception) -> Response:
    """Answer for an address or a method that does not exist."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = {404: "there is nothing at this address", 405: "this address does not answer to that method"}.get(status, "refused")
    return refusal(status, what, hint="/openapi.json lists the addresses")


async def on_bug(_: Request, error: Exception) -> Response:
    """Answer for a bug without a stack trace."""
    return bug(error)


HANDLERS: dict[Any, Any] = {
    CountermoveError: on_problem,
    Overtaken: on_overtaken,
    Busy: on_busy,
    HTTPException: on_http,
    Exception: on_bug,
}

"""The table of the API: path, request, answer and summary of every address. The server and OpenAPI are made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Address:
    """One address of the API. `takes` and `gives` are models of the contract; None is free JSON."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    handler: Handler
    summary: str
    takes: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    query: dict[str, str] = field(default_factory=dict)
    media: str = "application/json"
    status: int = 200

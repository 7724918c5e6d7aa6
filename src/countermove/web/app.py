"""The Starlette application: the API, the built front end, and the guard in front of both."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from countermove.web import openapi
from countermove.web.articles import Articles
from countermove.web.downloads import Downloads
from countermove.web.endpoints import Desk
from countermove.web.guard import OWN_NAMES, Guard
from countermove.web.jobs import Jobs
from countermove.web.knowledge import Knowledge
from countermove.web.live import Simulator
from countermove.web.long_work import LongWork
from countermove.web.lookups import Lookups
from countermove.web.routes import Address
from countermove.web.writing import HANDLERS, json_answer

STATIC = Path(__file__).parent / "static"


def create_app(simulator: Simulator | None = None, *, hosts: Collection[str] = OWN_NAMES) -> Guard:
    """Return the guarded application around a simulator; `hosts` are the names it answers for."""
    chosen = simulator or Simulator()
    desk, jobs = Desk(chosen), Jobs()
    rooms = (desk, Downloads(chosen, desk.turns), LongWork(jobs), Lookups(), Articles(), Knowledge(chosen, desk.turns))
    table = [address for room in rooms for address in room.addresses()]
    described = json_answer(openapi.document(table)).body

    async def openapi_answer(_: Request) -> Response:
        return Response(bytes(described), media_type="application/json")

    routes: list[BaseRoute] = [*(route for one in table for route in _routes(one)), Route("/openapi.json", openapi_answer)]
    routes += [Route(f"/{path.name}", _file(path)) for path in sorted(STATIC.glob("*.*"))]
    routes += [Route("/", _file(STATIC / "index.html"))] if STATIC.is_dir() else []

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        jobs.close()

    inner = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)],
        exception_handlers=HANDLERS,
    )
    return Guard(inner, hosts=hosts)


def _file(path: Path) -> Callable[[Request], object]:
    """Return the endpoint of one file of the built front end; nothing else on the disk has an address."""
    # Browsers ask for the icon again whenever the address changes, which is at every move of a lever.
    kept = "max-age=86400" if path.suffix == ".svg" else "no-cache"

    async def answer(_: Request) -> Response:
        return FileResponse(path, headers={"cache-control": kept})

    return answer


def _routes(one: Address) -> list[Route]:
    """Return the routes of an address: a GET also answers at its path with `.json`."""
    plain = one.method == "GET" and one.media == "application/json" and "{" not in one.path and "." not in one.path
    also = [f"{one.path}.json"] if plain else []
    endpoint: Callable[[Request], object] = one.handler
    return [Route(path, endpoint, methods=[one.method]) for path in (one.path, *also)]

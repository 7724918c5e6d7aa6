"""What each address of the API does: reads the request, asks the library, writes the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio.to_thread
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from countermove.experiments.run import compare, run
from countermove.outcomes import outcome
from countermove.web import listing
from countermove.web.live import Simulator, scenario_of
from countermove.web.reading import parsed
from countermove.web.routes import Address
from countermove.web.schema import (
    CompareRequest,
    Levers,
    LiveAnswer,
    LiveRequest,
    Outcomes,
    Presets,
    RunRequest,
    ScenarioAnswer,
    Side,
)
from countermove.web.turns import QUICK_DRAWS, Turns
from countermove.web.writing import json_answer


class Desk:
    """The calls behind the addresses, around one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.turns = Turns()
        self._lists: dict[str, bytes] = {}

    def addresses(self) -> list[Address]:
        """Return the table of the addresses that answer at once."""
        return [
            Address("GET", "/api/levers", self.levers, "The twelve levers with units, ranges and anchors", gives=Levers),
            Address("GET", "/api/presets", self.presets, "The shipped scenarios and suffixes", gives=Presets),
            Address("GET", "/api/outcomes", self.outcomes, "Every outcome and how it is printed", gives=Outcomes),
            Address(
                "POST", "/api/scenario", self.scenario, "Where every lever stands over time", takes=Side, gives=ScenarioAnswer
            ),
            Address("POST", "/api/live", self.live, "Bands and headlines after a move", takes=LiveRequest, gives=LiveAnswer),
            Address("POST", "/api/run", self.run, "The document of `countermove run --json`", takes=RunRequest),
            Address("POST", "/api/compare", self.compare, "The document of `countermove compare --json`", takes=CompareRequest),
        ]

    async def levers(self, _: Request) -> Response:
        """List the levers."""
        return await self._listed("levers", listing.levers)

    async def presets(self, _: Request) -> Response:
        """List the presets."""
        return await self._listed("presets", listing.presets)

    async def outcomes(self, _: Request) -> Response:
        """List the outcomes."""
        return await self._listed("outcomes", lambda: listing.outcomes(self.simulator.engine))

    async def scenario(self, request: Request) -> Response:
        """Tell where the levers of a scenario stand."""
        side = parsed(await request.body(), Side)
        return json_answer(await anyio.to_thread.run_sync(lambda: listing.scenario_answer(scenario_of(side))))

    async def live(self, request: Request) -> Response:
        """Answer a move; the newest of a client's waiting requests wins."""
        asked = parsed(await request.body(), LiveRequest)
        answer = await self.turns.take(
            lambda: self.simulator.answer(asked),
            client=asked.client,
            sequence=asked.sequence,
            large=asked.draws > QUICK_DRAWS,
        )
        return json_answer(answer)

    async def run(self, request: Request) -> Response:
        """Run one scenario and give the command line's document."""
        asked = parsed(await request.body(), RunRequest)
        return json_answer(await self.turns.take(lambda: run_document(asked), large=True))

    async def compare(self, request: Request) -> Response:
        """Compare scenarios and give the command line's document."""
        asked = parsed(await request.body(), CompareRequest)
        return json_answer(await self.turns.take(lambda: compare_document(asked), large=True))

    async def _listed(self, name: str, make: Callable[[], BaseModel]) -> Response:
        """Answer with a list that never changes while the server runs."""
        if name not in self._lists:
            self._lists[name] = (await anyio.to_thread.run_sync(make)).model_dump_json().encode()
        return Response(self._lists[name], media_type="application/json")


def run_document(asked: RunRequest) -> dict[str, Any]:
    """Return the document of a run, limited to the outcomes asked for; InputError for an unknown one."""
    for name in asked.outcomes or ():
        outcome(name)
    document = run(scenario_of(asked.scenario), draws=asked.draws, seed=asked.seed, periods=(asked.by,)).to_dict()
    if asked.outcomes is not None:
        document["outcomes"] = {name: document["outcomes"][name] for name in asked.outcomes}
    return document


def compare_document(asked: CompareRequest) -> dict[str, Any]:
    """Return the document of a comparison; scenarios of the same name are told apart by a number."""
    return compare(named_apart(asked.scenarios), draws=asked.draws, seed=asked.seed, periods=(asked.by,)).to_dict()


def named_apart(sides: list[Side]) -> list[Any]:
    """Return the scenarios of sides, each with an id of its own."""
    import dataclasses

    found: list[Any] = []
    for side in sides:
        scenario = scenario_of(side)
        changed = f"{scenario.id} (changed)" if side.levers or side.assumptions else scenario.id
        taken = [one.id for one in found]
        name = next(one for one in (changed, *(f"{changed} {n}" for n in range(2, 9))) if one not in taken)
        label = scenario.label if name == scenario.id else f"{scenario.label}, changed"
        found.append(dataclasses.replace(scenario, id=name, label=label))
    return found

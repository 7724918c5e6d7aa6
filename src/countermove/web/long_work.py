"""The kinds of long work and their addresses: large runs and comparisons, a game, the probabilities of a case."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from countermove.errors import EnvironmentProblem, InputError
from countermove.experiments.run import compare, run
from countermove.web.elsewhere import run_elsewhere
from countermove.web.endpoints import named_apart
from countermove.web.jobs import Jobs, Progress, Work
from countermove.web.live import scenario_of
from countermove.web.reading import parsed
from countermove.web.routes import Address
from countermove.web.schema_views import JobAnswer, JobRequest, JobsAnswer
from countermove.web.writing import json_answer


class LongWork:
    """The addresses of jobs."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs

    def addresses(self) -> list[Address]:
        """Return the table of the addresses."""
        return [
            Address("POST", "/api/jobs", self.start, "Start long work", takes=JobRequest, gives=JobAnswer, status=202),
            Address("GET", "/api/jobs", self.list, "All jobs, newest first", gives=JobsAnswer),
            Address("GET", "/api/jobs/{id}", self.find, "State and progress of a job", gives=JobAnswer),
            Address("GET", "/api/jobs/{id}/result", self.result, "The document of a finished job"),
            Address("DELETE", "/api/jobs/{id}", self.cancel, "Cancel a job", gives=JobAnswer),
        ]

    async def start(self, request: Request) -> Response:
        """Queue a job."""
        asked = parsed(await request.body(), JobRequest)
        title, _ = await anyio.to_thread.run_sync(lambda: work_of(asked))
        job = self.jobs.start(asked.kind, title, lambda progress: run_elsewhere(asked.model_dump_json(), progress))
        return json_answer(job.to_dict(), status=202)

    async def list(self, _: Request) -> Response:
        """List the jobs."""
        return json_answer({"jobs": [job.to_dict() for job in self.jobs.all()]})

    async def find(self, request: Request) -> Response:
        """Show a job."""
        return json_answer(self.jobs.find(request.path_params["id"]).to_dict())

    async def result(self, request: Request) -> Response:
        """Give the document of a job."""
        return Response(self.jobs.result(request.path_params["id"]), media_type="application/json")

    async def cancel(self, request: Request) -> Response:
        """Cancel a job."""
        return json_answer(self.jobs.cancel(request.path_params["id"]).to_dict())


def _drawn(asked: JobRequest) -> dict[str, Any]:
    """Return seed and draws as the library takes them; without draws it takes its own number, as the command does."""
    return {"seed": asked.seed} | ({} if asked.draws is None else {"draws": asked.draws})


def work_of(asked: JobRequest) -> tuple[str, Work]:
    """Return the title and the work of a request; InputError where the request does not fit its kind."""
    if asked.kind == "game":
        return _game(asked)
    if asked.kind == "claims":
        return _claims(asked)
    if asked.kind == "refusal":
        return _refusal(asked)
    sides = asked.scenarios
    if (len(sides) != 1 and asked.kind == "run") or (len(sides) < 2 and asked.kind == "compare"):
        raise InputError(f"{len(sides)} scenarios for a {asked.kind}", where="body (scenarios)", hint="run: 1, compare: 2 to 4")
    found = [scenario_of(sides[0])] if asked.kind == "run" else named_apart(sides)

    def work(progress: Progress) -> dict[str, Any]:
        if asked.kind == "run":
            return run(found[0], progress=progress, **_drawn(asked)).to_dict()
        return compare(found, progress=progress, **_drawn(asked)).to_dict()

    return " against ".join(one.label for one in found), work


def _game(asked: JobRequest) -> tuple[str, Work]:
    from countermove.strategy.documents import document
    from countermove.strategy.game_file import load_game
    from countermove.strategy.play import play
    from countermove.strategy.profiles import find_profile

    game = load_game(asked.game)
    profiles: dict[str, Any] = {"washington": asked.washington, "beijing": asked.beijing}
    for side, name in profiles.items():
        find_profile(side, name)

    def work(progress: Progress) -> dict[str, Any]:
        return document(play(game, progress=progress, **_drawn(asked), **profiles))

    return game.label, work


def _claims(asked: JobRequest) -> tuple[str, Work]:
    from countermove.desk.claims import claims, find_case

    case = find_case(asked.case)
    return f"{case.title}: probabilities", lambda progress: claims(case.id, progress=progress, **_drawn(asked))


def _refusal(asked: JobRequest) -> tuple[str, Work]:
    try:
        from countermove.strategy.refusal.infer import infer_refusal
        from countermove.strategy.refusal.words import document
    except ModuleNotFoundError as error:
        raise EnvironmentProblem("this version infers nothing from a refusal yet", where="jobs") from error

    def work(progress: Progress) -> dict[str, Any]:
        found = infer_refusal(priors=asked.priors, events=asked.events, progress=progress, **_drawn(asked))
        return document(found)

    return "What a refusal reveals", work

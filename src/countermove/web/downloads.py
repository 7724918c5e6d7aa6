"""What is on screen as files: a tidy CSV, JSON, and the one-file HTML report, all from the link."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from countermove.experiments.run import compare, run
from countermove.nouns import write_report
from countermove.outcomes import OUTCOMES
from countermove.web.endpoints import named_apart
from countermove.web.guard import REPORT_POLICY
from countermove.web.link import Shown, read_link
from countermove.web.listing import HEADLINES
from countermove.web.live import REFINED, Simulator, scenario_of
from countermove.web.routes import Address
from countermove.web.schema import Bands, LiveAnswer, LiveRequest
from countermove.web.turns import Turns
from countermove.web.writing import json_answer

LEVELS = ("p5", "p25", "median", "p75", "p95")
HEADER = ("scenario", "outcome", "unit", "period", "quantile", "value")


class Downloads:
    """The addresses of the files."""

    def __init__(self, simulator: Simulator, turns: Turns) -> None:
        self._simulator, self._turns = simulator, turns

    def addresses(self) -> list[Address]:
        """Return the table of the files; the query is what stands after the hash of a link."""
        return [
            Address("GET", "/data.json", self.data, "The numbers of a link", gives=LiveAnswer),
            Address("GET", "/data.csv", self.table, "The numbers of a link as a tidy table", media="text/csv"),
            Address("GET", "/report.html", self.report, "The report of a link, one file", media="text/html"),
        ]

    async def data(self, request: Request) -> Response:
        """Answer with the bands of both scenarios and of their difference."""
        return json_answer(await self._bands(_link(request)))

    async def table(self, request: Request) -> Response:
        """Answer with the same as a tidy table."""
        shown = _link(request)
        text = tidy(shown, await self._bands(shown))
        return Response(text, media_type="text/csv", headers={"content-disposition": 'attachment; filename="countermove.csv"'})

    async def report(self, request: Request) -> Response:
        """Answer with the report; it may not run anything."""
        shown = _link(request)
        page = await self._turns.take(lambda: report_page(shown), large=True)
        headers = {
            "content-security-policy": REPORT_POLICY,
            "content-disposition": 'attachment; filename="countermove-report.html"',
        }
        return Response(page, media_type="text/html", headers=headers)

    async def _bands(self, shown: Shown) -> LiveAnswer:
        asked = LiveRequest(
            scenario=shown.a,
            reference=shown.b,
            outcomes=shown.outcomes,
            headlines=list(HEADLINES),
            by=shown.by,
            year=shown.year,
            seed=shown.seed,
            draws=REFINED,
            detail=True,
        )
        return await self._turns.take(lambda: self._simulator.answer(asked))


def _link(request: Request) -> Shown:
    """Return what the query shows, read as it was sent."""
    return read_link(request.scope["query_string"].decode("utf-8", "replace"))


def tidy(shown: Shown, answer: LiveAnswer) -> str:
    """Return the bands as rows of scenario, outcome, unit, period, quantile, value."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    groups: dict[str, dict[str, Bands]] = {
        answer.label: answer.outcomes,
        f"baseline: {shown.b.preset}": answer.references,
        "difference": answer.differences,
    }
    for name, outcomes in groups.items():
        for outcome, bands in outcomes.items():
            for place, period in enumerate(bands.periods):
                for level in LEVELS:
                    writer.writerow([name, outcome, OUTCOMES[outcome].unit, period, level, getattr(bands, level)[place]])
    return out.getvalue()


def report_page(shown: Shown) -> bytes:
    """Return the report that compares the scenario with the baseline, or shows the one when both are the same."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        if shown.a == shown.b:
            write_report(run(scenario_of(shown.a), draws=REFINED, seed=shown.seed, monthly=True), path)
        else:
            write_report(compare(named_apart([shown.b, shown.a]), draws=REFINED, seed=shown.seed, monthly=True), path)
        return path.read_bytes()

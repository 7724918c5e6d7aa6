"""Reading articles in the app: claims of pasted or dropped text, and the reviewer's decisions in the overlay of this machine."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from countermove.errors import InputError
from countermove.evidence.ledger import load_ledger
from countermove.quantities.calendar import parse_date
from countermove.reading.document import claim_from, document
from countermove.reading.documents import article_from_text, article_of
from countermove.reading.overlay import Overlay, overlay_folder, read_overlay, write_decision
from countermove.reading.reader import read_articles
from countermove.reading.review import decide
from countermove.web.reading import parsed
from countermove.web.routes import Address
from countermove.web.schema_articles import ReadRequest, ReviewRequest
from countermove.web.writing import json_answer


class Articles:
    """The addresses of the page "Read"."""

    def addresses(self) -> list[Address]:
        """Return the table of the addresses."""
        return [
            Address("POST", "/api/read", self.read, "The document of `countermove read --json`", takes=ReadRequest),
            Address("POST", "/api/review", self.review, "Accept, edit or reject a read claim", takes=ReviewRequest),
            Address("GET", "/api/overlay", self.overlay, "The reviewer's standing decisions and what they move"),
        ]

    async def read(self, request: Request) -> Response:
        """Read one article; nothing of it is kept."""
        asked = parsed(await request.body(), ReadRequest)
        return json_answer(await anyio.to_thread.run_sync(lambda: read_document(asked)))

    async def review(self, request: Request) -> Response:
        """Write one decision."""
        asked = parsed(await request.body(), ReviewRequest)
        return json_answer(await anyio.to_thread.run_sync(lambda: reviewed(asked)))

    async def overlay(self, _: Request) -> Response:
        """List the decisions."""
        return json_answer(await anyio.to_thread.run_sync(overlay_document))


def read_document(asked: ReadRequest) -> dict[str, Any]:
    """Return the reading of one article; InputError for what is no text, or for both or neither of text and content."""
    if (asked.text is None) == (asked.content is None):
        raise InputError("give either text or content", where="body", hint="content is a file in base64")
    if asked.said is not None:
        parse_date(asked.said, where="body (said)")
    if asked.text is not None:
        article = article_from_text(asked.text, asked.name)
    else:
        try:
            content = base64.b64decode(asked.content or "", validate=True)
        except (binascii.Error, ValueError):
            raise InputError("content is not base64", where="body (content)", hint="encode the file's bytes") from None
        article = article_of(content, asked.name)
    return document(read_articles([article], said=asked.said))


def reviewed(asked: ReviewRequest) -> dict[str, Any]:
    """Write a decision to the overlay of this machine and return it; InputError leaves nothing behind."""
    claim = claim_from(asked.claim, where="body (claim)")
    folder = overlay_folder(None)
    overlay = read_overlay(folder)
    decision = decide(
        claim,
        asked.verdict,
        reviewer=asked.reviewer,
        overlay=overlay,
        reason=asked.reason,
        link=asked.link,
        changes=asked.changes,
    )
    trial = Overlay(folder, {"new": decision})
    trial.over(load_ledger())
    trial.moves(load_ledger())
    write_decision(folder, decision, claim.sentence)
    return {"decision": decision.as_data(), "overlay": str(folder)}


def overlay_document() -> dict[str, Any]:
    """Return the standing decisions and what they move."""
    overlay = read_overlay(overlay_folder(None))
    moves = overlay.moves(load_ledger())
    return {
        "overlay": str(overlay.folder),
        "decisions": [decision.as_data() for decision in overlay.standing.values()],
        "moves": [{"link": move.link, "change": move.change, "claim": move.decision.claim} for move in moves],
        "disagreements": [list(names) for names in overlay.disagreements],
    }

"""The contract of the page "Read": an article to read, and a decision about one of its claims."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from countermove.web.limits import MOST_ARTICLE_BYTES
from countermove.web.schema import Strict


class ReadRequest(Strict):
    """An article: pasted text, or the bytes of a dropped file in base64."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = "pasted text"
    text: Annotated[str, Field(max_length=MOST_ARTICLE_BYTES)] | None = None
    content: Annotated[str, Field(max_length=MOST_ARTICLE_BYTES)] | None = None
    said: Annotated[str, Field(max_length=10)] | None = None


class ReviewRequest(Strict):
    """A decision: the claim as `/api/read` gave it, the verdict, who decides and why, and what the claim moves, if anything."""

    claim: dict[str, Any]
    verdict: Literal["accept", "edit", "reject"]
    reviewer: Annotated[str, Field(min_length=1, max_length=80)]
    reason: Annotated[str, Field(max_length=1000)] = ""
    link: Annotated[str, Field(max_length=200)] | None = None
    changes: Annotated[dict[str, str], Field(max_length=20, default_factory=dict)]

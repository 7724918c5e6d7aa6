"""What all documents share: fixed keys are required, further keys may appear."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """Base of all documents: fixed keys are required, further keys are allowed."""

    model_config = ConfigDict(extra="allow")

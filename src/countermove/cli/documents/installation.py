"""Document of `doctor`."""

from __future__ import annotations

from typing import Literal

from countermove.cli.documents.base import Document


class FindingDocument(Document):
    """One line of the examination."""

    check: str
    status: Literal["ok", "warning", "problem"]
    found: str
    do: str


class DoctorDocument(Document):
    """What `countermove doctor --json` prints."""

    version: str
    status: Literal["ok", "warning", "problem"]
    findings: list[FindingDocument]

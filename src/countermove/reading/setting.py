"""What an article says about itself: its day, its author or issuer, whether it argues, and lines outside the story."""

from __future__ import annotations

import re
from dataclasses import dataclass

from countermove.reading.blocks import Block
from countermove.reading.claim import AUTHOR
from countermove.reading.gazetteer import gazetteer
from countermove.reading.when import said_on

DATELINE = re.compile(
    r"^\s*[A-Z][A-Za-z .,'’]{2,50}?,? (?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|"
    r"Nov|Dec)[a-z]*\.? \d{1,2}(?:, 20\d\d)? "
    r")?\((?P<publisher>[A-Z][^)]{2,40})\)\s*[-–—]+\s*"
    r"|^\s*[A-Z][A-Z .,'’]{2,40}(?:, [A-Z][a-z]+\.? \d{1,2})?\s+[-–—]+\s+|"
    r"^\s*(?:[A-Z][\w ]{2,30}, )?(?:[A-Z][a-z]+ \d{1,2}, [A-Z][a-z]+\.)\s+|"
    r"^\s*[A-Z][a-z]+(?: [A-Z][a-z]+)? — "
)
_BOILERPLATE = re.compile(
    r"^\s*(?:\(?\[?(?:Translated|Translation|Aus dem|From the Chinese|Reporting by|Editing "
    r"by|Additional reporting|Writing by|Compiled by|Our standards|Subscribe|Sign up|Read "
    r"more|Also read|Related|Advertisement|Copyright|©|All rights|Photo|Image|File photo|"
    r"Correction|This (?:article|story|copy)|The views|Views expressed|Disclosures?|"
    r"Disclaimer|Ratings are|For further information|Questions should|Comments must|"
    r"Contact|Click|Follow|Share this|Published|Updated|Cookie|By continuing|My notes|The "
    r"interviewee has reviewed|The transcript)\b"
    r"|.{0,80}\b(?:teaches|is a (?:columnist|contributor|fellow)|holds? positions? "
    r"in)\b.{0,60}(?:views|own)|.*\b(?:cookies|newsletter|privacy policy)\b)",
    re.I | re.S,
)
_BYLINE = re.compile(r"^\s*By [A-Z][\w'’.-]+")
_OPINION_MARK = re.compile(r"^\s*(?:Editorial|Commentary|Opinion|Comment|Op-ed|Column|Analysis and opinion|Viewpoint)\b", re.I)
_ORDER = re.compile(
    r"\b(?:next question comes|turn it over|we now begin|operator instructions|you may "
    r"begin|question-and-answer|question and answer)\b",
    re.I,
)


@dataclass(frozen=True)
class Setting:
    """The day it was said, who publishes, who speaks by default, and whether the author argues."""

    said: str | None
    publisher: str | None
    default: str
    argues: bool


def setting_of(text: str, parts: list[Block], *, said: str | None = None) -> Setting:
    """Read the head of an article; a given day of saying overrides the text's own."""
    head = parts[:8]
    dateline = next((found for block in head if (found := DATELINE.match(block.text)) is not None), None)
    publisher = dateline["publisher"] if dateline is not None else None
    byline = any(_BYLINE.match(block.text) for block in head)
    argues = any(_OPINION_MARK.match(block.text) for block in head) or (byline and _argues(text))
    issuer = None if dateline is not None or byline else _issuer(head)
    return Setting(said or said_on(text), publisher or issuer, issuer or AUTHOR, argues)


def _argues(text: str) -> bool:
    sample = text[:20_000]
    marks = len(re.findall(r"\b(?:I|my|me|we should|should|ought|must)\b", sample))
    return marks >= 3 and marks * 150 > len(sample.split())


def _issuer(head: list[Block]) -> str | None:
    """Find the body that a notice, a brief or a statement speaks for: a line of its own at the top, or "Issued by ..."."""
    found = None
    for line in (line.strip() for block in head[:6] for line in block.text.split("\n")):
        issued = re.search(r"^(?:Issued|Released|Published) by (?:the )?([A-Z][^,\n]{3,80})", line)
        if issued is not None:
            return issued[1].strip()
        first = re.split(r"\s*[|]\s*", line)[0]
        if "|" in line and re.search(r"\b(?:Research|Securities|Capital|Institute|Bank|Partners|Centre|Center)\b", first):
            return first
        name = gazetteer().spellings.get(line.lower()) if len(line) < 80 else None
        if name is not None and name[1] == "government":
            found = name[0]
    return found


_COURTESY = re.compile(r"^\s*[\"“]?(?:Thank|Thanks|Good (?:afternoon|morning|evening|day)|Welcome|Hello|Hi)\b", re.I)


def is_boilerplate(text: str) -> bool:
    """Say whether a sentence is about the text itself or is a courtesy, not part of what it tells."""
    return _BOILERPLATE.match(text) is not None or _ORDER.search(text) is not None


def is_courtesy(text: str) -> bool:
    """Say whether a sentence greets or thanks."""
    return _COURTESY.match(text) is not None and len(text) < 90


def is_byline(text: str) -> bool:
    """Say whether a line names the author."""
    return _BYLINE.match(text) is not None and len(text) < 120

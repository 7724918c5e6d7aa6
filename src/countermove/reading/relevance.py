"""Which words without a quantity state something about the contest, and which are scenery, courtesy or a heading."""

from __future__ import annotations

import re

from countermove.reading.gazetteer import Name, gazetteer
from countermove.reading.speakers import Attribution

#: Fewest words of a statement: shorter ones ("True.", "It's simple.") say nothing that could be checked.
FEWEST_WORDS = 4

_MODAL_HEADING = re.compile(
    r"\b(?:slams?|bans?|lets?|beats?|flies|fly|hits?|sells?|blocks?|clears?|approves?|"
    r"halts?|stops?|cuts?|lifts?|rejects?|orders?|warns?|says|races?|fears?|plans?|wins?|"
    r"loses?|tells|asks|allows?|moves?|overtakes?|rolls out)\b"
)
_SCENERY = re.compile(
    r"^\s*[\"“]?(?:consider|take|look|imagine|forget|compare that|use it|let us|let's|as a "
    r"reminder|asked|correct|so:|note that|please|see|here|welcome)\b|^\s*(?:true|perhaps|"
    r"thanks|yes|no|well|sure|absolutely)\b[^a-z]*$|^\s*(?:[IVX]{1,4}|\d{1,2})\.\s*$|"
    r"\b(?:i may be wrong|i went through|take it with|gross margin|last night|over lunch|"
    r"will not speculate on the weather)\b|^\s*\W*but (?:those|that) who\b",
    re.I,
)


def is_relevant(text: str, owners: tuple[Attribution, ...], in_turn: bool, before: Name | None, *, issued: bool = False) -> bool:
    """Say whether words without a quantity are a claim: about a name or a topic of the contest, or somebody's words."""
    if any(owner.verb == "declines" for owner in owners):
        return True
    said = text.strip(" \"“”'’.,;:")
    if len(said.split()) < FEWEST_WORDS or _SCENERY.search(text):
        return False
    if owners:
        return True
    about = [name for name in gazetteer().find(text) if name.kind != "medium"]
    topic = gazetteer().topics.search(text) is not None
    ours = in_turn and re.search(r"\b(?:we|our|us|the company)\b", text, re.I) is not None
    meant = (
        before is not None
        and re.match(r"\s*[\"“]?(?:It|He|She|They|The (?:company|firm|chip|rule|ministry|sale|order|fee|duty))\b", text)
        is not None
    )
    ordered = issued and re.search(r"\b(?:shall|must|may not)\b", text) is not None
    return bool(about) or topic or ours or ordered or (meant and not in_turn)


def is_statement(text: str, names: list[Name], *, heading: bool) -> bool:
    """Say whether a heading states something: it names somebody and has a verb in the form that headlines use."""
    about = [name for name in names if name.kind in ("firm", "government", "product")]
    if (
        not about
        or text.strip().endswith(("?", ":"))
        or re.match(
            r"\s*(?:How|What|Why|When|Inside|Who|Where|Summary|Background|Sell|Notice|Answers|Excerpt|Revision|Issued)\b", text
        )
    ):
        return False
    return not heading or _MODAL_HEADING.search(text) is not None

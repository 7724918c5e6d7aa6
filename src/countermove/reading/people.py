"""Who is who in one article: full names by surname, what they are, and whom a pronoun or "the company" stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from countermove.reading.gazetteer import gazetteer
from countermove.reading.lexicon import word_set, words

_CAPITAL = r"(?:[A-Z][\w’'-]*[a-z][\w’'-]*|[A-Z]\.|(?:Mc|Mac|O'|O’)[A-Z][a-z]+)"
_RUN = re.compile(rf"{_CAPITAL}(?: {_CAPITAL}){{1,3}}")
#: Words by which a name is that of a body, not of a person.
ORGANISATION = re.compile(
    r"\b(?:Research|Institut\w*|Bank|Securities|Group|Ministry|Bureau|Council|Times|Daily|"
    r"Post|Weekly|News|Agency|University|Association|Centre|Center|Department|"
    r"Commission|Committee|Corp\w*|Inc|Ltd|Brokers|Capital|Advisory|Partners|Academy|"
    r"Administration|Office|Embassy|Journal|Tribune|Courier|Wire|Lantern|Comet|Mirror|"
    r"Ledger|"
    r"Technologies|Electronics|Union|Party|Congress|Senate|House|Street|Consulting|"
    r"Holdings|Court|Authority|Company|Co|Forum|Review|Herald|Telegraph|Observer|Gazette|"
    r"Monitor|Standard|Analytics|Labs?|Service|Technology|Information|Systems|Board|Fund|Survey)\b"
)
_NOT_NAMES = frozenset(words("speech")["no_names"])
_PLURAL_PRONOUNS = frozenset({"they"})


def more_names(text: str) -> list[str]:
    """Names of people that something beside the rules finds; `spacy_names` puts itself here."""
    del text
    return []


@dataclass
class Cast:
    """The people and bodies of one article, and the last of each sort that was named while reading on."""

    full_names: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    last_person: str | None = None
    last_body: str | None = None
    last_document: str | None = None
    last_group: str | None = None
    last_firm: str | None = None

    def person(self, name: str) -> str:
        """Return the full form of a person's name where the article or the lexicon gives it."""
        return self.full_names.get(name, name)

    def meant(self, phrase: str) -> str | None:
        """Return whom a pronoun or a definite phrase ("the company") stands for, None if it stands for nobody yet."""
        word = phrase.lower().strip()
        head = word.split()[-1] if word else ""
        if word in ("he", "she", "who", "him", "her", "i"):
            return self.last_person
        if word in _PLURAL_PRONOUNS:
            return self.last_group
        if word == "it":
            return self.last_document or self.last_body
        if word == "we":
            return None
        definite = re.match(r"(?:the|that|this|its|his|her|their|same)\b", word) is not None
        if not definite:
            return None
        if head in ("indictment", "complaint", "court", "tribunal"):
            return None
        if head in word_set("speech", "documents"):
            return self.last_document
        if head in word_set("speech", "bodies"):
            return self.last_firm or self.last_body
        if head in ("pair", "sources", "people", "officials", "analysts", "executives"):
            return self.last_group
        if head in word_set("speech", "sources") or head in word_set("speech", "titles"):
            return self.last_person or self.last_group
        return None

    def spoke(self, speaker: str, kind: str) -> None:
        """Remember a speaker for the pronouns that follow."""
        if kind in ("person", "anonymous"):
            self.last_person = speaker
        elif kind == "group":
            self.last_group = speaker
            self.last_person = speaker
        elif kind == "medium":
            self.last_document = speaker
            self.last_body = speaker
        else:
            self.last_body = speaker
            if kind == "analyst":
                self.last_document = speaker
                self.last_group = speaker


def cast_of(text: str) -> Cast:
    """Read through an article once for full names; a surname stands for the one person who bears it."""
    names = gazetteer()
    cast = Cast()
    bearers: dict[str, set[str]] = {}
    known = list(words("names")["people"])
    taken = [(one.start, one.end) for one in names.find(text) if one.kind != "person"]
    for match in _RUN.finditer(text):
        if any(start < match.start() and match.end() <= end for start, end in taken):
            continue
        name = _person_in(match[0])
        if name is None:
            continue
        bearers.setdefault(name.split()[-1], set()).add(name)
        bearers.setdefault(name.split()[0], set()).add(name)
    for name in (*known, *more_names(text)):
        bearers.setdefault(name.split()[-1], set()).add(name)
    for part, full in bearers.items():
        in_text = {one for one in full if one in text} or full
        if len(in_text) == 1 and names.named(part) is None:
            cast.full_names[part] = next(iter(in_text))
    return cast


def _person_in(run: str) -> str | None:
    """Return the name of a person in a run of capitalised words: what is left after titles and names of bodies."""
    if ORGANISATION.search(run):
        return None
    names = gazetteer()
    parts = run.split()
    owners = [place for place, part in enumerate(parts[:-1]) if part.endswith(("'s", "’s"))]
    parts = parts[owners[-1] + 1 :] if owners else parts  # "Morningstar's Brian Colello" is Brian Colello
    while parts and (parts[0].strip(".") in _NOT_NAMES or names.named(parts[0]) is not None):
        parts.pop(0)
    while parts and parts[-1] in _NOT_NAMES:
        parts.pop()
    if not 2 <= len(parts) <= 4 or any(part.strip(".") in _NOT_NAMES for part in parts):
        return None
    name = " ".join(re.sub(r"['’]s?$", "", part) for part in parts)
    whole = names.spellings.get(name.lower())
    if whole is not None:
        return name if whole[1] == "person" else None
    return name


def person_in(phrase: str) -> tuple[str, str] | None:
    """Find a person's name at the end of a phrase; return the name and what stands before it (the role)."""
    matches = list(re.finditer(rf"{_CAPITAL}(?: {_CAPITAL})*", phrase))
    for match in reversed(matches):
        found = _person_in(match[0])
        if found is not None:
            return found, phrase[: match.end() - len(found)].strip(" ,")
    return None

"""Noun phrases that can speak: persons, bodies, unnamed sources, and what pronouns stand for, read without a tagger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from countermove.reading.gazetteer import gazetteer
from countermove.reading.lexicon import word_set, words
from countermove.reading.people import ORGANISATION, Cast, person_in

QUOTES = '"“”„«»'


@dataclass(frozen=True)
class Voice:
    """Whoever speaks: name or description, role, and kind (person, anonymous, group, medium, analyst, firm, government)."""

    name: str
    role: str = ""
    kind: str = "anonymous"


@cache
def speech_verbs() -> re.Pattern[str]:
    """Return the pattern of all verbs of speech."""
    speech = words("speech")
    every = {verb for key in ("says", "opines", "expects", "tells", "denies") for verb in speech[key]}
    return re.compile(r"\b(?:" + "|".join(sorted(map(str, every), key=len, reverse=True)) + r")\b", re.I)


_AUXILIARY = re.compile(
    r"(?:\b(?:has|have|had|also|then|later|would|will|could|did|does|do|may|might|"
    r"previously|recently|earlier|now|once|repeatedly|only|further|therefore|thus|still|"
    r"first|even|"
    r"\w+ly|on (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|yesterday|"
    r"today|last (?:week|month|year|night)|this (?:week|month|year)|in (?:a|an|its|his|her|"
    r"their) (?:note|statement|report|filing|letter|interview|post))\s*)+$",
    re.I,
)
_BREAK = re.compile(
    r"[;:“”\"—–()]|(?<=\s)-(?=\s)|,|\b(?:but|while|whereas|although|though|because|since|"
    r"which|that|if|when|as|and|so|than|after|before|until|then)\b",
    re.I,
)


def subject_before(before: str, cast: Cast) -> tuple[Voice, int] | None:
    """Read the noun phrase that ends a text as the subject of a verb: a voice and where its phrase begins."""
    trimmed = before.rstrip()
    auxiliary = _AUXILIARY.search(trimmed)
    if auxiliary is not None:
        trimmed = trimmed[: auxiliary.start()].rstrip()
    if trimmed.endswith((",", ")", "—", "–", " -")):
        return _past_apposition(trimmed, cast)
    begin = _phrase_start(trimmed)
    phrase = trimmed[begin:]
    if re.match(r"\s*(?:of|from|at) ", phrase) and trimmed[:begin].rstrip().endswith(","):
        return _past_apposition(trimmed, cast)
    if phrase.strip().lower() == "who":
        person = person_in(re.split(r"[.;:]\s", trimmed[:begin])[-1])
        if person is not None:
            return Voice(cast.person(person[0]), "", "person"), begin
    voice = voice_of(phrase, cast)
    if voice is None:
        return None
    named_first = re.search(r"([^,;:“”\"]+),\s*$", trimmed[:begin])
    if named_first is not None and voice.kind == "person":
        first = voice_of(named_first[1].split(" and ")[-1], cast)
        if (
            first is not None and first.kind == "anonymous"
        ):  # "A spokesperson for the ministry, Lin Jian, said" without its second comma
            return Voice(voice.name, named_first[1].strip(), "person"), named_first.start(1)
    return voice, begin + len(phrase) - len(phrase.lstrip())


def _past_apposition(trimmed: str, cast: Cast) -> tuple[Voice, int] | None:
    """Read `Zhang Hong, a researcher with an institute, ` and `A spokesperson for the ministry, Lin Jian, `."""
    inner = trimmed.rstrip(" ,)—–-")
    for comma in reversed([match.start() for match in re.finditer(r"[,(—–]| - ", inner)]):
        middle, left = inner[comma + 1 :].strip(" -"), inner[:comma].rstrip(" -")
        begin = _phrase_start(left)
        voice = voice_of(left[begin:], cast)
        if voice is None:
            continue
        place = begin + len(left[begin:]) - len(left[begin:].lstrip())
        named = person_in(middle)
        if named is not None and voice.kind in ("anonymous", "group") and not re.match(r"(?:who|which|citing|quoting)\b", middle):
            return Voice(cast.person(named[0]), left[begin:].strip(), "person"), place
        role = re.sub(r"^who\s+", "", middle)
        return (Voice(voice.name, voice.role or role, voice.kind) if voice.kind == "person" else voice), place
    return None


def _phrase_start(text: str) -> int:
    start = 0
    speech = [match.end() for match in speech_verbs().finditer(text) if match[0].islower() and text[match.end() :].strip()]
    whole = [(name.start, name.end) for name in gazetteer().find(text)]
    for mark in _BREAK.finditer(text):
        if any(first < mark.start() and mark.end() < last for first, last in whole):
            continue
        tail = text[mark.end() :].strip()
        if (
            mark[0].lower() == "and"
            and re.match(r"[A-Z]", tail)
            and re.search(r"(?:^|[,.;“\"] |\b(?:but|while) )(?:[A-Z][\w-]+,? )*[A-Z][\w-]+ $", text[: mark.start()])
        ):
            continue  # "ByteDance, Alibaba and Tencent"
        if tail:
            start = mark.end()
    return max([start, *speech[-1:]])


def voice_of(phrase: str, cast: Cast) -> Voice | None:
    """Read a noun phrase as somebody who can speak: a person, a body, an unnamed source, or what a pronoun stands for."""
    phrase = re.sub(
        r"^\s*(?:and|but|yet|so|still|meanwhile|separately|however|also|for (?:his|her|its) "
        r"part|in (?:\w+ ?){1,3},|last (?:year|month|week),?|on \w+day,?|earlier,?)\s+",
        "",
        phrase.strip(" ,“”\"'’"),
        flags=re.I,
    )
    if (
        not phrase
        or len(phrase) > 160
        or re.search(r"\b(?:is|are|was|were|has|have|had|will|would|could|should|may|might)\b", phrase)
    ):
        return None
    lowered = phrase.lower()
    if re.match(r"(?:i|we|i['’]d|i['’]m|we['’]re|you|one)$", lowered):
        return None
    exact = gazetteer().spellings.get(lowered) or gazetteer().spellings.get(re.sub(r"^the ", "", lowered))
    if exact is not None and exact[1] != "person":
        written = re.sub(r"^[Tt]he ", "", phrase)
        return Voice(exact[0] if exact[1] in ("medium", "analyst") else written, "", exact[1])
    titled = [name for name in gazetteer().find(phrase) if name.kind in ("medium", "analyst")]
    meant = cast.meant(lowered) if not titled else None
    if meant is not None:
        return Voice(meant, kind=_kind_of(meant, cast))
    analysts = re.match(
        r"(?:\w+ )?(?:analysts|researchers|economists|strategists|number-crunchers) (?:at|from|with) (.+)$", phrase, re.I
    )
    if analysts is not None and titled:
        return Voice(titled[-1].canonical, phrase, titled[-1].kind)
    return _person(phrase, cast) or _body(phrase, lowered)


def _person(phrase: str, cast: Cast) -> Voice | None:
    """Read a phrase as a named person, by full name or by a surname that the article explains."""
    person = person_in(phrase)
    if (
        person is not None and re.search(rf"{re.escape(person[0])}['’]s? \w", phrase) is None
    ):  # "Donald Trump's adviser" is another
        return Voice(cast.person(person[0]), re.sub(r"\s+", " ", person[1]).strip(" ,"), "person")
    plain = re.sub(
        r"['’]s?$",
        "",
        re.sub(r"^(?:mr|mrs|ms|dr|prof|senator|rep|president|minister|chairman|critics like)\.? ", "", phrase, flags=re.I),
    )
    if plain in cast.full_names:
        return Voice(cast.full_names[plain], "" if plain == phrase else phrase.removesuffix(plain).strip(), "person")
    surname = plain.split()[-1] if plain.split() else ""
    if surname in cast.full_names and len(plain.split()) <= 6 and not re.search(r"\b(?:of|for|at|from)\b", plain):
        return Voice(cast.full_names[surname], plain.removesuffix(surname).strip(), "person")
    return None


def _body(phrase: str, lowered: str) -> Voice | None:
    """Read a phrase as an unnamed source, a known body, or one with a capital letter."""
    anonymous = _anonymous(phrase, lowered)
    names = [name for name in gazetteer().find(phrase) if name.kind != "product"]
    whole = [name for name in names if name.kind in ("medium", "analyst", "firm", "government")]
    publisher = [name for name in whole if name.kind in ("medium", "analyst")]
    document = re.search(r"\b(\w+)$", lowered)
    if publisher and document is not None and document[1] in word_set("speech", "documents"):
        return Voice(publisher[-1].canonical, "", publisher[-1].kind)  # "the Nikkei newspaper"
    if anonymous is not None and not (whole and _is_title_before(phrase, whole[-1].start)):
        return anonymous
    if whole:
        name = whole[-1]
        written = phrase[name.start : name.end]
        if re.match(r" (?:government|administration|officials?)\b", phrase[name.end :]):
            written = re.sub(r"^[Tt]he ", "", phrase)
        return Voice(name.canonical if name.kind in ("medium", "analyst") else written, "", name.kind)
    capital = re.search(r"(?:the |The )?((?:[A-Z][\w’'&.-]*)(?: (?:of|for|and|on|the|[A-Z][\w’'&.-]*))*)$", phrase)
    if (
        capital is not None
        and len(capital[1]) > 2
        and not re.fullmatch(
            r"(?:I|We|You|It|They|He|She|This|That|There|What|Who|Everyone|Everybody|Nobody|Some|Many|Others|"
            r"Most|Few|Each|All|Those|These|Facts?|Power|Question|Answer|Prices?|Sales|Revenue|"
            r"Shares?|Chips?)",
            capital[1],
        )
    ):
        return Voice(capital[1], "", "firm" if ORGANISATION.search(capital[1]) else "person")
    return None


def _is_title_before(phrase: str, start: int) -> bool:
    """Say whether what stands before a name is a description of it: "research firm IDC", "the think tank CNAS"."""
    return re.search(
        r"\b(?:firm|company|house|tank|bank|group|newspaper|agency|broker|brokerage|institute|"
        r"maker|vendor|giant|at|analysts?)\s*$",
        phrase[:start],
    ) is not None and not re.search(r"\bat\s*$", phrase[:start])


def _anonymous(phrase: str, lowered: str) -> Voice | None:
    head = re.split(
        r"\b(?:of|at|from|for|with|in|who|that|briefed|familiar|close|involved|to|on|inside|under|cited|quoted|seen|known)\b",
        lowered,
    )[0].split()
    if not head:
        return None
    noun = re.sub(r"['’]s?$", "", head[-1])
    one_of = re.match(r"(?:one|two|three|some|several|both|a third|another|a second) of (?:the|them)", lowered)
    if noun in word_set("speech", "sources") or one_of is not None:
        plural = noun.endswith("s") or noun in ("people", "media", "circles")
        return Voice(re.sub(r"\s+", " ", phrase), "", "group" if plural else "anonymous")
    document = noun in word_set("speech", "documents") and re.match(r"(?:a|an|the|his|her|its)\b", lowered) is not None
    body = noun in word_set("speech", "bodies") and re.match(r"(?:a|an|one|another)\b", lowered) is not None
    if document or body:
        return Voice(phrase, "", "anonymous")
    return None


def _kind_of(name: str, cast: Cast) -> str:
    known = gazetteer().named(name)
    if known is not None:
        return known[1]
    if name == cast.last_person:
        return "person"
    return "group" if name == cast.last_group else "firm"


def listed_before(before: str, cast: Cast) -> tuple[Voice, int] | None:
    """Read "Huawei, Alibaba and Baidu" before a verb: the first stands for them."""
    item = r"(?:[Tt]he )?[A-Z][\w.'-]*(?: [A-Za-z][\w.'-]*){0,4}?"
    more = r"(?:the )?(?!while\b|but\b)[\w.'-]+(?: [\w.'-]+){0,4}?"
    found = re.search(rf"(?:^|[.;“\"] ?)\s*({item})(?:, {more})*,? and {more}$", before.rstrip())
    if found is None:
        return None
    voice = voice_of(found[1], cast)
    return (voice, found.start(1)) if voice is not None else None

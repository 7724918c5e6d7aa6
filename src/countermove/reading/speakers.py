"""Who says which part of a sentence: attributions, each with its speaker, cue and the words that are theirs.

An attribution is found from its cue (a verb of speech, "according to", "citing", a colon) and the noun phrase that stands in the
place of its subject. Attributions may lie inside each other; the innermost names the speaker, the outer ones relay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from countermove.reading.gazetteer import gazetteer
from countermove.reading.lexicon import word_set, words
from countermove.reading.people import Cast, person_in

QUOTES = '"“”„«»'


@dataclass(frozen=True)
class Voice:
    """Whoever speaks: the name or description, what they are, and the kind (person, anonymous, group, medium, analyst, firm, government)."""

    name: str
    role: str = ""
    kind: str = "anonymous"


@dataclass(frozen=True)
class Attribution:
    """One attribution: the voices (outermost first), the verb, the cue's span and the spans that are theirs, in the sentence."""

    voices: tuple[Voice, ...]
    verb: str
    cue: tuple[int, int]
    content: tuple[tuple[int, int], ...]

    def covers(self, start: int, end: int) -> bool:
        """Say whether the middle of a span is theirs."""
        middle = (start + end) / 2
        return any(first <= middle < last for first, last in self.content)

    @property
    def size(self) -> int:
        """Characters that are theirs."""
        return sum(last - first for first, last in self.content)


@cache
def _verbs() -> re.Pattern[str]:
    speech = words("speech")
    every = {verb for key in ("says", "opines", "expects", "tells", "denies") for verb in speech[key]}
    return re.compile(r"\b(?:" + "|".join(sorted(map(str, every), key=len, reverse=True)) + r")\b", re.I)


@cache
def _declines() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in words("speech")["declines"]), re.I)


_ACCORDING = re.compile(
    r"\b(?:according to|as per|by the (?:estimate|reckoning|count)s? of|in the (?:view|opinion|words|eyes) of|in the opinion of|so the|(?:learned|learnt|heard|understands|understood) from)\s+",
    re.I,
)
_ACCORDING_HIM = re.compile(r"\b(?:in (?:his|her) (?:view|opinion))\b(?! meant)", re.I)
_CITING = re.compile(
    r"\b(?:citing|quoting|with reference to|as reported by|cited by|quoted by|relayed by|seen by|reported by|as told to)\s+", re.I
)
_PASSIVE = re.compile(r"\b(?:been|was|were|be|is|are|being|am|have been|had been|not)\s+(?:\w+ly\s+)?$", re.I)
_AUXILIARY = re.compile(
    r"(?:\b(?:has|have|had|also|then|later|would|will|could|did|does|do|may|might|previously|recently|earlier|now|once|repeatedly|only|further|therefore|thus|still|first|even|"
    r"\w+ly|on (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|yesterday|today|last (?:week|month|year|night)|this (?:week|month|year)|in (?:a|an|its|his|her|their) (?:note|statement|report|filing|letter|interview|post))\s*)+$",
    re.I,
)
_BREAK = re.compile(
    r"[;:“”\"—–()]|(?<=\s)-(?=\s)|,|\b(?:but|while|whereas|although|though|because|since|which|that|if|when|as|and|so|than|after|before|until|then)\b",
    re.I,
)


def attributions(text: str, cast: Cast) -> list[Attribution]:
    """Find all attributions of one sentence; those whose subject nobody can be are left out."""
    found = [one for one in (*_by_verb(text, cast), *_by_phrase(text, cast), *_declining(text, cast)) if one.content]
    return [one for one in _with_relays(text, found, cast) if one.content]


def _by_verb(text: str, cast: Cast) -> Iterator[Attribution]:
    named = [(name.start, name.end) for name in gazetteer().find(text)]
    for match in _verbs().finditer(text):
        verb = match[0].lower()
        if any(start <= match.start() < end for start, end in named) or _NOUN_BEFORE.search(text[: match.start()]):
            continue
        before, after = text[: match.start()], text[match.end() :]
        if _PASSIVE.search(before) and verb not in ("denies",):
            continue
        inverted = _inverted(text, match, cast)
        if inverted is not None:
            cast.spoke(inverted.voices[-1].name, inverted.voices[-1].kind)
            yield inverted
            continue
        subject = subject_before(before, cast)
        if subject is None:
            continue
        voice, begin = subject
        if not _closes(text[:begin]) and not _speaks(verb, after):
            continue
        cast.spoke(voice.name, voice.kind)
        yield Attribution((voice,), verb, (begin, match.end()), _content(text, begin, match.end(), verb))


_NOUN_BEFORE = re.compile(
    r"(?:\b(?:the|a|an|this|that|these|its|his|her|their|our|my|your|to|of|annual|no|any|each|every|first|latest|by|for|in)|['’]s)\s+$",
    re.I,
)


def _closes(before: str) -> bool:
    """Say whether words that end here are a whole statement that a subject and its verb follow: `..., X said`."""
    return len(before.strip()) > 12 and re.search(rf"[,?!—–{QUOTES}]['’]?\s*$| -\s*$", before) is not None


def _speaks(verb: str, after: str) -> bool:
    """Say whether a verb of several uses is one of speech here, from what follows it."""
    if verb in word_set("speech", "tells"):
        return re.match(r"[^.;]{0,60}?(?:\bthat\b|:|,? ?[\"“]|\b(?:he|she|it|they|the)\b)", after) is not None and not re.match(
            r"\s+(?:\S+\s+){1,4}(?:to|against|not to)\s", after
        )
    if verb in word_set("speech", "needs_clause"):
        if verb in ("show", "shows", "showed", "shown"):
            return re.match(r"\s*(?:that\b|[.]|$)", after) is not None
        if verb in (
            "add",
            "adds",
            "added",
            "state",
            "states",
            "report",
            "reports",
            "note",
            "notes",
            "plan",
            "plans",
            "comment",
            "pointed",
            "points",
            "expressed",
            "expresses",
        ):
            return re.match(r"\s*(?:that\b|,|:|[\"“.]|revenue|[a-z]+ \S+ \S+|on )", after) is not None
        return re.match(r"\s+\S+ \S+", after) is not None
    return True


def _inverted(text: str, match: re.Match[str], cast: Cast) -> Attribution | None:
    """Read `..., said the sources, who ...` and `"...," fumed congressman Dale Hutchins, who ...`."""
    before = text[: match.start()]
    if re.search(rf"(?:[,?!{QUOTES}’']|^)\s*$", before) is None or len(before.strip()) < 8:
        return None
    if match[0].lower() in word_set("speech", "tells") or re.match(r"\s+(?:that|to|revenue|by)\b", text[match.end() :]):
        return None
    tail = text[match.end() :]
    phrase = re.match(r"\s+([^,.;:“”\"]+)", tail)
    if phrase is None:
        return None
    words_of = re.split(
        r"\b(?:on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|in (?:a|an|the) |told|yesterday|last |when |after |while |, )",
        phrase[1],
    )[0].strip()
    appositive = re.match(
        r"\s*,\s*((?:an?|the|who|head|chief|director|senior|president)\b[^,.;“”\"]*|\d\d)", tail[phrase.end() :]
    )
    voice = voice_of(words_of, cast)
    if voice is None:
        return None
    if appositive is not None and not voice.role and voice.kind == "person":
        voice = Voice(voice.name, re.sub(r"^who\s+", "", appositive[1]), voice.kind)
    end = match.end() + phrase.start(1) + len(words_of)
    spans = [(0, match.start())]
    rest = re.match(rf"[^.]*?[.,:]\s*([{QUOTES}])", text[end:])
    if rest is not None:
        spans.append((end + rest.start(1), len(text)))
    return Attribution((voice,), match[0].lower(), (match.start(), end), tuple(spans))


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
    speech = [match.end() for match in _verbs().finditer(text) if match[0].islower() and text[match.end() :].strip()]
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
        r"^\s*(?:and|but|yet|so|still|meanwhile|separately|however|also|for (?:his|her|its) part|in (?:\w+ ?){1,3},|last (?:year|month|week),?|on \w+day,?|earlier,?)\s+",
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
    exact = gazetteer().spellings.get(re.sub(r"^the ", "", lowered))
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
    person = person_in(phrase)
    if person is not None:
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
    anonymous = _anonymous(phrase, lowered)
    names = [name for name in gazetteer().find(phrase) if name.kind != "product"]
    whole = [name for name in names if name.kind in ("medium", "analyst", "firm", "government")]
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
            r"(?:I|We|You|It|This|That|There|What|Who|Everyone|Everybody|Nobody|Some|Many|Others|Most|Few|Each|All|Those|These|Facts?|Power|Question|Answer|Prices?|Sales|Revenue|Shares?|Chips?)",
            capital[1],
        )
    ):
        return Voice(capital[1], "", "firm")
    return None


def _is_title_before(phrase: str, start: int) -> bool:
    """Say whether what stands before a name is a description of it: "research firm IDC", "the think tank CNAS"."""
    return re.search(
        r"\b(?:firm|company|house|tank|bank|group|newspaper|agency|broker|brokerage|institute|maker|vendor|giant|at|analysts?)\s*$",
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


def _content(text: str, begin: int, end: int, verb: str) -> tuple[tuple[int, int], ...]:
    """Return what belongs to a subject before its verb: what follows, or, in `..., X said.`, what stands before."""
    before, after = text[:begin].rstrip(), text[end:]
    follows = len(after.strip(" .,”\"'’)")) > 0
    first = after.split(";")[0]
    timing = (
        re.match(
            r"\s*(?:(?:on|in|at|last|this|late|earlier|yesterday|today|by|reporters|lawmakers|analysts|me|us|the [A-Z][\w ]+|a [A-Z]?[\w ]+)\b[^,.;:“\"]{0,80})?"
            r"(?:,? (?:citing|quoting|with reference to)[^.;]{0,120})?[.,]?[”\"'’)]*\s*$",
            first,
        )
        is not None
    )
    more_quote = re.match(rf"[^.;]{{0,80}}?[.,:]\s*[{QUOTES}]", after)
    closes = _closes(before)
    if verb in word_set("speech", "denies"):
        return ((begin, len(text)),)
    if closes and (timing or not follows or more_quote is not None or re.match(r"\s*(?:,|\.)", after) is not None):
        clause = max((mark.end() for mark in re.finditer(r";\s|(?<=[a-z]), (?:but|while|whereas) ", before)), default=0)
        spans = [(clause, begin)]
        if more_quote is not None and not timing:
            spans.append((end + more_quote.end() - 1, len(text)))
        more = re.search(r";\s+(?=(?:his|her|its|their|he|she|they) )", after)
        if more is not None:
            spans.append((end + more.end(), len(text)))
        return tuple(spans)
    if not follows or (timing and verb not in word_set("speech", "denies")):
        return ((0, begin),) if closes or len(before) > 25 else ()
    stop = re.search(
        r";\s|, but |,? (?:while|whereas|though|although) (?=(?:[A-Z]|the |he |she |it |they |others|not |some ))", after
    )
    return ((end, end + stop.start() if stop is not None else len(text)),)


def _by_phrase(text: str, cast: Cast) -> Iterator[Attribution]:
    for match in _ACCORDING.finditer(text):
        tail = text[match.end() :]
        stop = re.search(
            r"[,.;:“\"]|\b(?:cited by|quoted by|seen by|last (?:month|week|year)|on \w+day|reaches|and said|which|who|it|they|that)\b|$",
            tail,
        )
        phrase = tail[: stop.start()] if stop is not None else tail
        phrase = re.sub(
            r"^(?:the )?(?:information|estimates?|data|figures|calculations|statistics|a report|a note|reports?|an analysis|incomplete statistics)(?: of the| of| from the| from| by the| by) ",
            "",
            phrase,
        )
        phrase = re.sub(r"^(?:the )?(?=[A-Z])", "", phrase)
        voice = _manufacturer(phrase, cast) or voice_of(phrase, cast)
        if voice is None or re.match(r"(?:incomplete )?statistics|their needs|law", phrase):
            continue
        end = match.end() + len(phrase)
        leads = (
            not text[: match.start()].strip(' “"')
            or text[: match.start()].rstrip()[-1:] in (";", ":")
            or match[0].lower().endswith("from ")
        )
        if leads:
            spans = ((end, len(text)),)
        else:
            clause = max(
                (mark.end() for mark in re.finditer(r";\s|(?<=[a-z%\d]), (?:but|while|whereas) ", text[: match.start()])),
                default=0,
            )
            which = re.match(r",? (?:which|who) (?:puts|estimates|expects|sees)", text[end:])
            spans = ((clause, match.start()), (end, len(text))) if which else ((clause, match.start()),)
        yield Attribution((voice,), "according to", (match.start(), end), spans)
    for match in _ACCORDING_HIM.finditer(text):
        if cast.last_person is not None:
            yield Attribution((Voice(cast.last_person, kind="person"),), "think", match.span(), ((match.end(), len(text)),))


def _manufacturer(phrase: str, cast: Cast) -> Voice | None:
    if re.fullmatch(r"(?:the )?(?:manufacturer|maker|vendor|company|firm)", phrase.strip(), re.I) and cast.last_firm is not None:
        return Voice(cast.last_firm, "", "firm")
    return None


def _declining(text: str, cast: Cast) -> Iterator[Attribution]:
    for match in _declines().finditer(text):
        subject = _listed(text[: match.start()], cast) or subject_before(text[: match.start()], cast)
        if subject is not None and re.match(r"(?:it)\b", text[subject[1] :].strip().lower()) and cast.last_firm is not None:
            subject = Voice(cast.last_firm, "", "firm"), subject[1]
        if subject is None:
            first = re.match(r"\s*[“\"]?(?:I|We)\s*$", text[: match.start()])
            if first is None:
                continue
            yield Attribution((), "declines", (match.start(), match.end()), ((0, len(text)),))
            continue
        voice, begin = subject
        stop = re.search(r";", text[match.end() :])
        yield Attribution(
            (voice,), "declines", (begin, match.end()), ((begin, match.end() + stop.start() if stop else len(text)),)
        )


def _listed(before: str, cast: Cast) -> tuple[Voice, int] | None:
    """Read "Huawei, Alibaba and Baidu" before a verb: the first stands for them."""
    found = re.search(
        r"(?:^|[.;“\"] ?)\s*((?:[Tt]he )?[A-Z][\w .'’-]*?)(?:, (?:the )?[\w .'’-]{2,40})*,? and (?:the )?[\w .'’-]{2,40}$",
        before.rstrip(),
    )
    if found is None:
        return None
    voice = voice_of(found[1], cast)
    return (voice, found.start(1)) if voice is not None else None


def _with_relays(text: str, found: list[Attribution], cast: Cast) -> list[Attribution]:
    """Add the sources that a speaker cites: "Reuters reported, citing two people" makes the two people the speaker."""
    done: list[Attribution] = []
    for one in found:
        end = one.cue[1]
        inside = re.search(r",?\s*(?:citing|quoting|with reference to)\s+([^,.;“\"]+)", text[one.cue[0] :])
        outside = re.match(r"[^,.;“\"]{0,40}?\b(?:cited by|quoted by|relayed by|seen by)\s+(?:the )?([^,.;“\"]+)", text[end:])
        if inside is not None and one.voices and one.verb != "declines":
            phrase = re.split(r"\b(?:said|says|reported|in a|on \w+day)\b", inside[1])[0]
            cited = voice_of(phrase.removeprefix("the "), cast) or Voice(phrase.strip(), kind="anonymous")
            done.append(
                Attribution(
                    (*one.voices, cited),
                    one.verb,
                    (one.cue[0], max(end, one.cue[0] + inside.end())),
                    _without(one.content, one.cue[0] + inside.start(), one.cue[0] + inside.end()),
                )
            )
        elif outside is not None and one.voices and "seen by" not in outside[0]:
            phrase = re.split(r"\b(?:last|on \w+day|earlier|this)\b", outside[1])[0]
            relay = voice_of(phrase, cast)
            done.append(
                Attribution(
                    (relay, *one.voices) if relay else one.voices, one.verb, (one.cue[0], end + outside.end()), one.content
                )
            )
        else:
            done.append(one)
    return done


def _without(spans: tuple[tuple[int, int], ...], begin: int, end: int) -> tuple[tuple[int, int], ...]:
    """Cut what names the cited source out of the words that are theirs."""
    kept: list[tuple[int, int]] = []
    for first, last in spans:
        if last <= begin or first >= end:
            kept.append((first, last))
            continue
        if first < begin and begin - first > 3:
            kept.append((first, begin))
        if end < last and last - end > 3:
            kept.append((end, last))
    return tuple(kept)

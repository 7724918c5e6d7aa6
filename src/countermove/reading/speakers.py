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
from countermove.reading.people import Cast
from countermove.reading.voices import QUOTES, Voice, listed_before, speech_verbs, subject_before, voice_of


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
def _declines() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in words("speech")["declines"]), re.I)


_ACCORDING = re.compile(
    r"\b(?:according to|as per|by the (?:estimate|reckoning|count)s? of|in the (?:view|"
    r"opinion|words|eyes) of|in the opinion of|so the|(?:learned|learnt|heard|understands|"
    r"understood) from)\s+",
    re.I,
)
_ACCORDING_HIM = re.compile(r"\b(?:in (?:his|her) (?:view|opinion))\b(?! meant)", re.I)
_CITING = re.compile(
    r"\b(?:citing|quoting|with reference to|as reported by|cited by|quoted by|relayed by|seen by|reported by|as told to)\s+", re.I
)
_PASSIVE = re.compile(r"\b(?:been|was|were|be|is|are|being|am|have been|had been|not)\s+(?:\w+ly\s+)?$", re.I)


#: Verbs of speech in one sentence beyond which it is no prose.
MOST_VERBS = 25


def attributions(text: str, cast: Cast) -> list[Attribution]:
    """Find all attributions of one sentence; those whose subject nobody can be are left out."""
    found = [one for one in (*_by_phrase(text, cast), *_by_verb(text, cast), *_declining(text, cast)) if one.content]
    return [one for one in _with_relays(text, found, cast) if one.content]


def _by_verb(text: str, cast: Cast) -> Iterator[Attribution]:
    if len(speech_verbs().findall(text)) > MOST_VERBS:
        return
    named = [(name.start, name.end) for name in gazetteer().find(text)]
    for match in speech_verbs().finditer(text):
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
    r"(?:\b(?:the|a|an|this|that|these|its|his|her|their|our|my|your|to|of|annual|no|any|"
    r"each|every|first|latest|by|for|in)|['’]s)\s+$",
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
        if verb in ("show", "shows", "showed", "shown", "hold", "holds", "find", "finds", "found", "maintain", "maintains"):
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
        r"\s*,\s*((?:an?|the|who|head|chief|director|senior|president|spokes\w+|vice|general|founder|professor|"
        r"analyst|researcher|minister|[a-z]+ (?:at|of|with|for))\b[^,.;“”\"]*|\d\d)",
        tail[phrase.end() :],
    )
    voice = voice_of(words_of, cast)
    if voice is None or not _ends_as_a_speaker(words_of, voice):
        return None
    if appositive is not None and not voice.role and voice.kind == "person":
        voice = Voice(voice.name, re.sub(r"^who\s+", "", appositive[1]), voice.kind)
    end = match.end() + phrase.start(1) + len(words_of)
    spans = [(0, match.start())]
    rest = re.match(rf"[^.]*?[.,:]\s*([{QUOTES}])", text[end:])
    if rest is not None:
        spans.append((end + rest.start(1), len(text)))
    return Attribution((voice,), match[0].lower(), (match.start(), end), tuple(spans))


def _ends_as_a_speaker(phrase: str, voice: Voice) -> bool:
    """Say whether a phrase behind a verb is the speaker alone, and not the beginning of what is said ("said SMIC makes ...")."""
    if re.search(r"\d", phrase):
        return False
    last = voice.name.split()[-1]
    tail = phrase[phrase.rfind(last) + len(last) :] if last in phrase else ""
    if voice.kind in ("firm", "government", "medium", "analyst"):
        return re.match(r"(?:['’]s|s)?\s*$| (?:of|at|from|in|analyst|officials?) ", tail) is not None
    return not tail.strip() or voice.kind != "person" or re.match(r"\s*(?:of|at|from|in|who|when|on|\()", tail) is not None


def _content(text: str, begin: int, end: int, verb: str) -> tuple[tuple[int, int], ...]:
    """Return what belongs to a subject before its verb: what follows, or, in `..., X said.`, what stands before."""
    before, after = text[:begin].rstrip(), text[end:]
    follows = len(after.strip(" .,”\"'’)")) > 0
    first = after.split(";")[0]
    timing = (
        re.match(
            r"\s*(?:(?:on|in|at|last|this|late|earlier|yesterday|today|by|reporters|lawmakers|"
            r"analysts|me|us|the [A-Z][\w ]+|a [A-Z]?[\w ]+)\b[^,.;:“\"]{0,80})?"
            r"(?:,? (?:citing|quoting|with reference to)[^.;]{0,120})?[.,]?[”\"'’)]*\s*$",
            first,
        )
        is not None
    )
    more_quote = re.match(rf"[^.;]{{0,80}}?[.,:]\s*[{QUOTES}]", after)
    closes = _closes(before)
    if closes and verb in word_set("speech", "tells") and re.match(r"[^:“\"]*$", after):
        return ((0, begin),)
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
            r"[,.;:“\"]|\b(?:cited by|quoted by|seen by|last (?:month|week|year)|on \w+day|reaches|"
            r"and said|which|who|it|they|that)\b|$",
            tail,
        )
        phrase = tail[: stop.start()] if stop is not None else tail
        phrase = re.sub(
            r"^(?:the )?(?:information|estimates?|data|figures|calculations|statistics|a report|a "
            r"note|reports?|an analysis|incomplete statistics)(?: of the| of| from the| from| by "
            r"the| by) ",
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
            spans: tuple[tuple[int, int], ...] = ((end, len(text)),)
        else:
            clause = max(
                (mark.end() for mark in re.finditer(r";\s|(?<=[a-z%\d]), (?:but|while|whereas) ", text[: match.start()])),
                default=0,
            )
            which = re.match(r",? (?:which|who) (?:puts|estimates|expects|sees)", text[end:])
            spans = ((clause, match.start()), (end, len(text))) if which else ((clause, match.start()),)
        yield Attribution((voice,), "according to", (match.start(), end), spans)
    yield from _by_possession(text, cast)
    yield from _by_revision(text, cast)
    for match in _ACCORDING_HIM.finditer(text):
        if cast.last_person is not None:
            yield Attribution((Voice(cast.last_person, kind="person"),), "think", match.span(), ((match.end(), len(text)),))


_POSSESSED = re.compile(
    r"(?:['’]s?|(?<=\w)) (?:own |latest |new |central |median )*(?P<what>estimates?|forecasts?|counts?|figures?|projections?|"
    r"tally|calculations?|(?P<story>report|story|article|scoop))(?P<that> (?:that|saying))?\b"
)


_REVISED = re.compile(
    r"\b(?:raised|cut|lifted|lowered|doubled|trimmed|revised|put|kept|left|increased|reduced|halved|set) (?:his|her|its|their) "
    r"(?:\w+ )?(?:forecasts?|estimates?|targets?|projections?)\b"
)


def _by_revision(text: str, cast: Cast) -> Iterator[Attribution]:
    """Read "Ann Hill doubled her forecast for ... to ..."."""
    for match in _REVISED.finditer(text):
        subject = subject_before(text[: match.start()], cast)
        if subject is not None:
            cast.spoke(subject[0].name, subject[0].kind)
            stop = re.search(r";\s|, (?:but|though|although|while) ", text[match.end() :])
            end = match.end() + stop.start() if stop is not None else len(text)
            yield Attribution((subject[0],), "forecasts", (subject[1], match.end()), ((match.end(), end),))


def _by_possession(text: str, cast: Cast) -> Iterator[Attribution]:
    """Read "Epoch AI's estimate for 2025 is ..." and "the Bloomberg report that ..."."""
    for match in _POSSESSED.finditer(text):
        before = [name for name in gazetteer().find(text[: match.start()]) if name.end == match.start()]
        owner = [name for name in before if name.kind in ("medium", "analyst")]
        if not owner or (match["story"] and not match["that"]):
            continue
        stop = re.search(r";\s|, but ", text[match.end() :])
        end = match.end() + stop.start() if stop is not None else len(text)
        voice = voice_of(text[owner[0].start : owner[0].end], cast)
        if voice is not None:
            yield Attribution((voice,), match["what"].lower(), (owner[0].start, match.end()), ((match.end(), end),))


def _manufacturer(phrase: str, cast: Cast) -> Voice | None:
    if re.fullmatch(r"(?:the )?(?:manufacturer|maker|vendor|company|firm)", phrase.strip(), re.I) and cast.last_firm is not None:
        return Voice(cast.last_firm, "", "firm")
    return None


def _declining(text: str, cast: Cast) -> Iterator[Attribution]:
    for match in _declines().finditer(text):
        subject = listed_before(text[: match.start()], cast) or subject_before(text[: match.start()], cast)
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

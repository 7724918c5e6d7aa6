"""From an article to its claims, by rules: reads sentence by sentence, keeping in mind who spoke and what was spoken of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from countermove.reading.amount import Amount
from countermove.reading.amounts import amounts
from countermove.reading.blocks import DASH_TURN, TURN, Block, Sentence, blocks, sentences
from countermove.reading.claim import AUTHOR, ReadClaim
from countermove.reading.documents import Article, foreign_share
from countermove.reading.gazetteer import Name, gazetteer
from countermove.reading.lexicon import words
from countermove.reading.people import Cast, cast_of, person_in
from countermove.reading.polarity import negated
from countermove.reading.relevance import is_relevant, is_statement
from countermove.reading.setting import DATELINE, Setting, is_boilerplate, is_byline, is_courtesy, setting_of
from countermove.reading.speakers import Attribution, attributions
from countermove.reading.stance import hedges, stance
from countermove.reading.voices import QUOTES, Voice
from countermove.reading.when import period_of

_TURN_WORDS = frozenset(
    [
        "q",
        "a",
        "question",
        "answer",
        "moderator",
        "operator",
        "investor",
        "reporter",
        "host",
        "interviewee",
        "interviewer",
        "analyst",
        "management",
        "spokesperson",
        "journalist",
        "audience",
    ]
)


@dataclass
class _Memory:
    """What the reader keeps in mind within one article."""

    article: Article
    setting: Setting
    cast: Cast
    turn: Voice | None = None
    questioner: bool = False
    unit: str | None = None
    subject: Name | None = None
    focus: str = ""
    quoting: Voice | None = None
    turns: int = 0
    skipped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Extraction:
    """The claims of an article, in order, the day it was said, and the sentences that the rules could not read."""

    claims: tuple[ReadClaim, ...]
    setting: Setting
    unread: tuple[str, ...] = ()


def extract(article: Article, *, said: str | None = None) -> Extraction:
    """Read an article; `said` overrides the day that its head gives. Nothing raises for odd text: it gives no claims."""
    parts = blocks(article.text)
    memory = _Memory(article, setting_of(article.text, parts, said=said), cast_of(article.text))
    found: list[ReadClaim] = []
    for block in parts:
        found.extend(_block(block, memory))
    return Extraction(tuple(found), memory.setting, tuple(memory.skipped))


def _block(block: Block, memory: _Memory) -> Iterator[ReadClaim]:
    if is_byline(block.text) or (
        block.is_heading and block.number < 8 and re.search(r"\b(?:20\d\d|edition)\b", block.text) and len(block.text.split()) < 8
    ):
        return
    if is_boilerplate(block.text) and len(block.text) < 250:
        return
    offset = _turn(block, memory)
    if offset is None:
        return
    dateline = DATELINE.match(block.text)
    if dateline is not None:
        offset = max(offset, dateline.end())
    memory.quoting = None
    all_of = sentences(block, offset=offset)
    voices = [_attributed(sentence, memory) for sentence in all_of]
    for place, sentence in enumerate(all_of):
        running = _running_quote(all_of, voices, place, memory)
        yield from _sentence(sentence, voices[place], running, block, memory)


def _turn(block: Block, memory: _Memory) -> int | None:
    """Take up whose turn a block begins; return where its words begin, None if it only names the speaker."""
    line = DASH_TURN.match(block.text.strip())
    if line is not None and person_in(line["name"]) is not None:
        memory.turn, memory.questioner = (
            Voice(memory.cast.person(line["name"]), line["role"], "person"),
            "analyst" in line["role"].lower(),
        )
        memory.turns += 1
        return None
    if block.text.strip().lower() in ("operator", "moderator"):
        memory.turn = Voice("operator")
        return None
    found = TURN.match(block.text) if not (block.is_heading and block.number < 4) else None
    if found is None:
        return 0
    name, role = found["name"], found["role"] or ""
    word = name.lower()
    if word in ("question", "q") and role and person_in(role) is not None:
        person = person_in(role)
        memory.turn = Voice(memory.cast.person(person[0] if person else name), role, "person")
    elif word in ("question", "q", "interviewer", "host"):
        memory.turn, memory.questioner = Voice(AUTHOR), True
        return found.end()
    elif word in ("answer", "a"):
        memory.turn = Voice(memory.setting.default, kind="government") if memory.setting.default != AUTHOR else memory.turn
    elif person_in(name) is not None or name in memory.cast.full_names:
        person = person_in(name)
        full = memory.cast.person(person[0] if person is not None else name)
        memory.turn = Voice(full, role or (person[1] if person else ""), "person")
    elif word in _TURN_WORDS:
        memory.turn = Voice(name, role, "anonymous")
    else:
        return 0 if memory.turns == 0 or len(name.split()) > 2 else found.end()
    memory.turns += 1
    memory.questioner = False
    if memory.turn is not None:
        memory.cast.spoke(memory.turn.name, memory.turn.kind)
    return found.end()


def _attributed(sentence: Sentence, memory: _Memory) -> list[Attribution]:
    firms = [sentence.text[name.start : name.end] for name in gazetteer().find(sentence.text) if name.kind == "firm"]
    if firms and memory.cast.last_firm is None:
        memory.cast.last_firm = firms[0]
    found = attributions(sentence.text, memory.cast)
    for one in found:
        for voice in one.voices:
            memory.cast.spoke(voice.name, voice.kind)
    if not found:
        person = person_in(sentence.text)
        if person is not None:
            memory.cast.last_person = memory.cast.person(person[0])
    if firms:
        memory.cast.last_firm = firms[0]
        if not found:
            memory.cast.last_body = firms[0]
    return found


def _running_quote(all_of: list[Sentence], voices: list[list[Attribution]], place: int, memory: _Memory) -> Voice | None:
    """Return who speaks a sentence inside a quotation that another sentence of the paragraph attributes."""
    text = all_of[place].text
    opened = _open_at(all_of, place)
    if not opened and text[:1] not in QUOTES:
        memory.quoting = _last_voice(voices[place]) or memory.quoting
        return None
    if voices[place]:
        memory.quoting = _last_voice(voices[place])
        return None
    for later in range(place + 1, len(all_of)):
        if not _open_at(all_of, later) and all_of[later].text[:1] not in QUOTES:
            break
        voice = _last_voice(voices[later])
        if voice is not None and opened | (text[:1] in QUOTES and text.count('"') == 1):
            return voice
    return memory.quoting


def _open_at(all_of: list[Sentence], place: int) -> bool:
    before = " ".join(one.text for one in all_of[:place])
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _last_voice(found: list[Attribution]) -> Voice | None:
    spoken = [one for one in found if one.voices and one.verb != "declines"]
    return spoken[-1].voices[-1] if spoken else None


def _sentence(
    sentence: Sentence, found: list[Attribution], running: Voice | None, block: Block, memory: _Memory
) -> Iterator[ReadClaim]:
    text = sentence.text
    if foreign_share(text) > 0.3:
        memory.skipped.append(text)
        return
    if memory.unit is None and re.search(r"\b(?:chips|processors|H20s|H100s|H200s|units)\b", text):
        memory.unit = "chip"
    bare = text.strip(" \"”'’)")
    if (
        bare.endswith("?")
        or is_boilerplate(text)
        or is_courtesy(text)
        or (memory.turn is not None and memory.turn.name == "operator")
    ):
        return
    names = gazetteer().find(text)
    numbers = amounts(text, taken=[(name.start, name.end) for name in names if name.kind == "product"], inherited=memory.unit)
    if block.is_heading and not numbers and not is_statement(text, names, heading=True):
        return
    for amount in numbers:
        if amount.unit.split("/")[0] in words("units")["counts"]:
            memory.unit = amount.unit
    default = running or memory.turn
    for part in _parts(text, found, numbers):
        if part.amount is None and not is_relevant(
            text[part.start : part.end],
            part.owners,
            memory.turn is not None,
            memory.subject,
            issued=memory.setting.default != AUTHOR,
        ):
            continue
        yield _claim(sentence, part, default, names, memory)
    spoken = [name for name in names if name.kind in ("product", "firm", "government")]
    memory.subject = spoken[0] if spoken else memory.subject
    products = [name.canonical for name in names if name.kind == "product"]
    memory.focus = products[0] if products else memory.focus


@dataclass(frozen=True)
class _Part:
    start: int
    end: int
    amount: Amount | None
    owners: tuple[Attribution, ...]
    rule: str


_CONSEQUENCE = re.compile(r",? which (?:in (?:his|her) view )?(?:suggests?|means?|meant|impl(?:y|ies)|indicates?)\b")


def _parts(text: str, found: list[Attribution], numbers: list[Amount]) -> Iterator[_Part]:
    """Part a sentence into claims: one for each quantity, and one for each speaker whose words hold none."""
    declined = [one for one in found if one.verb == "declines"]
    for amount in numbers:
        middle_in = [one for one in declined if one.covers(amount.start, amount.end)]
        if middle_in:
            continue
        owners = tuple(sorted((one for one in found if one.covers(amount.start, amount.end)), key=lambda one: -one.size))
        yield _Part(amount.start, amount.end, amount, owners, "quantity")
    for one in declined:
        yield _Part(one.cue[0], one.cue[1], None, (one,), "declines")
    if not found:
        if not numbers:
            yield from _split_consequence(text, 0, len(text), (), "author")
        return
    for one in found:
        if one.verb == "declines":
            continue
        inner = [
            other
            for other in found
            if other is not one and other.size < one.size and all(one.covers(*span) for span in other.content)
        ]
        held = any(one.covers(amount.start, amount.end) for amount in numbers)
        same = [other for other in found if other is not one and other.content == one.content and other.cue < one.cue]
        if held or inner or same:
            continue
        outer = tuple(
            sorted(
                (other for other in found if other is not one and other.size > one.size and other.covers(*one.content[0])),
                key=lambda other: -other.size,
            )
        )
        begin, end = one.content[0]
        if len(text[begin:end].strip(" \"'“”.,")) > 2:
            yield from _split_consequence(text, begin, end, (*outer, one), "speech")
    yield from _remainder(text, found, numbers)


def _split_consequence(text: str, begin: int, end: int, owners: tuple[Attribution, ...], rule: str) -> Iterator[_Part]:
    cut = _CONSEQUENCE.search(text[begin:end])
    if cut is not None and cut.start() > 20:
        yield _Part(begin, begin + cut.start(), None, owners, rule)
        yield _Part(begin + cut.start(), end, None, owners, "inference")
    else:
        yield _Part(begin, end, None, owners, rule)


def _remainder(text: str, found: list[Attribution], numbers: list[Amount]) -> Iterator[_Part]:
    """Yield a clause beside the attributed ones that the author says: before "; X said", or after ", but"."""
    covered = [span for one in found for span in (*one.content, one.cue)]
    for clause in re.finditer(r"(?:(?!;|, but ).)+", text):
        begin, end = clause.span()
        free = not any(first < end and begin < last for first, last in covered)
        if free and end - begin > 30 and not any(begin <= amount.start < end for amount in numbers):
            yield _Part(begin, end, None, (), "author")


def _claim(sentence: Sentence, part: _Part, default: Voice | None, names: list[Name], memory: _Memory) -> ReadClaim:
    text = sentence.text
    voices = [voice for owner in part.owners for voice in owner.voices]
    chain = _chain(voices)
    voice = voices[-1] if voices else default or Voice(memory.setting.default)
    if not chain and voice.name not in (AUTHOR, memory.setting.default):
        chain = (voice.name,)
    verb = part.owners[-1].verb if part.owners else ""
    theirs = text[part.start : part.end] if part.amount is None else text
    said = memory.setting.said
    subject = _subject(part, names, memory.subject, text)
    argues = memory.setting.argues and not voices and default is None
    kind = (
        "infers"
        if part.rule == "inference"
        else "declines"
        if part.rule == "declines"
        else stance(verb, theirs, opinionated=argues)
    )
    return ReadClaim(
        speaker=voice.name,
        role=voice.role,
        stance=kind,
        chain=chain,
        subject=subject.canonical if subject is not None else "",
        subjects=tuple(dict.fromkeys(name.canonical for name in names)),
        predicate=_predicate(text, part),
        quantity=part.amount,
        date_of=period_of(text, part.start, said),
        date_said=said,
        hedges=hedges(theirs),
        sentence=text,
        span=(sentence.start + part.start, sentence.start + part.end),
        article=memory.article.name,
        rule=part.rule if not verb else f"{part.rule}: {verb}",
        words=text[part.start : part.end] if part.amount is None else text,
        focus=memory.focus,
        negated=negated(text[part.start : part.end] if part.amount is None else text, part.amount),
    )


def _chain(voices: list[Voice]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(voice.name for voice in voices))


def _subject(part: _Part, names: list[Name], before: Name | None, text: str) -> Name | None:
    """Take the name that a claim is about: the nearest to the amount in its clause, else the sentence's first, else the last."""
    cues = [one.cue for one in part.owners]
    about = [
        name
        for name in names
        if name.kind in ("product", "firm", "government") and not any(first <= name.start < last for first, last in cues)
    ]
    if not about:
        return before
    products = [name for name in about if name.kind == "product"]
    if part.amount is not None:
        end = part.amount.end
        clause = max((mark.end() for mark in re.finditer(r"[;]|, (?:and|but|while) ", text[:end])), default=0)
        near = [name for name in about if clause <= name.start <= end + 25]
        preferred = [name for name in near if name.kind != "government"] or near
        if preferred:
            return min(preferred, key=lambda name: abs(name.start - part.start))
    return (products or [name for name in about if name.kind == "firm"] or about)[0]


def _predicate(text: str, part: _Part) -> str:
    """Return the words of the claim without its cue, at most 160 characters."""
    if part.amount is None:
        said = text[part.start : part.end]
    else:
        spans = [span for one in part.owners[-1:] for span in one.content if span[0] <= part.start <= span[1]] or [(0, len(text))]
        said = text[spans[0][0] : spans[0][1]]
    plain = re.sub(r"\s+", " ", re.sub(r"^\s*that\s+", "", said)).strip(' ,;:"“”')
    return plain if len(plain) <= 160 else plain[:157].rstrip() + "..."

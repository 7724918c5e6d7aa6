"""Parts a text into blocks (paragraphs, headlines, turns of a conversation) and blocks into sentences, all as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

#: A sentence longer than this is a table or a file without punctuation: it is cut so that work stays linear.
LONGEST_SENTENCE = 1500

TURN = re.compile(
    r"^\s*(?P<name>(?:Q|A|Question|Answer|[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,4})(?:, ?(?P<role>[^:\n]{2,90}))?)\s*:\s+(?=\S)"
)
DASH_TURN = re.compile(r"^\s*(?P<name>[A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3})\s+[-–—]+\s+(?P<role>[A-Z][^.\n]{2,90})$")
_BYLINE = re.compile(r"^\s*By [A-Z][\w'’.-]+(?: |,)")
_ENDS = re.compile(r"[.!?:;,]['\"”’)\]]*\s*$")
_CLOSING = "\"'”’)]»"
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|St|Inc|Corp|Co|Ltd|No|vs|approx|Jan|Feb|"
    r"Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|cf|ca|e\.g|i\.e|a\.m|p\.m)"
    r"|[A-Z]\.[A-Z])\.$"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence: its span in the article's text, its block's number, and the text itself."""

    start: int
    end: int
    block: int
    text: str


@dataclass(frozen=True)
class Block:
    """One paragraph, headline or line: span and number."""

    start: int
    end: int
    number: int
    text: str

    @property
    def is_heading(self) -> bool:
        """A short line without an end mark, such as a headline or a caption."""
        return len(self.text) < 140 and not _ENDS.search(self.text) and "\n" not in self.text.strip()


def blocks(text: str) -> list[Block]:
    """Part a text at blank lines, and at line ends where lines are not those of one paragraph."""
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*", text):
        found.extend(_lines_apart(text, match.start(), match.end()))
    return [Block(start, end, number, text[start:end]) for number, (start, end) in enumerate(found)]


def _lines_apart(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    lines = [(start + found.start(), start + found.end()) for found in re.finditer(r"[^\n]+", text[start:end])]
    longest = max(len(text[a:b].strip()) for a, b in lines)
    head = not any(_ENDS.search(text[a:b]) for a, b in lines) and len(lines) <= 6
    begin = lines[0][0]
    for (a, b), (c, d) in pairwise(lines):
        line, after = text[a:b].strip(), text[c:d].strip()
        apart = (
            _BYLINE.match(after)
            or _BYLINE.match(line)
            or TURN.match(after)
            or (DASH_TURN.match(after) is not None)
            or re.match(r"(?:[•·●*-]|\d{1,2}[.)]|[IVX]{1,4}\.)\s+\S", after)
            or (not _ENDS.search(line) and len(line) < 0.6 * longest and after[:1].isupper())
            or ((longest < 60 or head) and not _ENDS.search(line) and after[:1].isupper())
        )
        if apart:
            yield begin, b
            begin = c
    yield begin, lines[-1][1]


def sentences(block: Block, *, offset: int = 0) -> list[Sentence]:
    """Part a block, from `offset` characters on, into sentences; marks that close a quotation stay with their sentence."""
    from sentencex import segment

    text = block.text[offset:]
    pieces = list(segment("en", text)) if text.strip() else []
    found: list[Sentence] = []
    place = 0
    for piece in pieces:
        at = text.find(piece, place)
        if at < 0:
            continue
        place = at + len(piece)
        for begin, end in _joined_and_cut(text, at, place):
            start = block.start + offset
            found.append(Sentence(start + begin, start + end, block.number, text[begin:end]))
    return _merged(found)


def _joined_and_cut(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    cut = begin
    # "fiction." "More": the splitter may keep sentences together that a closing quotation parts; questions too.
    for mark in re.finditer(r"(?<=[a-z0-9%)][.!?])(?:['\"”’)]{0,2})\s+(?=[\"“'‘(]?[A-Z])", text[begin:end]):
        at = begin + mark.end()
        if at - cut > 2 and not _ABBREVIATION.search(text[cut : begin + mark.start()]):
            yield cut, begin + mark.start() + len(mark[0].rstrip())
            cut = at
    while end - cut > LONGEST_SENTENCE:
        yield cut, cut + LONGEST_SENTENCE
        cut += LONGEST_SENTENCE
    if cut < end:
        yield cut, end


def _merged(found: list[Sentence]) -> list[Sentence]:
    """Join pieces that no sentence begins with: closing marks alone, or a lower-case continuation after a quotation."""
    merged: list[Sentence] = []
    for one in found:
        before = merged[-1] if merged else None
        lower = re.match(r"[a-z,]", one.text) is not None
        only_marks = not one.text.strip(_CLOSING + " .")
        abbreviated = before is not None and _ABBREVIATION.search(before.text) is not None and len(before.text) < LONGEST_SENTENCE
        if before is not None and (lower or only_marks or abbreviated) and one.end - before.start <= LONGEST_SENTENCE:
            gap = " " * (one.start - before.end)
            merged[-1] = Sentence(before.start, one.end, before.block, before.text + gap + one.text)
        else:
            merged.append(one)
    return merged

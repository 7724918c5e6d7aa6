"""A file becomes an article: its text as the reader sees it, in blocks, whatever the format and however it is broken.

Plain text and Markdown keep their offsets (markup is blanked, not removed), so that a span of a claim points into the file's own
text; HTML and PDF are turned into text first, and spans point into that. Nothing in a file is executed or fetched.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

from countermove.errors import EnvironmentProblem, InputError
from countermove.reading.html_text import html_text, looks_like_html

#: Largest file that is opened, and the most text of it that is read: a newspaper of 2 million characters is 300,000 words.
MOST_BYTES = 200 * 1024 * 1024
MOST_CHARACTERS = 2_000_000

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_MARKUP = re.compile(r"^(?:#{1,6} +|>+ ?|[-*+] +(?=\S)|```.*$)|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`", re.M)
_LINK = re.compile(r"!?\[([^\]\n]*)\](\([^)\n]*\))")
_CJK = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")


@dataclass(frozen=True)
class Article:
    """What was read: `text` that spans point into, the format, and notes about what was left out or could not be read."""

    name: str
    text: str
    form: str
    notes: tuple[str, ...] = ()


def read_article(path: Path) -> Article:
    """Read a file as an article; InputError if it is missing, a folder, too large or no text."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(
                f"holds {size / 1e6:.0f} MB, more than the {MOST_BYTES // 1024**2} MB that are read",
                where=str(path),
                hint="split it",
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError("no such file", where=str(path), hint="give the path of a text, Markdown, HTML or PDF file") from None
    except IsADirectoryError:
        raise InputError("is a folder", where=str(path), hint="name its files: countermove read FOLDER/*") from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from None
    return article_of(content, path.name)


def article_of(content: bytes, name: str) -> Article:
    """Turn the bytes of a file into an article; the format is taken from what is in it, the name only helps."""
    if content[:1024].lstrip()[:5] == b"%PDF-":
        return _capped(name, _pdf_text(content, name), "pdf", ())
    text, notes = decoded(content, name)
    if looks_like_html(text) or name.lower().endswith((".html", ".htm", ".xhtml")):
        return _capped(name, html_text(text), "html", notes)
    return _capped(name, plain(text), "text", notes)


def article_from_text(text: str, name: str = "pasted text") -> Article:
    """Turn pasted text into an article; HTML is recognised as such."""
    clean = text.encode("utf-8", "replace").decode()
    if looks_like_html(clean):
        return _capped(name, html_text(clean), "html", ())
    return _capped(name, plain(clean), "text", ())


def plain(text: str) -> str:
    """Blank comments and the markup of Markdown, keeping every offset."""
    text = text.replace("\x00", " ")
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    text = _LINK.sub(lambda found: " " * (found.start(1) - found.start()) + found[1] + " " * (found.end() - found.end(1)), text)
    return _MARKUP.sub(lambda found: " " * len(found[0]), text)


def decoded(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode bytes to text: by their mark, as UTF-8, else by the likeliest encoding (noted); InputError for binary files."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _unified(content.decode(encoding, "replace")), ()
    head = content[:200_000]
    if head.count(b"\x00") > len(head) // 100 or _unprintable(head) > len(head) // 20:
        raise InputError("is not text (binary)", where=name, hint="give a text, Markdown, HTML or PDF file")
    try:
        return _unified(content.decode("utf-8")), ()
    except UnicodeDecodeError:
        pass
    lenient = content.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    if broken * 200 < len(lenient):  # mostly UTF-8 with some bytes of another encoding: those are read as Windows-1252
        mixed = content.decode("utf-8", "surrogateescape")
        fixed = re.sub(r"[\udc80-\udcff]", lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), mixed)
        return _unified(fixed), (f"{broken} bytes were not UTF-8 and were read as Windows-1252",)
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    encoding = best.encoding if best is not None else "cp1252"
    return _unified(content.decode(encoding, "replace")), (f"read as {encoding}, the likeliest encoding",)


def foreign_share(text: str) -> float:
    """Share of the letters that are Chinese, Japanese or Korean, whose sentences the rules do not read."""
    sample = text[:100_000]
    letters = sum(char.isalpha() for char in sample)
    return len(_CJK.findall(sample)) / letters if letters else 0.0


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unprintable(head: bytes) -> int:
    return len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]", head))


def _capped(name: str, text: str, form: str, notes: tuple[str, ...]) -> Article:
    if len(text) > MOST_CHARACTERS:
        left = len(text) - MOST_CHARACTERS
        notes = (*notes, f"only the first {MOST_CHARACTERS:,} characters were read; {left:,} were left out")
        text = text[:MOST_CHARACTERS]
    share = foreign_share(text)
    if share > 0.02:
        notes = (*notes, f"{share:.0%} of the letters are Chinese, Japanese or Korean: sentences in them are kept but not read")
    return Article(name, text, form, notes)


def _pdf_text(content: bytes, name: str) -> str:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise EnvironmentProblem("PDF files need pypdf", where=name, hint="pip install pypdf") from None
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings about broken files would end up on stderr
    try:
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        NotImplementedError,
    ) as error:
        raise InputError(f"this PDF cannot be read ({type(error).__name__})", where=name, hint="save it as text") from None
    text = "\n\n".join(pages)
    if not text.strip():
        raise InputError("this PDF holds no text, only pictures", where=name, hint="run a text recognition over it first")
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)

"""The text of a saved web page: paragraphs and headings, without scripts, menus and what a reader does not see."""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: Elements whose content nobody reads as the article. Without an end tag they end with the page's next block.
_HIDDEN = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "option",
        "iframe",
        "object",
        "head",
        "textarea",
        "figcaption",
        "del",
        "s",
        "strike",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "br",
        "hr",
        "tr",
        "table",
        "blockquote",
        "header",
        "main",
        "dd",
        "dt",
        "pre",
        "title",
    ]
)
_VOID = frozenset(["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr"])
_HTML = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]|<(?:p|div|article|h1)[\s>].*?</(?:p|div|article|h1)>", re.I | re.S)


def looks_like_html(text: str) -> bool:
    """Say whether a text is a web page rather than prose that mentions a tag."""
    return _HTML.search(text[:20_000]) is not None


def html_text(markup: str) -> str:
    """Return the readable text of a page, blocks parted by blank lines; broken markup is read as far as it goes."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    text = "".join(parser.parts)
    if not text.strip():  # a page that never closes what is hidden: better too much than nothing
        without = re.sub(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", " ", markup, flags=re.S | re.I)
        text = re.sub(r"<[^>]*>", "\n\n", without)
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Text(HTMLParser):
    """Collects what is visible; an element that hides its content hides it until its own end tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _VOID and tag not in _BLOCKS:
            return
        if self._hidden:
            if tag == "body":
                self._hidden.clear()
            elif tag == self._hidden[-1]:
                self._hidden.append(tag)
            return
        styles = {name: (value or "").replace(" ", "").lower() for name, value in attrs}
        unseen = "hidden" in styles or "display:none" in styles.get("style", "") or styles.get("aria-hidden") == "true"
        if tag in _HIDDEN or (unseen and tag not in _VOID):
            self._hidden.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag != "br" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
            return
        if tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep text that is seen; line ends inside a block are spaces, as in a browser."""
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))

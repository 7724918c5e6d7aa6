"""One strict loader for every YAML file: plain data, line numbers kept, anything surprising refused.

Scalars follow the YAML 1.2 core schema, so ``on``, ``no``, ``12:30`` and ``2026-01-15`` stay text and only ``true`` and
``false`` are booleans. Keys are always text, as written. Refused with file and line: duplicate keys, tags, anchors,
aliases, merge keys, several documents, nesting deeper than `MAX_DEPTH`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from countermove.errors import CountermoveError, DataError, InputError, shortened
from countermove.evidence.data_tree import DATA, shown_path

#: Deepest allowed nesting of lists and mappings; the data tree needs about eight.
MAX_DEPTH: Final = 40

#: Largest file read, in bytes.
MAX_BYTES: Final = 20_000_000

#: Longest whole number: about the largest that a double can hold, so that it converts without overflow everywhere.
MAX_DIGITS: Final = 300
MAX_BITS: Final = 997

# libyaml's event parser, about ten times faster; the pure Python one stands in where PyYAML was built without it.
_EventParser: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader

_WORDS: Final[dict[str, Any]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    ".nan": float("nan"),
    ".NaN": float("nan"),
    ".NAN": float("nan"),
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER_START: Final = frozenset("0123456789+-.")


@dataclass(slots=True)
class _Mark:
    """Line of a node (1-based) and the marks below it, by key or list position."""

    line: int
    below: dict[Any, _Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A file read by `load`: its data (dict, list, str, int, float, bool, None), its name, and where each part stands."""

    data: Any
    path: str
    _mark: _Mark

    def line(self, *keys: str | int) -> int | None:
        """Return the 1-based line of the entry reached through ``keys``, or of the deepest part of it that exists."""
        mark, line = self._mark, self._mark.line
        for key in keys:
            found = mark.below.get(key)
            if found is None:
                break
            mark, line = found, found.line
        return line

    def where(self, *keys: str | int) -> str:
        """Return ``file.yaml:12 (a.b)`` for the entry reached through ``keys``."""
        path = ".".join(str(key) for key in keys)
        return f"{self.path}:{self.line(*keys)}" + (f" ({path})" if path else "")

    def mapping(self, *keys: str | int) -> dict[str, Any]:
        """Return the mapping at ``keys`` (empty when that key is absent); raises InputError or DataError when it is not one."""
        value = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None and keys:
            return {}
        if not isinstance(value, dict):
            raise self.error(f"expected a mapping, found {described(value)}", *keys, hint="write 'key: value' lines")
        return value

    def error(self, what: str, *keys: str | int, hint: str = "") -> CountermoveError:
        """Return the error to raise about the entry at ``keys``: DataError for shipped files, else InputError."""
        return _kind(self.path)(what, where=self.where(*keys), hint=hint)


def load(path: Path) -> Document:
    """Read one YAML file.

    Raises InputError (DataError for a file of the shipped data tree) naming file and line when it cannot be read,
    is not UTF-8, is not YAML, or uses what this loader refuses.
    """
    name = shown_path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _kind(name)(f"cannot read the file: {error.strerror or error}", where=name, hint="check the path") from None
    if len(raw) > MAX_BYTES:
        raise _kind(name)(f"the file has {len(raw)} bytes", where=name, hint=f"at most {MAX_BYTES} are read")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _kind(name)("the file is not UTF-8 text", where=f"{name}:{line}", hint="save it as UTF-8") from None
    return loads(text, name)


def loads(text: str, name: str = "text") -> Document:
    """Read YAML from a text; ``name`` stands for the file in errors. Same refusals as `load`."""
    try:
        return _Builder(_EventParser(text), name).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # An unclosed bracket is noticed after the last line; point at the last line instead.
        last = text.rstrip().count("\n") + 1
        where = name if mark is None else f"{name}:{min(mark.line + 1, last)}"
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise _kind(name)(f"not valid YAML: {problem}", where=where, hint="check indentation, quotes and brackets") from None
    except (yaml.YAMLError, UnicodeError) as error:
        # A character that YAML forbids: the parser gives a position but no line.
        problem = " ".join(str(error).split())
        raise _kind(name)(f"not valid YAML: {problem}", where=name, hint="remove control characters") from None


def described(value: Any) -> str:
    """Return a short description of a loaded value for an error: ``text 'abc'``, ``a list of 3``, ``nothing``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"a mapping with {', '.join(shortened(key) for key in list(value)[:4]) or 'no keys'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return f"text '{shortened(value)}'"
    return shortened(value)


def _kind(name: str) -> type[CountermoveError]:
    return DataError if name.startswith(f"{DATA.name}/") else InputError


class _Builder:
    """Builds data and line marks from parser events, in one pass."""

    def __init__(self, parser: Any, name: str) -> None:
        self._parser = parser
        self._name = name

    def document(self) -> Document:
        next_event = self._parser.get_event
        next_event()  # stream start
        event = next_event()
        if isinstance(event, yaml.StreamEndEvent):
            return Document(None, self._name, _Mark(1))
        if event.tags or event.version:
            raise self._refused(event, "a YAML directive", "remove the lines that begin with %")
        data, mark = self._node(next_event(), 0)
        next_event()  # document end
        event = next_event()
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._refused(event, "a second document", "keep one document per file")
        return Document(data, self._name, mark)

    def _node(self, event: Any, depth: int) -> tuple[Any, _Mark]:
        if isinstance(event, yaml.AliasEvent):
            raise self._refused(event, f"the alias *{event.anchor}", "write the value out")
        if event.anchor is not None:
            raise self._refused(event, f"the anchor &{event.anchor}", "write the value out where it is needed")
        if event.tag is not None:
            raise self._refused(event, f"the tag {event.tag}", "write plain values; quote a text that begins with !")
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            return (self._scalar(event) if event.implicit[0] else event.value), _Mark(line)
        if depth >= MAX_DEPTH:
            raise self._refused(event, f"nesting deeper than {MAX_DEPTH}", "flatten the file")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(line, depth)
        return self._mapping(line, depth)

    def _sequence(self, line: int, depth: int) -> tuple[list[Any], _Mark]:
        items: list[Any] = []
        mark = _Mark(line)
        for event in self._until(yaml.SequenceEndEvent):
            item, below = self._node(event, depth + 1)
            mark.below[len(items)] = below
            items.append(item)
        return items, mark

    def _mapping(self, line: int, depth: int) -> tuple[dict[str, Any], _Mark]:
        entries: dict[str, Any] = {}
        mark = _Mark(line)
        for event in self._until(yaml.MappingEndEvent):
            key = self._key(event)
            if key in entries:
                first = mark.below[key].line
                raise self._refused(event, f"the key '{key}' a second time (first on line {first})", "keep one of them")
            entries[key], below = self._node(self._parser.get_event(), depth + 1)
            # The line of the key, not of the value: a value may begin further down.
            mark.below[key] = _Mark(event.start_mark.line + 1, below.below)
        return entries, mark

    def _until(self, end: type) -> Iterator[Any]:
        next_event = self._parser.get_event
        event = next_event()
        while not isinstance(event, end):
            yield event
            event = next_event()

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, "a key that is not a plain text", "use short names as keys")
        if event.anchor is not None or event.tag is not None:
            raise self._refused(event, "an anchor or a tag on a key", "remove it")
        if event.value == "<<" and event.implicit[0]:
            raise self._refused(event, "the merge key <<", "write the entries out")
        return str(event.value)

    def _scalar(self, event: Any) -> Any:
        """Return a plain scalar's value by the YAML 1.2 core schema."""
        text: str = event.value
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _NUMBER_START:
            return text
        if _INT.fullmatch(text):
            return self._whole(event, 10)
        if _FLOAT.fullmatch(text):
            return float(text)
        if _BASED.fullmatch(text):
            return self._whole(event, 0)
        infinity = _INFINITY.fullmatch(text)
        if infinity:
            return float(f"{infinity[1]}inf")
        return text

    def _whole(self, event: Any, base: int) -> int:
        """Return a whole number; one that no floating-point number could hold is refused whatever its notation."""
        text: str = event.value
        number = int(text, base) if base == 0 or len(text) <= MAX_DIGITS else None
        if number is None or number.bit_length() > MAX_BITS:
            raise self._refused(event, f"a whole number of {len(text)} digits", "quote it if it is a text")
        return number

    def _refused(self, event: Any, what: str, hint: str) -> CountermoveError:
        return _kind(self._name)(f"found {what}", where=f"{self._name}:{event.start_mark.line + 1}", hint=hint)

"""Checksums of everything that is stored: a broken file is named, and never read as other numbers.

One digest, SHA-256, in three places:

- a folder that others may read holds `checksums.txt`, in the form of `sha256sum`, so that `sha256sum -c checksums.txt` checks it
  too. It also says which files we wrote: no other file there is replaced;
- a file that only we read ends with a seal, a line with the digest of what stands before it;
- a page that we write under a name that a person chose ends with the same as a comment, which says that it is ours to replace.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from countermove.errors import InputError

LIST = "checksums.txt"
DAMAGED = "run it again, into another folder"
EARLIER = f"it was written by an earlier version, or its {LIST} was removed: {DAMAGED}"

_LINE = re.compile(r"([0-9a-f]{64})  ([^\\\n\r]+)")
_SEAL = re.compile(rb"\nsha256 ([0-9a-f]{64})\n\Z")
_SEAL_LENGTH = len(b"\nsha256 \n") + 64
_COMMENT = re.compile(rb"<!-- written by countermove, sha256 ([0-9a-f]{64}) -->\n\Z")
_COMMENT_LENGTH = len(b"<!-- written by countermove, sha256  -->\n") + 64


def digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def seal(content: bytes) -> bytes:
    """Return content with its seal."""
    return content + f"\nsha256 {digest(content)}\n".encode()


def unseal(content: bytes) -> bytes | None:
    """Return what was sealed; None when the seal is missing or is that of other content."""
    found, body = _SEAL.search(content), content[:-_SEAL_LENGTH]
    return body if found and found[1].decode() == digest(body) else None


def read_sealed(path: Path, *, hint: str) -> bytes:
    """Return what was sealed in a file; InputError with `hint` when it cannot be read, is broken, or was never sealed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=str(path), hint=hint) from None
    body = unseal(content)
    if body is None:
        what = "it is damaged, or from an earlier version: its checksum is not that of its content"
        raise InputError(what, where=str(path), hint=hint)
    return body


def signed(page: bytes, *, beside: bytes = b"") -> bytes:
    """Return a page (HTML, SVG, Markdown) with its digest as a comment; `beside` is the content of a file that goes with it."""
    page += b"" if page.endswith(b"\n") else b"\n"
    return page + f"<!-- written by countermove, sha256 {digest(beside + page)} -->\n".encode()


def is_signed(page: bytes, *, beside: bytes = b"") -> bool:
    """Whether a page, with the file that goes with it, still is as we wrote it."""
    found = _COMMENT.search(page)
    return found is not None and found[1].decode() == digest(beside + page[:-_COMMENT_LENGTH])


def line(name: str, content: bytes) -> bytes:
    """Return the line of one file, by its path within the folder."""
    return f"{digest(content)}  {name}\n".encode()


def list_of(digests: Mapping[str, str]) -> bytes:
    """Return a whole list, in the order of names."""
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def read_list(folder: Path) -> dict[str, str]:
    """Return path -> digest of the files listed in a folder, the last line of each; nothing where there is no list.

    A line that is not whole, or names anything outside the folder, is passed over: its file then counts as not listed.
    """
    try:
        text = (folder / LIST).read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}
    found = [_LINE.fullmatch(one) for one in text.split("\n")[:-1]]  # what follows the last line end was cut off
    return {match[2]: match[1] for match in found if match and _inside(match[2])}


def write_list(folder: Path) -> None:
    """List every file of a folder that we have just filled."""
    files = [path for path in folder.rglob("*") if path.is_file() and path != folder / LIST]
    digests = {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in files}
    (folder / LIST).write_bytes(list_of(digests))


def verified(folder: Path, name: str, listed: Mapping[str, str] | None = None, *, hint: str = DAMAGED) -> bytes:
    """Return the content of a listed file; InputError when it is missing, not listed, or not as it was written."""
    known = read_list(folder) if listed is None else listed
    if not known and not (folder / LIST).is_file():
        raise InputError(f"there is no {LIST}", where=str(folder), hint=EARLIER)
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise InputError(f"it is damaged: {error.strerror or error}", where=str(folder / name), hint=hint) from None
    if known.get(name) != digest(content):
        what = "it is damaged: its checksum is not that of its content" if name in known else f"{LIST} does not list it"
        raise InputError(what, where=str(folder / name), hint=hint)
    return content


def unchanged(folder: Path, listed: Mapping[str, str]) -> set[str]:
    """Return the listed files that are there and still as we wrote them."""
    return {name for name, known in listed.items() if _is_plain(folder / name) and digest((folder / name).read_bytes()) == known}


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts

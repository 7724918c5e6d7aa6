"""Many files in one go: each reading is stored as soon as it is made, so that an interrupted run goes on where it stopped.

A stored reading is used again only for the same bytes, the same day given and the same version of the rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from countermove import __version__
from countermove.errors import CountermoveError, EnvironmentProblem, InputError
from countermove.reading.claim import ReadClaim
from countermove.reading.document import claim_from, document
from countermove.reading.documents import Article, read_article
from countermove.reading.reader import Reading, read_articles
from countermove.reading.repetition import marked
from countermove.storage.checksums import read_sealed, seal
from countermove.storage.whole import write_whole

Progress = Callable[[int, int], None]
STORED = "countermove-reading"


def read_files(
    paths: Sequence[Path], *, said: str | None = None, store: Path | None = None, progress: Progress | None = None
) -> Reading:
    """Read files in order; with `store`, keep each reading in that folder and take up those that are there already.

    A file that cannot be read stops a reading of one or two files; among more it is noted and the others are read.
    """
    articles: list[Article] = []
    claims: list[ReadClaim] = []
    notes: list[str] = []
    unread: list[str] = []
    for done, path in enumerate(paths):
        if progress is not None:
            progress(done, len(paths))
        try:
            one = _one(path, said, store)
        except InputError as error:
            if len(paths) < 3:
                raise
            notes.append(f"left out: {' '.join(str(error).split())}")
            continue
        articles.extend(one.articles)
        claims.extend(replace(claim, repeats=None) for claim in one.claims)
        notes.extend(one.notes)
        unread.extend(one.unread)
    if progress is not None:
        progress(len(paths), len(paths))
    if paths and not articles:
        raise InputError("none of the files could be read", where="read", hint=notes[0] if notes else "")
    return Reading(tuple(articles), tuple(marked(claims)), tuple(notes), tuple(unread))


def read(*files: Path | str, said: str | None = None) -> dict[str, Any]:
    """Return the document of `countermove read --json` for files; see `read_files` for errors."""
    return document(read_files([Path(name) for name in files], said=said))


def _one(path: Path, said: str | None, store: Path | None) -> Reading:
    article = read_article(path)
    if store is None:
        return read_articles([article], said=said)
    key = hashlib.sha256("\x1f".join((article.name, article.text, said or "", __version__, _rules())).encode()).hexdigest()[:24]
    kept = store / f"{key}.{STORED}"
    if kept.is_file():
        try:
            return _stored(json.loads(read_sealed(kept, hint="read the article again")), article, str(kept))
        except CountermoveError:
            pass  # damaged: read again, and written anew
    made = read_articles([article], said=said)
    try:
        store.mkdir(parents=True, exist_ok=True)
        content = {"claims": [claim.as_json() for claim in made.claims], "notes": list(made.notes), "unread": list(made.unread)}
        write_whole(kept, seal(json.dumps(content, ensure_ascii=False).encode()))
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot keep readings ({error.strerror})", where=str(store), hint="give another folder: --store DIR"
        ) from None
    return made


def _stored(data: dict[str, list[object]], article: Article, where: str) -> Reading:
    claims = tuple(claim_from(one, where=where) for one in data["claims"] if isinstance(one, dict))
    return Reading((article,), claims, tuple(map(str, data["notes"])), tuple(map(str, data["unread"])))


def _rules() -> str:
    """Digest of the rules: their code and word lists."""
    room = Path(__file__).parent
    files = sorted((*room.glob("*.py"), *(room / "lexicon").glob("*.yaml")))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()

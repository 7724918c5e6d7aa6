"""How fast articles are read: 2,000 words, and 500 articles with and without a store. Prints seconds and counts.

.venv/bin/python benchmarks/reading.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from countermove.reading.batch import read_files
from countermove.reading.documents import article_from_text
from countermove.reading.reader import read_articles

CORPUS = Path(__file__).parents[1] / "tests" / "reading" / "corpus"


def main() -> None:
    texts = [path.read_text().split("-->", 1)[1] for path in sorted(CORPUS.glob("*.md")) if path.stem != "README"]
    words = " ".join(" ".join(texts).split(" ")[:2000])
    begun = time.perf_counter()
    read_articles([article_from_text(texts[0])])
    print(f"first article, with names and ledger loaded: {time.perf_counter() - begun:.2f} s")
    begun = time.perf_counter()
    reading = read_articles([article_from_text(words)])
    print(f"2,000 words: {time.perf_counter() - begun:.2f} s, {len(reading.claims)} claims")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = []
        for number in range(500):
            paths.append(folder / f"{number}.txt")
            paths[-1].write_text(f"{texts[number % len(texts)]}\n\nCopy {number}.")
        for label in ("500 articles, each stored", "the same again, from the store"):
            begun = time.perf_counter()
            reading = read_files(paths, store=folder / "store")
            print(f"{label}: {time.perf_counter() - begun:.1f} s, {len(reading.claims):,} claims, {len(reading.counted)} counted")


if __name__ == "__main__":
    main()

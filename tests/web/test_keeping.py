"""What is kept in memory is bounded by its bytes, and built once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from countermove.web.keeping import Keeping

KB = 1000


@dataclass
class Held:
    arrays: Any
    more: dict[str, Any] = field(default_factory=dict)

    def held(self) -> Any:
        return self.arrays, self.more


def weighing(number: int) -> Held:
    return Held(np.zeros(number, np.uint8))


def test_the_oldest_go_first_and_the_newest_never() -> None:
    kept = Keeping(10 * KB)
    for number in range(1000):
        size = (2 * KB, 5 * KB, 30 * KB)[number % 3]
        assert kept.get(number, lambda size=size: weighing(size)).arrays.size == size  # type: ignore[misc]
        assert number in kept
        assert kept.nbytes() <= max(10 * KB, size)


def test_what_is_asked_for_again_stays() -> None:
    kept = Keeping(10 * KB)
    first = kept.get("first", lambda: weighing(4 * KB))
    for number in range(5):
        kept.get(number, lambda: weighing(4 * KB))
        assert kept.get("first", lambda: weighing(1)) is first


def test_shared_arrays_count_once_and_views_count_as_what_they_look_at() -> None:
    kept, array = Keeping(10 * KB), np.zeros(4 * KB, np.uint8)
    kept.get("one", lambda: Held({"whole": array, "again": [array, (array,)]}))
    kept.get("other", lambda: Held(Held(array[:1])))
    assert kept.nbytes() == 4 * KB


def test_what_grows_after_it_was_kept_is_weighed_as_it_is() -> None:
    kept = Keeping(10 * KB)
    first = kept.get("first", lambda: weighing(KB))
    first.more["series"] = np.zeros(9 * KB, np.uint8)
    kept.get("second", lambda: weighing(KB))
    assert "first" not in kept


def test_many_threads_that_ask_for_the_same_get_one() -> None:
    kept, made, found = Keeping(10 * KB), list[int](), list[Held]()

    def make() -> Held:
        made.append(1)
        return weighing(1)

    threads = [threading.Thread(target=lambda: found.append(kept.get("same", make))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len({id(one) for one in found}) == 1


def test_an_error_keeps_nothing_and_the_next_may_try_again() -> None:
    kept = Keeping(10 * KB)

    def fail() -> Held:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("key", fail)
    assert len(kept) == 0
    assert kept.get("key", lambda: weighing(KB)).arrays.size == KB

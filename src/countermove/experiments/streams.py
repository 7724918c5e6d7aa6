"""Uniform random numbers that nothing else can reshuffle: each one depends only on the seed, its name and its number.

The stream of a name is Philox (Salmon et al. 2011), keyed by the SHA-256 of the seed and the *whole* name and counted by
block of 1,024 draws. So a new parameter, a longer run or another order of asking leaves every other draw as it was, and
two scenarios share their random numbers by name and draw. Hashing the whole name matters: keys cut from a common prefix
would be perfectly correlated.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError

BLOCK = 1024
"""Draws per block: the unit in which draws are made, simulated and stored."""

STREAMS = (
    "gates.us.variant",
    "gates.cn.variant",
    "gates.us.transition",
    "gates.cn.transition",
    "gates.us.destination",
    "gates.cn.destination",
)
"""Uniform streams that no parameter owns: which variant of a gate holds, when it changes by itself, and to which variant.

They reach the market as uniforms under these names, so that scenarios with other weights or hazards still share them.
"""

Floats = NDArray[np.float64]


def uniforms(seed: int, name: str, draws: int, *, first: int = 0) -> Floats:
    """Return uniforms of the open interval (0, 1) for draws `first` to `first + draws` of one name, shape `(draw,)`.

    The midpoints of 2^52 equal cells, so that neither 0 nor 1 can occur and any quantile function is finite.
    Raises InputError for a negative seed or `first`, and for fewer than one draw.
    """
    _check(seed, draws, first)
    key = _key(seed, name)
    blocks = range(first // BLOCK, (first + draws - 1) // BLOCK + 1)
    joined = np.concatenate([_block(key, number) for number in blocks])
    offset = first - blocks.start * BLOCK
    return joined[offset : offset + draws]


def _check(seed: int, draws: int, first: int) -> None:
    if seed < 0:
        raise InputError(f"the seed is {seed}", where="seed", hint="give a whole number from 0")
    if draws < 1:
        raise InputError(f"{draws} draws were asked for", where="draws", hint="give a whole number from 1")
    if first < 0:
        raise InputError(f"the first draw is {first}", where="first", hint="give a whole number from 0")


def _key(seed: int, name: str) -> int:
    """Return the 128-bit Philox key of a stream; the separator keeps seed 1, name '2x' apart from seed 12, name 'x'."""
    digest = hashlib.sha256(f"{seed}\x00{name}".encode()).digest()
    return int.from_bytes(digest[:16], "little")


def _block(key: int, number: int) -> Floats:
    # The block number sits in the highest counter word, so blocks cannot overlap however many numbers one of them uses.
    raw = np.random.Philox(key=key, counter=number << 192).random_raw(BLOCK)
    # 52 bits plus a half fit a double exactly; 53 bits plus a half would round up to 1.
    return np.asarray(((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52)

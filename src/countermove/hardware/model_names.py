"""Other spellings of a model's name: organisations, dots and endings left out, a unique match taken and said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from countermove.errors import InputError, did_you_mean

#: Endings that name a tuning or a type of weights of the same architecture.
_ENDINGS: Final = (
    *("-instruct", "-chat", "-hf"),
    *("-fp8", "-nvfp4", "-fp4", "-bf16", "-int8", "-int4", "-awq", "-gptq", "-w8a8", "-w4a8"),
)


class Named(NamedTuple):
    """The id of a model, and the words that say how an unknown spelling was read (None where it is one of its names)."""

    id: str
    said: str | None


def find_name(name: str, names: Mapping[str, str], ids: Mapping[str, object]) -> Named:
    """Return the model a name stands for; ``names`` maps known names (casefolded) to ids.

    A spelling that is not known is compared without organisation, dots and endings: one match is taken. InputError where
    there is none, or several.
    """
    known = names.get(name.casefold())
    if known is not None:
        return Named(known, None)
    plain = plain_name(name)
    found = sorted({model for other, model in names.items() if plain_name(other) == plain})
    if len(found) == 1:
        return Named(found[0], f"'{name}' read as {found[0]}")
    if found:
        raise InputError(f"'{name}' may be {' or '.join(found)}", where="model", hint="name one of them")
    raise InputError(f"no model is called '{name}'", where="model", hint=did_you_mean(name, [*ids, *names]))


def plain_name(name: str) -> str:
    """Return a name without organisation, case, dots and endings: ``zhipuai/GLM-5.1-FP8`` becomes ``glm-5-1``."""
    plain = name.casefold().rstrip("/").rsplit("/", 1)[-1].replace(".", "-").replace("_", "-").replace(" ", "-")
    while True:
        ending = next((ending for ending in _ENDINGS if plain.endswith(ending)), None)
        if ending is None:
            return plain
        plain = plain[: -len(ending)]

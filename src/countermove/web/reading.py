"""Reading requests: JSON without NaN, checked against the contract, with errors that name the place and the nearest key."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from countermove.errors import InputError, did_you_mean

Model = TypeVar("Model", bound=BaseModel)


def parsed(body: bytes, model: type[Model]) -> Model:
    """Return a checked request; InputError for anything that is not JSON or not of the contract."""
    try:
        data = json.loads(body, parse_constant=_not_finite)
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        raise InputError(f"the body is not JSON ({str(error)[:80]})", where="body", hint="send one JSON object") from None
    return checked(data, model)


def checked(data: Any, model: type[Model], *, where: str = "body") -> Model:
    """Return plain data as a model; InputError with the path inside it and the nearest key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        hint = ""
        if first["type"] == "extra_forbidden":
            hint = did_you_mean(str(first["loc"][-1]), _keys(model, first["loc"][:-1]))
        found = "" if isinstance(first["input"], dict | list) else f" (found {str(first['input'])[:60]!r})"
        raise InputError(f"{first['msg']}{found}", where=f"{where} ({path})" if path else where, hint=hint) from None


def _keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """Return the keys that the object at a path may have."""
    for part in path:
        field = model.model_fields.get(str(part))
        kind = field.annotation if field is not None else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            break
        model = kind
    return list(model.model_fields)


def _not_finite(word: str) -> NoReturn:
    raise InputError(f"{word} is not a number", where="body", hint="send finite numbers")

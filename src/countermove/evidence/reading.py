"""From a loaded document to checked, frozen objects, with errors of one line: where, what was found, what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from countermove.errors import CountermoveError, did_you_mean
from countermove.evidence.strict_yaml import Document, described

Model = TypeVar("Model", bound=BaseModel)

#: Version of the file schema; a renamed or moved key raises it, together with a migration.
SCHEMA_VERSION = 1


def entries(document: Document, key: str, model: type[Model], *, also: tuple[str, ...] = ()) -> dict[str, Model]:
    """Return the entries of the mapping ``key``, each checked against ``model`` and given its id.

    The file must start with ``schema: 1`` and hold nothing but ``key`` and the keys in ``also``. Raises InputError
    (DataError for shipped files) naming line, path, what was found, what was expected and the nearest valid name.
    """
    check_top(document, (key, *also))
    return {name: checked(document, model, (key, name), id=name) for name in document.mapping(key)}


def check_top(document: Document, keys: tuple[str, ...]) -> None:
    """Raise unless the file is a mapping with ``schema: 1`` and no keys but ``keys``."""
    top = document.mapping()
    version = top.get("schema")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise document.error(
            f"expected 'schema: {SCHEMA_VERSION}', found {described(version)}",
            "schema",
            hint=f"begin the file with 'schema: {SCHEMA_VERSION}'",
        )
    for name in top:
        if name != "schema" and name not in keys:
            raise document.error(f"unknown key '{name}'", name, hint=did_you_mean(name, keys))


def checked(document: Document, model: type[Model], keys: tuple[str | int, ...], **given: Any) -> Model:
    """Return the entry at ``keys`` as a ``model``; ``given`` adds fields that the file states elsewhere, such as the id."""
    value: Any = document.data
    for key in keys:
        value = value[key]
    if not isinstance(value, Mapping):
        raise document.error(
            f"expected a mapping, found {described(value)}", *keys, hint=f"keys: {', '.join(_field_names(model, given))}"
        )
    for name in given:
        if name in value:
            raise document.error(f"the key '{name}' is not written here", *keys, name, hint="remove it: it follows from the file")
    try:
        return model.model_validate({**value, **given})
    except ValidationError as error:
        raise _translated(document, model, keys, error, given) from None


def value_checked(document: Document, kind: Any, keys: tuple[str | int, ...]) -> Any:
    """Return the value at ``keys`` checked against any type that pydantic understands, such as ``dict[str, float]``."""
    value: Any = document.data
    for key in keys:
        value = value[key]
    try:
        return _adapter(kind).validate_python(value)
    except ValidationError as error:
        raise _translated(document, None, keys, error, {}) from None


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _translated(
    document: Document,
    model: type[BaseModel] | None,
    keys: tuple[str | int, ...],
    error: ValidationError,
    given: Mapping[str, Any],
) -> CountermoveError:
    """Turn pydantic's findings into one error with line and path: an unknown key, if any, explains the rest."""
    findings = error.errors(include_url=False)
    first = next((finding for finding in findings if finding["type"] == "extra_forbidden"), findings[0])
    # Pydantic puts the names of union members into the location; only keys that the file has count as a path.
    path = _path_in_file(document, keys, first["loc"])
    kind, context = first["type"], first.get("ctx", {})
    name = str(first["loc"][-1]) if first["loc"] else ""
    if kind == "extra_forbidden":
        valid = _valid_names(model, first["loc"], given)
        return document.error(f"unknown key '{name}'", *path, hint=did_you_mean(name, valid))
    if kind == "missing":
        return document.error(f"the key '{name}' is missing", *path, hint="add it")
    found = described(first["input"])
    if kind in {"literal_error", "enum"}:
        words = [word.strip(" '") for word in str(context["expected"]).replace(" or ", ", ").split(",")]
        return document.error(f"found {found}", *path, hint=did_you_mean(str(first["input"]), words))
    if kind == "union_tag_invalid":
        words = [word.strip(" '") for word in str(context["expected_tags"]).split(",")]
        return document.error(f"unknown kind '{context['tag']}'", *path, hint=did_you_mean(str(context["tag"]), words))
    if kind == "union_tag_not_found":
        return document.error("the key 'kind' is missing", *path, hint="add it")
    message = str(first["msg"]).removeprefix("Value error, ")
    if kind == "value_error":
        return document.error(message, *path)
    return document.error(f"found {found}: {message[0].lower()}{message[1:]}", *path, hint="")


def _path_in_file(document: Document, keys: tuple[str | int, ...], location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    path = list(keys)
    value: Any = document.data
    for key in keys:
        value = value[key]
    for part in location:
        in_mapping = isinstance(value, Mapping) and part in value
        in_list = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if in_mapping or in_list:
            value = value[part]
            path.append(part)
    return tuple(path)


def _field_names(model: type[BaseModel], given: Mapping[str, Any]) -> list[str]:
    names = [field.alias or name for name, field in model.model_fields.items()]
    return [name for name in names if name not in given]


def _valid_names(model: type[BaseModel] | None, location: tuple[str | int, ...], given: Mapping[str, Any]) -> list[str]:
    """Return the keys valid at ``location``, found by walking the model's fields."""
    current: Any = model
    tag: str | None = None
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        fields = getattr(current, "model_fields", {})
        if part in fields or any(field.alias == part for field in fields.values()):
            field = fields.get(part) or next(field for field in fields.values() if field.alias == part)
            current, tag = _models_in(field.annotation), None
        else:
            tag = str(part)
        if isinstance(current, list):
            current = _chosen(current, tag)
    if isinstance(current, list):
        current = _chosen(current, tag)
    if not isinstance(current, type) or not issubclass(current, BaseModel):
        return []
    return _field_names(current, given if current is model else {})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the model classes inside an annotation such as ``tuple[Support, ...]`` or a tagged union."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]


def _chosen(models: list[type[BaseModel]], tag: str | None) -> Any:
    """Return the only model, or the one whose ``kind`` is the tag; else the models, to be narrowed by the next part."""
    if len(models) == 1:
        return models[0]
    for model in models:
        kind = model.model_fields.get("kind")
        if tag is not None and (model.__name__ == tag or (kind is not None and kind.default == tag)):
            return model
    return models

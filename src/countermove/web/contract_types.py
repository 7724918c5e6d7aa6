"""The contract as TypeScript, so that both sides are typed from one schema: `python -m countermove.web.contract_types FILE`."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from countermove.web import schema, schema_articles, schema_validation, schema_views

HEAD = "// Written by `python -m countermove.web.contract_types` from the pydantic contract; do not edit.\n"
PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}
BASES = (schema.Strict, schema.Answer)


def models() -> list[type[BaseModel]]:
    """Return the models of the contract, in the order of the file."""
    return [
        one
        for module in (schema, schema_views, schema_validation, schema_articles)
        for one in vars(module).values()
        if inspect.isclass(one) and issubclass(one, BaseModel) and one.__module__ == module.__name__ and one not in BASES
    ]


def typescript() -> str:
    """Return the models as TypeScript interfaces; keys with a default are optional in requests only."""
    requests = {one.__name__ for one in models() if issubclass(one, schema.Strict)}
    _, document = models_json_schema([(one, "validation") for one in models()], ref_template="{model}")
    return HEAD + "".join(_interface(name, body, name in requests) for name, body in document["$defs"].items())


def _interface(name: str, body: dict[str, Any], request: bool) -> str:
    required = set(body.get("required", ()))
    lines = [
        f"  {key}{'?' if request and key not in required else ''}: {_type(value)};" for key, value in body["properties"].items()
    ]
    return f"\nexport interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def _type(value: dict[str, Any]) -> str:
    if "$ref" in value:
        return str(value["$ref"])
    if "enum" in value:
        return " | ".join(f'"{word}"' for word in value["enum"])
    if "anyOf" in value:
        return " | ".join(dict.fromkeys(_type(one) for one in value["anyOf"]))
    if value.get("type") == "array":
        inner = _type(value["items"])
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if value.get("type") == "object":
        extra = value.get("additionalProperties") or next(iter(value.get("patternProperties", {}).values()), None)
        return f"Record<string, {_type(extra) if isinstance(extra, dict) else 'unknown'}>"
    return PLAIN.get(str(value.get("type")), "unknown")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(typescript(), encoding="utf-8")

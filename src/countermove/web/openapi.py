"""The OpenAPI document, written from the table of addresses and the schemas of the contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from countermove import __version__
from countermove.web.routes import Address
from countermove.web.schema import ErrorAnswer

REFERENCE = "#/components/schemas/{model}"


def document(addresses: Sequence[Address]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of these addresses."""
    models = [model for one in addresses for model in (one.takes, one.gives) if model is not None] + [ErrorAnswer]
    names, schemas = models_json_schema(
        [(model, "validation") for model in dict.fromkeys(models)], ref_template=REFERENCE, title="Countermove"
    )
    named: dict[Any, Any] = {key[0]: value for key, value in names.items()}
    paths: dict[str, dict[str, Any]] = {}
    for one in addresses:
        path = re.sub(r"{(\w+):path}", r"{\1}", one.path)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Countermove",
            "version": __version__,
            "description": "The calls of the command line as JSON. Outputs are conditional forecasts under stated assumptions.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(one: Address, names: dict[Any, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = names[one.gives] if one.gives is not None else {}
    operation: dict[str, Any] = {
        "summary": one.summary,
        "operationId": re.sub(r"\W+", "_", f"{one.method.lower()}{one.path}").strip("_"),
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in re.findall(r"{(\w+)(?::path)?}", one.path)
            ),
            *(
                {"name": name, "in": "query", "required": False, "description": text, "schema": {"type": "string"}}
                for name, text in one.query.items()
            ),
        ],
        "responses": {
            str(one.status): {"description": "done", "content": {one.media: {"schema": answer}}},
            "default": {"description": "why not", "content": {"application/json": {"schema": names[ErrorAnswer]}}},
        },
    }
    if one.takes is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": names[one.takes]}}}
    return operation

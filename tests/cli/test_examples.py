"""The examples in the help texts work as they stand."""

from __future__ import annotations

import shlex

import pytest

from countermove import api
from countermove.cli import app, catalog, compare, evidence, run, schema
from countermove.cli.documents import DOCUMENTS

EXAMPLES = sorted(
    {
        line.strip().removeprefix("countermove ")
        for module in (app, run, compare, evidence, catalog, schema)
        for line in module.EPILOG.splitlines()
        if line.strip().startswith("countermove ")
    }
)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_names_things_that_exist(example: str) -> None:
    command, *words = shlex.split(example.partition(" > ")[0])
    options = {name: words[place + 1] for place, name in enumerate(words) if name.startswith("--") and name != "--json"}
    names = [
        word for place, word in enumerate(words) if not word.startswith("--") and (place == 0 or words[place - 1] not in options)
    ]
    if command in ("run", "compare"):
        sets = [value for name, value in options.items() if name == "--set"]
        assert all(api.load(name, sets=sets) for name in names if not name.endswith(".yaml"))
    elif command == "evidence":
        assert all(api.look_up(name, on=options.get("--on"), known=options.get("--known")).title for name in names)
    elif command == "catalog":
        assert api.catalogue_entry(*names) if len(names) == 2 else api.catalogue_rows("chips")
    else:
        assert (command, names[0]) == ("schema", "run")
        assert names[0] in DOCUMENTS

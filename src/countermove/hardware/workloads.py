"""The data behind the performance model: LLM architectures, software stacks, and the cases of the three workloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from countermove.errors import InputError, did_you_mean
from countermove.evidence.data_tree import DATA
from countermove.evidence.reading import check_top
from countermove.evidence.strict_yaml import Document, load
from countermove.hardware.fields import STACK_FIELDS
from countermove.hardware.llm import Llm
from countermove.hardware.model_names import Named, find_name
from countermove.hardware.values import Value, read_values
from countermove.quantities.axes import WORKLOADS


@dataclass(frozen=True)
class Stack:
    """A software stack: the shares of peak that a tuned deployment reaches, each with its range and sources."""

    id: str
    name: str
    values: Mapping[str, Value]
    place: str


@dataclass(frozen=True)
class Case:
    """One model under one set of conditions; the fields that a phase does not use are None.

    ``context`` in tokens; ``tokens_per_chip`` the prefill batch; ``token_limit_ms`` the longest time per output token;
    ``microbatches`` those of one training step; ``eight_bit`` whether training uses 8-bit floating point where there is;
    ``largest_group`` the most chips that serve one replica (no bound: as many as pay).
    """

    model: Llm
    weight: float
    context: float
    tokens_per_chip: float | None = None
    token_limit_ms: float | None = None
    microbatches: float | None = None
    eight_bit: bool = True
    largest_group: float = float("inf")


@dataclass(frozen=True)
class Workload:
    """A named workload: its cases, whose delivered rates are joined by a weighted geometric mean."""

    id: str
    label: str
    note: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class ModelData:
    """Architectures, stacks and workloads by id."""

    llms: Mapping[str, Llm]
    stacks: Mapping[str, Stack]
    workloads: Mapping[str, Workload]
    llm_names: Mapping[str, str]

    def llm(self, name: str) -> Llm:
        """Return an architecture by id, alias or repository name; InputError with the nearest valid name."""
        return self.llms[self.named(name).id]

    def named(self, name: str) -> Named:
        """Return the id of an architecture and how another spelling of its name was read (`model_names`)."""
        return find_name(name, self.llm_names, self.llms)

    def workload(self, name: str) -> Workload:
        """Return a workload by id; InputError with the nearest valid name."""
        if name not in self.workloads:
            raise InputError(f"no workload is called '{name}'", where="workload", hint=did_you_mean(name, self.workloads))
        return self.workloads[name]

    def stack(self, name: str, where: str) -> Stack:
        """Return a software stack by id; InputError with the nearest valid name."""
        if name not in self.stacks:
            raise InputError(f"no software stack is called '{name}'", where=where, hint=did_you_mean(name, self.stacks))
        return self.stacks[name]


@cache
def load_models() -> ModelData:
    """Return the shipped architectures, stacks and workloads, read once per process."""
    return read_models(DATA)


def read_models(root: Path) -> ModelData:
    """Read ``models/`` of a data tree; DataError (InputError for a foreign tree) with file and line."""
    llms: dict[str, Llm] = {}
    for path in sorted((root / "models").glob("llms*.yaml")):
        document = load(path)
        for name, llm in _read_llms(document).items():
            if name in llms:
                raise document.error(f"'{name}' is already defined", "models", name, hint="each model is stated once")
            llms[name] = llm
    names = {other.casefold(): llm.id for llm in llms.values() for other in (llm.id, llm.name, *llm.aliases)}
    return ModelData(
        llms=MappingProxyType(llms),
        stacks=MappingProxyType(_read_stacks(load(root / "models" / "stacks.yaml"))),
        workloads=MappingProxyType(_read_workloads(load(root / "models" / "workloads.yaml"), llms)),
        llm_names=MappingProxyType(names),
    )


def _read_llms(document: Document) -> dict[str, Llm]:
    check_top(document, ("models",))
    known = [field.name for field in fields(Llm) if field.name != "id"]
    found: dict[str, Llm] = {}
    for name in document.mapping("models"):
        entry = document.mapping("models", name)
        for key in entry:
            if key not in known:
                raise document.error(f"unknown key '{key}'", "models", name, key, hint=did_you_mean(key, known))
        sizes: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
        try:
            found[name] = Llm(id=name, **sizes)
        except TypeError as error:
            raise document.error(
                f"a size is missing: {error}", "models", name, hint="state every size of the architecture"
            ) from None
    return found


def _read_stacks(document: Document) -> dict[str, Stack]:
    check_top(document, ("stacks",))
    found: dict[str, Stack] = {}
    for name in document.mapping("stacks"):
        keys = ("stacks", name)
        values = read_values(document, keys, STACK_FIELDS, ("name",))
        found[name] = Stack(name, str(document.mapping(*keys).get("name", name)), MappingProxyType(values), document.where(*keys))
    return found


def _read_workloads(document: Document, llms: Mapping[str, Llm]) -> dict[str, Workload]:
    check_top(document, ("workloads",))
    found: dict[str, Workload] = {}
    for name in document.mapping("workloads"):
        entry = document.mapping("workloads", name)
        if name not in WORKLOADS:
            raise document.error(f"unknown workload '{name}'", "workloads", name, hint=did_you_mean(name, WORKLOADS))
        cases = tuple(_read_case(document, name, number, case, llms) for number, case in enumerate(entry.get("cases", ())))
        found[name] = Workload(name, str(entry.get("label", name)), str(entry.get("note", "")), cases)
    return found


def _read_case(document: Document, workload: str, number: int, entry: dict[str, Any], llms: Mapping[str, Llm]) -> Case:
    keys = ("workloads", workload, "cases", number)
    known = [field.name for field in fields(Case)]
    for key in entry:
        if key not in known:
            raise document.error(f"unknown key '{key}'", *keys, key, hint=did_you_mean(key, known))
    model = str(entry.get("model"))
    if model not in llms:
        raise document.error(f"unknown model '{model}'", *keys, "model", hint=did_you_mean(model, llms))
    try:
        return Case(**{**entry, "model": llms[model]})
    except TypeError as error:
        raise document.error(f"a condition is missing: {error}", *keys, hint="state model, weight and context") from None

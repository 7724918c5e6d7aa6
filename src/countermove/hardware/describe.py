"""What people read about chips, systems and models: rows for a table, one entry in full, and the paths of the evidence.

Every value comes with its unit, grade, sources and the values that compete with it; computed values (TPP, performance
density, H100 equivalents) say from which fields they follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from countermove.errors import InputError, did_you_mean
from countermove.evidence.entry import Entry, register_resolver
from countermove.evidence.ledger import Ledger
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.chip import Chip, System
from countermove.hardware.llm import Llm
from countermove.hardware.products import all_in_power_kw, supply_inputs
from countermove.hardware.values import Stated, Value
from countermove.hardware.workloads import load_models

#: The three kinds of `countermove catalog`.
KINDS: Final = ("chips", "systems", "models")

Row = dict[str, Any]


def catalogue_rows(kind: str) -> list[Row]:
    """Return one row of headline numbers per entry of a kind; InputError for another kind than `KINDS`."""
    catalogue = load_catalogue()
    if kind == "chips":
        return [_chip_row(chip) for chip in catalogue.chips.values()]
    if kind == "systems":
        return [_system_row(system) for system in catalogue.systems.values()]
    if kind == "models":
        return [_model_row(llm) for llm in load_models().llms.values()]
    raise InputError(f"the catalogue has no '{kind}'", where="kind", hint=did_you_mean(kind, KINDS))


def describe(kind: str, name: str) -> Row:
    """Return everything about one entry: texts, and ``values`` with unit, grade, sources, note and competing values.

    Raises InputError for an unknown kind or name, with the nearest valid one.
    """
    if kind == "chips":
        return _described_chip(load_catalogue().chip(name))
    if kind == "systems":
        return _described_system(load_catalogue().system(name))
    if kind == "models":
        return _described_model(load_models().llm(name))
    raise InputError(f"the catalogue has no '{kind}'", where="kind", hint=did_you_mean(kind, KINDS))


def _chip_row(chip: Chip) -> Row:
    return {
        "id": chip.id,
        "name": chip.name,
        "vendor": chip.vendor,
        "launch": chip.launch,
        "bf16_tflops": chip.peaks.get("bf16"),
        "eight_bit_tops": chip.eight_bit_tops,
        "memory_gb": chip.memory_gb,
        "memory_bandwidth_tb_s": chip.memory_bandwidth_tb_s,
        "scale_up_gb_s": chip.scale_up_gb_s,
        "tdp_w": chip.tdp_w,
        "tpp": chip.tpp,
        "performance_density": chip.performance_density,
        "worst_grade": _worst_grade(chip.values.values()),
        "assumptions": sum(value.used.assumption for value in chip.values.values()),
    }


def _system_row(system: System) -> Row:
    chip = load_catalogue().chips[system.chip]
    return {
        "id": system.id,
        "name": system.name,
        "chip": system.chip,
        "count": system.count,
        "domain": system.domain,
        "power_kw": system.power_kw,
        **_system_totals(system, chip),
    }


def _system_totals(system: System, chip: Chip) -> Row:
    """Return what follows from chip value x count: BF16 petaflops, memory in TB, bandwidth in TB/s."""

    def total(value: float | None, unit: float) -> float | None:
        return None if value is None else system.count * value / unit

    return {
        "bf16_pflops": total(chip.peaks.get("bf16"), 1000),
        "eight_bit_pops": total(chip.eight_bit_tops, 1000),
        "memory_tb": total(chip.memory_gb, 1000),
        "memory_bandwidth_tb_s": total(chip.memory_bandwidth_tb_s, 1),
    }


def _model_row(llm: Llm) -> Row:
    return {
        "id": llm.id,
        "name": llm.name,
        "attention": llm.attention,
        "layers": llm.layers,
        "hidden": llm.hidden,
        "experts": llm.experts,
        "parameters_billion": llm.parameters / 1e9,
        "active_billion": llm.active_parameters / 1e9,
        "cache_bytes_per_token": llm.cache_bytes_per_token,
    }


def _described_chip(chip: Chip) -> Row:
    computed = {
        "tpp": (chip.tpp, "tpp", "highest dense TOPS x bits over the data types, Technical Note 2 to 3A090"),
        "performance_density": (chip.performance_density, "tpp/mm2", "TPP / area of all non-planar logic dies"),
        "io_bandwidth": (chip.io_bandwidth_gb_s, "gb/s", "twice the scale-up bandwidth of one direction"),
        "h100e": (chip.h100e, "h100e", "dense 8-bit TOPS / 1979"),
        "power_used": (_power_or_none(chip), "kw", "the published all-in figure, else fixed + slope x TDP"),
    }
    supply = supply_inputs().get(chip.id, {})
    return {
        "kind": "chip",
        "id": chip.id,
        "name": chip.name,
        "vendor": chip.vendor,
        "aliases": list(chip.aliases),
        "status": chip.status,
        "process": chip.process,
        "form": chip.form,
        "stack": chip.stack,
        "system": chip.system,
        "hypothetical": chip.hypothetical,
        "place": chip.place,
        "computed": [_computed(name, *fact) for name, fact in computed.items()],
        "values": [_value(name, value) for name, value in chip.values.items()],
        "package": [_value(name, value) for name, value in supply.items()],
    }


def _described_system(system: System) -> Row:
    chip = load_catalogue().chips[system.chip]
    totals = _system_totals(system, chip)
    units = {"bf16_pflops": "pflops", "eight_bit_pops": "pflops", "memory_tb": "tb", "memory_bandwidth_tb_s": "tb/s"}
    return {
        "kind": "system",
        "id": system.id,
        "name": system.name,
        "chip": system.chip,
        "aliases": list(system.aliases),
        "place": system.place,
        "computed": [_computed(name, value, units[name], "value of the chip x count") for name, value in totals.items()],
        "values": [_value(name, value) for name, value in system.values.items()],
    }


def _described_model(llm: Llm) -> Row:
    sizes = {name: value for name, value in vars(llm).items() if isinstance(value, int) and value}
    return {"kind": "model", **_model_row(llm), "sizes": sizes, "sources": list(llm.sources), "note": llm.note}


def _computed(name: str, value: float | None, unit: str, how: str) -> Row:
    return {"field": name, "value": value, "unit": unit, "computed": how}


def _power_or_none(chip: Chip) -> float | None:
    known = chip.number("power_all_in") is not None or chip.tdp_w is not None
    return all_in_power_kw(chip) if known else None


def _value(name: str, value: Value) -> Row:
    low, high = value.range
    return {
        "field": name,
        "label": value.field.label,
        "unit": value.field.unit,
        **_stated(value.used),
        "range": [low, high],
        "competing": [_stated(stated) for stated in value.competing],
    }


def _stated(stated: Stated) -> Row:
    return {
        "value": stated.value,
        "low": stated.low,
        "high": stated.high,
        "grade": stated.grade,
        "basis": "assumption" if stated.assumption else ("unknown" if stated.value is None else "sourced"),
        "rejected": stated.rejected,
        "sources": list(stated.sources),
        "note": stated.note,
    }


def _worst_grade(values: Iterable[Value]) -> str:
    """Return the weakest grade among the values that rest on sources (assumptions are counted apart); D where none does."""
    return max((value.used.grade for value in values if value.used.grade and not value.used.assumption), default="D")


def _facts(described: Row) -> Iterator[tuple[str, Any]]:
    for name in ("vendor", "chip", "status", "process", "system"):
        if described.get(name):
            yield name, described[name]
    for fact in described["computed"]:
        if fact["value"] is not None:
            yield fact["field"], f"{fact['value']:,.6g} {fact['unit']} ({fact['computed']})"
    for fact in [*described["values"], *described.get("package", [])]:
        yield fact["field"], _fact_text(fact)
        for other in fact["competing"]:
            mark = "rejected" if other["rejected"] else "competing"
            yield f"{fact['field']} ({mark})", _fact_text({**other, "unit": fact["unit"]})


def _fact_text(fact: Row) -> str:
    if fact["value"] is None:
        return f"unknown: {fact['note']}"
    number = fact["value"] if isinstance(fact["value"], str) else f"{fact['value']:,.6g}"
    band = f" ({fact['low']:,.6g} to {fact['high']:,.6g})" if _has_band(fact) else ""
    rests_on = "assumption" if fact["basis"] == "assumption" else f"grade {fact['grade']}: {', '.join(fact['sources'])}"
    note = f"; {fact['note']}" if fact["note"] else ""
    return f"{number}{band} {fact['unit']} [{rests_on}]{note}"


def _has_band(fact: Row) -> bool:
    return isinstance(fact["low"], float) and isinstance(fact["high"], float)


def _entry(kind: str, ledger: Ledger, name: str) -> Entry | None:
    try:
        described = describe(kind, name)
    except InputError:
        return None
    cited = [
        source
        for fact in [*described.get("values", []), *described.get("package", [])]
        for stated in (fact, *fact["competing"])
        for source in stated["sources"]
    ]
    names = dict.fromkeys([*cited, *described.get("sources", [])])
    facts = tuple(_facts(described)) if "values" in described else tuple(described["sizes"].items())
    return Entry(
        path=f"{kind}/{described['id']}",
        kind=str(described["kind"]),
        title=str(described["name"]),
        facts=facts,
        sources=tuple(ledger.sources[source] for source in names if source in ledger.sources),
        place=str(described.get("place", "")),
        note=str(described.get("note", "")),
    )


def _finder(kind: str) -> Callable[[Ledger, str], Entry | None]:
    return lambda ledger, name: _entry(kind, ledger, name)


def register_paths() -> None:
    """Let the evidence answer for ``chips/...``, ``systems/...`` and ``models/...``; calling it again changes nothing."""
    register_resolver("chips", _finder("chips"), lambda: load_catalogue().chips)
    register_resolver("systems", _finder("systems"), lambda: load_catalogue().systems)
    register_resolver("models", _finder("models"), lambda: load_models().llms)


register_paths()

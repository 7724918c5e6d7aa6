"""The sweep file: its schema, and reading one into a checked specification before any work.

schema: 1
scenarios: [h200-rule+open, h200-rule+ban]
design:
kind: latin-hypercube          # grid, latin-hypercube, sobol, saltelli, morris or file
points: 512
factors:
levers.washington.duty: {low: 0, high: 0.5}
parameters/demand.price_elasticity: prior
draws: 64
shared_draws: levers             # or all, none: which points see the same draws
outcomes: [china_compute_h100e, parity_year_chip_decode]
periods: ["2028", "2032"]
keep: final                      # or quantiles
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from countermove.errors import InputError, did_you_mean
from countermove.evidence.reading import SCHEMA_VERSION
from countermove.evidence.strict_yaml import Document, described, load
from countermove.experiments import pipeline
from countermove.experiments.draws import check_value
from countermove.experiments.run import SEED
from countermove.experiments.scenario import Scenario, load_scenario

KINDS = ("grid", "latin-hypercube", "sobol", "saltelli", "morris", "file")
SAMPLED = ("latin-hypercube", "sobol", "saltelli", "morris")
COMPARING = ("saltelli", "morris")
ENGINES = ("numpy", "jax")
MOST_POINTS = 1_000_000
MOST_RUNS = 10**12
LEVER, PARAMETER = "levers.", "parameters/"
HORIZON = "horizon"

DEFAULT_OUTCOMES = (
    "h200_china_units",
    "nvidia_china_ai_revenue_usd_bn",
    "domestic_ai_chip_revenue_usd_bn",
    "domestic_share_units",
    "china_compute_h100e",
    "us_china_compute_ratio_h100e",
    "gap_months_system_decode",
    "parity_year_chip_decode",
)
"""What is kept when the file names no outcomes: one number for each side of the argument."""


class Span(BaseModel):
    """A range that a design fills; `steps` places values evenly in a grid."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    low: float
    high: float
    steps: int | None = Field(default=None, ge=2, le=MOST_POINTS)


Factor = Span | tuple[float | str, ...] | Literal["prior"]
"""What a design does with one lever or parameter: fill a range, take listed values, or follow the parameter's prior."""


class Design(BaseModel):
    """How points are placed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["grid", "latin-hypercube", "sobol", "saltelli", "morris", "file"] = "grid"
    points: int | None = Field(default=None, ge=1)
    seed: int | None = Field(default=None, ge=0)
    file: str | None = None
    factors: dict[str, Factor] = Field(default_factory=dict)


class SweepFile(BaseModel):
    """The keys of a sweep file."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    schema_: Literal[1] = Field(alias="schema")
    scenarios: tuple[str, ...] = Field(min_length=1)
    design: Design = Design()
    draws: Annotated[int, Field(ge=1, strict=True)] = 1000
    shared_draws: Literal["levers", "all", "none"] = "levers"
    """Which points see the same draws: those that differ in levers alone, all of them, or none; scenarios always do."""
    seed: Annotated[int, Field(ge=0)] = SEED
    beliefs: Literal["fitted", "prior"] = "fitted"
    known: str | None = None
    engine: Literal["numpy", "jax"] = "numpy"
    precision: Literal["single", "double"] | None = None
    outcomes: tuple[str, ...] = DEFAULT_OUTCOMES
    periods: tuple[str, ...] = ("2032",)
    keep: Literal["final", "quantiles"] = "final"
    accuracy: Annotated[float, Field(ge=1e-5, le=0.1)] = 1e-3
    chunk: Annotated[int, Field(ge=64, le=1_048_576)] = 8192


def read_sweep(path: Path) -> tuple[SweepFile, dict[str, Scenario]]:
    """Return the checked specification and its scenarios by name.

    Raises InputError with file, line, what was found and the nearest valid name, before anything is simulated.
    """
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"the sweep file {kind}", where=str(path), hint="give the path of a YAML file that begins `schema: 1`")
    return check_sweep(load(path), folder=path.parent)


def check_sweep(document: Document, *, folder: Path) -> tuple[SweepFile, dict[str, Scenario]]:
    """Return the specification in a document; paths in it are relative to `folder`."""
    from countermove.evidence.reading import checked

    _check_top(document)
    spec = checked(document, SweepFile, ())
    scenarios = _scenarios(document, spec, folder)
    _check_outcomes(document, spec)
    pipeline.known_date(spec.known)
    if spec.engine == "numpy" and spec.precision == "single":
        raise document.error("the NumPy engine computes in double precision", "precision", hint="engine: jax, or leave it out")
    _check_design(document, spec)
    for name, factor in spec.design.factors.items():
        _check_factor(document, spec, name, factor)
        _check_against_scenarios(document, name, scenarios)
    return spec, scenarios


def _check_top(document: Document) -> None:
    """Check the format's version first: with another version every other message would mislead."""
    if not isinstance(document.data, dict):
        raise document.error(
            f"{described(document.data)} where a sweep is expected", hint="start the file with `schema: 1`, then `scenarios:`"
        )
    version = document.data.get("schema")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        hint = f"begin the file with `schema: {SCHEMA_VERSION}`"
        raise document.error(f"expected 'schema: {SCHEMA_VERSION}', found {described(version)}", "schema", hint=hint)


def _scenarios(document: Document, spec: SweepFile, folder: Path) -> dict[str, Scenario]:
    """Return the scenarios by name; a path ending in .yaml is a file beside the sweep file."""
    found: dict[str, Scenario] = {}
    for number, name in enumerate(spec.scenarios):
        where = document.where("scenarios", number)
        try:
            scenario = load_scenario(folder / name if name.endswith((".yaml", ".yml")) else name)
        except InputError as error:
            raise InputError(error.what, where=f"{where}: {error.where}", hint=error.hint) from None
        if scenario.id in found:
            raise InputError(f"{scenario.id} is named twice", where=where, hint="keep one")
        found[scenario.id] = scenario
    return found


def _check_outcomes(document: Document, spec: SweepFile) -> None:
    from countermove.outcomes import OUTCOMES
    from countermove.quantities.calendar import quarters, years

    for number, name in enumerate(spec.outcomes):
        if name not in OUTCOMES:
            raise document.error(f"no outcome named {name!r}", "outcomes", number, hint=did_you_mean(name, OUTCOMES))
    for number, period in enumerate(spec.periods):
        if period not in (valid := [*years(), *quarters()]):
            hint = (
                did_you_mean(period, valid)
                if period != HORIZON
                else "leave it out: dates are always measured over the whole clock"
            )
            raise document.error(f"no period {period!r}", "periods", number, hint=hint)
    for key, named in (("outcomes", spec.outcomes), ("periods", spec.periods)):
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise document.error(f"{twice} is named twice", key, hint="keep one")
        if not named:
            raise document.error(f"no {key} are named", key, hint="leave the key out for the usual ones")


def _check_design(document: Document, spec: SweepFile) -> None:
    """Refuse keys that contradict the kind of design."""
    design = spec.design
    place = ("design", "points")
    if design.kind in SAMPLED and design.points is None:
        raise document.error(f"a {design.kind} design needs `points`", "design", hint="for example points: 1024")
    if design.kind in ("grid", "file") and design.points is not None:
        raise document.error(f"a {design.kind} design takes no `points`", *place, hint="the values give their number; remove it")
    if design.kind in SAMPLED and not design.factors:
        raise document.error(f"a {design.kind} design needs `factors`", "design", hint="name levers and parameters to vary")
    if design.kind in COMPARING and spec.shared_draws == "none":
        hint = "leave it out: the points that are compared with each other then share their draws"
        raise document.error(f"a {design.kind} design compares points that differ in one factor", "shared_draws", hint=hint)
    if (design.kind == "file") != (design.file is not None):
        what = "a design of kind file needs `file`" if design.file is None else f"a {design.kind} design takes no `file`"
        raise document.error(what, "design", hint="kind: file, with file: points.csv")
    if design.kind == "file" and design.factors:
        raise document.error(
            "a file design takes no `factors`", "design", "factors", hint="its columns are the factors; remove it"
        )
    if design.kind in ("sobol", "saltelli") and design.points is not None and design.points & (design.points - 1):
        near = 2 ** round(math.log2(design.points))
        raise document.error(
            f"{design.points} points are no power of two", *place, hint=f"the sequence is balanced only then: {near}"
        )
    if (design.points or 0) > MOST_POINTS:
        raise document.error(f"{design.points:,} points", *place, hint=f"at most {MOST_POINTS:,}; draws have no limit")


def _check_factor(document: Document, spec: SweepFile, name: str, factor: Factor) -> None:
    """Check one factor's path, its values against the range of what it varies, and that its form fits the design."""
    place = ("design", "factors", name)
    where = document.where(*place)
    grid = spec.design.kind == "grid"
    if factor == "prior":
        if not name.startswith(PARAMETER):
            raise document.error("only parameters have a prior", *place, hint="give {low, high} or a list")
        if grid:
            raise document.error("a grid cannot follow a prior", *place, hint="give a list, or kind: latin-hypercube")
    elif isinstance(factor, Span):
        if not (math.isfinite(factor.low) and math.isfinite(factor.high)) or not factor.low < factor.high:
            raise document.error(
                f"low {factor.low:g} is not below high {factor.high:g}", *place, hint="exchange them, or give a list of one value"
            )
        if grid and factor.steps is None:
            raise document.error("a range in a grid needs `steps`", *place, hint="{low, high, steps: 5}, or a list of values")
        if not grid and factor.steps is not None:
            raise document.error(f"`steps` belongs to grids, not to {spec.design.kind}", *place, hint="remove it")
    elif not factor:
        raise document.error("an empty list of values", *place, hint="give one value or more")
    elif len(set(factor)) < len(factor):
        raise document.error("a value is listed twice", *place, hint="keep one")
    check_values(name, _ends(factor), where=where)


def _ends(factor: Factor) -> tuple[float | str, ...]:
    if isinstance(factor, Span):
        return (factor.low, factor.high)
    return () if isinstance(factor, str) else tuple(factor)


def check_values(name: str, values: tuple[float | str, ...], *, where: str) -> None:
    """Raise InputError unless `name` is a lever, a lever's part or a parameter, and every value is in its range."""
    from countermove.evidence.ledger import load_parameters
    from countermove.experiments.set_option import parse_sets
    from countermove.policy.lever_definitions import load_levers

    if name.startswith(PARAMETER):
        parameters = load_parameters()
        plain = name.removeprefix(PARAMETER)
        if plain not in parameters:
            hint = did_you_mean(name, [f"{PARAMETER}{parameter}" for parameter in parameters])
            raise InputError(f"no parameter at {name!r}", where=where, hint=hint)
        for value in values:
            if isinstance(value, str):
                raise InputError(f"{value!r} where a number is expected", where=where, hint=f"in {parameters[plain].unit}")
            check_value(parameters, plain, value, where=where)
        return
    if not name.startswith(LEVER):
        parse_sets([f"{name}=0"])  # says which paths there are
        raise InputError(f"{name!r} cannot be swept", where=where, hint="factors are levers.GOVERNMENT.LEVER and parameters/NAME")
    if name.count(".") not in (2, 3):
        what = f"{name!r} names no lever" if name.count(".") < 2 else f"{name!r} has more parts than a lever's part"
        raise InputError(what, where=where, hint=did_you_mean(name, [f"{LEVER}{lever}" for lever in load_levers()]))
    for value in values or (0,):
        try:
            _base().with_levers({name.removeprefix(LEVER): value} if name.count(".") == 2 else _part(name, value))
        except InputError as error:
            # A part without its lever's value is complete only on top of a scenario that sets it.
            if "set without the lever's value" not in error.what:
                raise InputError(error.what, where=where, hint=error.hint) from None


def _base() -> Scenario:
    return load_scenario("h200-2026")


def _part(name: str, value: Any) -> dict[str, Any]:
    government, lever, part = name.removeprefix(LEVER).split(".", 2)
    return {f"{government}.{lever}": {part: value}}


def lever_setting(name: str, value: Any) -> dict[str, Any]:
    """Return a lever factor's value as `Scenario.with_levers` takes it."""
    return {name.removeprefix(LEVER): value} if name.count(".") == 2 else _part(name, value)


def _check_against_scenarios(document: Document, name: str, scenarios: dict[str, Scenario]) -> None:
    """Refuse a factor that a scenario pins itself: one of the two would be ignored."""
    for scenario in scenarios.values():
        if name in scenario.overrides:
            raise document.error(
                f"the scenario {scenario.id} sets {name} too", "design", "factors", name, hint="remove it from one of them"
            )

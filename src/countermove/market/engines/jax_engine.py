"""The JAX engine: from a scenario's arrays and a joint sample to final numbers, in one compiled program.

Inputs are compiled, months are stepped (`CompiledMonths`) and outcomes are measured inside, for 128 draws at a time, so that a
chunk's monthly arrays stay near the processor and only final numbers leave. Measured reasons: docs/decisions/0050.
Programs are cached on disk across processes.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import EnvironmentProblem, InputError
from countermove.market.engines.allocator import keep_freed_memory, return_freed_memory
from countermove.market.engines.kept_months import Shelf, months_read
from countermove.market.engines.months import CompiledMonths, traced
from countermove.market.engines.one_function import marks_understood, one_function
from countermove.market.engines.settled import settling
from countermove.market.engines.traced import Traced, plain
from countermove.market.inputs import Bundle
from countermove.market.state import State
from countermove.quantities.calendar import MONTHS

if TYPE_CHECKING:
    from countermove.policy.gates import GateArrays
    from countermove.policy.levers import LeverSettings

Floats = NDArray[np.float64]
Precision = Literal["single", "double"]
LANES = 128
"""Draws that one call of a program steps together on a processor: as fast as 96, 192 and 256, in less memory than the latter."""
ACCELERATOR_LANES = 16_384
"""The same on an accelerator: an assumption, some 4 GB of monthly arrays. Not measured."""

Measure = Callable[[Mapping[str, Any]], Sequence[Any]]
"""Outcomes of a run's monthly series: written for NumPy, traced here."""

_GATE_FIELDS = (
    "licence",
    "licence_delay",
    "admit",
    "admit_delay",
    "bundle",
    "offshore_share",
    "ceiling",
    "duty",
    "revenue_share",
    "cap_share",
    "us_weights",
    "cn_weights",
    "us_next",
    "cn_next",
    "reversal",
    "stop_notice",
    "evidence_ends",
)
CACHE = "COUNTERMOVE_CACHE"
COMPILER_LOG = "TF_CPP_MIN_LOG_LEVEL"


def require_jax() -> Any:
    """Return the jax module, with the program cache set up; EnvironmentProblem with the install line when it is missing."""
    devices = os.environ.get("COUNTERMOVE_DEVICES")
    if devices:
        # One device per thread; must be said before JAX is first imported.
        flags = f"--xla_force_host_platform_device_count={devices}"
        if devices == "1":
            flags += " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        if flags not in os.environ.get("XLA_FLAGS", ""):
            os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()
    # The compiler writes "Very slow compile?" to standard error past Python, as an error, which it is not. Errors that are
    # reach us as exceptions, and what ends the process is still written. Whoever wants the log sets the variable.
    os.environ.setdefault(COMPILER_LOG, "3")
    try:
        import jax
    except ImportError as error:
        raise EnvironmentProblem("JAX is not installed", where="engine", hint="pip install 'countermove[jax]'") from error
    folder = Path(os.environ.get(CACHE) or Path.home() / ".cache" / "countermove") / "programs"
    set_option: Callable[[str, Any], None] = jax.config.update
    set_option("jax_compilation_cache_dir", str(folder))
    set_option("jax_persistent_cache_min_compile_time_secs", 0.5)
    set_option("jax_persistent_cache_min_entry_size_bytes", 0)
    with contextlib.suppress(AttributeError):  # a version without it
        set_option("jax_cpu_enable_async_dispatch", False)  # another thread would hold a program's memory beyond its call
    keep_freed_memory()
    return jax


def compiler_options(jax: Any) -> dict[str, Any] | None:
    """Return what XLA is told on processors.

    Use whole vectors, not halves; a minimum need not care for "not a number"; leave small products to no library, which a program
    that is one function could not call.
    """
    if jax.default_backend() != "cpu":
        return None
    options: dict[str, Any] = {"xla_cpu_prefer_vector_width": 512, "xla_cpu_enable_fast_min_max": True}
    return options | {"xla_cpu_experimental_ynn_fusion_type": ""} if marks_understood(jax) else options


@dataclass(frozen=True)
class Batch:
    """Draws under one scenario's gates and levers.

    draws: every parameter and gate stream, (draw,) each; `fixed` names those that are equal in all draws and part of the
    program. hazards: whether gates may change by themselves. InputError when a fixed one differs between draws.
    """

    draws: Mapping[str, Floats]
    gates: GateArrays
    levers: LeverSettings
    hazards: bool
    fixed: frozenset[str]

    def __post_init__(self) -> None:
        for name in self.fixed:
            if not np.all(self.draws[name] == self.draws[name][0]):
                raise InputError(f"{name} differs between draws", where="engine", hint="it is compiled in: give it one value")


@dataclass(frozen=True)
class _Shape:
    """What a program was compiled for; another value of any of these needs another program."""

    drawn: tuple[str, ...]
    """The rows of a block of draws."""
    hazards: bool
    us_pinned_from: int
    cn_pinned_from: int
    choices: tuple[tuple[str, str, tuple[str, ...]], ...]
    fixed: tuple[tuple[str, float], ...]
    quantities: Any
    precision: Precision


class _Levers:
    """Lever settings whose numbers are arguments of the program and whose words are part of it."""

    def __init__(self, values: Mapping[tuple[str, str | None], Any], choices: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
        self._values, self._choices = values, choices

    def value(self, lever: str, part: str | None = None) -> Any:
        """Return the monthly values of a lever or part."""
        return self._values[lever, part]

    def choice(self, lever: str, part: str) -> tuple[str, ...]:
        """Return the monthly words of a part."""
        return self._choices[lever, part]


LEVER_VALUES: tuple[tuple[str, str | None], ...] = (
    ("beijing.subsidy", None),
    ("beijing.subsidy", "user"),
    ("beijing.subsidy", "vendor"),
    ("beijing.subsidy", "fab"),
    ("beijing.capacity_push", None),
    ("beijing.capacity_push", "logic"),
    ("beijing.capacity_push", "hbm"),
    ("beijing.capacity_push", "packaging"),
    ("beijing.procurement_mandate", None),
    ("beijing.grey_enforcement", None),
    ("washington.enforcement", None),
    ("washington.component_controls", None),
    ("washington.component_controls", "equipment"),
    ("washington.component_controls", "hbm"),
)
LEVER_CHOICES = (("beijing.capacity_push", "direction"), ("washington.volume_cap", "reference_period"))


class JaxEngine:
    """Measures outcomes of scenarios over draws; keeps the programs it compiled."""

    def __init__(self, measure: Measure, series: frozenset[str], quantities: Any, precision: Precision = "single") -> None:
        self._jax = require_jax()
        if precision == "double":
            self._jax.config.update("jax_enable_x64", True)  # for the whole process: JAX has no narrower switch here
        self._measure, self._series, self._quantities, self._precision = measure, series, quantities, precision
        self._float = np.float32 if precision == "single" else np.float64
        self._programs: dict[tuple[_Shape, Any], Any] = {}
        self._compiling = Lock()
        self.lanes = LANES if self._jax.default_backend() == "cpu" else ACCELERATOR_LANES

    def outcomes(self, batch: Batch) -> NDArray[Any]:
        """Return outcomes of a joint sample, (quantity, draw)."""
        count = len(next(iter(batch.draws.values())))
        shape, blocks, given = self._prepared(batch)
        program = self._compiled_for(shape, (blocks[0], *given))
        given = self._jax.device_put(given)
        found = [np.asarray(program(block, *given)[0]) for block in blocks]
        return np.concatenate(found, axis=1)[:, :count]

    def listed(self, batch: Batch) -> Any:
        """Return the operations on one block of `lanes` draws, as JAX traced them."""
        shape, blocks, given = self._prepared(batch)
        return self._jax.make_jaxpr(self._program(shape))(blocks[0], *given)

    def _compiled_for(self, shape: _Shape, arguments: tuple[Any, ...]) -> Any:
        """Return the compiled program, the same for all threads that ask at the same time."""
        key = shape, tuple(one.shape for one in self._jax.tree.leaves(arguments))
        with self._compiling:
            if key not in self._programs:
                program = self._jax.jit(self._program(shape), compiler_options=compiler_options(self._jax))
                self._programs[key] = program.lower(*arguments).compile()
                del program
                gc.collect()  # what was traced refers to itself
                return_freed_memory()
        return self._programs[key]

    def _prepared(self, batch: Batch) -> tuple[_Shape, NDArray[Any], tuple[Any, ...]]:
        """Return what to compile for, the draws as (block, row, lane), and the three arguments that all blocks share."""
        from countermove.market.compile import GATE_PRODUCTS
        from countermove.market.exogenous import cap_windows
        from countermove.market.gate_inputs import cap_applies, foreign_cap_share

        gates, levers = batch.gates, batch.levers
        shape = _Shape(
            tuple(name for name in batch.draws if name not in batch.fixed),
            batch.hazards,
            int(gates.us_pinned_from),
            int(gates.cn_pinned_from),
            tuple((lever, part, levers.choice(lever, part)) for lever, part in LEVER_CHOICES),
            tuple(sorted((name, float(batch.draws[name][0])) for name in batch.fixed)),
            self._quantities,
            self._precision,
        )
        caps = cap_windows(cap_applies(foreign_cap_share(gates, GATE_PRODUCTS)), levers)
        numbers = {name: self._cast(getattr(gates, name)) for name in _GATE_FIELDS}
        paths = {f"{lever}/{part}": self._cast(levers.value(lever, part)) for lever, part in LEVER_VALUES}
        blocks = self._blocks([batch.draws[name] for name in shape.drawn])
        return shape, blocks, (numbers, paths, {name: self._cast(value) for name, value in caps.items()})

    def _blocks(self, rows: Sequence[Floats]) -> NDArray[Any]:
        """Return draws as (block, row, lane) in the engine's precision, the last draw repeated to fill the last block.

        A block is one array, because a program's start costs something for every argument.
        """
        count = len(rows[0])
        blocks = np.empty((-(-count // self.lanes), len(rows), self.lanes), dtype=self._float)
        for place, values in enumerate(rows):
            whole = np.concatenate([values, np.repeat(values[-1:], -count % self.lanes)]) if count % self.lanes else values
            blocks[:, place] = whole.reshape(-1, self.lanes)
        return blocks

    def _cast(self, values: Any) -> NDArray[Any]:
        return np.asarray(values, dtype=self._float)

    def _program(self, shape: _Shape) -> Callable[..., Any]:
        """Return the function to compile: (block of draws, gate fields, lever paths, cap windows) -> (quantity, lane), use."""

        def chunk(*given: Any) -> Any:
            with settling():
                return self._one_chunk(shape, *given)

        return one_function(chunk)

    def _one_chunk(self, shape: _Shape, block: Any, fields: Any, paths: Any, caps: Any) -> Any:
        import jax.numpy as jnp

        p, c, x, start = self._compiled(shape, block, fields, paths, caps)
        months, kind = CompiledMonths(p, c, self._float, self._series), self._float

        def wrapped(array: Any) -> Traced:
            return Traced(array, kind)

        stocks = months.stocks(start)
        row = months.shapes(stocks, x)
        shelf = Shelf(months_read(self._measure, row, wrapped), row)
        _, held = months.walk(0, MONTHS, stocks, x, shelf.empty(), shelf.filled)
        outcomes = self._measure(shelf.series(held, wrapped))
        return jnp.stack([jnp.broadcast_to(plain(value, kind), (self.lanes,)) for value in outcomes])

    def _compiled(self, shape: _Shape, block: Any, fields: Any, paths: Any, caps: Any) -> tuple[Bundle, Bundle, Any, State]:
        """Trace the compilation of inputs for one block of draws."""
        from countermove.market.compile import assemble
        from countermove.policy.gates import GateArrays

        kind = self._float
        drawn = {name: Traced(block[row], kind) for row, name in enumerate(shape.drawn)}
        p = Bundle(
            {name.rsplit(".", 1)[-1]: value for name, value in drawn.items() if not name.startswith(("gates.us.", "gates.cn."))}
        )
        p.update({name.rsplit(".", 1)[-1]: np.float64(value) for name, value in shape.fixed})
        named: dict[str, Any] = traced(fields, kind) | {
            "us_pinned_from": shape.us_pinned_from,
            "cn_pinned_from": shape.cn_pinned_from,
        }
        fields_of_gates: dict[str, Any] = {name: named.get(name) for name in GateArrays._fields}
        gates = GateArrays(**fields_of_gates)
        values = {(lever, part): Traced(paths[f"{lever}/{part}"], kind) for lever, part in LEVER_VALUES}
        levers = _Levers(values, {(lever, part): words for lever, part, words in shape.choices})
        inputs = assemble(p, drawn, gates, levers, Bundle(traced(caps, kind)), self.lanes, hazards=shape.hazards, dt=1.0)  # type: ignore[arg-type]

        monthly = {name: plain(value, kind) for name, value in inputs.monthly.items()}
        return Bundle(inputs.parameters), Bundle(inputs.constants), monthly, inputs.initial

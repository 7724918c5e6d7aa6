"""The JAX engine: from a scenario's arrays and a joint sample to final numbers, in one compiled program.

Inputs are compiled, months are stepped (`lax.scan`) and outcomes are measured inside, for 256 draws at a time, so that a
chunk's monthly arrays stay near the processor and only final numbers leave. Measured reasons: docs/decisions/0050.
Programs are cached on disk across processes.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import EnvironmentProblem, InputError
from countermove.market.engines.one_function import marks_understood, one_function
from countermove.market.engines.settled import settling
from countermove.market.engines.shared_work import work_shared
from countermove.market.engines.traced import Traced, plain
from countermove.market.inputs import Bundle
from countermove.market.model import Model
from countermove.market.observe import observe
from countermove.market.state import State

if TYPE_CHECKING:
    from countermove.policy.gates import GateArrays
    from countermove.policy.levers import LeverSettings

Floats = NDArray[np.float64]
Precision = Literal["single", "double"]
LANES = 256
"""Draws that one call of a program steps together on a processor: the fastest of the sizes measured."""
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
    try:
        import jax
    except ImportError as error:
        raise EnvironmentProblem("JAX is not installed", where="engine", hint="pip install 'countermove[jax]'") from error
    folder = Path(os.environ.get(CACHE) or Path.home() / ".cache" / "countermove") / "programs"
    set_option: Callable[[str, Any], None] = jax.config.update
    set_option("jax_compilation_cache_dir", str(folder))
    set_option("jax_persistent_cache_min_compile_time_secs", 0.5)
    set_option("jax_persistent_cache_min_entry_size_bytes", 0)
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


def return_freed_memory() -> None:
    """Give back what tracing and compiling have freed: the GNU library's allocator keeps a hundred megabytes of it."""
    with contextlib.suppress(OSError, AttributeError):  # another system's allocator
        ctypes.CDLL(None).malloc_trim(0)


@dataclass(frozen=True)
class _Shape:
    """What a program was compiled for; another value of any of these needs another program."""

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

    def outcomes(
        self,
        draws: Mapping[str, Floats],
        gates: GateArrays,
        levers: LeverSettings,
        *,
        hazards: bool,
        fixed: frozenset[str],
    ) -> NDArray[Any]:
        """Return outcomes of a joint sample, (quantity, draw).

        draws: every parameter and gate stream, (draw,) each; `fixed` names those that are equal in all draws and part of
        the program. InputError when one of them is not.
        """
        count = len(next(iter(draws.values())))
        shape, (sample, *given) = self._prepared(draws, gates, levers, hazards, fixed)
        first = {name: blocks[0] for name, blocks in sample.items()}
        program = self._compiled_for(shape, (first, *given))
        given = self._jax.device_put(given)
        blocks = (dict(zip(sample, parts, strict=True)) for parts in zip(*sample.values(), strict=True))
        found = [np.asarray(program(block, *given)[0]) for block in blocks]
        return np.concatenate(found, axis=1)[:, :count]

    def listed(
        self,
        draws: Mapping[str, Floats],
        gates: GateArrays,
        levers: LeverSettings,
        *,
        hazards: bool,
        fixed: frozenset[str],
    ) -> Any:
        """Return the operations on one block of `lanes` draws, as JAX traced them."""
        shape, (sample, *given) = self._prepared(draws, gates, levers, hazards, fixed)
        return self._jax.make_jaxpr(self._program(shape))({name: blocks[0] for name, blocks in sample.items()}, *given)

    def _compiled_for(self, shape: _Shape, arguments: tuple[Any, ...]) -> Any:
        """Return the compiled program, the same for all threads that ask at the same time."""
        key = shape, tuple(one.shape for one in self._jax.tree.leaves(arguments))
        with self._compiling:
            if key not in self._programs:
                program = self._jax.jit(self._program(shape), compiler_options=compiler_options(self._jax))
                self._programs[key] = program.lower(*arguments).compile()
                return_freed_memory()
        return self._programs[key]

    def _prepared(
        self,
        draws: Mapping[str, Floats],
        gates: GateArrays,
        levers: LeverSettings,
        hazards: bool,
        fixed: frozenset[str],
    ) -> tuple[_Shape, tuple[Any, ...]]:
        """Return what to compile for, the sample as (block, lane), and the three arguments that all blocks share."""
        from countermove.market.compile import GATE_PRODUCTS
        from countermove.market.exogenous import cap_windows
        from countermove.market.gate_inputs import cap_applies, foreign_cap_share

        for name in fixed:
            if not np.all(draws[name] == draws[name][0]):
                raise InputError(f"{name} differs between draws", where="engine", hint="it is compiled in: give it one value")
        shape = _Shape(
            hazards,
            int(gates.us_pinned_from),
            int(gates.cn_pinned_from),
            tuple((lever, part, levers.choice(lever, part)) for lever, part in LEVER_CHOICES),
            tuple(sorted((name, float(draws[name][0])) for name in fixed)),
            self._quantities,
            self._precision,
        )
        caps = cap_windows(cap_applies(foreign_cap_share(gates, GATE_PRODUCTS)), levers)
        sample = {name: self._blocks(values) for name, values in draws.items() if name not in fixed}
        numbers = {name: self._cast(getattr(gates, name)) for name in _GATE_FIELDS}
        paths = {f"{lever}/{part}": self._cast(levers.value(lever, part)) for lever, part in LEVER_VALUES}
        return shape, (sample, numbers, paths, {name: self._cast(value) for name, value in caps.items()})

    def _blocks(self, values: Floats) -> NDArray[Any]:
        """Return draws as (block, lane) in the engine's precision, the last draw repeated to fill the last block."""
        missing = -len(values) % self.lanes
        whole = values if not missing else np.concatenate([values, np.repeat(values[-1:], missing)])
        return whole.astype(self._float).reshape(-1, self.lanes)

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
        model, kind = Model(), self._float

        def month(state: State, inputs: Any) -> Any:
            # NumPy as the namespace: its functions hand traced arrays over to JAX.
            before, now = State(*[Traced(a, kind) for a in state]), Bundle({k: Traced(v, kind) for k, v in inputs.items()})
            new, flows = model.month(before, p, c, now, np)
            seen = observe(new, p, c, now, flows, np)
            kept = {name: plain(value, kind) for name, value in seen.items() if name in self._series}
            return State(*[jnp.asarray(plain(a, kind), dtype=kind) for a in new]), kept

        first = {name: values[0] for name, values in x.items()}
        _, monthly = self._jax.lax.scan(work_shared(month, start, first), start, x)
        outcomes = self._measure({name: Traced(series, self._float) for name, series in monthly.items()})
        return jnp.stack([jnp.broadcast_to(plain(value, self._float), (self.lanes,)) for value in outcomes])

    def _compiled(self, shape: _Shape, block: Any, fields: Any, paths: Any, caps: Any) -> tuple[Bundle, Bundle, Any, State]:
        """Trace the compilation of inputs for one block of draws."""
        from countermove.market.compile import assemble
        from countermove.policy.gates import GateArrays

        kind = self._float

        def traced(values: Mapping[str, Any]) -> dict[str, Traced]:
            return {name: Traced(value, kind) for name, value in values.items()}

        drawn = traced(block)
        p = Bundle(
            {name.rsplit(".", 1)[-1]: value for name, value in drawn.items() if not name.startswith(("gates.us.", "gates.cn."))}
        )
        p.update({name.rsplit(".", 1)[-1]: np.float64(value) for name, value in shape.fixed})
        named: dict[str, Any] = traced(fields) | {"us_pinned_from": shape.us_pinned_from, "cn_pinned_from": shape.cn_pinned_from}
        fields_of_gates: dict[str, Any] = {name: named.get(name) for name in GateArrays._fields}
        gates = GateArrays(**fields_of_gates)
        values = {(lever, part): Traced(paths[f"{lever}/{part}"], kind) for lever, part in LEVER_VALUES}
        levers = _Levers(values, {(lever, part): words for lever, part, words in shape.choices})
        inputs = assemble(p, drawn, gates, levers, Bundle(traced(caps)), self.lanes, hazards=shape.hazards, dt=1.0)  # type: ignore[arg-type]

        monthly = {name: plain(value, kind) for name, value in inputs.monthly.items()}
        start = State(*[plain(a, kind) for a in inputs.initial])
        return Bundle(inputs.parameters), Bundle(inputs.constants), monthly, start

"""The market model up to the last published value, as one compiled function: scores of parameters -> simulated rows.

Only the months that data reach are run, with the gates as they were. Parameters enter as standard normal scores z:
``x = Q(Phi(z))`` with Q the prior's quantile function, so that the prior of z is N(0, 1) for every parameter. Q Phi is
tabulated once, every 1/40 of a standard deviation, and read by straight lines (error below 1e-4 of the prior's width).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.evidence.priors import Fixed
from countermove.evidence.schema import Parameter
from countermove.experiments.pipeline import Compiled
from countermove.experiments.streams import STREAMS
from countermove.outcomes.published_errors import Targets

Floats = NDArray[np.float64]

#: Largest score that is told apart, and table rows per standard deviation.
REACH, PER_UNIT = 6.0, 40

#: A parameter is fitted if one standard deviation of it moves some published row by this much, in logarithms.
INFORMED = 0.01


@dataclass(frozen=True)
class HistoryModel:
    """A compiled simulation of the past: `predict` maps scores (lane, parameter) to levels ln(y + floor), (row, lane)."""

    names: tuple[str, ...]
    targets: Targets
    predict: Callable[[Any], Any]


def uncertain(parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Names of the parameters whose prior is not one value."""
    return tuple(name for name, parameter in parameters.items() if not isinstance(parameter.prior, Fixed))


def quantile_table(parameters: Mapping[str, Parameter], names: Sequence[str]) -> Floats:
    """Values of each parameter at the scores -6, -6 + 1/40, ..., 6, (parameter, score)."""
    from scipy.special import ndtr

    scores = np.linspace(-REACH, REACH, round(2 * REACH) * PER_UNIT + 1)
    shares = np.clip(ndtr(scores), 1e-12, 1.0 - 1e-12)
    return np.stack([np.asarray(parameters[name].ppf(shares)) for name in names])


def history_model(compiled: Compiled, targets: Targets, names: Sequence[str]) -> HistoryModel:
    """Compile the past for the parameters `names`; all others stay at their prior medians. Needs JAX, in double precision.

    Raises InputError for a name that is no uncertain parameter, EnvironmentProblem without JAX.
    """
    from countermove.market.engines.jax_engine import require_jax

    jax = require_jax()
    jax.config.update("jax_enable_x64", True)
    parameters = compiled.assumptions.parameters
    known = set(uncertain(parameters))
    for name in names:
        if name not in known:
            raise InputError(f"{name} is not an uncertain parameter", where="calibrate", hint="name one with a prior")
    table = quantile_table(parameters, names)
    medians = {name: float(parameter.ppf(np.array([0.5]))[0]) for name, parameter in parameters.items()}
    medians |= {name: float(value) for name, value in compiled.assumptions.fixed.items()}
    from countermove.market.compile import GATE_PRODUCTS
    from countermove.market.exogenous import cap_windows
    from countermove.market.gate_inputs import cap_applies, foreign_cap_share

    caps = cap_windows(cap_applies(foreign_cap_share(compiled.gates, GATE_PRODUCTS)), compiled.levers)

    def predict(scores: Any) -> Any:
        values = _at_scores(scores, table)
        monthly = _months(compiled, caps, medians, dict(zip(names, values.T, strict=True)), scores.shape[0], targets)
        return _levels(monthly, targets, scores.shape[0])

    return HistoryModel(tuple(names), targets, predict)


def _at_scores(scores: Any, table: Floats) -> Any:
    """Parameter values at scores (lane, parameter), by straight lines in the table."""
    import jax.numpy as jnp

    place = jnp.clip((scores + REACH) * PER_UNIT, 0.0, table.shape[1] - 1.001)
    left = jnp.floor(place).astype(int)
    share = place - left
    column = jnp.arange(table.shape[0])[None]
    rows = jnp.asarray(table)
    return rows[column, left] * (1.0 - share) + rows[column, left + 1] * share


def _months(
    compiled: Compiled, caps: Any, medians: Mapping[str, float], drawn: Mapping[str, Any], lanes: int, targets: Targets
) -> dict[str, Any]:
    """Simulate the months that the rows reach: monthly series by name, (month, ..., lane)."""
    import jax.numpy as jnp

    from countermove.market.compile import assemble
    from countermove.market.engines.months import CompiledMonths, put, rows
    from countermove.market.engines.traced import Traced, plain
    from countermove.market.inputs import Bundle
    from countermove.outcomes import OUTCOMES

    kind = np.float64
    gate_streams = ("gates.us.", "gates.cn.")
    p = Bundle({name.rsplit(".", 1)[-1]: np.float64(v) for name, v in medians.items() if not name.startswith(gate_streams)})
    p.update({name.rsplit(".", 1)[-1]: Traced(value, kind) for name, value in drawn.items()})
    uniforms = {name: np.full(lanes, 0.5) for name in STREAMS}
    uniforms |= {name: np.full(lanes, value) for name, value in medians.items() if name.startswith(gate_streams)}
    inputs = assemble(p, uniforms, compiled.gates, compiled.levers, caps, lanes, hazards=False, dt=1.0)
    wanted = frozenset(series for row in targets.rows for series in OUTCOMES[row.outcome].reads)
    x = {name: jnp.asarray(plain(value, kind))[: targets.months] for name, value in inputs.monthly.items()}
    months = CompiledMonths(Bundle(inputs.parameters), Bundle(inputs.constants), kind, wanted, shared=False)
    stocks = months.stocks(inputs.initial)
    _, monthly = months.walk(0, targets.months, stocks, x, rows(months.shapes(stocks, x), targets.months), put)
    return dict(monthly)


def _levels(monthly: Mapping[str, Any], targets: Targets, lanes: int) -> Any:
    """Measure every row on the simulated months: ln(y + floor), (row, lane)."""
    import jax.numpy as jnp

    from countermove.market.engines.traced import Traced, plain
    from countermove.outcomes import OUTCOMES
    from countermove.outcomes.window import Window
    from countermove.quantities.calendar import period_months

    series = {name: Traced(value, np.float64) for name, value in monthly.items()}
    found = []
    for row, floor in zip(targets.rows, targets.floor, strict=True):
        value = OUTCOMES[row.outcome].measure(Window(series, *period_months(row.period)))  # type: ignore[arg-type]
        found.append(jnp.log(jnp.maximum(jnp.broadcast_to(plain(value, np.float64), (lanes,)), 0.0) + floor))
    return jnp.stack(found)


def informed(compiled: Compiled, targets: Targets, *, least: float = INFORMED) -> tuple[str, ...]:
    """Names of the parameters that move some row by `least` or more when moved by one standard deviation of their prior."""
    names = uncertain(compiled.assumptions.parameters)
    whole = history_model(compiled, targets, names)
    steps = np.concatenate([np.zeros((1, len(names))), np.eye(len(names)), -np.eye(len(names))])
    levels = np.asarray(batched(whole.predict, steps))
    moved = np.abs(levels[:, 1 : len(names) + 1] - levels[:, len(names) + 1 :]).max(axis=0) / 2.0
    return tuple(name for name, size in zip(names, moved, strict=True) if size >= least)


def batched(predict: Callable[[Any], Any], scores: Floats, *, lanes: int = 256) -> Floats:
    """`predict` for any number of scores (draw, parameter), `lanes` at a time on each device: (row, draw)."""
    return runner(predict, lanes)(scores)


def runner(predict: Callable[[Any], Any], lanes: int = 256) -> Callable[[Floats], Floats]:
    """A function that simulates scores (draw, parameter) in equal batches spread over the devices: (row, draw)."""
    import jax
    from jax.sharding import Mesh, PartitionSpec

    devices = jax.devices()
    mesh = Mesh(np.array(devices), ("draw",))
    part: Callable[..., Any] = PartitionSpec
    by_row, by_column = part("draw", None), part(None, "draw")
    # Lanes never meet, so there is nothing for JAX to check across devices.
    spread = jax.jit(jax.shard_map(predict, mesh=mesh, in_specs=by_row, out_specs=by_column, check_vma=False))
    size = lanes * len(devices)

    def simulate(scores: Floats) -> Floats:
        count = len(scores)
        whole = -(-count // size) * size
        padded = np.concatenate([scores, np.repeat(scores[-1:], whole - count, axis=0)]) if whole > count else scores
        parts = [np.asarray(spread(padded[first : first + size])) for first in range(0, whole, size)]
        return np.concatenate(parts, axis=1)[:, :count]

    return simulate


def use_devices(count: int | None = None) -> None:
    """Let JAX split the processor into `count` devices (default: one per core); must come before JAX is imported."""
    os.environ.setdefault("COUNTERMOVE_DEVICES", str(count or os.cpu_count() or 1))

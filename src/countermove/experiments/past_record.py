"""A record of the simulated past: enough numbers to tell whether a posterior still belongs to it, whatever file moved it.

Four parts: the arrays that the market is run with over the calibrated months, the outcomes of sixteen draws of the prior on the
NumPy engine in those months, the published values and errors of the likelihood, and quantiles of the fitted priors. All are
kept as numbers and compared within tolerances, because processors differ in the last bits of exp and log; an array is kept as
its shape and three weighted sums, in which any single entry shows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import DataError
from countermove.experiments.compiled import Compiled, compile_prior
from countermove.experiments.correlations import load_correlations
from countermove.experiments.draws import sample
from countermove.experiments.scenario import load_scenario
from countermove.experiments.streams import STREAMS
from countermove.outcomes.published import Published
from countermove.outcomes.published_errors import (
    MISFIT_MEDIAN,
    MISFIT_SPREAD,
    STRAY_CHANCE,
    STRAY_ERROR,
    Targets,
)

Floats = NDArray[np.float64]

PRESET = "h200-2026"
"""The scenario whose past is calibrated; all others share it."""
DRAWS, SEED = 16, 2026

SAME_SUM = 1e-11
"""Largest change of a weighted sum, relative to the sum of the sizes, that passes for rounding. One entry of 10,000 that
moves by some millionths of itself lies beyond; last bits on every entry reach 1e-15."""
SAME_NUMBER = 1e-9
"""Largest change of an outcome, relative to it or to 5% of its series' largest published value, that passes for rounding.
Four last bits on every input move no row by more than 1e-13: feedback over 48 months makes rounding grow, but no draw sits on
a step at which it would jump, because clips are continuous and the readings of the gates are held."""
SMALLEST = 1e-6
"""Entries are weighed as ``ln(1 + |a| / SMALLEST)``, so that a share beside a limit of a billion still counts."""
SHARES = (0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999)


@dataclass(frozen=True)
class PastRecord:
    """What a posterior was made from.

    inputs: compiled arrays by name, their shape and sums. outcomes: simulated rows (row, draw) in the order of `published`.
    published: numbers of each row and of the error model by name. priors: quantiles of each fitted parameter at `SHARES`.
    """

    inputs: Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]]
    outcomes: Floats
    published: Mapping[str, tuple[float, ...]]
    priors: Mapping[str, tuple[float, ...]]

    def to_json(self) -> str:
        """Return the record as text, one entry a line; floats come back to the last bit."""
        rows = [name for name in self.published if name.startswith(ROW)]
        parts: dict[str, Mapping[str, Any]] = {
            "inputs": {name: [list(shape), list(sums)] for name, (shape, sums) in self.inputs.items()},
            "outcomes": dict(zip(rows, self.outcomes.tolist(), strict=True)),
            "published": {name: list(numbers) for name, numbers in self.published.items()},
            "priors": {name: list(numbers) for name, numbers in self.priors.items()},
        }
        blocks = []
        for part, entries in parts.items():
            lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry, allow_nan=False)}" for name, entry in entries.items())
            blocks.append(f" {json.dumps(part)}: {{\n{lines}\n }}")
        return '{\n "schema": 1,\n' + ",\n".join(blocks) + "\n}\n"

    def digest(self) -> str:
        """Return a hash of all numbers to the last bit: what may be continued on this machine."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


ROW = "row "
"""Begins the names of rows in `PastRecord.published`."""


def compiled_past(known: dt.date | None = None) -> Compiled:
    """Return the scenario whose past is calibrated, without any posterior."""
    return compile_prior(load_scenario(PRESET), known=known)


def past_record(compiled: Compiled, targets: Targets, names: Iterable[str]) -> PastRecord:
    """Return the record of a compiled past, its published values and the priors of the fitted parameters `names`."""
    from countermove.market.compile import compile_market
    from countermove.market.simulate import simulate_months

    fitted, assumptions = tuple(names), compiled.assumptions
    values = sample(assumptions.parameters, seed=SEED, draws=DRAWS, fixed=assumptions.fixed)
    # Readings of the gates as in the calibration, which holds them at their most likely one.
    values |= {name: np.full(DRAWS, 0.5) for name in STREAMS}
    inputs = compile_market(values, compiled.gates, compiled.levers, hazards=False)
    months = targets.months
    arrays = {f"constants.{name}": array for name, array in inputs.constants.items()}
    arrays |= {f"monthly.{name}": np.asarray(array)[:months] for name, array in inputs.monthly.items()}
    arrays |= {f"initial.{name}": array for name, array in inputs.initial._asdict().items()}
    # Draws of fitted parameters say no more than their priors do.
    own = {name.rsplit(".", 1)[-1] for name in fitted}
    arrays |= {f"parameters.{name}": array for name, array in inputs.parameters.items() if name not in own}
    monthly = simulate_months(inputs, inputs.initial, 0, months, keep=_read_by(targets.rows)).monthly
    return PastRecord(
        inputs={name: _mark(arrays[name]) for name in sorted(arrays)},
        outcomes=measured_rows(monthly, targets.rows, DRAWS),
        published=_published(targets),
        priors=_priors(compiled, fitted),
    )


def measured_rows(monthly: Mapping[str, Floats], rows: Sequence[Published], draws: int) -> Floats:
    """Measure what each row publishes on monthly series, (row, draw), in the rows' units."""
    from countermove.outcomes import OUTCOMES
    from countermove.outcomes.window import Window
    from countermove.quantities.calendar import period_months

    found = [OUTCOMES[row.outcome].measure(Window(monthly, *period_months(row.period))) for row in rows]
    return np.stack([np.broadcast_to(values, (draws,)) for values in found])


def _read_by(rows: Sequence[Published]) -> Any:
    from countermove.outcomes import OUTCOMES

    return frozenset(name for row in rows for name in OUTCOMES[row.outcome].reads).__contains__


def _mark(array: Any) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return shape and weighted sums of an array; an axis of draws on which nothing depends counts as none."""
    values = np.asarray(array, dtype=np.float64)
    if values.ndim and values.shape[-1] == DRAWS and np.allclose(values, values[..., :1], rtol=SAME_SUM, atol=0.0):
        values = values[..., :1]
    sizes = _sizes(values)
    whole = float(np.abs(sizes).sum())
    return values.shape, (whole, *(float((sizes * _weights(sizes.size, turn)).sum()) for turn in range(3)))


def _sizes(values: Floats) -> Floats:
    """Return entries on a scale on which a share and a limit of a billion are of one order."""
    flat = np.nan_to_num(values.reshape(-1), nan=1e250, posinf=1e300, neginf=-1e300)
    result: Floats = np.sign(flat) * np.log1p(np.abs(flat) / SMALLEST)
    return result


def _weights(count: int, turn: int) -> Floats:
    """Return weights in [0.5, 1.5) without pattern, the same on every machine: integers mixed as in SplitMix64."""
    with np.errstate(over="ignore"):
        mixed = (np.arange(1, count + 1, dtype=np.uint64) + np.uint64(turn << 40)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Floats = 0.5 + (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return result


def _published(targets: Targets) -> dict[str, tuple[float, ...]]:
    """Return what the likelihood reads by name: level, floor and error of each row, its groups, and the error model."""
    found: dict[str, tuple[float, ...]] = {"error model": (STRAY_CHANCE, STRAY_ERROR, MISFIT_MEDIAN, MISFIT_SPREAD)}
    shared = {number: rho for numbers, rho in targets.blocks for number in numbers}
    group = {
        number: place for place, numbers in enumerate((*(n for n, _ in targets.blocks), *targets.facts)) for number in numbers
    }
    for number, row in enumerate(targets.rows):
        numbers = (targets.level[number], targets.floor[number], targets.error[number])
        places = (targets.misfit[number], group[number], shared.get(number, 0.0))
        found[_row_name(row, found)] = tuple(float(value) for value in (*numbers, *places))
    return found


def _row_name(row: Published, taken: Mapping[str, Any]) -> str:
    """Return the name of a row: a series may print a period more than once."""
    name = f"{ROW}{row.series} {row.period}"
    return name if name not in taken else f"{name} ({sum(other.startswith(name) for other in taken) + 1})"


def _priors(compiled: Compiled, names: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Return quantiles of the fitted parameters, without those that are gone or have a joint prior by now."""
    joint = {name for group in load_correlations().groups() for name in group}
    known = compiled.assumptions.parameters
    kept = [name for name in names if name in known and name not in joint]
    return {name: tuple(float(value) for value in known[name].ppf(np.array(SHARES))) for name in kept}


def read_record(path: Path) -> PastRecord:
    """Read a record; DataError for a missing or broken file."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return PastRecord(
            inputs={name: (tuple(shape), tuple(map(float, sums))) for name, (shape, sums) in body["inputs"].items()},
            outcomes=np.array(list(body["outcomes"].values()), dtype=np.float64),
            published={name: tuple(map(float, numbers)) for name, numbers in body["published"].items()},
            priors={name: tuple(map(float, numbers)) for name, numbers in body["priors"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "countermove calibrate --restamp --install writes it again"
        raise DataError(f"cannot read it: {error}", where=f"ensembles/{path.name}", hint=hint) from None


def moved(before: PastRecord, now: PastRecord, *, inputs: bool = True) -> list[str]:
    """Return in words what differs between two records, empty when nothing does.

    Inputs that only one of them knows do not count by themselves: a new parameter, or another name for an old one, either
    moves outcomes or nothing. `inputs` says whether those known to both count.
    """
    words = [f"the prior of {name}" for name in before.priors if not _close(before.priors[name], now.priors.get(name))]
    names = list(dict.fromkeys((*before.published, *now.published)))
    words += [f"the published {name.removeprefix(ROW)}" for name in names if not _agree(before, now, name)]
    if inputs:
        words += [name for name in before.inputs if name in now.inputs and not _same_sums(before.inputs[name], now.inputs[name])]
    return words + _moved_outcomes(before, now)


def _agree(before: PastRecord, now: PastRecord, name: str) -> bool:
    one = before.published.get(name)
    return one is not None and _close(one, now.published.get(name))


def _close(one: Sequence[float], other: Sequence[float] | None) -> bool:
    return other is not None and len(one) == len(other) and np.allclose(one, other, rtol=SAME_NUMBER, atol=1e-12)


def _same_sums(one: tuple[Any, Sequence[float]], other: tuple[Any, Sequence[float]]) -> bool:
    (shape, before), (now_shape, now) = one, other
    allowed = SAME_SUM * max(before[0], now[0])
    return bool(shape == now_shape and np.all(np.abs(np.subtract(before, now)) <= allowed))


def _moved_outcomes(before: PastRecord, now: PastRecord) -> list[str]:
    """Return the simulated row that moved most, and how many others did; other rows than before are named already."""
    old, new = _by_row(before), _by_row(now)
    change = {name: _change(old[name], new[name], before.published[name]) for name in old if name in new}
    beyond = {name: size for name, size in change.items() if not size <= SAME_NUMBER}
    if not beyond:
        return []
    name = max(beyond, key=beyond.__getitem__)
    draw = int(np.argmax(np.abs(new[name] - old[name])))
    more = f", and {len(beyond) - 1} more rows" if len(beyond) > 1 else ""
    return [f"the simulated {name.removeprefix(ROW)} ({old[name][draw]:.6g} before, {new[name][draw]:.6g} now{more})"]


def _by_row(record: PastRecord) -> dict[str, Floats]:
    return dict(zip((name for name in record.published if name.startswith(ROW)), record.outcomes, strict=True))


def _change(old: Floats, new: Floats, published: Sequence[float]) -> float:
    """Return the largest change over draws, relative to the outcome or its series' floor, whichever is larger."""
    scale = np.maximum(np.maximum(np.abs(old), np.abs(new)), published[1])
    return float(np.max(np.abs(new - old) / scale))

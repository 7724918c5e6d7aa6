"""From published values to equally likely worlds: the calibration that makes the ensemble.

Parameters that move no published row by 1% per standard deviation of their prior are left at it. The rest are carried
from prior to posterior by tempering; misfit scales are integrated out and drawn at the end. Every stage is written
down, so that a calibration that was interrupted goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError
from countermove.experiments import past_record
from countermove.experiments.ensemble import Ensemble, copula_factor
from countermove.experiments.overrides import Assumptions
from countermove.experiments.pipeline import Compiled
from countermove.inference.history_model import HistoryModel, history_model, informed, runner
from countermove.inference.likelihood import draw_misfits, log_likelihood, misfit_scales
from countermove.inference.tempering import Cloud, start, temper
from countermove.outcomes.published_errors import Targets
from countermove.storage.checksums import read_sealed, seal
from countermove.storage.whole import write_whole

Floats = NDArray[np.float64]

SEED = 2026
PARTICLES = 4096
LANES = 256
FRESH = "start again with --fresh, or give another folder"

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Calibration:
    """What was learnt: scores (particle, parameter) and misfit scores (particle, misfit), with how they were found."""

    names: tuple[str, ...]
    scores: Floats
    misfit_scores: Floats
    targets: Targets
    stages: int
    runs: int
    seconds: float

    def ensemble(self, name: str) -> Ensemble:
        """The particles as an ensemble."""
        return Ensemble(name, self.names, self.scores, copula_factor(self.scores))

    def misfit(self) -> dict[str, Floats]:
        """Misfit scales by series, (particle,) each."""
        scales = misfit_scales(self.misfit_scores)
        return {name: scales[:, place] for place, name in enumerate(self.targets.misfits)}


def compiled_past(known: dt.date | None = None, parameters: Any = None) -> Compiled:
    """The scenario whose past is calibrated, without any posterior; `parameters` replace the priors of the data tree."""
    compiled = past_record.compiled_past(known)
    if parameters is None:
        return compiled
    return replace(compiled, assumptions=Assumptions(parameters, compiled.assumptions.fixed))


def calibrate(
    targets: Targets,
    *,
    compiled: Compiled | None = None,
    names: Sequence[str] | None = None,
    particles: int = PARTICLES,
    seed: int = SEED,
    store: Path | None = None,
    tell: Tell = lambda words: None,
) -> Calibration:
    """Carry particles from the prior to the posterior of `targets`; `store` keeps every stage and is resumed from.

    Raises InputError for too few particles, for correlated parameters (their joint prior is not handled), and for a
    store that belongs to another calibration; EnvironmentProblem without JAX.
    """
    past = compiled_past() if compiled is None else compiled
    chosen = tuple(names) if names is not None else informed(past, targets)
    _no_correlated(chosen)
    model = history_model(past, targets, chosen)
    likelihood = likelihood_of(model)
    begun, token = time.monotonic(), _token(past, targets, chosen, particles, seed)
    cloud, before = _stored(store, token) if store is not None else (None, 0.0)
    if cloud is None:
        tell(f"{len(targets.rows)} published values, {len(chosen)} parameters, {particles} particles")
        cloud = start(likelihood, particles=particles, parameters=len(chosen), seed=seed)
    else:
        tell(f"going on from stage {cloud.stage}, temperature {cloud.temperature:.4f}")

    def watch(found: Cloud, words: str) -> None:
        seconds = before + time.monotonic() - begun
        if store is not None:
            _keep(store, found, token, seconds)
        tell(f"{words}, {seconds:.0f} s")

    cloud = temper(cloud, likelihood, seed=seed, watch=watch)
    seconds = before + time.monotonic() - begun
    levels = runner(model.predict, LANES)(cloud.scores)
    misfits = draw_misfits(levels, targets, seed=seed)
    return Calibration(chosen, cloud.scores, misfits, targets, cloud.stage, cloud.runs, seconds)


def likelihood_of(model: HistoryModel) -> Callable[[Floats], Floats]:
    """The log-likelihood of many scores at once: (particle, parameter) -> (particle,)."""

    def one_batch(scores: Any) -> Any:
        return log_likelihood(model.predict(scores), model.targets)[None]

    run = runner(one_batch, LANES)
    return lambda scores: run(scores)[0]


def _no_correlated(names: Sequence[str]) -> None:
    from countermove.experiments.correlations import load_correlations

    joined = {name for group in load_correlations().groups() for name in group} & set(names)
    if joined:
        raise InputError(
            f"{', '.join(sorted(joined))} have a joint prior", where="calibrate", hint="fit parameters with priors of their own"
        )


def _token(past: Compiled, targets: Targets, names: Sequence[str], particles: int, seed: int) -> str:
    """What a stored cloud must have been made for: past, fitted priors and rows to the last bit, particles and seed."""
    record = past_record.past_record(past, targets, names)
    return hashlib.sha256(f"{record.digest()} {list(names)} {particles} {seed}".encode()).hexdigest()[:16]


def _stored(store: Path, token: str) -> tuple[Cloud | None, float]:
    if not store.exists():
        return None, 0.0
    with np.load(io.BytesIO(read_sealed(store, hint=FRESH))) as file:
        if str(file["token"]) != token:
            raise InputError(
                "it belongs to another calibration", where=str(store), hint="give another folder, or --fresh to start again"
            )
        cloud = Cloud(
            file["scores"],
            file["likelihood"],
            float(file["temperature"]),
            float(file["step"]),
            int(file["stage"]),
            int(file["runs"]),
        )
        return cloud, float(file["seconds"])


def _keep(store: Path, cloud: Cloud, token: str, seconds: float) -> None:
    """Write a stage whole or not at all, sealed with its checksum."""
    store.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.savez(
        content,
        token=token,
        scores=cloud.scores,
        likelihood=cloud.likelihood,
        temperature=cloud.temperature,
        step=cloud.step,
        stage=cloud.stage,
        runs=cloud.runs,
        seconds=seconds,
    )
    write_whole(store, seal(content.getvalue()))

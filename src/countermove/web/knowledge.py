"""What the model rests on: its assumptions, what drives an outcome, and how it stands against published values."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import anyio.to_thread
import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from countermove.evidence.ledger import load_parameters
from countermove.evidence.schema import Parameter
from countermove.experiments.ensemble_key import load_ensemble
from countermove.experiments.rank_correlation import noise, ranked
from countermove.inference.record import recorded_fit
from countermove.outcomes import outcome
from countermove.reports.build.relations import mechanisms_of, relations
from countermove.web.live import REFINED, Simulator, rounded
from countermove.web.reading import parsed
from countermove.web.routes import Address
from countermove.web.schema_validation import Validation
from countermove.web.schema_views import (
    Assumption,
    Assumptions,
    Driver,
    DriversAnswer,
    DriversRequest,
    Landed,
    MechanismLine,
)
from countermove.web.turns import Turns
from countermove.web.validation import validation
from countermove.web.writing import json_answer

UNIFORMS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
MOST_DRIVERS = 14
FURTHER = {"refusal": "countermove.strategy.refusal", "substitute": "countermove.desk.substitute"}


class Knowledge:
    """The addresses of assumptions, drivers and validation."""

    def __init__(self, simulator: Simulator, turns: Turns) -> None:
        self._simulator, self._turns = simulator, turns

    def addresses(self) -> list[Address]:
        """Return the table of the addresses."""
        return [
            Address("GET", "/api/assumptions", self.assumptions, "Every prior, and what the fit made of it", gives=Assumptions),
            Address("POST", "/api/drivers", self.drivers, "What drives an outcome", takes=DriversRequest, gives=DriversAnswer),
            Address("GET", "/api/validation", self.validation, "Fit, hindcasts and reproductions as recorded", gives=Validation),
            Address("GET", "/api/landed", self.landed, "Which further views have landed", gives=Landed),
        ]

    async def assumptions(self, _: Request) -> Response:
        """List the assumptions."""
        return json_answer(await anyio.to_thread.run_sync(assumptions))

    async def drivers(self, request: Request) -> Response:
        """Rank the parameters by how an outcome moves with them."""
        asked = parsed(await request.body(), DriversRequest)
        return json_answer(await self._turns.take(lambda: drivers(asked, self._simulator)))

    async def validation(self, _: Request) -> Response:
        """Give what is recorded: fit, hindcasts, reproductions."""
        return json_answer(await anyio.to_thread.run_sync(validation))

    async def landed(self, _: Request) -> Response:
        """Tell which views have something behind them."""
        return json_answer(Landed(views={name: _exists(module) for name, module in FURTHER.items()}))


def _exists(module: str) -> bool:
    return find_spec(module) is not None


@cache
def assumptions() -> Assumptions:
    """Return every uncertain parameter with its prior's quantiles and those of the calibrated ensemble."""
    ensemble = load_ensemble()
    fit = recorded_fit() if ensemble is not None else None
    learnt = {one["name"]: one["contraction"] for one in (fit or {}).get("parameters", ())}
    rows = [_assumption(one, learnt.get(one.id)) for one in load_parameters().values()]
    made = "" if ensemble is None else f"calibrated on published values, {len(ensemble.scores):,} worlds"
    note = made or "no calibration is recorded: draws follow the priors"
    return Assumptions(assumptions=rows, fit=note)


def _assumption(one: Parameter, contraction: float | None) -> Assumption:
    ensemble = load_ensemble()
    low, high = one.valid
    return Assumption(
        path=f"parameters/{one.id}",
        label=one.label,
        unit=one.unit,
        prior=one.prior.words(),
        basis=one.basis,
        low=low,
        high=high,
        prior_quantiles=rounded(one.ppf(UNIFORMS)),
        fitted_quantiles=rounded(one.ppf(UNIFORMS if ensemble is None else ensemble.marginal(one.id, UNIFORMS))),
        leans=ensemble is not None and one.id in ensemble,
        contraction=contraction,
        supports=[f"{found.supports}: {found.claim or found.source}" for found in one.sources],
        note=one.note,
    )


def drivers(asked: DriversRequest, simulator: Simulator) -> DriversAnswer:
    """Return the parameters with the largest rank correlations (Spearman 1904) with an outcome, beyond noise.

    Raises InputError for an unknown outcome.
    """
    about = outcome(asked.outcome)
    scenario, run = simulator.run(asked.scenario, draws=REFINED, seed=asked.seed)
    values = run.value(asked.outcome, asked.year)
    labels = {name: one.label for name, one in load_parameters().items()}
    limit = noise(REFINED)
    found: list[Driver] = []
    if np.ptp(values) > 0:
        ranks = ranked(values)
        for name, sample in simulator.sample(scenario, draws=REFINED, seed=asked.seed).items():
            if name in labels and np.ptp(sample) > 0:
                strength = float(np.mean(ranked(sample) * ranks))
                if abs(strength) > limit:  # what does nothing is no driver, however few there are
                    found.append(Driver(path=f"parameters/{name}", label=labels[name], correlation=round(strength, 3)))
    notes = {note.name: note for note in relations({f"parameters/{name}" for name in labels})}
    return DriversAnswer(
        outcome=about.id,
        label=about.label,
        definition=about.definition,
        period="horizon" if about.kind == "date" else str(asked.year),
        draws=REFINED,
        noise=round(limit, 3),
        drivers=sorted(found, key=lambda one: -abs(one.correlation))[:MOST_DRIVERS],
        mechanisms=[
            MechanismLine(name=name, title=notes[name].title, equation=notes[name].equation)
            for name in mechanisms_of(about.reads)
            if name in notes
        ],
    )

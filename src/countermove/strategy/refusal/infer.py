"""Inferring from a refusal.

Types, replies, likelihood of the reports, probabilities before and after, and how they move with what is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InputError, did_you_mean
from countermove.strategy.cells import Progress
from countermove.strategy.profiles import Profile, find_profile
from countermove.strategy.quantal import check_precisions
from countermove.strategy.refusal.beliefs import Belief, belief, effective_draws, set_priors
from countermove.strategy.refusal.readings import readings
from countermove.strategy.refusal.replies import Index, chances, index
from countermove.strategy.refusal.reports import likelihoods
from countermove.strategy.refusal.setting import CAPABILITIES, Event, Setting, check_priors, read_setting, shipped_setting
from countermove.strategy.refusal.short_game import ShortGame, short_game
from countermove.strategy.refusal.types import Types, simulated_types

Floats = NDArray[np.float64]
Mode = Literal["reduced", "short-game"]
MODES: tuple[Mode, ...] = ("reduced", "short-game")
SWEPT = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
SWEPT_PRIORS = (0.05, 0.15, 0.3, 0.5, 0.7)


@dataclass(frozen=True)
class Case:
    """One inference at one precision: probabilities after the first event alone, after all, and step by step."""

    precision: float
    first: dict[str, Belief]
    all: dict[str, Belief]
    readings: dict[str, Belief]
    readings_first: dict[str, Belief]
    steps: list[tuple[str, dict[str, Belief]]]
    log_factors: dict[str, dict[str, float]]
    """Capability -> event -> log Bayes factor that the event alone would give."""
    effective_draws: float
    index: Index
    reply_now: Floats
    """(reply,) chances of Beijing's reply averaged over prior weights."""
    hidden: Belief
    short: ShortGame | None


@dataclass(frozen=True)
class Inference:
    """Everything asked for: the case at the chosen precision, and its sweeps."""

    setting: Setting
    mode: Mode
    events: dict[str, Event]
    types: Types
    priors: dict[str, float]
    weights: Floats
    case: Case
    by_precision: list[Case]
    by_prior: dict[str, list[Belief]]
    washington: Profile


def infer_refusal(
    *,
    events: Sequence[str] | None = None,
    priors: Mapping[str, float] | None = None,
    precision: float | None = None,
    mode: str = "reduced",
    washington: str | None = None,
    setting_file: Path | None = None,
    draws: int = 1000,
    seed: int = 2026,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> Inference:
    """Return the probabilities before and after the chosen events (all of them by default).

    `priors` sets prior probabilities of capabilities by name; the rest are the model's own. Raises InputError for unknown
    names, priors not strictly between 0 and 1, and a negative precision.
    """
    if mode not in MODES:
        raise InputError(f"no mode named {mode!r}", where="--mode", hint=did_you_mean(mode, MODES))
    setting = read_setting(setting_file) if setting_file is not None else shipped_setting()
    chosen = setting.chosen_events(None if events is None else tuple(events))
    if not chosen:
        raise InputError("no event is chosen", where="--events", hint=f"one of: {', '.join(setting.events)}")
    at = check_precisions([setting.lambda_ if precision is None else precision])[0]
    wanted = check_priors(priors or {})
    profile = find_profile("washington", washington)
    types = simulated_types(setting, draws=draws, seed=seed, use_cache=use_cache, progress=progress)
    return inferred(setting, types, chosen, wanted, at, "reduced" if mode == "reduced" else "short-game", profile)


def inferred(
    setting: Setting,
    types: Types,
    events: dict[str, Event],
    priors: Mapping[str, float],
    precision: float,
    mode: Mode,
    profile: Profile,
) -> Inference:
    """Return the inference on given types, with its sweeps over precisions and priors."""
    in_draws = {name: value for name, value in priors.items() if name != "hidden_chip"}
    weights = set_priors(types.has, in_draws) if in_draws else np.full(types.draws, 1.0 / types.draws)

    def case(at: float, prior: Floats) -> Case:
        return _case(setting, types, events, prior, at, mode, profile, priors.get("hidden_chip", setting.hidden_chip.prior))

    main = case(precision, weights)
    by_precision = [case(at, weights) for at in sorted({*SWEPT, precision})]
    by_prior: dict[str, list[Belief]] = {}
    for name in CAPABILITIES:
        if types.has[name].any() and not types.has[name].all():
            # Under another prior of one capability the draws within each group keep their weights: only the groups' shares move.
            by_prior[name] = [_moved(main.all[name], value) for value in SWEPT_PRIORS]
    return Inference(setting, mode, events, types, dict(priors), weights, main, by_precision, by_prior, profile)


def _moved(found: Belief, prior: float) -> Belief:
    odds = found.bayes_factor * prior / (1 - prior)
    return Belief(prior, odds / (1 + odds), found.bayes_factor, found.identified)


def _case(
    setting: Setting,
    types: Types,
    events: dict[str, Event],
    prior: Floats,
    precision: float,
    mode: Mode,
    profile: Profile,
    hidden_prior: float,
) -> Case:
    short = short_game(types, profile, precision=precision, prior=prior) if mode == "short-game" else None
    if short is None:
        now = index(types, types.now, types.offer)
        later = index(types, types.later, types.offer, unit=now.unit)
    else:
        held_out = np.maximum(short.held_out, 0.0) * short.index.unit
        now = index(types, types.now, types.offer, unit=short.index.unit, better=held_out)
        later = index(types, types.later, types.offer, unit=short.index.unit, better=held_out)
    replies = {"now": chances(now, precision) if short is None else short.replies, "later": chances(later, precision)}
    by_event = likelihoods(setting, events, replies, types.other_causes)
    together = np.prod(list(by_event.values()), axis=0)
    first = next(iter(by_event.values()))
    classes = readings(now, types.other_causes, replies["now"], types.now.scarcity)
    steps, so_far = [], np.ones(types.draws)
    for name, likelihood in by_event.items():
        so_far = so_far * likelihood
        steps.append((name, _beliefs(types, prior, so_far)))
    return Case(
        precision=precision,
        first=_beliefs(types, prior, first),
        all=_beliefs(types, prior, together),
        readings={name: belief(has, prior, together) for name, has in classes.items()},
        readings_first={name: belief(has, prior, first) for name, has in classes.items()},
        steps=steps,
        log_factors={
            name: {event: float(np.log(belief(types.has[name], prior, one).bayes_factor)) for event, one in by_event.items()}
            for name in CAPABILITIES
        },
        effective_draws=effective_draws(prior * together),
        index=now,
        reply_now=replies["now"] @ prior,
        hidden=_hidden(setting, types, events, prior, precision, now, later, together, hidden_prior),
        short=short,
    )


def _beliefs(types: Types, prior: Floats, likelihood: Floats) -> dict[str, Belief]:
    return {name: belief(types.has[name], prior, likelihood) for name in CAPABILITIES}


def _hidden(
    setting: Setting,
    types: Types,
    events: dict[str, Event],
    prior: Floats,
    precision: float,
    now: Index,
    later: Index,
    together: Floats,
    share: float,
) -> Belief:
    """Return the probability of a chip that no draw contains: the same worlds, in which refusing forgoes no relief at all.

    An upper bound on what the reports can say for an equal chip: no other capability lowers the cost of refusing more.
    """
    replies = {at: chances(_without_relief(found), precision) for at, found in (("now", now), ("later", later))}
    likelihood = np.prod(list(likelihoods(setting, events, replies, types.other_causes).values()), axis=0)
    factor = float(prior @ likelihood) / float(prior @ together)
    odds = factor * share / (1 - share)
    return Belief(share, odds / (1 + odds), factor)


def _without_relief(found: Index) -> Index:
    return Index({name: values * (name != "capability") for name, values in found.parts.items()}, found.unit)

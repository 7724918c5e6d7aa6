"""The likelihood of dated reports.

What each type would have done, what else can cause the event, and how far a report is to be trusted.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from countermove.strategy.refusal.setting import REPLIES, Event, Setting

Floats = NDArray[np.float64]


def event_chance(event: Event, replies: Floats, other_causes: NDArray[np.bool_]) -> Floats:
    """Return the chance of an event per draw.

    Sum over replies of P(event | reply) P(reply), or that of other causes if larger.
    """
    given = np.array([event.likelihood[reply] for reply in REPLIES])  # type: ignore[index]
    found: Floats = given @ replies
    if event.other is not None:
        # Another sufficient cause can only add to the chance: noisy-or (Pearl 1988).
        found = np.where(other_causes, 1.0 - (1.0 - found) * (1.0 - event.other), found)
    return found


def report_likelihood(setting: Setting, event: Event, replies: Floats, other_causes: NDArray[np.bool_]) -> Floats:
    """Return the likelihood of the report per draw: false + (hit - false) P(event)."""
    trust = setting.reliability[event.grade]
    found: Floats = trust.false + (trust.hit - trust.false) * event_chance(event, replies, other_causes)
    return found


def likelihoods(
    setting: Setting, events: Mapping[str, Event], replies: Mapping[str, Floats], other_causes: NDArray[np.bool_]
) -> dict[str, Floats]:
    """Return the likelihood of each report (draw,); reports are independent given the type (an assumption)."""
    return {name: report_likelihood(setting, event, replies[event.at], other_causes) for name, event in events.items()}

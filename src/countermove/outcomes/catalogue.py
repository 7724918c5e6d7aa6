"""Every outcome, in the order in which tables show them."""

from __future__ import annotations

from countermove.outcomes.catching_up import FRONTIER
from countermove.outcomes.compute import COMPUTE
from countermove.outcomes.money import MONEY
from countermove.outcomes.outcome import Outcome
from countermove.outcomes.self_sufficiency import SELF_SUFFICIENCY
from countermove.outcomes.volumes import UNITS

ALL: tuple[Outcome, ...] = (*MONEY, *UNITS, *SELF_SUFFICIENCY, *COMPUTE, *FRONTIER)

"""Documents of `play` and `infer refusal`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from countermove.cli.documents.base import Document

BothSides = dict[Literal["washington", "beijing"], list[list[float]]]
"""Side -> one row per strategy of Washington, one column per strategy of Beijing."""


class StrategyDocument(Document):
    """One strategy of one side."""

    id: str
    label: str
    levers: dict[str, Any]


class PayoffsDocument(Document):
    """Payoffs of both sides for every pair of strategies."""

    unit: str
    median: BothSides
    p5: BothSides
    p95: BothSides


class EquilibriumDocument(Document):
    """One pair of strategies, or mixtures of them, that neither side would leave alone."""

    kind: Literal["pure", "mixed"]
    profile: dict[Literal["washington", "beijing"], dict[str, float]]
    survival: float | None = Field(description="share of draws in which the pair is stable; null for mixtures")


class ReplyDocument(Document):
    """What answers one strategy of the other side."""

    best: list[str]
    share_of_draws: dict[str, float]


class LeaderDocument(Document):
    """What the side that moves first announces, and what answers it."""

    leader: Literal["washington", "beijing"]
    announces: str
    replies: list[str]
    leader_value: list[float] = Field(description="lowest and highest over replies that are equally good")


class OrdersOfMoveDocument(Document):
    """The game under each order of move."""

    us_first: LeaderDocument = Field(alias="us-first")
    cn_first: LeaderDocument = Field(alias="cn-first")
    simultaneous: dict[str, Any]


class PlayDocument(Document):
    """What `countermove play --json` prints."""

    game: str
    version: str
    seed: int
    draws: int
    players: list[str]
    strategies: dict[Literal["washington", "beijing"], list[StrategyDocument]]
    payoffs: PayoffsDocument
    equilibria: list[EquilibriumDocument]
    best_replies: dict[Literal["washington", "beijing"], dict[str, ReplyDocument]]
    orders: OrdersOfMoveDocument
    caveat: str


class BeliefDocument(Document):
    """Probability of one capability or motive before and after the reports."""

    prior: float
    posterior: float
    bayes_factor: float | None = Field(description="null where the prior is nought or one")


class CapabilitiesDocument(Document):
    """Probabilities by capability or motive."""

    chip_parity: BeliefDocument
    system_parity: BeliefDocument
    supply_cover: BeliefDocument
    protection: BeliefDocument
    bargaining: BeliefDocument
    distrust: BeliefDocument
    other_causes: BeliefDocument


class EventDocument(Document):
    """One dated report that the inference uses."""

    id: str
    date: str
    label: str
    grade: str


class InferRefusalDocument(Document):
    """What `countermove infer refusal --json` prints."""

    version: str
    mode: Literal["reduced", "short-game"]
    draws: int
    seed: int
    events: list[EventDocument]
    lambda_: float = Field(alias="lambda", description="precision of replies")
    capabilities: CapabilitiesDocument
    after_one_refusal: CapabilitiesDocument
    caveat: str

"""How something is said: states, denies, declines, speculates, opinion or inference; and the words that hedge it."""

from __future__ import annotations

import re

from countermove.reading.lexicon import word_set

STANCES = ("states", "denies", "declines", "speculates", "opinion", "infers")

_HEDGES = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|probably|likely|unlikely|reportedly|allegedly|"
    r"apparently|seems?|appears? to|is said to|are said to|is thought to|is believed to|is "
    r"known to|is expected to|are expected to|it is reported|rumou?r|"
    r"unclear|if confirmed|in theory|as is known|potentially|presumably|supposedly|as "
    r"early as|plans? to|planned to|aims? to|intends? to|hopes? to|is considering|is "
    r"weighing|in talks|set to|due to be|believed to|thought to)\b",
    re.I,
)
_FUTURE = re.compile(
    r"\b(?:may|might|could|would|will|is expected|are expected|expects?|forecasts?|"
    r"predicts?|plans? to|planned|plans|aims? to|intends? to|is considering|is weighing|"
    r"weighing|set to|rumou?r|is said to|are said to|is thought|are thought|is known to be "
    r"targeted|likely|projected|by 20(?:2[6-9]|3\d)|I guess|my guess|target(?:ed|s)?|"
    r"hopes?|due next)\b",
    re.I,
)
_OPINION = re.compile(
    r"\b(?:should|ought|must not|I (?:believe|think|hope|would)|in my (?:view|opinion)|we "
    r"(?:believe|urge|think)|unfair|unreasonable|mistake|wrong|generous|dangerous|better|"
    r"best|worst|least bad|nothing of the kind|wantonly|for free|pity|lesson|blackmail|"
    r"sensible|foolish|wants?|disappointed|oppose[sd]?|overstretch\w*|politici[sz]\w*|"
    r"need(?:s)? to|deserves?|nobody|nonsense)\b|^\"?You (?:cannot|can't|don't)",
    re.I,
)
_INFERS = re.compile(
    r"\b(?:which|this|that|it|they) (?:suggests?|impl(?:y|ies)|means?|meant|indicates?)\b|"
    r"\b(?:therefore|thus|hence|it follows|it can (?:therefore )?be seen|we calculate|"
    r"divide|implies|imply|suggests that|that would be enough|if that report is right|my "
    r"conclusion|out of reach|checks suggest)\b",
    re.I,
)
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied)|dismiss\w*|not true|untrue|no truth|not correspond to the "
    r"facts|false|rejects?|rejected|inaccurate|nonsense|disput\w+|not in line with the "
    r"facts|contains? no|does not constitute|refut\w+|fabricat\w+)\b",
    re.I,
)


def stance(verb: str, text: str, *, opinionated: bool = False, quoted: bool = False) -> str:
    """Return how a speaker says the text, from the verb and the words; `opinionated` marks a text that argues throughout."""
    if verb == "declines":
        return "declines"
    if verb in word_set("speech", "denies") or _DENIAL.search(text):
        return "denies"
    if _INFERS.search(text):
        return "infers"
    if _OPINION.search(text):
        return "opinion"
    if verb in word_set("speech", "opines") and not re.search(r"\d", text):
        return "opinion"
    if verb in (
        "expect",
        "expects",
        "expected",
        "predict",
        "predicts",
        "predicted",
        "forecast",
        "forecasts",
        "projects",
        "projected",
        "anticipates",
        "sees",
        "see",
        "reckons",
    ):
        return "speculates"
    if _FUTURE.search(text):
        return "speculates"
    return "opinion" if opinionated and not re.search(r"\d", text) else "states"


def hedges(text: str) -> tuple[str, ...]:
    """Return the hedging words of a text, in order, each once."""
    return tuple(dict.fromkeys(match[0].lower() for match in _HEDGES.finditer(text)))

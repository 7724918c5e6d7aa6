"""Whether a statement is negated: "did not ship 200,000", "200,000, not 600,000", "neither has paid the 15% fee"."""

from __future__ import annotations

import re

from countermove.reading.amount import Amount

#: What looks like a negation but bounds a number or adds to it.
_NO_NEGATION = re.compile(
    r"\b(?:not (?:only|just|merely|least|quite|yet exceed\w*|exceed\w*|to exceed|(?:yet )?above)|"
    r"(?:no|not) (?:more|fewer|less|later|earlier) than|no longer than|no doubt|whether or not)\b",
    re.I,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nobody|cannot|without|fail(?:s|ed)? to|rather than|"
    r"instead of|(?:has|have|had) yet to)\b|n['’]t\b",
    re.I,
)
_INSERTED = re.compile(r", (?:which|who|whose) [^,;]*,", re.I)
_CLAUSE = re.compile(
    r"[;:]|,? \b(?:but|while|whereas|although|though|because|which|who|after|until|except)\b|, (?:and|so) ", re.I
)
_AFTER = re.compile(
    r"(?:[ -][\w'’-]+){0,5} (?:was|were|is|are|has|have|had|did|do|does|will|would|could|can)(?:n['’]t| (?:not|never))\b", re.I
)


def negated(text: str, amount: Amount | None = None) -> bool:
    """Say whether a text, or what its clause says with an amount (whose span is in the text), is negated."""
    plain = _NO_NEGATION.sub(lambda found: "_" * len(found[0]), text)
    if amount is None or amount.end == 0:
        return _NEGATION.search(plain) is not None
    plain = _INSERTED.sub(lambda found: "_" * len(found[0]), plain)
    before = _CLAUSE.split(plain[: amount.start])[-1]
    contrast = re.search(r", not [^,]*, ?|, not [^,]*$", before)
    if contrast is not None and contrast.end() < len(before):
        before = before[contrast.end() :]
    return _NEGATION.search(before) is not None or _AFTER.match(plain, amount.end) is not None

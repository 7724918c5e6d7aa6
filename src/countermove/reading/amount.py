"""An amount, and the words that stand for numbers."""

from __future__ import annotations

from dataclasses import dataclass

SMALL = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "eighteen": 18,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "a hundred": 100,
    "a": 1,
    "half a": 0.5,
    "zero": 0,
}
SHARES = {
    "half": 50.0,
    "one half": 50.0,
    "a half": 50.0,
    "a third": 100 / 3,
    "one third": 100 / 3,
    "one-third": 100 / 3,
    "two thirds": 200 / 3,
    "two-thirds": 200 / 3,
    "a quarter": 25.0,
    "one quarter": 25.0,
    "three quarters": 75.0,
    "three-quarters": 75.0,
    "a fifth": 20.0,
    "one fifth": 20.0,
    "one-fifth": 20.0,
    "a tenth": 10.0,
    "one tenth": 10.0,
    "four fifths": 80.0,
    "four-fifths": 80.0,
    "two fifths": 40.0,
    "two-fifths": 40.0,
}
FOLDS = {
    "doubled": 2.0,
    "double": 2.0,
    "doubles": 2.0,
    "doubling": 2.0,
    "tripled": 3.0,
    "triple": 3.0,
    "tripling": 3.0,
    "quadrupled": 4.0,
    "quadruple": 4.0,
    "twofold": 2.0,
    "threefold": 3.0,
    "fourfold": 4.0,
    "fivefold": 5.0,
    "sixfold": 6.0,
    "tenfold": 10.0,
    "twice": 2.0,
}
SCALE = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "wan": 1e4}
DURATIONS = ("month", "year", "week", "day", "quarter")


@dataclass(frozen=True)
class Amount:
    """One quantity: value or range in `unit`, the qualifier ("" if exact), and its span in the sentence."""

    start: int
    end: int
    value: float | None
    low: float | None
    high: float | None
    unit: str
    qualifier: str = ""
    conversion: bool = False

    @property
    def number(self) -> float:
        """The value, or the middle of the range."""
        if self.value is not None:
            return self.value
        return ((self.low or 0.0) + (self.high or self.low or 0.0)) / 2

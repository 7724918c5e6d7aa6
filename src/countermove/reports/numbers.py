"""How a number is printed: one magnitude for a value and its range, k / M / bn, signs and percentage points.

The median decides the magnitude and the decimals, so that "12.4 bn [3.1 to 27.8]" lines up and promises no
more digits than the spread deserves. A range uses "to", because a dash beside a minus sign misreads.
"""

from __future__ import annotations

from dataclasses import dataclass

from countermove.reports.model import Band, OutcomeNote

MINUS = "\u2212"
TIMES = "\u00d7"
NEARLY_ZERO = "~0"
THIN = "\u202f"  # narrow no-break space between a number and its suffix
HORIZON_YEAR = 2033.0  # a date reported as this year or later was not reached by the horizon
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STEPS = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A divisor with its suffix, and the decimals that go with it."""

    divisor: float
    suffix: str
    decimals: int

    def fixed(self, value: float) -> str:
        """The bare number with exactly this magnitude's decimals, for the ticks of one axis."""
        return _sign(value, signed=False) + f"{abs(value / self.divisor):.{self.decimals}f}" if value else "0"

    def digits(self, value: float, *, signed: bool = False) -> str:
        """The bare number in this magnitude: "12.4", "125", with a sign when `signed`.

        From 100 on no decimals are printed. "~0" is not zero, but too small to print here; "0" is exactly zero.
        """
        size = abs(value / self.divisor)
        text = f"{size:.{self.decimals if size < 99.95 else 0}f}"
        if float(text) == 0.0:
            return NEARLY_ZERO if value else "0"
        return _sign(value, signed) + text

    def full(self, value: float, *, prefix: str = "", signed: bool = False) -> str:
        """The number with prefix and suffix: "$12.4 bn"."""
        digits = self.digits(value, signed=signed)
        sign = digits[0] if digits[0] in f"+{MINUS}" else ""
        if digits in ("0", NEARLY_ZERO):
            return f"~{prefix}0" if digits == NEARLY_ZERO else f"{prefix}0"
        suffix = f"{THIN}{self.suffix}" if self.suffix else ""
        return f"{sign}{prefix}{digits.removeprefix(sign)}{suffix}"


def _sign(value: float, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def magnitude(reference: float, *, suffixes: bool = True) -> Magnitude:
    """The magnitude in which `reference` reads with two to three significant digits."""
    size = abs(reference)
    for divisor, suffix in _STEPS if suffixes else ():
        if size >= 0.9995 * divisor:
            return Magnitude(divisor, suffix, _decimals(size / divisor))
    return Magnitude(1.0, "", _decimals(size))


def _decimals(size: float) -> int:
    if size == 0 or size >= 99.95:
        return 0
    return 1 if size >= 0.995 else 2


def reference(band: Band) -> float:
    """The value that decides how a band is printed: the median, or the far end when the median is tiny beside it."""
    far = max(abs(band.p95), abs(band.p5))
    return band.median if abs(band.median) > 0.02 * far else far


def value_text(value: float, outcome: OutcomeNote) -> str:
    """One value of an outcome as a person writes it, without the noun of its unit."""
    return _one(value, outcome, _magnitude_of(value, outcome), signed=False)


def band_texts(band: Band, outcome: OutcomeNote) -> tuple[str, str]:
    """(median, "low to high" of the 90% range) in one magnitude where that reads well."""
    shared = _magnitude_of(reference(band), outcome)
    return _one(band.median, outcome, shared, signed=False), _range(band, outcome, shared, signed=False)


def difference_texts(band: Band, outcome: OutcomeNote) -> tuple[str, str]:
    """The same for a paired difference: signed, in percentage points or years where that is the unit."""
    if outcome.display in ("year", "months"):
        shared = Magnitude(1.0, "", 1)
    else:
        shared = _magnitude_of(reference(band), outcome, difference=True)
    noun = {"percent": " pts", "year": " years", "months": " months"}.get(outcome.display, "")
    prefix = outcome.prefix if outcome.display == "money" else ""
    median = shared.full(_scaled(band.median, outcome), prefix=prefix, signed=True)
    return median + noun, _range(band, outcome, shared, signed=True)


def _range(band: Band, outcome: OutcomeNote, shared: Magnitude, *, signed: bool) -> str:
    """The 90% range: one suffix at its high end, or one for each end when they differ a thousandfold."""
    if outcome.display == "year" and not signed:
        return f"{year_text(band.p5)} to {year_text(band.p95)}"
    low, high = (_scaled(v, outcome) for v in (band.p5, band.p95))
    if outcome.display in ("money", "count", "number") and max(abs(low), abs(high)) >= 999.5 * shared.divisor:
        return f"{magnitude(low).full(low, signed=signed)} to {magnitude(high).full(high, signed=signed)}"
    units = {"ratio": TIMES} if signed else {"ratio": TIMES, "percent": "%"}
    unit = f"{THIN}{shared.suffix}" if shared.suffix else units.get(outcome.display, "")
    return f"{shared.digits(low, signed=signed)} to {shared.digits(high, signed=signed)}{unit if low or high else ''}"


def year_text(value: float) -> str:
    """A date in decimal years: "May 2029", or "after 2032" when the horizon did not reach it."""
    if value >= HORIZON_YEAR - 1e-9:
        return f"after {HORIZON_YEAR - 1:.0f}"
    year = int(value)
    return f"{MONTH_NAMES[min(11, int((value - year) * 12 + 1e-9))]} {year}"


def _scaled(value: float, outcome: OutcomeNote) -> float:
    return value * 100.0 if outcome.display == "percent" else value * outcome.scale


def _magnitude_of(value: float, outcome: OutcomeNote, *, difference: bool = False) -> Magnitude:
    scaled = _scaled(value, outcome)
    if outcome.display == "percent":
        small = abs(scaled) < (0.995 if not difference else 9.95)
        return Magnitude(1.0, "", 1 if small and scaled else 0)
    return magnitude(scaled, suffixes=outcome.display in ("money", "count", "number"))


def _one(value: float, outcome: OutcomeNote, shared: Magnitude, *, signed: bool) -> str:
    if outcome.display == "year":
        return year_text(value)
    scaled = _scaled(value, outcome)
    if outcome.display == "percent":
        return shared.digits(scaled, signed=signed) + "%"
    if outcome.display == "ratio":
        return shared.digits(scaled, signed=signed) + TIMES
    if outcome.display == "months":
        return shared.digits(scaled, signed=signed) + " months"
    return shared.full(scaled, prefix=outcome.prefix, signed=signed)


def plain(value: float) -> str:
    """A parameter value: up to four significant digits, k / M / bn only from a million on."""
    if value and abs(value) >= 1e6:
        return magnitude(value).full(value)
    if value and abs(value) < 1e-3:
        return f"{value:.2e}".replace("-", MINUS)
    return f"{value:,.4g}".replace("-", MINUS) if abs(value) < 1e4 else f"{value:,.0f}".replace("-", MINUS)

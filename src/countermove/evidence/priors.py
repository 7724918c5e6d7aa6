"""Prior distributions of the uncertain parameters, each sampled through one uniform number per draw.

Every kind has the same four doors: `ppf` carries uniforms in (0, 1) to values, `cdf` is its inverse, `bounds` gives the
5% and 95% points, `scaled` restates the prior in another unit. Only numpy and ``scipy.special`` are used: importing
``scipy.stats`` would cost a run most of a second.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

Floats = NDArray[np.float64]

#: A number that is written as one: neither a text nor true or false.
Number = Annotated[float, Field(strict=True)]

#: 95% point of the standard normal distribution.
Z95: Final = 1.6448536269514722


class PriorBase(BaseModel):
    """What all kinds share: truncation to hard limits, and the 5% and 95% points."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: str

    # Limits that no draw may pass; set by `limited`, never written in a file.
    _limits: tuple[float, float] = PrivateAttr(default=(-math.inf, math.inf))

    def ppf(self, u: ArrayLike) -> Floats:
        """Return the values at the uniforms ``u`` in (0, 1), of the same shape; inside the limits, if there are any."""
        low, high = self._limits
        share = np.asarray(u, dtype=np.float64)
        if math.isinf(low) and math.isinf(high):
            return self._ppf(share)
        below, above = (
            float(self._cdf(np.asarray(limit))) if math.isfinite(limit) else end for limit, end in ((low, 0.0), (high, 1.0))
        )
        return np.clip(self._ppf(below + share * (above - below)), low, high)

    def cdf(self, x: ArrayLike) -> Floats:
        """Return the probability of a value at or below each ``x``; 0 and 1 outside the limits, if there are any."""
        low, high = self._limits
        values = np.asarray(x, dtype=np.float64)
        below, above = (
            float(self._cdf(np.asarray(limit))) if math.isfinite(limit) else end for limit, end in ((low, 0.0), (high, 1.0))
        )
        return np.clip((self._cdf(values) - below) / (above - below), 0.0, 1.0)

    def bounds(self) -> tuple[float, float]:
        """Return the 5% and 95% points."""
        low, high = self.ppf(np.array([0.05, 0.95]))
        return float(low), float(high)

    def median(self) -> float:
        """Return the 50% point."""
        return float(self.ppf(np.array([0.5]))[0])

    def limited(self, low: float, high: float) -> Self:
        """Return the prior cut to [low, high] and renormalised, so that no draw lies outside."""
        support_low, support_high = self.support()
        if low <= support_low and support_high <= high:
            return self
        cut = self.model_copy()
        cut._limits = (max(low, self._limits[0]), min(high, self._limits[1]))
        return cut

    def support(self) -> tuple[float, float]:
        """Return the smallest and largest possible value."""
        raise NotImplementedError

    def words(self) -> str:
        """Return the prior as text: ``uniform (low 11.4, high 13)``."""
        numbers = ", ".join(f"{name} {value:g}" for name, value in self if isinstance(value, float))
        return f"{self.kind} ({numbers})"

    def stated(self) -> tuple[float, float]:
        """Return the two numbers that a source has to state for the prior to count as sourced."""
        return self.support()

    def scaled(self, factor: float) -> Self:
        """Return the prior of ``factor`` times the quantity, ``factor`` > 0: the same prior in another unit."""
        if not factor > 0:
            raise ValueError(f"a prior can only be scaled by a positive factor, not {factor}")
        fields = {name: value * factor for name, value in self if isinstance(value, float)}
        again = self.model_copy(update=fields)
        again._limits = (self._limits[0] * factor, self._limits[1] * factor)
        return again

    def _ppf(self, u: Floats) -> Floats:
        raise NotImplementedError

    def _cdf(self, x: Floats) -> Floats:
        raise NotImplementedError


class Fixed(PriorBase):
    """One value in every draw."""

    kind: Literal["fixed"] = "fixed"
    value: Number

    def support(self) -> tuple[float, float]:
        """Return the value, twice."""
        return self.value, self.value

    def _ppf(self, u: Floats) -> Floats:
        return np.full_like(u, self.value)

    def _cdf(self, x: Floats) -> Floats:
        return np.where(x >= self.value, 1.0, 0.0)


class _Between(PriorBase):
    """A prior on [low, high]."""

    low: Number
    high: Number

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} must lie below high {self.high:g} (one value: kind fixed)")
        return self

    def support(self) -> tuple[float, float]:
        """Return low and high."""
        return self.low, self.high


class Uniform(_Between):
    """Every value between low and high alike."""

    kind: Literal["uniform"] = "uniform"

    def _ppf(self, u: Floats) -> Floats:
        return self.low + u * (self.high - self.low)

    def _cdf(self, x: Floats) -> Floats:
        return np.clip((x - self.low) / (self.high - self.low), 0.0, 1.0)


class LogUniform(_Between):
    """Every ratio alike between low and high: the logarithm is uniform. Both must be positive."""

    kind: Literal["loguniform"] = "loguniform"
    low: Number = Field(gt=0)
    high: Number = Field(gt=0)

    def _ppf(self, u: Floats) -> Floats:
        # The product can round past the ends by one unit in the last place.
        return np.clip(self.low * np.exp(u * math.log(self.high / self.low)), self.low, self.high)

    def _cdf(self, x: Floats) -> Floats:
        inside = np.clip(x, self.low, self.high)
        return np.log(inside / self.low) / math.log(self.high / self.low)


class Triangular(_Between):
    """Density rising from low to mode and falling to high."""

    kind: Literal["triangular"] = "triangular"
    mode: Number

    @model_validator(mode="after")
    def _mode_inside(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError(f"mode {self.mode:g} must lie between low {self.low:g} and high {self.high:g}")
        return self

    def _ppf(self, u: Floats) -> Floats:
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(np.maximum(u * width * left, 0.0))
        falling = self.high - np.sqrt(np.maximum((1.0 - u) * width * right, 0.0))
        return np.where(u * width < left, rising, falling)

    def _cdf(self, x: Floats) -> Floats:
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        inside = np.clip(x, self.low, self.high)
        rising = (inside - self.low) ** 2 / (width * left) if left > 0 else np.zeros_like(inside)
        falling = 1.0 - (self.high - inside) ** 2 / (width * right) if right > 0 else np.ones_like(inside)
        return np.where(inside < self.mode, rising, falling)


class _TwoPoints(PriorBase):
    """A prior given by its 5% and 95% points."""

    p5: Number
    p95: Number

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.p5 < self.p95:
            raise ValueError(f"p5 {self.p5:g} must lie below p95 {self.p95:g} (one value: kind fixed)")
        return self

    def stated(self) -> tuple[float, float]:
        """Return the 5% and 95% points as written."""
        return self.p5, self.p95


class Normal(_TwoPoints):
    """Normal distribution through its 5% and 95% points."""

    kind: Literal["normal"] = "normal"

    def support(self) -> tuple[float, float]:
        """Return the limits, else minus and plus infinity."""
        return self._limits

    def _ppf(self, u: Floats) -> Floats:
        from scipy.special import ndtri

        return (self.p5 + self.p95) / 2 + (self.p95 - self.p5) / (2 * Z95) * np.asarray(ndtri(u))

    def _cdf(self, x: Floats) -> Floats:
        from scipy.special import ndtr

        return np.asarray(ndtr((x - (self.p5 + self.p95) / 2) / ((self.p95 - self.p5) / (2 * Z95))))


class LogNormal(_TwoPoints):
    """Lognormal distribution through its 5% and 95% points, both positive."""

    kind: Literal["lognormal"] = "lognormal"
    p5: Number = Field(gt=0)
    p95: Number = Field(gt=0)

    def support(self) -> tuple[float, float]:
        """Return the limits, else 0 and infinity."""
        return max(0.0, self._limits[0]), self._limits[1]

    def _log_parameters(self) -> tuple[float, float]:
        low, high = math.log(self.p5), math.log(self.p95)
        return (low + high) / 2, (high - low) / (2 * Z95)

    def _ppf(self, u: Floats) -> Floats:
        from scipy.special import ndtri

        centre, spread = self._log_parameters()
        return np.exp(centre + spread * np.asarray(ndtri(u)))

    def _cdf(self, x: Floats) -> Floats:
        from scipy.special import ndtr

        centre, spread = self._log_parameters()
        with np.errstate(divide="ignore"):
            scores = (np.log(np.maximum(x, 0.0)) - centre) / spread
        return np.asarray(ndtr(scores))


class Component(BaseModel):
    """One part of a mixture: a prior and its weight (weights need not sum to one)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    weight: Number = Field(gt=0)
    prior: Prior
    note: str = ""


class Mixture(PriorBase):
    """Conflicting sources kept apart: each draw takes one component, in proportion to the weights.

    `ppf` splits (0, 1) between the components in the order of the file and stretches each piece, so one uniform says both
    which component and where in it. It is the quantile function exactly when the components do not overlap; its
    distribution is right always. Components are listed from the lowest median to the highest, so that a high uniform
    still means a high value where a copula joins parameters.
    """

    kind: Literal["mixture"] = "mixture"
    components: tuple[Component, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _low_to_high(self) -> Self:
        medians = [component.prior.median() for component in self.components]
        if medians != sorted(medians):
            listed = ", ".join(f"{median:g}" for median in medians)
            raise ValueError(f"list the components from the lowest median to the highest (found {listed})")
        return self

    def support(self) -> tuple[float, float]:
        """Return the smallest and largest value of any component."""
        supports = [component.prior.support() for component in self.components]
        return min(low for low, _ in supports), max(high for _, high in supports)

    def stated(self) -> tuple[float, float]:
        """Return the lowest and highest number that the components state."""
        numbers = [component.prior.stated() for component in self.components]
        return min(low for low, _ in numbers), max(high for _, high in numbers)

    def limited(self, low: float, high: float) -> Self:
        """Return the mixture with each component cut to [low, high]; the weights stay."""
        cut = tuple(component.model_copy(update={"prior": component.prior.limited(low, high)}) for component in self.components)
        return self.model_copy(update={"components": cut})

    def scaled(self, factor: float) -> Self:
        """Return the mixture of the scaled components."""
        scaled = tuple(component.model_copy(update={"prior": component.prior.scaled(factor)}) for component in self.components)
        return self.model_copy(update={"components": scaled})

    def words(self) -> str:
        """Return the components with their shares: ``mixture of 60% fixed (value 2); 40% uniform (low 3, high 5)``."""
        shares = zip(self.weights(), self.components, strict=True)
        return "mixture of " + "; ".join(f"{share:.0%} {component.prior.words()}" for share, component in shares)

    def bounds(self) -> tuple[float, float]:
        """Return the 5% and 95% points of the whole mixture, by bisection of its distribution function."""
        return self._quantile(0.05), self._quantile(0.95)

    def median(self) -> float:
        """Return the 50% point of the whole mixture."""
        return self._quantile(0.5)

    def weights(self) -> Floats:
        """Return the weights, normalised to sum to one, shape (component,)."""
        raw = np.array([component.weight for component in self.components])
        shares: Floats = raw / raw.sum()
        return shares

    def _quantile(self, share: float) -> float:
        ends = [float(component.prior.ppf(np.array([end]))[0]) for component in self.components for end in (1e-9, 1 - 1e-9)]
        low, high = min(ends), max(ends)
        for _ in range(200):
            middle = (low + high) / 2
            if float(self._cdf(np.asarray(middle))) < share:
                low = middle
            else:
                high = middle
        return high

    def _ppf(self, u: Floats) -> Floats:
        edges = np.concatenate([[0.0], np.cumsum(self.weights())])
        values = np.empty_like(u)
        chosen = np.clip(np.searchsorted(edges, u, side="right") - 1, 0, len(self.components) - 1)
        for number, component in enumerate(self.components):
            here = chosen == number
            inside = (u[here] - edges[number]) / (edges[number + 1] - edges[number])
            # A uniform on a piece's edge must stay strictly inside it, or a normal component would be infinite.
            values[here] = component.prior.ppf(np.clip(inside, 2.0**-53, 1 - 2.0**-53))
        return values

    def _cdf(self, x: Floats) -> Floats:
        parts = [weight * component.prior.cdf(x) for weight, component in zip(self.weights(), self.components, strict=True)]
        total: Floats = np.sum(parts, axis=0)
        return total


Prior = Annotated[
    Fixed | Uniform | LogUniform | Triangular | Normal | LogNormal | Mixture,
    Field(discriminator="kind"),
]

Component.model_rebuild()
Mixture.model_rebuild()


def prior_kinds() -> dict[str, Any]:
    """Return the classes of priors by the word used in files."""
    classes = (Fixed, Uniform, LogUniform, Triangular, Normal, LogNormal, Mixture)
    return {str(kind.model_fields["kind"].default): kind for kind in classes}

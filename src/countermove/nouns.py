"""The nouns of `import countermove`: a scenario that runs, a result and a comparison that report and explain themselves.

They are those of the experiments room with verbs that need the rooms above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from countermove.experiments import result as results
from countermove.experiments import run as running
from countermove.experiments import scenario as scenarios


def _fields_of(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


@dataclass(frozen=True)
class Scenario(scenarios.Scenario):
    """A scenario that can be run."""

    @classmethod
    def of(cls, scenario: scenarios.Scenario) -> Self:
        """Return a scenario with this one's fields."""
        return cls(**_fields_of(scenario))

    def run(self, **options: Any) -> Result:
        """Simulate this scenario; the options are those of `experiments.run.run`."""
        return run(self, **options)


@dataclass(frozen=True)
class Result(results.Result):
    """One scenario's outcomes, which it can report and explain."""

    @classmethod
    def of(cls, result: results.Result) -> Self:
        """Return a result with this one's fields."""
        return cls(**_fields_of(result))

    def report(self, path: Path | str) -> Path:
        """Write the one-file HTML report of this result and return its path."""
        return write_report(self, Path(path))

    def explain(self, outcome: str, *, period: str | None = None) -> dict[str, Any]:
        """Return the chain from an outcome through mechanisms and parameters to its sources."""
        self.outcome(outcome)
        return explain(self, outcome, period=period)


@dataclass(frozen=True)
class Comparison(results.Comparison):
    """Scenarios run with the same random numbers, whose differences it can report."""

    @classmethod
    def of(cls, comparison: results.Comparison) -> Self:
        """Return a comparison with this one's fields, its results able to report and explain themselves."""
        return cls(**_fields_of(comparison) | {"results": tuple(Result.of(one) for one in comparison.results)})

    def report(self, path: Path | str) -> Path:
        """Write the one-file HTML report of this comparison and return its path."""
        return write_report(self, Path(path))


def load(scenario: Path | str, **options: Any) -> Scenario:
    """Return a preset or a scenario file; options and errors are those of `experiments.scenario.load_scenario`."""
    return Scenario.of(scenarios.load_scenario(scenario, **options))


def run(scenario: scenarios.Scenario | str | Path, **options: Any) -> Result:
    """Simulate one scenario; options and errors are those of `experiments.run.run`."""
    return Result.of(running.run(scenario, **options))


def compare(chosen: Sequence[scenarios.Scenario | str | Path], **options: Any) -> Comparison:
    """Simulate scenarios with the same random numbers; options and errors are those of `experiments.run.compare`."""
    return Comparison.of(running.compare(chosen, **options))


def write_report(stored: results.Result | results.Comparison, path: Path) -> Path:
    """Write the report at a path ending in .html, or as report.html into a folder."""
    from countermove.reports.build import report_input
    from countermove.reports.report import write_page

    return write_page(report_input(stored), path if path.suffix == ".html" else path / "report.html")


def explain(result: results.Result, outcome: str, *, period: str | None = None) -> dict[str, Any]:
    """Return the chain behind an outcome as plain data: series, mechanisms, parameters with correlations, claims, sources.

    A mechanism's `steps` count how far it stands from the outcome: 0 writes what the outcome reads, 1 feeds those, and so on.
    Raises InputError with the nearest name for an outcome or a period that the result does not hold.
    """
    from countermove.desk.explain import explain as chain

    return chain(result, outcome, period=period)

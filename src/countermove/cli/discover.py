"""`countermove discover`: in which futures does something happen?"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from countermove.cli import options
from countermove.cli.output import print_json, print_text
from countermove.cli.sensitivity import Against, Folder, ScenarioName, named

EPILOG = """Examples: in which futures does refusal backfire, that is, leave China with less compute and no larger domestic share?

\b
  countermove discover out/refusal --scenario h200-rule+ban --against h200-rule+open \\
      --when "china_compute_h100e@2032 < 0 and domestic_share_units@2032 <= 0"
  countermove discover out/refusal --scenario h200-rule+ban --when "parity_year_chip_decode > 2030" --json

The box (PRIM) and the rules (CART) name levers and parameters. Coverage: the share of all cases found inside. Density: the
share of what is inside that are cases, with the half-width of a 95% interval from worlds (joint draws), not runs. The box is
tested in half of the worlds that it was not found with. Both describe the sweep's runs, not causes.
"""


def discover(
    folder: Folder,
    when: Annotated[
        str | None, typer.Option("--when", metavar="CONDITION", help="OUTCOME@PERIOD < NUMBER, joined by `and`.")
    ] = None,
    scenario: ScenarioName = None,
    against: Against = None,
    density: Annotated[float, typer.Option("--density", help="Density that the box should reach.")] = 0.8,
    depth: Annotated[int, typer.Option("--depth", help="Depth of the tree.")] = 3,
    as_json: options.Json = False,
) -> None:
    """Find the futures in which a condition holds, as one box and a few rules."""
    from countermove.experiments.discovery import discover as find

    document = find(folder, when=when, scenario=scenario, against=against, density=density, depth=depth)
    if as_json:
        print_json(document)
    else:
        print_text("\n".join(_lines(document)))


def _lines(document: dict[str, Any]) -> list[str]:
    against = f" less {document['against']}" if document["against"] else ""
    box = document["box"]
    lines = [
        f"{document['when']}  [{document['scenario']}{against}]",
        f"  holds in {document['share']:.1%} of {document['runs']:,} runs, which are {document['worlds']:,} worlds",
        "",
        f"Box (PRIM): holds in {_density(box)} of the {_size(box)} inside; {box['coverage']:.1%} of all such runs",
    ]
    for name, (low, high) in box["limits"].items():
        least, most = box["range"][name]
        lines.append(f"  {name:48}{low:>12.4g} to {high:<12.4g} of {least:.4g} to {most:.4g}")
    lines += [f"  {_test(box['held_out'])}", "", "Rules (CART), densest first"]
    for rule in document["rules"]:
        conditions = " and ".join(rule["conditions"]) or "everywhere"
        lines.append(f"  {_density(rule)} of {_size(rule)}: {conditions}")
    if document["indistinct"]:
        lines += ["", f"not told from a factor that does nothing: {named(document['indistinct'])}"]
    lines += [f"left out, because {group['reason']}: {named(group['factors'])}" for group in document["left_out"]]
    return lines


def _density(found: dict[str, Any]) -> str:
    return f"{found['density']:.1%} ± {found['density_error']:.1%}"


def _size(found: dict[str, Any]) -> str:
    return f"{found['cases']:,} runs ({found['worlds']:,} worlds, {found['points']:,} points)"


def _test(found: dict[str, Any] | None) -> str:
    """Say how a box found in one half of the worlds does in the other half."""
    if found is None:
        return "not tested: half of the worlds give no box"
    chance = f"p = {found['chance']:.2g}" if found["chance"] >= 1e-4 else "p < 0.0001"
    verdict = "more than chance" if found["told_from_chance"] else "NOT told from chance"
    return (
        f"{verdict}: a box found in half of the worlds holds in {found['density']:.1%} of the other half's runs inside "
        f"({found['worlds']:,} worlds), against {found['elsewhere']:.1%} outside ({chance})"
    )


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command("discover", epilog=EPILOG)(discover)

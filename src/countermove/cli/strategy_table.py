"""The printed summaries of games and inferences, in 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

WIDTH = 100
NAMES = {"washington": "Washington", "beijing": "Beijing"}
MOST_PAIRS = 6


def game_text(body: Mapping[str, Any], order: str | None = None) -> str:
    """Return the printed summary of a played game; `order` prints one order of move only."""
    window = f"{body['window']['first']} to {body['window']['last']}"
    lines = [
        f"{body['game']}: {body['label']}",
        f"{body['draws']:,} draws, seed {body['seed']}, {window}, version {body['version']}",
    ]
    lines += [f"{NAMES[s]}: {body['profiles'][s]['label']} (an assumption)" for s in NAMES]
    for side in NAMES:
        lines += ["", *_matrix(body, side)]
    lines += ["", "* best reply to the other side's strategy. Unit: standard deviations between pairs.", "", *_equilibria(body)]
    lines += ["", *_orders(body, order), "", *_quantal(body)]
    for name in ("weights_map", "bomb", "protection", "inverse", "repeated"):
        if body.get(name):
            lines += ["", *EXTRAS[name](body[name])]
    return "\n".join([*lines, "", *textwrap.wrap(body["caveat"], WIDTH)])


def refusal_text(body: Mapping[str, Any]) -> str:
    """Return the printed summary of an inference."""
    mode = "short game" if body["mode"] == "short-game" else "reduced form"
    draws = f"{body['draws']:,} draws ({body['effective_draws']:.0f} effective)"
    lines = [
        f"What a refusal of {body['offer']} tells: {mode}, lambda {body['lambda']:g}, {draws}",
        "",
        *(f"  {event['date']}  {event['label']} (grade {event['grade']})" for event in body["events"]),
    ]
    for title, every, first in (
        ("Capability or motive", body["capabilities"], body["after_one_refusal"]),
        ("Reading", body["readings"], body["readings_after_one_refusal"]),
    ):
        lines += ["", f"{title:<34}{'prior':>8}{'one refusal':>14}{'factor':>9}{'all reports':>14}{'factor':>9}"]
        lines += [_belief_line(name, belief, first[name]) for name, belief in every.items()]
    hidden = body["hidden_equal_chip"]
    shown = f"{hidden['prior']:>8.0%}{'':>23}{hidden['posterior']:>14.0%}{hidden['bayes_factor']:>9.2f}"
    lines += [f"{'hidden equal chip (upper bound)':<34}{shown}", "", "Bayes factor by lambda (all reports)"]
    names = [*body["readings"]]
    heads = [name.replace("-and-", "+").replace("-without-", " w/o ")[:14] for name in names]
    lines.append(f"{'lambda':<8}" + "".join(head.rjust(15) for head in heads))
    for row in body["sensitivity"]["lambda"]:
        lines.append(f"{row['lambda']:<8g}" + "".join(_factor(row["readings"][name]).rjust(15) for name in names))
    if body["short_game"]:
        lines += ["", "Washington's next offer after each reply"]
        for reply, offers in body["short_game"]["next_offer"].items():
            lines.append(f"  {reply:<8}" + "  ".join(f"{name} {chance:.0%}" for name, chance in offers.items()))
    return "\n".join([*lines, "", *textwrap.wrap(body["paragraph"], WIDTH), "", *textwrap.wrap(body["caveat"], WIDTH)])


def _belief_line(name: str, every: Mapping[str, Any], first: Mapping[str, Any]) -> str:
    shown = name.replace("_", " ").replace("-", " ")
    one = f"{every['prior']:>8.0%}{first['posterior']:>14.0%}{_factor(first):>9}"
    return f"{shown:<34}{one}{every['posterior']:>14.0%}{_factor(every):>9}"


def _factor(belief: Mapping[str, Any]) -> str:
    return "-" if belief["bayes_factor"] is None or not belief["identified"] else f"{belief['bayes_factor']:.2f}"


def _matrix(body: Mapping[str, Any], side: str) -> list[str]:
    rows = [s["id"] for s in body["strategies"]["washington"]]
    columns = [s["id"] for s in body["strategies"]["beijing"]]
    values, best = body["payoffs"]["mean"][side], body["best_replies"][side]
    if len(columns) > 8:
        return [f"Mean payoffs of {NAMES[side]}: {len(rows)} x {len(columns)} pairs, in the JSON document"]
    lines = [f"{'Mean payoff of ' + NAMES[side]:<26}" + "".join(name[:8].rjust(9) for name in columns)]
    for i, row in enumerate(rows[:40]):
        cells = []
        for j, column in enumerate(columns):
            replies = best[column]["best"] if side == "washington" else best[row]["best"]
            mark = "*" if (row if side == "washington" else column) in replies else " "
            cells.append(f"{values[i][j]:+.2f}{mark}".rjust(9))
        lines.append(f"{row[:25]:<26}" + "".join(cells))
    return lines


def _equilibria(body: Mapping[str, Any]) -> list[str]:
    lines = [f"Equilibria of the mean game ({body['search']['note']})"]
    for e in body["equilibria"]:
        sides = " / ".join(_mixture(e["profile"][side]) for side in NAMES)
        sure = f"; stable in {e['survival']:.0%} of draws, in {e['resampled']:.0%} of resampled games" if e["survival"] else ""
        lines += textwrap.wrap(f"{e['kind']}: {sides}{sure}", WIDTH, initial_indent="  ", subsequent_indent="    ")
    if not body["equilibria"]:
        lines.append("  none found")
    return lines


def _mixture(weights: Mapping[str, float]) -> str:
    return ", ".join(name if p > 0.9999 else f"{name} {p:.0%}" for name, p in weights.items())


def _orders(body: Mapping[str, Any], order: str | None) -> list[str]:
    lines = ["Orders of move"]
    for name in ("us-first", "cn-first"):
        if order in (None, name):
            o = body["orders"][name]
            low, high = o["leader_value"]
            lines.append(f"  {name}: {o['announces']}, answered by {' or '.join(o['replies'])}; leader {low:+.2f} to {high:+.2f}")
    if order in (None, "simultaneous"):
        for side, span in body["orders"]["simultaneous"]["values"].items():
            found = "no equilibrium found" if span is None else f"{span[0]:+.2f} to {span[1]:+.2f}"
            lines.append(f"  simultaneous: {NAMES[side]} {found}")
    for side, gain in body["orders"]["value_of_commitment"].items():
        if gain is not None:
            lines.append(f"  value of commitment, {NAMES[side]}: {gain[0]:+.2f} to {gain[1]:+.2f}")
    return lines


def _quantal(body: Mapping[str, Any]) -> list[str]:
    lines = ["Quantal response: most likely strategies by lambda"]
    ids = {side: [s["id"] for s in body["strategies"][side]] for side in NAMES}
    for point in body["quantal"]["points"]:
        if point["lambda"] in (0.0, 0.5, 1.0, 2.0, 5.0, 20.0, 50.0):
            top = "; ".join(_top(ids[side], point[side]) for side in NAMES)
            lines.append(f"  {point['lambda']:>5g}  {top}")
    return [*lines, *([f"  stopped: {body['quantal']['stopped']}"] if body["quantal"]["stopped"] else [])]


def _top(names: list[str], chances: list[float]) -> str:
    order = sorted(range(len(names)), key=lambda k: -chances[k])[:2]
    return ", ".join(f"{names[k]} {chances[k]:.0%}" for k in order)


def _map(body: Mapping[str, Any]) -> list[str]:
    shares = [point["refusal_share"] for point in body["points"]]
    always, never, none = (sum(share == kind for share in shares) / len(shares) for kind in (1.0, 0.0, None))
    lines = [
        f"Stable pairs over {len(shares)} blends of aims",
        f"  Beijing refuses in all stable pairs: {always:.0%} of blends; in none: {never:.0%}; no pure stable pair: {none:.0%}",
    ]
    return lines + [f"  {' / '.join(row['pair'])}: {row['share']:.0%}" for row in body["pair_shares"][:MOST_PAIRS]]


def _bomb(body: Mapping[str, Any]) -> list[str]:
    lines = [f"What {body['sold']} rather than {body['not_sold']} takes from domestic vendors (mean, 90%), and its parts"]
    for effect in body["effects"].values():
        e = effect["effect"]
        parts = ", ".join(f"{name} {part['mean']:+.3g}" for name, part in effect["parts"].items())
        lines += [f"  {effect['label']}: {e['mean']:+.3g} ({e['p5']:+.3g} to {e['p95']:+.3g})", f"    {parts}"]
    for name, ratio in body["displacement"].items():
        if "median" in ratio:
            lines.append(f"  {name}: {ratio['median']:.3f} ({ratio['p5']:.3f} to {ratio['p95']:.3f})")
    slack = ", ".join(f"{y} {p:.0%}" for y, p in zip(body["slack"]["years"], body["slack"]["mean_share"], strict=True))
    return [*lines, f"  domestic output not bound by supply: {slack}"]


def _protection(body: Mapping[str, Any]) -> list[str]:
    mill, even = body["mill"], body["break_even_value"]
    middle = f"{even['median']:.1f} ({even['p5']:.1f} to {even['p95']:.1f})" if "median" in even else "-"
    return [
        f"Protection against {body['offer']}",
        f"  Mill: equal by 2032 in {mill['share_of_draws']:.0%} of draws with it, {mill['share_without_protection']:.0%} without",
        f"  Bastable: pays where a domestic dollar is worth {middle} or more",
        f"    never in {even['never_pays']:.0%} of draws, always in {even['always_pays']:.0%}",
    ]


def _inverse(body: Mapping[str, Any]) -> list[str]:
    lines = ["Offers that Beijing would rather admit"]
    for name, found in body["by_beijing_profile"].items():
        lines.append(f"  {name}: {found['admitted']} of {found['of']}")
        for profile, offer in found["cheapest_admitted"].items():
            lines.append(f"    costs {profile} least: {offer or 'none'}")
    return lines


def _repeated(body: Mapping[str, Any]) -> list[str]:
    lines = [f"Looking again every year ({body['play']} play)"]
    return lines + [f"  {move['year']}: {move['washington']} / {move['beijing']}" for move in body["moves"]]


EXTRAS = {"weights_map": _map, "bomb": _bomb, "protection": _protection, "inverse": _inverse, "repeated": _repeated}

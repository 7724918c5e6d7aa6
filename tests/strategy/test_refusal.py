"""The inference end to end: its fixed keys, what each report does, both modes, and the words."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from countermove.reports.strategy import render_refusal
from countermove.strategy.profiles import find_profile
from countermove.strategy.refusal.infer import Inference, inferred
from countermove.strategy.refusal.replies import chances, index
from countermove.strategy.refusal.setting import CAPABILITIES, shipped_setting
from countermove.strategy.refusal.types import Types
from countermove.strategy.refusal.words import document

VERDICTS = re.compile(r"\b(proves?|proven|therefore China|must have|certainly|undoubtedly|confirms? that|reveals that)\b", re.I)


def infer(
    types: Types, *, mode: str = "reduced", precision: float = 2.0, events: tuple[str, ...] | None = None, **priors: float
) -> Inference:
    setting = shipped_setting()
    chosen = setting.chosen_events(events)
    return inferred(setting, types, chosen, priors, precision, mode, find_profile("washington"))  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["reduced", "short-game"])
def test_the_document_has_its_fixed_keys_and_posterior_odds_follow(types: Types, mode: str) -> None:
    body = document(infer(types, mode=mode))
    text = json.dumps(body, allow_nan=False)
    assert {"events", "lambda", "capabilities"} <= set(body)
    assert tuple(body["capabilities"]) == CAPABILITIES
    for belief in [*body["capabilities"].values(), *body["after_one_refusal"].values(), *body["readings"].values()]:
        if belief["identified"]:
            odds = belief["posterior"] / (1 - belief["posterior"])
            assert odds == pytest.approx(belief["bayes_factor"] * belief["prior"] / (1 - belief["prior"]), rel=1e-6)
    assert not VERDICTS.search(text)


def test_the_readings_share_out_all_odds(types: Types) -> None:
    case = infer(types).case
    assert sum(belief.prior for belief in case.readings.values()) == pytest.approx(1)
    assert sum(belief.posterior for belief in case.readings.values()) == pytest.approx(1)


def test_the_dated_sequence_tells_bargaining_from_the_other_readings(types: Types) -> None:
    case = infer(types).case
    factors = {name: belief.bayes_factor for name, belief in case.readings.items()}
    assert factors["bargaining"] < min(factors["capability"], factors["protection-without-scarcity"])
    # A narrow reopening without the better offer is what a side that holds out for it does not do.
    assert case.log_factors["bargaining"]["narrow-reopening"] < case.log_factors["bargaining"]["refusal"]


def test_at_lambda_zero_only_other_causes_learn_anything(types: Types) -> None:
    case = infer(types, precision=0.0).case
    assert case.log_factors["supply_cover"]["refusal"] == pytest.approx(0, abs=1e-12)
    assert case.log_factors["protection"]["narrow-reopening"] == pytest.approx(0, abs=1e-12)
    assert case.log_factors["other_causes"]["licensed-none-shipped"] > 0.1


def test_a_distrusted_report_says_less(types: Types) -> None:
    setting = shipped_setting()
    doubtful = setting.model_copy(update={"events": {"refusal": setting.events["refusal"].model_copy(update={"grade": "D"})}})
    profile = find_profile("washington")
    plain = inferred(setting, types, {"refusal": setting.events["refusal"]}, {}, 2.0, "reduced", profile).case
    weak = inferred(doubtful, types, dict(doubtful.events), {}, 2.0, "reduced", profile).case
    for name in ("supply_cover", "protection"):
        assert abs(np.log(weak.all[name].bayes_factor)) <= abs(np.log(plain.all[name].bayes_factor)) + 1e-12


def test_non_delivery_raises_other_causes_and_the_refusal_alone_does_not(types: Types) -> None:
    case = infer(types).case
    assert case.log_factors["other_causes"]["none-delivered"] > 0
    assert abs(case.log_factors["other_causes"]["refusal"]) < 0.25
    assert case.all["other_causes"].posterior > case.all["other_causes"].prior


def test_a_readers_prior_is_met(types: Types) -> None:
    found = infer(types, chip_parity=0.15, protection=0.7)
    assert found.case.all["chip_parity"].prior == pytest.approx(0.15)
    assert found.case.all["protection"].prior == pytest.approx(0.7)


def test_an_equal_chip_in_full_supply_bounds_what_capability_can_gain(types: Types) -> None:
    one = infer(types, events=("refusal",)).case
    assert one.hidden.bayes_factor >= 1
    assert one.hidden.bayes_factor >= max(1.0, one.all["chip_parity"].bayes_factor) - 1e-9


def test_the_index_rises_with_each_motive_and_falls_with_relief(types: Types) -> None:
    # Relief also makes the better offer dearer, so holding out is silenced here.
    types = replace(types, motives={**types.motives, "bargaining": types.motives["bargaining"] * 0.0})
    base = index(types, types.now, types.offer, unit=1.0).total[2]
    for name, sign in (("distrust", 1), ("relief", -1)):
        more = replace(types, motives={**types.motives, name: types.motives[name] * 1.5})
        moved = index(more, more.now, more.offer, unit=1.0).total[2] - base
        stake = more.now.lock_in[more.offer, 2] if name == "distrust" else more.now.relief[more.offer, 2]
        assert (sign * moved[stake > 0] >= -1e-9).all()


def test_the_chances_of_replies_add_up_to_one(types: Types) -> None:
    found = chances(index(types, types.now, types.offer), 3.0)
    assert np.allclose(found.sum(axis=0), 1)


def test_the_short_game_converges_and_offers_follow_beliefs(types: Types) -> None:
    found = infer(types, mode="short-game").case.short
    assert found is not None
    assert found.converged
    for offers in found.next_offer.values():
        assert sum(offers.values()) == pytest.approx(1)


def test_the_page_says_the_paragraph_and_loads_nothing_from_elsewhere(types: Types) -> None:
    body = document(infer(types))
    page = render_refusal(body)
    assert body["paragraph"].split(".")[0] in page.replace("&#39;", "'")
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", page)
    assert page.count("<svg") == 2

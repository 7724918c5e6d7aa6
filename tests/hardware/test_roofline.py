"""The roofline: better hardware never hurts, time scales with time, and the parts add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.hardware import roofline
from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.performance import rates, requested_rows
from countermove.hardware.roofline import Rows
from countermove.hardware.workloads import load_models

PHASES = {"training": roofline.training, "prefill": roofline.prefill, "decode": roofline.decode}
CASES = [(name, case) for name, workload in load_models().workloads.items() for case in workload.cases]
IDS = [f"{name}-{case.model.id}" for name, case in CASES]
CHIPS = ["h200-sxm", "h20", "ascend-910b", "ascend-910c", "b200-sxm", "moore-s5000", "l20", "mi325x"]

#: Slack of the search for the batch, which ends on a straight line over a five-hundredth of the range.
SLACK = 1e-4


def rows_of(name, **factors):
    rows = requested_rows([(load_catalogue().chip(name), None)])
    return rows._replace(**{column: getattr(rows, column) * factor for column, factor in factors.items()})


def rate(workload, case, rows):
    return float(PHASES[workload](case, rows).tokens[0])


@pytest.mark.parametrize("better", ["bandwidth", "memory", "link", "network", "peak16", "peak8", "gemm", "attention"])
@pytest.mark.parametrize(("workload", "case"), CASES, ids=IDS)
@settings(max_examples=15, deadline=None)
@given(chip=st.sampled_from(CHIPS), factor=st.floats(1.0, 8.0))
def test_more_of_anything_never_lowers_a_rate(better, workload, case, chip, factor):
    before = rate(workload, case, rows_of(chip))
    after = rate(workload, case, rows_of(chip, **{better: factor}))
    assert after >= before * (1 - SLACK)


@pytest.mark.parametrize(("workload", "case"), CASES, ids=IDS)
def test_more_bandwidth_raises_a_decode_bound_by_it(workload, case):
    if workload == "decode" and case.model.attention == "gqa":
        assert rate(workload, case, rows_of("h200-sxm", bandwidth=1.5)) > 1.15 * rate(workload, case, rows_of("h200-sxm"))


@settings(max_examples=25, deadline=None)
@given(
    chip=st.sampled_from(CHIPS),
    factor=st.floats(0.2, 5.0),
    case=st.sampled_from([case for name, case in CASES if name != "decode"]),
)
def test_everything_faster_by_a_factor_makes_the_rate_faster_by_that_factor(chip, factor, case):
    workload = "training" if case.microbatches else "prefill"
    speeds = dict.fromkeys(["peak16", "peak8", "bandwidth", "link", "network"], factor)
    times = dict.fromkeys(["latency", "layer_overhead"], 1 / factor)
    scaled = rate(workload, case, rows_of(chip, **speeds, **times))
    assert scaled == pytest.approx(factor * rate(workload, case, rows_of(chip)), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    chip=st.sampled_from(CHIPS),
    factor=st.floats(0.2, 5.0),
    case=st.sampled_from([case for name, case in CASES if name == "decode"]),
)
def test_a_decode_limit_shorter_by_the_factor_keeps_the_same_scaling(chip, factor, case):
    speeds = dict.fromkeys(["peak16", "peak8", "bandwidth", "link", "network"], factor)
    times = dict.fromkeys(["latency", "layer_overhead"], 1 / factor)
    stricter = type(case)(**{**vars(case), "token_limit_ms": case.token_limit_ms / factor})
    scaled = rate("decode", stricter, rows_of(chip, **speeds, **times))
    assert scaled == pytest.approx(factor * rate("decode", case, rows_of(chip)), rel=1e-6)


@pytest.mark.parametrize(("workload", "case"), CASES, ids=IDS)
def test_a_batch_of_chips_gives_what_each_gives_alone(workload, case):
    catalogue = load_catalogue()
    together = rates(case, workload, [(catalogue.chip(name), None) for name in CHIPS]).tokens
    alone = [rate(workload, case, rows_of(name)) for name in CHIPS]
    assert np.allclose(together, alone, rtol=1e-12)


def test_decode_keeps_the_time_limit_where_the_chip_can():
    case = CASES[IDS.index("decode-llama-3-1-70b")][1]
    found = roofline.decode(case, rows_of("h200-sxm"))
    step = found.compute + found.bandwidth + found.network
    assert step[0] <= case.token_limit_ms * 1e-3 * (1 + SLACK)
    assert found.tokens[0] == pytest.approx(found.batch[0] / step[0])


def test_a_model_that_fits_no_group_has_rate_zero():
    case = CASES[IDS.index("decode-deepseek-v3")][1]
    assert rate("decode", case, rows_of("l20", memory=0.02)) == 0


def test_memory_alone_decides_how_many_chips_hold_a_dense_model():
    case = CASES[IDS.index("prefill-llama-3-1-70b")][1]
    assert roofline.prefill(case, rows_of("h200-sxm")).group[0] == 1
    assert roofline.prefill(case, rows_of("l20")).group[0] >= 2


def test_rows_have_one_column_per_quantity():
    assert all(column.shape == (1,) for column in rows_of("h200-sxm"))
    assert len(rows_of("h200-sxm")) == len(Rows._fields)

"""TPP and performance density follow Technical Note 2 to 3A090 and meet the published tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.hardware.catalogue import load_catalogue
from countermove.hardware.chip import performance_density, total_processing_performance
from countermove.hardware.fields import DTYPE_BITS

# Two open repositories and the project's specification table (rounded there to whole TPP and two decimals of density).
PUBLISHED = [
    ("a100-sxm-40gb", 4992, 6.04, 1555, 600),
    ("a100-sxm", 4992, 6.04, 2039, 600),
    ("a800-sxm", 4992, 6.04, 2039, 400),
    ("h100-sxm", 15832, 19.45, 3350, 900),
    ("h800-sxm", 15832, 19.45, 3350, 400),
    ("h20", 2368, 2.91, 4000, 900),
    ("h200-sxm", 15832, 19.45, 4800, 900),
    ("h200-nvl", 13364, 16.42, 4800, 900),
    ("mi325x", 20919, None, 6000, 896),
    ("b200-sxm", 36000, None, None, 1800),
]

SPECIFICATION_TABLE = {
    "b300-sxm": (54000, 33.75),
    "gb200": (40000, 25.0),
    "gb300": (60000, 37.5),
    "rubin": (200000, None),
    "rubin-cpx": (120000, None),
    "b30a": (30000, 37.5),
    "mi300x": (20919, 8.72),
    "mi355x": (40266, None),
    "tpu-v5p": (7344, None),
    "tpu-v6e": (14688, None),
    "tpu-v7": (36912, None),
    "trainium2": (10672, None),
    "ascend-910b": (6016, 9.04),
    "ascend-910c": (12032, 9.04),
    "ascend-950pr": (6920, None),
    "ascend-950pr-pcie": (6052, None),
    "ascend-950dt": (8000, None),
    "ascend-960": (16000, None),
    "ascend-970": (32000, None),
    "cambricon-590": (5024, None),
    "cambricon-690": (16000, None),
    "moore-s5000": (8000, None),
    "kunlun-p800": (5520, None),
    "metax-c500": (4480, None),
    "biren-br100": (16384, 15.26),
}


@pytest.mark.parametrize(("name", "tpp", "density", "bandwidth", "io"), PUBLISHED)
def test_the_published_export_numbers_are_met(name, tpp, density, bandwidth, io):
    chip = load_catalogue().chip(name)
    assert chip.tpp == pytest.approx(tpp, abs=0.5)
    if density is not None:
        assert chip.performance_density == pytest.approx(density, abs=0.006)
    if bandwidth is not None:
        assert chip.memory_bandwidth_tb_s * 1000 == pytest.approx(bandwidth)
    assert chip.io_bandwidth_gb_s == pytest.approx(io)


@pytest.mark.parametrize("name", SPECIFICATION_TABLE)
def test_the_specification_table_is_met(name):
    tpp, density = SPECIFICATION_TABLE[name]
    chip = load_catalogue().chip(name)
    assert chip.tpp == pytest.approx(tpp, abs=0.6)
    assert chip.performance_density == (None if density is None else pytest.approx(density, abs=0.006))


def test_the_density_of_a_blackwell_depends_on_an_unofficial_die_area():
    area = load_catalogue().chip("b200-sxm").values["die_area"]
    assert area.used.assumption
    assert area.range == (1600, 1628)
    assert load_catalogue().chip("b200").tpp / 1628 == pytest.approx(22.11, abs=0.005)


def test_the_official_example_gives_4800_at_8_and_at_16_bits():
    assert total_processing_performance({"int8": 600}) == total_processing_performance({"bf16": 300}) == 4800


def test_the_highest_product_of_rate_and_bits_counts():
    assert total_processing_performance({"int8": 157.5, "bf16": 2250, "fp4": 13500}) == 54000


def test_without_any_peak_the_performance_is_unknown():
    assert total_processing_performance({}) is None


def test_density_is_unknown_without_area_and_zero_on_a_planar_process():
    assert performance_density(4800, None, planar=False) is None
    assert performance_density(4800, 800, planar=True) == 0


def test_no_file_types_in_a_computed_metric():
    for chip in load_catalogue().chips.values():
        assert not {"tpp", "performance_density"} & set(chip.values)


@given(st.dictionaries(st.sampled_from(sorted(DTYPE_BITS)), st.floats(1, 1e5), min_size=1), st.floats(1.0, 10.0))
def test_tpp_scales_with_the_peaks(peaks, factor):
    scaled = {dtype: tops * factor for dtype, tops in peaks.items()}
    assert total_processing_performance(scaled) == pytest.approx(factor * total_processing_performance(peaks))


@given(st.dictionaries(st.sampled_from(sorted(DTYPE_BITS)), st.floats(1, 1e5), min_size=1), st.sampled_from(sorted(DTYPE_BITS)))
def test_another_data_type_never_lowers_tpp(peaks, dtype):
    more = {dtype: 1.0} | peaks
    assert total_processing_performance(more) >= total_processing_performance(peaks)

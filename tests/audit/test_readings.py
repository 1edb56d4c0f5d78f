"""How many readings of Cvm-UNet fit its printed numbers."""

import pytest
import torch

from spineseg.audit.counters_thop import count_as_printed
from spineseg.audit.readings import (
    PRINTED_GIGA,
    PRINTED_MILLIONS,
    WIRING_A,
    all_readings,
    count,
    fitting,
    spread,
    vss,
)
from spineseg.audit.tally import (
    Tally,
    conv,
    conv_norm,
    convnext,
    residual,
    scsa,
    ss2d,
)
from spineseg.models import create_model


@pytest.fixture(scope="module")
def fits():
    return fitting(0.006)


def test_276480_readings_are_tried_and_none_twice():
    readings = list(all_readings())
    assert len(readings) == 276_480
    assert len(set(readings)) == 276_480


def test_91_readings_fit_within_six_tenths_of_a_percent_and_65_within_half(fits):
    assert len(fits) == 91
    assert sum(fit.miss < 0.005 for fit in fits) == 65
    assert fits[0].reading == WIRING_A


def test_no_reading_gives_both_printed_numbers(fits):
    assert not any(
        round(fit.millions, 2) == PRINTED_MILLIONS
        and round(fit.giga, 2) == PRINTED_GIGA
        for fit in fits
    )


def test_the_numbers_settle_the_encoder_and_nothing_else(fits):
    settled = {name for name, values in spread(fits).items() if len(values) == 1}
    assert settled == {"encoder"}
    assert spread(fits)["side"] == {480: 63, 448: 28}


def test_true_parameters_of_fitting_readings_differ_by_two_and_a_half_millions(fits):
    true = [fit.true_millions for fit in fits]
    assert (round(min(true), 2), round(max(true), 2)) == (52.45, 55.10)


def test_a_larger_encoder_or_wider_steps_do_not_fit():
    assert fitting(0.006, [WIRING_A._replace(encoder="small")]) == []
    assert fitting(0.006, [WIRING_A._replace(wide=True)]) == []


def test_wiring_a_by_arithmetic_is_the_built_network():
    with torch.device("meta"):
        model = create_model("cvmunet/cvm_unet", 3, 1)
    built, here = count_as_printed(model, (1, 3, 480, 480)), count(WIRING_A)
    # the built tail has no norm in its shortcut: 2 x 48 weights
    assert here.seen - 96 == built.parameters
    assert here.seen + here.hidden - 96 == sum(p.numel() for p in model.parameters())
    assert here.macs - 4 * 48 * 240**2 == built.macs


def test_convnext_tiny_has_its_published_size():
    whole = convnext((3, 3, 9, 3), (96, 192, 384, 768), 480)
    assert whole.seen + whole.hidden == 27_818_592
    assert whole.seen == 27_797_184


@pytest.mark.parametrize("c", [96, 192, 1152])
def test_ss2d_has_seven_c_squared_and_424_c(c):
    whole = ss2d(c, 2, 1)
    assert whole.seen + whole.hidden == 7 * c * c + 424 * c
    assert whole.seen == 6 * c * c + 24 * c


def test_scsa_by_hand():
    # 2 channels a filter of 3, 5, 7, 9 taps; 15 rows, 15 columns; 2 x 2 pooled pixels
    whole = scsa(8, 15)
    assert whole.seen == 2 * (4 + 6 + 8 + 10) + 3 * 8
    assert whole.hidden == 6 * 8
    assert whole.macs == 2 * 15 * 2 * (3 + 5 + 7 + 9) + 3 * 8 * 4
    assert scsa(8, 4).macs == 2 * 4 * 2 * 24 + 3 * 8


def test_one_convolution_by_hand():
    assert conv(2, 3, 3, 20) == Tally(9 * 6 + 3, 0, 9 * 6 * 20)
    assert conv_norm(2, 3, 1, 5, bias=False) == Tally(6 + 6, 0, 30 + 4 * 3 * 5)
    assert residual(2, 2, 1) == conv_norm(2, 2, 3, 1).times(2)


def test_the_vss_block_puts_out_what_its_convolutions_make():
    assert vss(8, (1, 1), "2c c c", 2, 1)[1] == 8
    assert vss(8, (1, 1), "2c c 2c", 2, 1)[1] == 16

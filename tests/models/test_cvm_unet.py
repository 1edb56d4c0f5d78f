import pytest
import torch

from spineseg import SpinesegError
from spineseg.models import create_model
from spineseg.models.presets import small

SMALL = small("cvmunet/cvm_unet")


def cvm(**reading):
    torch.manual_seed(0)
    return create_model("cvmunet/cvm_unet", 1, 1, **(SMALL | reading))


@pytest.mark.parametrize("wiring", ["A", "D", "E"])
def test_every_wiring_gives_logits(wiring):
    out = cvm(wiring=wiring)(torch.randn(2, 1, 64, 32))
    assert out.shape == (2, 1, 64, 32)


@pytest.mark.parametrize("vss", [{"kernel": 3}, {"gate": False}, {"sum_with": "Z"}])
def test_every_open_reading_of_the_vss_block_changes_the_count(vss):
    counts = [
        sum(p.numel() for p in m.parameters())
        for m in (cvm(), cvm(vss=SMALL["vss"] | vss))
    ]
    assert counts[0] != counts[1]


def test_the_open_readings_of_the_skips_are_handed_through():
    x, usual = torch.randn(2, 1, 64, 32), cvm().eval()
    other = cvm(res_relu={"relu_after_sum": False}).eval()
    longer = cvm(res_relu={"layers": 3})
    assert not torch.equal(other(x), usual(x))
    added = set(longer.state_dict()) - set(usual.state_dict())
    assert {name.split(".")[0] for name in added} == {"skips"}


def test_a_row_is_the_whole_network_without_the_other_parts():
    row = create_model("cvmunet/convnext_unet_scsa", 1, 1, **SMALL_ROW)
    whole = create_model("cvmunet/cvm_unet", 1, 1, parts=("scsa",), **SMALL_ROW)
    assert row.state_dict().keys() == whole.state_dict().keys()
    left = set(cvm().state_dict()) - set(row.state_dict())
    assert {n.split(".")[0] for n in left} == {"skips", "ups"}


SMALL_ROW = small("cvmunet/convnext_unet_scsa")


@pytest.mark.parametrize("reading", [{"wiring": "F"}, {"parts": ("vsss",)}])
def test_what_does_not_exist_is_refused(reading):
    with pytest.raises(SpinesegError, match="does not exist"):
        cvm(**reading)


def test_a_size_that_is_no_multiple_of_32_is_refused():
    with pytest.raises(SpinesegError, match=r"48 x 64.*multiples of 32"):
        cvm()(torch.zeros(1, 1, 48, 64))

"""Cvm-UNet with its open places chosen one by one."""

import json

import pytest
import torch

from spineseg import SpinesegError
from spineseg.core.rng import rng
from spineseg.models import create_model
from spineseg.models.cvm_wiring import CHOICES, Wiring, read_wiring
from spineseg.models.presets import small

SMALL = small("cvmunet/cvm_unet")


def spread_out(n):
    draw = rng(1, "wirings")
    columns = [[v[i % len(v)] for i in draw.permutation(n)] for v in CHOICES.values()]
    wirings = map(Wiring._make, zip(*columns, strict=True))
    return [w if w.possible else w._replace(blocks=1) for w in wirings]


SPREAD = spread_out(40)


def cvm(wiring, **reading):
    torch.manual_seed(0)
    return create_model("cvmunet/cvm_unet", 1, 2, **SMALL, wiring=wiring, **reading)


def test_the_sample_has_every_choice_of_every_place():
    for place, values in CHOICES.items():
        assert {getattr(w, place) for w in SPREAD} == set(values)


@pytest.mark.parametrize("number", range(len(SPREAD)))
def test_a_wiring_gives_logits_of_the_pictures_size_and_learns_everywhere(number):
    model = cvm(SPREAD[number]._asdict())
    out = model(torch.randn(2, 1, 64, 32))
    assert out.shape == (2, 2, 64, 32)
    assert out.isfinite().all()
    out.square().mean().backward()
    assert [n for n, p in model.named_parameters() if p.grad is None] == []


def test_what_is_not_chosen_is_as_in_a_but_for_a_norm_in_the_tail():
    named, chosen = cvm("A"), cvm({})
    count = [sum(p.numel() for p in m.parameters()) for m in (named, chosen)]
    # the small network has 8 channels at a quarter of the size; the norm has 2 x 4.
    # ECA has five taps where its authors' rule gives three: widths of 24, 32 and 16
    assert count[1] - count[0] == 2 * 4 + 3 * 2
    assert read_wiring({}) == Wiring()


def test_choices_that_went_through_json_are_the_same():
    given = {"kernels": (1, 3), "tail": "3 x 3 at 1/1", "wide": True}
    assert read_wiring(json.loads(json.dumps(given))) == Wiring(**given)


@pytest.mark.parametrize("place", CHOICES)
def test_an_unknown_choice_is_refused_with_all_that_are_known(place):
    with pytest.raises(SpinesegError, match="no such choice") as refused:
        cvm({place: "nothing like it"})
    assert f"{place} = 'nothing like it'" in str(refused.value)
    assert all(str(choice) in str(refused.value) for choice in CHOICES[place])


def test_an_unknown_place_is_refused_with_all_that_are_known():
    with pytest.raises(SpinesegError, match=r"no such place.*tial.*skip; tail; wide"):
        cvm({"tial": "3 x 3 at 1/1"})


def test_two_blocks_that_do_not_fit_behind_each_other_are_refused():
    with pytest.raises(SpinesegError, match=r"as many channels out as in.*blocks = 1"):
        cvm({"blocks": 2, "phi": "2c c 2c"})


def test_what_the_wiring_says_is_not_said_twice():
    with pytest.raises(SpinesegError, match="res_relu says the same thing twice"):
        cvm({}, res_relu={"layers": 3})
    with pytest.raises(SpinesegError, match=r"no such argument; found kernel"):
        create_model("cvmunet/cvm_unet", wiring={}, vss={"kernel": 3})


def test_the_taps_of_eca_are_an_argument_of_every_wiring():
    def taps(wiring, eca):
        vss = {"states": 4, "eca": eca}
        reading = SMALL | {"vss": vss}
        model = create_model("cvmunet/cvm_unet", 1, 1, **reading, wiring=wiring)
        return [w.shape[-1] for n, w in model.named_parameters() if "eca" in n]

    assert taps("A", 7) == taps({}, 7) == [7, 7, 7]
    assert taps("A", None) == taps({}, None) == [3, 3, 3]


def test_a_row_without_scans_keeps_its_wiring():
    model = cvm({"phi": "2c c 2c", "tail": "vss at 1/2, residual at 1/1"}, parts=())
    assert not [n for n in model.state_dict() if "ss2d" in n or "skips" in n]
    assert model(torch.zeros(1, 1, 32, 32)).shape == (1, 2, 32, 32)

import pytest
import torch
from meta_networks import on_meta, parameters

from spineseg import SpinesegError
from spineseg.models import create_model
from spineseg.models.cervspinenet import load_sam_encoder
from spineseg.models.presets import small

NAME = "cervspinenet/cervspinenet"


def make(**reading):
    torch.manual_seed(0)
    return create_model(NAME, 1, 1, **(small(NAME) | reading)).eval()


@pytest.mark.parametrize(
    ("se_bias", "total"), [(False, 90_457_729), (True, 90_457_984)]
)
def test_widths_128_to_16_give_the_printed_345_mib(se_bias, total):
    model = on_meta(NAME, se_bias=se_bias)
    assert parameters(model) == total
    assert round(4 * total / 2**20, 1) == 345.1


@pytest.mark.parametrize("widths", [(256, 128, 64, 32), (64, 32, 16, 8)])
def test_other_widths_miss_it(widths):
    assert round(4 * parameters(on_meta(NAME, widths=widths)) / 2**20) != 345


def test_345_decimal_megabytes_would_not_hold_the_encoder():
    assert 4 * parameters(on_meta(NAME).encoder) / 1e6 > 345


def test_the_basic_decoder_has_half_the_parameters():
    model = on_meta("cervspinenet/vit_basic")
    assert parameters(model) - parameters(model.encoder) == 391_937


def test_four_stages_bring_64_tokens_back_to_1024_pixels():
    model = on_meta(NAME)
    x = torch.zeros(1, 3, 1024, 1024, device="meta")
    assert model.encoder(x).shape == (1, 256, 64, 64)
    assert model(x).shape == (1, 1, 1024, 1024)


def test_a_grey_picture_is_one_copied_to_three_channels():
    model, x = make(), torch.randn(1, 1, 64, 64)
    torch.testing.assert_close(model(x), model(x.expand(1, 3, 64, 64)))


def test_a_frozen_encoder_learns_nothing_and_the_decoder_does():
    model = make(frozen=True)
    model(torch.randn(1, 1, 64, 64)).sum().backward()
    assert all(p.grad is None for p in model.encoder.parameters())
    assert all(p.grad is not None for p in model.decoder.parameters())


def test_a_checkpoint_with_the_published_names_is_loaded(tmp_path):
    source, model = make(), make()
    for p in source.parameters():
        torch.nn.init.normal_(p)
    weights = {f"image_encoder.{k}": v for k, v in source.encoder.state_dict().items()}
    weights["prompt_encoder.not_for_us"] = torch.zeros(1)
    torch.save(weights, tmp_path / "sam.pth")
    load_sam_encoder(model, tmp_path / "sam.pth")
    x = torch.randn(1, 3, 64, 64)
    assert torch.equal(model.encoder(x), source.encoder(x))


def test_a_checkpoint_of_another_size_is_refused_and_changes_nothing(tmp_path):
    model = make()
    before = {k: v.clone() for k, v in model.state_dict().items()}
    weights = {f"image_encoder.{k}": v for k, v in model.encoder.state_dict().items()}
    weights["image_encoder.pos_embed"] = torch.zeros(1, 9, 9, 16)
    torch.save(weights, tmp_path / "sam.pth")
    with pytest.raises(SpinesegError, match=r"1 weights that do not fit.*pos_embed"):
        load_sam_encoder(model, tmp_path / "sam.pth")
    assert all(torch.equal(before[k], v) for k, v in model.state_dict().items())


def test_two_channels_are_refused():
    with pytest.raises(SpinesegError, match="expected 1 or 3"):
        create_model(NAME, 2, 1, **small(NAME))

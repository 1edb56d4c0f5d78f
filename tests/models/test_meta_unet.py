import math

import torch
from torch import nn

from spineseg.models import create_model
from spineseg.models.baselines.meta_unet import ScaleAttention
from spineseg.models.presets import small


def test_the_encoder_is_resnet_34():
    with torch.device("meta"):
        model = create_model("cvmunet/meta_unet", 3, 1)
    # torchvision's resnet34 has 21,797,672, its classifier 513,000 of them
    count = sum(p.numel() for p in model.encoder.parameters())
    assert count == 21_797_672 - 513_000


def test_every_skip_is_seen_on_the_same_few_tokens():
    model = create_model("cvmunet/meta_unet", 3, 1, **small("cvmunet/meta_unet"))
    tokens = []
    for attend in model.attention:
        attend.blocks.register_forward_hook(lambda m, i, out: tokens.append(out.shape))
    model.eval()(torch.zeros(1, 3, 128, 192))
    assert tokens == [(1, 2 * 3, 8)] * 3


def test_tokens_of_zeros_give_half_of_the_skip():
    attend = ScaleAttention(4, field=4, heads=2).eval()
    attend.blocks = nn.Identity()
    skip = torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(attend(skip, -skip), skip / 2)


def test_the_share_of_a_field_is_that_of_its_mean():
    attend = ScaleAttention(1, field=4, heads=1)
    attend.blocks = nn.Identity()
    x = torch.zeros(1, 1, 4, 4)
    x[0, 0, 1, 2] = 16 * math.log(3)
    torch.testing.assert_close(attend.share(x), torch.full_like(x, 0.75))


def test_any_pixel_moves_the_share_of_every_other():
    torch.manual_seed(0)
    attend = ScaleAttention(4, field=4, heads=2).double()
    x = torch.randn(1, 4, 16, 16, dtype=torch.float64, requires_grad=True)
    attend.share(x)[0, :, 0, 0].sum().backward()
    assert (x.grad.abs().sum(dim=(0, 1)) > 0).all()


def test_the_order_of_rows_does_not_matter_if_skip_and_decoder_turn_together():
    torch.manual_seed(0)
    attend = ScaleAttention(4, field=2, heads=2).eval()
    skip, below = torch.randn(2, 1, 4, 6, 6)
    turned = attend(skip.flip(2), below.flip(2))
    torch.testing.assert_close(turned, attend(skip, below).flip(2))


def test_the_gradient_is_that_of_finite_differences():
    torch.manual_seed(0)
    attend = ScaleAttention(2, field=2, heads=1).double()
    maps = torch.randn(2, 1, 2, 4, 4, dtype=torch.double, requires_grad=True)
    assert torch.autograd.gradcheck(lambda m: attend(m[0], m[1]), (maps,))

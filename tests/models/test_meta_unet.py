import torch
from torch import nn

from spineseg.models import create_model
from spineseg.models.baselines.meta_unet import ScaleAttention


def test_the_encoder_is_resnet_34():
    with torch.device("meta"):
        model = create_model("cvmunet/meta_unet", 3, 1)
    # torchvision's resnet34 has 21,797,672, its classifier 513,000 of them
    count = sum(p.numel() for p in model.encoder.parameters())
    assert count == 21_797_672 - 513_000


def test_equal_maps_come_out_as_they_went_in():
    torch.manual_seed(0)
    join = ScaleAttention(4, field=4, window=2, heads=2).eval()
    x = torch.randn(2, 4, 8, 8)
    torch.testing.assert_close(join(x, x), x)


def test_shares_of_one_half_give_the_mean():
    join = ScaleAttention(4, field=4, window=2, heads=2).eval()

    class Nothing(nn.Module):
        def forward(self, tokens):
            return torch.zeros_like(tokens)

    join.afar, join.near = Nothing(), Nothing()
    a, b = torch.randn(1, 4, 8, 8), torch.randn(1, 4, 8, 8)
    torch.testing.assert_close(join(a, b), (a + b) / 2)


def test_the_near_branch_looks_no_further_than_its_window():
    torch.manual_seed(0)
    join = ScaleAttention(4, field=8, window=4, heads=2).double()
    x = torch.randn(1, 4, 8, 8, dtype=torch.float64, requires_grad=True)
    join._near(x)[0, :, 1, 1].sum().backward()
    seen = x.grad.abs().sum(dim=(0, 1)) > 0
    assert seen[:4, :4].all()
    assert not seen[4:].any()
    assert not seen[:, 4:].any()

"""Maps of small networks whose answer is known with a pencil."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError
from spineseg.explain import (
    channels_last,
    enlarged,
    feature_maps,
    grad_cam,
    hires_cam,
    mean_logit,
    mean_logit_where_predicted,
    sequence,
    tokens,
)


class OneConv(nn.Module):
    """features = one 1 x 1 convolution, logits = a weighted sum of its channels."""

    def __init__(self, weights=(2.0, -1.0), heads=(0.5, 3.0)):
        super().__init__()
        self.conv = nn.Conv2d(1, len(weights), 1, bias=False)
        self.norm = nn.BatchNorm2d(len(weights))
        self.head = nn.Conv2d(len(weights), 1, 1, bias=False)
        with torch.no_grad():
            self.conv.weight.copy_(torch.tensor(weights).view(-1, 1, 1, 1))
            self.head.weight.copy_(torch.tensor(heads).view(1, -1, 1, 1))

    def forward(self, x):
        return self.head(self.conv(x))


def picture():
    return torch.linspace(-1, 2, 24).view(2, 1, 3, 4)


EVERYWHERE = torch.ones(3, 4, dtype=torch.bool)


def test_grad_cam_of_one_convolution_is_the_picture_times_a_known_number():
    # y = mean over 12 pixels of 0.5 * 2x - 3x, so alpha = (0.5, 3) / 12 and
    # alpha . A = (0.5 * 2 - 3) x / 12 = -x / 6
    heat = grad_cam(OneConv(), picture(), mean_logit(0, EVERYWHERE), "conv")
    torch.testing.assert_close(heat, (-picture()[:, 0] / 6).clamp_min(0))


def test_hires_cam_of_one_convolution_lives_only_on_the_target_pixels():
    one = torch.zeros(3, 4, dtype=torch.bool)
    one[1, 2] = True
    heat = hires_cam(OneConv(), -picture().abs(), mean_logit(0, one), "conv")
    expected = torch.zeros(2, 3, 4)
    expected[:, 1, 2] = 2 * picture().abs()[:, 0, 1, 2]
    torch.testing.assert_close(heat, expected)


def test_grad_cam_spreads_the_reason_of_one_pixel_over_all():
    one = torch.zeros(3, 4, dtype=torch.bool)
    one[1, 2] = True
    args = OneConv(), picture()
    torch.testing.assert_close(
        grad_cam(*args, mean_logit(0, one), "conv"),
        grad_cam(*args, mean_logit(0, EVERYWHERE), "conv"),
    )


def test_grad_cam_grows_with_the_target_and_ignores_a_constant():
    args, target = (OneConv(), picture()), mean_logit(0, EVERYWHERE)
    once = grad_cam(*args, target, "conv")
    moved = grad_cam(*args, lambda z: 3 * target(z) + 7, "conv")
    torch.testing.assert_close(moved, 3 * once)


def test_a_picture_does_not_change_the_map_of_its_neighbour():
    together = grad_cam(OneConv(), picture(), mean_logit(0, EVERYWHERE), "conv")
    alone = grad_cam(OneConv(), picture()[:1], mean_logit(0, EVERYWHERE), "conv")
    torch.testing.assert_close(together[:1], alone)


def test_the_same_features_give_the_same_map_in_every_layout():
    class Laid(nn.Module):
        def __init__(self, there, back):
            super().__init__()
            self.one, self.there, self.back = OneConv(), there, back
            self.layer = nn.Identity()

        def forward(self, x):
            return self.one.head(self.back(self.layer(self.there(self.one.conv(x)))))

    shape = (2, 2, 3, 4)
    target = mean_logit(0, EVERYWHERE)
    first = grad_cam(OneConv(), picture(), target, "conv")
    for layout, there, back in (
        (channels_last, lambda a: a.permute(0, 2, 3, 1), lambda a: a.movedim(-1, 1)),
        (
            tokens(3, 4, skip=1),
            lambda a: functional.pad(a.flatten(2).mT, (0, 0, 1, 0)),
            lambda a: a[:, 1:].mT.reshape(shape),
        ),
        (sequence(3, 4), lambda a: a.flatten(2), lambda a: a.reshape(shape)),
    ):
        heat = grad_cam(Laid(there, back), picture(), target, "layer", layout)
        torch.testing.assert_close(heat, first)


def test_frozen_weights_have_a_map_too():
    frozen = OneConv().requires_grad_(False)
    heat = grad_cam(frozen, picture(), mean_logit(0, EVERYWHERE), "conv")
    assert heat.sum() > 0


def test_a_map_is_made_without_a_trace():
    model = OneConv().train()
    model.norm.eval()
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 5.0)
    state = {k: v.clone() for k, v in model.state_dict().items()}
    with torch.no_grad():  # also from inside a block that wants no gradients
        grad_cam(model, picture(), mean_logit(0, EVERYWHERE), "conv")
        assert not torch.is_grad_enabled()
    assert model.training
    assert not model.norm.training
    assert all((p.grad == 5).all() for p in model.parameters())
    assert all(torch.equal(v, state[k]) for k, v in model.state_dict().items())
    assert not any(m._forward_hooks for m in model.modules())


def test_an_exception_leaves_neither_hooks_nor_another_mode():
    model = OneConv().train()

    def broken(logits):
        raise ValueError("broken target")

    with pytest.raises(ValueError, match="broken target"):
        grad_cam(model, picture(), broken, "conv")
    assert model.training
    assert not any(m._forward_hooks for m in model.modules())


def test_the_second_of_two_unknown_layers_leaves_no_hook_on_the_first():
    from spineseg.explain import watched

    model = OneConv()
    with (
        pytest.raises(SpinesegError, match="no such layer"),
        watched(model, ["conv", "nope"]),
    ):
        pass
    assert not model.conv._forward_hooks


@pytest.mark.parametrize(
    ("layer", "target", "says"),
    [
        ("cnov", mean_logit(0, EVERYWHERE), "for example .*conv"),
        ("norm", mean_logit(0, EVERYWHERE), "did not run"),
        ("conv", mean_logit(1, EVERYWHERE), "no such channel"),
        ("conv", mean_logit(0, EVERYWHERE & False), "no pixel to explain"),
        ("conv", mean_logit(0, EVERYWHERE[:2]), "no mask of this picture"),
        ("conv", mean_logit_where_predicted(0, 1e9), "no pixel to explain"),
        ("conv", lambda z: z.sum(), "one number for each picture"),
        ("conv", lambda z: z.detach().sum((1, 2, 3)), "no gradient passes"),
    ],
)
def test_what_cannot_be_explained_is_said(layer, target, says):
    with pytest.raises(SpinesegError, match=says):
        grad_cam(OneConv(), picture(), target, layer)


def test_a_layout_that_does_not_fit_is_said():
    target = mean_logit(0, EVERYWHERE)
    with pytest.raises(SpinesegError, match="number of axes"):
        grad_cam(OneConv(), picture(), target, "conv", tokens(3, 4))
    with pytest.raises(SpinesegError, match="do not fill the grid"):
        tokens(3, 4)(torch.zeros(1, 13, 2))


def test_the_target_where_predicted_is_the_mean_of_what_is_above_the_threshold():
    logits = torch.tensor([[[[-1.0, 2.0], [4.0, -3.0]]]])
    assert mean_logit_where_predicted(0)(logits).item() == 3


def test_feature_maps_are_what_the_layer_returns():
    maps = feature_maps(OneConv(), picture(), "conv")
    torch.testing.assert_close(maps, picture() * torch.tensor([2.0, -1]).view(2, 1, 1))
    assert not maps.requires_grad


def test_enlarging_keeps_a_flat_map_flat():
    assert (enlarged(torch.full((1, 2, 3), 4.0), (8, 9)) == 4).all()

import pytest
import torch
from meta_networks import on_meta, parameters
from torch.nn import functional

from spineseg.models import create_model
from spineseg.models.baselines.resnet_nets import ResNet
from spineseg.models.baselines.vgg_nets import rise
from spineseg.models.presets import small


def test_resnet_50_without_classifier_has_the_published_parameters():
    with torch.device("meta"):
        assert parameters(ResNet()) == 23_508_032


def test_dilation_instead_of_stride_costs_no_parameters_and_keeps_the_size():
    with torch.device("meta"):
        for stride in (8, 16, 32):
            net = ResNet(stride=stride)
            assert parameters(net) == 23_508_032
            coarse = net(torch.zeros(1, 3, 64, 64))[-1]
            assert coarse.shape == (1, 2048, 64 // stride, 64 // stride)


def test_the_stages_of_fcn_have_the_parameters_of_vgg_16():
    model = on_meta("mdwcnet/fcn_8s")
    assert parameters(model.stages) == 14_714_688
    fully_connected = (49 * 512 + 1) * 4096 + (4096 + 1) * 4096
    assert parameters(model.classifier) == fully_connected


def test_scores_are_enlarged_bilinearly_at_first():
    x = torch.randn(1, 2, 6, 6)
    ours = rise(2, 2)(x)
    theirs = functional.interpolate(x, scale_factor=2, mode="bilinear")
    torch.testing.assert_close(ours[..., 1:-1, 1:-1], theirs[..., 1:-1, 1:-1])


def test_the_encoder_of_segnet_is_vgg_16_with_norms():
    model = on_meta("wgan_ctm/segnet", in_channels=3)
    norms = 2 * (2 * 64 + 2 * 128 + 3 * 256 + 6 * 512)
    assert parameters(model.encoder) == 14_714_688 + norms


def test_the_u_net_of_one_paper_is_not_that_of_another():
    counts = {p: parameters(on_meta(f"{p}/unet")) for p in ("cvmunet", "cervspinenet")}
    assert counts == {"cvmunet": 17_262_977, "cervspinenet": 31_043_521}


@pytest.mark.parametrize(
    ("name", "channels"), [("mdwcnet/deeplab_v3_plus", 256), ("mdwcnet/pspnet", 512)]
)
def test_a_norm_behind_the_mean_costs_its_scale_and_saves_the_bias(name, channels):
    with torch.device("meta"):
        plain, normed = (
            create_model(name, 3, 1, mean_norm=with_norm) for with_norm in (False, True)
        )
    assert parameters(normed) - parameters(plain) == 2 * channels - channels


@pytest.mark.parametrize("name", ["mdwcnet/deeplab_v3_plus", "mdwcnet/pspnet"])
def test_only_without_that_norm_a_batch_of_one_can_be_trained(name):
    x = torch.randn(1, 1, 32, 32)
    plain, normed = (
        create_model(name, 1, 1, **small(name), mean_norm=with_norm).train()
        for with_norm in (False, True)
    )
    assert plain(x).isfinite().all()
    assert normed(x.expand(2, 1, 32, 32)).isfinite().all()
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        normed(x)

import pytest
import torch
from torch import nn

from spineseg.models import create_model
from spineseg.models.baselines.nnunet import NNUNet, deep_weights


def on_meta(name):
    with torch.device("meta"):
        return create_model(name, 1, 4)


def shapes(module):
    return {k: v.shape for k, v in module.state_dict().items()}


def test_the_row_with_dilated_convolutions_is_the_generator_without_its_critic():
    row, proposed = (
        on_meta("wgan_ctm/res_unet_ctm_dconv"),
        on_meta("wgan_ctm/generator"),
    )
    assert shapes(row) == shapes(proposed)
    rates = [c.dilation for c in row.downs.modules() if isinstance(c, nn.Conv2d)]
    assert {(8, 8), (4, 4), (2, 2)} < set(rates)


def test_nnunet_goes_from_512_down_to_4():
    model = on_meta("wgan_ctm/nnunet")
    x = torch.zeros(1, 1, 512, 512, device="meta")
    coarse = nn.Sequential(*model.encoder)(x)
    assert coarse.shape == (1, 512, 4, 4)
    sizes = [y.shape[2:] for y in model.heads(x).values()]
    assert sizes == [(512 // 2**i,) * 2 for i in range(7)]


def test_the_weights_of_the_deep_losses_by_hand():
    assert deep_weights(1) == [1]
    assert deep_weights(4) == pytest.approx([4 / 7, 2 / 7, 1 / 7, 0])


def test_brightness_and_contrast_of_the_whole_picture_do_not_matter_to_nnunet():
    """The first instance norm takes both away, but for the zeros at the border."""
    torch.manual_seed(0)
    model = NNUNet(1, 2, (4, 8)).eval()
    x = torch.randn(1, 1, 32, 32)
    torch.testing.assert_close(model(3 * x), model(x), rtol=1e-3, atol=1e-3)


def drawn(widths):
    torch.manual_seed(0)
    model = NNUNet(1, 3, widths).eval()
    for p in model.parameters():
        nn.init.normal_(p, std=0.2)
    return model


@pytest.mark.oracle
def test_nnunet_agrees_with_monais_dynunet():
    nets = pytest.importorskip("monai.networks.nets", reason="extra baselines")
    widths = (4, 8, 8, 16)
    ours = drawn(widths)
    for level in (*ours.encoder, *ours.decoder):
        for conv, *_ in level:
            conv.bias.data.zero_()  # MONAI leaves it out; the norm takes it away
    n = len(widths)
    theirs = nets.DynUNet(
        2, 1, 3, [3] * n, [1] + [2] * (n - 1), [2] * (n - 1), filters=widths,
        norm_name=("instance", {"affine": True}), trans_bias=True,
    ).eval()  # fmt: skip
    parts = [theirs.input_block, *theirs.downsamples, theirs.bottleneck]
    blocks = list(zip(parts, ours.encoder, strict=True))
    blocks += [
        (up.conv_block, own)
        for up, own in zip(theirs.upsamples, ours.decoder, strict=True)
    ]
    for block, own in blocks:
        for i, (conv, norm, _) in enumerate(own, start=1):
            getattr(block, f"conv{i}").conv.weight.data.copy_(conv.weight)
            getattr(block, f"norm{i}").load_state_dict(norm.state_dict())
    for up, own in zip(theirs.upsamples, ours.ups, strict=True):
        up.transp_conv.conv.load_state_dict(own.state_dict())
    theirs.output_block.conv.conv.load_state_dict(ours.outputs[-1].state_dict())
    x = torch.randn(2, 1, 32, 32)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-4, atol=1e-4)


@pytest.mark.oracle
def test_nnunet_agrees_with_the_network_of_its_authors():
    unet = pytest.importorskip(
        "dynamic_network_architectures.architectures.unet",
        reason="not an extra: see CONTRIBUTING",
    )
    widths = (4, 8, 8, 16)
    ours, n = drawn(widths), len(widths)
    theirs = unet.PlainConvUNet(
        1, n, widths, nn.Conv2d, 3, [1] + [2] * (n - 1), 2, 3, 2, conv_bias=True,
        norm_op=nn.InstanceNorm2d, norm_op_kwargs={"affine": True, "eps": 1e-5},
        nonlin=nn.LeakyReLU, deep_supervision=True,
    ).eval()  # fmt: skip
    for stage, own in zip(theirs.encoder.stages, ours.encoder, strict=True):
        copy(stage[0].convs, own)
    for stage, own in zip(theirs.decoder.stages, ours.decoder, strict=True):
        copy(stage.convs, own)
    theirs.decoder.transpconvs.load_state_dict(ours.ups.state_dict())
    theirs.decoder.seg_layers.load_state_dict(ours.outputs.state_dict())
    x = torch.randn(2, 1, 32, 32)
    found, expected = list(ours.heads(x).values()), theirs(x)
    torch.testing.assert_close(found, list(expected), rtol=1e-4, atol=1e-4)


def copy(blocks, own):
    for block, (conv, norm, _) in zip(blocks, own, strict=True):
        block.conv.load_state_dict(conv.state_dict())
        block.norm.load_state_dict(norm.state_dict())

import pytest
import torch

from spineseg.models.baselines.dense_unet import DenseUNet, RiseToSkip


def in_order(ours):
    """Return our encoder's layers in the order in which a picture meets them."""
    downs = [*ours.downs, None]
    pairs = zip(ours.encoder, downs, strict=True)
    return [ours.stem, *(m for pair in pairs for m in pair if m is not None)]


@pytest.mark.oracle
def test_the_encoder_of_dense_unet_agrees_with_monais_densenet():
    nets = pytest.importorskip("monai.networks.nets")
    torch.manual_seed(0)
    ours = DenseUNet(3, 1, width=8, layers=(2, 3), growth=4).eval()
    sizes = {"init_features": 8, "growth_rate": 4, "block_config": (2, 3)}
    theirs = nets.DenseNet(2, 3, 1, **sizes).features[:-1].eval()  # norm5 at the end
    values = [v for m in in_order(ours) for v in m.state_dict().values()]
    names = list(theirs.state_dict())
    theirs.load_state_dict(dict(zip(names, values, strict=True)))
    x = torch.randn(1, 3, 32, 32)
    found = []
    ours.encoder[-1].register_forward_hook(lambda m, i, out: found.append(out))
    with torch.no_grad():
        ours(x)
        torch.testing.assert_close(found[0], theirs(x), rtol=1e-4, atol=1e-5)


def test_a_rise_to_a_skip_gives_half_of_the_skips_channels_at_its_size():
    out = RiseToSkip(10, 6)(torch.randn(2, 10, 3, 4), torch.randn(2, 6, 6, 8))
    assert out.shape == (2, 3, 6, 8)


def test_the_decoder_mirrors_the_three_upper_dense_blocks():
    with torch.device("meta"):
        model = DenseUNet()
    up, down = (
        [sum(p.numel() for p in block.parameters()) for block in blocks]
        for blocks in (model.decoder, model.encoder)
    )
    assert up == down[-2::-1] == [2_837_760, 919_680, 335_040]

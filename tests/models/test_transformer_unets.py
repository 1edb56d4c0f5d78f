import pytest
import torch
from torch import nn

from spineseg.models.baselines.swin_unet import SwinUNet
from spineseg.models.baselines.trans_unet import PixelTransformer, PostNormBlock
from spineseg.models.registry import create_model


def swin_weights(ours):
    """Return our encoder's weights under the names of transformers' Swin."""
    out = {
        "embeddings.patch_embeddings.projection": ours.patches,
        "embeddings.norm": ours.patch_norm,
        "layernorm": ours.norm,
    }
    out = {f"{n}.{k}": v for n, m in out.items() for k, v in m.state_dict().items()}
    for i, level in enumerate(ours.encoder):
        for j, block in enumerate(level):
            out |= block_weights(f"encoder.layers.{i}.blocks.{j}", block)
    for i, merge in enumerate(ours.merges):
        at = f"encoder.layers.{i}.downsample."
        out |= {at + k: v for k, v in merge.state_dict().items()}
    return out


def block_weights(at, block):
    out = {f"{at}.attention.relative_position_bias.relative_position_bias_table": (
        block.attention.table
    )}  # fmt: skip
    for kind in ("weight", "bias"):
        q, k, v = getattr(block.attention.qkv, kind).chunk(3)
        for name, part in zip("qkv", (q, k, v), strict=True):
            out[f"{at}.attention.{name}_proj.{kind}"] = part
        for name, layer in (
            ("attention.o_proj", block.attention.proj),
            ("layernorm_before", block.norm1),
            ("layernorm_after", block.norm2),
            ("mlp.fc1", block.mlp.lin1),
            ("mlp.fc2", block.mlp.lin2),
        ):
            out[f"{at}.{name}.{kind}"] = getattr(layer, kind)
    return out


@pytest.mark.oracle
@pytest.mark.parametrize("size", [64, 48])  # 48: windows of 5 do not fit, zeros are
def test_the_encoder_of_swin_unet_agrees_with_transformers(size):
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    depths, heads = (2, 2), (1, 2)
    ours = SwinUNet(3, 1, 8, depths, heads, window=5).eval()
    config = transformers.SwinConfig(
        image_size=size, embed_dim=8, depths=depths, num_heads=heads, window_size=5
    )
    theirs = transformers.SwinModel(config, add_pooling_layer=False).eval()
    missing, unexpected = theirs.load_state_dict(swin_weights(ours), strict=False)
    assert not unexpected
    assert all("index" in name for name in missing)
    x = torch.randn(1, 3, size, size)
    with torch.no_grad():
        y = ours.patch_norm(ours.patches(x).permute(0, 2, 3, 1))
        y = ours.norm(ours.encoder[1](ours.merges[0](ours.encoder[0](y))))
        expected = theirs(x).last_hidden_state
    torch.testing.assert_close(y.flatten(1, 2), expected, rtol=1e-4, atol=1e-5)


def test_the_raw_parameters_of_trans_unet_are_positions_and_a_class_token():
    with torch.device("meta"):
        model = create_model("cvmunet/trans_unet", 3, 1)
    raw = sum(p.numel() for p in model.transformer.parameters(recurse=False))
    assert raw == (30 * 30 + 1 + 1) * 1024


def test_pixels_do_not_know_where_they_are_without_positions():
    torch.manual_seed(0)
    block = PixelTransformer(8, side=4, depth=1, heads=2, hidden=8).eval()
    nn.init.zeros_(block.positions)
    x = torch.randn(1, 8, 4, 4)
    with torch.no_grad():
        torch.testing.assert_close(block(x.flip(2)), block(x).flip(2))


def test_positions_are_interpolated_for_another_size():
    block = PixelTransformer(2, side=4, depth=1, heads=1, hidden=2)
    nn.init.ones_(block.positions)
    assert torch.equal(block.place(4, 4), block.positions)
    torch.testing.assert_close(block.place(2, 6), torch.ones(13, 2))


@pytest.mark.oracle
def test_the_block_of_trans_unet_agrees_with_that_of_torch():
    ours = PostNormBlock(8, heads=2, hidden=12, dropout=0.1).eval()
    theirs = nn.TransformerEncoderLayer(
        8, 2, 12, activation="gelu", batch_first=True
    ).eval()
    state = dict.fromkeys(("self_attn.in_proj_bias", "self_attn.out_proj.bias"))
    state = {name: torch.zeros_like(theirs.state_dict()[name]) for name in state}
    state["self_attn.in_proj_weight"] = ours.attention.qkv.weight
    state["self_attn.out_proj.weight"] = ours.attention.proj.weight
    layers = {"linear1": ours.mlp[0], "linear2": ours.mlp[3]}
    layers |= {"norm1": ours.norm1, "norm2": ours.norm2}
    for name, layer in layers.items():
        state |= {f"{name}.{k}": v for k, v in layer.state_dict().items()}
    theirs.load_state_dict(state)
    x = torch.randn(2, 5, 8)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.parametrize(("classes", "size", "printed"), [(9, 224, 105.28)])
def test_the_published_trans_unet_has_the_published_parameters(classes, size, printed):
    with torch.device("meta"):
        model = create_model("mdwcnet/trans_unet", 3, classes, size=size)
    assert round(sum(p.numel() for p in model.parameters()) / 1e6, 2) == printed

import pytest
import torch

from spineseg import SpinesegError
from spineseg.models import create_model
from spineseg.models.keras_unet import KerasUNet

# Table 8: total, trainable, not trainable, as Keras prints them
TABLE_8 = {
    "unet": (31_050_114, 31_040_386, 9_728),
    "resunet": (32_461_634, 32_443_970, 17_664),
    "attention_unet": (31_753_414, 31_741_638, 11_776),
    "trans_unet": (23_979_010, 23_969_282, 9_728),
    "inception_unet": (31_475_396, 31_463_140, 12_256),
}
# not printed in the paper: what its own recipe gives
FORECASTS = {
    "unet_inception": (31_473_346, 31_461_090, 12_256),
    "unet_dual_output": (31_052_164, 31_042_436, 9_728),
}
SMALL = {"widths": (4, 8, 16), "inception": (2, 2, 4, 2, 2, 2)}


def keras_counts(name, in_channels=1, classes=2, **reading):
    with torch.device("meta"):
        model = create_model(f"inception_unet/{name}", in_channels, classes, **reading)
    trainable = sum(p.numel() for p in model.parameters())
    # Keras has no counter of batches: that is the buffer without dimensions
    fixed = sum(b.numel() for b in model.buffers() if b.dim())
    return trainable + fixed, trainable, fixed


@pytest.mark.parametrize("name", TABLE_8)
def test_the_three_integers_of_table_8(name):
    assert keras_counts(name) == TABLE_8[name]


@pytest.mark.parametrize("name", FORECASTS)
def test_the_forecast_of_an_ablation_row(name):
    assert keras_counts(name) == FORECASTS[name]


@pytest.mark.parametrize("name", TABLE_8)
@pytest.mark.parametrize("change", [{"in_channels": 3}, {"classes": 1}])
def test_another_picture_or_another_head_breaks_the_count(name, change):
    assert keras_counts(name, **change)[0] != TABLE_8[name][0]


@pytest.mark.parametrize("change", [{"hidden": 256}, {"inner": 1024}])
def test_another_transformer_breaks_the_count(change):
    assert keras_counts("trans_unet", **change)[0] != TABLE_8["trans_unet"][0]


def test_heads_of_the_transformer_do_not_show_in_the_count():
    assert keras_counts("trans_unet", heads=4) == TABLE_8["trans_unet"]


def test_attention_in_the_skips_adds_what_it_has():
    base = keras_counts("inception_unet")[1]
    spatial = 4 * 2 * 49
    squeeze = sum(2 * c * (c // 16) + c + c // 16 for c in (256, 128, 256, 512))
    assert keras_counts("inception_unet_sam")[1] - base == spatial
    assert keras_counts("inception_unet_se")[1] - base == squeeze
    assert keras_counts("inception_unet_cbam")[1] - base == spatial + squeeze


@pytest.fixture
def small():
    torch.manual_seed(0)
    return create_model("inception_unet/inception_unet", 1, 2, **SMALL)


def test_the_auxiliary_head_speaks_at_the_size_of_the_bottleneck(small):
    heads = small.heads(torch.randn(2, 1, 16, 24))
    sizes = {name: tuple(out.shape) for name, out in heads.items()}
    assert sizes == {"logits": (2, 2, 16, 24), "auxiliary": (2, 2, 4, 6)}


def test_the_output_is_the_main_head(small):
    small, x = small.eval(), torch.randn(2, 1, 16, 16)
    assert torch.equal(small(x), small.heads(x)["logits"])


def test_without_dual_output_there_is_one_head():
    model = create_model("inception_unet/inception_unet", 1, 2, dual=False, **SMALL)
    assert list(model.heads(torch.randn(1, 1, 16, 16))) == ["logits"]


def test_an_unknown_attention_is_refused():
    with pytest.raises(SpinesegError, match=r"'?cbams'?.*none, se, sam, cbam"):
        create_model("inception_unet/inception_unet", skips="cbams")


def test_dropout_sits_in_the_two_deepest_levels_only(small):
    assert isinstance(small, KerasUNet)
    with_dropout = [
        any(isinstance(m, torch.nn.Dropout) for m in level.modules())
        for level in small.encoder
    ]
    assert with_dropout == [False, True, True]


@pytest.mark.parametrize("norms", [0, 3])
def test_a_bottleneck_has_one_norm_or_two(norms):
    with pytest.raises(SpinesegError, match=f"1 or 2 norms.*found {norms}"):
        create_model("inception_unet/unet", widths=(4, 8, 16), bottleneck_norms=norms)

"""Which networks have a published encoder, and which tensors of it they ask for."""

import pytest
from meta_networks import on_meta

from spineseg import SpinesegError
from spineseg.models import list_models, load_encoder
from spineseg.models.encoder_families import encoder_of
from spineseg.models.presets import small

CVM = "cvmunet/cvm_unet"
ENCODERS = {
    "ConvNeXt": {CVM} | {n for n in list_models("cvmunet") if "/convnext_unet" in n},
    "ResNet": {
        *(
            f"{paper}/deeplab_v3_plus"
            for paper in ("cervspinenet", "mdwcnet", "wgan_ctm")
        ),
        *("mdwcnet/pspnet", "cvmunet/condseg", "cvmunet/meta_unet"),
    },
    "Swin": {"cvmunet/swin_unet"},
    "VGG-16 without batch norm": {"mdwcnet/fcn_8s"},
    "VGG-16 with batch norm": {"wgan_ctm/segnet"},
}


@pytest.mark.parametrize("name", list_models())
def test_a_network_has_the_encoder_of_its_paper_or_is_refused(name):
    title = next((t for t, names in ENCODERS.items() if name in names), None)
    model = on_meta(name, **small(name))
    if title is None:
        with pytest.raises(SpinesegError, match=r"no encoder whose published.*SAM"):
            load_encoder(model, "any.safetensors")
    else:
        assert encoder_of(model)[1].title == title


PUBLISHED = {
    CVM: {
        "its authors": ("stages.2.8.gamma", "downsample_layers.3.1.weight"),
        "timm": ("stages.2.blocks.8.mlp.fc2.bias", "stages.3.downsample.1.weight"),
        "torchvision": ("features.5.8.layer_scale", "features.6.1.weight"),
    },
    "mdwcnet/pspnet": {
        "torchvision or timm": (
            "layer3.5.bn3.running_var",
            "layer4.0.downsample.1.bias",
        )
    },
    "cvmunet/meta_unet": {
        "torchvision or timm": (
            "layer3.5.bn2.running_var",
            "layer2.0.downsample.0.weight",
        )
    },
    "mdwcnet/fcn_8s": {"torchvision": ("features.28.bias", "classifier.3.weight")},
    "wgan_ctm/segnet": {
        "torchvision or timm": ("features.40.bias", "features.41.running_mean")
    },
    "cvmunet/swin_unet": {
        "its authors": (
            "layers.2.blocks.5.attn.qkv.bias",
            "layers.2.downsample.norm.bias",
        ),
        "timm": (
            "layers.2.blocks.5.mlp.fc1.bias",
            "layers.3.downsample.reduction.weight",
        ),
        "torchvision": ("features.5.5.mlp.3.bias", "features.6.reduction.weight"),
    },
}
TENSORS = {
    CVM: 178, "mdwcnet/pspnet": 318, "cvmunet/meta_unet": 216,
    "mdwcnet/fcn_8s": 30, "wgan_ctm/segnet": 91, "cvmunet/swin_unet": 171,
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_full_network_asks_for_the_last_blocks_of_the_published_one(name):
    # the names and shapes stand in the packages; the tensors are counted by hand there
    reading = {"depths": (2, 2, 6, 2)} if name == "cvmunet/swin_unet" else {}
    part, family = encoder_of(on_meta(name, **reading))
    names = {n.package: n.names(part.state_dict()) for n in family.namings}
    for package, wanted in PUBLISHED[name].items():
        theirs = {one for several in names[package].values() for one in several}
        assert set(wanted) <= theirs
        assert len(theirs) == TENSORS[name]

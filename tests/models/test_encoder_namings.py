"""A published encoder, under each package's names, computes what it did there."""

import re

import pytest
import torch
from published_networks import (
    drawn,
    monai_resnet,
    resnet_maps,
    torchvision_convnext,
    torchvision_vgg,
    transformers_network,
)
from safetensors.torch import load_file, save_file
from torch.nn import functional

from spineseg.blocks.convnext import ConvNeXt
from spineseg.models import create_model, load_encoder
from spineseg.models.baselines.resnet_nets import BasicBlock, Bottleneck, ResNet

WIDTHS, DEPTHS = (4, 4, 8, 12), (2, 1, 2, 1)
CONVNEXT = {"widths": (8, 8, 16, 24), "depths": (1, 2, 2, 1)}
VGG = (4, 4, 8, 8, 12)


def saved(folder, weights):
    """Write weights, each with memory of its own, and return the file."""
    file = folder / "published.safetensors"
    save_file({k: v.clone().contiguous() for k, v in weights.items()}, file)
    return file


def picture(side=64):
    torch.manual_seed(5)
    return torch.randn(2, 3, side, side)


def same(found, expected):
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def published(family):
    package = pytest.importorskip("transformers", reason="extra sam is not installed")
    return transformers_network(package, family)


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("kind", "block"), [("basic", BasicBlock), ("bottleneck", Bottleneck)]
)
def test_a_resnet_in_torchvisions_names_computes_what_monais_does(
    tmp_path, kind, block
):
    pytest.importorskip("monai", reason="extra baselines is not installed")
    theirs = monai_resnet(kind, WIDTHS, DEPTHS)
    ours = ResNet(3, 32, WIDTHS, DEPTHS, block).eval()
    done = load_encoder(ours, saved(tmp_path, theirs.state_dict()))
    assert (done.family, done.naming) == ("ResNet", "torchvision or timm")
    assert done.ignored == ("fc.bias", "fc.weight")
    with torch.no_grad():
        same(ours(picture()), resnet_maps(theirs, picture()))


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("family", "block"), [("resnet-34", BasicBlock), ("resnet-50", Bottleneck)]
)
def test_a_resnet_in_transformers_names_computes_what_theirs_does(
    tmp_path, family, block
):
    theirs = published(family).net
    theirs.save_pretrained(tmp_path)
    ours = ResNet(3, 32, WIDTHS, DEPTHS, block).eval()
    done = load_encoder(ours, tmp_path / "model.safetensors")
    assert done.naming == "transformers"
    assert done.ignored == ("classifier.1.bias", "classifier.1.weight")
    with torch.no_grad():
        maps = theirs(picture(), output_hidden_states=True).hidden_states[1:]
        same(ours(picture()), list(maps))


def test_a_convnext_in_torchvisions_names_computes_the_same(tmp_path):
    theirs, ours = torchvision_convnext(**CONVNEXT), ConvNeXt(3, **CONVNEXT)
    done = load_encoder(ours, saved(tmp_path, theirs.state_dict()))
    assert done.naming == "torchvision"
    assert {name.split(".")[0] for name in done.ignored} == {"classifier"}
    x, maps = picture(), []
    for i, part in enumerate(theirs["features"]):
        x = part(x)
        maps += [x] if i % 2 else []
    same(ours(picture()), maps)


@pytest.mark.oracle
def test_a_convnext_in_transformers_names_computes_what_theirs_does(tmp_path):
    theirs = published("convnext").net
    theirs.save_pretrained(tmp_path)
    ours = ConvNeXt(3, **CONVNEXT).eval()
    done = load_encoder(ours, tmp_path / "model.safetensors")
    assert done.naming == "transformers"
    with torch.no_grad():
        maps = theirs(picture(), output_hidden_states=True).hidden_states[1:]
        same(ours(picture()), list(maps))


TO_TIMM = (
    (r"downsample_layers\.0\.", "stem."),
    (r"downsample_layers\.(\d)\.", r"stages.\1.downsample."),
    (r"^stages\.(\d)\.(\d)\.", r"stages.\1.blocks.\2."),
    (r"\.dwconv\.", ".conv_dw."),
    (r"\.pwconv", ".mlp.fc"),
)


def renamed(weights, pairs):
    found = {}
    for name, x in weights.items():
        for old, new in pairs:
            name = re.sub(old, new, name)
        found[name] = x
    return found


@pytest.mark.parametrize("naming", ["its authors", "timm"])
def test_a_convnext_in_its_authors_and_in_timms_names_is_loaded(tmp_path, naming):
    theirs, ours = drawn(ConvNeXt(3, **CONVNEXT)), ConvNeXt(3, **CONVNEXT)
    weights, head = dict(theirs.state_dict()), "head."
    if naming == "timm":
        weights, head = renamed(weights, TO_TIMM), "head.fc."
    weights |= {f"{head}weight": torch.ones(10, 24), f"{head}bias": torch.ones(10)}
    # as the authors publish it: a file of PyTorch, the weights under "model"
    torch.save({"model": weights}, tmp_path / "convnext.pth")
    done = load_encoder(ours, tmp_path / "convnext.pth")
    assert done.naming == naming
    assert done.ignored == (f"{head}bias", f"{head}weight")
    same(ours(picture()), theirs(picture()))


def test_vgg_16_becomes_the_stages_and_the_convolutions_of_fcn(tmp_path):
    theirs = torchvision_vgg(VGG, 6, normed=False)
    ours = create_model("mdwcnet/fcn_8s", 3, 2, widths=VGG, hidden=6).eval()
    before = {k: v.clone() for k, v in ours.scores.state_dict().items()}
    done = load_encoder(ours, saved(tmp_path, theirs.state_dict()))
    assert done.ignored == ("classifier.6.bias", "classifier.6.weight")
    x = y = picture(224)
    for level in ours.stages:
        x = functional.max_pool2d(level(x), 2)
    y = theirs["features"](y)
    same(x, y)
    # fully connected layers see a map of 7 x 7 at once, ours sees it around its centre
    expected = theirs["classifier"][:5](y.flatten(1))
    same(ours.classifier(x)[:, :, 3, 3], expected)
    assert all(torch.equal(v, before[k]) for k, v in ours.scores.state_dict().items())


def test_vgg_16_of_timm_has_convolutions_already(tmp_path):
    theirs = torchvision_vgg(VGG, 6, normed=False).state_dict()
    head = {"classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2"}
    head |= {"classifier.6": "head.fc"}
    weights = renamed(
        theirs, [(rf"^{re.escape(a)}\.", f"{b}.") for a, b in head.items()]
    )
    weights["pre_logits.fc1.weight"] = weights["pre_logits.fc1.weight"].view(
        6, 12, 7, 7
    )
    weights["pre_logits.fc2.weight"] = weights["pre_logits.fc2.weight"].view(6, 6, 1, 1)
    plain, timm = (
        create_model("mdwcnet/fcn_8s", 3, 2, widths=VGG, hidden=6) for _ in range(2)
    )
    assert load_encoder(timm, saved(tmp_path, weights)).naming == "timm"
    assert load_encoder(plain, saved(tmp_path, theirs)).naming == "torchvision"
    for part in ("stages", "classifier"):
        pair = (model.get_submodule(part).state_dict() for model in (plain, timm))
        torch.testing.assert_close(*pair, rtol=0, atol=0)


def test_vgg_16_with_batch_norm_becomes_the_encoder_of_segnet(tmp_path):
    theirs = torchvision_vgg(VGG, 6, normed=True)
    ours = create_model("wgan_ctm/segnet", 3, 2, widths=VGG).eval()
    done = load_encoder(ours, saved(tmp_path, theirs.state_dict()))
    assert len(done.taken) == 13 * 7
    x = picture()
    for level in ours.encoder:
        x = functional.max_pool2d(level(x), 2)
    same(x, theirs["features"](picture()))


# --- Swin: transformers' file, and from it the other namings

TO_AUTHORS = (
    (r"^swin\.embeddings\.patch_embeddings\.projection", "patch_embed.proj"),
    (r"^swin\.embeddings\.norm", "patch_embed.norm"),
    (r"^swin\.layernorm", "norm"),
    (r"^swin\.encoder\.", ""),
    (r"layernorm_before", "norm1"),
    (r"layernorm_after", "norm2"),
    (r"attention\.self\.", "attn."),
    (r"attention\.output\.dense", "attn.proj"),
    (r"intermediate\.dense", "mlp.fc1"),
    (r"output\.dense", "mlp.fc2"),
    (r"^classifier", "head"),
)
AUTHORS_TO_TORCHVISION = (
    (r"^patch_embed\.proj", "features.0.0"),
    (r"^patch_embed\.norm", "features.0.2"),
    *((rf"^layers\.{i}\.downsample", f"features.{2 * i + 2}") for i in range(3)),
    *((rf"^layers\.{i}\.blocks", f"features.{2 * i + 1}") for i in range(4)),
    (r"mlp\.fc1", "mlp.0"),
    (r"mlp\.fc2", "mlp.3"),
)
AUTHORS_TO_TIMM = (
    (r"^layers\.(\d)\.downsample", lambda m: f"layers.{int(m[1]) + 1}.downsample"),
    (r"^head", "head.fc"),
)


def swin_file(naming, theirs, folder):
    """Write the weights of transformers' network under another package's names."""
    if naming == "transformers, in memory":
        return saved(folder, theirs.state_dict())
    theirs.save_pretrained(folder)
    file = folder / "model.safetensors"
    if naming == "transformers":
        return file
    weights = renamed(load_file(file), TO_AUTHORS)
    for name in [k for k in weights if ".attn.query." in k]:
        parts = [
            weights.pop(name.replace("query", p)) for p in ("query", "key", "value")
        ]
        weights[name.replace("query", "qkv")] = torch.cat(parts)
    # what older files keep beside what is learned
    weights["layers.0.blocks.1.attn_mask"] = torch.zeros(4, 4, 4)
    weights["layers.0.blocks.0.attn.relative_position_index"] = torch.zeros(4, 4).int()
    other = {"timm": AUTHORS_TO_TIMM, "torchvision": AUTHORS_TO_TORCHVISION}
    return saved(folder, renamed(weights, other.get(naming, ())))


@pytest.mark.oracle
@pytest.mark.parametrize(
    "naming",
    ["transformers", "transformers, in memory", "its authors", "timm", "torchvision"],
)
def test_swin_in_each_naming_computes_what_transformers_does(tmp_path, naming):
    theirs = published("swin")
    ours = create_model("cvmunet/swin_unet", 3, 2, **theirs.sizes).eval()
    done = load_encoder(ours, swin_file(naming, theirs.net, tmp_path))
    assert done.naming == naming
    with torch.no_grad():
        x = ours.patch_norm(ours.patches(picture()).permute(0, 2, 3, 1))
        for level, merge in zip(ours.encoder, [*ours.merges, None], strict=True):
            x = level(x)
            x = x if merge is None else merge(x)
        expected = theirs.net.swin(picture()).last_hidden_state
    same(ours.norm(x).flatten(1, 2), expected)

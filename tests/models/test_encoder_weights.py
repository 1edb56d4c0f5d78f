"""Weights of a published encoder: all of them or none, and what is said in between."""

import hashlib
import tempfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from meta_networks import on_meta
from published_networks import drawn, torchvision_vgg
from safetensors.torch import save_file

from spineseg import SpinesegError
from spineseg.blocks.convnext import ConvNeXt
from spineseg.models import create_model, load_encoder
from spineseg.models.baselines.resnet_nets import ResNet
from spineseg.models.presets import small

# wider at each stage, as the published ones: then each stage begins with a shortcut
SMALL_RESNET = {"widths": (4, 8, 12, 16), "depths": (1, 1, 1, 1)}
CVM = "cvmunet/cvm_unet"
VGG = (4, 4, 8, 8, 8)


def make(name, channels=3):
    reading = {}
    if name == "mdwcnet/pspnet":
        reading |= SMALL_RESNET
    elif name == "cvmunet/condseg":
        reading["widths"] = SMALL_RESNET["widths"][:3]
    return drawn(create_model(name, channels, 2, **(small(name) | reading)), seed=9)


def in_torchvisions_names(net):
    """Return a ResNet's weights as torchvision calls them, with its classifier."""
    weights = {}
    for name, x in net.state_dict().items():
        parts = name.split(".")
        if parts[0] == "stem":
            new = ["conv1" if parts[1] == "0" else "bn1", parts[2]]
        else:
            _, stage, block, where, *rest = parts
            place = [f"layer{int(stage) + 1}", block]
            if where == "main":
                kind = "conv" if rest[1] == "0" else "bn"
                new = [*place, f"{kind}{int(rest[0]) + 1}", rest[2]]
            else:
                new = [*place, "downsample", *rest]
        weights[".".join(new)] = x.clone()
    return weights | {"fc.weight": torch.ones(3, 64), "fc.bias": torch.ones(3)}


def resnet_file(folder, **sizes):
    net = drawn(ResNet(3, **(SMALL_RESNET | sizes)), seed=1)
    save_file(in_torchvisions_names(net), folder / "resnet.safetensors")
    return folder / "resnet.safetensors", net


def state(model):
    return {k: v.clone() for k, v in model.state_dict().items()}


def assert_unchanged(model, before):
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[k], v) for k, v in before.items())


# --- loading


def test_only_the_encoder_is_changed_and_the_report_says_how(tmp_path):
    file, net = resnet_file(tmp_path)
    model = make("mdwcnet/pspnet")
    before = state(model)
    done = load_encoder(model, file)
    assert_unchanged(model.encoder, net.state_dict())
    others = {k: v for k, v in before.items() if not k.startswith("encoder.")}
    after = model.state_dict()
    assert all(torch.equal(after[k], v) for k, v in others.items())
    assert len(done.taken) == len(net.state_dict())
    assert not done.summed
    assert done.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_one_channel_takes_the_sum_and_sees_a_grey_picture_as_three_did(tmp_path):
    file, net = resnet_file(tmp_path)
    model = make("mdwcnet/pspnet", channels=1)
    assert load_encoder(model, file).summed
    grey = torch.randn(1, 1, 32, 32)
    found, expected = model.encoder.stem(grey), net.stem(grey.expand(-1, 3, -1, -1))
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("channels", [2, 4])
def test_another_number_of_channels_is_refused(tmp_path, channels):
    file, _ = resnet_file(tmp_path)
    model = make("mdwcnet/pspnet", channels=channels)
    before = state(model)
    with pytest.raises(SpinesegError, match=rf"4 x 3 x 7 x 7.*4 x {channels} x 7 x 7"):
        load_encoder(model, file)
    assert_unchanged(model, before)


def test_condseg_takes_three_stages_and_leaves_the_fourth(tmp_path):
    file, net = resnet_file(tmp_path)
    model = make("cvmunet/condseg")
    done = load_encoder(model, file)
    assert {name.split(".")[0] for name in done.ignored} == {"layer4", "fc"}
    for i in range(3):
        assert_unchanged(model.encoder.stages[i], net.stages[i].state_dict())


def test_counters_of_batch_norms_may_be_missing_as_in_older_files(tmp_path):
    file, net = resnet_file(tmp_path)
    weights = in_torchvisions_names(net)
    counters = [k for k in weights if k.endswith("num_batches_tracked")]
    save_file({k: v for k, v in weights.items() if k not in counters}, file)
    model = make("mdwcnet/pspnet")
    done = load_encoder(model, file)
    assert counters
    assert len(done.taken) == len(net.state_dict()) - len(counters)


def test_half_precision_in_the_file_becomes_the_precision_of_the_network(tmp_path):
    net = drawn(ConvNeXt(3, (8, 8, 16, 16), (1, 1, 2, 1)))
    file = tmp_path / "half.safetensors"
    save_file({f"module.{k}": v.half() for k, v in net.state_dict().items()}, file)
    model = make(CVM)
    load_encoder(model, file)
    half = net.half().state_dict()
    for name, x in model.encoder.state_dict().items():
        assert x.dtype == torch.float32
        assert torch.equal(x, half[name].float())


# --- refusing


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"depths": (1, 1, 2, 1)}, r"a ResNet with 18 misfits.*layer3.1.*has no place"),
        (
            {"widths": (4, 8, 12, 20)},
            r"layer4.0.conv1.weight \(20 x 48 x 1 x 1\) does not",
        ),
    ],
)
def test_a_resnet_of_other_depths_or_widths_is_refused(tmp_path, sizes, said):
    file, _ = resnet_file(tmp_path, **sizes)
    model = make("mdwcnet/pspnet")
    before = state(model)
    with pytest.raises(SpinesegError, match=said):
        load_encoder(model, file)
    assert_unchanged(model, before)


@pytest.mark.parametrize("name", [CVM, "cvmunet/swin_unet", "mdwcnet/fcn_8s"])
def test_a_file_of_another_network_is_named_with_what_it_is(tmp_path, name):
    file, _ = resnet_file(tmp_path)
    model = make(name)
    before = state(model)
    with pytest.raises(
        SpinesegError, match=r"resnet\.safetensors.*found a ResNet.*ame a"
    ):
        load_encoder(model, file)
    assert_unchanged(model, before)


def test_vgg_with_and_without_norms_are_told_apart(tmp_path):
    for name, normed, said in (
        ("mdwcnet/fcn_8s", True, "expected VGG-16 without batch norm"),
        ("wgan_ctm/segnet", False, "Name a file of vgg16_bn"),
    ):
        file = tmp_path / "vgg.safetensors"
        save_file(torchvision_vgg(VGG, 8, normed).state_dict(), file)
        with pytest.raises(SpinesegError, match=said):
            load_encoder(make(name), file)


def test_no_file_no_weights_and_no_network_each_have_their_sentence(tmp_path):
    model = make("mdwcnet/pspnet")
    with pytest.raises(SpinesegError, match=r"no such file.*ResNet yourself"):
        load_encoder(model, tmp_path / "none.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(SpinesegError, match="no file of weights"):
        load_encoder(model, tmp_path / "list.pth")
    file, _ = resnet_file(tmp_path)
    with pytest.raises(SpinesegError, match="shapes and no weights"):
        load_encoder(on_meta("mdwcnet/pspnet"), file)


class Runs:
    def __reduce__(self):
        return print, ("code in a checkpoint ran",)


def test_a_file_that_would_run_code_is_refused(tmp_path, capsys):
    torch.save({"conv1.weight": Runs()}, tmp_path / "bad.pth")
    with pytest.raises(SpinesegError, match="no file of weights"):
        load_encoder(make("mdwcnet/pspnet"), tmp_path / "bad.pth")
    assert "ran" not in capsys.readouterr().out


PSP = make("mdwcnet/pspnet")
WHOLE = in_torchvisions_names(drawn(ResNet(3, **SMALL_RESNET), seed=1))
LEARNED = sorted(k for k in WHOLE if not k.startswith("fc") and "num" not in k)
SPOILT = {
    "missing": lambda x: None,
    "longer": lambda x: torch.cat([x, x]),
    "another axis": lambda x: x[None],
    "whole numbers": lambda x: x.int(),
    "no number": lambda x: torch.full_like(x, torch.nan),
    "sparse": lambda x: x.to_sparse(),
    "complex": lambda x: x.to(torch.complex64),
}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(LEARNED), st.sampled_from(sorted(SPOILT)), st.booleans())
def test_one_spoilt_weight_leaves_the_whole_network_as_it_was(name, how, more):
    before, spoilt = state(PSP), SPOILT[how](WHOLE[name])
    weights = WHOLE | ({} if spoilt is None else {name: spoilt})
    if spoilt is None:
        del weights[name]
    if more:
        weights["layer5.0.conv1.weight"] = torch.zeros(1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spoilt.pth"
        torch.save(weights, file)
        with pytest.raises(SpinesegError, match=r"spoilt\.pth.*found.*expected ResNet"):
            load_encoder(PSP, file)
    assert_unchanged(PSP, before)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["pth", "safetensors"]), st.booleans())
def test_any_bytes_are_refused_in_one_sentence(noise, kind, begun):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"noise.{kind}"
        if begun:  # the beginning of a real file, and then noise
            save_file(WHOLE, file) if kind == "safetensors" else torch.save(WHOLE, file)
            noise = file.read_bytes()[:200] + noise
        file.write_bytes(noise)
        with pytest.raises(SpinesegError, match="no file of weights"):
            load_encoder(PSP, file)

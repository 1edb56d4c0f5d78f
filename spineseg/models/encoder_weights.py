"""Weights of published encoders, from a file that the user has.

``create_model`` builds from random weights; nothing is downloaded, and nothing is
loaded unless :func:`load_encoder` is called. It reads

====================  =============================================  ==================
encoder               in                                             names of
====================  =============================================  ==================
ConvNeXt              ``cvmunet/cvm_unet`` and its ablations         its authors, timm,
                                                                     torchvision,
                                                                     transformers
ResNet-50             the DeepLabV3+, ``mdwcnet/pspnet``; three      torchvision, timm,
                      stages: ``cvmunet/condseg``                    transformers
ResNet-34             ``cvmunet/meta_unet``                          the same
Swin                  ``cvmunet/swin_unet``                          as ConvNeXt
VGG-16                ``mdwcnet/fcn_8s``                             torchvision, timm
VGG-16, batch norm    ``wgan_ctm/segnet``                            torchvision, timm
====================  =============================================  ==================

All of these were trained on pictures with the mean and the spread of ImageNet; whoever
feeds others gives away a part of what was learned.
"""

import re
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, sha256_of
from spineseg.models.encoder_families import Family, encoder_of, stages_of
from spineseg.models.encoder_names import Names, Naming
from spineseg.models.weight_files import Weights, read_weights

_FRONT = re.compile(r"(module\.)?((resnet|convnext|swin)\.)?")
_COUNTER = "num_batches_tracked"
_SIGNS = (
    ("a ResNet", r"layer1\.0\.conv1\.|encoder\.stages\.0\.layers\.0\.layer\.0\."),
    ("a Swin", r".*relative_position_bias_table"),
    ("a ConvNeXt", r".*(dwconv|conv_dw)\.|features\.1\.0\.block\.0\."),
    ("a VGG", r"features\.\d+\.weight"),
)


@dataclass(frozen=True)
class EncoderLoad:
    """What :func:`load_encoder` did.

    family: the published network.  naming: whose names the file has.  sha256: of the
    file.  taken: names in the file that were loaded.  ignored: names of the classifier,
    and of stages that this encoder does not have.  summed: the first convolution was
    made for one channel out of three.
    """

    family: str
    naming: str
    sha256: str
    taken: tuple[str, ...]
    ignored: tuple[str, ...]
    summed: bool


def load_encoder(model: nn.Module, path: FilePath) -> EncoderLoad:
    """Load published weights into a network's encoder: all of them, or nothing.

    ::

        model = create_model("cvmunet/cvm_unet", in_channels=1)
        load_encoder(model, "convnext_tiny.safetensors")

    The classifier is left out, and so are stages behind the encoder's last one (ConDSeg
    ends with the third); any other weight must have its place, and any place its
    weight. FCN-8s takes VGG's first two fully connected layers as convolutions of 7 x 7
    and 1 x 1, as its paper does. Where the file's first convolution takes three
    channels and the network has one, the three are summed: that is what a grey picture
    in three equal channels gives. The counters of batch norms, which older files lack,
    stay as they are.

    Args:
        model: of the registry; or a ConvNeXt or ResNet itself.
        path: of a .safetensors file, or one in PyTorch's format that holds tensors.

    Raises:
        SpinesegError: if the network has no such encoder, there is no such file, or it
            holds another network; the model stays as it was.
    """
    part, family = encoder_of(model)
    own = part.state_dict()
    if any(x.is_meta for x in own.values()):
        raise SpinesegError(
            "this network has shapes and no weights", remedy="Create it on the CPU"
        )
    remedy = f"Download weights of {family.title} yourself, then name their file"
    given = _plain(read_weights(path, remedy))
    naming, names = _closest(family, own, given)
    ignored = naming.left_out(given, stages_of(part))
    taken = {theirs for every in names.values() for theirs in every} & given.keys()
    fresh, wrong = _fitted(family.first, names, own, given)
    wrong += [f"{k} has no place" for k in sorted(given.keys() - taken - ignored)]
    if wrong:
        raise _another(path, _kind(given), wrong, family, len(names))
    done = EncoderLoad(
        family=family.title,
        naming=naming.package,
        sha256=sha256_of(path),
        taken=tuple(sorted(taken)),
        ignored=tuple(sorted(ignored)),
        summed=own[family.first].shape[1] != given[names[family.first][0]].shape[1],
    )
    part.load_state_dict(own | fresh)
    return done


def _plain(given: Weights) -> Weights:
    """Return the weights without what wrappers and classifiers write before names."""
    bare = {_FRONT.sub("", k, count=1): v for k, v in given.items()}
    return bare if len(bare) == len(given) else given


def _closest(family: Family, own: Weights, given: Weights) -> tuple[Naming, Names]:
    """Return the naming of which the file has most, and what it calls our weights."""
    every = [(naming, naming.names(own)) for naming in family.namings]
    return max(every, key=lambda x: sum(set(t) <= given.keys() for t in x[1].values()))


def _fitted(
    first: str, names: Names, own: Weights, given: Weights
) -> tuple[Weights, list[str]]:
    """Return what fits under our names, and sentences on what does not."""
    fresh: Weights = {}
    wrong: list[str] = []
    for name, theirs in names.items():
        missing = [k for k in theirs if k not in given]
        if missing and not name.endswith(_COUNTER):
            wrong.append(f"{missing[0]} is missing")
        if missing:
            continue
        parts = [given[k] for k in theirs]
        fits = _as_ours(parts, own[name], grey=name == first)
        if fits is None:
            sizes = " x ".join(map(str, parts[0].shape))
            room = " x ".join(map(str, own[name].shape))
            wrong.append(f"{theirs[0]} ({sizes}) does not go into {name} ({room})")
        elif not fits.isfinite().all():
            wrong.append(f"{theirs[0]} holds what is no number")
        else:
            fresh[name] = fits
    return fresh, wrong


def _as_ours(parts: list[Tensor], place: Tensor, grey: bool) -> Tensor | None:
    """Return the parts as one tensor in the form of ours, None where it cannot be."""
    if not all(_like(x, place) for x in parts) or len({x.shape[1:] for x in parts}) > 1:
        return None
    x = parts[0] if len(parts) == 1 else torch.cat(parts)
    x = x.to(place.dtype)
    if grey and x.ndim == 4 and (x.shape[1], place.shape[1]) == (3, 1):
        x = x.sum(dim=1, keepdim=True)
    # a matrix is a convolution of 1 x 1, or of the whole map that it saw in one row
    flat = min(x.ndim, place.ndim) in (1, 2) and x.shape[:1] == place.shape[:1]
    if flat and x.numel() == place.numel():
        x = x.reshape(place.shape)
    return x if x.shape == place.shape else None


def _like(x: Tensor, place: Tensor) -> bool:
    """Say whether these are numbers of the same kind, written out one by one."""
    dense = x.layout == torch.strided and not x.is_meta
    return dense and x.is_floating_point() == place.is_floating_point()


def _another(
    path: FilePath, kind: str, wrong: list[str], family: Family, tensors: int
) -> SpinesegError:
    some = f"{len(wrong)} misfits, such as {wrong[0]}; {wrong[-1]}"
    return SpinesegError(
        "the weights in this file are not those of this encoder",
        path=path,
        found=f"{kind} with {some if wrong[1:] else f'one misfit: {wrong[0]}'}",
        expected=f"{family.title} with {tensors} tensors",
        remedy=family.remedy,
    )


def _kind(given: Weights) -> str:
    for words, sign in _SIGNS:
        if any(re.match(sign, name) for name in given):
            return words
    return "a network of another kind"

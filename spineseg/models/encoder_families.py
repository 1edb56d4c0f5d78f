"""Which published networks the encoders of this registry are; Swin's and VGG's names.

See :mod:`spineseg.models.encoder_names` for the grammar of the rows.
"""

from dataclasses import dataclass
from typing import Any

from torch import nn

from spineseg.blocks.convnext import ConvNeXt
from spineseg.core.errors import SpinesegError
from spineseg.models.baselines.resnet_nets import ResNet
from spineseg.models.baselines.swin_unet import SwinUNet
from spineseg.models.baselines.vgg_nets import FCN8s, SegNet
from spineseg.models.encoder_names import CONVNEXT, MOST_STAGES, RESNET, Naming, Row


def _exchanged(rows: tuple[Row, ...], pairs: dict[str, str]) -> tuple[Row, ...]:
    """Return the rows with words of their names exchanged, one after the other."""

    def new(name: str) -> str:
        for old, other in pairs.items():
            name = name.replace(old, other)
        return name

    return tuple(
        (a, new(b)) if isinstance(b, str) else (a, tuple(map(new, b))) for a, b in rows
    )


_OWN, _BLOCK = "encoder.{i}.{j}", "layers.{i}.blocks.{j}"
_COMPUTED = r"|.*(relative_position_index|attn_mask)$"
_SWIN = (
    ("patches", "patch_embed.proj"),
    ("patch_norm", "patch_embed.norm"),
    (f"{_OWN}.norm{{k}}", f"{_BLOCK}.norm{{k}}"),
    (f"{_OWN}.attention.table", f"{_BLOCK}.attn.relative_position_bias_table"),
    (f"{_OWN}.attention.qkv", f"{_BLOCK}.attn.qkv"),
    (f"{_OWN}.attention.proj", f"{_BLOCK}.attn.proj"),
    (f"{_OWN}.mlp.lin{{k}}", f"{_BLOCK}.mlp.fc{{k}}"),
    ("merges.{i}.norm", "layers.{i}.downsample.norm"),
    ("merges.{i}.reduction", "layers.{i}.downsample.reduction"),
    ("norm", "norm"),
)
_TORCHVISION_SWIN = {
    "patch_embed.proj": "features.0.0",
    "patch_embed.norm": "features.0.2",
    "layers.{i}.downsample": "features.{after}",
    _BLOCK: "features.{odd}.{j}",
    "mlp.fc{k}": "mlp.{third}",
}
_HUB, _ATTENTION = f"encoder.{_BLOCK}", f"encoder.{_BLOCK}.attention"
_QKV = ("query", "key", "value")
_TRANSFORMERS_SWIN = (
    ("patches", "embeddings.patch_embeddings.projection"),
    ("patch_norm", "embeddings.norm"),
    (f"{_OWN}.norm1", f"{_HUB}.layernorm_before"),
    (f"{_OWN}.norm2", f"{_HUB}.layernorm_after"),
    (f"{_OWN}.attention.table", f"{_ATTENTION}.self.relative_position_bias_table"),
    (f"{_OWN}.attention.qkv", tuple(f"{_ATTENTION}.self.{part}" for part in _QKV)),
    (f"{_OWN}.attention.proj", f"{_ATTENTION}.output.dense"),
    (f"{_OWN}.mlp.lin1", f"{_HUB}.intermediate.dense"),
    (f"{_OWN}.mlp.lin2", f"{_HUB}.output.dense"),
    ("merges.{i}.norm", "encoder.layers.{i}.downsample.norm"),
    ("merges.{i}.reduction", "encoder.layers.{i}.downsample.reduction"),
    ("norm", "layernorm"),
)
_IN_MEMORY = {
    "self.relative_position_bias_table": "relative_position_bias"
    ".relative_position_bias_table",
    **{f"self.{part}": f"{part[0]}_proj" for part in _QKV},
    "attention.output.dense": "attention.o_proj",
    "intermediate.dense": "mlp.fc1",
    "output.dense": "mlp.fc2",
}
"""transformers 5 names the layers anew in memory, and as before in what it saves."""

SWIN = (
    Naming("its authors", _SWIN, rf"head\.{_COMPUTED}"),
    Naming(
        "timm",
        _exchanged(_SWIN, {"layers.{i}.downsample": "layers.{stage}.downsample"}),
        rf"head\.{_COMPUTED}",
    ),
    Naming("torchvision", _exchanged(_SWIN, _TORCHVISION_SWIN), rf"head\.{_COMPUTED}"),
    Naming("transformers", _TRANSFORMERS_SWIN, rf"classifier\.{_COMPUTED}"),
    Naming(
        "transformers, in memory",
        _exchanged(_TRANSFORMERS_SWIN, _IN_MEMORY),
        rf"classifier\.{_COMPUTED}",
    ),
)

_FCN = (
    ("stages.{i}.{j}.0", "features.{plain}"),
    ("classifier.0.0", "classifier.0"),
    ("classifier.2.0", "classifier.3"),
)
_TIMM_FCN = {"classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2"}
VGG = (
    Naming("torchvision", _FCN, r"classifier\.6\."),
    Naming("timm", _exchanged(_FCN, _TIMM_FCN), r"head\."),
)
VGG_NORMED = (
    Naming(
        "torchvision or timm",
        (
            ("encoder.{i}.{j}.0", "features.{conv}"),
            ("encoder.{i}.{j}.1", "features.{norm}"),
        ),
        r"(classifier|pre_logits|head)\.",
    ),
)


@dataclass(frozen=True)
class Family:
    """A published network that stands in ours.

    title: what it is called.  first: our name of the weight that meets the picture.
    namings: of the packages that publish it.  remedy: which file to name.
    """

    title: str
    first: str
    namings: tuple[Naming, ...]
    remedy: str


_SAME = "Name a file of the same depths and widths, or create the network with them"
FAMILIES: dict[Any, Family] = {  # classes; the registry's decorator hides their type
    ConvNeXt: Family("ConvNeXt", "downsample_layers.0.0.weight", CONVNEXT, _SAME),
    ResNet: Family("ResNet", "stem.0.weight", RESNET, _SAME),
    SwinUNet: Family(
        "Swin",
        "patches.weight",
        SWIN,
        f"{_SAME}: Swin-T is depths=(2, 2, 6, 2)",
    ),
    FCN8s: Family(
        "VGG-16 without batch norm",
        "stages.0.0.0.weight",
        VGG,
        "Name a file of vgg16 with its fully connected layers",
    ),
    SegNet: Family(
        "VGG-16 with batch norm",
        "encoder.0.0.0.weight",
        VGG_NORMED,
        "Name a file of vgg16_bn",
    ),
}


def encoder_of(model: nn.Module) -> tuple[nn.Module, Family]:
    """Return the part of a network that holds a published encoder, and which it is.

    Raises:
        SpinesegError: if there is none.
    """
    for part in (model, getattr(model, "encoder", None)):
        for kind, family in FAMILIES.items():
            if isinstance(part, nn.Module) and isinstance(part, kind):
                return part, family
    raise SpinesegError(
        "this network has no encoder whose published weights are read here",
        found=type(model).__name__,
        expected=" or ".join(dict.fromkeys(f.title for f in FAMILIES.values())),
        remedy="SAM's has its own loader: spineseg.models.sam_weights.load_sam_encoder",
    )


def stages_of(part: nn.Module) -> int:
    """Return how many stages of its family a network has."""
    return len(part.stages) if isinstance(part, ResNet) else MOST_STAGES

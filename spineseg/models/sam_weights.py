"""Weights of Segment Anything: three packages, two ways of naming, one reader.

Ours bear the names of Meta's checkpoint; the package transformers has its own. Nothing
is downloaded: the reader names a file (``sam_vit_b_01ec64.pth``, 375 MB, Apache-2.0,
from the repository facebookresearch/segment-anything; or ``model.safetensors`` of
facebook/sam-vit-base).
"""

import re
from os import PathLike

from torch import nn

from spineseg.core.errors import SpinesegError
from spineseg.models.weight_files import Weights, read_weights

_PAIRS = (
    ("image_encoder.patch_embed.proj.", "vision_encoder.patch_embed.projection."),
    ("image_encoder.blocks.", "vision_encoder.layers."),
    ("image_encoder.neck.0.", "vision_encoder.neck.conv1."),
    ("image_encoder.neck.1.", "vision_encoder.neck.layer_norm1."),
    ("image_encoder.neck.2.", "vision_encoder.neck.conv2."),
    ("image_encoder.neck.3.", "vision_encoder.neck.layer_norm2."),
    ("image_encoder.", "vision_encoder."),
    (
        "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix",
        "shared_image_embedding.positional_embedding",
    ),
    ("prompt_encoder.point_embeddings.", "prompt_encoder.point_embed."),
    ("prompt_encoder.mask_downscaling.0.", "prompt_encoder.mask_embed.conv1."),
    ("prompt_encoder.mask_downscaling.1.", "prompt_encoder.mask_embed.layer_norm1."),
    ("prompt_encoder.mask_downscaling.3.", "prompt_encoder.mask_embed.conv2."),
    ("prompt_encoder.mask_downscaling.4.", "prompt_encoder.mask_embed.layer_norm2."),
    ("prompt_encoder.mask_downscaling.6.", "prompt_encoder.mask_embed.conv3."),
    ("mask_decoder.output_upscaling.0.", "mask_decoder.upscale_conv1."),
    ("mask_decoder.output_upscaling.1.", "mask_decoder.upscale_layer_norm."),
    ("mask_decoder.output_upscaling.3.", "mask_decoder.upscale_conv2."),
    ("transformer.norm_final_attn.", "transformer.layer_norm_final_attn."),
)
"""Beginnings of names, ours and those of transformers; the first that fits counts."""

_PERCEPTRON = re.compile(
    r"(mask_decoder\.(?:output_hypernetworks_mlps\.\d+|iou_prediction_head)\.)"
    r"(layers\.\d|proj_in|proj_out)(\..*)"
)
_LAYERS = (("layers.0", "proj_in"), ("layers.1", "layers.0"), ("layers.2", "proj_out"))
_SHARED = "prompt_encoder.shared_embedding.positional_embedding"


def to_transformers(name: str) -> str:
    """Return what the package transformers calls a weight of ours (SamModel)."""
    return _renamed(name, 0)


def from_transformers(name: str) -> str:
    """Return what we, and Meta's checkpoint, call a weight of SamModel."""
    return _renamed(name, 1)


def _renamed(name: str, old: int) -> str:
    new = 1 - old
    if inside := _PERCEPTRON.fullmatch(name):
        layer = {pair[old]: pair[new] for pair in _LAYERS}[inside[2]]
        return f"{inside[1]}{layer}{inside[3]}"
    for pair in _PAIRS:
        if pair[old] in name:
            name = name.replace(pair[old], pair[new], 1)
            break
    if ".neck." in name or "mask_embed" in name or "mask_downscaling" in name:
        return name
    norms = (r"\.norm(\d)\.", r"\.layer_norm(\d)\.")
    return re.sub(norms[old], (r".norm\1.", r".layer_norm\1.")[new], name)


def read_sam(path: str | PathLike[str]) -> Weights:
    """Return a checkpoint's weights under our names.

    Both namings are understood, in PyTorch's and in safetensors' format. Only tensors
    are read: a file that would run code is refused.

    Raises:
        SpinesegError: if there is no such file, or no SAM in it.
    """
    remedy = "Download SAM's ViT-B checkpoint yourself, then name its file"
    given = read_weights(path, remedy)
    rename = str
    if any(k.startswith("vision_encoder.") for k in given):
        rename = from_transformers
    found = {rename(k): v for k, v in given.items() if k != _SHARED}
    if not any(k.startswith("image_encoder.") for k in found):
        raise SpinesegError("there is no image encoder of SAM in this file", path=path)
    return found


def load_checked(
    module: nn.Module, weights: Weights, path: str | PathLike[str]
) -> None:
    """Load weights when all names and shapes fit, else change nothing.

    Raises:
        SpinesegError: naming one that does not fit.
    """
    wanted = {k: v.shape for k, v in module.state_dict().items()}
    wrong = sorted(
        k
        for k in wanted.keys() | weights.keys()
        if k not in weights or wanted.get(k) != weights[k].shape
    )
    if wrong:
        raise SpinesegError(
            "this checkpoint is not of this network",
            path=path,
            found=f"{len(wrong)} weights that do not fit, among them {wrong[0]}",
            expected=f"{len(wanted)} weights",
        )
    module.load_state_dict(weights)


def load_sam(model: nn.Module, path: str | PathLike[str]) -> None:
    """Load a published checkpoint into the full SAM (``cervspinenet/sam``).

    Raises:
        SpinesegError: if names or shapes do not fit; the model stays as it was.
    """
    load_checked(model, read_sam(path), path)


def load_sam_encoder(model: nn.Module, path: str | PathLike[str]) -> None:
    """Load the image encoder of a published checkpoint into ``model.encoder``.

    Args:
        model: CervSpineNet, whichever package its encoder comes from.
        path: of the checkpoint; its other parts are not looked at.

    Raises:
        SpinesegError: if names or shapes do not fit; the model stays as it was.
    """
    encoder = model.get_submodule("encoder")
    prefix = "image_encoder."
    ours = {k: v for k, v in read_sam(path).items() if k.startswith(prefix)}
    if "patch_embed.projection.weight" in encoder.state_dict():
        prefix = "vision_encoder."
        ours = {to_transformers(k): v for k, v in ours.items()}
    load_checked(encoder, {k.removeprefix(prefix): v for k, v in ours.items()}, path)

"""SAM's image encoder out of the packages that publish it.

The paper loads it through ``segment_anything.sam_model_registry``. That package asks
for torchvision without saying so; where it cannot be imported, transformers has the
same encoder. Both are made for 1024 x 1024 only; our own takes other sizes.
Weights are fresh; :func:`spineseg.models.sam_weights.load_sam_encoder` loads them.
"""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from torch import Tensor, nn

from spineseg.core.errors import SpinesegError

SIDE = 1024
EXTRA = 'Install it with: pip install "spineseg[sam]"'


def segment_anything_encoder() -> nn.Module:
    """Return the ViT-B encoder of Meta's package.

    Raises:
        SpinesegError: if it, or torchvision, cannot be imported.
    """
    package = _import("segment_anything", f"{EXTRA} and torchvision beside your torch")
    encoder = package.sam_model_registry["vit_b"](checkpoint=None).image_encoder
    encoder.register_forward_pre_hook(_check_size)
    return encoder


def transformers_encoder() -> nn.Module:
    """Return the ViT-B encoder of the package transformers.

    Raises:
        SpinesegError: if it cannot be imported.
    """
    package = _import("transformers", EXTRA)
    encoder = package.SamVisionModel(package.SamVisionConfig()).vision_encoder
    encoder.register_forward_pre_hook(_check_size)
    encoder.register_forward_hook(_features)
    return encoder


def _first_found() -> nn.Module:
    try:
        return segment_anything_encoder()
    except SpinesegError:
        return transformers_encoder()


ENGINES: dict[str, Callable[[], nn.Module]] = {
    "segment-anything": segment_anything_encoder,
    "transformers": transformers_encoder,
    "public": _first_found,
}


def public_encoder(engine: str, reading: dict[str, Any] | None = None) -> nn.Module:
    """Return the encoder of a package.

    Args:
        engine: "segment-anything", "transformers", or "public" for the first of the
            two that is installed.
        reading: must be empty; the packages' ViT-B has no other sizes.

    Raises:
        SpinesegError: if the engine is unknown, not installed or asked for a size.
    """
    if engine not in ENGINES:
        raise SpinesegError(
            "no such engine for SAM's encoder",
            found=engine,
            expected=", ".join(("spineseg", *ENGINES)),
        )
    if reading:
        raise SpinesegError(
            "the packages' encoder is ViT-B and takes no sizes",
            found=", ".join(reading),
            remedy='Leave encoder out, or use engine="spineseg"',
        )
    return ENGINES[engine]()


def _import(name: str, remedy: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except (ImportError, RuntimeError) as error:
        # a torchvision that does not fit its torch raises RuntimeError
        raise SpinesegError(
            f"the package {name} cannot be imported ({error})", remedy=remedy
        ) from error


def _check_size(module: nn.Module, given: tuple[Tensor, ...]) -> None:
    height, width = given[0].shape[2:]
    if (height, width) != (SIDE, SIDE):
        raise SpinesegError(
            "this encoder is made for one size",
            found=f"{height} x {width}",
            expected=f"{SIDE} x {SIDE}",
            remedy='Use engine="spineseg", which interpolates the positions',
        )


def _features(module: nn.Module, given: tuple[Tensor, ...], out: Any) -> Tensor:
    return out.last_hidden_state

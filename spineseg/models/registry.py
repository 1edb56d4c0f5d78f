"""Networks by name; a name is ``paper/network``, the paper that measured it."""

import inspect
from collections.abc import Callable
from typing import Any

from torch import nn

from spineseg.core.errors import SpinesegError
from spineseg.core.registry import Registry

MODELS: Registry[Callable[..., nn.Module]] = Registry("model", "spineseg models")
register = MODELS.register


def create_model(
    name: str, in_channels: int = 1, classes: int = 1, **reading: Any
) -> nn.Module:
    """Return a network with fresh, random weights; its output are logits.

    No published weights are loaded, unless from a file of yours:
    :func:`spineseg.models.load_encoder`, and for SAM's encoder
    :func:`spineseg.models.sam_weights.load_sam_encoder`.

    Args:
        name: see :func:`list_models`.
        in_channels: of the picture.
        classes: channels of the output.
        **reading: what the paper leaves open, and sizes; see the network's own page.

    Raises:
        SpinesegError: if the name or an argument of the reading is unknown.
    """
    make = MODELS[name]
    known = inspect.signature(make).parameters
    unknown = sorted(set(reading) - set(known))
    if unknown:
        raise SpinesegError(
            f"the model {name} has no such argument",
            found=", ".join(unknown),
            expected=", ".join(known),
        )
    return make(in_channels=in_channels, classes=classes, **reading)


def list_models(paper: str | None = None) -> list[str]:
    """Return the names that :func:`create_model` takes, of one paper or of all."""
    return [n for n in MODELS.names() if paper in (None, n.split("/")[0])]

"""Class activation maps from gradients, for segmentation.

A: features ``b c h w`` of a layer; y: the target; alpha: weight of a channel.
Grad-CAM: alpha_c = mean over h, w of dy/dA_c; map = ReLU(sum over c of alpha_c A_c).
HiResCAM: map = ReLU(sum over c of dy/dA_c * A_c), the gradient not averaged first.

Sources: Selvaraju et al. 2017, arXiv:1610.02391, Eq. 1-2; Vinogradova et al. 2020
(Seg-Grad-CAM: y summed over pixels), arXiv:2002.11434; Draelos and Carin 2020
(HiResCAM), arXiv:2011.08891.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError
from spineseg.explain.target import Target, one_number_each
from spineseg.explain.watch import (
    Layout,
    channels_first,
    evaluating,
    seen_at,
    watched,
)


def features_and_gradients(
    model: nn.Module,
    x: Float[Tensor, "b i y x"],
    target: Target,
    layer: str,
    layout: Layout = channels_first,
) -> tuple[Float[Tensor, "b c h w"], Float[Tensor, "b c h w"]]:
    """Return a layer's features and the target's derivative by them.

    Raises:
        SpinesegError: if the layer is unknown or the target does not depend on it, or
            if the layout does not fit.
    """
    # a network with frozen weights has no graph unless the picture starts one
    x = x.detach().clone().requires_grad_()
    with torch.enable_grad(), evaluating(model), watched(model, [layer]) as seen:
        y = one_number_each(target(model(x)), len(x))
        total = y.sum()
    a = seen_at(seen, layer)
    if not (a.requires_grad and y.requires_grad):
        raise SpinesegError(
            "no gradient passes this layer", found=repr(layer), remedy=_REMEDY
        )
    # autograd.grad, not backward: nobody's .grad is touched
    (gradient,) = torch.autograd.grad(total, a, allow_unused=True)
    if gradient is None:
        raise SpinesegError(
            "the target does not depend on the layer", found=repr(layer), remedy=_REMEDY
        )
    return layout(a.detach()), layout(gradient)


_REMEDY = "Name a layer between the picture and the logits"


def grad_cam(
    model: nn.Module,
    x: Float[Tensor, "b i y x"],
    target: Target,
    layer: str,
    layout: Layout = channels_first,
) -> Float[Tensor, "b h w"]:
    """Return Grad-CAM in the layer's own resolution, not normalised.

    Args:
        model: any network that maps pictures to logits.
        x: the pictures.
        target: which pixels, which class; see :mod:`spineseg.explain.target`.
        layer: name of the layer.
        layout: how the layer's output is laid out.

    Raises:
        SpinesegError: see :func:`features_and_gradients`.
    """
    a, gradient = features_and_gradients(model, x, target, layer, layout)
    alpha = gradient.mean(dim=(2, 3), keepdim=True)  # b c 1 1
    return functional.relu((alpha * a).sum(dim=1))


def hires_cam(
    model: nn.Module,
    x: Float[Tensor, "b i y x"],
    target: Target,
    layer: str,
    layout: Layout = channels_first,
) -> Float[Tensor, "b h w"]:
    """Return HiResCAM: each place weighs its channels by its own gradient.

    Arguments and errors are those of :func:`grad_cam`.
    """
    a, gradient = features_and_gradients(model, x, target, layer, layout)
    return functional.relu((gradient * a).sum(dim=1))


def enlarged(
    heat: Float[Tensor, "b h w"], size: tuple[int, int]
) -> Float[Tensor, "b y x"]:
    """Return maps in the size of the picture, bilinearly; no detail is gained."""
    return functional.interpolate(
        heat[:, None], size=size, mode="bilinear", align_corners=False
    )[:, 0]

"""Losses that look at more than one pixel at a time: SSIM and distance transforms.

Sources: Wang et al. 2004, doi:10.1109/TIP.2003.819861 (SSIM);
Karimi and Salcudean 2019, doi:10.1109/TMI.2019.2930068 (differentiable Hausdorff
terms); cervspinenet, Eqs. 12, 13 and 18.
"""

import math

import numpy as np
import torch
from jaxtyping import Float
from scipy.ndimage import distance_transform_edt
from torch import Tensor, nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError
from spineseg.losses.shapes import check_binary

WINDOW = 11
_SIGMA = 1.5
_C1, _C2 = 0.01**2, 0.03**2


def ssim(
    x: Float[Tensor, "b c h w"], y: Float[Tensor, "b c h w"]
) -> Float[Tensor, " b"]:
    """Return the mean structural similarity of two pictures in [0, 1].

    Gaussian window of 11 pixels (sigma 1.5), only where it lies inside the picture.

    Raises:
        SpinesegError: if a side is shorter than the window.
    """
    if min(x.shape[-2:]) < WINDOW:
        raise SpinesegError(
            "the picture is smaller than the SSIM window",
            found=tuple(x.shape[-2:]),
            expected=f"at least {WINDOW} x {WINDOW}",
        )
    mean_x, mean_y = _blur(x), _blur(y)
    var_x = _blur(x * x) - mean_x**2
    var_y = _blur(y * y) - mean_y**2
    cov = _blur(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    structure = (2 * cov + _C2) / (var_x + var_y + _C2)
    return (luminance * structure).flatten(1).mean(1)


def ssim_loss(
    logits: Float[Tensor, "b c h w"], target: Float[Tensor, "b c h w"]
) -> Float[Tensor, ""]:
    """Return one minus the SSIM of probabilities and mask (cervspinenet, Eq. 13)."""
    check_binary(logits, target)
    return (1 - ssim(logits.sigmoid(), target)).mean()


def hausdorff_dt_loss_as_printed(
    logits: Float[Tensor, "b c h w"],
    target: Float[Tensor, "b c h w"],
    threshold: float = 0.5,
) -> Float[Tensor, ""]:
    """Return the mean difference of two distance maps, literally as Eq. 12.

    The prediction is cut at the threshold before its distances are taken. A cut is
    flat almost everywhere, so this term **has no gradient**: added to a loss it
    changes the printed value and nothing that is learned (claim ledger of
    cervspinenet). For a term that learns take :func:`hausdorff_dt_loss`.
    """
    check_binary(logits, target)
    mask = (logits.sigmoid() > threshold).to(logits.dtype)
    gap = (boundary_distance(mask) - boundary_distance(target)).abs().mean()
    # tied to the logits by a zero, so that backward runs and shows the zero
    return gap + 0 * logits.sum()


def hausdorff_dt_loss(
    logits: Float[Tensor, "b c h w"],
    target: Float[Tensor, "b c h w"],
    power: float = 2.0,
) -> Float[Tensor, ""]:
    """Return (p - y)^2 weighted by distances to both boundaries, averaged.

    The differentiable form of Karimi and Salcudean (their Eq. 8): the distance maps
    are constants, the error at each pixel carries the gradient. Distances in pixels,
    raised to ``power``.
    """
    check_binary(logits, target)
    p = logits.sigmoid()
    mask = (p > 0.5).to(logits.dtype)
    far = boundary_distance(mask) ** power + boundary_distance(target) ** power
    return ((p - target) ** 2 * far).mean()


def boundary_distance(mask: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
    """Return each pixel's distance, in pixels, to the other side of the boundary.

    Inside it is the distance to the nearest pixel outside, and outside to the nearest
    inside. A mask without a boundary has the picture's diagonal everywhere.
    """
    height, width = mask.shape[-2:]
    inside = mask.detach().cpu().numpy() > 0.5
    field = np.full(mask.shape, math.hypot(height, width))
    for index in np.ndindex(*mask.shape[:2]):
        one = inside[index]
        if one.any() and not one.all():
            # one of the two is zero at every pixel
            field[index] = np.add(
                np.asarray(distance_transform_edt(one)),
                np.asarray(distance_transform_edt(~one)),
            )
    return torch.from_numpy(field).to(mask)


def _blur(x: Tensor) -> Tensor:
    steps = torch.arange(WINDOW, dtype=x.dtype, device=x.device) - WINDOW // 2
    bell = torch.exp(-(steps**2) / (2 * _SIGMA**2))
    bell = bell / bell.sum()
    channels = x.shape[1]
    rows = bell.view(1, 1, -1, 1).repeat(channels, 1, 1, 1)
    columns = bell.view(1, 1, 1, -1).repeat(channels, 1, 1, 1)
    blurred = functional.conv2d(x, rows, groups=channels)
    return functional.conv2d(blurred, columns, groups=channels)


class SSIMLoss(nn.Module):
    """Module of :func:`ssim_loss`."""

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return ssim_loss(logits, target)


class HausdorffDTLossAsPrinted(nn.Module):
    """Module of :func:`hausdorff_dt_loss_as_printed`."""

    def __init__(self, threshold: float = 0.5) -> None:
        super().__init__()
        self.threshold = threshold

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return hausdorff_dt_loss_as_printed(logits, target, self.threshold)


class HausdorffDTLoss(nn.Module):
    """Module of :func:`hausdorff_dt_loss`."""

    def __init__(self, power: float = 2.0) -> None:
        super().__init__()
        self.power = power

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return hausdorff_dt_loss(logits, target, self.power)

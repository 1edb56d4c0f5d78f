"""Does a map point at what it should? Scores of maps against a true region.

Maps are not negative. A map that is zero everywhere, or a truth without a pixel, has
no score: it is ``nan``, to be left out of a mean and counted.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn import functional

from spineseg.core.errors import SpinesegError


def pointing_game(
    heat: Float[Tensor, "b h w"], truth: Bool[Tensor, "b h w"], tolerance_px: int = 0
) -> Float[Tensor, "b"]:
    """Return the share of the map's highest pixels that lie in the truth.

    1 is a hit and 0 a miss; between them only if several pixels are equally high.

    Args:
        heat: the maps.
        truth: where the reason is.
        tolerance_px: pixels by which the truth is widened on every side (a square).

    Raises:
        SpinesegError: if shapes differ or a map is negative or not finite.

    Source: Zhang et al. 2016, arXiv:1608.00507 (there with 15 pixels).
    """
    _checked(heat, truth)
    side = 2 * tolerance_px + 1
    wide = functional.max_pool2d(truth[:, None].float(), side, 1, tolerance_px)[:, 0]
    highest = heat == heat.amax(dim=(1, 2), keepdim=True)
    share = (highest * wide).sum(dim=(1, 2)) / highest.sum(dim=(1, 2))
    return torch.where(_defined(heat, truth), share, torch.nan)


def energy_inside(
    heat: Float[Tensor, "b h w"], truth: Bool[Tensor, "b h w"]
) -> Float[Tensor, "b"]:
    """Return the share of a map's sum that lies in the truth.

    A flat map scores :func:`area_share`: that is chance, compare with it.

    Raises:
        SpinesegError: if shapes differ or a map is negative or not finite.

    Source: Wang et al. 2020 (Score-CAM), arXiv:1910.01279, Sec. 4.3.
    """
    _checked(heat, truth)
    share = (heat * truth).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))
    return torch.where(_defined(heat, truth), share, torch.nan)


def area_share(truth: Bool[Tensor, "b h w"]) -> Float[Tensor, "b"]:
    """Return the share of the picture that the truth fills."""
    return truth.float().mean(dim=(1, 2))


def _defined(heat: Tensor, truth: Tensor) -> Tensor:
    return heat.amax(dim=(1, 2)).gt(0) & truth.flatten(1).any(1)


def _checked(heat: Tensor, truth: Tensor) -> None:
    if heat.shape != truth.shape or heat.dim() != 3 or truth.dtype != torch.bool:
        raise SpinesegError(
            "maps and truths do not fit together",
            found=f"{tuple(heat.shape)} and {tuple(truth.shape)} of {truth.dtype}",
            expected="both b h w, the truth of torch.bool",
        )
    if not bool(torch.isfinite(heat).all()) or bool((heat < 0).any()):
        raise SpinesegError(
            "a map must be finite and not negative",
            found=f"values from {heat.min().item():.3g} to {heat.max().item():.3g}",
            remedy="Apply torch.relu, and say so",
        )

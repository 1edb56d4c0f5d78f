"""Occlusion: cover a piece of the picture and see what the target loses.

Source: Zeiler and Fergus 2014, arXiv:1311.2901, Sec. 4.2 (there for a class score).
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spineseg.core.errors import SpinesegError
from spineseg.explain.target import Target, one_number_each
from spineseg.explain.watch import evaluating


def occlusion_map(
    model: nn.Module,
    x: Float[Tensor, "b i y x"],
    target: Target,
    fill: Float[Tensor, "..."] | float,
    patch_px: int = 8,
    stride_px: int = 4,
) -> Float[Tensor, "b y x"]:
    """Return the mean loss of the target over all patches that cover a pixel.

    Positive where covering lowers the target. The last patch of a row or column is
    moved inwards, so that every pixel is covered.

    Args:
        model: any network that maps pictures to logits.
        x: the pictures.
        target: which pixels, which class. Its pixels must be fixed: a target that
            follows the prediction changes with every patch.
        fill: what covers: a number, or a tensor that broadcasts to the pictures.
            There is no neutral choice, hence no default.
        patch_px: side of the patch.
        stride_px: from one patch to the next.

    Raises:
        SpinesegError: if the patch is larger than the picture or strides leave gaps.
    """
    height, width = x.shape[-2:]
    if not 0 < stride_px <= patch_px <= min(height, width):
        raise SpinesegError(
            "these patches do not cover the picture",
            found=f"patch {patch_px}, stride {stride_px}, picture {height} x {width}",
            expected="0 < stride <= patch <= picture",
        )
    cover = torch.as_tensor(fill, dtype=x.dtype, device=x.device).expand_as(x)
    loss = x.new_zeros(len(x), height, width)
    times = x.new_zeros(height, width)
    with evaluating(model), torch.no_grad():
        whole = one_number_each(target(model(x)), len(x))
        for top in _starts(height, patch_px, stride_px):
            for left in _starts(width, patch_px, stride_px):
                rows, columns = (
                    slice(top, top + patch_px),
                    slice(left, left + patch_px),
                )
                hidden = x.clone()
                hidden[..., rows, columns] = cover[..., rows, columns]
                lost = whole - target(model(hidden))
                loss[:, rows, columns] += lost[:, None, None]
                times[rows, columns] += 1
    return loss / times


def _starts(length: int, patch: int, stride: int) -> list[int]:
    regular = list(range(0, length - patch + 1, stride))
    return regular if regular[-1] == length - patch else [*regular, length - patch]

"""What each paper does to a picture before the network sees it: numbers only.

Every function returns a :class:`Pipeline`. Where a paper is silent the reading is an
argument with a default, and the docstring says so.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from spineseg.core.errors import SpinesegError
from spineseg.core.sample import Sample
from spineseg.transforms.base import Pipeline, step
from spineseg.transforms.draws import Chance, OneOf, Uniform
from spineseg.transforms.spatial import resize

PAPERS = ("cvmunet", "cervspinenet", "mdwcnet", "inception_unet", "wgan_ctm")


def cvmunet_preprocessing(size_px: int = 480, clip_limit: float = 2.0) -> Pipeline:
    """Pad to square, scale to 480, CLAHE (8 x 8 tiles), non-local means (Sec. 4.2).

    The order of the last two is the order of the text.
    """
    return Pipeline(
        "cvmunet",
        (
            step("pad_to_square"),
            step("resize", rows=size_px, columns=size_px),
            step("clahe", clip_limit=clip_limit, tiles=8),
            step("non_local_means", strength=10.0, template_px=7, search_px=21),
        ),
    )


def cvmunet_augmentation(max_angle_deg: float = 15.0) -> Pipeline:
    """Flip up-down, flip left-right, random rotation (Sec. 4.2).

    The paper gives neither the probabilities (here one half) nor the range of angles.
    """
    return Pipeline(
        "cvmunet-augmentation",
        (
            Chance(0.5, step("flip_vertical")),
            Chance(0.5, step("flip_horizontal")),
            Uniform("rotate", {"angle_deg": (-max_angle_deg, max_angle_deg)}),
        ),
    )


def cervspinenet_preprocessing(
    size_px: int = 1024, equalised: bool = False, clip_limit: float = 2.0
) -> Pipeline:
    """Scale to 1024 x 1024, or 512 x 512 for the baselines (Sec. 2.4.2, 2.5).

    ``equalised`` is the CLAHE variant; the clip limit is not given (OpenCV's default
    is 40). Whether the picture is padded first is not said: it is stretched, as SAM's
    baselines would not need it and the text says "resized".
    """
    scaled = (step("resize", rows=size_px, columns=size_px),)
    first = (step("clahe", clip_limit=clip_limit, tiles=8),) if equalised else ()
    return Pipeline("cervspinenet", (*first, *scaled))


def cervspinenet_augmentation() -> Pipeline:
    """One affine copy: a rotation of +-10 or +-45 degrees and shifts of +-10 px (2.2).

    The text lists the amounts; which are combined is not said. Here one angle of the
    four and one of the two shifts in each direction are drawn.
    """
    turns = tuple(step("rotate", angle_deg=float(a)) for a in (-45, -10, 10, 45))
    shifts = tuple(
        step("shift", right_px=float(x), down_px=float(y))
        for x in (-10, 10)
        for y in (-10, 10)
    )
    return Pipeline("cervspinenet-augmentation", (OneOf(turns), OneOf(shifts)))


def mdwcnet_preprocessing(size_px: int = 256, padded: bool = True) -> Pipeline:
    """Scale to 256 x 256 by "proportional scaling" (Sec. 3.1).

    Proportions can be kept only with padding, which the text does not name.
    """
    first = (step("pad_to_square"),) if padded else ()
    scaled = step("resize", rows=size_px, columns=size_px)
    return Pipeline("mdwcnet", (*first, scaled))


def mdwcnet_augmentation() -> Pipeline:
    """Random horizontal flip in training (Sec. 3.2.1)."""
    return Pipeline("mdwcnet-augmentation", (Chance(0.5, step("flip_horizontal")),))


def inception_unet_preprocessing(size_px: int = 128, padded: bool = True) -> Pipeline:
    """Scale to 128 x 128, grey levels to 8 bits, then to [0, 1] (Preprocessing).

    Equal spacing and padding come first: the public volumes have unequal spacing in
    the plane, and a plain resize would stretch patients by different factors. The
    paper does not say what it did; ``padded=False`` is the plain resize.
    """
    first = (step("square_pixels"), step("pad_to_square")) if padded else ()
    return Pipeline(
        "inception_unet",
        (
            *first,
            step("resize", rows=size_px, columns=size_px),
            step("to_unit"),
            step("to_8_bit"),
        ),
    )


def inception_unet_augmentation(mirrored: float = 0.5) -> Pipeline:
    """Rotation, shifts, zoom, horizontal flip, nearest fill (ablation only).

    The ranges are not given: these are the ones of the library's usual example.

    Args:
        mirrored: share of the pictures that are flipped; a flipped sagittal slice
            shows a patient who looks the other way.
    """
    fill = {"fill": "nearest"}
    return Pipeline(
        "inception_unet-augmentation",
        (
            Uniform("rotate", {"angle_deg": (-10.0, 10.0)}, fill),
            Uniform("shift", {"right_px": (-6.0, 6.0), "down_px": (-6.0, 6.0)}, fill),
            Uniform("zoom", {"factor": (0.9, 1.1)}, fill),
            Chance(mirrored, step("flip_horizontal")),
        ),
    )


def wgan_ctm_preprocessing(
    size_px: int = 512, threshold: float = 0.02, clip_limit: float = 2.0
) -> Pipeline:
    """Wavelets, equalisation, threshold, fit to 512, z-score (Data collection).

    The thresholds were set by hand in MITK and are not given, nor is the crop; here a
    low threshold darkens the air and the whole picture is kept.
    """
    return Pipeline(
        "wgan_ctm",
        (
            step("to_unit"),
            step("wavelet_denoise", levels=2),
            step("to_unit"),
            step("clahe", clip_limit=clip_limit, tiles=8),
            step("threshold_to_zero", level=threshold),
            step("fit_and_pad", side_px=size_px),
            step("z_score"),
        ),
    )


def wgan_ctm_augmentation(size_px: int = 512, max_angle_deg: float = 15.0) -> Pipeline:
    """Rotations and crops (Data collection); no number is given."""
    room = size_px / 16
    return Pipeline(
        "wgan_ctm-augmentation",
        (
            Uniform("rotate", {"angle_deg": (-max_angle_deg, max_angle_deg)}),
            Uniform("shift", {"right_px": (-room, room), "down_px": (-room, room)}),
        ),
    )


Maker = Callable[..., Pipeline]

_PREPROCESSING: dict[str, Maker] = {
    "cvmunet": cvmunet_preprocessing,
    "cervspinenet": cervspinenet_preprocessing,
    "mdwcnet": mdwcnet_preprocessing,
    "inception_unet": inception_unet_preprocessing,
    "wgan_ctm": wgan_ctm_preprocessing,
}
_AUGMENTATION: dict[str, Maker] = {
    "cvmunet": cvmunet_augmentation,
    "cervspinenet": cervspinenet_augmentation,
    "mdwcnet": mdwcnet_augmentation,
    "inception_unet": inception_unet_augmentation,
    "wgan_ctm": wgan_ctm_augmentation,
}


def preprocessing(paper: str, **numbers: float | bool) -> Pipeline:
    """Return a paper's preprocessing; ``numbers`` are those of its function."""
    return _of(paper, _PREPROCESSING)(**numbers)


def augmentation(paper: str, **numbers: float) -> Pipeline:
    """Return a paper's augmentation; ``numbers`` are those of its function."""
    return _of(paper, _AUGMENTATION)(**numbers)


def _of(
    paper: str, known: dict[str, Callable[..., Pipeline]]
) -> Callable[..., Pipeline]:
    if paper not in known:
        raise SpinesegError(
            "unknown paper", found=repr(paper), expected=", ".join(known)
        )
    return known[paper]


def bottleneck_target(
    mask: NDArray[np.unsignedinteger], side_px: int = 8
) -> NDArray[np.unsignedinteger]:
    """Return the small copy of a mask for the auxiliary output, nearest neighbour.

    Inception U-Net compares its second head with an 8 x 8 mask.
    """
    blank = np.zeros(mask.shape, np.float32)
    return resize(Sample(blank, mask), side_px, side_px).mask

"""Losses that public libraries have too give what those give."""

import pytest
import torch
from loss_inputs import noise, square

from spineseg import losses

pytestmark = pytest.mark.oracle


def test_ssim_is_that_of_scikit_image():
    from skimage.metrics import structural_similarity

    x = noise(1, 1, 24, 31).sigmoid()
    y = square(24)[..., :24].repeat(1, 1, 1, 2)[..., :31]
    ours = losses.ssim(x.double(), y.double()).item()
    theirs = structural_similarity(
        x[0, 0].double().numpy(),
        y[0, 0].double().numpy(),
        data_range=1.0,
        gaussian_weights=True,
        use_sample_covariance=False,
    )
    assert ours == pytest.approx(theirs, abs=1e-7)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_dice_tversky_and_focal_are_those_of_monai():
    import monai.losses as theirs

    x, y = noise(3, 1, 9, 9), (noise(3, 1, 9, 9, seed=1) > 0).float()
    smooth = {"smooth_nr": 1e-6, "smooth_dr": 1e-6}
    torch.testing.assert_close(
        losses.dice_loss(x, y), theirs.DiceLoss(sigmoid=True, **smooth)(x, y)
    )
    torch.testing.assert_close(
        losses.tversky_loss(x, y, alpha=0.7, beta=0.3),
        # MONAI's alpha weighs false positives
        theirs.TverskyLoss(sigmoid=True, alpha=0.3, beta=0.7, **smooth)(x, y),
    )
    torch.testing.assert_close(
        losses.focal_loss(x, y), theirs.FocalLoss(alpha=0.5, gamma=2.0)(x, y)
    )
    k, labels = noise(2, 4, 6, 6), torch.arange(72).reshape(2, 1, 6, 6) % 4
    torch.testing.assert_close(
        losses.multiclass_dice_loss(k, labels[:, 0]),
        theirs.DiceLoss(softmax=True, to_onehot_y=True, **smooth)(k, labels),
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_hausdorff_and_the_sums_are_those_of_monai():
    import monai.losses as theirs

    smooth = {"smooth_nr": 1e-6, "smooth_dr": 1e-6}
    x, y = noise(2, 1, 16, 16), square().repeat(2, 1, 1, 1)
    torch.testing.assert_close(
        losses.hausdorff_dt_loss(x, y),
        theirs.HausdorffDTLoss(alpha=2.0, sigmoid=True, include_background=True)(x, y),
    )
    torch.testing.assert_close(
        losses.bce_dice_loss(x, y), theirs.DiceCELoss(sigmoid=True, **smooth)(x, y)
    )
    torch.testing.assert_close(
        losses.pooled_dice_loss(x, y),
        theirs.DiceLoss(sigmoid=True, batch=True, **smooth)(x, y),
    )
    k, labels = noise(2, 4, 6, 6), torch.arange(72).reshape(2, 1, 6, 6) % 4
    torch.testing.assert_close(
        losses.ce_dice_loss(k, labels[:, 0]),
        theirs.DiceCELoss(softmax=True, to_onehot_y=True, **smooth)(k, labels),
    )
    torch.testing.assert_close(
        losses.multiclass_focal_loss(k, labels[:, 0]),
        # MONAI averages over pixels and classes, of which one is the true one
        4 * theirs.FocalLoss(gamma=2.0, use_softmax=True, to_onehot_y=True)(k, labels),
    )

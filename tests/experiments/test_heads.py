import pytest
import torch

from spineseg.experiments.heads import deep, dual, one_each
from spineseg.losses import bce_dice_loss, ce_dice_loss
from spineseg.models.baselines.nnunet import deep_weights


def halved(y):
    return y[..., ::2, ::2]


def test_each_size_of_an_output_meets_the_mask_of_its_size():
    # blocks of 4 x 4: each size holds the very mask, so perfect outputs stay perfect
    mask = torch.zeros(1, 1, 16, 16)
    mask[..., 4:12, 8:] = 1
    logits = 40 * mask - 20
    heads = {
        "logits": logits,
        "deep_1": halved(logits),
        "deep_2": halved(halved(logits)),
    }
    value = deep(bce_dice_loss, one_each)(heads, mask)
    assert value == pytest.approx(0, abs=1e-4)
    wrong = heads | {"deep_2": -heads["deep_2"]}
    assert deep(bce_dice_loss, one_each)(wrong, mask) > 1


def test_weights_count():
    labels = torch.randint(0, 3, (2, 8, 8))
    heads = {"logits": torch.randn(2, 3, 8, 8), "deep_1": torch.randn(2, 3, 4, 4)}
    heads["deep_2"] = torch.randn(2, 3, 2, 2)
    alone = [
        ce_dice_loss(heads["logits"], labels),
        ce_dice_loss(heads["deep_1"], labels[:, 1::2, 1::2]),
    ]
    both = deep(ce_dice_loss, deep_weights)(heads, labels)
    torch.testing.assert_close(both, (2 * alone[0] + alone[1]) / 3)


def test_a_dual_loss_is_a_deep_one_of_two_outputs():
    labels = torch.randint(0, 2, (2, 8, 8))
    heads = {"logits": torch.randn(2, 2, 8, 8), "auxiliary": torch.randn(2, 2, 4, 4)}
    torch.testing.assert_close(
        dual(ce_dice_loss)(heads, labels), deep(ce_dice_loss, one_each)(heads, labels)
    )

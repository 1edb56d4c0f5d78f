"""Closed forms, oracles and gradients of every loss."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from loss_inputs import SURE, logits_of, noise, square
from torch.nn import functional

from spineseg import SpinesegError, losses

BINARY = {
    "bce": losses.bce_loss,
    "dice": losses.dice_loss,
    "pooled_dice": losses.pooled_dice_loss,
    "focal": losses.focal_loss,
    "tversky": losses.tversky_loss,
    "focal_tversky": losses.focal_tversky_loss,
    "ssim": losses.ssim_loss,
    "hausdorff": losses.hausdorff_dt_loss,
    "hausdorff_as_printed": losses.hausdorff_dt_loss_as_printed,
    "bce_dice": losses.bce_dice_loss,
    "cervspinenet": losses.cervspinenet_loss,
}
CLASSES = {
    "ce": losses.cross_entropy_loss,
    "dice": losses.multiclass_dice_loss,
    "focal": losses.multiclass_focal_loss,
    "ce_dice": losses.ce_dice_loss,
}
MODULES = {
    losses.BCELoss: losses.bce_loss,
    losses.DiceLoss: losses.dice_loss,
    losses.PooledDiceLoss: losses.pooled_dice_loss,
    losses.FocalLoss: losses.focal_loss,
    losses.TverskyLoss: losses.tversky_loss,
    losses.FocalTverskyLoss: losses.focal_tversky_loss,
    losses.SSIMLoss: losses.ssim_loss,
    losses.HausdorffDTLoss: losses.hausdorff_dt_loss,
    losses.HausdorffDTLossAsPrinted: losses.hausdorff_dt_loss_as_printed,
    losses.BCEDiceLoss: losses.bce_dice_loss,
    losses.CervSpineNetLoss: losses.cervspinenet_loss,
}
CLASS_MODULES = {
    losses.CrossEntropyLoss: losses.cross_entropy_loss,
    losses.MulticlassDiceLoss: losses.multiclass_dice_loss,
    losses.MulticlassFocalLoss: losses.multiclass_focal_loss,
    losses.CEDiceLoss: losses.ce_dice_loss,
}


@pytest.mark.parametrize("name", BINARY)
def test_a_sure_and_right_prediction_costs_nothing(name):
    mask = square()
    # focal Tversky keeps its slope finite at the cost of epsilon^0.75
    assert BINARY[name](logits_of(mask), mask) < 1e-4


@pytest.mark.parametrize("name", BINARY)
def test_two_empty_masks_cost_nothing(name):
    empty = torch.zeros(2, 1, 16, 16)
    assert BINARY[name](logits_of(empty), empty) < 1e-4


@pytest.mark.parametrize("name", BINARY)
def test_an_empty_target_and_a_full_prediction_give_a_finite_loss_above_zero(name):
    empty = torch.zeros(1, 1, 16, 16)
    loss = BINARY[name](torch.full_like(empty, SURE), empty)
    assert torch.isfinite(loss)
    if name != "hausdorff_as_printed":  # neither mask has a boundary: Eq. 12 sees none
        assert loss > 0.05


@pytest.mark.parametrize("name", CLASSES)
def test_a_sure_and_right_labelling_costs_nothing(name):
    target = torch.arange(4).repeat(2, 3, 1)
    hot = functional.one_hot(target, 4).movedim(-1, 1).float()
    assert CLASSES[name](logits_of(hot), target) < 1e-5


@pytest.mark.parametrize("name", CLASSES)
def test_a_picture_of_background_alone_has_a_finite_loss_and_gradient(name):
    empty = torch.zeros(2, 3, 4, dtype=torch.long)
    right = torch.stack([torch.full((2, 3, 4), s) for s in (SURE, -SURE, -SURE)], 1)
    assert CLASSES[name](right, empty) < 1e-5
    x = noise(2, 3, 3, 4).requires_grad_()
    loss = CLASSES[name](x, empty)
    loss.backward()
    assert loss > 0.05
    assert torch.isfinite(x.grad).all()


@pytest.mark.parametrize("name", BINARY)
def test_empty_masks_have_a_finite_gradient(name):
    empty = torch.zeros(1, 1, 16, 16)
    for sure in (-SURE, 0.0, SURE):
        x = torch.full_like(empty, sure).requires_grad_()
        BINARY[name](x, empty).backward()
        assert torch.isfinite(x.grad).all()


def test_half_overlap_has_dice_one_half():
    target = torch.tensor([[1.0, 1.0, 0.0, 0.0]])
    prediction = logits_of(torch.tensor([[0.0, 1.0, 1.0, 0.0]]))
    assert losses.dice_loss(prediction, target).item() == pytest.approx(0.5, abs=1e-6)


def test_an_image_weighs_the_same_however_small_its_target():
    target = torch.zeros(2, 1, 10, 10)
    target[0] = 1
    target[1, 0, 0, 0] = 1
    prediction = logits_of(torch.stack([target[0], torch.zeros(1, 10, 10)]))
    assert losses.dice_loss(prediction, target).item() == pytest.approx(0.5, abs=1e-4)
    assert losses.pooled_dice_loss(prediction, target).item() == pytest.approx(
        1 - 200 / 201, abs=1e-5
    )


def test_tversky_of_80_10_10_with_the_papers_weights_is_0_8840():
    target = torch.zeros(1, 100)
    target[:, :90] = 1
    predicted = torch.zeros(1, 100)
    predicted[:, 10:] = 1
    index = losses.tversky_index(logits_of(predicted), target, alpha=0.75, beta=0.3)
    assert index.item() == pytest.approx(80 / (80 + 7.5 + 3), abs=1e-5)
    assert round(index.item(), 4) == 0.8840


def test_tversky_with_equal_halves_is_dice():
    x, y = noise(2, 1, 8, 8), (noise(2, 1, 8, 8, seed=1) > 0).float()
    assert losses.tversky_loss(x, y, 0.5, 0.5).item() == pytest.approx(
        losses.dice_loss(x, y).item(), abs=1e-6
    )


def test_focal_with_gamma_zero_is_half_of_bce():
    x, y = noise(2, 1, 8, 8), (noise(2, 1, 8, 8, seed=1) > 0).float()
    torch.testing.assert_close(
        losses.focal_loss(x, y, alpha=0.5, gamma=0.0), 0.5 * losses.bce_loss(x, y)
    )


def test_bce_of_a_coin_toss_is_log_two():
    zero = torch.zeros(1, 5)
    assert losses.bce_loss(zero, zero).item() == pytest.approx(math.log(2))


def test_two_classes_agree_with_the_sigmoid():
    x, y = noise(2, 6, 6), (noise(2, 6, 6, seed=1) > 0).long()
    two = torch.stack([torch.zeros_like(x), x], 1)
    torch.testing.assert_close(
        losses.cross_entropy_loss(two, y), losses.bce_loss(x, y.float())
    )
    torch.testing.assert_close(
        losses.multiclass_focal_loss(two, y), 2 * losses.focal_loss(x, y.float())
    )


@pytest.mark.parametrize("name", BINARY)
def test_the_gradient_is_that_of_finite_differences(name):
    # at least 0.5 from the threshold: a small step crosses none, where maps would jump
    x = noise(1, 1, 12, 12).double()
    x = (x + 0.5 * x.sign()).requires_grad_()
    y = (noise(1, 1, 12, 12, seed=1) > 0).double()
    assert torch.autograd.gradcheck(lambda z: BINARY[name](z, y), (x,))


@pytest.mark.parametrize("name", CLASSES)
def test_the_class_gradient_is_that_of_finite_differences(name):
    x = noise(1, 3, 4, 4).double().requires_grad_()
    y = torch.arange(16).reshape(1, 4, 4) % 3
    assert torch.autograd.gradcheck(lambda z: CLASSES[name](z, y), (x,))


def test_eq_12_as_printed_has_no_gradient_although_its_value_moves():
    target = square()
    shifted = logits_of(square(start=6, stop=14), sure=1.0).requires_grad_()
    loss = losses.hausdorff_dt_loss_as_printed(shifted, target)
    loss.backward()
    assert loss > 0.5
    assert torch.equal(shifted.grad, torch.zeros_like(shifted.grad))
    shifted.grad = None
    losses.hausdorff_dt_loss(shifted, target).backward()
    assert shifted.grad.abs().max() > 0


def test_the_full_compound_learns_what_it_learns_without_eq_12():
    target, x = square(), noise(1, 1, 16, 16)
    weights = losses.compound.CERVSPINENET_WEIGHTS
    rest = {name: w for name, w in weights.items() if name != "hausdorff"}
    gradients = []
    for chosen in (weights, rest):
        z = x.clone().requires_grad_()
        losses.cervspinenet_loss(z, target, chosen).backward()
        gradients.append(z.grad)
    torch.testing.assert_close(gradients[0], gradients[1], rtol=0, atol=0)


def test_the_weights_of_eq_14_sum_to_one():
    assert sum(losses.compound.CERVSPINENET_WEIGHTS.values()) == pytest.approx(1)


def test_the_distance_of_a_single_pixel_is_euclidean():
    mask = torch.zeros(1, 1, 7, 7)
    mask[0, 0, 3, 3] = 1
    field = losses.boundary_distance(mask)
    assert field[0, 0, 3, 3] == 1
    assert field[0, 0, 0, 0].item() == pytest.approx(math.hypot(3, 3))
    assert losses.boundary_distance(torch.zeros(1, 1, 3, 4)).unique().item() == 5


@pytest.mark.parametrize("module", [*MODULES, *CLASS_MODULES], ids=lambda m: m.__name__)
def test_the_module_is_its_function(module):
    if module in MODULES:
        x, y = noise(2, 1, 16, 16), (noise(2, 1, 16, 16, seed=1) > 0).float()
        expected = MODULES[module](x, y)
    else:
        x, y = noise(2, 3, 8, 8), torch.arange(128).reshape(2, 8, 8) % 3
        expected = CLASS_MODULES[module](x, y)
    torch.testing.assert_close(module()(x, y), expected, rtol=0, atol=0)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_dice_is_between_zero_and_one_and_blind_to_flips(seed):
    x, y = noise(2, 1, 6, 5, seed=seed), (noise(2, 1, 6, 5, seed=seed + 1) > 0).float()
    loss = losses.dice_loss(x, y)
    assert 0 <= loss <= 1
    torch.testing.assert_close(loss, losses.dice_loss(x.flip(-1), y.flip(-1)))


@pytest.mark.parametrize("name", [n for n in BINARY if n != "hausdorff_as_printed"])
def test_two_hundred_steps_find_the_mask(name):
    target = square()
    x = torch.nn.Parameter(0.1 * noise(1, 1, 16, 16))
    optimizer = torch.optim.Adam([x], lr=0.2)
    for _ in range(200):
        optimizer.zero_grad()
        BINARY[name](x, target).backward()
        optimizer.step()
    found = (x > 0).float()
    assert (found != target).float().mean() < 0.02


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: losses.dice_loss(noise(1, 2, 2), torch.ones(1, 1, 2, 2)), "shape"),
        (lambda: losses.bce_loss(noise(1, 2), torch.ones(1, 2).bool()), "float"),
        (lambda: losses.ce_dice_loss(noise(1, 2, 3), torch.full((1, 3), 2)), "classes"),
        (lambda: losses.ce_dice_loss(noise(1, 2, 3), torch.zeros(1, 4).long()), "fit"),
        (lambda: losses.ssim(noise(1, 1, 8, 8), noise(1, 1, 8, 8)), "window"),
        (
            lambda: losses.cervspinenet_loss(
                noise(1, 1, 16, 16), square(), {"diec": 1.0}
            ),
            "unknown",
        ),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(SpinesegError, match=words):
        call()

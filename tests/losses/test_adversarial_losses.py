"""Critics and several heads: closed forms, gradients, modules."""

import math

import pytest
import torch
from loss_inputs import noise

from spineseg import SpinesegError, losses


class TestAdversarial:
    def test_a_critic_that_knows_nothing_costs_two_log_two(self):
        zero = torch.zeros(4, 1)
        loss = losses.sigmoid_critic_loss_as_printed(zero, zero)
        assert loss.item() == pytest.approx(2 * math.log(2))

    def test_the_wasserstein_loss_is_the_difference_of_means(self):
        real, fake = torch.tensor([[3.0], [5.0]]), torch.tensor([[1.0], [2.0]])
        assert losses.wasserstein_critic_loss(real, fake).item() == -2.5
        assert losses.generator_loss(fake).item() == -1.5

    @pytest.mark.parametrize(("slope", "penalty"), [(1.0, 0.0), (3.0, 4.0)])
    def test_a_linear_critic_pays_the_square_of_its_slope_minus_one(
        self, slope, penalty
    ):
        def critic(x):
            return slope * x.flatten(1)[:, :1]

        real, fake = noise(5, 1, 3, 3), noise(5, 1, 3, 3, seed=1)
        loss = losses.gradient_penalty(critic, real, fake)
        assert loss.item() == pytest.approx(penalty, abs=1e-5)

    def test_the_penalty_reaches_the_critic_and_not_the_generator(self):
        critic = torch.nn.Linear(4, 1)
        fake = noise(3, 4).requires_grad_()
        real = noise(3, 4, seed=1)
        losses.gradient_penalty(critic, real, fake).backward()
        assert critic.weight.grad.abs().sum() > 0
        assert fake.grad is None

    def test_the_same_generator_draws_the_same_points(self):
        critic = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh())
        real, fake = noise(3, 4), noise(3, 4, seed=1)
        one, two = (
            losses.gradient_penalty(
                critic, real, fake, torch.Generator().manual_seed(5)
            )
            for _ in range(2)
        )
        assert torch.equal(one, two)

    @pytest.mark.parametrize(
        ("module", "function"),
        [
            (losses.SigmoidCriticLossAsPrinted, losses.sigmoid_critic_loss_as_printed),
            (losses.WassersteinCriticLoss, losses.wasserstein_critic_loss),
        ],
    )
    def test_the_gradient_of_a_critics_loss_is_that_of_finite_differences(
        self, module, function
    ):
        real, fake = (noise(3, 1, seed=k).double().requires_grad_() for k in (0, 1))
        assert torch.autograd.gradcheck(function, (real, fake))
        assert torch.equal(module()(real, fake), function(real, fake))
        assert torch.autograd.gradcheck(losses.generator_loss, (fake,))
        assert torch.equal(losses.GeneratorLoss()(fake), losses.generator_loss(fake))

    def test_the_penaltys_gradient_in_the_critic_is_that_of_finite_differences(self):
        real, fake = noise(3, 4).double(), noise(3, 4, seed=1).double()
        weights = (noise(4, 5, seed=2).double(), noise(5, 1, seed=3).double())

        def penalty(first, second):
            stream = torch.Generator().manual_seed(5)
            module = losses.GradientPenalty(stream)
            return module(lambda x: (x @ first).tanh() @ second, real, fake)

        inputs = tuple(w.requires_grad_() for w in weights)
        assert torch.autograd.gradcheck(penalty, inputs)

    def test_empty_label_maps_have_a_penalty(self):
        critic, empty = torch.nn.Linear(4, 1), torch.zeros(3, 4)
        loss = losses.gradient_penalty(critic, empty, empty)
        assert loss.item() == pytest.approx(
            (critic.weight.detach().norm().item() - 1) ** 2
        )


class TestDeepSupervision:
    def test_the_gradient_of_two_heads_is_that_of_finite_differences(self):
        weights = {"logits": 1.0, "auxiliary": 0.5}
        module = losses.DeepSupervisionLoss(losses.BCEDiceLoss(), weights)
        masks = {name: (noise(1, 1, 4, 4, seed=9) > 0).double() for name in weights}

        def loss(x, z):
            return module({"logits": x, "auxiliary": z}, masks)

        heads = [noise(1, 1, 4, 4, seed=k).double().requires_grad_() for k in (0, 1)]
        assert torch.autograd.gradcheck(loss, heads)

    def test_heads_add_up_with_their_weights(self):
        x, y = noise(1, 1, 4, 4), torch.ones(1, 1, 4, 4)
        loss = losses.deep_supervision_loss(
            losses.BCELoss(),
            {"logits": x, "auxiliary": 2 * x},
            {"logits": y, "auxiliary": y},
            {"logits": 1.0, "auxiliary": 0.5},
        )
        torch.testing.assert_close(
            loss, losses.bce_loss(x, y) + 0.5 * losses.bce_loss(2 * x, y)
        )

    def test_a_head_without_a_target_is_refused(self):
        with pytest.raises(SpinesegError, match="different heads"):
            losses.deep_supervision_loss(
                losses.BCELoss(), {"logits": noise(1, 1)}, {}, {"logits": 1.0}
            )

"""Losses of a critic and of the network that it judges.

Sources: wgan_ctm, Eqs. 2 and 5 (as printed); Arjovsky et al. 2017,
arXiv:1701.07875 (WGAN); Gulrajani et al. 2017, arXiv:1704.00028 (gradient penalty).
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

Critic = Callable[[Tensor], Tensor]


def generator_loss(
    fake_scores: Float[Tensor, "b *rest"],
) -> Float[Tensor, ""]:
    """Return -E[D(G(I))], what the generator minimises (wgan_ctm, Eq. 2)."""
    return -fake_scores.mean()


def sigmoid_critic_loss_as_printed(
    real_scores: Float[Tensor, "b *rest"], fake_scores: Float[Tensor, "b *rest"]
) -> Float[Tensor, ""]:
    """Return the cross entropy of real against one and fake against zero (Eq. 5).

    This is the critic of the classical GAN. Beside Eq. 2 it makes a mixed pair: no
    Wasserstein distance is estimated (claim ledger of wgan_ctm).
    """
    real = functional.binary_cross_entropy_with_logits(
        real_scores, torch.ones_like(real_scores)
    )
    fake = functional.binary_cross_entropy_with_logits(
        fake_scores, torch.zeros_like(fake_scores)
    )
    return real + fake


def wasserstein_critic_loss(
    real_scores: Float[Tensor, "b *rest"], fake_scores: Float[Tensor, "b *rest"]
) -> Float[Tensor, ""]:
    """Return E[D(fake)] - E[D(real)]; its negative estimates the Wasserstein distance.

    The estimate holds only for a critic of slope one: add :func:`gradient_penalty`.
    """
    return fake_scores.mean() - real_scores.mean()


def gradient_penalty(
    critic: Critic,
    real: Float[Tensor, "b *rest"],
    fake: Float[Tensor, "b *rest"],
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    """Return the mean of (slope - 1)^2 on random points between real and fake.

    Args:
        critic: maps a batch to scores.
        real: true label maps.
        fake: predicted label maps; no gradient reaches the network that made them.
        generator: draws the points; None takes torch's own stream.
    """
    mix = torch.rand(len(real), generator=generator, dtype=real.dtype).to(real.device)
    mix = mix.view(-1, *[1] * (real.dim() - 1))
    between = (mix * real + (1 - mix) * fake.detach()).requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()


class GeneratorLoss(nn.Module):
    """Module of :func:`generator_loss`."""

    def forward(self, fake_scores: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return generator_loss(fake_scores)


class SigmoidCriticLossAsPrinted(nn.Module):
    """Module of :func:`sigmoid_critic_loss_as_printed`."""

    def forward(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return sigmoid_critic_loss_as_printed(real_scores, fake_scores)


class WassersteinCriticLoss(nn.Module):
    """Module of :func:`wasserstein_critic_loss`."""

    def forward(self, real_scores: Tensor, fake_scores: Tensor) -> Tensor:
        """Return the loss of a batch."""
        return wasserstein_critic_loss(real_scores, fake_scores)


class GradientPenalty(nn.Module):
    """Module of :func:`gradient_penalty` with the stream that draws its points."""

    def __init__(self, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        """Return the penalty of a batch."""
        return gradient_penalty(critic, real, fake, self.generator)

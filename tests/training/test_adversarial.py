import math
from dataclasses import replace

import pytest
import torch
from lightning_fabric import Fabric
from tiny import Dots, job, network
from torch import nn

from spineseg import SpinesegError
from spineseg.training import Optimiser, Schedule
from spineseg.training.adversarial import (
    Duel,
    as_printed,
    fit_adversarial,
    label_maps,
    probability_maps,
    wasserstein_with_penalty,
)
from spineseg.training.checkpoint import checkpoints


def critic():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return nn.Sequential(
            nn.Conv2d(1, 4, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(64, 1),
        )


def duel(folder=None, **more):
    given = {"critic_steps": 2, "weight": 0.1} | more
    return Duel(job(folder, save_every=1), critic(), **given)


def bits(one):
    both = {"model": one.job.model, "critic": one.critic}
    return {f"{n}.{k}": v for n, m in both.items() for k, v in m.state_dict().items()}


class StopError(Exception):
    pass


@pytest.mark.parametrize("stop", [1, 4, 8])
@pytest.mark.parametrize("loss", [as_printed, wasserstein_with_penalty])
def test_stopped_and_resumed_both_networks_end_with_the_same_bits(tmp_path, stop, loss):
    whole = duel(critic_loss=loss)
    end = fit_adversarial(whole)

    def tell(place):
        if place.done == stop:
            raise StopError

    with pytest.raises(StopError):
        fit_adversarial(duel(tmp_path, critic_loss=loss), tell=tell)
    again = duel(tmp_path, critic_loss=loss)
    assert fit_adversarial(again) == end
    for name, tensor in bits(whole).items():
        assert torch.equal(tensor, bits(again)[name]), name
    (newest,) = checkpoints(tmp_path)
    assert (newest / "critic.safetensors").exists()


def test_the_network_moves_at_every_nth_step_only():
    seen = []
    one = duel(critic_steps=3)

    def tell(place):
        seen.append(next(one.job.model.parameters()).detach().clone())

    start = next(network().parameters()).detach().clone()
    fit_adversarial(one, tell=tell)
    moved = [
        not torch.equal(a, b) for a, b in zip([start, *seen[:-1]], seen, strict=True)
    ]
    assert moved == [False, False, True] * 3


def test_without_weight_the_critic_has_no_say():
    ends = []
    for judge in (as_printed, wasserstein_with_penalty):
        one = duel(weight=0.0, critic_loss=judge)
        fit_adversarial(one)
        ends.append(one.job.model.state_dict())
    for name, tensor in ends[0].items():
        assert torch.equal(tensor, ends[1][name])
    heard = duel(weight=1.0)
    fit_adversarial(heard)
    assert not torch.equal(heard.job.model[0].weight, ends[0]["0.weight"])


def test_clipping_shortens_the_step_of_the_network():
    descent = Optimiser("sgd", 1.0)
    once = {"epochs": 1, "batch": 10, "schedule": Schedule(), "dropout": 0.0}
    one = job(optimiser=descent, clip_norm=1e-3, **once)
    fit_adversarial(Duel(one, critic(), critic_steps=1))
    pairs = zip(one.model.parameters(), network().parameters(), strict=True)
    step = torch.cat([(a - b).detach().flatten() for a, b in pairs])
    assert float(step.norm()) == pytest.approx(1e-3, rel=1e-3)


def test_micro_batches_are_refused_and_not_forgotten():
    with pytest.raises(SpinesegError, match="2 micro-batches"):
        fit_adversarial(Duel(job(accumulate=2), critic()))


@pytest.mark.parametrize("loss", [as_printed, wasserstein_with_penalty])
def test_bfloat16_resumes_both_networks_to_the_last_bit(tmp_path, loss):
    def half():
        return Fabric(accelerator="cpu", devices=1, precision="bf16-mixed")

    def tell(place):
        if place.done == 4:
            raise StopError

    whole, again = duel(critic_loss=loss), duel(tmp_path, critic_loss=loss)
    end = fit_adversarial(whole, half())
    assert all(math.isfinite(row["loss"]) for row in end.curves)
    with pytest.raises(StopError):
        fit_adversarial(duel(tmp_path, critic_loss=loss), half(), tell)
    assert fit_adversarial(again, half()) == end
    for name, tensor in bits(whole).items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, bits(again)[name]), name


def test_a_critic_learns_to_tell_truth_from_a_fixed_network():
    one = duel(critic_loss=as_printed, critic_steps=10**6)
    eager = replace(one, optimiser=Optimiser("adam", 1e-2))
    end = fit_adversarial(replace(eager, job=job(epochs=25)))
    losses = [row["loss"] for row in end.curves]
    assert losses[-1] < 0.5 * losses[0]
    pairs = [Dots().pair(k, 0) for k in range(10)]
    x, y = (torch.stack(t) for t in zip(*pairs, strict=True))
    with torch.no_grad():
        real, fake = eager.critic(y), eager.critic(network()(x).sigmoid())
    assert real.mean() > fake.mean()


def test_the_critic_sees_truth_and_prediction_in_the_same_form():
    logits = torch.randn(2, 3, 4, 4)
    targets = logits.argmax(1)
    hot = label_maps(targets, logits)
    assert hot.shape == logits.shape
    assert torch.equal(hot.argmax(1), targets)
    assert torch.equal(hot.sum(1), torch.ones(2, 4, 4))
    torch.testing.assert_close(probability_maps(logits).sum(1), torch.ones(2, 4, 4))
    mask = torch.ones(2, 1, 4, 4)
    assert torch.equal(label_maps(mask, logits[:, :1]), mask)

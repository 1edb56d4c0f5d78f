import math
from dataclasses import replace

import pytest
import torch
from lightning_fabric import Fabric
from tiny import Dots, job, loss, network, plan, train
from torch import nn

from spineseg.training import BEST, Job, Optimiser, Schedule, fit, load_weights


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def plain(rate, **more):
    """One step of plain descent on all pictures."""
    descent = Optimiser("sgd", rate)
    once = plan(epochs=1, batch=10, optimiser=descent, schedule=Schedule(), **more)
    return Job(network(), loss, Dots(), once)


def test_one_update_is_the_textbook_step():
    one = plain(0.1)
    theirs = network()
    end = fit(one)
    pairs = [Dots().pair(index, 0) for index in range(10)]
    pictures, targets = (torch.stack(t) for t in zip(*pairs, strict=True))
    value = loss(theirs(pictures), targets)
    value.backward()
    slopes = torch.cat([p.grad.flatten() for p in theirs.parameters()])
    torch.testing.assert_close(weights(one.model), weights(theirs) - 0.1 * slopes)
    assert end.curves[0]["loss"] == pytest.approx(value.item())


def test_the_loss_goes_down():
    losses = [row["loss"] for row in fit(job(epochs=12, dropout=0.0)).curves]
    assert losses[-1] < 0.7 * losses[0]


def test_two_runs_with_one_seed_are_equal_and_with_another_are_not(tmp_path):
    first, second = (train(None)[0] for _ in range(2))
    assert torch.equal(weights(first), weights(second))
    other = replace(job(), seed=8)
    fit(other)
    assert not torch.equal(weights(first), weights(other.model))


def test_the_global_stream_has_no_say():
    torch.manual_seed(1)
    first = train(None)[0]
    torch.manual_seed(2)
    torch.rand(17)
    before = torch.get_rng_state()
    assert torch.equal(weights(first), weights(train(None)[0]))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("parts", [2, 3, 4])
def test_micro_batches_add_up_to_the_batch(parts):
    whole = job(dropout=0.0)
    pieces = job(dropout=0.0, accumulate=parts)
    ends = fit(whole), fit(pieces)
    torch.testing.assert_close(weights(whole.model), weights(pieces.model))
    assert [r["loss"] for r in ends[0].curves] == pytest.approx(
        [r["loss"] for r in ends[1].curves]
    )


def test_clipping_shortens_the_step_of_plain_descent_to_its_limit():
    one = plain(1.0, clip_norm=1e-3)
    fit(one)
    step = weights(one.model) - weights(network())
    assert float(step.norm()) == pytest.approx(1e-3, rel=1e-3)


def test_every_picture_is_seen_once_an_epoch():
    seen = []

    class Watched(Dots):
        def pair(self, index, epoch):
            seen.append((epoch, index))
            return super().pair(index, epoch)

    fit(replace(job(epochs=2), examples=Watched()))
    assert sorted(seen) == [(e, i) for e in range(2) for i in range(10)]
    assert seen != sorted(seen)


def test_the_best_weights_are_those_of_the_highest_score(tmp_path):
    scores = iter([0.2, 0.9, 0.4])
    kept = []

    def validate(model):
        kept.append(weights(model).clone())
        return {"val_dice": next(scores)}

    end = fit(replace(job(tmp_path), validate=validate))
    best = network()
    load_weights(tmp_path / BEST, best)
    assert torch.equal(weights(best), kept[1])
    assert end.best == 0.9
    assert [row["val_dice"] for row in end.curves] == [0.2, 0.9, 0.4]


def test_the_network_is_in_its_modes_when_it_should_be():
    modes = []

    class Spy(nn.Conv2d):
        def forward(self, x):
            modes.append(self.training)
            return super().forward(x)

    one = job(epochs=1)
    fit(replace(one, model=Spy(1, 1, 1)))
    assert modes == [True] * 3 + [False] * 3


def test_bfloat16_trains_close_to_full_precision():
    full, mixed = job(dropout=0.0), job(dropout=0.0)
    fit(full)
    fit(mixed, Fabric(accelerator="cpu", devices=1, precision="bf16-mixed"))
    torch.testing.assert_close(
        weights(full.model), weights(mixed.model), atol=0.03, rtol=0.0
    )
    assert not torch.equal(weights(full.model), weights(mixed.model))


class StopError(Exception):
    pass


@pytest.mark.parametrize("stop", [1, 5])
def test_bfloat16_keeps_32_bit_weights_and_resumes_to_the_last_bit(tmp_path, stop):
    def half():
        return Fabric(accelerator="cpu", devices=1, precision="bf16-mixed")

    def tell(place):
        if place.done == stop:
            raise StopError

    whole = job(save_every=1)
    end = fit(whole, half())
    assert all(math.isfinite(row["loss"]) for row in end.curves)
    assert {p.dtype for p in whole.model.parameters()} == {torch.float32}
    with pytest.raises(StopError):
        fit(job(tmp_path, save_every=1), half(), tell)
    again = job(tmp_path, save_every=1)
    assert fit(again, half()) == end
    assert torch.equal(weights(again.model), weights(whole.model))

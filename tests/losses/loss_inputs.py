"""Logits and masks that the tests of the losses share."""

import torch

SURE = 40.0


def logits_of(mask, sure=SURE):
    return (2 * mask - 1) * sure


def square(size=16, start=4, stop=12):
    mask = torch.zeros(1, 1, size, size)
    mask[..., start:stop, start:stop] = 1
    return mask


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))

"""Networks without numbers: what a test counts or names needs no memory."""

import torch

from spineseg.models import create_model


def on_meta(name, in_channels=3, classes=1, **reading):
    """Return a network of the registry on the device that holds shapes only."""
    with torch.device("meta"):
        return create_model(name, in_channels, classes, **reading)


def parameters(module):
    """Return how many numbers are learned."""
    return sum(p.numel() for p in module.parameters())

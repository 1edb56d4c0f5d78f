"""Can each proposed network learn at all? Eight pictures of its twin, by heart.

Marked slow: 15 to 35 s each on one quiet core; alone with
``pytest tests/models/test_overfit.py``. The small presets, 64 x 64, cross-entropy and
Dice loss, at most the steps below.
"""

import numpy as np
import pytest
import torch
from torch.nn import functional

from spineseg.datasets import create_dataset
from spineseg.models import create_model
from spineseg.models.presets import small

SIDE, PICTURES, MOST = 64, 8, 600
# the sweep's encoder of 16 channels ends at Dice 0.79: seven small processes need more
WIDER = {
    "cervspinenet/cervspinenet": {
        "widths": (48, 32, 16, 16),
        "encoder": {
            "channels": 64,
            "depth": 1,
            "heads": 2,
            "out": 64,
            "size": 64,
            "window": 0,
            "global_blocks": (0,),
        },
    }
}


def pictures(dataset, binary):
    """Return standardised pictures b 1 h w and label numbers b h w of a twin."""
    part = create_dataset(dataset, "all", size_px=SIDE, count=PICTURES)
    images, masks = [], []
    for sample in part:
        grey = torch.from_numpy(np.asarray(sample.picture, np.float32))[None, None]
        labels = torch.from_numpy(sample.mask.astype(np.float32))[None, None]
        images.append(
            functional.interpolate(grey, (SIDE, SIDE), mode="bilinear", antialias=True)
        )
        masks.append(functional.interpolate(labels, (SIDE, SIDE))[:, 0].long())
    x, y = torch.cat(images), torch.cat(masks)
    return (x - x.mean()) / x.std(), (y > 0).long() if binary else y


def loss_of(logits, y):
    """Return cross-entropy and one minus the mean Dice of the foreground classes."""
    truth = functional.one_hot(y, logits.shape[1]).movedim(-1, 1).float()
    p = logits.softmax(1)
    overlap, total = (p * truth).sum((0, 2, 3)), (p + truth).sum((0, 2, 3))
    dice = (2 * overlap + 1) / (total + 1)
    return functional.cross_entropy(logits, y) + 1 - dice[1:].mean()


def worst(model, x, y, classes):
    """Return the lowest Dice of the foreground classes, over all pictures."""
    with torch.no_grad():
        found = model.eval()(x).argmax(1)
    model.train()
    ours, truth = (
        functional.one_hot(labels, classes).sum((0, 1, 2)) for labels in (found, y)
    )
    same = functional.one_hot(y, classes)[found == y].sum(0)
    return float((2 * same / (ours + truth))[1:].min())


@pytest.mark.slow
@pytest.mark.timeout(1200)  # seconds of the clock, on a busy machine
@pytest.mark.parametrize(
    ("name", "dataset", "rate", "cycle"),
    [
        ("cvmunet/cvm_unet", "cvmunet_xray", 5e-3, None),
        ("cervspinenet/cervspinenet", "csxa_spinous", 8e-3, 1200),
        ("mdwcnet/mdwc_net", "mdwc_spine", 1e-2, None),
        ("inception_unet/inception_unet", "spider", 1e-2, None),
        ("wgan_ctm/generator", "axial_mri", 1e-2, None),
    ],
)
def test_eight_pictures_are_learnt_by_heart(name, dataset, rate, cycle):
    x, y = pictures(dataset, binary=dataset != "axial_mri")
    classes = int(y.max()) + 1
    torch.manual_seed(0)
    reading = small(name) | WIDER.get(name, {})
    model = create_model(name, 1, classes, **reading).train()
    optimiser = torch.optim.Adam(model.parameters(), rate)
    steps = cycle or MOST
    schedule = torch.optim.lr_scheduler.ConstantLR(optimiser, 1.0)
    if cycle:  # a transformer wants a slow start
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, rate, total_steps=steps
        )
    for i in range(1, steps + 1):
        optimiser.zero_grad()
        loss_of(model(x), y).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if i < steps:
            schedule.step()
        if i % 50 == 0 and worst(model, x, y, classes) > 0.95:
            return
    pytest.fail(f"Dice {worst(model, x, y, classes):.3f} after {steps} steps")

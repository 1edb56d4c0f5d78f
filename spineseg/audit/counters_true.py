"""Counting what is really there: all parameters, and the multiply-accumulates done.

Products of matrices and convolutions are counted by PyTorch's own counter, whatever
function or layer they come from; the selective scan, which is neither, by a formula.
Norms, activations and interpolation are left out, as is usual.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from spineseg.audit.counters_thop import Count
from spineseg.blocks.mamba import Mamba
from spineseg.blocks.ss2d import SS2D


def scan_macs(batch: int, channels: int, states: int, length: int) -> int:
    """Return the multiply-accumulates of a selective scan.

    For each state and step: delta A, the decay of h, delta u B, and C h: four.
    """
    return 4 * batch * channels * states * length


def count(model: nn.Module, shape: tuple[int, int, int, int]) -> Count:
    """Return all parameters and the multiply-accumulates of one forward pass in eval.

    Args:
        model: on any device; on "meta" nothing is computed.
        shape: of the input, b c h w.
    """
    scans: list[int] = []
    modules = list(model.modules())
    handles = [
        m.conv.register_forward_hook(_four_ways(m, scans))
        for m in modules
        if isinstance(m, SS2D)
    ]
    handles += [
        m.register_forward_hook(_one_way(m, scans))
        for m in modules
        if isinstance(m, Mamba)
    ]
    was_training = model.training
    device = next(model.parameters()).device
    counter = FlopCounterMode(display=False)
    try:
        with torch.no_grad(), counter:
            model.eval()(torch.zeros(shape, device=device))
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    parameters = sum(p.numel() for p in model.parameters())
    # that counter takes a multiplication and an addition for two operations
    return Count(parameters, counter.get_total_flops() / 2 + sum(scans))


def _four_ways(block: SS2D, scans: list[int]) -> Callable[..., None]:
    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        batch, channels, height, width = output.shape
        scans.append(scan_macs(batch, 4 * channels, block.states, height * width))

    return hook


def _one_way(block: Mamba, scans: list[int]) -> Callable[..., None]:
    def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        batch, length, _ = output.shape
        scans.append(scan_macs(batch, block.channels, block.states, length))

    return hook

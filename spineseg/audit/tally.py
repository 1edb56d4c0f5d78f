"""Layers as the printed table counts them, by arithmetic: no network is built.

The rules are those of :mod:`spineseg.audit.counters_thop`: a biased convolution shows
its weights and its products, an affine norm four operations a value, a scan's own
weights nothing at all. area: pixels of a layer's output.
"""

from typing import NamedTuple


class Tally(NamedTuple):
    """What was counted; ``a & b`` are two parts together.

    Args:
        seen: parameters that the printed convention counts.
        hidden: those it does not.
        macs: its "FLOPs".
    """

    seen: int = 0
    hidden: int = 0
    macs: int = 0

    def __and__(self, other: "Tally") -> "Tally":
        """Return both parts together."""
        return Tally(
            self.seen + other.seen, self.hidden + other.hidden, self.macs + other.macs
        )

    def times(self, n: int) -> "Tally":
        """Return n equal parts."""
        return Tally(n * self.seen, n * self.hidden, n * self.macs)


def conv(
    c_in: int, c_out: int, kernel: int, area: int, groups: int = 1, *, bias: bool = True
) -> Tally:
    """Return a convolution; with kernel 1, a linear layer on every pixel."""
    weights = kernel * kernel * (c_in // groups) * c_out
    return Tally(weights + bias * c_out, 0, area * weights)


def norm(channels: int, area: int) -> Tally:
    """Return an affine norm."""
    return Tally(2 * channels, 0, 4 * channels * area)


def conv_norm(
    c_in: int, c_out: int, kernel: int, area: int, *, bias: bool = True
) -> Tally:
    """Return a convolution and its norm."""
    return conv(c_in, c_out, kernel, area, bias=bias) & norm(c_out, area)


def double(c_in: int, c_mid: int, c_out: int, area: int) -> Tally:
    """Return two 3 x 3 convolutions without bias, each with a norm."""
    first = conv_norm(c_in, c_mid, 3, area, bias=False)
    return first & conv_norm(c_mid, c_out, 3, area, bias=False)


def residual(c_in: int, c_out: int, area: int, *, project: bool = False) -> Tally:
    """Return two 3 x 3 convolutions, and a 1 x 1 shortcut where it is needed."""
    main = conv_norm(c_in, c_out, 3, area) & conv_norm(c_out, c_out, 3, area)
    if project or c_in != c_out:
        main &= conv_norm(c_in, c_out, 1, area)
    return main


def enlarge(channels: int, area: int) -> Tally:
    """Return a bilinear layer; the same as a function would not be seen."""
    return Tally(0, 0, 11 * channels * area)


def convnext(depths: tuple[int, ...], widths: tuple[int, ...], side: int) -> Tally:
    """Return the encoder; its norms are classes of their own and stay hidden."""
    side //= 4
    whole = conv(3, widths[0], 4, side * side) & Tally(0, 2 * widths[0])
    for i, (c, depth) in enumerate(zip(widths, depths, strict=True)):
        if i:
            side //= 2
            whole &= conv(widths[i - 1], c, 2, side * side)
            whole &= Tally(0, 2 * widths[i - 1])
        area = side * side
        block = conv(c, c, 7, area, groups=c) & conv(c, 4 * c, 1, area)
        block &= conv(4 * c, c, 1, area) & Tally(0, 3 * c)
        whole &= block.times(depth)
    return whole


def scsa(channels: int, side: int, window: int = 7) -> Tally:
    """Return SCSA: one-dimensional filters, q, k and v; its group norms stay hidden."""
    part, kernels = channels // 4, (3, 5, 7, 9)
    filters = sum((k + 1) * part for k in kernels)
    # the filters pass along the rows and along the columns
    passes = 2 * side * part * sum(kernels)
    pooled = (side // min(window, side)) ** 2
    return Tally(filters + 3 * channels, 6 * channels, passes + 3 * channels * pooled)


def ss2d(c: int, expand: int, area: int, states: int = 16) -> Tally:
    """Return SS2D; x_proj, dt_projs, A and D are no layers and stay hidden."""
    d, rank = expand * c, -(-c // 16)
    layers = conv(c, 2 * d, 1, area, bias=False) & conv(d, d, 3, area, groups=d)
    layers &= norm(d, area) & conv(d, c, 1, area, bias=False)
    hidden = 4 * d * (rank + 2 * states) + 4 * d * rank + 4 * d * (states + 2)
    return layers & Tally(0, hidden)

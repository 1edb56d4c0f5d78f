"""Parameters and multiply-accumulates by arithmetic, from a description of layers.

No network is built: a layer is a formula. ``Size`` adds up; frameworks count a batch
norm's two running statistics as parameters that are not trained, which Keras prints
and PyTorch leaves out of ``parameters()``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Numbers of parameters.

    Args:
        trained: changed by the optimiser.
        fixed: running statistics.
    """

    trained: int = 0
    fixed: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.trained + self.fixed

    def __add__(self, other: "Size") -> "Size":
        """Return the size of two parts together."""
        return Size(self.trained + other.trained, self.fixed + other.fixed)

    def __sub__(self, other: "Size") -> "Size":
        """Return the size without a part."""
        return Size(self.trained - other.trained, self.fixed - other.fixed)

    def __mul__(self, times: int) -> "Size":
        """Return the size of several equal parts."""
        return Size(self.trained * times, self.fixed * times)


def conv(inputs: int, outputs: int, kernel: int = 3, *, bias: bool = True) -> Size:
    """Return the size of a 2-D convolution with a square kernel."""
    return Size(kernel * kernel * inputs * outputs + outputs * bias)


def linear(inputs: int, outputs: int, *, bias: bool = True) -> Size:
    """Return the size of a fully connected layer."""
    return conv(inputs, outputs, 1, bias=bias)


def batch_norm(channels: int) -> Size:
    """Return scale and shift, trained, and two running statistics, not."""
    return Size(2 * channels, 2 * channels)


def conv_bn(inputs: int, outputs: int, kernel: int = 3) -> Size:
    """Return the size of a convolution followed by a batch norm."""
    return conv(inputs, outputs, kernel) + batch_norm(outputs)


def add(*sizes: Size) -> Size:
    """Return the size of parts together."""
    whole = Size()
    for one in sizes:
        whole = whole + one
    return whole


def conv_macs(
    inputs: int, outputs: int, kernel: int, height: int, width: int, groups: int = 1
) -> int:
    """Return the multiply-accumulates of a convolution, by its output's size."""
    return kernel * kernel * (inputs // groups) * outputs * height * width


def attention_macs(queries: int, keys: int, channels: int) -> int:
    """Return the multiply-accumulates of attention, all heads together.

    Scores and weighted values; the linear maps before and after are counted as layers.
    """
    return 2 * queries * keys * channels


def bilinear_macs(channels: int, height: int, width: int) -> int:
    """Return those of a bilinear interpolation, by its output's size: four each.

    No counter of networks here includes them, as is usual.
    """
    return 4 * channels * height * width


FOUR_BYTES_MIB = 4 / 2**20
"""A 32-bit parameter in MiB."""

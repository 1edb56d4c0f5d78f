"""wgan_ctm's critic: six 3 x 3 convolutions of stride 2 on a map of labels.

512 x 512 becomes 8 x 8 scores, each for a patch of the label map.
Source: Liu et al. 2024, Fig. 5.
"""

from collections.abc import Sequence
from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from spineseg.blocks.conv import Norm


class Critic(nn.Module):
    """Convolution, norm, leaky ReLU, six times; the last convolution stands bare.

    Args:
        in_channels: classes of the label map (soft for a made one, 0 and 1 for a true).
        widths: of the first five convolutions; paper silent.
        norm: instance norm, since a gradient penalty forbids batch norm; paper silent.
        out_channels: scores of a patch.
        slope: of the leaky ReLU for negative values.
    """

    def __init__(
        self,
        in_channels: int,
        widths: Sequence[int] = (64, 128, 256, 512, 512),
        norm: Norm | None = nn.InstanceNorm2d,
        out_channels: int = 1,
        slope: float = 0.2,
    ) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        for i, (a, b) in enumerate(pairwise((in_channels, *widths))):
            parts.append(nn.Conv2d(a, b, 3, stride=2, padding=1))
            # the first layer sees labels: their mean is information, no norm there
            parts += [norm(b)] if norm is not None and i > 0 else []
            parts.append(nn.LeakyReLU(slope))
        last = nn.Conv2d(widths[-1], out_channels, 3, stride=2, padding=1)
        self.layers = nn.Sequential(*parts, last)
        self.multiple = 2 ** (len(widths) + 1)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k p q"]:
        """Return one score for each patch, without sigmoid."""
        return self.layers(x)

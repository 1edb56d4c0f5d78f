"""A recurrent network that reads a map window by window.

h, w: rows and columns; s: pixels of a window.
Source: Han et al. 2018 (Spine-GAN), doi:10.1016/j.media.2018.08.005: a long short-term
memory models how neighbouring structures depend on each other. Its abstract is what we
have of the paper: windows, order and width are our reading.
"""

from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from spineseg.core.errors import SpinesegError


class LocalLSTM(nn.Module):
    """x + LSTM(x): pixels of a window in reading order, forwards and backwards.

    Windows do not overlap and do not see each other; the map is padded with zeros to
    whole windows.

    Args:
        channels: before and after; half of them for each direction.
        window: side of a window.
    """

    def __init__(self, channels: int, window: int = 8) -> None:
        super().__init__()
        if channels % 2:
            raise SpinesegError(
                "two directions share the channels", found=channels, expected="even"
            )
        self.window = window
        self.lstm = nn.LSTM(
            channels, channels // 2, batch_first=True, bidirectional=True
        )

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the map with each pixel told of its window."""
        side, (height, width) = self.window, x.shape[2:]
        padded = functional.pad(x, (0, -width % side, 0, -height % side))
        rows = padded.shape[2] // side
        cut = "b c (i p) (j q) -> (b i j) (p q) c"
        read, _ = self.lstm(rearrange(padded, cut, p=side, q=side))
        joined = "(b i j) (p q) c -> b c (i p) (j q)"
        told = rearrange(read, joined, b=len(x), i=rows, p=side)
        return x + told[..., :height, :width]

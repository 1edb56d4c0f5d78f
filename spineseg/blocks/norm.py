"""Layer norm over the channels of a map that keeps its channels first."""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


class LayerNorm2d(nn.LayerNorm):
    """Normalise each pixel over its channels (mean 0, variance 1), then scale.

    nn.LayerNorm wants the channels last; this one moves them there and back.
    """

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__(channels, eps=eps)

    def forward(self, input: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the normalised map."""
        last = input.permute(0, 2, 3, 1)
        out = functional.layer_norm(
            last, self.normalized_shape, self.weight, self.bias, self.eps
        )
        return out.permute(0, 3, 1, 2)

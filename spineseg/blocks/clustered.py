"""Clustered attention: similar queries share one answer.

n: queries; m: keys; c: clusters; d: channels of a head.

    Q^c_j = mean of the queries in cluster j,   V^c = softmax(Q^c K' / sqrt(d)) V

and every query takes the row of its cluster: n c d products instead of n m d.
wgan_ctm (Eqs. 11 to 14) clusters the queries themselves by k-means; the public code of
the method clusters their binary hashes. Both are here under their own names.

Source: Vyas, Katharopoulos, Fleuret 2020, arXiv:2007.04825; wgan_ctm, Fig. 4.
"""

import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional


def kmeans(
    points: Float[Tensor, "b n d"], clusters: int, iterations: int = 10
) -> Int[Tensor, "b n"]:
    """Return the cluster of each point.

    Starts from evenly spaced points, so that it needs no chance. A cluster that loses
    all its points keeps its centre.
    """
    points = points.detach()  # an assignment has no derivative
    start = torch.linspace(0, points.shape[1] - 1, clusters, device=points.device)
    centres = points[:, start.round().long()]
    assigned = nearest(points, centres)
    for _ in range(iterations):
        means, sizes = cluster_means(points, assigned, clusters)
        centres = torch.where(sizes > 0, means, centres)
        again = nearest(points, centres)
        if not points.is_meta and torch.equal(again, assigned):
            break
        assigned = again
    return assigned


def nearest(
    points: Float[Tensor, "b n d"], centres: Float[Tensor, "b c d"]
) -> Int[Tensor, "b n"]:
    """Return the index of the nearest centre of each point."""
    # |p|^2 is the same for all centres and left out
    distance = centres.square().sum(-1)[:, None] - 2 * points @ centres.transpose(1, 2)
    return distance.argmin(-1)


def cluster_means(
    points: Float[Tensor, "b n d"], assigned: Int[Tensor, "b n"], clusters: int
) -> tuple[Float[Tensor, "b c d"], Float[Tensor, "b c 1"]]:
    """Return the mean of each cluster (zero if empty) and its size."""
    member = functional.one_hot(assigned, clusters).to(points.dtype)  # b n c
    sizes = rearrange(member.sum(1), "b c -> b c 1")
    return member.transpose(1, 2) @ points / sizes.clamp_min(1), sizes


def kmeans_of_hashes(
    points: Float[Tensor, "b n d"],
    clusters: int,
    planes: Float[Tensor, "d bits"],
    iterations: int = 10,
) -> Int[Tensor, "b n"]:
    """Return the clusters of the points' hashes, one bit for the side of each plane.

    On plus and minus one the squared distance is four times that of Hamming.
    """
    sides = torch.where(points.detach() @ planes >= 0, 1.0, -1.0).to(points.dtype)
    return kmeans(sides, clusters, iterations)


def clustered_attention(
    q: Float[Tensor, "b n d"],
    k: Float[Tensor, "b m d"],
    v: Float[Tensor, "b m e"],
    assigned: Int[Tensor, "b n"],
    clusters: int,
) -> Float[Tensor, "b n e"]:
    """Return for each query what the mean query of its cluster gathers."""
    means, _ = cluster_means(q, assigned, clusters)
    answers = functional.scaled_dot_product_attention(means, k, v)  # b c e
    index = assigned[..., None].expand(-1, -1, v.shape[-1])
    return answers.gather(1, index)


class ClusteredSelfAttention(nn.Module):
    """Self-attention whose queries are clustered by k-means, head by head.

    Args:
        channels: before and after.
        heads: parallel attentions.
        inner: channels of all heads together.
        clusters: c, at most the number of tokens.
        iterations: of k-means.
    """

    def __init__(
        self,
        channels: int,
        heads: int = 4,
        inner: int = 256,
        clusters: int = 100,
        iterations: int = 10,
    ) -> None:
        super().__init__()
        self.heads, self.clusters, self.iterations = heads, clusters, iterations
        self.qkv = nn.Linear(channels, 3 * inner)
        self.proj = nn.Linear(inner, channels)

    def forward(self, x: Float[Tensor, "b n c"]) -> Float[Tensor, "b n c"]:
        """Return what each token's cluster gathers."""
        q, k, v = rearrange(
            self.qkv(x), "b n (three h d) -> three (b h) n d", three=3, h=self.heads
        )
        clusters = min(self.clusters, x.shape[1])
        assigned = kmeans(q, clusters, self.iterations)
        out = clustered_attention(q, k, v, assigned, clusters)
        return self.proj(rearrange(out, "(b h) n d -> b n (h d)", h=self.heads))

"""Attention and clustered attention in plain numpy, Eqs. 11 to 14."""

import math

import numpy as np


def softmax_attention(
    queries: np.ndarray, keys: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Return softmax(Q K^T / sqrt(D)) V, row by row."""
    weights = np.exp(queries @ keys.T / math.sqrt(keys.shape[1]))
    return weights / weights.sum(1, keepdims=True) @ values


def clustered(
    queries: np.ndarray, groups: np.ndarray, keys: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Return the attention of each query's cluster centroid (Eqs. 12 to 14)."""
    centres = np.stack([queries[groups == c].mean(0) for c in np.unique(groups)])
    return softmax_attention(centres, keys, values)[groups]


def attention_macs(queries: int, keys: int, width: int) -> int:
    """Return the products of Q K^T and of the weights with V, equal widths."""
    return 2 * queries * keys * width

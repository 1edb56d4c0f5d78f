"""Attention and interpolation by formula, beside PyTorch's counter and a matrix."""

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from spineseg.audit.counters import attention_macs, bilinear_macs, conv_macs
from spineseg.audit.counters_true import count
from spineseg.blocks.vit import ImageEncoderViT


def test_attention_by_formula_is_what_pytorch_counts():
    q = torch.zeros(1, 4, 6, 8, device="meta")  # 4 heads of 8 channels, 6 queries
    k = torch.zeros(1, 4, 10, 8, device="meta")
    with FlopCounterMode(display=False) as counter:
        functional.scaled_dot_product_attention(q, k, k)
    assert counter.get_total_flops() == 2 * attention_macs(6, 10, 32)


def test_the_operations_of_sams_encoder_follow_from_its_windows():
    c, n, padded = 768, 64**2, 70**2  # 64 rows are filled up to five windows of 14
    layers = conv_macs(3, c, 16, 64, 64) + conv_macs(c, 256, 1, 64, 64)
    layers += conv_macs(256, 256, 3, 64, 64) + 12 * n * 8 * c**2
    inside = padded * 4 * c**2 + 25 * attention_macs(196, 196, c)
    inside += padded * (14 + 14) * c  # where a key stands, in rows and in columns
    everywhere = n * 4 * c**2 + attention_macs(n, n, c) + n * (64 + 64) * c
    with torch.device("meta"):
        counted = count(ImageEncoderViT(), (1, 3, 1024, 1024)).macs
    assert counted == layers + 8 * inside + 4 * everywhere
    assert round(counted / 1e9, 1) == 486.0


def test_a_bilinear_pixel_is_made_of_four():
    def enlarge(x):
        return functional.interpolate(x.view(1, 1, 4, 5), (9, 7), mode="bilinear")

    matrix = torch.autograd.functional.jacobian(enlarge, torch.randn(20))
    used = (matrix.view(63, 20) != 0).sum(1)
    assert used.max() == 4
    assert bilinear_macs(1, 9, 7) == 4 * len(used)

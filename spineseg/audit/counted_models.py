"""Parameter counts of the networks whose papers print one, layer by layer.

Where a paper is silent the recipe is the one that reproduces the printed count; the
docstring says which part that is.
"""

from spineseg.audit.counters import Size, add, batch_norm, conv, conv_bn, linear

WIDTHS = (64, 128, 256, 512)
SAM_HEADS = 6_220 + 4_058_340
"""Parameters of SAM's prompt encoder and mask decoder (its public weights)."""


def inception_block() -> Size:
    """Return the first block of inception_unet: four branches with batch norms."""
    return add(
        conv_bn(1, 64, 1),
        conv_bn(1, 96, 1),
        conv_bn(96, 128, 3),
        conv_bn(1, 16, 1),
        conv_bn(16, 32, 5),
        conv_bn(1, 32, 1),
    )


def double(inputs: int, outputs: int) -> Size:
    """Return two 3 x 3 convolutions with batch norm."""
    return conv_bn(inputs, outputs) + conv_bn(outputs, outputs)


def _below(first_width: int) -> Size:
    """Encoder after the first block, bottleneck, decoder and head.

    Upsampling is followed by a 2 x 2 convolution (the paper names none): only that
    gives the printed count.
    """
    down = add(
        double(first_width, 128), double(128, 256), double(256, 512), double(512, 1024)
    )
    up = Size()
    for width, skip in zip(
        (512, 256, 128, 64), (512, 256, 128, first_width), strict=True
    ):
        up = add(up, conv(2 * width, width, 2), double(width + skip, width))
    return add(down, up, conv(64, 2, 1))


def inception_unet() -> Size:
    """Return the proposed model of inception_unet, auxiliary head included."""
    return add(inception_block(), _below(256), conv(1024, 2, 1))


def full_unet() -> Size:
    """Return that paper's U-Net with a batch norm after every 3 x 3 convolution."""
    return add(double(1, 64), _below(64))


def unet() -> Size:
    """Return the U-Net as printed: one of the two 1024-channel batch norms missing."""
    return full_unet() - batch_norm(1024)


def resunet() -> Size:
    """Return the U-Net with a 1 x 1 shortcut and its batch norm in nine blocks."""
    pairs = [(1, 64), (64, 128), (128, 256), (256, 512), (512, 1024)]
    pairs += [(1024, 512), (512, 256), (256, 128), (128, 64)]
    return add(full_unet(), *(conv_bn(a, b, 1) for a, b in pairs))


def attention_unet() -> Size:
    """Return the U-Net with four gates: W_g and W_x of F to F, psi of F to 1."""
    gates = (add(conv(f, f, 1), conv(f, f, 1), conv(f, 1, 1)) for f in WIDTHS)
    return add(full_unet(), *gates)


def transunet() -> Size:
    """Return the U-Net with one transformer block instead of a bottleneck convolution.

    Attention of width 512 on 1024 channels, perceptron 1024-128-1024, two layer norms.
    """
    attention = add(*(linear(1024, 512) for _ in range(3)), linear(512, 1024))
    perceptron = linear(1024, 128) + linear(128, 1024)
    norms = Size(2 * 2 * 1024)
    return add(full_unet() - conv_bn(1024, 1024), attention, perceptron, norms)


def sam_vit_b_encoder() -> Size:
    """Return the image encoder of SAM ViT-B for 1024 x 1024 pictures.

    Twelve blocks of width 768 with decomposed relative positions: four blocks attend
    over all 64 x 64 tokens, eight inside windows of 14; neck of 256 channels.
    """
    width, heads = 768, 12
    block = add(
        linear(width, 3 * width),
        linear(width, width),
        linear(width, 4 * width),
        linear(4 * width, width),
        Size(2 * 2 * width),
    )
    per_head = width // heads
    positions = 8 * 2 * (2 * 14 - 1) * per_head + 4 * 2 * (2 * 64 - 1) * per_head
    neck = add(
        conv(width, 256, 1, bias=False), conv(256, 256, bias=False), Size(2 * 2 * 256)
    )
    patches = conv(3, width, 16)
    return add(patches, Size(64 * 64 * width), block * 12, Size(positions), neck)


def cervspinenet_decoder(widths: tuple[int, ...] = (128, 64, 32, 16)) -> Size:
    """Return a decoder of four stages; the widths are ours, the paper prints none.

    Stage: 3 x 3 convolution, residual pair of them, squeeze and excitation with a
    reduction of 16 and no bias; at the end a 1 x 1 convolution.
    """
    whole, inputs = Size(), 256
    for width in widths:
        squeeze = linear(width, width // 16, bias=False)
        whole = add(
            whole, conv(inputs, width), conv(width, width), conv(width, width),
            squeeze, linear(width // 16, width, bias=False),
        )  # fmt: skip
        inputs = width
    return whole + conv(inputs, 1, 1)

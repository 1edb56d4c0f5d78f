"""Small networks with the layers and names of published ones, to take files from."""

from types import SimpleNamespace

import torch
from torch import nn
from torch.nn import functional

VGG_ROW = (2, 2, 3, 3, 3)


def drawn(module, seed=0):
    """Draw every number anew, so that nothing agrees by its beginning."""
    torch.manual_seed(seed)
    for name, x in module.state_dict().items():
        if x.is_floating_point():
            x.normal_(std=0.2)
            if "running_var" in name:
                x.abs_().add_(0.5)
    return module.eval()


class Permute(nn.Module):
    def __init__(self, *order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.permute(self.order)


class NormFirst(nn.LayerNorm):
    """A layer norm over the first axis of a map, as torchvision's LayerNorm2d."""

    def forward(self, x):
        y = functional.layer_norm(
            x.permute(0, 2, 3, 1),
            self.normalized_shape,
            self.weight,
            self.bias,
            self.eps,
        )
        return y.permute(0, 3, 1, 2)


class TorchvisionConvNeXtBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(c, c, 7, padding=3, groups=c),
            Permute(0, 2, 3, 1),
            nn.LayerNorm(c, eps=1e-6),
            nn.Linear(c, 4 * c),
            nn.GELU(),
            nn.Linear(4 * c, c),
            Permute(0, 3, 1, 2),
        )
        self.layer_scale = nn.Parameter(torch.ones(c, 1, 1))

    def forward(self, x):
        return x + self.layer_scale * self.block(x)


def torchvision_convnext(widths, depths):
    """ConvNeXt in torchvision's layout: even features go down, odd ones stay."""
    first = nn.Conv2d(3, widths[0], 4, stride=4)
    parts = [nn.Sequential(first, NormFirst(widths[0], eps=1e-6))]
    for i, (c, n) in enumerate(zip(widths, depths, strict=True)):
        if i:
            down = nn.Conv2d(widths[i - 1], c, 2, stride=2)
            parts.append(nn.Sequential(NormFirst(widths[i - 1], eps=1e-6), down))
        parts.append(nn.Sequential(*(TorchvisionConvNeXtBlock(c) for _ in range(n))))
    head = nn.Sequential(
        NormFirst(widths[-1]), nn.Flatten(1), nn.Linear(widths[-1], 10)
    )
    return drawn(nn.ModuleDict({"features": nn.Sequential(*parts), "classifier": head}))


def torchvision_vgg(widths, hidden, normed):
    """VGG-16 in torchvision's layout: features and classifier in two rows."""
    row, c = [], 3
    for width, n in zip(widths, VGG_ROW, strict=True):
        for _ in range(n):
            row += [nn.Conv2d(c, width, 3, padding=1)]
            row += [nn.BatchNorm2d(width)] if normed else []
            row += [nn.ReLU()]
            c = width
        row += [nn.MaxPool2d(2)]
    head = nn.Sequential(
        *(nn.Linear(49 * c, hidden), nn.ReLU(), nn.Dropout()),
        *(nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout()),
        nn.Linear(hidden, 10),
    )
    return drawn(nn.ModuleDict({"features": nn.Sequential(*row), "classifier": head}))


def monai_resnet(block, widths, depths):
    """MONAI's ResNet in two dimensions: torchvision's names and steps."""
    from monai.networks.nets.resnet import ResNet

    return drawn(
        ResNet(
            block, list(depths), list(widths), spatial_dims=2, n_input_channels=3,
            conv1_t_stride=2, num_classes=10, bias_downsample=False, act="relu",
        )
    )  # fmt: skip


def resnet_maps(net, x):
    """Return the maps of the four stages of a network with torchvision's names."""
    x = functional.max_pool2d(net.bn1(net.conv1(x)).relu(), 3, stride=2, padding=1)
    maps = []
    for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
        x = layer(x)
        maps.append(x)
    return maps


def transformers_network(package, family):
    """Return a small model of transformers for image classification, and its sizes."""
    if family == "swin":
        sizes = {"channels": 8, "depths": (2, 2, 1, 1), "heads": (1, 2, 2, 4)}
        config = package.SwinConfig(
            image_size=64, embed_dim=8, depths=[2, 2, 1, 1], num_heads=[1, 2, 2, 4],
            window_size=2, num_labels=10, drop_path_rate=0.0,
        )  # fmt: skip
        net, sizes = package.SwinForImageClassification(config), sizes | {"window": 2}
    elif family == "convnext":
        sizes = {"widths": (8, 8, 16, 24), "depths": (1, 2, 2, 1)}
        config = package.ConvNextConfig(
            hidden_sizes=[8, 8, 16, 24], depths=[1, 2, 2, 1], num_labels=10
        )
        net = package.ConvNextForImageClassification(config)
    else:
        kind, times = ("basic", 1) if family == "resnet-34" else ("bottleneck", 4)
        sizes = {"widths": (4, 4, 8, 12), "depths": (2, 1, 2, 1)}
        config = package.ResNetConfig(
            embedding_size=4, hidden_sizes=[times * w for w in sizes["widths"]],
            depths=[2, 1, 2, 1], layer_type=kind, num_labels=10,
        )  # fmt: skip
        net = package.ResNetForImageClassification(config)
    return SimpleNamespace(net=drawn(net), sizes=sizes)

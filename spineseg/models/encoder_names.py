"""How packages name the weights of an encoder: the grammar, ResNet and ConvNeXt.

A row holds our name and theirs, up to the last dot; ``{i}`` is the stage, ``{j}`` the
block in it, ``{k}`` the layer in a block, all from 0. What else may stand in theirs is
computed from these by :func:`_numbers`. Several names of theirs are joined into one
tensor of ours. The names are facts of the packages' public files; none of these
packages is needed to read a file.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from spineseg.models.baselines.vgg_nets import CONVS

Row = tuple[str, str] | tuple[str, tuple[str, ...]]
Names = dict[str, tuple[str, ...]]
"""Our names, and for each the names of theirs that it is made from."""

MOST_STAGES = 4


@dataclass(frozen=True)
class Naming:
    """One package's names.

    package: whose.  rows: ours and theirs.  head: a pattern of what an encoder has no
    use for: the classifier with its norm, and tables that are computed, not learned.
    stage: how the names of a stage begin, where encoders may end before the last.
    """

    package: str
    rows: tuple[Row, ...]
    head: str
    stage: str = ""

    def names(self, ours: Iterable[str]) -> Names:
        """Return theirs for those of our names that belong to the encoder."""
        patterns = [(_pattern(own), theirs) for own, theirs in self.rows]
        found: Names = {}
        for name in ours:
            for pattern, theirs in patterns:
                if inside := pattern.fullmatch(name):
                    parts = (theirs,) if isinstance(theirs, str) else theirs
                    given = inside.groupdict()
                    last = given.pop("last")
                    numbers = _numbers(**{k: int(v) for k, v in given.items()})
                    found[name] = tuple(p.format_map(numbers) + last for p in parts)
                    break
        return found

    def left_out(self, names: Iterable[str], stages: int) -> set[str]:
        """Return the names that are none of an encoder with so many stages."""
        head = re.compile(self.head)
        behind = range(stages, MOST_STAGES) if self.stage else ()
        later = tuple(self.stage.format_map(_numbers(i)) for i in behind)
        return {n for n in names if head.match(n) or n.startswith(later)}


def _pattern(own: str) -> re.Pattern[str]:
    numbered = re.sub(r"\\\{(\w)\\\}", r"(?P<\1>\\d+)", re.escape(own))
    return re.compile(numbered + r"(?P<last>(?:\.[a-z_]+)?)")


def _numbers(i: int = 0, j: int = 0, k: int = 0) -> dict[str, int]:
    """Return what a name may hold: packages count from 1, in twos, or all layers."""
    # VGG's layers stand in one row: a pooling ends each stage
    before = sum(CONVS[:i]) + j
    numbers = {"i": i, "j": j, "k": k, "stage": i + 1, "layer": k + 1}
    numbers |= {"even": 2 * i, "odd": 2 * i + 1, "after": 2 * i + 2, "third": 3 * k - 3}
    in_a_row = {"plain": 2 * before + i, "conv": 3 * before + i}
    return numbers | in_a_row | {"norm": 3 * before + i + 1}


_UNIT, _LAYER = "stages.{i}.{j}", "encoder.stages.{i}.layers.{j}"
RESNET = (
    Naming(
        "torchvision or timm",
        (
            ("stem.0", "conv1"),
            ("stem.1", "bn1"),
            (f"{_UNIT}.main.{{k}}.0", "layer{stage}.{j}.conv{layer}"),
            (f"{_UNIT}.main.{{k}}.1", "layer{stage}.{j}.bn{layer}"),
            (f"{_UNIT}.shortcut.{{k}}", "layer{stage}.{j}.downsample.{k}"),
        ),
        head=r"fc\.",
        stage="layer{stage}.",
    ),
    Naming(
        "transformers",
        (
            ("stem.0", "embedder.embedder.convolution"),
            ("stem.1", "embedder.embedder.normalization"),
            (f"{_UNIT}.main.{{k}}.0", f"{_LAYER}.layer.{{k}}.convolution"),
            (f"{_UNIT}.main.{{k}}.1", f"{_LAYER}.layer.{{k}}.normalization"),
            (f"{_UNIT}.shortcut.0", f"{_LAYER}.shortcut.convolution"),
            (f"{_UNIT}.shortcut.1", f"{_LAYER}.shortcut.normalization"),
        ),
        head=r"classifier\.",
        stage="encoder.stages.{i}.",
    ),
)

_DOWN = "downsample_layers.{i}.{k}"
CONVNEXT = (
    Naming(
        "its authors",
        (
            (_DOWN, _DOWN),
            *((f"{_UNIT}.{a}", f"{_UNIT}.{a}") for a in ("dwconv", "norm", "gamma")),
            *((f"{_UNIT}.{a}", f"{_UNIT}.{a}") for a in ("pwconv1", "pwconv2")),
        ),
        head=r"(norm|head)\.",
    ),
    Naming(
        "timm",
        (
            ("downsample_layers.0.{k}", "stem.{k}"),
            (_DOWN, "stages.{i}.downsample.{k}"),
            (f"{_UNIT}.dwconv", "stages.{i}.blocks.{j}.conv_dw"),
            (f"{_UNIT}.norm", "stages.{i}.blocks.{j}.norm"),
            (f"{_UNIT}.pwconv{{k}}", "stages.{i}.blocks.{j}.mlp.fc{k}"),
            (f"{_UNIT}.gamma", "stages.{i}.blocks.{j}.gamma"),
        ),
        head=r"head\.",
    ),
    Naming(
        "torchvision",
        (
            (_DOWN, "features.{even}.{k}"),
            (f"{_UNIT}.dwconv", "features.{odd}.{j}.block.0"),
            (f"{_UNIT}.norm", "features.{odd}.{j}.block.2"),
            (f"{_UNIT}.pwconv1", "features.{odd}.{j}.block.3"),
            (f"{_UNIT}.pwconv2", "features.{odd}.{j}.block.5"),
            (f"{_UNIT}.gamma", "features.{odd}.{j}.layer_scale"),
        ),
        head=r"classifier\.",
    ),
    Naming(
        "transformers",
        (
            ("downsample_layers.0.0", "embeddings.patch_embeddings"),
            ("downsample_layers.0.1", "embeddings.layernorm"),
            (_DOWN, "encoder.stages.{i}.downsampling_layer.{k}"),
            (f"{_UNIT}.dwconv", f"{_LAYER}.dwconv"),
            (f"{_UNIT}.norm", f"{_LAYER}.layernorm"),
            (f"{_UNIT}.pwconv{{k}}", f"{_LAYER}.pwconv{{k}}"),
            (f"{_UNIT}.gamma", f"{_LAYER}.layer_scale_parameter"),
        ),
        head=r"(layernorm|classifier)\.",
    ),
)

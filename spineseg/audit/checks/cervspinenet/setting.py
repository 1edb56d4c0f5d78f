"""Data, sizes, times and statements of CervSpineNet."""

from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both, parts, readings, settled, total
from spineseg.audit.checks.words import agree
from spineseg.audit.counted_models import (
    SAM_HEADS,
    cervspinenet_decoder,
    sam_vit_b_encoder,
)
from spineseg.audit.counters import FOUR_BYTES_MIB
from spineseg.stats.ranges import Range, rounded

_TIME = "cervspinenet_prose_time"


def _size(case: Case) -> tuple[dict[str, bool], str]:
    encoder, decoder = sam_vit_b_encoder().total, cervspinenet_decoder().total
    mib = (encoder + decoder) * FOUR_BYTES_MIB
    megabytes = encoder * 4 / 1e6
    printed = case.number("mb")
    evidence = (
        f"Encoder {encoder:,} parameters and decoder {decoder:,}: {mib:.2f} MiB at "
        f"four bytes each; in units of 10^6 bytes the encoder alone has "
        f"{megabytes:.2f}; printed {case.value('mb')} MB."
    )
    return {
        "MB of 2^20 bytes": printed.meets(Range(mib, mib)),
        "MB of 10^6 bytes": printed.high >= megabytes,
    }, evidence


def _saving(name: str):
    def compute(case: Case) -> Range:
        manual = rounded(case.text(_TIME, name, "value"))
        model = rounded(case.text(_TIME, "CervSpineNet per image", "value"))
        # the ratio of two ranges that do not share a number
        return (Range(1, 1) - model / manual) * 100.0

    return compute


def _split(case: Case) -> tuple[bool, str]:
    train, test = case.count("train"), case.count("test")
    share = train / (train + test)
    return train + test == 500 and share == 0.8, (
        f"{train:g} + {test:g} = {train + test:g} images, {100 * share:g} % training."
    )


def _tokens(case: Case) -> tuple[bool, str]:
    side = 1024 // int(case.count("patch"))
    printed = [case.count("tokens.0"), case.count("tokens.1")]
    return printed == [side, side], (
        f"1024 / {case.value('patch')} = {side}; printed {printed[0]:g} x "
        f"{printed[1]:g} tokens."
    )


def _grows(case: Case) -> tuple[bool, str]:
    stages = int(case.count("stages", of="cervspinenet-arch-decoder"))
    side = case.count("tokens.0", of="cervspinenet-arch-patch")
    out = side * 2**stages
    return (
        out == 1024,
        f"{side:g} doubled {stages} times is {out:g}, the input is 1024.",
    )


def _encoder_shape(case: Case) -> tuple[bool, str]:
    side = case.count("tokens.0", of="cervspinenet-arch-patch")
    patch = case.count("patch", of="cervspinenet-arch-patch")
    channels = case.count("channels", of="cervspinenet-arch-patch")
    good = side * patch == 1024 and channels == 256
    return (
        good,
        f"1024 / {patch:g} = {1024 / patch:g}: {channels:g} x {side:g} x {side:g}.",
    )


def _encoder_alone(case: Case) -> tuple[bool, str]:
    count = sam_vit_b_encoder().total
    printed = case.number("mb", of="cervspinenet-abs-size")
    alone, whole = (n * FOUR_BYTES_MIB for n in (count, count + SAM_HEADS))
    good = case.count("params") == count and alone < printed.low < printed.high < whole
    return good, (
        f"Encoder {count:,} parameters, {alone:.2f} MiB, below the printed "
        f"{case.value('mb', of='cervspinenet-abs-size')} MB; with prompt encoder and "
        f"mask decoder it would be {whole:.2f}."
    )


CHECKS = {
    "cervspinenet-abs-size": both(
        _size, "32-bit weights; decoder widths 128, 64, 32, 16, which are not printed."
    ),
    "cervspinenet-abs-96": readings(
        "reduction_pct",
        {
            "whole time per image": _saving("manual total per image"),
            "annotation alone": _saving("manual annotation, overall mean"),
        },
        "The seconds of the text; the whole time holds the automatic mask making.",
    ),
    "cervspinenet-data-split": settled(_split),
    "cervspinenet-data-untouched": agree(
        "use of the test images",
        "A part that chooses a checkpoint is not untouched.",
        "No weights were fitted to the test images.",
    ),
    "cervspinenet-data-variants": total("original", "clahe", whole="augmented"),
    "cervspinenet-hp-largebatch": agree(
        "batch size", "Both sentences speak of the same training."
    ),
    "cervspinenet-eq1": settled(_encoder_shape),
    "cervspinenet-eq7": settled(_grows),
    "cervspinenet-arch-encoder": settled(_encoder_alone, "MB of 2^20 bytes."),
    "cervspinenet-arch-patch": settled(_tokens),
    "cervspinenet-arch-decoder": settled(_grows),
    "cervspinenet-arch-fullyconv": agree(
        "kind of encoder",
        "Fully convolutional means without layers of another kind.",
        "The decoder is convolutional, and the output has the input's size.",
    ),
    "cervspinenet-base-fair": parts(
        agree("input size"),
        agree("training loss"),
        assumption="Mainly architecture means that input size and loss are equal.",
        fair="Split, test images and number of epochs are the same.",
    ),
    "cervspinenet-cite-sam": agree(
        "work cited for SAM", fair="Later in the text the right paper is cited."
    ),
    "cervspinenet-c6c7": agree(
        "segmentation of C7",
        "The sentence speaks of all images.",
        "The failure case is called rare; no score by level is printed.",
    ),
}

"""Data, losses and parameter counts of the Inception U-Net."""

from collections.abc import Callable

from spineseg.audit import counted_models
from spineseg.audit.case import Case
from spineseg.audit.checks.compare import both, parts, settled
from spineseg.audit.checks.formulae import (
    bce_by_hand,
    dice_loss_by_hand,
    focal_by_hand,
    formula,
    on_tensors,
)
from spineseg.audit.checks.words import agree
from spineseg.audit.counters import Size

_T8 = "inception_unet_table8"
_OURS = "Proposed Model"
_BASELINES = ("U-Net", "ResUNet", "Attention U-Net", "TransUNet")


def _split(case: Case) -> tuple[bool, str]:
    images = case.count("n", of="inception_unet-data-n")
    sizes = [case.count(name) for name in ("train", "val", "test")]
    rest = images - sizes[2]
    good = (
        sum(sizes) == images
        and abs(sizes[2] - 0.2 * images) < 1
        and abs(sizes[1] - 0.2 * rest) < 1
    )
    return good, (
        f"20 % of {images:g} is {0.2 * images:.1f}; 20 % of the other {rest:g} is "
        f"{0.2 * rest:.1f}; {' + '.join(f'{s:g}' for s in sizes)} = {sum(sizes):g}."
    )


def _halvings(case: Case) -> tuple[bool, str]:
    side = case.count("size")
    return side == 128 / 2**4, f"128 halved four times is {128 / 2**4:g}."


def _branches(case: Case) -> tuple[bool, str]:
    widths = (64, 128, 32, 32)
    same = sum(widths) == case.count("out")
    return same, f"{' + '.join(map(str, widths))} = {sum(widths)} channels."


def _counted(row: str, size: Callable[[], Size]):
    def test(case: Case) -> tuple[bool, str]:
        ours = size()
        found = {
            "total_params": ours.total,
            "trainable_params": ours.trained,
            "non_trainable_params": ours.fixed,
        }
        printed = {key: case.count(key) for key in found}
        cells = {key: float(case.text(_T8, row, key)) for key in found}
        said = ", ".join(f"{value:,}" for value in found.values())
        good = printed == found and cells == found
        return good, f"Layer by layer: {said} (total, trained, not); printed the same."

    def told(case: Case) -> tuple[bool, str]:
        good, text = test(case)
        return good, text if good else text.replace(
            "printed the same", "not as printed"
        )

    return told


def _part_of_whole(case: Case) -> tuple[bool, str]:
    ours = counted_models.inception_unet().total
    printed = float(case.text(_T8, _OURS, "total_params"))
    return ours == printed, (
        f"With this part as described the network has {ours:,} parameters; printed "
        f"{printed:,.0f}."
    )


def _sums(case: Case) -> tuple[bool, str]:
    wrong = []
    for row in case.rows(_T8):
        total, trained, fixed = (
            float(case.text(_T8, row, f"{key}_params"))
            for key in ("total", "trainable", "non_trainable")
        )
        if trained + fixed != total:
            wrong.append(row)
    return not wrong, f"Both parts add up to the total in {5 - len(wrong)} of 5 rows."


def _more(case: Case) -> dict[str, float]:
    ours = float(case.text(_T8, _OURS, "total_params"))
    return {
        name: 100 * (ours / float(case.text(_T8, name, "total_params")) - 1)
        for name in _BASELINES
    }


def _light(case: Case) -> tuple[dict[str, bool], str]:
    more = _more(case)
    said = ", ".join(f"{name} {value:+.1f} %" for name, value in more.items())
    return {
        "fewer than ResUNet and Attention U-Net": more["ResUNet"] < 0
        and more["Attention U-Net"] < 0,
        "fewer than U-Net and TransUNet": more["U-Net"] < 0 and more["TransUNet"] < 0,
    }, f"Parameters against {said}; neither time nor FLOPs are printed."


def _slightly(case: Case) -> tuple[bool, str]:
    more = _more(case)
    limit = case.claim.tolerance()
    pairs = {"vs_unet_pct": "U-Net", "vs_transunet_pct": "TransUNet"}
    fits = all(abs(case.count(key) - more[name]) < 0.006 for key, name in pairs.items())
    good = fits and all(0 < more[name] <= limit for name in pairs.values())
    return good, ", ".join(f"{n}: {more[n]:+.2f} %" for n in pairs.values()) + "."


CHECKS = {
    "inception_unet-abs-imbalance": agree(
        "imbalance of the classes",
        "Both sentences speak of the same data.",
        "A gain in the small classes of the four-class task may be meant.",
    ),
    "inception_unet-data-split": settled(_split),
    "inception_unet-prep-bottleneck": settled(_halvings),
    "inception_unet-highres": agree(
        "size of the images", "128 x 128 pixels are not high resolution."
    ),
    "inception_unet-hp-focal": formula(
        lambda case: focal_by_hand(case.count("alpha"), case.count("gamma")),
        on_tensors("focal_loss"),
        "Focal loss with the printed numbers",
    ),
    "inception_unet-hp-combo": formula(
        lambda case: (
            case.count("lambda1") * bce_by_hand()
            + case.count("lambda2") * dice_loss_by_hand()
        ),
        on_tensors("bce_dice_loss"),
        "Sum of both losses with the printed weights",
    ),
    "inception_unet-eq1": formula(
        lambda case: bce_by_hand(), on_tensors("bce_loss"), "Cross-entropy"
    ),
    "inception_unet-eq2": formula(
        lambda case: dice_loss_by_hand(), on_tensors("dice_loss"), "Dice loss"
    ),
    "inception_unet-eq3": formula(
        lambda case: focal_by_hand(0.5, 2), on_tensors("focal_loss"), "Focal loss"
    ),
    "inception_unet-eq4": formula(
        lambda case: focal_by_hand(0.5, 0),
        lambda case: 0.5 * on_tensors("bce_loss")(case),
        "With gamma 0 the focal loss of p_i is half the cross-entropy",
    ),
    "inception_unet-eq5": formula(
        lambda case: bce_by_hand() + dice_loss_by_hand(),
        on_tensors("bce_dice_loss"),
        "Sum of BCE and Dice loss",
    ),
    "inception_unet-arch-inception": parts(settled(_branches), settled(_part_of_whole)),
    "inception_unet-arch-encoder": settled(_part_of_whole),
    "inception_unet-arch-bottleneck": settled(_part_of_whole),
    "inception_unet-arch-decoder": settled(
        _part_of_whole,
        "Upsampling is followed by a 2 x 2 convolution, which the text leaves out.",
    ),
    "inception_unet-T8": settled(_sums),
    "inception_unet-T8-u-net": settled(
        _counted("U-Net", counted_models.unet),
        "One of the two 1024-channel batch norms is missing.",
    ),
    "inception_unet-T8-resunet": settled(
        _counted("ResUNet", counted_models.resunet),
        "A 1 x 1 shortcut with batch norm in each of nine blocks.",
    ),
    "inception_unet-T8-attention-u-net": settled(
        _counted("Attention U-Net", counted_models.attention_unet),
        "Four gates without batch norm.",
    ),
    "inception_unet-T8-transunet": settled(
        _counted("TransUNet", counted_models.transunet),
        "One transformer block, not the network of the cited paper.",
    ),
    "inception_unet-T8-proposed-model": settled(
        _counted(_OURS, counted_models.inception_unet)
    ),
    "inception_unet-eff-light": both(
        _light, "Lightweight is read as fewer parameters than the compared models."
    ),
    "inception_unet-eff-slightly": settled(
        _slightly,
        "Slightly higher means at most five percent.",
        "It holds against the U-Net.",
    ),
}

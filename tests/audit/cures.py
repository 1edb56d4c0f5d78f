"""What would have to be printed for a claim to get another verdict.

For claims that several numbers decide together, so that no single one changes the
verdict.
"""

from spineseg.audit.source import Key, table


def cell(name: str, row: str, column: str) -> Key:
    return ("cell", name, row, column)


def column(name: str, rows: str, column: str, text: str) -> dict[Key, str]:
    return {cell(name, row, column): text for row in rows.split()}


_INCEPTION = "inception_unet_table"
_HD_WORSE = column("cvmunet_table6", "3 9 12 24 42 51", "p_adj", "0.9000")
_ORDERED = {
    cell(name, row, "miou_pct_mean"): table(name)[row]["dice_pct_mean"]
    for name in ("wgan_ctm_table2", "wgan_ctm_table3", "wgan_ctm_table4")
    for row in table(name)
}
_POSITIVE = {cell("cvmunet_table1", "Number of positive samples", "value"): "825"}


def _values(claim: str, **texts: str) -> dict[Key, str]:
    return {("value", claim, name.replace("__", ".")): t for name, t in texts.items()}


def _said(paper: str, about: str, where: str, value: str) -> dict[Key, str]:
    return {("statement", paper, about, where): value}


CURES: dict[str, dict[Key, str]] = {
    "cvmunet-data-T1-positive": _POSITIVE,
    "wgan_ctm-T1-segnet": _values("wgan_ctm-T1-segnet", size="256×256×1"),
    "cvmunet-F5": {("ours", "channels of Z"): "1152"},
    "cvmunet-arch-vss-merge": {("ours", "channels of Z"): "1152"},
    "wgan_ctm-prep-aug": {("ours", "what forty random changes did"): "crop, rotate"},
    "cvmunet-T1": _POSITIVE
    | _said("cvmunet", "larger image dimension", "Sec. 4.1", "one side is 3072"),
    "cvmunet-T3-hd-ours": {
        cell("cvmunet_table3", "Our", "hd"): "2.900",
        **_values("cvmunet-T3-hd-ours", ours="2.900"),
    },
    "cvmunet-T10-sd-claim": {
        cell("cvmunet_table10", "Ours", f"{metric}_sd"): text
        for metric, text in (("dice", "0.001"), ("miou", "0.001"), ("hd", "0.030"))
    },
    "cvmunet-T6": _HD_WORSE,
    "cvmunet-stat-conclusion": _HD_WORSE
    | column("cvmunet_table11", "21 42", "p_adj", "0.9000"),
    "cvmunet-baseline-count": _values("cvmunet-baseline-count", text="14"),
    "cvmunet-T9": column("cvmunet_table9", "1 2 3 4 6", "p_adj", "0.0001")
    | column("cvmunet_table9", "1 3", "conclusion", "Baseline Better"),
    "cvmunet-abl-resrelu-claim": {
        cell("cvmunet_table7", "ConvNext-UNet + Res-ReLU Block", "dice_mean"): "0.904",
        cell("cvmunet_table7", "ConvNext-UNet + Res-ReLU Block", "hd_mean"): "4.000",
        cell("cvmunet_table9", "1", "p_adj"): "0.0010",
    },
    "cvmunet-abl-progressive": {
        cell("cvmunet_table7", "ConvNext-UNet +SCSA", "model"): "base + a + b",
        cell("cvmunet_table7", "ConvNext-UNet +VSS Block", "model"): "base + a + b + c",
    },
    "cervspinenet-abs-consistently": {
        cell("cervspinenet_table1", "CervSpineNet", "hd95"): "3.0000",
        **{
            cell(f"cervspinenet_table{n}", "CervSpineNet", "vs"): "0.9900"
            for n in (1, 2, 3)
        },
    },
    "cervspinenet-eq12": _said(
        "cervspinenet", "gradient of the distance term", "Sec. 2.7.2", "zero"
    ),
    "cervspinenet-T5-full-vs-dicessim": {
        cell(
            "cervspinenet_table5", "Dice + FT + SSIM + HD95 (CervSpineNet)", "ssim"
        ): "0.9850",
        **_values("cervspinenet-T5-full-vs-dicessim", d_ssim="0.0018"),
    },
    "cervspinenet-stat-deeplab": {
        cell(f"cervspinenet_table{n}", "CervSpineNet", "vs"): "0.9900"
        for n in (1, 2, 3)
    },
    "cervspinenet-F7-case1": {
        cell("cervspinenet_figure7", "1", "dice"): "0.8000",
        **_values("cervspinenet-F7-case1", dice="0.8000"),
    },
    "mdwcnet-F8-caption": _values("mdwcnet-F8-caption", models="8"),
    "inception_unet-eff-slightly": {
        cell(f"{_INCEPTION}8", "TransUNet", "total_params"): "31000000",
        **_values("inception_unet-eff-slightly", vs_transunet_pct="1.53"),
    },
    "inception_unet-T4-sam-cbam": {
        cell(f"{_INCEPTION}4", "U-Net + SAM BCE", "accuracy"): "0.9700",
        cell(f"{_INCEPTION}4", "U-Net + SAM BCE", "precision"): "0.9400",
    },
    "inception_unet-T6-improvement": _values(
        "inception_unet-T6-improvement", printed__0="1.52", printed__3="0.91"
    ),
    "inception_unet-outperform-all": {
        cell(f"{_INCEPTION}2", "Proposed Model BCE", "miou"): "0.8900",
        cell(f"{_INCEPTION}2", "Proposed Model Focal", "miou"): "0.8800",
    },
    "wgan_ctm-abs-miou": {
        cell("wgan_ctm_table2", "Spine-GAN", "miou_pct_mean"): "0.0",
        **_values("wgan_ctm-abs-miou", spine_gan="0.0"),
    },
    "wgan_ctm-abs-ppv": {cell("wgan_ctm_table2", "Our Model", "ppv_pct_mean"): "98.8"},
    "wgan_ctm-data-split": _values("wgan_ctm-data-split", split__2="20"),
    "wgan_ctm-eq17": {
        cell(f"wgan_ctm_table{n}", "Our Model", "miou_pct_mean"): "90.0"
        for n in (2, 3, 4)
    },
    "wgan_ctm-T1": {
        cell("wgan_ctm_table1", "SegNet", "size"): "256×256×1",
        **_said(
            "wgan_ctm",
            "number of compared networks",
            "Sec. Comparison (second paragraph)",
            "5",
        ),
    },
    "wgan_ctm-T2-hd-sd": {
        cell("wgan_ctm_table2", "Our Model", "hd_mm_sd"): "0.4",
        **_values("wgan_ctm-T2-hd-sd", table2="0.4"),
    },
    "wgan_ctm-order-inversion": _ORDERED
    | _values("wgan_ctm-order-inversion", T2="0", T3="0", T4="0"),
    "wgan_ctm-T6": {
        cell("wgan_ctm_table6", row, "miou_pct_disc_mean"): "80.0"
        for row in ("U-Net+TM", "U-Net+CTM")
    },
    "wgan_ctm-abl-wgan": _values("wgan_ctm-abl-wgan", printed__1="1.55"),
    "wgan_ctm-abl-ttest": {
        cell("wgan_ctm_table5", "U-Net + CTM", f"{name}_mean"): text
        for name, text in (
            ("dice_pct_disc", "85.0"),
            ("dice_pct_foramen", "89.0"),
            ("dice_pct_arch", "75.0"),
            ("hd_mm_disc", "4.0"),
            ("hd_mm_arch", "5.0"),
        )
    },
}

"""Preparation, blocks and novelty of the WGAN with CTM, against ours and its words."""

from spineseg.audit.case import Case
from spineseg.audit.checks.networks import facts
from spineseg.audit.checks.operations import diagram
from spineseg.audit.checks.prepared import PLACES, changes, order, size, square
from spineseg.audit.checks.wgan_ctm.ours import NETWORK, attention, generator, layer
from spineseg.audit.verdict import Finding, Verdict

_NOVEL = "earlier segmentation of the spine"


def _has(name: str) -> str:
    return name if name in order(NETWORK).split(", ") else "nothing"


def _novelty(case: Case) -> Finding:
    """Hold the sentence against the titles of the works that the paper cites."""
    places = case.said(_NOVEL)
    said = "; ".join(f"{one['where']}: {one['says']}" for one in places)
    if len({one["value"] for one in places}) == 1:
        return Finding(Verdict.HOLDS, f"{said}.")
    return Finding(
        Verdict.DEPENDS,
        f"{said}.",
        "A spine whose vertebrae, discs and foramina are segmented together counts as "
        "segmented completely.",
        "Completely may mean every structure of a slice, laminae among them.",
    )


_SILENT = "The text gives none of the numbers; ours are in the recipe."
CHECKS = {
    "wgan_ctm-prep-wavelet": facts(
        ("step", "step that takes noise away", lambda: _has("wavelet_denoise")),
        why=_SILENT,
    ),
    "wgan_ctm-prep-ahe": facts(
        ("step", "step that evens out the levels", lambda: _has("clahe")),
        why=f"{_SILENT} Its contrast is limited, which the text does not mention.",
    ),
    "wgan_ctm-prep-crop": facts(
        ("size", "rows of a prepared slice", lambda: size(NETWORK).split(" x ")[0]),
        ("size", "columns of a prepared slice", lambda: size(NETWORK).split(" x ")[1]),
        ("square", "height over width of a square", lambda: square(NETWORK)),
        why=f"{PLACES} The whole slice is kept, as the crop is not given.",
    ),
    "wgan_ctm-prep-aug": facts(
        ("changes", "what forty random changes did", lambda: changes(NETWORK)),
        why=_SILENT,
        fair="A shift by up to a sixteenth of the side stands for a crop, whose size "
        "the text does not give.",
    ),
    "wgan_ctm-arch-encoder": diagram(
        {f"layer_{i + 1}": layer(f"downs.{i}", channels)
         for i, channels in enumerate((1, 64, 128, 256))}
    ),
    "wgan_ctm-arch-ctm": diagram(
        {"attention": attention}, "Heads, width and 100 clusters are ours."
    ),
    "wgan_ctm-arch-decoder": diagram(
        {"decoder": generator}, "A skip is joined, then a residual block; ours."
    ),
    "wgan_ctm-novelty": _novelty,
}  # fmt: skip
"""What our steps, blocks and the cited titles answer."""

"""Agreement with public libraries: live where installed, MedPy's as numbers.

The constants were computed once with surface-distance 0.1, MedPy 0.5.2 (and the
formula of ``assd`` of MedPy 0.4.0) and torchmetrics 1.9.0 on the masks of
``mask_shapes``.
"""

import numpy as np
import pytest
from mask_shapes import balls, disc, lens, noise, square_with_spur

from spineseg import metrics as m

pytestmark = pytest.mark.oracle

PAIRS = {
    "spur": (*square_with_spur(),),
    "lens": (*lens(),),
    "balls": (*balls(),),
    "sparse": (noise((60, 70), 0.02, 5), noise((60, 70), 0.02, 6)),
    "dense": (noise((60, 70), 0.6, 7), noise((60, 70), 0.6, 8)),
    "apart": (disc(9, (12, 12)), disc(9, (85, 80))),
    "cut": (disc(40, (10, 90)), disc(40, (15, 80))),
}
STEPS = {"pixels": None, "even": 0.4, "uneven": (2.0, 0.5, 0.8)}


def steps_for(pair, kind):
    steps = STEPS[kind]
    return steps[-pair[0].ndim :] if isinstance(steps, tuple) else steps


@pytest.fixture(scope="module")
def monai():
    return pytest.importorskip("monai.metrics")


def as_batch(masks):
    import torch

    return [torch.from_numpy(mask)[None, None].float() for mask in masks]


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize("name", PAIRS)
def test_distances_equal_those_of_monai(monai, name, kind):
    pair, spacing = PAIRS[name], steps_for(PAIRS[name], kind)
    how = {"include_background": True, "spacing": spacing}
    batch = as_batch(pair)
    hd, hd95 = (
        float(monai.compute_hausdorff_distance(*batch, percentile=p, **how))
        for p in (None, 95)
    )
    mean = float(monai.compute_average_surface_distance(*batch, symmetric=True, **how))
    share = float(monai.compute_surface_dice(*batch, [1.07], **how))
    assert m.hausdorff(*pair, spacing) == pytest.approx(hd, rel=1e-6)
    assert m.hd95_directed_max(*pair, spacing) == pytest.approx(hd95, rel=1e-6)
    assert m.assd(*pair, spacing) == pytest.approx(mean, rel=1e-5)
    assert m.nsd(*pair, 1.07, spacing or 1.0) == pytest.approx(share, rel=1e-5)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("spacing", [(1.0, 1.0), (0.7, 0.3)])
@pytest.mark.parametrize("name", ["spur", "lens", "cut"])
def test_the_share_of_length_equals_monais_subvoxel_surface_dice(monai, name, spacing):
    share = monai.compute_surface_dice(
        *as_batch(PAIRS[name]),
        [1.07],
        include_background=True,
        spacing=spacing,
        use_subvoxels=True,
    )
    ours = m.nsd_by_length(*PAIRS[name], 1.07, spacing)
    assert ours == pytest.approx(float(share), rel=1e-5)


@pytest.mark.parametrize("name", PAIRS)
def test_overlap_equals_monais_confusion_matrix(monai, name):
    matrix = monai.get_confusion_matrix(*as_batch(PAIRS[name]))
    for ours, theirs in [
        (m.f1, "f1 score"),
        (m.precision, "precision"),
        (m.recall, "sensitivity"),
        (m.specificity, "specificity"),
        (m.accuracy, "accuracy"),
        (m.iou, "threat score"),
    ]:
        value = float(monai.compute_confusion_matrix_metric(theirs, matrix))
        assert ours(*PAIRS[name]) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("name", PAIRS)
def test_regions_are_as_far_apart_as_scikit_image_says(name):
    skimage = pytest.importorskip("skimage.metrics")
    assert m.hausdorff_of_regions(*PAIRS[name]) == pytest.approx(
        skimage.hausdorff_distance(*PAIRS[name])
    )


@pytest.mark.parametrize("name", PAIRS)
def test_ssim_equals_that_of_scikit_image(name):
    skimage = pytest.importorskip("skimage.metrics")
    theirs = skimage.structural_similarity(
        *[mask.astype(float) for mask in PAIRS[name]],
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=1.0,
    )
    assert m.ssim(*PAIRS[name]) == pytest.approx(theirs)


@pytest.mark.parametrize("width", [1, 3, 8])
@pytest.mark.parametrize("name", ["spur", "lens", "dense", "cut"])
def test_bands_are_what_repeated_erosion_takes_away(name, width):
    cv2 = pytest.importorskip("cv2")

    def band(mask):
        kept = cv2.erode(
            np.pad(mask, 1).astype(np.uint8), np.ones((3, 3)), iterations=width
        )
        return mask & ~kept[1:-1, 1:-1].astype(bool)

    one, other = (band(mask) for mask in PAIRS[name])
    share = (one & other).sum() / (one | other).sum()
    assert m.boundary_iou(*PAIRS[name], width_px=width) == pytest.approx(share)


def test_filled_masks_are_as_far_apart_as_simpleitk_says():
    sitk = pytest.importorskip("SimpleITK")
    for pair in (PAIRS["lens"], PAIRS["spur"], PAIRS["apart"]):
        images = [sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in pair]
        for image in images:
            image.SetSpacing((0.3, 0.7))  # columns first there
        judge = sitk.HausdorffDistanceImageFilter()
        judge.Execute(*images)
        ours = m.hausdorff_of_regions(*pair, spacing_mm=(0.7, 0.3))
        assert ours == pytest.approx(judge.GetHausdorffDistance(), rel=1e-6)


# name, spacing, surface-distance: HD95 and NSD at 1; MedPy: hd, hd95, assd 0.5, 0.4
RECORDED = [
    ("spur", (1.0, 1.0), 27.0, 0.8315625691105377)
    + (30.0, 22.55, 2.775849986762827, 2.4058201826006567),
    ("spur", (0.5, 0.25), 6.75, 0.8874967836385621)
    + (7.5, 5.6375, 0.6963481362031199, 0.6042841694309103),
    ("lens", (1.0, 1.0), 11.313708498984761, 0.2262968229223164)
    + (12.529964086141668, 10.513065327622964, 4.255101578060903, 4.233540599616193),
    ("lens", (0.7, 0.3), 4.42944691807002, 0.33873263131661896)
    + (5.047771785649585, 4.2868262800896195, 1.9569693365142586, 1.9557990915624917),
    ("balls", (2.0, 0.5, 0.8), None, None)
    + (4.8207883172775805, 3.773592452822642, 1.5550927739297098, 1.5370910283567119),
]


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: f"{row[0]}-{row[1]}")
def test_distances_equal_what_medpy_recorded(row):
    name, spacing, _, _, hd, hd95, assd, masd = row
    distances = m.surface_distances(*PAIRS[name], spacing)
    assert m.hausdorff_of(distances) == pytest.approx(hd)
    assert m.hd95_pooled_of(distances) == pytest.approx(hd95)
    assert m.assd_of(distances) == pytest.approx(assd)
    assert m.masd_of(distances) == pytest.approx(masd)


@pytest.mark.parametrize("row", RECORDED[:4], ids=lambda row: f"{row[0]}-{row[1]}")
def test_contour_distances_equal_what_surface_distance_recorded(row):
    name, spacing, hd95, share, *_ = row
    assert m.hd95_by_length(*PAIRS[name], spacing) == pytest.approx(hd95)
    assert m.nsd_by_length(*PAIRS[name], 1.0, spacing) == pytest.approx(share)


# its release 0.1 imports from a module that SciPy has renamed
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("spacing", [(1.0, 1.0), (0.7, 0.3)])
@pytest.mark.parametrize("name", ["spur", "lens", "dense", "apart", "cut"])
def test_contour_distances_equal_those_of_surface_distance(name, spacing):
    deepmind = pytest.importorskip("surface_distance")
    prediction, target = PAIRS[name]
    lists = deepmind.compute_surface_distances(target, prediction, spacing)
    assert m.hd95_by_length(prediction, target, spacing) == pytest.approx(
        deepmind.compute_robust_hausdorff(lists, 95)
    )
    assert m.nsd_by_length(prediction, target, 1.07, spacing) == pytest.approx(
        deepmind.compute_surface_dice_at_tolerance(lists, 1.07)
    )


@pytest.mark.parametrize("name", PAIRS)
def test_overlap_equals_that_of_torchmetrics(name):
    theirs = pytest.importorskip("torchmetrics.functional.classification")
    import torch

    labels = [torch.from_numpy(mask).long() for mask in PAIRS[name]]
    for ours, call in [
        (m.iou, theirs.binary_jaccard_index),
        (m.f1, theirs.binary_f1_score),
        (m.precision, theirs.binary_precision),
        (m.recall, theirs.binary_recall),
        (m.specificity, theirs.binary_specificity),
        (m.accuracy, theirs.binary_accuracy),
    ]:
        assert ours(*PAIRS[name]) == pytest.approx(float(call(*labels)), rel=1e-6)


def test_overlap_equals_what_torchmetrics_recorded():
    # printed by torchmetrics in single precision, four digits
    pair = PAIRS["spur"]
    assert m.iou(*pair) == pytest.approx(0.9143, abs=5e-5)
    assert m.f1(*pair) == pytest.approx(0.9552, abs=5e-5)
    assert m.precision(*pair) == pytest.approx(0.9143, abs=5e-5)
    assert m.specificity(*pair) == pytest.approx(0.9821, abs=5e-5)
    assert m.accuracy(*pair) == pytest.approx(0.9850, abs=5e-5)
    assert m.hausdorff(*pair) == 30
    assert m.hausdorff(*pair, (0.5, 0.25)) == 7.5

"""Write a prediction as a DICOM Segmentation that belongs to its film or slices.

Patient and study are those of the source, element by element: what its files leave
out or empty is empty here, too, and nothing is added.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from spineseg.core.errors import SpinesegError
from spineseg.io._files import (
    FilePath,
    atomic_write,
    existing_file,
    extra,
    quiet_pydicom,
)
from spineseg.io.dicom import check_pixel_header, field, read_whole
from spineseg.io.series import Stack

Code = tuple[str, str, str]
"""Value, coding scheme and meaning of a structure."""
VERTEBRA: Code = ("51282000", "SCT", "Vertebra")
"""What a label is taken for when no code is given."""

_MAY_BE_EMPTY = ("PatientID", "PatientName", "PatientBirthDate", "PatientSex")
_MAY_BE_EMPTY += ("StudyID", "StudyDate", "StudyTime", "AccessionNumber")
"""Elements that every DICOM object has and that may say nothing (type 2)."""


@dataclass(frozen=True)
class _Made:
    """Segments in the order of their numbers, their codes, and what made them."""

    names: tuple[str, ...]
    codes: Mapping[str, Code]
    algorithm: str


def write_segmentation(
    path: FilePath,
    masks: Mapping[str, NDArray[np.bool_]],
    film: FilePath,
    *,
    codes: Mapping[str, Code] | None = None,
    algorithm: str = "spineseg",
) -> None:
    """Write binary masks as DICOM-SEG, so that a viewer lays them over the film.

    Masks may overlap, as vertebrae do on a radiograph: each is a segment of its own.
    Patient and study are taken from the film, so keep the file where the film is kept.

    A shadow has no slice thickness, and DICOM asks for one only where a frame of
    reference says where slices lie (PS3.3 C.7.6.16.2.1). highdicom's ``segread`` asks
    for one in every file, those it wrote itself included, and refuses this one (0.28);
    its ``imread`` and pydicom read it. A thickness made up to please it would be false.

    Args:
        path: the ``.dcm`` file to write, atomically.
        masks: name of a segment to its pixels, in the order of the segment numbers.
        film: the DICOM film that the masks were drawn on.
        codes: name to (value, scheme, meaning) of the structure; a vertebra if absent.
        algorithm: name of the network that made them.

    Raises:
        SpinesegError: if a mask is empty of shape, does not fit the film, or the
            film cannot be read.
    """
    file = existing_file(film)
    header = read_whole(file)
    check_pixel_header(header, file)
    frames = _frames(masks, (int(header.Rows), int(header.Columns)), path)[None]
    made = _Made(tuple(masks), codes or {}, algorithm)
    _save(path, frames, [header], made, file)


def write_stack_segmentation(
    path: FilePath,
    masks: Mapping[str, NDArray[np.bool_]],
    stack: Stack,
    *,
    codes: Mapping[str, Code] | None = None,
    algorithm: str = "spineseg",
) -> None:
    """Write binary masks as one DICOM-SEG whose frames lie where the slices do.

    Slices without a pixel of any segment have no frame, unless all are empty. Each
    frame names the slice that it was made from.

    Args:
        path: the ``.dcm`` file to write, atomically.
        masks: name of a segment to (slices, rows, columns), slices as in the stack.
        stack: slices of one series.
        codes: name to (value, scheme, meaning) of the structure; a vertebra if absent.
        algorithm: name of the network that made them.

    Raises:
        SpinesegError: if a mask does not fit the stack, or the slices say neither how
            thick they are nor in which frame of reference they lie.
    """
    first, headers = stack.slices[0], [one.header for one in stack.slices]
    frames = _frames(masks, (len(stack.slices), *first.picture.shape), path)
    if not all(field(header, "FrameOfReferenceUID") for header in headers):
        raise SpinesegError(
            "the slices do not name the frame of reference of their places",
            path=first.path,
            remedy="Write a volume (.nii.gz), which needs none",
        )
    if first.thickness_mm is None:
        raise SpinesegError("the slices do not say how thick they are", path=first.path)
    hd = extra("highdicom", "writing DICOM segmentations")
    measures = hd.PixelMeasuresSequence(first.spacing_mm, first.thickness_mm)
    made = _Made(tuple(masks), codes or {}, algorithm)
    _save(path, frames, headers, made, first.path, pixel_measures=measures)


def _frames(
    masks: Mapping[str, NDArray[np.bool_]], size: tuple[int, ...], path: FilePath
) -> NDArray[np.uint8]:
    """Return the masks with the segments along the last axis."""
    if not masks:
        raise SpinesegError("there is no mask to write", path=path)
    for name, mask in masks.items():
        if mask.shape != size or mask.dtype != np.bool_:
            raise SpinesegError(
                f"the mask {name!r} does not fit its picture",
                path=path,
                found=f"{mask.dtype} {mask.shape}",
                expected=f"bool {size}",
            )
    return np.stack(list(masks.values()), axis=-1).astype(np.uint8)


def _save(
    path: FilePath,
    frames: NDArray[np.uint8],
    headers: Sequence[Dataset],
    made: _Made,
    source: FilePath,
    **geometry: Any,
) -> None:
    hd = extra("highdicom", "writing DICOM segmentations")
    digest = hashlib.sha256(frames.tobytes()).hexdigest()
    images = [str(field(header, "SOPInstanceUID", "")) for header in headers]
    entropy = [*images, made.algorithm, *made.names, digest]
    with quiet_pydicom():
        try:
            result = hd.seg.Segmentation(
                source_images=[_with_empty_elements(header) for header in headers],
                pixel_array=frames,
                segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
                segment_descriptions=_described(hd, made),
                series_instance_uid=generate_uid(entropy_srcs=[*entropy, "series"]),
                series_number=100,
                sop_instance_uid=generate_uid(entropy_srcs=entropy),
                instance_number=1,
                manufacturer="spineseg",
                manufacturer_model_name=made.algorithm,
                software_versions="1",
                device_serial_number="0",
                **geometry,
            )
        except Exception as error:
            reason = " ".join(str(error).split())[:160]
            raise SpinesegError(
                f"the picture lacks what a segmentation needs ({reason})", path=source
            ) from error
        with atomic_write(path) as part:
            result.save_as(part)


def _with_empty_elements(header: Dataset) -> Dataset:
    whole = Dataset()
    whole.update(header)  # Dataset(header) would write into the elements of the source
    for keyword in _MAY_BE_EMPTY:
        if keyword not in whole:
            setattr(whole, keyword, "")
    return whole


def _described(hd: Any, made: _Made) -> list[Any]:
    network = hd.AlgorithmIdentificationSequence(
        name=made.algorithm,
        version="1",
        family=hd.sr.CodedConcept("123110", "DCM", "Artificial Intelligence"),
    )
    structure = hd.sr.CodedConcept("91723000", "SCT", "Anatomical Structure")
    return [
        hd.seg.SegmentDescription(
            segment_number=number,
            segment_label=name,
            segmented_property_category=structure,
            segmented_property_type=hd.sr.CodedConcept(*made.codes.get(name, VERTEBRA)),
            algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
            algorithm_identification=network,
        )
        for number, name in enumerate(made.names, 1)
    ]

"""Write a prediction as a DICOM Segmentation beside the film it belongs to."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import generate_uid

from spineseg.core.errors import SpinesegError
from spineseg.io._files import (
    FilePath,
    atomic_write,
    existing_file,
    extra,
    quiet_pydicom,
)
from spineseg.io.dicom import check_pixel_header, read_whole

VERTEBRA = ("51282000", "SCT", "Vertebra")
"""What a label is taken for when no code is given."""


def write_segmentation(
    path: FilePath,
    masks: Mapping[str, NDArray[np.bool_]],
    film: FilePath,
    *,
    codes: Mapping[str, tuple[str, str, str]] | None = None,
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
    frames = _stack(masks, (int(header.Rows), int(header.Columns)), path)
    known = codes or {}
    hd = extra("highdicom", "writing DICOM segmentations")
    described = [
        _describe(hd, number, name, known.get(name, VERTEBRA), algorithm)
        for number, name in enumerate(masks, 1)
    ]
    digest = hashlib.sha256(frames.tobytes()).hexdigest()
    entropy = [str(header.SOPInstanceUID), algorithm, *masks, digest]
    with quiet_pydicom():
        try:
            result = hd.seg.Segmentation(
                source_images=[header],
                pixel_array=frames,
                segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
                segment_descriptions=described,
                series_instance_uid=generate_uid(entropy_srcs=[*entropy, "series"]),
                series_number=100,
                sop_instance_uid=generate_uid(entropy_srcs=entropy),
                instance_number=1,
                manufacturer="spineseg",
                manufacturer_model_name=algorithm,
                software_versions="1",
                device_serial_number="0",
            )
        except Exception as error:
            reason = " ".join(str(error).split())[:160]
            raise SpinesegError(
                f"the film lacks what a segmentation needs ({reason})", path=film
            ) from error
        with atomic_write(path) as part:
            result.save_as(part)


def _stack(
    masks: Mapping[str, NDArray[np.bool_]], size: tuple[int, int], path: FilePath
) -> NDArray[np.uint8]:
    if not masks:
        raise SpinesegError("there is no mask to write", path=path)
    for name, mask in masks.items():
        if mask.shape != size or mask.dtype != np.bool_:
            raise SpinesegError(
                f"the mask {name!r} does not fit the film",
                path=path,
                found=f"{mask.dtype} {mask.shape}",
                expected=f"bool {size}",
            )
    return np.stack(list(masks.values()), axis=-1)[None].astype(np.uint8)


def _describe(
    hd: Any, number: int, name: str, code: tuple[str, str, str], algorithm: str
) -> Any:
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=name,
        segmented_property_category=hd.sr.CodedConcept(
            "91723000", "SCT", "Anatomical Structure"
        ),
        segmented_property_type=hd.sr.CodedConcept(*code),
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=algorithm,
            version="1",
            family=hd.sr.CodedConcept("123110", "DCM", "Artificial Intelligence"),
        ),
    )

"""Reading and writing medical images and annotations; no torch.

Public names load on first use. SimpleITK, which volumes need, comes with the extra
``data`` and is imported only when a volume is read or written.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spineseg.io.anonymous import deidentify
    from spineseg.io.dicom import DicomImage, read_dicom
    from spineseg.io.dicom_seg import write_segmentation, write_stack_segmentation
    from spineseg.io.film_writer import Acquisition, write_radiograph
    from spineseg.io.grey import Window, apply_window
    from spineseg.io.labelme import LabelMe, Shape, read_labelme, write_labelme
    from spineseg.io.labelme_picture import read_labelme_picture
    from spineseg.io.masks import Mask, read_label_names, read_mask, write_mask
    from spineseg.io.radiograph import Radiograph, read_radiograph
    from spineseg.io.series import Series, Slice, Stack, read_series, read_slice
    from spineseg.io.spacing import Spacing
    from spineseg.io.volume import (
        Grid,
        Volume,
        check_same_grid,
        make_volume,
        read_volume,
        write_volume,
    )

_HOMES = {
    "anonymous": ("deidentify",),
    "dicom": ("DicomImage", "read_dicom"),
    "dicom_seg": ("write_segmentation", "write_stack_segmentation"),
    "film_writer": ("Acquisition", "write_radiograph"),
    "grey": ("Window", "apply_window"),
    "labelme": ("LabelMe", "Shape", "read_labelme", "write_labelme"),
    "labelme_picture": ("read_labelme_picture",),
    "masks": ("Mask", "read_label_names", "read_mask", "write_mask"),
    "radiograph": ("Radiograph", "read_radiograph"),
    "series": ("Series", "Slice", "Stack", "read_series", "read_slice"),
    "spacing": ("Spacing",),
    "volume": (
        "Grid",
        "Volume",
        "check_same_grid",
        "make_volume",
        "read_volume",
        "write_volume",
    ),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Acquisition",
    "DicomImage",
    "Grid",
    "LabelMe",
    "Mask",
    "Radiograph",
    "Series",
    "Shape",
    "Slice",
    "Spacing",
    "Stack",
    "Volume",
    "Window",
    "apply_window",
    "check_same_grid",
    "deidentify",
    "make_volume",
    "read_dicom",
    "read_label_names",
    "read_labelme",
    "read_labelme_picture",
    "read_mask",
    "read_radiograph",
    "read_series",
    "read_slice",
    "read_volume",
    "write_labelme",
    "write_mask",
    "write_radiograph",
    "write_segmentation",
    "write_stack_segmentation",
    "write_volume",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in _MODULE_OF:
        module = importlib.import_module(f"spineseg.io.{_MODULE_OF[name]}")
        return getattr(module, name)
    raise AttributeError(f"module 'spineseg.io' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

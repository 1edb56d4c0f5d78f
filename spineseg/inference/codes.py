"""What the labels of the data sets are called in SNOMED CT, for DICOM segmentations."""

from collections.abc import Iterable

BODY_STRUCTURE = ("123037004", "SCT", "Body structure")
"""What is said of a label whose structure has no code of its own here."""

CODES = {
    "vertebrae": ("51282000", "SCT", "Vertebra"),
    "spinous processes": ("55678000", "SCT", "Spinous process of vertebra"),
    "lamina": ("89340005", "SCT", "Lamina of vertebra"),
    "canal": ("61853006", "SCT", "Vertebral canal"),
    "discs": ("360499006", "SCT", "Intervertebral disc"),
    "spine region": ("421060004", "SCT", "Vertebral column"),
    "lungs": ("39607008", "SCT", "Lung"),
}
"""Names of labels to (value, scheme, meaning); "body or disc" is neither of the two."""


def codes_of(names: Iterable[str]) -> dict[str, tuple[str, str, str]]:
    """Return the code of each label's structure by the label's name."""
    return {name: CODES.get(name, BODY_STRUCTURE) for name in names}

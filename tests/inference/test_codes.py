"""Codes of structures are those of the dictionaries, and doubt has a general one."""

import pytest

from spineseg.datasets import card, list_datasets
from spineseg.inference.codes import BODY_STRUCTURE, CODES, codes_of

KNOWN = {
    "vertebrae": "Vertebra",
    "spinous processes": "SpinousProcessOfVertebra",
    "lamina": "LaminaOfVertebra",
    "canal": "VertebralCanal",
    "spine region": "StructureOfVertebralColumn",
    "lungs": "Lung",
}
"""Names of labels to pydicom's; it has discs by level only."""


@pytest.mark.parametrize("name", KNOWN)
def test_a_code_is_that_of_the_dictionary(name):
    codes = pytest.importorskip("pydicom.sr.codedict").codes
    assert CODES[name][0] == getattr(codes.SCT, KNOWN[name]).value


def test_every_code_belongs_to_a_label_of_a_data_set():
    labels = {x for name in list_datasets() for x in card(name).classes.values()}
    assert set(CODES) <= labels


def test_what_has_no_code_of_its_own_is_not_called_a_vertebra():
    assert codes_of(["body or disc", "canal"]) == {
        "body or disc": BODY_STRUCTURE,
        "canal": CODES["canal"],
    }

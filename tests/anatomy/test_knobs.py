import pytest

from spineseg.anatomy.knobs import drawn_patient, hardware_of, levels_of
from spineseg.anatomy.spec import Hardware
from spineseg.core.errors import SpinesegError


def test_levels_and_numbers_are_read():
    assert levels_of("slip", ["L4:0.2", "l5:.1"]) == {"L4": 0.2, "L5": 0.1}
    assert levels_of("slip", []) == {}


@pytest.mark.parametrize("word", ["L4", "L4:", "L4:much", "0.2", "L4=0.2"])
def test_a_word_that_is_no_level_and_number_is_refused(word):
    with pytest.raises(SpinesegError, match=r"L4:0\.2"):
        levels_of("slip", [word])


def test_a_level_named_twice_is_refused():
    with pytest.raises(SpinesegError, match="twice"):
        levels_of("slip", ["L4:0.2", "L4:0.3"])


def test_hardware_has_usual_levels_or_those_named():
    assert hardware_of(["acdf"]) == (Hardware("acdf", "C5", "C6"),)
    assert hardware_of(["screws:L3-L5"]) == (Hardware("screws", "L3", "L5"),)


@pytest.mark.parametrize("word", ["nail", "acdf:C5", "acdf:C6-C5", "acdf:C5-X1"])
def test_impossible_hardware_is_refused(word):
    with pytest.raises(SpinesegError):
        hardware_of([word])


def test_a_drawn_patient_is_well_unless_disease_is_wanted():
    for seed in range(20):
        sick = drawn_patient(seed).pathology
        assert sick.cobb_deg == 0
        assert not sick.disc_loss
    assert any(drawn_patient(s, sick=True).pathology.cobb_deg > 10 for s in range(9))


def test_drawn_patients_are_of_all_ages():
    ages = [drawn_patient(seed).anatomy.age_years for seed in range(40)]
    assert min(ages) < 35
    assert max(ages) > 70

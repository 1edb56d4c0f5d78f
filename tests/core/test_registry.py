import pytest

from spineseg import SpinesegError
from spineseg.core.registry import Registry, nearest, unknown


def test_what_is_registered_is_found_by_its_name():
    plants: Registry[int] = Registry("plant")
    assert plants.register("oak")(7) == 7
    assert plants["oak"] == 7
    assert "oak" in plants
    assert "elm" not in plants


def test_registering_twice_is_an_error_and_keeps_the_first():
    plants: Registry[int] = Registry("plant")
    plants.register("oak")(7)
    with pytest.raises(SpinesegError, match=r"this plant is registered already.*oak"):
        plants.register("oak")(8)
    assert plants["oak"] == 7


def test_an_unknown_name_among_few_lists_them_in_order():
    plants: Registry[int] = Registry("plant")
    for name in ("oak", "elm"):
        plants.register(name)(1)
    with pytest.raises(SpinesegError, match=r"unknown plant; found 'nope'.*elm, oak"):
        plants["nope"]


FOREST = [f"{wood}/{tree}" for wood in ("north", "south") for tree in ("oak", "elm")]
FOREST += [f"garden/rose_{number}" for number in range(20)]


def test_an_unknown_name_among_many_says_the_nearest_and_who_lists_all():
    plants: Registry[int] = Registry("plant", listed_by="plants --all")
    for name in FOREST:
        plants.register(name)(1)
    with pytest.raises(SpinesegError) as caught:
        plants["north/oka"]
    assert caught.value.expected == "perhaps north/oak"
    assert caught.value.remedy == "plants --all lists all 24"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("north/elm", ["north/elm", "south/elm"]),
        ("nroth/elm", ["north/elm", "south/elm"]),
        ("oak", ["north/oak", "south/oak"]),
        ("South/Oak", ["south/oak", "north/oak"]),
        (
            "rose_9",
            ["garden/rose_9", "garden/rose_19", "garden/rose_0", "garden/rose_1"],
        ),
        ("lm", ["north/elm", "south/elm"]),
        ("garden", []),
        ("zzz", []),
        ("", []),
    ],
)
def test_near_is_what_is_written_alike_also_without_what_stands_in_front(name, near):
    assert nearest(name, FOREST) == near


def test_no_more_than_four_are_named():
    assert len(nearest("garden/rose", FOREST)) == 4


def test_nothing_near_is_no_reason_to_list_everything():
    error = unknown("unknown plant", "zzz", FOREST, "plants --all")
    assert str(error) == "unknown plant; found 'zzz'. plants --all lists all 24."


def test_without_a_list_the_number_of_names_is_said():
    assert unknown("unknown plant", "zzz", FOREST).expected == "one of 24 names"


def test_where_nothing_is_registered_that_is_said():
    with pytest.raises(SpinesegError, match="nothing is registered yet"):
        Registry("plant")["oak"]

import pytest

from spineseg import SpinesegError
from spineseg.core.registry import Registry


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


def test_an_unknown_name_lists_the_known_ones_in_order():
    plants: Registry[int] = Registry("plant")
    for name in ("oak", "elm"):
        plants.register(name)(1)
    with pytest.raises(SpinesegError, match=r"unknown plant; found 'nope'.*elm, oak"):
        plants["nope"]

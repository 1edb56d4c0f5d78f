import numpy as np
import pytest

from spineseg.anatomy import cache, sdf, tables


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


class Maker:
    def __init__(self, value=1.0):
        self.calls = 0
        self.value = value

    def __call__(self):
        self.calls += 1
        return {"numbers": np.full(5, self.value), "empty": np.zeros((0, 3))}


def test_arrays_are_made_once_and_come_back_unchanged(folder):
    make = Maker()
    first = cache.remember("thing", "k1", make)
    second = cache.remember("thing", "k1", make)
    assert make.calls == 1
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])
    assert cache.is_remembered("thing", "k1")


def test_another_key_makes_anew_and_clears_the_old_file(folder):
    cache.remember("thing", "k1", Maker())
    new = cache.remember("thing", "k2", Maker(2.0))
    assert new["numbers"][0] == 2
    assert [p.name for p in folder.iterdir()] == ["thing.k2.npz"]


@pytest.mark.parametrize("damage", [b"", b"not a zip file", None])
def test_a_damaged_file_is_made_anew(folder, damage):
    cache.remember("thing", "k", Maker())
    file = folder / "thing.k.npz"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    make = Maker()
    assert cache.remember("thing", "k", make)["numbers"][0] == 1
    assert make.calls == 1
    assert file.read_bytes() == whole


def test_a_flipped_bit_is_noticed(folder):
    cache.remember("thing", "k", Maker(3.0))
    file = folder / "thing.k.npz"
    data = bytearray(file.read_bytes())
    at = data.index(np.full(5, 3.0).tobytes())
    data[at] ^= 1
    file.write_bytes(data)
    assert cache.remember("thing", "k", Maker(3.0))["numbers"][0] == 3


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file" / "below"))
    assert cache.remember("thing", "k", Maker())["numbers"][0] == 1


def test_no_scratch_file_is_left_behind(folder):
    cache.remember("thing", "k", Maker())
    assert [p.suffix for p in folder.iterdir()] == [".npz"]


@pytest.mark.parametrize(
    ("platform", "variable"), [("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")]
)
def test_the_folder_follows_the_platform(tmp_path, monkeypatch, platform, variable):
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache.cache_folder(platform) == tmp_path / "spineseg"


def test_the_folder_of_a_mac_is_its_caches(monkeypatch):
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    assert cache.cache_folder("darwin").parts[-3:] == ("Library", "Caches", "spineseg")


def test_the_hash_depends_on_the_code():
    assert cache.code_hash([sdf]) == cache.code_hash([sdf])
    assert cache.code_hash([sdf]) != cache.code_hash([sdf, tables])

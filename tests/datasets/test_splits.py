"""Nobody stands on both sides; a list that was touched is noticed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spineseg.core.errors import SpinesegError
from spineseg.datasets import (
    Split,
    check_no_leak,
    create_dataset,
    list_datasets,
    read_split,
    write_split,
)
from spineseg.datasets.splits import split_by_shares

IDS = tuple(f"p{k // 3}-{k}" for k in range(30))


def person(name):
    return name.partition("-")[0]


SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}


@given(st.integers(0, 1000), st.lists(st.integers(1, 6), min_size=1, max_size=40))
def test_parts_are_complete_and_share_no_patient(seed, pictures):
    ids = [f"p{who}-{k}" for who, many in enumerate(pictures) for k in range(many)]
    parts = split_by_shares(ids, person, SHARES, seed, "any")
    assert sorted(sum(parts.values(), ())) == sorted(ids)
    check_no_leak(parts, person)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("cvmunet_xray", {"train+val": 939, "test": 235}),
        ("csxa_spinous", {"train+val": 400, "train": 360, "val": 40, "test": 100}),
        ("mdwc_spine", {"train": 196, "val": 28, "test": 56}),
        ("spider", {"train+val": 157, "test": 39, "val": 32}),
        ("isic2016", {"train": 895, "val": 128, "test": 256}),
    ],
)
def test_the_papers_sizes_come_out(name, sizes):
    for part, size in sizes.items():
        assert len(create_dataset(name, part)) == size, part


def test_the_official_parts_are_the_official_ones():
    assert len(create_dataset("isic2016", "test", rule="official")) == 379
    held = create_dataset("spider", "test", rule="official")
    assert 20 <= len(held) <= 39
    assert {held.source.subset_of(name) for name in held.ids} == {"validation"}


def test_a_t1_and_a_t2_of_one_patient_stand_on_the_same_side():
    t1 = create_dataset("spider", "test", variant="t1")
    t2 = create_dataset("spider", "test", variant="t2")
    assert t1.patients == t2.patients


def test_slices_of_one_study_stay_together_and_shares_are_near():
    data = {p: create_dataset("axial_mri", p) for p in ("train", "val", "test")}
    people = [set(part.patients) for part in data.values()]
    assert not people[0] & people[1]
    assert not (people[0] | people[1]) & people[2]
    assert len(data["train"]) == pytest.approx(0.6 * 1188, abs=6)


def test_montgomery_films_of_one_patient_stand_on_the_same_side():
    everybody = create_dataset("chest_xray", "all", variant="montgomery")
    names = ["MCUCXR_0162_0", "MCUCXR_0166_0", "MCUCXR_0170_0"]
    assert {everybody.source.patient_of(n) for n in names} == {"MCUCXR-0170"}
    assert len(set(everybody.patients)) == 135


def test_another_seed_deals_otherwise_and_the_same_equally():
    ids = [create_dataset("mdwc_spine", "test", split_seed=k).ids for k in (0, 0, 1)]
    assert ids[0] == ids[1] != ids[2]


def test_a_leak_is_an_error_that_counts_the_patients():
    parts = {"train": IDS[:10], "test": IDS[9:]}
    with pytest.raises(SpinesegError, match="1 in train and test"):
        check_no_leak({"train": IDS[:10], "test": IDS[10:]}, person)
    with pytest.raises(SpinesegError, match="leak"):
        check_no_leak(parts, person)


def test_a_picture_named_twice_is_an_error():
    with pytest.raises(SpinesegError, match="twice"):
        check_no_leak({"train": ("a", "a")}, person)


def test_a_split_file_survives_the_round_trip(tmp_path):
    split = Split("any", "paper", 3, split_by_shares(IDS, person, SHARES, 3, "any"))
    write_split(tmp_path / "split.txt", split)
    assert read_split(tmp_path / "split.txt") == split


def test_a_changed_list_is_noticed(tmp_path):
    split = Split("any", "paper", 3, {"train": ("a", "b"), "test": ("c",)})
    write_split(tmp_path / "split.txt", split)
    text = (tmp_path / "split.txt").read_text()
    (tmp_path / "split.txt").write_text(text.replace("train b", "test b"))
    with pytest.raises(SpinesegError, match="lists of this split were changed"):
        read_split(tmp_path / "split.txt")


@pytest.mark.parametrize("text", ["", "train a\n", "# spineseg split\n# seed: x\n"])
def test_what_is_no_split_file_is_refused(tmp_path, text):
    (tmp_path / "split.txt").write_text(text)
    with pytest.raises(SpinesegError):
        read_split(tmp_path / "split.txt")


def test_a_split_file_decides_and_a_leaking_one_is_refused(tmp_path):
    names = create_dataset("spider", "all", count=4).ids
    good = Split("spider", "mine", 0, {"train": names[:3], "test": names[3:]})
    write_split(tmp_path / "good.txt", good)
    data = create_dataset("spider", "test", count=4, rule=tmp_path / "good.txt")
    assert data.ids == names[3:]
    assert data.facts["split_sha256"] == good.sha256
    leak = Split("spider", "mine", 0, {"train": names[:3], "test": names[2:]})
    write_split(tmp_path / "leak.txt", leak)
    with pytest.raises(SpinesegError, match="leak"):
        create_dataset("spider", "test", count=4, rule=tmp_path / "leak.txt")
    with pytest.raises(SpinesegError, match="another data set"):
        create_dataset("mdwc_spine", "test", rule=tmp_path / "good.txt")


def test_unknown_names_list_the_known_ones():
    with pytest.raises(SpinesegError, match="cvmunet_xray, csxa_spinous"):
        create_dataset("nope")
    with pytest.raises(SpinesegError, match="train, val, test"):
        create_dataset("mdwc_spine", "training")
    with pytest.raises(SpinesegError, match="original, clahe"):
        create_dataset("csxa_spinous", variant="sharp")
    with pytest.raises(SpinesegError, match="no such rule"):
        create_dataset("mdwc_spine", rule="fair")
    with pytest.raises(SpinesegError, match="impossible size_px"):
        create_dataset("mdwc_spine", size_px=0)


def test_every_data_set_has_a_card_whose_first_class_is_background():
    from spineseg.datasets import card

    for name in list_datasets():
        facts = card(name)
        assert facts.name == name
        assert min(facts.classes) == 0
        assert all((facts.licence, facts.access, facts.citation, facts.variants))


def test_plain_loops_stop_and_negative_indices_count_from_the_end():
    data = create_dataset("isic2016", "all", size_px=32, count=3)
    assert len(list(data)) == 3
    np.testing.assert_array_equal(data[-1].picture, data[2].picture)
    with pytest.raises(SpinesegError, match="holds no such sample"):
        data.sample("nope")

"""A CSV is enough."""

import numpy as np
import pytest
from PIL import Image

from spineseg.core.errors import SpinesegError
from spineseg.datasets import create_dataset


def own(root, lines, many=3):
    for k in range(many):
        grey = np.full((6, 8), 10 * k, np.uint8)
        Image.fromarray(grey).save(root / f"film{k}.png")
        Image.fromarray((grey * 0 + (k > 0) * 2).astype(np.uint8)).save(
            root / f"mask{k}.png"
        )
    (root / "samples.csv").write_text("\n".join(lines) + "\n")
    return root


def test_two_columns_do(tmp_path):
    rows = [f"film{k}.png,mask{k}.png" for k in range(3)]
    data = create_dataset(
        "own_folder", "all", root=own(tmp_path, ["image,mask", *rows])
    )
    assert data.ids == ("film0", "film1", "film2")
    assert data[2].mask.max() == 2
    assert data[1].picture[0, 0] == pytest.approx(10 / 255)


def test_binary_joins_all_labels(tmp_path):
    root = own(tmp_path, ["image,mask", "film2.png,mask2.png"])
    data = create_dataset("own_folder", "all", root=root, variant="binary")
    assert data[0].mask.max() == 1


def test_the_tables_split_is_used_and_other_columns_become_facts(tmp_path):
    lines = [
        "image,mask,split,patient,ward",
        "film0.png,mask0.png,train,ann,3",
        "film1.png,mask1.png,test,bob,4",
    ]
    data = create_dataset("own_folder", "test", root=own(tmp_path, lines))
    assert data.patients == ("bob",)
    assert data[0].facts["ward"] == "4"


def test_a_leak_in_the_table_is_refused(tmp_path):
    lines = [
        "image,mask,split,patient",
        "film0.png,mask0.png,train,ann",
        "film1.png,mask1.png,test,ann",
    ]
    with pytest.raises(SpinesegError, match="leak"):
        create_dataset("own_folder", root=own(tmp_path, lines))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["image,label", "film0.png,mask0.png"], "lacks the column mask"),
        (["image,mask"], "no row"),
        (
            ["image,mask", "film0.png,nope.png"],
            "the mask that line 2 of the table names",
        ),
        (["image,mask", "film0.png"], "line 2 of the table is broken"),
        (["image,mask", *["film0.png,mask0.png"] * 2], "repeats the id film0"),
        (
            ["image,mask,split", "film0.png,mask0.png,train", "film1.png,mask1.png,"],
            "some rows name a split and some do not",
        ),
    ],
)
def test_broken_tables_are_refused_with_the_line(tmp_path, lines, words):
    with pytest.raises(SpinesegError, match=words):
        create_dataset("own_folder", root=own(tmp_path, lines))


def test_without_a_folder_there_is_nothing():
    with pytest.raises(SpinesegError, match="has no twin"):
        create_dataset("own_folder")

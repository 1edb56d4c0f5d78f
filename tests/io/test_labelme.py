import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from spineseg import SpinesegError
from spineseg.io import (
    Shape,
    read_labelme,
    read_labelme_picture,
    read_mask,
    write_labelme,
)
from spineseg.io.radiograph import read_grey

SQUARE = [[2, 2], [6, 2], [6, 6], [2, 6]]


def write(folder, shapes, name="a.json", **top):
    content = {
        "version": "5.5.0",
        "flags": {},
        "shapes": shapes,
        "imagePath": "a.png",
        "imageData": None,
        "imageHeight": 10,
        "imageWidth": 20,
        **top,
    }
    (folder / name).write_text(json.dumps(content))
    return folder / name


def shape(points=SQUARE, kind="polygon", label="L5", **rest):
    return {"label": label, "points": points, "shape_type": kind, **rest}


def png(mode="L", size=(20, 10), colour=0):
    stream = io.BytesIO()
    Image.new(mode, size, colour).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode()


@pytest.mark.parametrize(
    ("kind", "points", "area"),
    [
        ("polygon", SQUARE, 25),
        ("polygon", [[2, 2], [6, 2]], 5),
        ("polygon", [[2, 2]], 1),
        ("rectangle", [[6, 6], [2, 2]], 25),
        ("oriented_rectangle", SQUARE, 25),
        ("circle", [[10, 5], [12, 5]], 21),
        ("line", [[0, 5], [19, 5]], 180),
        ("linestrip", [[0, 5], [10, 5], [19, 5]], 180),
        ("point", [[10, 5]], 92),
        ("points", [[0, 0], [19, 9]], 60),
    ],
)
def test_every_shape_covers_its_pixels(tmp_path, kind, points, area):
    mask = read_labelme(write(tmp_path, [shape(points, kind)])).mask("L5")
    assert mask.shape == (10, 20)
    assert mask.sum() == area


def test_a_mask_shape_lies_where_its_box_says_and_may_leave_the_picture(tmp_path):
    patch = png("1", (3, 4), 1)
    inside = shape([[5, 2], [7, 5]], "mask", mask=patch)
    mask = read_labelme(write(tmp_path, [inside])).mask()
    assert mask.sum() == 12
    assert mask[2:6, 5:8].all()
    outside = shape([[-1, -2], [1, 1]], "mask", mask=patch)
    assert read_labelme(write(tmp_path, [outside])).mask().sum() == 4


def test_shapes_of_one_label_unite_and_later_labels_lie_on_top(tmp_path):
    content = read_labelme(
        write(
            tmp_path,
            [
                shape(),
                shape([[10, 2], [14, 6]], "rectangle"),
                shape([[6, 2], [10, 6]], "rectangle", label="disc"),
            ],
        )
    )
    assert content.labels == ("L5", "disc")
    assert content.mask("L5").sum() == 50
    numbers = content.label_map()
    assert numbers[3, 6] == 2
    assert content.label_map(("disc", "L5"))[3, 6] == 1
    assert len(content.polygons("L5")) == 1
    with pytest.raises(SpinesegError, match="expected L5, disc"):
        content.mask("S1")


def test_points_set_twice_or_stored_as_polygons_are_all_there(tmp_path):
    content = read_labelme(
        write(
            tmp_path,
            [
                shape([[1, 2]], "point", "C3 top right"),
                shape([[3, 4]], "polygon", "C3 top right"),
            ],
        )
    )
    assert content.points("C3 top right").tolist() == [[1, 2], [3, 4]]
    assert content.points("C4").shape == (0, 2)


def test_the_oldest_files_without_types_and_groups_are_polygons(tmp_path):
    old = {"label": "L5", "points": SQUARE, "line_color": None, "fill_color": None}
    content = read_labelme(write(tmp_path, [old], version="3.0.0", lineColor=[0] * 4))
    assert content.shapes[0].kind == "polygon"
    assert content.shapes[0].group is None


def test_windows_paths_lead_to_the_picture(tmp_path):
    (tmp_path / "films").mkdir()
    (tmp_path / "json").mkdir()
    Image.new("L", (20, 10)).save(tmp_path / "films" / "a.png")
    path = write(tmp_path / "json", [shape()], imagePath="..\\films\\a.png")
    assert read_labelme(path).picture_path.name == "a.png"
    Image.new("L", (20, 10)).save(tmp_path / "json" / "a.png")
    far = write(tmp_path / "json", [shape()], imagePath="C:\\users\\x\\a.png")
    assert read_labelme(far).picture_path == tmp_path / "json" / "a.png"


def test_sizes_that_disagree_are_refused_unless_the_picture_is_trusted(tmp_path):
    Image.new("L", (40, 20)).save(tmp_path / "a.png")
    path = write(tmp_path, [shape()])
    with pytest.raises(SpinesegError, match="resized or turned"):
        read_labelme(path)
    trusted = read_labelme(path, trust_picture=True)
    assert trusted.size == (20, 40)
    assert trusted.notes == ("the JSON states 10 x 20",)


def test_a_turned_photograph_is_compared_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (10, 20)).save(tmp_path / "a.jpg", exif=exif)
    content = read_labelme(write(tmp_path, [shape()], imagePath="a.jpg"))
    assert content.size == (10, 20)


def test_the_embedded_picture_gives_the_size_where_the_json_has_none(tmp_path):
    path = write(tmp_path, [shape()], imageData=png(), imageHeight=0, imageWidth=None)
    assert read_labelme(path).size == (10, 20)
    nothing = write(tmp_path, [shape()], imageHeight=None)
    with pytest.raises(SpinesegError, match="neither picture nor size"):
        read_labelme(nothing)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"points": SQUARE}, "no label"),
        (shape(kind="star"), "unknown type"),
        (shape([]), "no usable points"),
        (shape([[1, float("nan")]]), "no usable points"),
        (shape([[1, 2, 3]]), "broken points"),
        (shape("abc"), "broken points"),
        (shape([[1, 1]], "circle"), "too few points"),
        (shape([[1, 1], [2, 2]], "mask"), "without its mask"),
        (shape([[1, 1], [2, 2]], "mask", mask="!!"), "embedded picture is broken"),
        (7, "no label"),
    ],
)
def test_impossible_shapes_are_refused_when_read(tmp_path, item, message):
    with pytest.raises(SpinesegError, match=message) as caught:
        read_labelme(write(tmp_path, [item]))
    assert "a.json" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no JSON"),
        ("[1, 2]", "no LabelMe"),
        ('{"shapes": 3}', "no LabelMe"),
        ("[" * 100000, "no JSON"),
        ('{"shapes": [], "imageHeight": 1e9, "imageWidth": 5}', "impossible size"),
    ],
)
def test_what_is_no_labelme_file_is_refused(tmp_path, text, message):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(SpinesegError, match=message):
        read_labelme(tmp_path / "a.json")


def test_what_is_written_is_read_back(tmp_path):
    shapes = [
        Shape("L5", np.array(SQUARE, float), group=3),
        Shape("C3 top left", np.array([[1.25, 2.5]]), "point"),
    ]
    write_labelme(tmp_path / "out.json", shapes, (10, 20), image_path="a.png")
    content = read_labelme(tmp_path / "out.json")
    assert content.size == (10, 20)
    for mine, back in zip(shapes, content.shapes, strict=True):
        assert (mine.label, mine.kind, mine.group) == (
            back.label,
            back.kind,
            back.group,
        )
        np.testing.assert_array_equal(mine.points_px, back.points_px)


@pytest.mark.shared
@pytest.mark.parametrize(("number", "dice"), [(2, 0.9973), (3, 0.9970)])
def test_traced_lungs_fill_to_their_masks(shared, number, dice):
    data = shared / "data"
    content = read_labelme(data / "labelme" / f"lung_{number}.json")
    truth = read_mask(data / "lung_cxr" / f"{number}-mask.png").foreground
    mask = content.mask("lung")
    measured = 2 * (mask & truth).sum() / (mask.sum() + truth.sum())
    assert measured == pytest.approx(dice, abs=5e-5)


def test_an_embedded_picture_is_turned_as_its_annotator_saw_it(tmp_path):
    grey = np.repeat(np.arange(0, 240, 10, dtype=np.uint8)[:, None], 16, 1)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees
    packed = io.BytesIO()
    Image.fromarray(grey).save(packed, "JPEG", exif=exif, quality=100)
    shapes = [{"label": "a", "points": [[0, 0], [3, 0], [3, 3]]}]
    content = {
        "shapes": shapes,
        "imageData": base64.b64encode(packed.getvalue()).decode(),
        "imageHeight": 16,
        "imageWidth": 24,
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content))
    picture = read_labelme_picture(path)
    assert picture.shape == read_labelme(path).size == (16, 24)
    assert read_labelme(path).embedded
    np.testing.assert_allclose(picture[0] * 255, grey[::-1, 0], atol=2)


def test_an_annotation_without_a_picture_inside_says_so(tmp_path):
    write_labelme(tmp_path / "x.json", [], (4, 4))
    with pytest.raises(SpinesegError, match="no picture is embedded"):
        read_labelme_picture(tmp_path / "x.json")


@pytest.mark.shared
def test_the_embedded_picture_of_a_real_file_is_the_one_beside_it(shared):
    folder = shared / "data" / "labelme"
    inside = read_labelme_picture(folder / "0.json")
    beside = read_grey(folder / "0.jpg")
    # the annotator's copy was packed again: equal to the eye, not to the bit
    assert inside.shape == beside.shape
    assert np.corrcoef(inside.ravel(), beside.ravel())[0, 1] > 0.99

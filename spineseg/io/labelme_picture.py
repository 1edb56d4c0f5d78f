"""The picture inside a LabelMe file, as its annotator saw it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from spineseg.core.errors import SpinesegError
from spineseg.io._files import FilePath, existing_file
from spineseg.io._shapes import decode_picture
from spineseg.io.labelme import load_json
from spineseg.io.radiograph import grey_levels, with_path


def read_labelme_picture(path: FilePath) -> NDArray[np.float32]:
    """Return the embedded picture (``imageData``) as grey levels in [0, 1], upright.

    LabelMe shows a photograph turned by its EXIF tag and counts points in what it
    shows; the picture here is turned the same way, so points and picture fit.

    Raises:
        SpinesegError: if the file embeds no picture, or a broken one.
    """
    file = existing_file(path)
    text = load_json(file).get("imageData")
    if not isinstance(text, str):
        raise SpinesegError(
            "no picture is embedded in this annotation",
            path=file,
            remedy='Read the file that its "imagePath" names',
        )
    try:
        return grey_levels(upright(decode_picture(text)))
    except SpinesegError as error:
        raise with_path(error, file) from error


def upright(picture: Image.Image) -> Image.Image:
    """Return a picture turned by its EXIF tag.

    Raises:
        SpinesegError: if the tag cannot be read.
    """
    try:
        return ImageOps.exif_transpose(picture)
    except Exception as error:
        raise SpinesegError("the picture's EXIF tag is broken") from error

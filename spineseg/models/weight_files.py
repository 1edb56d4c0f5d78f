"""Files of weights that the user has: tensors are read, and no code is run."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from spineseg.core.errors import SpinesegError
from spineseg.io._files import is_there

Weights = dict[str, Tensor]

WRAPPERS = ("model", "state_dict")
"""Under these keys some authors keep the weights, beside an optimiser or a setting."""


def read_weights(path: str | PathLike[str], remedy: str) -> Weights:
    """Return the tensors of a file by name.

    Safetensors where the name ends so, else PyTorch's format with ``weights_only``: a
    file that would run code is refused. What is no tensor is left out.

    Args:
        path: of the file.
        remedy: what to do where there is none.

    Raises:
        SpinesegError: if there is no such file, or no weights are in it.
    """
    file = Path(path)
    if not is_there(file):
        raise SpinesegError("there is no such file", path=path, remedy=remedy)
    try:
        if file.suffix == ".safetensors":
            given = load_file(file)
        else:
            given = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file raises whatever its bytes say
        raise SpinesegError("this is no file of weights", path=path) from error
    for key in WRAPPERS:
        if isinstance(given, Mapping) and isinstance(given.get(key), Mapping):
            given = given[key]
    if not isinstance(given, Mapping):
        raise SpinesegError("this is no file of weights", path=path)
    return {str(k): v for k, v in given.items() if isinstance(v, Tensor)}

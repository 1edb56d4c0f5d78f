"""Two calls that must give one number."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from spineseg import metrics as m

Pair = tuple[np.ndarray, np.ndarray]
Steps = tuple[float, ...] | None
Call = Callable[[], float]


class Side(NamedTuple):
    """One metric of ours and one call of a library, or a note why they differ."""

    metric: str
    library: str
    ours: Call
    theirs: Call
    note: str = ""


def side(
    metric: str, library: str, theirs: Call, *arguments: object, note: str = ""
) -> Side:
    """Return a comparison with our function of that name on the same arguments."""
    return Side(metric, library, partial(getattr(m, metric), *arguments), theirs, note)

"""Arrays that cost seconds to make and never change, kept between runs.

A file is named by what it holds and by a hash of the code that makes it, so it is
never stale. The folder follows the platform's convention; ``SPINESEG_CACHE`` puts it
elsewhere. A damaged file is made anew, and a folder that cannot be written costs only
the time saved.
"""

import contextlib
import hashlib
import logging
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

VARIABLE = "SPINESEG_CACHE"
Arrays = dict[str, NDArray]

_log = logging.getLogger(__name__)
_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def cache_folder(platform: str = sys.platform) -> Path:
    """Return the folder for cached arrays; it need not exist yet."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    home = Path(os.path.expanduser("~"))
    if platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "spineseg"


def code_hash(modules: Iterable[ModuleType]) -> str:
    """Return 16 hex digits that change with the modules' source or NumPy's version."""
    digest = hashlib.sha256(np.__version__.encode())
    for module in modules:
        source = getattr(module, "__file__", None)
        digest.update(module.__name__.encode())
        with contextlib.suppress(OSError):
            digest.update(Path(source or "").read_bytes())
    return digest.hexdigest()[:16]


def is_remembered(name: str, key: str) -> bool:
    """Tell whether a file for this name and key exists (it may be damaged)."""
    return _path(name, key).is_file()


def remember(name: str, key: str, make: Callable[[], Arrays]) -> Arrays:
    """Return the arrays kept under a name and key, or make and keep them.

    Files of the same name with another key are removed: the code has changed.
    """
    path = _path(name, key)
    try:
        # opened here, because np.load leaves a damaged file open
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            return {k: stored[k] for k in stored.files}
    except _DAMAGED as problem:
        if path.exists():
            _log.info("%s is damaged and is made anew: %s", path, problem)
    arrays = make()
    _keep(path, name, arrays)
    return arrays


def _path(name: str, key: str) -> Path:
    return cache_folder() / f"{name}.{key}.npz"


def _keep(path: Path, name: str, arrays: Arrays) -> None:
    scratch = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, scratch = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, **arrays)  # pyright: ignore[reportArgumentType]
        os.replace(scratch, path)
        for old in path.parent.glob(f"{name}.*.npz"):
            if old != path:
                old.unlink(missing_ok=True)
    except OSError as problem:
        _log.info("cannot keep %s: %s", path, problem)
        if scratch is not None:
            with contextlib.suppress(OSError):
                os.unlink(scratch)

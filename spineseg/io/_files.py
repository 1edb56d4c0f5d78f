"""What every reader and writer needs: checked paths, hashes, atomic writes, extras."""

import hashlib
import importlib
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from spineseg.core.errors import SpinesegError

FilePath = str | os.PathLike[str]


def existing_file(path: FilePath) -> Path:
    """Return ``path`` as a Path.

    Raises:
        SpinesegError: if there is no such file, or it is a folder, or it is empty.
    """
    chosen = Path(path)
    if not is_there(chosen):
        if chosen.name and len(chosen.name) < 250 and chosen.is_dir():
            raise SpinesegError("this is a folder, not a file", path=path)
        raise SpinesegError("there is no such file", path=path)
    if chosen.stat().st_size == 0:
        raise SpinesegError("the file is empty (0 bytes)", path=path)
    return chosen


def is_there(path: Path) -> bool:
    """Say whether this is a file; a name that no disk can hold is none.

    ``Path.is_file`` raises on a name of a thousand letters, which a damaged table has.
    """
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def sha256_of(path: FilePath) -> str:
    """Return the SHA-256 of a file."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def suffix_of(path: FilePath) -> str:
    """Return the lower-case ending, with ``.nii.gz`` taken as one."""
    name = Path(path).name.lower()
    return ".nii.gz" if name.endswith(".nii.gz") else Path(name).suffix


@contextmanager
def atomic_write(path: FilePath) -> Iterator[Path]:
    """Give a temporary path beside ``path`` and move it there when all went well.

    A crash leaves the old file or the new one, never half of one. The temporary
    name keeps the ending, because several libraries choose the format by it.

    Raises:
        SpinesegError: if the folder does not exist or cannot be written.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise SpinesegError("the folder to write into does not exist", path=path)
    if target.is_dir():
        raise SpinesegError("a folder of this name is in the way", path=path)
    try:
        handle, name = tempfile.mkstemp(
            prefix=".part-", suffix=suffix_of(target), dir=target.parent
        )
        os.close(handle)
    except OSError as error:
        raise SpinesegError("the folder cannot be written to", path=path) from error
    part = Path(name)
    try:
        yield part
        # mkstemp makes private files; a picture should get the usual rights
        umask = os.umask(0)
        os.umask(umask)
        part.chmod(0o666 & ~umask)
        os.replace(part, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SpinesegError(f"writing failed ({reason})", path=path) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Keep pydicom's warnings and log lines off the terminal while a file is read.

    Real headers are full of small sins; those that matter are checked and told.
    """
    logger = logging.getLogger("pydicom")
    level = logger.level
    if level > logging.CRITICAL:  # quiet already: each change of level costs
        yield
        return
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def quiet_codecs() -> Iterator[None]:
    """Send the C libraries' complaints (file descriptor 2) nowhere for a moment.

    OpenJPEG inside GDCM writes to the terminal itself; the caller tells what failed.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def extra(module: str, what_for: str) -> ModuleType:
    """Import a library of the ``data`` extra.

    Raises:
        SpinesegError: naming the pip command, if it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SpinesegError(
            f"{what_for} needs the library {module.split('.')[0]}",
            remedy='Install it with: pip install "spineseg[data]"',
        ) from error

"""Unpack a downloaded archive without letting it write where it should not."""

import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from spineseg.core.errors import SpinesegError

MAX_RATIO = 200
"""Unpacked over packed size of one member; beyond it an archive is called a bomb."""

SMALL_BYTES = 50_000_000
"""Members up to this size may be packed as tightly as they like."""


def unpack(archive: Path, folder: Path) -> int:
    """Unpack a zip file into a folder and return the number of files.

    Everything is checked first and unpacked beside its final place, so that a refused
    or broken archive changes nothing.

    Raises:
        SpinesegError: if a member would land outside, is a link, is encrypted or
            absurdly large, if the archive is broken, or the disk has no room.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [m for m in opened.infolist() if not m.is_dir()]
            for member in members:
                _check_member(member, archive)
            check_room(folder, sum(member.file_size for member in members), archive)
            with tempfile.TemporaryDirectory(prefix=".unpack-", dir=folder) as name:
                for member in members:
                    _extract(opened, member, Path(name))
                for member in members:
                    place = folder / member.filename
                    place.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(Path(name) / member.filename, place)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError) as error:
        raise SpinesegError(
            f"the archive is broken ({str(error)[:100]})", path=archive
        ) from error
    except OSError as error:
        raise SpinesegError(
            f"unpacking failed ({error.strerror or error})", path=archive
        ) from error
    return len(members)


def check_room(folder: Path, needed_bytes: int, what: Path | str) -> None:
    """Refuse to begin what the disk cannot hold.

    Raises:
        SpinesegError: naming what is needed and what is free.
    """
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise SpinesegError(
            f"the disk has no room for {Path(what).name}",
            path=folder,
            found=f"{free / 1e9:.2f} GB free",
            expected=f"{needed_bytes / 1e9:.2f} GB",
        )


def _check_member(member: zipfile.ZipInfo, archive: Path) -> None:
    name = member.filename
    windows = PureWindowsPath(name)
    outside = (
        not name
        or name.startswith("/")
        or "\\" in name
        or "\0" in name
        or windows.drive
        or ".." in PurePosixPath(name).parts
    )
    if outside:
        raise SpinesegError(
            "the archive wants to write outside its folder", path=archive, found=name
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise SpinesegError("the archive holds a link", path=archive, found=name)
    if member.flag_bits & 1:
        raise SpinesegError("the archive is encrypted", path=archive, found=name)
    ratio = member.file_size / max(1, member.compress_size)
    if member.file_size > SMALL_BYTES and ratio > MAX_RATIO:
        raise SpinesegError(
            "a member of the archive is absurdly large when unpacked",
            path=archive,
            found=f"{name}: {member.file_size} bytes out of {member.compress_size}",
        )


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    place = folder / member.filename
    place.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, place.open("xb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    if place.stat().st_size != member.file_size:
        raise zipfile.BadZipFile(f"{member.filename} has another size than announced")

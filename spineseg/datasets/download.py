"""Fetch one file so that an interruption costs little and a wrong file is not believed.

Bytes go to ``<name>.part``. An interrupted download goes on where it stopped if the
server honours Range (status 206 and the right start), else from the beginning. Size and
hash are checked before the file gets its name.
"""

import errno
import hashlib
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from spineseg.core.errors import SpinesegError
from spineseg.datasets.offers import RemoteFile
from spineseg.io._files import atomic_write

RECEIPTS = "downloads.json"
CHUNK_BYTES = 1 << 20
LOCAL = ("127.0.0.1", "localhost", "::1")
_FAILURES = (OSError, http.client.HTTPException)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for.

    timeout_s: without a byte.  tries: attempts without any progress before giving up.
    pause_s: before the second attempt; doubled each time.
    """

    timeout_s: float = 30.0
    tries: int = 4
    pause_s: float = 1.0


def fetch(
    file: RemoteFile,
    folder: Path,
    *,
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> bool:
    """Download a file into a folder; return False if it was there already.

    Raises:
        SpinesegError: if the server fails for good, the disk is full, or size or hash
            are wrong. A half file stays as ``.part`` and is continued by the next call,
            unless its content was wrong.
    """
    _check_address(file.url)
    target, part = folder / file.name, folder / f"{file.name}.part"
    if is_complete(file, folder):
        return False
    waiting = patience or Patience()
    fruitless = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _receive(file, part, waiting, progress)
            break
        except _FAILURES as error:
            _refuse_hopeless(error, file, part)
            grown = part.exists() and part.stat().st_size > before
            fruitless = 0 if grown else fruitless + 1
            if fruitless >= waiting.tries:
                raise SpinesegError(
                    f"the download does not go on ({_reason(error)})",
                    path=part,
                    remedy="Run the same command again: it continues where it stopped",
                ) from error
            time.sleep(waiting.pause_s * 2**fruitless)
    digest = _check(file, part)
    part.replace(target)
    _forget_mark(part)
    _write_receipt(folder, file, digest, target.stat().st_size)
    return True


def is_complete(file: RemoteFile, folder: Path) -> bool:
    """Say whether a receipt and the file (or what was unpacked from it) are there."""
    receipt = receipts(folder).get(file.name)
    if not receipt or receipt.get("url") != file.url:
        return False
    target = folder / file.name
    if receipt.get("unpacked"):
        return True
    return target.is_file() and target.stat().st_size == receipt["size_bytes"]


def receipts(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what was downloaded into a folder before."""
    path = folder / RECEIPTS
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SpinesegError(
            "the list of downloads is broken",
            path=path,
            remedy="Delete it; the files are then checked by downloading again",
        ) from error


def change_receipt(folder: Path, name: str, **facts: Any) -> None:
    """Add facts about a downloaded file."""
    known = receipts(folder)
    known[name] = {**known.get(name, {}), **facts}
    with atomic_write(folder / RECEIPTS) as part:
        part.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def _write_receipt(folder: Path, file: RemoteFile, digest: str, size: int) -> None:
    change_receipt(
        folder,
        file.name,
        url=file.url,
        sha256=digest,
        size_bytes=size,
        hash_was_known=file.digest is not None,
    )


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects, never from a protected line to an open one."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_address(url: str) -> None:
    found = urllib.parse.urlsplit(url)
    if found.scheme != "https" and found.hostname not in LOCAL:
        raise SpinesegError(
            "only https is downloaded from", found=f"{found.scheme}://{found.hostname}"
        )


def _receive(
    file: RemoteFile, part: Path, waiting: Patience, progress: Progress | None
) -> None:
    """Ask for the missing bytes and append them; OSError when they end too early."""
    have = part.stat().st_size if part.exists() else 0
    if have and have == file.size_bytes:
        return  # everything came before the interruption; only the check is missing
    headers = {"User-Agent": "spineseg", "Accept-Encoding": "identity"}
    mark = _mark(part) if have else None
    if have:
        headers["Range"] = f"bytes={have}-"
    if mark:  # the server sends everything if the file changed since
        headers["If-Range"] = mark
    opener = urllib.request.build_opener(_SafeRedirects)
    request = urllib.request.Request(file.url, headers=headers)
    with opener.open(request, timeout=waiting.timeout_s) as answer:
        _refuse_web_page(file, answer)
        have, total = _place(answer, have)
        _keep_mark(part, answer.headers.get("ETag"))
        with part.open("ab" if have else "wb") as stream:
            _copy(file, answer, stream, have, total, progress)


def _place(answer: Any, have: int) -> tuple[int, int]:
    """Return where the answer begins and the whole file's size (0 if unknown)."""
    if answer.status == 206:
        span = answer.headers.get("Content-Range", "")
        first = span.removeprefix("bytes ").partition("-")[0]
        if first != str(have):
            raise _UnusableError(
                f"the server went on at another place ({span or 'none'})"
            )
        size = span.rpartition("/")[2]
        return have, int(size) if size.isdigit() else 0
    # 200: the server does not continue, it begins anew
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else 0


class _UnusableError(OSError):
    """The half file cannot be continued; it must go."""


def _copy(
    file: RemoteFile,
    answer: Any,
    stream: IO[bytes],
    have: int,
    total: int,
    progress: Progress | None,
) -> None:
    while chunk := answer.read(CHUNK_BYTES):
        have += len(chunk)
        if file.size_bytes and have > file.size_bytes:
            raise _UnusableError(f"more than the {file.size_bytes} bytes announced")
        stream.write(chunk)
        if progress:
            progress(file.name, have, total or file.expected_bytes)
    if total and have < total:
        raise OSError(f"cut off at {have} of {total} bytes")


def _refuse_web_page(file: RemoteFile, answer: Any) -> None:
    kind = answer.headers.get_content_type()
    if kind == "text/html" and not file.name.endswith((".html", ".htm")):
        raise SpinesegError(
            "the server sent a web page in place of the file",
            path=file.name,
            found=kind,
            remedy="The set may ask for a login by now: open its page in a browser",
        )


def _refuse_hopeless(error: Exception, file: RemoteFile, part: Path) -> None:
    """Raise where waiting does not help; drop a half file that cannot be continued."""
    if isinstance(error, _UnusableError):
        part.unlink(missing_ok=True)
        return
    if isinstance(error, urllib.error.HTTPError):
        if error.code == 416:  # nothing lies behind what we have
            part.unlink(missing_ok=True)
        elif 400 <= error.code < 500 and error.code not in (408, 429):
            raise SpinesegError(
                f"the server refuses ({error.code} {error.reason})", path=file.url
            ) from error
    elif getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        raise SpinesegError(
            "the disk is full",
            path=part,
            remedy="Make room and run the same command again: it continues",
        ) from error


def _check(file: RemoteFile, part: Path) -> str:
    """Return the file's SHA-256 after size and hash were found right."""
    kind, _, wanted = (file.digest or "sha256:").partition(":")
    with part.open("rb") as stream:
        found = hashlib.file_digest(stream, kind).hexdigest()
    size = part.stat().st_size
    if (file.size_bytes and size != file.size_bytes) or (wanted and found != wanted):
        part.unlink()
        _forget_mark(part)
        raise SpinesegError(
            "the downloaded file is not the expected one and was deleted",
            path=file.name,
            found=f"{size} bytes, {kind} {found}",
            expected=f"{file.size_bytes or 'any number of'} bytes, {kind} {wanted}",
            remedy="Try again; if it stays so, the file was replaced at its source",
        )
    if kind == "sha256":
        return found
    with part.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _mark(part: Path) -> str | None:
    path = part.with_name(f"{part.name}.etag")
    return path.read_text() if path.is_file() else None


def _keep_mark(part: Path, mark: str | None) -> None:
    path = part.with_name(f"{part.name}.etag")
    if mark and not mark.startswith("W/"):  # weak marks do not promise equal bytes
        path.write_text(mark)
    else:
        path.unlink(missing_ok=True)


def _forget_mark(part: Path) -> None:
    part.with_name(f"{part.name}.etag").unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__

"""Downloads from a server of the tests' own that fails in every way it can."""

import errno
import hashlib
import io
import shutil
import stat
import zipfile
from types import SimpleNamespace

import local_server
import numpy as np
import pytest

from spineseg.core.errors import SpinesegError
from spineseg.datasets import download
from spineseg.datasets.download import Patience, fetch, receipts
from spineseg.datasets.obtain import obtain
from spineseg.datasets.offers import OFFERS, Offer, RemoteFile, offer
from spineseg.datasets.unpack import unpack

BODY = np.random.default_rng(0).bytes(300_000)
QUICK = Patience(timeout_s=2.0, tries=3, pause_s=0.0)


@pytest.fixture
def server():
    running, behaviour, address = local_server.start()
    behaviour.body = BODY
    yield SimpleNamespace(does=behaviour, address=address)
    running.shutdown()
    running.server_close()


def remote(server, body=BODY, name="file.zip", **more):
    facts = {"digest": f"sha256:{hashlib.sha256(body).hexdigest()}", **more}
    return RemoteFile(name, f"{server.address}/file", **facts)


def get(server, folder, **more):
    return fetch(remote(server, **more), folder, patience=QUICK)


def test_a_plain_download_is_whole_and_leaves_no_crumbs(server, tmp_path):
    assert get(server, tmp_path)
    assert (tmp_path / "file.zip").read_bytes() == BODY
    assert {p.name for p in tmp_path.iterdir()} == {"file.zip", "downloads.json"}


def test_a_second_run_asks_the_server_nothing(server, tmp_path):
    get(server, tmp_path)
    count = len(server.does.asked)
    assert not get(server, tmp_path)
    assert len(server.does.asked) == count


def test_a_cut_off_download_goes_on_where_it_stopped(server, tmp_path):
    server.does.cut_at = [100_000, 50_000]
    assert get(server, tmp_path)
    spans = [asked.get("Range") for asked in server.does.asked]
    assert spans == [None, "bytes=100000-", "bytes=150000-"]
    assert (tmp_path / "file.zip").read_bytes() == BODY


def test_giving_up_keeps_the_half_file_for_the_next_run(server, tmp_path):
    server.does.cut_at = [70_000, 0, 0, 0]
    with pytest.raises(SpinesegError, match="does not go on"):
        get(server, tmp_path)
    assert (tmp_path / "file.zip.part").stat().st_size == 70_000
    assert not (tmp_path / "file.zip").exists()
    server.does.cut_at = []
    assert get(server, tmp_path)
    assert server.does.asked[-1]["Range"] == "bytes=70000-"


def test_a_server_without_ranges_begins_anew(server, tmp_path):
    server.does.ranges = False
    server.does.cut_at = [100_000]
    assert get(server, tmp_path)
    assert (tmp_path / "file.zip").read_bytes() == BODY


def test_a_file_that_changed_in_between_is_taken_anew(server, tmp_path):
    server.does.cut_at = [100_000, 0, 0, 0]
    with pytest.raises(SpinesegError):
        get(server, tmp_path)
    other = BODY[::-1]
    server.does.body, server.does.etag, server.does.cut_at = other, '"two"', []
    assert get(server, tmp_path, body=other)
    assert (tmp_path / "file.zip").read_bytes() == other


def test_an_answer_that_goes_on_at_another_place_is_not_joined(server, tmp_path):
    server.does.cut_at = [100_000]
    server.does.wrong_start = True
    assert get(server, tmp_path)
    assert (tmp_path / "file.zip").read_bytes() == BODY


def test_nothing_behind_a_complete_half_file_means_starting_over(server, tmp_path):
    (tmp_path / "file.zip.part").write_bytes(BODY)
    assert get(server, tmp_path)
    assert (tmp_path / "file.zip").read_bytes() == BODY


def test_a_half_file_of_the_full_size_is_only_checked(server, tmp_path):
    (tmp_path / "file.zip.part").write_bytes(BODY)
    assert get(server, tmp_path, size_bytes=len(BODY))
    assert not server.does.asked


def test_a_slow_server_is_waited_for_and_a_silent_one_is_left(server, tmp_path):
    server.does.stall_s = 0.3
    assert get(server, tmp_path)
    impatient = Patience(timeout_s=0.05, tries=2, pause_s=0.0)
    with pytest.raises(SpinesegError, match="does not go on"):
        fetch(remote(server, name="other.zip"), tmp_path, patience=impatient)


def test_a_wrong_hash_is_not_believed_and_the_file_goes(server, tmp_path):
    server.does.body = BODY[:-1] + b"x"
    with pytest.raises(SpinesegError, match="not the expected one and was deleted"):
        get(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_md5_is_checked_too(server, tmp_path):
    right = f"md5:{hashlib.md5(BODY).hexdigest()}"
    assert get(server, tmp_path, digest=right)
    with pytest.raises(SpinesegError, match="md5"):
        get(server, tmp_path, name="other.zip", digest="md5:" + "0" * 32)


def test_more_bytes_than_announced_are_refused(server, tmp_path):
    with pytest.raises(SpinesegError, match="more than the 1000 bytes"):
        get(server, tmp_path, size_bytes=1000)
    assert not (tmp_path / "file.zip").exists()


def test_redirects_are_followed_here_but_never_to_an_open_line(server, tmp_path):
    server.does.redirect = f"{server.address}/elsewhere"
    assert get(server, tmp_path)
    server.does.redirect = "http://example.org/file"
    with pytest.raises(SpinesegError, match="only https"):
        get(server, tmp_path, name="other.zip")
    with pytest.raises(SpinesegError, match="only https"):
        fetch(RemoteFile("a", "http://example.org/a"), tmp_path)


def test_a_redirected_download_resumes_too(server, tmp_path):
    server.does.redirect = f"{server.address}/elsewhere"
    server.does.cut_at = [100_000]
    assert get(server, tmp_path)
    assert server.does.asked[-1]["Range"] == "bytes=100000-"


def test_a_busy_server_is_asked_again_and_a_refusal_ends_it(server, tmp_path):
    server.does.status = [503, 429]
    assert get(server, tmp_path)
    server.does.status = [404]
    with pytest.raises(SpinesegError, match="404"):
        get(server, tmp_path, name="other.zip")


def test_a_login_page_is_not_taken_for_the_file(server, tmp_path):
    server.does.kind = "text/html; charset=utf-8"
    with pytest.raises(SpinesegError, match="web page"):
        get(server, tmp_path, digest=None)
    assert not (tmp_path / "file.zip").exists()


def test_a_full_disk_keeps_the_half_file_and_says_so(server, tmp_path, monkeypatch):
    original = download._copy

    def full(file, answer, stream, *more):
        stream.write(answer.read(5000))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download, "_copy", full)
    with pytest.raises(SpinesegError, match="disk is full"):
        get(server, tmp_path)
    assert (tmp_path / "file.zip.part").stat().st_size == 5000
    monkeypatch.setattr(download, "_copy", original)
    assert get(server, tmp_path)


def archive(*members, compression=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return buffer.getvalue()


def an_offer(server, body, digest=True, **more):
    known = None if digest else {"digest": None}
    file = remote(server, body=body, **(known or {}), **more)
    return Offer("any", "CC0", "Nobody", (file,))


def test_an_archive_is_unpacked_once_and_may_then_be_deleted(server, tmp_path):
    server.does.body = archive(("images/a.txt", b"A"), ("b.txt", b"B"))
    wanted, told = an_offer(server, server.does.body), []
    assert obtain(wanted, tmp_path, tell=told.append) == ["file.zip"]
    assert (tmp_path / "images" / "a.txt").read_bytes() == b"A"
    (tmp_path / "file.zip").unlink()
    assert obtain(wanted, tmp_path, tell=told.append) == []
    assert "2 files unpacked" in told[0]


def test_without_a_published_hash_the_first_one_is_pinned_and_told(server, tmp_path):
    server.does.body = archive(("a.txt", b"A"))
    told = []
    obtain(an_offer(server, server.does.body, digest=False), tmp_path, tell=told.append)
    digest = hashlib.sha256(server.does.body).hexdigest()
    assert receipts(tmp_path)["file.zip"]["sha256"] == digest
    assert digest in told[0]


def link(name, target):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (("../outside.txt", b"x"), "outside its folder"),
        (("a/../../outside.txt", b"x"), "outside its folder"),
        (("/outside.txt", b"x"), "outside its folder"),
        (("C:/outside.txt", b"x"), "outside its folder"),
        (("a\\..\\outside.txt", b"x"), "outside its folder"),
        (link("way.txt", "/etc/passwd"), "holds a link"),
    ],
)
def test_hostile_archives_write_nothing(tmp_path, member, words):
    home = tmp_path / "home"
    home.mkdir()
    body = archive(("good.txt", b"good"), member)
    (tmp_path / "bad.zip").write_bytes(body)
    with pytest.raises(SpinesegError, match=words):
        unpack(tmp_path / "bad.zip", home)
    assert list(home.iterdir()) == []
    assert {p.name for p in tmp_path.iterdir()} == {"bad.zip", "home"}


def test_a_bomb_is_not_unpacked(tmp_path):
    body = archive(("a.bin", bytes(60_000_000)), compression=zipfile.ZIP_DEFLATED)
    (tmp_path / "bomb.zip").write_bytes(body)
    with pytest.raises(SpinesegError, match="absurdly large"):
        unpack(tmp_path / "bomb.zip", tmp_path)


@pytest.mark.parametrize("where", [100, 5000, -10])
def test_a_broken_archive_changes_nothing(tmp_path, where):
    home = tmp_path / "home"
    home.mkdir()
    body = bytearray(archive(("a.bin", BODY[:9000]), ("b.bin", BODY[:100])))
    body[where] ^= 0xFF
    broken = bytes(body if where > 0 else body[:where])
    (tmp_path / "broken.zip").write_bytes(broken)
    with pytest.raises(SpinesegError, match="broken"):
        unpack(tmp_path / "broken.zip", home)
    assert list(home.iterdir()) == []


def test_a_disk_without_room_is_told_before_the_first_byte(
    server, tmp_path, monkeypatch
):
    usage = SimpleNamespace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    wanted = an_offer(server, BODY, size_bytes=len(BODY))
    with pytest.raises(SpinesegError, match="no room"):
        obtain(wanted, tmp_path)
    assert not server.does.asked


def test_what_cannot_be_downloaded_says_how_to_get_it(tmp_path):
    with pytest.raises(SpinesegError, match="on request"):
        obtain(offer("cvmunet_xray"), tmp_path)
    with pytest.raises(SpinesegError, match="nothing is known"):
        offer("nope")


def test_every_offer_has_terms_and_files_over_https():
    for name, found in OFFERS.items():
        assert found.dataset == name
        assert found.licence
        assert found.citation
        assert found.files or found.way
        for file in found.files:
            assert file.url.startswith("https://")
            kind, _, digest = (file.digest or "md5:" + "0" * 32).partition(":")
            assert len(digest) == {"md5": 32, "sha256": 64}[kind]

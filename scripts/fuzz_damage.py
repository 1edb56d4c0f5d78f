"""Ways to damage a file: by bytes, and by what its format is made of.

Every way takes the whole file and a random generator and returns the damaged bytes.
Most leave the format readable, so that the damage reaches the code behind the parser:
a PNG chunk gets a right checksum, a gzip stream is packed again, JSON stays JSON.
"""

import csv
import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

Dice = np.random.Generator
Way = Callable[[bytes, Dice], bytes]
T = TypeVar("T")

WORDS = ("", "0", "-1", "1e400", "nan", "inf", "abc", "99999999999", "1\\2\\3", "é\x00")
"""Absurd texts for headers, cells and elements."""
NUMBERS = (None, True, -1, 0, 0.5, 1e308, 2**70, float("nan"), float("inf"))
"""Absurd values for JSON; the last two are none, but Python writes and reads them."""


def pick(dice: Dice, options: Sequence[T]) -> T:
    """Return one of the options."""
    return options[int(dice.integers(len(options)))]


def cut(whole: bytes, dice: Dice) -> bytes:
    """Keep the beginning of a file."""
    return whole[: int(dice.integers(len(whole)))]


def flip(whole: bytes, dice: Dice) -> bytes:
    """Change one to forty bytes, mostly near the start, where headers are."""
    out = bytearray(whole)
    for _ in range(pick(dice, (1, 1, 3, 10, 40))):
        near = min(len(out), 2500) if dice.random() < 0.8 else len(out)
        place = int(dice.integers(near))
        flipped = out[place] ^ (1 << int(dice.integers(8)))
        out[place] = pick(dice, (0, 255, int(dice.integers(256)), flipped))
    return bytes(out)


def splice(whole: bytes, dice: Dice) -> bytes:
    """Take a piece out, or put one in twice, or fill one with zeros."""
    start, stop = sorted(int(v) for v in dice.integers(len(whole) + 1, size=2))
    stop = min(stop, start + int(dice.integers(1, 200)))
    piece = pick(dice, (b"", whole[start:stop] * 2, bytes(stop - start)))
    return whole[:start] + piece + whole[stop:]


def elements(whole: bytes, dice: Dice) -> bytes:
    """Change data elements of an explicit little-endian DICOM file."""
    head, found = _split_elements(whole)
    for _ in range(pick(dice, (1, 1, 2, 5))):
        k = int(dice.integers(len(found)))
        tag, kind, value = found[k]
        how = int(dice.integers(6))
        if how == 0:
            del found[k]
        elif how == 1:
            found[k] = tag, kind, _absurd(kind, dice)
        elif how == 2:
            found[k] = tag, pick(dice, (b"OB", b"DS", b"SQ", b"UN", b"US")), value
        elif how == 3:
            found[k] = tag, kind, value[: len(value) // 4 * 2]
        elif how == 4:
            found.insert(int(dice.integers(len(found))), found[k])
        else:
            found[k] = tag, kind, flip(value, dice) if value else b"  "
        if not found:
            break
    return head + b"".join(map(_element, found))


def _split_elements(whole: bytes) -> tuple[bytes, list[tuple[bytes, bytes, bytes]]]:
    """Return preamble with group 2, and the elements after it."""
    place = 144 + struct.unpack_from("<I", whole, 140)[0]
    head, found = whole[:place], []
    while place + 8 <= len(whole):
        tag, kind = whole[place : place + 4], whole[place + 4 : place + 6]
        long = kind in LONG
        size = struct.unpack_from("<I" if long else "<H", whole, place + 6 + 2 * long)[
            0
        ]
        place += 12 if long else 8
        size = len(whole) - place if size == 0xFFFFFFFF else size
        found.append((tag, kind, whole[place : place + size]))
        place += size
    return head, found


LONG = (b"OB", b"OW", b"SQ", b"UN", b"UT", b"OF", b"OD", b"UC", b"UR")


def _element(one: tuple[bytes, bytes, bytes]) -> bytes:
    tag, kind, value = one
    if kind in LONG:
        return tag + kind + struct.pack("<HI", 0, len(value)) + value
    return tag + kind + struct.pack("<H", len(value) & 0xFFFF) + value


def _absurd(kind: bytes, dice: Dice) -> bytes:
    if kind in (b"US", b"SS", b"OW", b"OB"):
        number = pick(dice, (0, 1, 2, 7, 63, 4096, 0x7FFF, 0xFFFF))
        return struct.pack("<H", number) * pick(dice, (1, 1, 1, 2, 3))
    text = pick(dice, (*WORDS, "A" * 5000, "MONOCHROME9", "1.2.3")).encode("latin-1")
    return text + b" " * (len(text) % 2)


def lines(whole: bytes, dice: Dice) -> bytes:
    """Change header lines (MetaImage, NRRD) and leave the data behind them."""
    rows = whole.split(b"\n", 14)
    for _ in range(pick(dice, (1, 1, 2))):
        k = int(dice.integers(len(rows) - 1))
        sign = b"=" if b"=" in rows[k] else b":"
        key, _, value = rows[k].partition(sign)
        word = pick(dice, WORDS).encode()
        changed = (
            b"",
            key + sign + b" " + word,
            key + sign + value + value,
            key + sign + value.replace(b" ", b" " + word + b" ", 1),
            key + sign + b" 30000 30000 30000",
            word,
        )
        rows[k] = pick(dice, changed)
    return b"\n".join(rows)


NIFTI = ((0, "i"), (40, "h"), (42, "h"), (44, "h"), (46, "h"), (48, "h"), (70, "h"))
NIFTI += ((72, "h"), (76, "f"), (80, "f"), (84, "f"), (88, "f"), (108, "f"))
NIFTI += ((112, "f"), (252, "h"), (254, "h"), (256, "f"), (280, "f"), (344, "i"))
"""Offsets of NIfTI-1 fields that decide size, type, place and orientation."""


def nifti(whole: bytes, dice: Dice) -> bytes:
    """Put absurd numbers into fields of a NIfTI header, packed or not."""
    packed = whole[:2] == b"\x1f\x8b"
    out = bytearray(gzip.decompress(whole) if packed else whole)
    for _ in range(pick(dice, (1, 1, 2, 4))):
        place, kind = pick(dice, NIFTI)
        real = (0.0, -1.0, 1e30, float("nan"), float("inf"), 1e-30)
        whole_number = (0, 1, -1, 2, 7, 16, 4000, 32767, -32768)
        struct.pack_into(
            "<" + kind, out, place, pick(dice, real if kind == "f" else whole_number)
        )
    return gzip.compress(bytes(out), 1) if packed else bytes(out)


def chunks(whole: bytes, dice: Dice) -> bytes:
    """Change, drop or repeat chunks of a PNG; checksums are made right again."""
    place, found = 8, []
    while place + 12 <= len(whole):
        size = struct.unpack_from(">I", whole, place)[0]
        found.append(
            (whole[place + 4 : place + 8], whole[place + 8 : place + 8 + size])
        )
        place += 12 + size
    k = int(dice.integers(len(found)))
    kind, body = found[k]
    if kind == b"IHDR" and dice.random() < 0.8:
        sides = (0, 1, 13, 65535, 2**31 - 1)
        changed = (
            struct.pack(">I", pick(dice, sides)) + body[4:],
            body[:4] + struct.pack(">I", pick(dice, sides)) + body[8:],
            body[:8] + bytes([pick(dice, (1, 2, 4, 8, 16, 3))]) + body[9:],
            body[:9] + bytes([pick(dice, (0, 2, 3, 4, 6, 1))]) + body[10:],
        )
        found[k] = kind, pick(dice, changed)
    else:
        other = (kind, flip(body, dice)) if body else (b"tRNS", b"\0\0")
        found[k : k + 1] = pick(dice, ([], [found[k]] * 2, [other], [(b"PLTE", body)]))
    return whole[:8] + b"".join(map(_chunk, found))


def _chunk(one: tuple[bytes, bytes]) -> bytes:
    kind, body = one
    sum_ = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", sum_)


def tree(whole: bytes, dice: Dice) -> bytes:
    """Change, drop or repeat values anywhere in a JSON file."""
    content = json.loads(whole)
    for _ in range(pick(dice, (1, 1, 2, 4))):
        content = _change_somewhere(content, dice)
    return json.dumps(content).encode()


def _change_somewhere(node: Any, dice: Dice) -> Any:
    if not isinstance(node, (dict, list)) or not node or dice.random() < 0.08:
        absurd = (*NUMBERS, *WORDS, [], {}, [[]], {"": None}, [node, node], "A" * 9999)
        return pick(dice, absurd)
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = pick(dice, keys)
    how = dice.random()
    if how < 0.12:
        del node[key]
    elif how < 0.2 and isinstance(node, list):
        node.append(node[key])
    else:
        node[key] = _change_somewhere(node[key], dice)
    return node


def cells(whole: bytes, dice: Dice) -> bytes:
    """Change cells, rows or the head of a CSV."""
    rows = list(csv.reader(io.StringIO(whole.decode())))
    for _ in range(pick(dice, (1, 1, 3))):
        row = pick(dice, rows)
        k = int(dice.integers(max(1, len(row))))
        how = int(dice.integers(5))
        if how == 0:
            rows.insert(int(dice.integers(len(rows))), list(row))
        elif how == 1 and len(rows) > 1:
            rows.remove(row)
        elif how == 2:
            row.append(pick(dice, WORDS))
        elif row:
            row[k : k + 1] = pick(dice, ([], [pick(dice, WORDS)], ["../" + row[k]]))
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def members(whole: bytes, dice: Dice) -> bytes:
    """Damage or drop one member of a zip and pack it again (spreadsheets)."""
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    name = pick(dice, list(content))
    if dice.random() < 0.15:
        del content[name]
    else:
        content[name] = pick(dice, (flip, flip, cut, splice))(content[name], dice)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for key, value in content.items():
            packed.writestr(key, value)
    return out.getvalue()


WAYS: dict[str, Way] = {
    ".dcm": elements,
    ".mha": lines,
    ".nrrd": lines,
    ".nii": nifti,
    ".gz": nifti,
    ".png": chunks,
    ".json": tree,
    ".csv": cells,
    ".xlsx": members,
}
"""The way that fits a format, by the file's ending."""


def damage(name: str, whole: bytes, dice: Dice) -> tuple[str, bytes]:
    """Damage a file in one of the ways that fit it; return the way's name too."""
    fitting = WAYS.get("." + name.rpartition(".")[2])
    ways: list[Way] = [cut, flip, flip, splice]
    ways += [fitting] * 4 if fitting else [flip]
    way = pick(dice, ways)
    return way.__name__, way(whole, dice)

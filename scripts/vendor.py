"""Fetch or check the third-party files that the built book carries.

The book loads nothing from a network, so its mathematics and its letters stand
in ``book/_static/vendor``. This file says where each came from.

    python scripts/vendor.py           check the committed files (no network)
    python scripts/vendor.py --fetch   fetch them anew with ``npm pack``
"""

import argparse
import base64
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "book" / "_static" / "vendor"


@dataclass(frozen=True)
class Package:
    """One npm package: what is taken from it, and under which licence."""

    name: str
    version: str
    licence: str
    files: dict[str, str]  # path in the package -> path in VENDOR


@dataclass(frozen=True)
class Face:
    """One ``@font-face`` of fonts.css.

    The bytes are written into the style sheet, because some browsers refuse font
    files beside a page that is read from disk.
    """

    family: str
    file: str
    style: str
    weights: str
    characters: str


MATHJAX = Package(
    "mathjax",
    "3.2.2",
    "Apache-2.0",
    {
        "es5/tex-svg-full.js": "mathjax/tex-svg-full.js",
        "LICENSE": "mathjax/LICENSE",
    },
)
SERIF = Package(
    "@fontsource-variable/source-serif-4",
    "5.3.1",
    "OFL-1.1",
    {
        "files/source-serif-4-latin-wght-normal.woff2": "",
        "files/source-serif-4-latin-wght-italic.woff2": "",
        "files/source-serif-4-greek-wght-normal.woff2": "",
        "LICENSE": "fonts/LICENSE-source-serif",
    },
)
SANS = Package(
    "@fontsource-variable/source-sans-3",
    "5.3.0",
    "OFL-1.1",
    {
        "files/source-sans-3-latin-wght-normal.woff2": "",
        "files/source-sans-3-greek-wght-normal.woff2": "",
        "LICENSE": "fonts/LICENSE-source-sans",
    },
)
CODE = Package(
    "@fontsource-variable/source-code-pro",
    "5.3.0",
    "OFL-1.1",
    {
        "files/source-code-pro-latin-wght-normal.woff2": "",
        "files/source-code-pro-greek-wght-normal.woff2": "",
        "LICENSE": "fonts/LICENSE-source-code",
    },
)
PACKAGES = (MATHJAX, SERIF, SANS, CODE)

LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,"
    "U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
)
GREEK = "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF"
FACES = (
    Face("Source Serif", "source-serif-4-latin", "normal", "200 900", LATIN),
    Face("Source Serif", "source-serif-4-latin", "italic", "200 900", LATIN),
    Face("Source Serif", "source-serif-4-greek", "normal", "200 900", GREEK),
    Face("Source Sans", "source-sans-3-latin", "normal", "200 900", LATIN),
    Face("Source Sans", "source-sans-3-greek", "normal", "200 900", GREEK),
    Face("Source Code", "source-code-pro-latin", "normal", "200 900", LATIN),
    Face("Source Code", "source-code-pro-greek", "normal", "200 900", GREEK),
)

SHA256 = {
    "fonts/LICENSE-source-code": (
        "18aabf190848725e2576eefb5c29ba06aac1029d02132252a7f312eac2e50cf3"
    ),
    "fonts/LICENSE-source-sans": (
        "18aabf190848725e2576eefb5c29ba06aac1029d02132252a7f312eac2e50cf3"
    ),
    "fonts/LICENSE-source-serif": (
        "18aabf190848725e2576eefb5c29ba06aac1029d02132252a7f312eac2e50cf3"
    ),
    "fonts.css": ("a2f1603c97c142ade8f0708a64cbc821ba59562e300b781d1139f0ba0660cbc7"),
    "mathjax/LICENSE": (
        "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
    ),
    "mathjax/tex-svg-full.js": (
        "a4354ff94fd868aea0cc6eaaa79a57fda0588646fc46ee3700a349ee0a11cbe6"
    ),
}


def fetch(package: Package, folder: Path) -> dict[str, bytes]:
    """Download one package and return the files that we take, by their path."""
    command = ["npm", "pack", f"{package.name}@{package.version}", "--silent"]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    )
    archive = folder / done.stdout.strip().splitlines()[-1]
    taken = {}
    with tarfile.open(archive) as tar:
        for name in package.files:
            member = tar.extractfile(f"package/{name}")
            if member is None:
                raise FileNotFoundError(f"{package.name}: no file {name}")
            taken[name] = member.read()
    return taken


def font_css(fonts: dict[str, bytes]) -> str:
    """The style sheet that carries the letters themselves."""
    rules = ["/* Written by scripts/vendor.py; licences in fonts/. */"]
    for face in FACES:
        data = fonts[f"files/{face.file}-wght-{face.style}.woff2"]
        rules.append(
            f'@font-face{{font-family:"{face.family}";font-style:{face.style};'
            f"font-weight:{face.weights};font-display:swap;"
            f"unicode-range:{face.characters};"
            f"src:url(data:font/woff2;base64,{base64.b64encode(data).decode()})"
            ' format("woff2")}'
        )
    return "\n".join(rules) + "\n"


def fetch_all() -> dict[str, bytes]:
    """Every vendored file, by its path in VENDOR."""
    vendored: dict[str, bytes] = {}
    fonts: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            for name, data in fetch(package, Path(folder)).items():
                place = package.files[name]
                (vendored if place else fonts)[place or name] = data
    vendored["fonts.css"] = font_css(fonts).encode()
    return vendored


def write(vendored: dict[str, bytes]) -> None:
    """Put the files in place, each whole or not at all."""
    for name, data in vendored.items():
        place = VENDOR / name
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(place.name + ".new")
        beside.write_bytes(data)
        os.replace(beside, place)


def faults(folder: Path = VENDOR) -> list[str]:
    """What differs between the committed files and the list above."""
    found = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file()
    }
    told = [f"{name}: not in SHA256 of vendor.py" for name in found.keys() - SHA256]
    told += [f"{name}: missing" for name in SHA256.keys() - found.keys()]
    for name in sorted(SHA256.keys() & found.keys()):
        digest = hashlib.sha256(found[name].read_bytes()).hexdigest()
        if digest != SHA256[name]:
            told.append(f"{name}: sha256 {digest}, expected {SHA256[name]}")
    return sorted(told)


def main(arguments: list[str] | None = None) -> int:
    """Command line: 0 when all files are as listed, 1 otherwise."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fetch", action="store_true", help="download them anew")
    if parser.parse_args(arguments).fetch:
        write(fetch_all())
    told = faults()
    print("\n".join(told) or f"{len(SHA256)} vendored files are as listed")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())

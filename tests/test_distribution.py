"""The wheel and the sdist hold what they should and install by themselves."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return folder


def test_the_wheel_holds_the_package_its_types_and_its_licences(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "spineseg/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/LICENSE-text") for name in names)
    files = [p for p in (ROOT / "spineseg").rglob("*") if p.is_file()]
    expected = {
        p.relative_to(ROOT).as_posix() for p in files if "__pycache__" not in p.parts
    }
    records = (ROOT / "results" / "records").iterdir()
    expected |= {f"spineseg/results/records/{path.name}" for path in records}
    assert {n for n in names if n.startswith("spineseg/")} == expected


def test_the_sdist_holds_the_sources_and_the_tests_and_no_build(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = ["/".join(n.split("/")[1:]) for n in archive.getnames()]
    assert {"pyproject.toml", "README.md", "tests/conftest.py"} <= set(names)
    assert not [n for n in names if n.startswith(("_build", ".venv", "runs"))]
    assert "results/records/README.md" in names


def test_the_installed_wheel_runs_away_from_the_repository(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--target", target, wheel], check=True, capture_output=True)
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r}); import spineseg, inspect;"
        "from spineseg.cli import app; print(inspect.getfile(spineseg))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().startswith(str(target))

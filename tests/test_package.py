"""Facts about the package as a whole."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import spineseg
from spineseg.cli import app

ROOT = Path(__file__).resolve().parent.parent


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("module", ["torch", "numpy", "matplotlib", "pydicom", "numba"])
def test_importing_the_package_loads_nothing_heavy(module):
    out = run(f"import sys, spineseg; print({module!r} in sys.modules)")
    assert out.strip() == "False"


@pytest.mark.parametrize("module", ["torch", "matplotlib", "pydicom", "numba"])
def test_asking_for_help_loads_nothing_heavy(module):
    out = run(f"import sys, spineseg.cli; print({module!r} in sys.modules)")
    assert out.strip() == "False"


def test_public_names_are_the_ones_in_the_list():
    listed = (ROOT / "tests" / "public_names.txt").read_text().split()
    assert sorted(spineseg.__all__) == listed


def test_every_public_name_resolves():
    assert all(getattr(spineseg, name) is not None for name in spineseg.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = spineseg.nope


def test_the_repository_url_is_the_same_wherever_a_tool_needs_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    url = project["urls"]["Repository"]
    assert (
        yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"] == url
    )
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["repository-code"] == url
    assert url in (ROOT / "README.md").read_text()


def test_constraints_pin_every_dependency_to_one_version():
    pins = [
        line.split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert all(len(pin) == 2 for pin in pins)
    names = {name.lower().replace("_", "-") for name, _ in pins}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for line in project["dependencies"] + extras["data"] + extras["book"]:
        name = line.split(">")[0].split("=")[0].split("~")[0].split("[")[0].lower()
        assert name in names | {"spineseg"}, f"{name} is not pinned"


def test_the_command_line_has_a_name_and_a_version(capsys):
    with pytest.raises(SystemExit) as leave:
        app(["--version"])
    assert leave.value.code == 0
    assert capsys.readouterr().out == f"spineseg {spineseg.__version__}\n"


def test_no_two_test_files_share_a_name():
    # pytest imports them as top-level modules, and so do worker processes
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))

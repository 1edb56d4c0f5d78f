"""environment.yml says the same as pyproject.toml, in conda's words."""

import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rattler import MatchSpec

ROOT = Path(__file__).resolve().parent.parent
CONDA_TO_PYPI = {
    "matplotlib-base": "matplotlib",
    "opencv": "opencv-python-headless",
    "pytorch-cpu": "torch",
}
CONDA_ONLY = {"python", "pip"}
# what the last line of the file installs together with the package itself
BY_PIP = {"jupyter-book", "lightning-fabric", "spineseg"}


def conda_specs() -> dict[str, str]:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    lines = [d for d in environment["dependencies"] if isinstance(d, str)]
    return {line.split()[0]: " ".join(line.split()[1:]) for line in lines}


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def wanted() -> dict[str, str]:
    extras = project()["optional-dependencies"]
    lines = project()["dependencies"] + extras["data"] + extras["book"]
    requirements = [Requirement(line) for line in lines]
    return {r.name: str(r.specifier) for r in requirements}


@pytest.mark.parametrize("name", sorted(conda_specs()))
def test_conda_can_parse_the_specification(name):
    spec = MatchSpec(f"{name} {conda_specs()[name]}".strip())
    assert spec.name is not None
    # the parser lets a malformed version pass as a build string
    SpecifierSet(conda_specs()[name])


@pytest.mark.parametrize("name", sorted(set(conda_specs()) - CONDA_ONLY))
def test_a_conda_package_has_the_bound_of_the_project(name):
    pypi = CONDA_TO_PYPI.get(name, name)
    assert wanted()[pypi] == conda_specs()[name]


def test_every_core_and_data_dependency_is_in_the_environment():
    have = {CONDA_TO_PYPI.get(name, name) for name in conda_specs()}
    extras = project()["optional-dependencies"]
    lines = project()["dependencies"] + extras["data"]
    missing = {Requirement(line).name for line in lines} - have - BY_PIP
    assert not missing


def test_python_has_the_project_bound():
    assert conda_specs()["python"] == project()["requires-python"]


def test_the_rest_of_the_book_comes_from_the_package_itself():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    (pip,) = [d["pip"] for d in environment["dependencies"] if isinstance(d, dict)]
    assert pip == ["-e .[book]"]

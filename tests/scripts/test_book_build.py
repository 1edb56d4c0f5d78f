"""The parts that the book's build adds: facts, running heads, vendored files."""

import importlib.util
import json
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from docutils import nodes
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


def load(name):
    """Import a file of scripts/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


cover, facts, running_head, unique_ids, vendor = map(
    load, ("cover", "facts", "running_head", "unique_ids", "vendor")
)


@pytest.fixture
def env():
    """As much of Sphinx's environment as the facts look at."""
    notebook = {"kernelspec": '{"name": "python3"}'}
    return SimpleNamespace(
        found_docs={"book/intro", "book/a", "book/b", "book/use"},
        metadata={"book/a": notebook, "book/b": notebook, "book/use": {}},
        toc_fignumbers={
            "book/a": {"figure": {"one": (1, 1), "two": (1, 2)}, "table": {"t": (1,)}},
            "book/b": {"figure": {"one": (2, 1)}},
        },
        sphinx_exercise_registry={
            "ex-1": {"type": "exercise"},
            "ex-2": {"type": "exercise"},
            "solution-0": {"type": "solution"},
        },
        nb_metadata={
            "book/a": {"exec_data": {"runtime": 40.0}},
            "book/b": {"exec_data": {"runtime": 21.6}},
            "book/use": {},
        },
    )


@pytest.mark.parametrize(
    ("name", "number"),
    [("chapters", 2), ("figures", 3), ("exercises", 2), ("time-to-run", "62 seconds")],
)
def test_a_fact_is_counted_from_the_pages(env, name, number):
    assert facts.FACTS[name](env) == number


def test_the_claims_by_verdict_add_up(env):
    parts = ("holding", "partly", "failing", "open")
    counted = [facts.FACTS[f"claims-{part}"](env) for part in parts]
    assert all(counted)
    assert sum(counted) == facts.FACTS["claims"](env) == 540


def test_a_long_build_is_told_in_minutes(env):
    env.nb_metadata["book/a"]["exec_data"]["runtime"] = 600.0
    assert facts.time_to_run(env) == "10 minutes"


def test_pages_that_were_never_run_count_no_time(env):
    env.nb_metadata = {"book/a": {"exec_data": None}}
    assert facts.time_to_run(env) == "2 seconds"


def test_a_page_with_facts_is_written_again_though_it_did_not_change(env):
    env.pages_with_facts = {"book/intro", "book/removed"}
    assert facts.pages_to_write_again(None, env) == ["book/intro"]


def test_a_fact_takes_the_place_of_its_role(env):
    tree = nodes.container("", facts.FactNode("", fact="chapters"))
    facts.resolve(SimpleNamespace(env=env), tree, "book/intro")
    assert tree.astext() == "2"
    assert tree[0]["classes"] == ["spx-fact"]


def test_all_facts_are_left_beside_the_pages(env, tmp_path):
    app = SimpleNamespace(
        env=env, outdir=tmp_path, builder=SimpleNamespace(format="html")
    )
    facts.write_json(app, None)
    told = json.loads((tmp_path / "_static" / "facts.json").read_text())
    assert told.keys() == facts.FACTS.keys()
    assert told["figures"] == 3


def test_a_failed_build_leaves_no_facts(env, tmp_path):
    app = SimpleNamespace(
        env=env, outdir=tmp_path, builder=SimpleNamespace(format="html")
    )
    facts.write_json(app, ValueError())
    assert not (tmp_path / "_static").exists()


def test_the_running_head_names_part_and_chapter():
    assert running_head.head("A & B", "3") == (
        '<p class="spx-head"><span class="spx-head-part">A &amp; B</span> '
        '<span class="spx-head-chapter">Chapter 3</span></p>'
    )


def test_a_page_outside_every_part_has_no_running_head():
    assert running_head.head(None, "") == ""


def test_repeated_ids_go_and_others_stay():
    sections = [nodes.section(ids=["exercise-content", "mine"]) for _ in range(2)]
    sections[1]["ids"] = ["solution-content"]
    tree = nodes.container("", *sections)
    unique_ids.drop_repeated(None, tree, "book/a")
    assert [section["ids"] for section in sections] == [["mine"], []]


def test_vendored_files_are_as_listed():
    assert vendor.faults() == []


def test_a_changed_a_missing_and_an_extra_file_are_told(tmp_path, monkeypatch):
    (tmp_path / "extra.js").write_text("")
    (tmp_path / "changed.js").write_text("")
    monkeypatch.setattr(vendor, "SHA256", {"changed.js": "0", "missing.js": "0"})
    told = vendor.faults(tmp_path)
    assert [fault.partition(":")[0] for fault in told] == [
        "changed.js",
        "extra.js",
        "missing.js",
    ]


def test_every_vendored_package_brings_its_licence():
    for package in vendor.PACKAGES:
        assert "LICENSE" in package.files
        assert package.files["LICENSE"] in vendor.SHA256


def test_the_cover_tints_masks_and_outlines_each():
    one, two = np.zeros((2, 24, 24), bool)
    one[2:14, 2:14] = True
    two[10:22, 2:14] = True  # overlaps the first by four rows
    picture = cover.overlay([one, two])
    assert (picture[~(one | two)] == 0).all()
    assert tuple(picture[6, 6]) == (0x00, 0x72, 0xB2, round(255 * cover.FILL))
    white = (picture[..., :3] == 255).all(axis=2)
    assert white[2, 4:12].all()  # the outer edge
    assert white[10, 4:12].all()  # the second's edge inside the first
    assert not white[6:8, 5:11].any()


def test_both_pictures_of_the_cover_have_the_size_that_the_page_says():
    page = (ROOT / "book" / "intro.md").read_text(encoding="utf-8")
    for name in ("film.webp", "mask.webp"):
        with Image.open(cover.COVER / name) as picture:
            assert picture.size == cover.SHAPE[::-1]
    rows, columns = cover.SHAPE
    assert page.count(f'width="{columns}" height="{rows}"') == 2


def test_the_book_and_the_package_name_the_same_repository():
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert config["repository"]["url"] == project["project"]["urls"]["Repository"]


def test_pages_in_the_table_of_contents_are_there():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = [c["file"] for part in toc.get("parts", []) for c in part["chapters"]]
    assert all(page.endswith(".md") for page in pages)
    assert [page for page in pages if not (ROOT / page).is_file()] == []
    assert (ROOT / f"{toc['root']}.md").is_file()


def test_every_chapter_with_a_notebook_is_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {c["file"] for part in toc.get("parts", []) for c in part["chapters"]}
    paired = {
        path.with_suffix(".md").relative_to(ROOT).as_posix()
        for path in (ROOT / "book").rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    }
    assert paired <= listed

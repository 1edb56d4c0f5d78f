"""The pair of a chapter: made in step, and every way of falling out of step found."""

import importlib.util
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]

CHAPTER = """---
jupytext:
  formats: md:myst,ipynb
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
spineseg:
  needs: nothing
---

# Does one and one make two?

```{code-cell} ipython3
:tags: [remove-cell, setup]
pass
```

```{code-cell} ipython3
from spineseg.notebook import profile
print(1 + 1, profile().name)
```
"""


@pytest.fixture(scope="module")
def tool():
    sys.path.insert(0, str(ROOT / "scripts"))
    spec = importlib.util.spec_from_file_location(
        "notebooks", ROOT / "scripts" / "notebooks.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def made(tool, tmp_path_factory):
    """A chapter executed once; tests work on copies of its two files."""
    chapter = tmp_path_factory.mktemp("book") / "sums.md"
    chapter.write_text(CHAPTER)
    tool.write_setup_cell(chapter)
    tool.os.environ.update(tool.ENVIRONMENT)
    tool.execute(chapter)
    return chapter


@pytest.fixture
def chapter(made, tmp_path):
    copy = tmp_path / made.name
    copy.write_text(made.read_text())
    copy.with_suffix(".ipynb").write_text(made.with_suffix(".ipynb").read_text())
    return copy


def edit(chapter, change):
    path = chapter.with_suffix(".ipynb")
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def test_a_fresh_pair_is_in_step_and_carries_its_output_and_time(tool, chapter):
    assert tool.fault(chapter) is None
    notebook = nbformat.read(chapter.with_suffix(".ipynb"), as_version=4)
    assert notebook.cells[2].outputs[0].text == "2 smoke\n"
    assert notebook.metadata.spineseg.needs == "nothing"
    assert notebook.metadata.spineseg.seconds > 0


def test_the_set_up_cell_names_the_repository_of_the_project(tool, chapter):
    code = tool.load_source(chapter).cells[1].source
    assert code == tool.setup_code()
    assert "git+https://github.com/spineseg/spineseg" in code


def test_changed_prose_is_out_of_step(tool, chapter):
    chapter.write_text(chapter.read_text().replace("make two", "make three"))
    assert "cells differ" in tool.fault(chapter)


def test_changed_code_is_out_of_step(tool, chapter):
    chapter.write_text(chapter.read_text().replace("1 + 1", "1 + 2"))
    assert "cells differ" in tool.fault(chapter)


def test_code_changed_on_both_sides_without_a_run_is_stale(tool, chapter):
    chapter.write_text(chapter.read_text().replace("1 + 1", "1 + 2"))

    def change(notebook):
        notebook.cells[2].source = notebook.cells[2].source.replace("1 + 1", "1 + 2")

    edit(chapter, change)
    assert "other code" in tool.fault(chapter)


def test_a_cell_without_a_run_is_found(tool, chapter):
    def change(notebook):
        notebook.cells[2].execution_count = None

    edit(chapter, change)
    assert "has not been run" in tool.fault(chapter)


def test_a_missing_notebook_is_found(tool, chapter):
    chapter.with_suffix(".ipynb").unlink()
    assert "missing" in tool.fault(chapter)


def test_another_set_up_cell_is_found(tool, chapter):
    text = chapter.read_text().replace("    import spineseg\n", "    pass\n", 1)
    chapter.write_text(text)
    assert "set-up cell" in tool.fault(chapter)


def test_a_cell_that_raises_leaves_the_old_notebook_as_it_was(tool, chapter):
    before = chapter.with_suffix(".ipynb").read_bytes()
    chapter.write_text(chapter.read_text().replace("1 + 1", "1 / 0"))
    assert "ZeroDivisionError" in tool._try_execute(chapter)
    assert chapter.with_suffix(".ipynb").read_bytes() == before


def test_pictures_are_stripped_and_words_kept(tool):
    output = nbformat.v4.new_output(
        "display_data",
        {"image/png": "AAAA", "text/plain": "[figure: a line]"},
        metadata={"image/png": {"alt": "a line"}},
    )
    cell = nbformat.v4.new_code_cell("figure()", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    tool.strip(notebook)
    assert cell.outputs[0].data == {"text/plain": "[figure: a line]"}
    assert cell.outputs[0].metadata == {}


def test_the_set_up_cell_is_python_once_ipython_has_read_it(tool):
    import ast

    from IPython.core.inputtransformer2 import TransformerManager

    code = TransformerManager().transform_cell(tool.setup_code())
    (attempt,) = ast.parse(code).body
    assert isinstance(attempt, ast.Try)
    assert "run_line_magic('pip', 'install" in code

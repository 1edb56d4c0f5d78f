import pytest
from IPython.utils.capture import capture_output

from spineseg import SpinesegError
from spineseg.core.profile import Profile
from spineseg.notebook import check, footer, glue, show
from spineseg.notebook.numbers import with_minus
from spineseg.notebook.source import SOURCE_MIME


def outputs(call, *arguments):
    with capture_output() as captured:
        call(*arguments)
    return captured


def test_the_source_is_shown_without_its_docstring():
    (output,) = outputs(show, Profile).outputs
    source = output.data["text/plain"]
    assert source.startswith("@dataclass(frozen=True)\nclass Profile:\n    name: str")
    assert "How much work" not in source
    assert output.data[SOURCE_MIME]["where"] == "spineseg.core.profile"


def test_the_docstring_can_be_kept():
    with capture_output() as captured:
        show(Profile.pick, docstring=True)
    assert "meant for this profile" in captured.outputs[0].data["text/plain"]


def test_a_negative_number_gets_a_minus_and_a_name_keeps_its_hyphen():
    said = with_minus("U-Net (-0.5 to -0.1), HD-95, 0.89-0.90, F1 -3")
    assert said == "U-Net (−0.5 to −0.1), HD-95, 0.89-0.90, F1 −3"


def test_a_glued_numpy_number_is_a_plain_one():
    import numpy as np

    (output,) = outputs(glue, "answer", np.float64(0.5)).outputs
    assert output.data == {"application/papermill.record/text/plain": "0.5"}
    assert output.metadata["scrapbook"]["name"] == "answer"


def test_the_footer_names_the_profile(monkeypatch, capsys):
    monkeypatch.setenv("SPINESEG_PROFILE", "laptop")
    footer()
    assert "in the laptop profile" in capsys.readouterr().out


@pytest.fixture
def one_exercise(monkeypatch):
    def two(answer):
        return None if int(answer) == 2 else "one and one is not that many"

    monkeypatch.setattr("spineseg.notebook.exercises._checker", lambda _: two)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (2, "sums.1: right.\n"),
        (3, "sums.1: one and one is not that many.\n"),
        (..., "sums.1: not answered yet.\n"),
        (None, "has not the form asked for"),
    ],
)
def test_a_check_says_what_is_wrong(one_exercise, capsys, answer, said):
    # nothing is returned: a cell that ends in a check shows the sentence alone
    assert check("sums.1", answer) is None
    assert said in capsys.readouterr().out


def test_an_unknown_exercise_is_refused():
    with pytest.raises(SpinesegError, match="no such exercise"):
        check("nowhere.99", 1)

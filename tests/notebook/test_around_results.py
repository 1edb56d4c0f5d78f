"""Run cards, quizzes and the paper's numbers beside ours."""

import json
import math
from dataclasses import asdict
from html.parser import HTMLParser

import pytest
from IPython.utils.capture import capture_output

from spineseg import SpinesegError
from spineseg.experiments import create_recipe
from spineseg.notebook import (
    Beside,
    beside_table,
    question,
    quiz,
    right,
    run_card,
    wrong,
)
from spineseg.notebook.beside import mean_and_sd
from spineseg.notebook.card import card_rows
from spineseg.training.record import Record


def displayed(helper, *values, **options):
    with capture_output() as captured:
        helper(*values, **options)
    (output,) = captured.outputs
    return output.data


class Reader(HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self, page):
        super().__init__()
        self.text, self.tags = "", []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def record(seed, **changes):
    facts = {
        "recipe": "inception_unet/unet-dice",
        "profile": "laptop",
        "seed": seed,
        "configuration": {"name": "a"},
        "data": {},
        "code": {"version": "0.1", "sources_sha256": "0123456789abcdef"},
        "device": "cpu, 2 threads <x86>",
        "packages": {"python": "3.11", "torch": "2.5", "numpy": "2.0"},
        "wall_s": 60.0 * (seed + 1),
        "sessions": 1,
        "peak_memory_mb": {"process": 700.2 + seed},
        "curves": [],
        "scores": [{"id": "a", "patient": "b", "dice": 0.9}],
    }
    return Record(**facts | changes)


def test_a_run_card_says_what_ran_where_and_for_how_long():
    rows = card_rows([record(0), record(1)])
    assert rows["runs"] == "2 runs"
    assert rows["seeds"] == "0, 1"
    assert rows["time a run"] == "1.0 to 2.0 min"
    assert rows["peak memory"] == "700 to 701 MB (process)"
    assert rows["versions"] == "spineseg 0.1, python 3.11, torch 2.5, numpy 2.0"
    assert rows["sources"] == "0123456789ab"
    assert rows["precision"] == "32-true"


def test_a_run_card_folds_to_one_line_and_escapes_what_it_quotes():
    data = displayed(run_card, record(0), note="Quarter width & more.")
    page = Reader(data["text/html"])
    assert [tag for tag, _ in page.tags][:2] == ["details", "summary"]
    assert "x86" not in [tag for tag, _ in page.tags]
    assert "cpu, 2 threads <x86>" in page.text
    assert "Quarter width & more." in page.text
    assert data["text/plain"].startswith("[run card: 1 run · inception_unet/unet-dice")


def test_a_run_card_calls_a_record_by_the_name_of_its_file():
    chosen = create_recipe("inception_unet/unet/dice", "laptop")
    plain = json.loads(json.dumps(asdict(chosen)))
    one = record(3, recipe=chosen.name, configuration=plain)
    assert card_rows([one])["records"] == one.name == chosen.run_name(3)


def test_a_run_card_gives_every_record_a_line_and_one_thread_no_plural():
    one, other = (record(seed, device="cpu, x86_64, 1 threads") for seed in (0, 1))
    page = displayed(run_card, one, other)["text/html"]
    assert f"<dd>{one.name}<br>" in page
    assert "<dd>cpu, x86_64, 1 thread</dd>" in page


def test_a_run_card_counts_recipes_that_one_line_cannot_name():
    many = [record(k, recipe=f"inception_unet/{k}") for k in range(4)]
    shown = displayed(run_card, *many)["text/plain"].splitlines()
    assert shown[0].startswith("[run card: 4 runs · 4 recipes · laptop")
    assert "recipe: inception_unet/0, inception_unet/1" in "\n".join(shown[1:])
    three = displayed(run_card, *many[:3])["text/plain"].splitlines()
    assert "inception_unet/0, inception_unet/1, inception_unet/2" in three[0]


def test_a_run_card_without_a_record_is_refused():
    with pytest.raises(SpinesegError, match="needs a record"):
        run_card()


YES = right("Yes", "because 2 is less than 3")
NO = wrong("No <b>", "count again & slowly")


def test_a_quiz_gives_each_choice_and_every_reason_escaped():
    data = displayed(quiz, question("Is 2 < 3?", YES, NO), name="quiz-a")
    page = Reader(data["text/html"])
    radios = [a for tag, a in page.tags if tag == "input"]
    assert [r["name"] for r in radios] == ["quiz-a-0", "quiz-a-0"]
    (field,) = [a for tag, a in page.tags if tag == "fieldset"]
    assert [c["right"] for c in json.loads(field["data-choices"])] == [True, False]
    assert "1. Is 2 < 3?" in page.text
    assert "Not “No <b>”: count again & slowly" in page.text
    assert "Answers and reasons" in page.text


def test_what_a_quiz_prints_does_not_give_the_answers_away():
    data = displayed(quiz, question("Is 2 < 3?", YES, NO), name="quiz-a")
    assert data["text/plain"] == "1. Is 2 < 3?\n   - Yes\n   - No <b>"


@pytest.mark.parametrize(
    ("choices", "fault"),
    [
        ((YES,), "fewer than two"),
        ((YES, YES), "fewer than two"),
        ((NO, wrong("Perhaps", "there is no doubt")), "0 right answers"),
        ((YES, right("Aye", "it is so, in Scots"), NO), "2 right answers"),
        ((YES, wrong("No", "no")), "no reason for 'No'"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(choices, fault):
    with pytest.raises(SpinesegError, match=fault):
        question("Is it?", *choices)


ROWS = (
    Beside("U-Net", 0.93, [0.90, 0.91, 0.92], 0.01),
    Beside("<Other>", None, [0.8]),
    Beside("Third", 0.9),
)


def test_the_table_keeps_the_two_kinds_of_patients_in_two_columns():
    data = displayed(beside_table, *ROWS, unit="Dice", caption="Table 2 & ours")
    page = Reader(data["text/html"])
    heads = [a for tag, a in page.tags if tag == "th"]
    assert [h["scope"] for h in heads] == ["col"] * 4 + ["row"] * 3
    assert "caption" in [tag for tag, _ in page.tags]
    lines = data["text/plain"].splitlines()
    assert "paper, on patients" in lines[1]
    assert "ours, on synthetic patients" in lines[1]
    assert lines[2] == "U-Net | 0.930 ± 0.010 | 0.910 ± 0.010 | 3"
    assert lines[3] == "<Other> | not given | 0.800 (one seed) | 1"
    assert lines[4] == "Third | 0.900 | not run | 0"
    assert "<Other>" in page.text


@pytest.mark.parametrize("rows", [(), (Beside("a", math.nan),), (Beside("b", None),)])
def test_rows_without_a_finite_number_are_refused(rows):
    with pytest.raises(SpinesegError, match="cannot be set beside"):
        beside_table(*rows, unit="Dice", caption="None")


def test_the_spread_over_seeds_is_that_of_a_sample():
    assert mean_and_sd([1.0, 2.0, 3.0], digits=2) == "2.00 ± 1.00"


def test_two_seeds_are_shown_as_two_numbers_without_mean():
    assert mean_and_sd([1.0, 3.0], digits=2) == "1.00, 3.00 (two seeds)"

"""What the chapters of the book call: figures, explorers, sources, self-checks."""

from spineseg.core.profile import profile
from spineseg.notebook.beside import Beside, beside_table
from spineseg.notebook.card import run_card
from spineseg.notebook.exercises import check
from spineseg.notebook.figures import figure, film
from spineseg.notebook.layers import layer_picker
from spineseg.notebook.live import explorer
from spineseg.notebook.numbers import glue
from spineseg.notebook.quizzes import question, quiz, right, wrong
from spineseg.notebook.source import show
from spineseg.notebook.style import COLOURS, FAINT, FILM, INK, MUTED, use_style
from spineseg.notebook.thresholds import scrubber, threshold_slider
from spineseg.notebook.timing import footer

use_style()

__all__ = [
    "COLOURS",
    "FAINT",
    "FILM",
    "INK",
    "MUTED",
    "Beside",
    "beside_table",
    "check",
    "explorer",
    "figure",
    "film",
    "footer",
    "glue",
    "layer_picker",
    "profile",
    "question",
    "quiz",
    "right",
    "run_card",
    "scrubber",
    "show",
    "threshold_slider",
    "wrong",
]

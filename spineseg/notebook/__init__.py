"""What the chapters of the book call: figures, explorers, sources, self-checks."""

from spineseg.core.profile import profile
from spineseg.notebook.exercises import check
from spineseg.notebook.figures import figure, film
from spineseg.notebook.live import explorer
from spineseg.notebook.numbers import glue
from spineseg.notebook.source import show
from spineseg.notebook.style import COLOURS, FAINT, FILM, INK, MUTED, use_style
from spineseg.notebook.timing import footer

use_style()

__all__ = [
    "COLOURS",
    "FAINT",
    "FILM",
    "INK",
    "MUTED",
    "check",
    "explorer",
    "figure",
    "film",
    "footer",
    "glue",
    "profile",
    "show",
]

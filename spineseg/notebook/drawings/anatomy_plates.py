"""Plates of the whole spine and of one vertebra."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from spineseg.notebook.drawings import sagittal
from spineseg.notebook.drawings.frontal import axial_lumbar
from spineseg.notebook.drawings.levels import LEVELS, SACRAL_SLOPE_DEG
from spineseg.notebook.drawings.outline import Frame, Points, smooth
from spineseg.notebook.drawings.paint import bone, canvas, label, region
from spineseg.notebook.style import COLOURS, INK, MUTED

SACRAL_PLATE = Frame(angle_deg=SACRAL_SLOPE_DEG).place([(-16.5, 0), (16.5, 0)])


def midline(ax: Axes, frames: dict[str, Frame], base: Points | None = None) -> None:
    """Draw bodies, discs and spinous processes as one cut in the midline."""
    names = list(frames)
    for name, below in zip(names, [*names[1:], None], strict=True):
        level, frame = LEVELS[name], frames[name]
        if below is not None:
            plate = frames[below].place(sagittal.corners(LEVELS[below])[:2])
        else:
            plate = base
        if plate is not None:
            shape = sagittal.disc(level, frame, plate)
            region(ax, shape, COLOURS["disc"], 0.35)
        region(ax, frame.place(sagittal.body(level)), COLOURS["vertebra"], 0.26)
        spinous = frame.place(sagittal.spinous(level))
        region(ax, spinous, COLOURS["spinous"], 0.26)


def whole_spine() -> Figure:
    """The spine from C2 to the sacrum, cut in the midline, with its curves named."""
    fig, (ax,) = canvas(6.4, 8.8)
    frames = sagittal.stack()
    ax.set_xlim(-190, 215)
    ax.set_ylim(-118, 606)
    region(
        ax,
        sagittal.canal(list(LEVELS.values()), frames),
        COLOURS["canal"],
        0.2,
        zorder=1,
    )
    bone(ax, sagittal.sacrum())
    for part in sagittal.atlas(frames["C2"]):
        region(ax, part, COLOURS["vertebra"], 0.26)
    midline(ax, frames, SACRAL_PLATE)
    _level_names(ax, frames)
    _curves(ax, frames)
    _parts(ax, frames)
    return fig


def _level_names(ax: Axes, frames: dict[str, Frame]) -> None:
    """Write the name of each vertebra in front of it."""
    for name, frame in frames.items():
        at = frame.place([(-LEVELS[name].depth_mm / 2 - 5, 0)])[0]
        label(ax, name, tuple(at), ha="right", size=7.5, color=MUTED)
    label(ax, "S1 to S5,\nfused: the sacrum", (-26, -42), ha="right", color=MUTED)


HOLLOW, ROUND = "lordosis: hollow at the back", "kyphosis: bulging backwards"
_CURVES = (
    ("C2", "C7", "cervical spine", "7 vertebrae, C1 to C7\n" + HOLLOW),
    ("T1", "T12", "thoracic spine", "12 vertebrae with ribs\n" + ROUND),
    ("L1", "L5", "lumbar spine", "5 vertebrae, the largest\n" + HOLLOW),
)  # fmt: skip


def _curves(ax: Axes, frames: dict[str, Frame]) -> None:
    """Bracket each region at the left and say how it bends."""
    for first, last, name, words in _CURVES:
        top = frames[first].y_mm + LEVELS[first].front_mm / 2 - 1
        low = frames[last].y_mm - LEVELS[last].front_mm / 2 + 1
        x = -82
        ax.plot([x + 5, x, x, x + 5], [top, top, low, low], color=MUTED, lw=1)
        middle = (top + low) / 2
        ax.text(x - 7, middle + 11, name, ha="right", va="center", color=INK,
                fontsize=10, fontweight="bold")  # fmt: skip
        ax.text(x - 7, middle - 14, words, ha="right", va="center", color=INK,
                fontsize=8, linespacing=1.4)  # fmt: skip


def _parts(ax: Axes, frames: dict[str, Frame]) -> None:
    """Name the parts on the right."""

    def on(name: str, x: float, y: float = 0) -> tuple[float, float]:
        point = frames[name].place([(x, y)])[0]
        return float(point[0]), float(point[1])

    t8, l3 = LEVELS["T8"], LEVELS["L3"]
    label(
        ax, "spinous process", (112, 330), on("T8", t8.depth_mm / 2 + 38, -30), "left"
    )
    label(ax, "spinal canal", (112, 254), on("T11", 24, 0), "left")
    label(ax, "vertebral body", (112, 174), on("L2", 4, 0), "left")
    label(ax, "intervertebral disc", (112, 66),
          on("L4", 3, -l3.back_mm / 2 - 5), "left")  # fmt: skip
    label(ax, "lumbosacral disc, L5/S1", (112, 12), (3, 5), "left")
    label(ax, "front of the patient", (-78, 598), ha="right", size=8, color=MUTED)
    label(ax, "back", (40, 598), ha="left", size=8, color=MUTED)


def one_vertebra() -> Figure:
    """A lumbar vertebra from the side, with its neighbour, and from above."""
    fig, (side, above) = canvas(9.4, 3.75, columns=2, ratios=[1, 1])
    _from_the_side(side)
    _from_above(above)
    return fig


def _from_the_side(ax: Axes) -> None:
    ax.set_xlim(-68, 104)
    ax.set_ylim(-46, 84)
    frames = {"L3": Frame(0, 37.0, -3.0), "L4": Frame(0, 0, 3.0)}
    plate = frames["L4"].place(sagittal.corners(LEVELS["L4"])[:2])
    region(ax, sagittal.disc(LEVELS["L3"], frames["L3"], plate), COLOURS["disc"], 0.35)
    hole = smooth([(19, 33), (26, 33), (28.5, 27), (27.5, 17), (23, 12.5), (19, 15)], 3)
    region(ax, hole, COLOURS["canal"], 0.3)
    for name in ("L4", "L3"):
        level, frame = LEVELS[name], frames[name]
        arch = frame.place(sagittal.lumbar_arch(level))
        wall = level.depth_mm / 2
        bone(ax, arch)
        zone = frame.place([(wall + 28, 60), (120, 60), (120, -80), (wall + 28, -80)])
        region(ax, arch, COLOURS["spinous"], 0.3, zone)
        region(ax, frame.place(sagittal.body(level)), COLOURS["vertebra"], 0.28)
    ax.set_title("From the side")
    label(ax, "upper end plate", (-30, 66), (-8, 50.5), "right")
    label(ax, "vertebral body", (-30, 37), (-9, 37), "right")
    label(ax, "disc", (-30, 18), (-9, 18.2), "right")
    label(ax, "lower end plate", (-30, -24), (-8, -12.3), "right")
    label(ax, "pedicle", (20, 72), (22.5, 42), "center")
    label(ax, "superior\narticular process", (56, 72), (33.5, 57), "left")
    label(ax, "spinous process", (82, 56), (66, 31), "left")
    label(ax, "facet joint", (62, 8.5), (36.3, 14.5), "left")
    label(ax, "intervertebral\nforamen", (4, -34), (23.5, 20), "center")
    label(ax, "pars interarticularis", (48, -40), (31.2, -5.5), "left")


def _from_above(ax: Axes) -> None:
    ax.set_xlim(-72, 72)
    ax.set_ylim(-80, 29)
    shape = axial_lumbar()
    bone(ax, shape.bone, shape.body, shape.canal)
    holes = (shape.canal,)
    region(ax, shape.bone, COLOURS["lamina"], 0.36, shape.lamina, holes)
    region(ax, shape.bone, COLOURS["spinous"], 0.32, shape.spinous)
    region(ax, shape.body, COLOURS["vertebra"], 0.28)
    region(ax, shape.canal, COLOURS["canal"], 0.3)
    ax.set_title("Cut across, front upwards")
    label(ax, "vertebral body", (38, 17), (10, 5), "left")
    label(ax, "pedicle", (36, -8), (20, -18), "left")
    label(ax, "transverse\nprocess", (56, -44), (40, -28.5), "center")
    label(ax, "articular process", (26, -54), (22, -37), "left")
    label(ax, "lamina", (-30, -52), (-11, -36), "right")
    label(
        ax, "vertebral foramen:\nthe canal, seen end-on", (-38, -8), (-5, -24), "right"
    )
    label(ax, "spinous process", (14, -70), (1, -64), "left")

"""What stands on a PDF's pages besides the report."""

from collections.abc import Callable
from random import Random

from reportlab.pdfgen.canvas import Canvas

from tests.kit.reports.render import FONT


def watermark(canvas: Canvas) -> None:
    """The portal's name, pale, across the whole page."""
    canvas.setFillGray(0.85)
    canvas.setFont(FONT, 20)
    for y in range(40, 840, 90):
        for x in range(20, 600, 190):
            canvas.drawString(x, y, "某某政府网2022")


def other_numbers(rng: Random) -> Callable[[Canvas], None]:
    """Numbers that nobody sees: in white, as a draft leaves them."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(1)
        canvas.setFont(FONT, 8)
        for y in range(60, 800, 12):
            canvas.drawString(rng.randint(60, 500), y, str(rng.randint(0, 999)))

    return draw

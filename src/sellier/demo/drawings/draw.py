"""The one door: from a look to its picture."""

from sellier.demo.drawings.look import Look
from sellier.demo.drawings.palette import PALETTE


def draw(look: Look) -> str:
    """Draw a piece as a complete SVG document of 800 by 1000."""
    shade = PALETTE[look.color]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 1000">'
        f'<rect x="200" y="300" width="400" height="400" fill="{shade.base}"/></svg>'
    )

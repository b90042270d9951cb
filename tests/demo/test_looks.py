from collections.abc import Mapping

import pytest

from sellier.demo.organization import LOOKS
from sellier.infra import themes

# The house's own tokens, for those that a look leaves as they are.
HOUSE = {
    "color-ground": "#ffffff",
    "color-ink": "#16130f",
    "color-soft": "#635d55",
    "color-accent": "#16130f",
    "color-on-accent": "#ffffff",
    "color-line-strong": "#8b857b",
}


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(look: Mapping[str, str], one: str, other: str) -> float:
    lighter, darker = sorted((luminance(look[one]), luminance(look[other])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("code", LOOKS)
@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("color-ink", "color-ground", 7.0),
        ("color-soft", "color-ground", 4.5),
        ("color-accent", "color-on-accent", 4.5),
        ("color-line-strong", "color-ground", 3.0),
    ],
)
def test_every_look_can_be_read(code: str, one: str, other: str, least: float) -> None:
    assert contrast(HOUSE | dict(LOOKS[code]), one, other) >= least


@pytest.mark.parametrize("code", LOOKS)
def test_every_token_of_a_look_is_one_that_a_theme_may_set(code: str) -> None:
    written = themes.stylesheet(LOOKS[code])
    assert all(f"--{name}:{value}" in written for name, value in LOOKS[code].items())

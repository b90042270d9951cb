import re

import pytest

from sellier.demo.drawings.palette import FAMILIES, METALS, PALETTE, blend, luminance


@pytest.mark.parametrize("key", sorted(PALETTE))
def test_a_shade_has_names_a_family_and_four_tones(key: str) -> None:
    shade = PALETTE[key]
    assert shade.family in FAMILIES
    assert shade.english
    assert shade.french
    for tone in (shade.base, shade.light, shade.dark, shade.stroke):
        assert re.fullmatch("#[0-9a-f]{6}", tone)
    assert luminance(shade.stroke) < luminance(shade.dark) < luminance(shade.base)
    assert luminance(shade.base) < luminance(shade.light)


def test_names_are_not_shared() -> None:
    assert len({shade.english for shade in PALETTE.values()}) == len(PALETTE)
    assert len({shade.french for shade in PALETTE.values()}) == len(PALETTE)


def test_every_family_has_a_color() -> None:
    assert {shade.family for shade in PALETTE.values()} == FAMILIES
    assert set(PALETTE) >= METALS


def test_blend_goes_from_one_color_to_the_other() -> None:
    assert blend("#000000", "#ffffff", 0) == "#000000"
    assert blend("#000000", "#ffffff", 1) == "#ffffff"
    assert blend("#204060", "#406080", 0.5) == "#305070"

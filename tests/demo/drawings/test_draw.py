import re
from itertools import product
from time import perf_counter
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sellier.demo.drawings.draw import HANDS, draw
from sellier.demo.drawings.look import MATERIALS, SHAPES, Kind, Look, Material, materials_of
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.drawings.prints import Print, print_of, variation_for

SHAPED = [(kind, shape) for kind in Kind for shape in SHAPES[kind]]
LARGEST = 20_000
USUAL = 12_000


def look(
    kind: Kind,
    shape: str,
    *,
    material: Material | None = None,
    color: str = "cognac",
    variation: int = 0,
) -> Look:
    usual = materials_of(kind, shape)[0] if shape in SHAPES[kind] else MATERIALS[kind][0]
    return Look(
        kind=kind, shape=shape, material=material or usual, color=color, variation=variation
    )


@st.composite
def looks(choose: st.DrawFn) -> Look:
    kind, shape = choose(st.sampled_from(SHAPED))
    return Look(
        kind=kind,
        shape=shape,
        material=choose(st.sampled_from(MATERIALS[kind])),
        color=choose(st.sampled_from(sorted(PALETTE))),
        accent=choose(st.none() | st.sampled_from(sorted(PALETTE))),
        variation=choose(st.integers(min_value=0, max_value=200)),
    )


def check(svg: str) -> None:
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == "0 0 800 1000"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "foreignObject", "image", "use", "a", "text", "style", "animate"}
    assert "href" not in svg
    assert "nan" not in svg
    named = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(named) == len(set(named))
    assert set(re.findall(r"url\(#(\w+)\)", svg)) <= set(named)
    assert "@" not in svg


def test_every_kind_has_a_hand_for_each_of_its_shapes() -> None:
    assert {kind: set(shapes) for kind, shapes in HANDS.items()} == {
        kind: set(shapes) for kind, shapes in SHAPES.items()
    }


@pytest.mark.parametrize(("kind", "shape"), SHAPED)
def test_each_shape_is_drawn_in_each_sensible_material(kind: Kind, shape: str) -> None:
    drawings = [
        draw(look(kind, shape, material=material, variation=variation))
        for material, variation in product(materials_of(kind, shape), range(7))
    ]
    for svg in drawings:
        check(svg)
        assert len(svg.encode()) <= LARGEST


@settings(max_examples=150, deadline=None)
@given(looks())
def test_any_look_gives_a_sound_drawing(one: Look) -> None:
    svg = draw(one)
    check(svg)
    assert svg == draw(one)
    assert len(svg.encode()) <= LARGEST


@pytest.mark.parametrize(("kind", "shape"), SHAPED)
def test_what_differs_to_the_eye_differs_in_the_drawing(kind: Kind, shape: str) -> None:
    one, other = materials_of(kind, shape)[:2]
    drawings = {
        _unnamed(draw(changed))
        for changed in (
            look(kind, shape),
            look(kind, shape, color="navy"),
            look(kind, shape, material=other),
        )
    }
    assert one is not other
    assert len(drawings) == 3


def test_shapes_of_a_kind_differ() -> None:
    for kind in Kind:
        drawn = {_unnamed(draw(look(kind, shape))) for shape in SHAPES[kind]}
        assert len(drawn) == len(SHAPES[kind])


def test_two_drawings_can_stand_in_one_page() -> None:
    names = [
        re.findall(r'id="(\w+)"', draw(look(kind, shape, color=color)))
        for kind, shape in SHAPED
        for color in ("black", "ivory")
    ]
    flat = [name for some in names for name in some]
    assert len(flat) == len(set(flat))


def test_a_listing_is_light_and_quick() -> None:
    wanted = [look(kind, shape, variation=v) for kind, shape in SHAPED for v in range(3)]
    started = perf_counter()
    sizes = [len(draw(one)) for one in wanted]
    assert sum(sizes) / len(sizes) < USUAL
    assert (perf_counter() - started) / len(wanted) < 0.02


def test_a_design_is_chosen_by_variation_where_the_cloth_takes_it() -> None:
    for design in Print:
        variation = variation_for(design, 5)
        silk = look(Kind.GARMENT, "blouse", material=Material.SILK, variation=variation)
        assert print_of(silk) is design
    knit = look(Kind.GARMENT, "knit", material=Material.KNIT, variation=variation_for(Print.DOTS))
    assert print_of(knit) is Print.PLAIN


def test_a_shape_of_another_kind_is_refused() -> None:
    with pytest.raises(AssertionError, match="no shape"):
        look(Kind.WATCH, "tote")


def _unnamed(svg: str) -> str:
    """Forget the ids, which differ between any two looks."""
    return re.sub(r"\bs[0-9a-f]{9,}\b", "", svg)

"""The map of the network holds every place, wherever it is."""

from hypothesis import given
from hypothesis import strategies as st

from sellier.surfaces.studio.projection import DOT, LINES_MAX, WIDTH, draw, radius
from sellier.surfaces.studio.shown import Spot


def spot(latitude: float, longitude: float, orders: int = 0, capacity: int = 10) -> Spot:
    return Spot(
        code=f"{latitude}:{longitude}",
        name="Boutique",
        city="Paris",
        country="FR",
        is_warehouse=False,
        latitude=latitude,
        longitude=longitude,
        capacity=capacity,
        orders=orders,
        late=0,
        is_open=True,
        is_shut=False,
    )


spots = st.builds(spot, st.floats(-60, 75), st.floats(-179, 179), st.integers(0, 50))


@given(st.lists(spots, min_size=1, max_size=20), st.booleans())
def test_every_place_is_on_the_map_and_lines_are_few(found: list[Spot], is_near: bool) -> None:  # noqa: FBT001  given
    drawn = draw(found, is_near=is_near)
    assert drawn is not None
    assert len(drawn.dots) == len(found)
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= drawn.height for dot in drawn.dots)
    assert len(drawn.meridians) <= 2 * LINES_MAX
    assert all(0 <= line.at <= WIDTH for line in drawn.meridians)


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([], is_near=True) is None


def test_north_is_up_and_east_is_right() -> None:
    drawn = draw([spot(48.9, 2.3), spot(43.7, 7.3)], is_near=True)
    assert drawn is not None
    nice, paris = drawn.dots  # by code, where none has more to do
    assert paris.y < nice.y
    assert paris.x < nice.x


def test_a_place_grows_with_its_work_up_to_a_full_day() -> None:
    least, most = DOT
    assert radius(spot(0, 0)) == least
    assert radius(spot(0, 0, orders=10)) == most
    assert radius(spot(0, 0, orders=99)) == most
    assert radius(spot(0, 0, orders=1, capacity=0)) == most

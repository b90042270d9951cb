from sellier.demo.drawings.paths import (
    Knot,
    box,
    inset,
    knots,
    mirrored,
    outline,
    reflected,
    symmetric,
    trace,
)

SQUARE = "0 0| 100 0| 100 100| 0 100|"


def test_corners_are_joined_by_straight_edges() -> None:
    assert outline(SQUARE) == "M0 0l100 0l0 100l-100 0l0-100Z"


def test_knots_without_corners_are_joined_by_curves() -> None:
    assert outline("0 0 100 0 100 100 0 100").count("c") == 4
    assert trace("0 0 50 20 100 0").count("c") == 2


def test_an_inset_square_is_a_smaller_square_whichever_way_it_is_drawn() -> None:
    for line in (knots(SQUARE), tuple(reversed(knots(SQUARE)))):
        smaller = {(k.x, k.y) for k in inset(line, 10)}
        assert smaller == {(10, 10), (90, 10), (90, 90), (10, 90)}


def test_a_mirrored_half_is_whole_and_meets_itself_on_the_axis() -> None:
    whole = mirrored(knots("400 100 300 200| 400 300"))
    assert whole == (
        Knot(400, 100),
        Knot(300, 200, corner=True),
        Knot(400, 300),
        Knot(500, 200, corner=True),
    )
    assert symmetric("400 100 300 200| 400 300") == outline(whole)


def test_reflecting_twice_changes_nothing() -> None:
    line = knots("120 30 140 50| 60 70")
    assert reflected(reflected(line)) == line


def test_a_box_may_be_rounded() -> None:
    assert box(0, 0, width=10, height=20) == "M0 0h10v20h-10Z"
    assert box(0, 0, width=10, height=20, radius=50).count("a5 5") == 4

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from sellier.kernel.ids import Sku
from sellier.surfaces.slips.packing import Slip, SlipLine, packing_slip
from sellier.surfaces.slips.picking import Pick, PickList, pick_list
from sellier.surfaces.slips.sheet import FONTS, TEXT, Paper, Sheet, legible
from sellier.surfaces.slips.words import WORDS, counted

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINE = SlipLine(
    sku=Sku("LAN-771-COG-40.5"),
    brand="Lanthier",
    title="Mocassins « Marées » cousus main",
    color="Cognac",
    size="Taille 40,5",
    quantity=2,
)
SLIP = Slip(
    lang="fr",
    banner="Maison Lanthier",
    order_number="M-2026-004217",
    recipient=("Léonie Maréchal", "12, rue des Tanneurs", "69001 Lyon", "France"),
    location="Boutique de la rue du Perche, Paris",
    prepared_on=date(2026, 11, 23),
    lines=(LINE,),
    code="ful_abcdefghijklmnopqrstuvwxyz",
)
PICK = Pick(
    place="Réserve, rayonnage A",
    walk=1,
    sku=LINE.sku,
    brand=LINE.brand,
    title=LINE.title,
    color=LINE.color,
    size=LINE.size,
    quantity=1,
    orders=("M-2026-004217",),
)
LIST = PickList(
    lang="fr",
    location="Boutique de la rue du Perche, Paris",
    zone="Europe/Paris",
    made_at=NOON,
    picks=(PICK,),
)


def pages(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n")


def blank() -> Sheet:
    return Sheet(Paper.A5, title="", lang="fr", made_at=NOON)


@pytest.fixture
def sheet() -> Iterator[Sheet]:
    with blank() as found:
        yield found


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_slip_is_one_page_with_its_letters_inside(paper: Paper, lang: str) -> None:
    slip = packing_slip(replace(SLIP, lang=lang), paper=paper)
    assert slip.startswith(b"%PDF-")
    assert pages(slip) == 1
    assert slip.count(b"/FontFile2") == 3
    assert len(slip) < 40_000


def test_the_same_slip_is_the_same_paper() -> None:
    assert packing_slip(SLIP) == packing_slip(SLIP)
    assert pick_list(LIST) == pick_list(LIST)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 40))
def test_many_lines_go_over_many_pages(count: int) -> None:
    long, short = (
        pages(packing_slip(replace(SLIP, lines=(LINE,) * count), paper=paper))
        for paper in (Paper.A5, Paper.A4)
    )
    assert short <= long <= 1 + count // 7
    assert (long == 1) == (count <= 6)


@pytest.mark.parametrize("paper", Paper)
def test_a_long_address_still_leaves_room_for_lines(paper: Paper) -> None:
    slip = replace(SLIP, recipient=("Léonie Maréchal",) * 9, lines=(LINE,) * 4)
    assert pages(packing_slip(slip, paper=paper)) <= 2


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60))
def test_whatever_the_words_there_is_a_slip(long: str, short: str) -> None:
    line = replace(LINE, brand=short, title=long, color=short, size=short, sku=Sku(short))
    slip = replace(SLIP, banner=long, recipient=(long, short), location=long, lines=(line,))
    assert pages(packing_slip(slip)) == 1


def test_places_are_walked_in_order_and_none_is_left_out() -> None:
    nowhere = replace(PICK, place=None, walk=0)
    shelf = replace(PICK, place="Réserve, rayonnage B", walk=2)
    picks = (nowhere, shelf, PICK) * 20
    assert pages(pick_list(replace(LIST, picks=picks))) >= 3
    assert pick_list(replace(LIST, picks=picks)) == pick_list(
        replace(LIST, picks=tuple(reversed(picks)))
    )


def test_an_empty_list_is_a_page_that_says_so() -> None:
    assert pages(pick_list(replace(LIST, picks=()))) == 1
    assert counted(WORDS["fr"], 0, lang="fr") == "0 pièce"
    assert counted(WORDS["en"], 0, lang="en") == "0 pieces"


# Letters


@pytest.mark.parametrize("path", sorted(FONTS.glob("*.ttf")), ids=lambda path: path.name)
def test_every_face_has_what_french_and_neighbors_write(path: Path) -> None:
    with TTFont(path) as font:
        known = font.getBestCmap()
    wanted = "àâæçéèêëîïôœùûüÿÀÉÈŒ«»’–…·×€ŁłŽžőßñ\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}"  # noqa: RUF001  French
    assert [letter for letter in wanted if ord(letter) not in known] == []


def test_letters_that_are_not_there_show_that_they_were(sheet: Sheet) -> None:
    known = sheet.letters
    assert legible("Łukasz Žižková", known=known) == "Łukasz Žižková"
    assert legible("東京", known=known) == "??"
    assert legible("e\N{COMBINING ACUTE ACCENT}", known={ord("e")}) == "e"


@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=200), st.floats(5, 120))
def test_words_never_run_over_the_edge(words: str, width: float) -> None:
    with blank() as sheet:
        lines = sheet.wrap(words, width=width, face=TEXT, most=2)
        assert len(lines) <= 2
        for line in lines:
            assert sheet.measure(line, face=TEXT) <= width or len(line) <= 1


def test_words_are_broken_between_words(sheet: Sheet) -> None:
    lines = sheet.wrap("Mocassins cousus main", width=20, face=TEXT, most=2)
    assert lines == ["Mocassins", "cousus main"]


def test_a_slip_says_no_price() -> None:
    # Neither field nor word for one: what a slip is made of is all it can say.
    assert not any("price" in name or "amount" in name for name in SlipLine.__slots__)

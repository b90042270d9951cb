from datetime import datetime

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.catalog.models import Variant
from sellier.domain.stock import service as stock
from sellier.domain.stock.rules import inspection
from sellier.domain.stock.states import Cause, Condition
from sellier.kernel.ids import Sku
from sellier.surfaces.boutique import rules
from sellier.surfaces.boutique.queries import place
from tests.domain.locations import make as locations
from tests.surfaces.boutique import make

Sessions = async_sessionmaker[AsyncSession]


@pytest.fixture
async def tagged(sessions: Sessions, group: make.Group) -> make.Group:
    async with sessions.begin() as db:
        await db.execute(
            update(Variant).where(Variant.sku == "LINON-BLUE-38").values(gtin="0012345678905")
        )
    return group


TAGS = ["0012345678905", "012345678905", "12345678905", " LINON-BLUE-38 ", "linon-blue-38"]


@pytest.mark.usefixtures("tagged")
async def test_a_tag_leads_straight_to_its_piece_and_size(lyon: httpx.AsyncClient) -> None:
    for scanned in TAGS:
        answer = await lyon.get("/boutique/lookup", params={"q": scanned})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/boutique/pieces/LINON-BLUE?sku=LINON-BLUE-38"


async def test_the_code_of_a_piece_leads_to_it(lyon: httpx.AsyncClient) -> None:
    answer = await lyon.get("/boutique/lookup", params={"q": "ECLUSE-RED"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/boutique/pieces/ECLUSE-RED")


async def test_words_find_pieces_of_the_group_with_what_is_here_and_elsewhere(
    lyon: httpx.AsyncClient, index: make.FakeIndex
) -> None:
    index.codes = ["LINON-BLUE", "ECLUSE-RED", "GONE-SINCE"]
    page = (await lyon.get("/boutique/lookup", params={"q": "manteau bleu"})).text

    assert page.index("Manteau Linon") < page.index("Tote Écluse")
    assert index.asked[0].words == "manteau bleu"
    assert (index.asked[0].channel, index.asked[0].market) == ("atelier", "FR")
    coat = page[page.index("Manteau Linon") : page.index("Tote Écluse")]
    assert "<b>0</b> here" in coat
    assert "<b>5</b> elsewhere" in coat  # six on hand, one allocated
    assert "€2,400" in coat


@pytest.mark.parametrize("path", ["/boutique", "/boutique/lookup", "/boutique/pieces/LINON-BLUE"])
async def test_the_scan_field_speaks_the_language_of_its_page(
    lyon: httpx.AsyncClient, path: str
) -> None:
    french = await lyon.get(path, params={"lang": "fr"})
    english = await lyon.get(path, params={"lang": "en"})

    assert '<label class="field-label" for="q">Scannez une étiquette, ou cherchez</label>' in (
        french.text
    )
    assert "Scan a tag, or search" not in french.text
    assert '<label class="field-label" for="q">Scan a tag, or search</label>' in english.text


async def test_without_an_index_tags_are_found_and_words_are_excused(
    lyon: httpx.AsyncClient, index: make.FakeIndex
) -> None:
    index.codes = None
    assert (await lyon.get("/boutique/lookup", params={"q": "ECLUSE-RED-U"})).status_code == 303
    excused = await lyon.get("/boutique/lookup", params={"q": "manteau"})
    assert excused.status_code == 200
    assert "Search by words is resting" in excused.text


async def test_nothing_found_says_what_to_try(lyon: httpx.AsyncClient) -> None:
    page = await lyon.get("/boutique/lookup", params={"q": "<script>x"})
    assert "Nothing found for “&lt;script&gt;x”" in page.text


async def test_odd_words_are_answered(lyon: httpx.AsyncClient) -> None:
    for typed in ("", "   ", "\x00", "%", "'", "0" * 200, "٣" * 9):
        assert (await lyon.get("/boutique/lookup", params={"q": typed})).status_code == 200


async def test_words_without_end_are_refused(lyon: httpx.AsyncClient) -> None:
    assert (await lyon.get("/boutique/lookup", params={"q": "a" * 201})).status_code == 400


async def test_a_piece_shows_every_place_of_the_chosen_size(lyon: httpx.AsyncClient) -> None:
    page = (await lyon.get("/boutique/pieces/LINON-BLUE?sku=LINON-BLUE-38")).text
    row = page[page.index("Rue Alphonse Karr") :]
    numbers = [part.split("<")[0] for part in row.split('is-number">')[1:3]]
    assert numbers == ["4", "1"]  # on hand, reserved
    assert '<b class="">3</b>' in row
    assert "299" in row  # kilometers from Lyon
    assert "€2,400" in page


async def test_units_in_the_window_are_shown_and_cannot_be_promised(
    lyon: httpx.AsyncClient, sessions: Sessions, group: make.Group, noon: datetime
) -> None:
    aside = inspection(
        sku=Sku("ECLUSE-RED-U"),
        location_id=group.lyon,
        quantity=1,
        before=Condition.SELLABLE,
        after=Condition.DISPLAY,
    )
    async with sessions.begin() as db:
        await stock.move(
            db, moves=aside, cause=Cause.INSPECTION, source="note:1", by="ada", now=noon
        )

    page = (await lyon.get("/boutique/pieces/ECLUSE-RED")).text

    place = page[page.index('class="places-name"') :]
    assert "1 not for sale" in place
    assert '<b class="">1</b>' in place  # three on hand, one allocated, one in the window


async def test_an_unknown_piece_is_not_found(lyon: httpx.AsyncClient) -> None:
    assert (await lyon.get("/boutique/pieces/NO-SUCH")).status_code == 404


async def test_prices_are_those_of_the_boutiques_country(
    sessions: Sessions, group: make.Group
) -> None:
    async with sessions.begin() as db:
        london = await locations.location(db, country="GB", city="London")
        rome = await locations.location(db, country="IT", city="Roma")
        seen = [
            (await place.here(db, location_id=where)).market
            for where in (group.lyon, london, rome, None)
        ]
    assert seen == ["FR", "GB", "FR", "FR"]


def test_ranked_lists_are_merged_in_turn() -> None:
    merged = rules.interleave([["a", "b", "c"], ["b", "d"], []], limit=3)
    assert merged == ["a", "b", "d"]


@pytest.mark.usefixtures("noon")
def test_a_scanned_number_is_tried_in_every_length(noon: datetime) -> None:
    del noon
    assert rules.gtins("00012345678905") == ["012345678905", "0012345678905", "00012345678905"]
    assert rules.gtins("000") == ()
    assert rules.gtins("1" * 15) == ()

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra.settings import Settings
from tests.surfaces.counting import counted
from tests.surfaces.make import Clock
from tests.surfaces.storefront import make
from tests.surfaces.storefront.make import Visitor, said

Sessions = async_sessionmaker[AsyncSession]
MENU_PAGES = (
    ("fr", "list?sort=new"),
    ("fr", "maisons"),
    ("fr", "list?sort=new&q=<b>"),
    ("en", "list?sort=new"),
)


@pytest.mark.parametrize(("header", "path"), [("fr-FR,en;q=0.5", "/fr/"), ("de,en;q=0.8", "/en/")])
async def test_the_front_door_speaks_the_browsers_language(
    visitor: Visitor, header: str, path: str
) -> None:
    answer = await visitor.get("/", **{"accept-language": header})
    assert (answer.status_code, answer.headers["location"]) == (302, path)


async def test_the_front_page_shows_pieces_and_maisons(visitor: Visitor) -> None:
    page = await visitor.get("/fr/")
    assert page.status_code == 200
    assert "Cousu main" in page.text
    assert "/fr/p/RED" in page.text
    assert "/fr/list?brand=hautefeuille" in page.text


async def test_a_list_answers_words_with_prices_of_the_market(visitor: Visitor) -> None:
    page = await visitor.get("/fr/list?q=ballerine+red")
    assert "Ballerine Red" in page.text
    assert "590\u00a0€" in page.text


async def test_facets_are_counted_beside_what_they_select(visitor: Visitor) -> None:
    page = await visitor.get("/en/list?color=red")
    assert "Ballerine Red" in page.text
    assert "Ballerine Black" not in page.text
    assert 'id="color-black"' in page.text
    assert 'href="/en/list"' in page.text  # the chip that gives the color up


async def test_filters_that_leave_nothing_can_be_taken_off(visitor: Visitor) -> None:
    page = await visitor.get("/en/list?category=shoes&color=red&price_max=1")
    assert "No piece has all that is chosen" in page.text
    assert "Remove the filters" in page.text
    assert 'class="filters-form"' in page.text  # what is chosen may be changed, too


async def test_words_that_find_nothing_are_said_back_with_ways_on(visitor: Visitor) -> None:
    page = await visitor.get("/fr/list?q=zzzz")
    assert "Rien pour « zzzz »" in said(page)
    assert "Essayez moins de mots" in page.text
    assert 'class="nothing-shelf" href="/fr/maisons"' in page.text
    assert 'class="filters-form"' not in page.text


async def test_a_page_past_the_end_leads_back_to_the_first(visitor: Visitor) -> None:
    page = await visitor.get("/en/list?page=9")
    assert "The list ends before this page" in page.text
    assert 'href="/en/list?page=1"' in page.text


async def test_a_count_is_told_with_what_only_moves_pieces_up(visitor: Visitor) -> None:
    page = await visitor.get("/en/list?q=red+ballerina")
    assert "What answers “red” comes first, then the rest." in page.text
    assert 'href="/en/list?q=red%20ballerina&amp;color=red"' in page.text
    assert "Only red (1)" in page.text

    sorted_by_price = await visitor.get("/en/list?q=red+ballerina&sort=price_up")
    assert "In this order, “red” does not come first." in sorted_by_price.text

    filtered = await visitor.get("/en/list?q=red+ballerina&color=red")
    assert "comes first" not in filtered.text


async def test_the_menu_is_kept_but_marks_where_one_is(visitor: Visitor) -> None:
    shown = [(await visitor.get(f"/{lang}/{path}")).text for lang, path in MENU_PAGES]
    bars = [page[page.index('<nav class="departments"') :].partition("</nav>")[0] for page in shown]
    assert [bar.count('aria-current="page"') for bar in bars] == [1, 1, 0, 1]
    assert 'href="/fr/list?sort=new" aria-current="page">Nouveautés' in bars[0]
    assert 'href="/fr/maisons" aria-current="page"' in bars[1]
    assert 'href="/en/list?sort=new" aria-current="page">New in' in bars[3]


async def test_a_missing_page_lets_one_search(visitor: Visitor) -> None:
    page = await visitor.get("/fr/p/NO-SUCH-PIECE")
    assert page.status_code == 404
    assert 'action="/fr/list"' in page.text
    assert 'name="q"' in page.text


async def test_a_price_is_asked_in_whole_units(visitor: Visitor) -> None:
    assert "Ballerine Red" in (await visitor.get("/fr/list?price_min=590&price_max=590")).text
    assert "Ballerine Red" not in (await visitor.get("/fr/list?price_min=591")).text


@pytest.mark.parametrize(
    "query",
    ["sort=worst", "price_min=-1", "price_max=1e9", "page=x", f"q={'a' * 300}", "page=99999999999"],
)
async def test_what_no_page_of_ours_asks_is_refused(visitor: Visitor, query: str) -> None:
    assert (await visitor.get(f"/fr/list?{query}")).status_code == 422


async def test_words_are_shown_back_without_becoming_markup(visitor: Visitor) -> None:
    page = await visitor.get('/en/list?q="><script>alert(1)</script>&brand=<b>x</b>')
    assert "<script>alert" not in page.text
    assert "<b>x</b>" not in page.text


async def test_no_page_carries_handlers_or_styles_of_its_own(visitor: Visitor) -> None:
    for path in ("/fr/", "/fr/list", "/fr/p/RED", "/fr/cart", "/fr/maisons", "/fr/about"):
        page = (await visitor.get(path)).text
        assert " style=" not in page
        assert " onclick=" not in page


async def test_a_list_costs_as_many_statements_whatever_its_length(
    sessions: Sessions, settings: Settings, clock: Clock
) -> None:
    await make.pieces(sessions, settings, codes=[f"PIECE{n:02d}" for n in range(20)], now=clock.now)
    visitor = make.browser(make.application(sessions, settings, clock=clock))
    async with visitor.client:
        for path in ("/fr/list", "/fr/p/PIECE01"):  # fill what is kept for a minute
            await visitor.get(path)
        with counted(sessions) as long:
            page = await visitor.get("/fr/list")
        with counted(sessions) as short:
            await visitor.get("/fr/list?q=PIECE03")
        with counted(sessions) as piece:
            await visitor.get("/fr/p/PIECE03")
    assert page.text.count('class="tile"') == 20
    assert (len(long), len(short)) == (1, 1)
    # The piece with its sizes and colors; where it is, and what those places promise.
    assert len(piece) == 3

import pytest

from sellier.infra import media, themes
from sellier.infra.settings import Settings
from sellier.surfaces.storefront import maisons, shown
from tests.surfaces.storefront.make import Visitor


async def test_a_theme_is_kept_for_ever_under_its_own_address(visitor: Visitor) -> None:
    page = (await visitor.get("/fr/about")).text
    address = next(part for part in page.split('"') if part.startswith("/theme/"))
    answer = await visitor.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert (await visitor.get("/theme/atelier-000000000000.css")).status_code == 404


def test_a_theme_says_only_what_it_may() -> None:
    written = themes.stylesheet(
        {
            "color-accent": "#7d1a28",
            "radius": "2px",
            "color-ink": "red;}body{display:none",
            "background": "url(//evil.example)",
            "font-display": 'Petrona", serif;} *{color:red',
            "weight-display": 300,
        }
    )
    assert "--color-accent:#7d1a28" in written
    assert "--radius:2px" in written
    assert "body" not in written
    assert "evil" not in written
    assert "font-display" not in written


async def test_a_drawing_may_neither_run_nor_fetch(visitor: Visitor, settings: Settings) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 10"><path d="M0 0"/></svg>'
    kept = media.add_drawing(settings.home, svg.encode())
    answer = await visitor.get(f"/media/{kept.sha256}.svg")
    assert answer.content.decode() == svg
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        f"/media/{'0' * 64}.svg",
        f"/media/{'0' * 64}.html",
        f"/media/{'0' * 64}/640.jpg",
        f"/media/{'0' * 64}/641.jpg",
        f"/media/{'0' * 64}/640.exe",
        "/media/..%2f..%2fsecret.key.svg",
        "/media/x/y",
    ],
)
async def test_only_pictures_are_sent(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404


def test_names_stand_under_their_first_letter() -> None:
    def house(name: str) -> shown.House:
        return shown.House(code=name, name=name, is_maison=True, story={}, count=1)

    letters = maisons.by_letter(map(house, ["Élan", "1er Étage", "embrune", "Aubrecourt"]))
    assert {letter: [one.name for one in names] for letter, names in letters.items()} == {
        "A": ["Aubrecourt"],
        "E": ["Élan", "embrune"],
        "#": ["1er Étage"],
    }


def test_shelves_stand_in_each_other_and_empty_ones_fall_away() -> None:
    rows: list[tuple[str, dict[str, str], int]] = [
        ("bags", {"en": "Bags"}, 1),
        ("bags/totes", {"en": "Totes"}, 3),
        ("shoes", {"en": "Shoes"}, 0),
        ("shoes/boots", {"en": "Boots"}, 9),
        ("toys", {"en": "Toys"}, 0),
    ]
    found = shown.tree(rows)
    assert [(shelf.path, shelf.count) for shelf in found] == [("shoes", 9), ("bags", 4)]
    assert [shelf.path for shelf in found[0].children] == ["shoes/boots"]

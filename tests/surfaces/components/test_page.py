import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from sellier.infra import templates
from tests.surfaces.components import make

LANGUAGES = ("fr", "en")


class Reader(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def page(lang: str) -> Reader:
    template = templates.environment().get_template("components/page.html")
    return Reader(template.render(**make.context(lang=lang)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_on_a_page_needs_an_unsafe_policy(lang: str) -> None:
    for tag, attrs in page(lang).elements:
        assert "style" not in attrs, tag
        assert not [name for name in attrs if re.match(r"on[a-z]", name)], tag
        assert not [name for name in attrs if name.startswith("hx-on")], tag
        if tag == "script":
            assert attrs.get("nonce") == "nonce"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_id_is_unique_and_every_reference_finds_one(lang: str) -> None:
    found = page(lang).elements
    ids = Counter(attrs["id"] for _, attrs in found if attrs.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    for _, attrs in found:
        for reference in ("for", "aria-describedby", "aria-labelledby", "data-open"):
            for name in (attrs.get(reference) or "").split():
                assert name in ids


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_picture_has_its_size_and_words(lang: str) -> None:
    pictures = page(lang).every("img")
    assert pictures
    for attrs in pictures:
        assert attrs.get("width")
        assert attrs.get("height")
        assert "alt" in attrs
        assert attrs.get("loading") in {"lazy", "eager"}


def test_a_photograph_comes_in_three_forms_and_a_drawing_as_it_is() -> None:
    reader = page("en")
    assert {attrs["type"] for attrs in reader.every("source")} == {"image/avif", "image/webp"}
    sources = {attrs["src"] for attrs in reader.every("img")}
    assert sources == {f"/media/{'5e' * 32}/640.jpg", f"/media/{'c0' * 32}.svg"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_says_its_language_and_where_the_other_one_is(lang: str) -> None:
    reader = page(lang)
    assert reader.every("html")[0]["lang"] == lang
    assert {link["hreflang"] for link in reader.every("link") if "hreflang" in link} == {"fr", "en"}

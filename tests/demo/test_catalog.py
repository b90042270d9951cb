import re
from collections import Counter
from itertools import chain

import pytest

from sellier.demo import catalog
from sellier.demo.catalog import Product, StyleColor, Variant, products
from sellier.demo.drawings.look import materials_of
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.drawings.prints import Print, print_of
from sellier.demo.group import MARKETS
from sellier.demo.gtin import check_digit, gtin
from sellier.demo.prose import ORDERS
from sellier.demo.sheet import detail_en, detail_fr
from sellier.demo.stock import positions
from sellier.demo.words import categories, voice

# A space that may break before one of these, or a colon set tight against its word.
WRONG_SPACE = re.compile(r"[ \u00a0][;!?»]|« |[^\u202f][;!?»]|«[^\u202f]| :|[^\u00a0]: ")


def style_colors() -> list[StyleColor]:
    return [style_color for product in products() for style_color in product.style_colors]


def variants() -> list[Variant]:
    return [variant for style_color in style_colors() for variant in style_color.variants]


def french_texts(product: Product) -> list[str]:
    titles = [style_color.title.fr for style_color in product.style_colors]
    return [product.title.fr, product.description.fr, *titles]


def test_the_catalog_has_the_size_of_a_real_house() -> None:
    assert 400 <= len(products()) <= 500
    assert 1_400 <= len(style_colors()) <= 1_600
    assert {product.category for product in products()} == set(categories())


def test_codes_and_article_numbers_are_unique() -> None:
    codes = [style_color.code for style_color in style_colors()]
    skus = [variant.sku for variant in variants()]
    numbers = [variant.gtin for variant in variants()]

    assert len(set(codes)) == len(codes)
    assert len(set(skus)) == len(skus)
    assert len(set(numbers)) == len(numbers)
    assert max(map(len, skus)) <= 50


def test_article_numbers_are_restricted_gtin_13_with_their_check_digit() -> None:
    for variant in variants():
        assert re.fullmatch(r"2\d{12}", variant.gtin)
        digits = [int(digit) for digit in variant.gtin]
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_check_digit_is_the_one_of_the_standard() -> None:
    assert check_digit("629104150021") == 3
    assert gtin(house=1, serial=1) == "2010000000014"


def test_the_same_group_comes_out_every_time() -> None:
    first, lying = products(), list(positions(products()))
    catalog.products.cache_clear()

    assert products() == first
    assert list(positions(products())) == lying


def test_every_price_is_positive_in_every_market() -> None:
    markets = {market.code for market in MARKETS}

    for variant in variants():
        assert set(variant.prices) == markets
        assert min(variant.prices.values()) > 0


def test_every_text_is_there_in_both_languages() -> None:
    for product in products():
        assert len(product.description.en) > 60
        assert len(product.description.fr) > 60
        assert product.description.en != product.description.fr
        for style_color in product.style_colors:
            assert 0 < len(style_color.title.en) <= 150
            assert 0 < len(style_color.title.fr) <= 150


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_products_are_described_alike(language: str) -> None:
    said = Counter(getattr(product.description, language) for product in products())

    assert [text for text, times in said.items() if times > 1] == []


def test_each_piece_has_a_sentence_of_its_own() -> None:
    pieces = chain.from_iterable(
        chapter.pieces
        for code in {product.brand for product in products()}
        for chapter in voice(code).chapters
    )
    own = [(piece.english, piece.french) for piece in pieces]

    assert len({english for english, _ in own}) == len(own)
    assert len({french for _, french in own}) == len(own)


def test_french_is_set_with_the_right_spaces() -> None:
    for product in products():
        for text in french_texts(product):
            assert WRONG_SPACE.search(text) is None, text
            assert "'" not in text


def test_nothing_is_written_with_a_straight_apostrophe_or_two_spaces() -> None:
    for product in products():
        assert "'" not in product.description.en
        assert "  " not in product.description.en + product.description.fr


def test_titles_tell_the_colors_of_a_product_apart() -> None:
    for product in products():
        titles = [style_color.title for style_color in product.style_colors]
        assert len({title.en for title in titles}) == len(titles), product.name
        assert len({title.fr for title in titles}) == len(titles), product.name


def test_printed_pieces_exist_and_are_drawn_as_told() -> None:
    known = {product.name for product in products()}
    for code in {product.brand for product in products()}:
        assert {*voice(code).prints, *voice(code).details} <= known
    for style_color in style_colors():
        assert (style_color.pattern is None) == (print_of(style_color.look) is Print.PLAIN)


def test_facts_survive_the_format_that_carries_them() -> None:
    for product in products():
        for written in (detail_en(product.facts), detail_fr(product.facts)):
            facts = [line.split(":") for line in written.split(",")]
            assert {len(fact) for fact in facts} == {3}
            assert all(part.strip() for fact in facts for part in fact)


def test_every_style_color_can_be_drawn_as_it_is() -> None:
    for style_color in style_colors():
        look = style_color.look
        assert look.material in materials_of(look.kind, look.shape)
        assert look.color in PALETTE
        assert look.accent is None or look.accent in PALETTE


def test_no_order_of_sentences_leaves_a_description_short() -> None:
    assert all("craft" in order or "wear" in order for order in ORDERS)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.catalog import rules
from sellier.kernel.money import Money
from sellier.kernel.parsing import Asking, Cells, Unreadable

ROW = {
    "id": "A-1",
    "item_group_id": "A",
    "title": "Quai tote",
    "brand": "Maison Quai",
    "color": "Navy blue",
    "product_type": "Bags > Tote bags",
}


def test_a_row_needs_little_and_the_rest_follows() -> None:
    cells = Cells(ROW)
    style, variant = rules.style_feed(cells), rules.variant_feed(cells)

    assert not cells.flaws
    assert (style.product_code, style.code) == ("A", "A-navy-blue")
    assert (style.color_family, style.category) == ("blue", ("Bags", "Tote bags"))
    assert (variant.sku, variant.condition, variant.asking) == ("A-1", "new", None)


def test_a_piece_without_a_group_is_its_own_product() -> None:
    style = rules.style_feed(Cells({**ROW, "item_group_id": "", "color": ""}))
    assert (style.product_code, style.code) == ("A-1", "A-1")


def test_a_reduction_keeps_the_price_it_is_reduced_from() -> None:
    cells = Cells({**ROW, "price": "100.00 EUR", "sale_price": "80.00 EUR"})
    expected = Asking(price=Money(8000, "EUR"), reduced_from=Money(10000, "EUR"))
    assert rules.variant_feed(cells).asking == expected


def test_every_wrong_cell_of_a_row_is_told() -> None:
    cells = Cells({**ROW, "id": "", "title": "x" * 151, "gtin": "1", "price": "free"})
    rules.style_feed(cells)
    rules.variant_feed(cells)
    assert {flaw.column for flaw in cells.flaws} == {"id", "title", "gtin", "price"}


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("", {}),
        ("Care:Advice:Wipe", {"Advice": "Wipe"}),
        ("A:Lining:Suede, goat,A:Clasp:Brass", {"Lining": "Suede, goat", "Clasp": "Brass"}),
        ("A:Size:10:20", {"Size": "10:20"}),
        ("A:Color:Red,A:Color:Blue", {"Color": "Red, Blue"}),
        ("nonsense", {}),
        (":::,,,:", {}),
    ],
)
def test_product_details_are_read_as_facts(text: str, facts: dict[str, str]) -> None:
    assert rules.product_facts(text) == facts


def test_sizes_stand_in_the_order_people_expect() -> None:
    sizes = ["", "XXS", "S", "M", "XL", "2XL", "3XL", "36", "36.5", "38", "100 ml", "Large"]
    mixed = [*sizes[6:], *sizes[:6]]
    assert sorted(mixed, key=rules.size_position) == sizes


def test_shelves_have_few_named_levels() -> None:
    assert rules.category_names("Prêt-à-porter > Robes") == ("Prêt-à-porter", "Robes")
    assert rules.category_path(("Prêt-à-porter", "Robes")) == "pret-a-porter/robes"
    assert rules.category_names("166") == ("Other",)
    for wrong in ("Bags > ", ">", "a>b>c>d>e>f>g", "> >"):
        with pytest.raises(Unreadable):
            rules.category_names(wrong)


def test_the_language_that_shelves_got_their_codes_from_is_the_main_one() -> None:
    shelves = {"bags": {"en": "Bags", "fr": "Sacs"}, "bags/totes": {"en": "Totes"}}
    assert rules.is_main_language(shelves, "en")
    assert not rules.is_main_language(shelves, "fr")
    assert rules.is_main_language({}, "fr")


@given(st.dictionaries(st.sampled_from([*ROW, "price", "gtin", "size"]), st.text(max_size=200)))
def test_no_row_fails_otherwise_than_by_a_flaw(row: dict[str, str]) -> None:
    cells = Cells(row)
    rules.style_feed(cells)
    variant = rules.variant_feed(cells)
    assert cells.flaws or variant.sku

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.search.rules.understanding import Understanding, understand
from sellier.domain.search.rules.wishes import Wish
from tests.domain.search.make import vocabulary


def read(typed: str, lang: str = "en") -> Understanding:
    return understand(typed, lang=lang, vocabulary=vocabulary())


def types(understood: Understanding) -> set[str]:
    return {choice.value for choice in understood.types}


def brands(understood: Understanding) -> list[str]:
    return [choice.value for choice in understood.brands]


def wish(understood: Understanding, kind: str) -> Wish:
    return next(each for each in understood.wishes if each.kind == kind)


def best(one: Wish) -> set[str]:
    top = max(choice.share for choice in one.choices)
    return {choice.value for choice in one.choices if choice.share == top}


@pytest.mark.parametrize(
    ("typed", "lang", "shelf"),
    [
        ("red dress", "en", "clothes/dresses"),
        ("robe rouge", "fr", "clothes/dresses"),
        ("gowns", "en", "clothes/dresses"),
        ("purse", "en", "bags/handbags"),
        ("sac à main", "fr", "bags/handbags"),
        ("sac main", "fr", "bags/handbags"),
        ("hand bag", "en", "bags/handbags"),
        ("court shoes", "en", "shoes/pumps"),
        ("escarpins", "fr", "shoes/pumps"),
        ("chemisettes", "fr", "clothes/shirts"),
    ],
)
def test_a_type_is_understood_in_both_languages(typed: str, lang: str, shelf: str) -> None:
    assert types(read(typed, lang)) == {shelf}


def test_french_words_are_understood_on_the_english_site() -> None:
    assert types(read("robe noire", "en")) == {"clothes/dresses"}


def test_a_color_takes_its_near_shades_and_prefers_its_name() -> None:
    red = wish(read("red dress"), "color")
    assert best(red) == {"Red"}
    assert {choice.value for choice in red.choices} == {"Red", "Burgundy"}
    assert best(wish(read("robe noire", "fr"), "color")) == {"Noir"}


def test_or_is_gold_in_french_and_a_conjunction_in_english() -> None:
    assert wish(read("montre or", "fr"), "color").label == "or"
    assert not [each for each in read("dress or shirt").wishes if each.kind == "color"]
    assert types(read("dress or shirt")) == {"clothes/dresses", "clothes/shirts"}


def test_a_person_is_gender_and_age() -> None:
    found = read("robe fille", "fr")
    assert best(wish(found, "gender")) == {"female"}
    assert best(wish(found, "age")) == {"kids"}
    assert not read("robe", "fr").wishes


def test_a_brand_is_understood_with_its_lines_after_it() -> None:
    assert brands(read("corvin watch")) == ["corvin", "corvin-sport"]
    assert brands(read("veuve perrin")) == ["veuve-perrin"]
    assert brands(read("perrin handbag")) == ["veuve-perrin"]


def test_a_brand_named_like_an_everyday_word_is_not_asked_by_it() -> None:
    found = read("montre homme", "fr")
    assert not brands(found)
    assert best(wish(found, "gender")) == {"male"}


@pytest.mark.parametrize(
    ("typed", "lang", "corrected"),
    [
        ("hautefeulle bag", "en", "Hautefeuille bag"),
        ("red dres", "en", "red dress"),
        ("chemsie blanche", "fr", "chemise blanche"),
        ("ecouarpe", "fr", "écharpe"),
    ],
)
def test_a_slip_of_the_finger_is_corrected(typed: str, lang: str, corrected: str) -> None:
    assert read(typed, lang).corrected == corrected


@pytest.mark.parametrize("typed", ["gentiane", "zzxqv", "hautefeuille", "robe"])
def test_known_and_hopeless_words_are_left_alone(typed: str) -> None:
    assert read(typed, "fr").corrected is None


@pytest.mark.parametrize(
    ("typed", "lang", "limits"),
    [
        ("dress under 50 euros", "en", (None, 5_000)),
        ("robe à moins de 49,90 €", "fr", (None, 4_990)),
        ("sac entre 200 et 100 euros", "fr", (10_000, 20_000)),
        ("bag over €100", "en", (10_000, None)),
        ("montre 50 euros maximum", "fr", (None, 5_000)),
        ("bag €80", "en", (None, 8_000)),
    ],
)
def test_a_price_is_understood(
    typed: str, lang: str, limits: tuple[int | None, int | None]
) -> None:
    found = read(typed, lang)
    assert (found.price_min_minor, found.price_max_minor) == limits
    assert len(found.types) == 1
    assert not found.words


@pytest.mark.parametrize("typed", ["backpack under 15 inches", "watch 100 m", "dress 38"])
def test_a_number_of_something_else_is_no_price(typed: str) -> None:
    found = read(typed)
    assert (found.price_min_minor, found.price_max_minor) == (None, None)


def test_without_turns_what_follows_and_no_more() -> None:
    found = read("shirt without stripes, white")
    assert [each.label for each in found.excluded] == ["striped"]
    assert best(wish(found, "color")) == {"White"}
    both = read("robe sans rayures ni fleurs", "fr")
    assert {value for each in both.excluded for value in best(each)} == {
        "Pattern=Striped",
        "Pattern=Floral",
    }


def test_sleeveless_is_a_wish_and_no_negation() -> None:
    found = read("robe sans manches", "fr")
    assert not found.excluded
    assert best(wish(found, "quality")) == {"Sleeve Length=Sleeveless"}


def test_synthetic_leather_is_no_leather() -> None:
    leather = wish(read("leather handbag"), "quality")
    assert best(leather) == {"Material=Leather"}
    assert "Material=Synthetic Leather" not in {choice.value for choice in leather.choices}


@pytest.mark.parametrize(
    ("typed", "lang"), [("watch steel strap", "en"), ("montre bracelet acier", "fr")]
)
def test_a_part_has_its_own_material(typed: str, lang: str) -> None:
    found = read(typed, lang)
    assert types(found) == {"watches"}
    assert best(wish(found, "quality")) == {"Strap Material=Stainless Steel"}


def test_a_depth_is_held_by_deeper_ones() -> None:
    found = wish(read("watch 100m"), "quality")
    assert {choice.value for choice in found.choices} == {
        "Water Resistance=100 m",
        "Water Resistance=200 m",
    }


@pytest.mark.parametrize(
    ("typed", "lang", "size"),
    [("robe taille 38", "fr", "38"), ("dress size M", "en", "M"), ("pumps uk 8", "en", "UK8")],
)
def test_a_size_is_read_in_its_scale(typed: str, lang: str, size: str) -> None:
    assert best(wish(read(typed, lang), "size")) == {size}


def test_unknown_words_are_kept_to_be_looked_for() -> None:
    assert read("gentiane dress").words == ("gentiane",)


@given(st.text(max_size=400), st.sampled_from(["en", "fr", "de", ""]))
def test_nothing_typed_is_refused(typed: str, lang: str) -> None:
    read(typed, lang)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.catalog.rules import color_family


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Red", "red"),
        ("Navy Blue", "blue"),
        ("bleu nuit", "blue"),
        ("Écru", "white"),
        ("Blanc cassé", "white"),
        ("GRIS CHINÉ", "grey"),
        ("Bordeaux", "red"),
        ("Vert kaki", "green"),
        ("Rose gold", "gold"),
        ("or rose", "gold"),
        ("Coffee Brown", "brown"),
        ("dark cherry red", "red"),
        ("noir / blanc", "multi"),
        ("noir et ébène", "black"),
        ("black and white", "multi"),
        ("Multicolore", "multi"),
        ("Unheard of", None),
        ("", None),
    ],
)
def test_a_color_name_has_a_family(name: str, family: str | None) -> None:
    assert color_family(name) == family


@given(st.text(max_size=60))
def test_any_name_is_answered(name: str) -> None:
    color_family(name)

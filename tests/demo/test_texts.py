import pytest

from sellier.demo.drawings.palette import PALETTE
from sellier.demo.texts import english, french, french_color, plain
from sellier.demo.words import materials, piece_types


@pytest.mark.parametrize(
    ("written", "set_in_type"),
    [
        (
            "Deux mots : l'un, l'autre ; puis rien !",
            "Deux mots\u00a0: l\u2019un, l\u2019autre\u202f; puis rien\u202f!",
        ),
        ("« Non ? »", "«\u202fNon\u202f?\u202f»"),
        ("Une chaîne de 45 cm.", "Une chaîne de 45\u00a0cm."),
        ("Il est 10:30.", "Il est 10:30."),
    ],
)
def test_french_gets_its_spaces(written: str, set_in_type: str) -> None:
    assert french(written) == set_in_type
    assert french(set_in_type) == set_in_type


def test_english_keeps_its_punctuation_tight() -> None:
    assert english("It's here: now; 30 ml!") == "It\u2019s here: now; 30\u00a0ml!"


@pytest.mark.parametrize(
    ("key", "gender", "agreed"),
    [
        ("black", "m", "noir"),
        ("black", "f", "noire"),
        ("black", "fp", "noires"),
        ("white", "f", "blanche"),
        ("white", "mp", "blancs"),
        ("violet", "f", "violette"),
        ("ecru", "f", "écrue"),
        ("gold", "f", "dorée"),
        ("navy", "f", "bleu marine"),
        ("midnight", "fp", "bleu nuit"),
        ("cognac", "f", "cognac"),
        ("rose", "f", "rose"),
        ("almond", "f", "vert amande"),
        ("chocolate", "mp", "chocolat"),
    ],
)
def test_french_colors_agree_when_they_are_adjectives(key: str, gender: str, agreed: str) -> None:
    assert french_color(key, name=PALETTE[key].french, gender=gender) == agreed


def test_every_french_noun_says_its_gender() -> None:
    assert {sort.gender for sort in piece_types().values()} <= {"m", "f", "mp", "fp"}
    assert {matter.gender for matter in materials().values()} <= {"m", "f"}


def test_codes_are_plain_capitals() -> None:
    assert plain("rose_gold/émeraude") == "ROSE-GOLD-EMERAUDE"
    assert plain("38.5") == "38.5"

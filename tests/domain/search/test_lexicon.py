from sellier.domain.search.rules.lexicon import LANGUAGES, Kind
from sellier.domain.search.rules.words import joined_key, key, phrase_key, tokens
from tests.domain.search.make import words


def test_every_type_named_by_another_exists() -> None:
    lexicon = words()
    types = {code for kind, code in lexicon.concepts if kind is Kind.TYPE}
    for concept in lexicon.concepts.values():
        named = {concept.implies} - {None}
        if concept.kind is Kind.TYPE:
            named |= {*concept.also, *concept.otherwise}
        assert named <= types, concept.code


def test_every_idea_has_a_name_in_both_languages() -> None:
    for concept in words().concepts.values():
        assert all(concept.names[lang] for lang in LANGUAGES), concept.code


def test_number_accents_and_small_words_make_no_difference() -> None:
    assert phrase_key("Boucles d'oreilles") == phrase_key("boucle oreille")
    assert phrase_key("T-shirts") == phrase_key("tee shirt") == phrase_key("t shirt")
    assert phrase_key("Sac à main") == phrase_key("sacs main")
    assert phrase_key("Women's") == phrase_key("womens")
    assert joined_key(tokens("turtle neck")) == key(tokens("turtleneck"))

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from sellier.kernel.ids import new_id, public_id, row_id


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(200)]
    assert {each.version for each in ids} == {7}
    assert [each.int >> 80 for each in ids] == sorted(each.int >> 80 for each in ids)


@given(st.uuids())
def test_a_public_id_is_read_back_under_its_own_prefix_alone(each: UUID) -> None:
    told = public_id("ord", each)
    assert row_id("ord", told) == each
    assert row_id("cart", told) is None


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_nothing(text: str) -> None:
    for told in (text, f"ord_{text}"):
        found = row_id("ord", told)
        assert found is None or row_id("ord", public_id("ord", found)) == found

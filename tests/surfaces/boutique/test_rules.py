from hypothesis import given
from hypothesis import strategies as st

from sellier.kernel.ids import LocationId, Sku, new_id
from sellier.surfaces.boutique import rules
from sellier.surfaces.boutique.shown import Here, Size

RANKED = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=4)


def here(latitude: float, longitude: float, *, location_id: LocationId | None) -> Here:
    return Here(
        location_id=location_id,
        name="",
        city="",
        time_zone="UTC",
        latitude=latitude,
        longitude=longitude,
        banner=None,
        market_id=None,
        market="FR",
        orders=0,
        units=0,
        oldest_at=None,
    )


def size(sku: str, *, here: int = 0, elsewhere: int = 0) -> Size:
    return Size(
        sku=Sku(sku), name=sku, system=None, gtin=None, price=None, here=here, elsewhere=elsewhere
    )


@given(RANKED, st.integers(0, 10))
def test_merged_lists_hold_each_piece_once_and_lose_none_below_the_limit(
    lists: list[list[str]], limit: int
) -> None:
    merged = rules.interleave(lists, limit=limit)
    everything = {code for codes in lists for code in codes}
    assert len(set(merged)) == len(merged) == min(limit, len(everything))
    assert set(merged) <= everything


@given(RANKED.filter(any))
def test_the_first_of_the_first_list_leads(lists: list[list[str]]) -> None:
    first = next(codes for codes in lists if codes)
    assert rules.interleave(lists, limit=10)[0] == first[0]


@given(st.integers(1, 10**14 - 1), st.integers(0, 4))
def test_a_number_is_found_however_many_zeros_the_scanner_adds(number: int, zeros: int) -> None:
    plain = rules.gtins(str(number))
    assert rules.gtins("0" * zeros + str(number)) == plain
    assert str(number).zfill(14) in plain


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_no_place_on_earth_is_farther_than_half_way_round(
    latitude: float, longitude: float
) -> None:
    lyon = here(45.76, 4.83, location_id=LocationId(new_id()))
    distance = rules.distance_km(lyon, latitude, longitude)
    assert distance is not None
    assert 0 <= distance <= 20_016
    assert rules.distance_km(lyon, 45.76, 4.83) == 0
    assert rules.distance_km(here(0, 0, location_id=None), latitude, longitude) is None


def test_the_scanned_size_comes_first_then_one_that_is_here_then_anywhere() -> None:
    sizes = [size("36"), size("38", elsewhere=2), size("40", here=1), size("42")]
    chosen = [
        rules.chosen_size(sizes, wanted=Sku("42")),
        rules.chosen_size(sizes, wanted=Sku("")),
        rules.chosen_size(sizes[:2], wanted=Sku("")),
        rules.chosen_size(sizes[:1], wanted=Sku("")),
        rules.chosen_size([], wanted=Sku("")),
    ]
    assert [found.sku if found else None for found in chosen] == ["42", "40", "38", "36", None]

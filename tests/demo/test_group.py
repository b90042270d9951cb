from zoneinfo import ZoneInfo

from sellier.demo.catalog import products
from sellier.demo.group import (
    BANNERS,
    BRANDS,
    CHANNELS,
    DEFAULT_BANNER,
    LEGAL_ENTITIES,
    LOCATIONS,
    MAISONS,
    MARKETS,
    SELLERS,
    STAFF,
    Role,
)
from sellier.demo.texts import plain
from sellier.demo.words import categories
from tests.demo.brands_of_others import BRANDS_OF_OTHERS


def test_the_group_has_its_maisons_banners_and_places() -> None:
    kinds = [place.kind for place in LOCATIONS]

    assert len(MAISONS) >= 10
    assert [banner.code for banner in BANNERS] == ["place-dauphine", "fleur-de-peau", "grand-large"]
    assert BANNERS[0].code == DEFAULT_BANNER
    assert kinds.count("boutique") == 30
    assert kinds.count("warehouse") == 2


def test_every_place_is_on_earth_and_run_by_one() -> None:
    banners = {banner.code for banner in BANNERS}
    maisons = {maison.code for maison in MAISONS}

    assert len({place.code for place in LOCATIONS}) == len(LOCATIONS)
    for place in LOCATIONS:
        ZoneInfo(place.time_zone)
        assert -60 < place.latitude < 70
        assert -180 < place.longitude < 180
        assert place.opens < place.closes
        if place.kind == "boutique":
            assert (place.banner in banners) != (place.maison in maisons)


def test_codes_refer_to_what_exists() -> None:
    brands = {brand.code for brand in BRANDS}
    markets = {market.code for market in MARKETS}
    tops = {category.english_top for category in categories().values()}
    companies = {entity.code for entity in LEGAL_ENTITIES}

    assert {seller.legal_entity for seller in SELLERS} == companies
    assert {banner.legal_entity for banner in BANNERS} <= companies
    assert {channel.banner for channel in CHANNELS} == {banner.code for banner in BANNERS}
    for channel in CHANNELS:
        assert set(channel.brands) <= brands
        assert set(channel.markets) <= markets
        assert set(channel.top_categories) <= tops


def test_staff_can_be_shown_around_without_writing_to_anyone() -> None:
    places = {place.code for place in LOCATIONS}
    associates = [person for person in STAFF if person.role is Role.ASSOCIATE]

    assert all(person.email.endswith(".example") for person in STAFF)
    assert len({person.location for person in associates}) >= 2
    assert all(person.location in places for person in associates)
    assert {person.role for person in STAFF} == set(Role)


def test_no_name_belongs_to_another_house() -> None:
    taken = {plain(name) for name in BRANDS_OF_OTHERS}
    ours = {plain(brand.name) for brand in BRANDS} | {plain(banner.name) for banner in BANNERS}
    pieces = {plain(product.name) for product in products()}

    assert len(taken) >= 150
    assert not taken & (ours | pieces)

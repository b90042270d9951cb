"""Rules of sourcing in the studio: written as a form, tried, made live; decisions readable."""

import re

import httpx
import pytest

from sellier.domain.promising.rules import parse
from sellier.domain.promising.rules.rule_set import DEFAULT
from sellier.kernel.ids import new_id
from sellier.surfaces.studio import drafts
from tests.surfaces.boutique import make as boutique
from tests.surfaces.doors import make as doors

SOUND = {"order": "nearest,cheapest", "on_nearest": "yes", "value_nearest": "80"}


async def sent(desk: httpx.AsyncClient, **form: str) -> httpx.Response:
    return await doors.post(
        desk, "/studio/sourcing/drafts", **{"key": str(new_id()), **SOUND, **form}
    )


def shown_order(page: httpx.Response) -> str:
    found = re.search(r'name="order" value="([^"]*)"', page.text)
    assert found
    return found[1]


async def test_a_rule_moves_up_and_down_without_script(desk: httpx.AsyncClient) -> None:
    page = await desk.get("/studio/sourcing/rules")
    assert shown_order(page).startswith("fewest_parcels,warehouses_first,same_country,")

    down = await sent(desk, do="down:nearest")
    assert shown_order(down).startswith("cheapest,nearest,")
    assert 'value="80"' in down.text
    top = await sent(desk, do="up:nearest")
    assert shown_order(top).startswith("nearest,cheapest,")
    assert (await sent(desk, do="up:nonsense")).status_code == 200


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"value_nearest": "near"}, "Write a whole number from 1 to 5000."),
        ({"max_parcels": "9"}, "Write a whole number from 1 to 6."),
        ({"on_preferred": "yes"}, "Say which locations are preferred."),
        ({"on_preferred": "yes", "codes": "nowhere"}, "There is no “nowhere”."),
        ({"same_country": "yes", "countries": "FR"}, "or a list: not both."),
        ({"lift_distance": "yes"}, "There is no such fence to give up"),
        ({"on_warehouses_first": "yes", "on_boutiques_first": "yes"}, "contradict"),
        ({"countries": "Narnia"}, "“NARNIA” is not a code."),
        ({"cost_parcel": "-1"}, "Write a whole number from 0 to 1000000."),
        ({"banners": "other"}, "There is no “other”."),
        ({"maisons": "none: atelier"}, "There is no “none”."),
        ({"do": "save", "name": ""}, "Write 1 to 60 characters."),
    ],
)
async def test_a_fault_is_said_beside_its_field(
    desk: httpx.AsyncClient, form: dict[str, str], says: str
) -> None:
    page = await sent(desk, **form)
    assert page.status_code == 422
    assert page.text.count(says) >= 1
    assert "field-error" in page.text or "notice is-error" in page.text


async def test_a_version_is_written_compared_made_live_and_decides(
    desk: httpx.AsyncClient, group: boutique.Group
) -> None:
    key = str(new_id())
    said = {"do": "save", "name": "Paris", "note": "close by", "key": key}
    written = await sent(desk, **said)
    assert written.status_code == 303
    again = await sent(desk, **said)
    address = again.headers["location"]
    assert address == written.headers["location"]
    version = address.rpartition("/")[2]

    other = (await sent(desk, do="save", name="Paris", note="next")).headers["location"]
    beside = await desk.get(other, params={"against": version})
    assert "Paris 2" in beside.text
    assert "Paris 1" in beside.text

    refused = await doors.post(desk, "/studio/sourcing/live", version=version, note="")
    assert refused.status_code == 422
    nowhere = {"version": version, "channel": "nowhere", "note": "now"}
    assert (await doors.post(desk, "/studio/sourcing/live", **nowhere)).status_code == 422
    live = await doors.post(
        desk, "/studio/sourcing/live", version=version, channel="", note="from today"
    )
    assert live.status_code == 303
    listed = (await desk.get("/studio/sourcing")).text
    assert "Paris, version 1" in listed
    assert "from today" in listed
    assert (await desk.get(f"/studio/sourcing/rules?of={version}")).text.count("checked") == 1

    tried = await sent(desk, do="try")
    assert tried.status_code == 200
    assert "2 orders of the last 30 days" in tried.text
    order = (await desk.get(f"/studio/orders/{group.order_at_lyon}")).text
    assert "Why these locations" in order
    assert "1 location has some of it and may serve." in order
    assert "the usual rules" in order


async def test_a_version_that_is_not_there_is_not_found(desk: httpx.AsyncClient) -> None:
    for address in ("versions/rules_x", "rules?of=rules_x", "versions/ord_aaaa"):
        assert (await desk.get(f"/studio/sourcing/{address}")).status_code == 404
    assert (await doors.post(desk, "/studio/sourcing/live", version="x")).status_code == 404


def test_the_form_says_a_rule_set_back_as_it_was() -> None:
    rule_set = parse(
        {
            "max_parcels": 2,
            "fences": {
                "countries": ["FR", "IT"],
                "banners": ["atelier"],
                "maisons": {"maison": ["atelier", "other"]},
                "within_km": 800,
                "within_capacity": True,
                "keep_last": 2,
            },
            "rules": [
                {"rule": "preferred", "codes": ["nice", "wh"]},
                {"rule": "nearest", "value": 70},
                {"rule": "fewest_parcels"},
            ],
            "relaxations": ["distance", "countries"],
            "costs": {"parcel": 1, "abroad": 2, "boutique": 3, "per_100_km": 4},
        }
    )
    for each in (rule_set, DEFAULT):
        form = drafts.form_of(each, key=new_id(), name="Paris")
        assert parse(drafts.body_of(form)) == each

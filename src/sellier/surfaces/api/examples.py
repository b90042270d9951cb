"""What a request and its answer look like; tests hold them to the shapes of the document."""

from collections.abc import Mapping
from typing import Any, Final

CART: Final = "cart_dgpyr5e4nn5bxbdhy5ahx5uzme"
ORDER: Final = "ord_dgpyr5fmwz5lpi7dq2jxg4slxy"
LINE: Final = "line_2lqkvyqzmzkyxkgh6mcqw3rfni"
INSTEAD: Final = "line_dgpyr5fmwz5lpi7dq2jxg4slxy"
RETURN: Final = "ret_dgpyr5fmwz5lpi7dq2jxg4slxy"
SECRET: Final = "6f0c1a…"  # noqa: S105  not one
_PICTURE: Final = {
    "url": "https://shop.example/media/3b7f…/1280.jpg",
    "thumbnail": "https://shop.example/media/3b7f…/320.jpg",
    "width": 1600,
    "height": 2000,
}


def _euros(amount: int) -> dict[str, Any]:
    return {"amount_minor": amount, "currency": "EUR"}


_HIT: Final = {
    "style_color_code": "ECLUSE-COGNAC",
    "title": "Écluse tote",
    "brand": "Hautefeuille",
    "color": "Cognac",
    "color_family": "brown",
    "price": _euros(185_000),
    "price_max": _euros(185_000),
    "picture": _PICTURE,
    "is_available": True,
    "sizes_available": ["M"],
}
_LOCATION: Final = {
    "code": "lyon-merciere",
    "kind": "boutique",
    "name": "Rue Mercière",
    "city": "Lyon",
    "country": "FR",
    "latitude": 45.7627,
    "longitude": 4.8335,
    "time_zone": "Europe/Paris",
    "opens": "10:00",
    "closes": "19:00",
    "ships": True,
    "pickup": True,
    "banner": "place-dauphine",
}
_CART: Final = {
    "id": CART,
    "version": 2,
    "market": "FR",
    "country": "FR",
    "currency": "EUR",
    "lines": [
        {
            "id": LINE,
            "sku": "ECLUSE-COGNAC-M",
            "style_color_code": "ECLUSE-COGNAC",
            "brand": "Hautefeuille",
            "title": "Écluse tote",
            "color": "Cognac",
            "size": "M",
            "quantity": 1,
            "available": 4,
            "unit": _euros(185_000),
            "total": _euros(185_000),
            "picture": _PICTURE,
            "problem": None,
        }
    ],
    "units": 1,
    "items": _euros(185_000),
    "shipping": _euros(0),
    "total": _euros(185_000),
    "can_check_out": True,
}
_ADDRESS: Final = {
    "name": "Ada Hautefeuille",
    "line1": "1 rue des Essais",
    "postal_code": "75001",
    "city": "Paris",
    "country": "FR",
}
_PAYMENT: Final = {"state": "authorized", "refusal": None, "hosted_url": None}
_ORDER: Final = {
    "id": ORDER,
    "number": "S-2026-000042",
    "status": "confirmed",
    "placed_at": "2026-11-23T09:30:00Z",
    "language": "fr",
    "email": "ada@customer.example",
    "address": {**_ADDRESS, "line2": None, "region": None, "phone": None},
    "lines": [
        {
            "id": LINE,
            "sku": "ECLUSE-COGNAC-M",
            "brand": "Hautefeuille",
            "title": "Écluse tote",
            "color": "Cognac",
            "size": "M",
            "quantity": 1,
            "unit": _euros(185_000),
            "total": _euros(185_000),
            "state": "confirmed",
            "replaces": None,
        }
    ],
    "items": _euros(185_000),
    "shipping": _euros(0),
    "total": _euros(185_000),
    "payment": _PAYMENT,
    "fulfillments": [
        {
            "location": "lyon-merciere",
            "name": "Rue Mercière",
            "city": "Lyon",
            "way": "ship",
            "state": "offered",
            "units": 1,
        }
    ],
}

_RETURN: Final = {
    "id": RETURN,
    "number": "R-2026-000042",
    "state": "announced",
    "way": "post",
    "created_at": "2026-03-12T12:00:00Z",
    "lapses_at": "2026-03-26T12:00:00Z",
    "lines": [
        {
            "line": LINE,
            "sku": "ECLUSE-COGNAC-M",
            "quantity": 1,
            "received": None,
            "unit": _euros(185_000),
            "reason": "too_small",
            "instead": {
                "line": INSTEAD,
                "sku": "ECLUSE-COGNAC-L",
                "state": "set_aside",
                "quantity": 1,
            },
        }
    ],
    "refund": None,
    "delivery": _euros(0),
}

# By operation id.
REQUESTS: Final[Mapping[str, Any]] = {
    "promise": {
        "lines": [{"sku": "ECLUSE-COGNAC-M", "quantity": 1}],
        "destination": {"country": "FR"},
        "market": "FR",
    },
    "openCart": {"market": "FR"},
    "addCartLine": {"sku": "ECLUSE-COGNAC-M", "quantity": 1},
    "setCartLine": {"quantity": 2},
    "reserveForCart": {"sku": "ECLUSE-COGNAC-M", "quantity": 1},
    "checkOut": {
        "version": 2,
        "email": "ada@customer.example",
        "address": _ADDRESS,
        "payment": {"token": "tok_approve"},
        "language": "fr",
    },
    "payOrder": {"token": "tok_approve"},
    "announceReturn": {
        "way": "post",
        "lines": [
            {"line": LINE, "quantity": 1, "reason": "too_small", "instead": "ECLUSE-COGNAC-L"}
        ],
    },
}
ANSWERS: Final[Mapping[str, Any]] = {
    "search": {
        "total": 1,
        "offset": 0,
        "limit": 24,
        "currency": "EUR",
        "hits": [_HIT],
        "facets": {
            "category": [{"value": "bags/totes", "count": 1, "selected": False}],
            "brand": [{"value": "hautefeuille", "count": 1, "selected": False}],
            "color": [{"value": "brown", "count": 1, "selected": True}],
            "size": [{"value": "M", "count": 1, "selected": False}],
            "gender": [{"value": "female", "count": 1, "selected": False}],
            "location": [{"value": "lyon-merciere", "count": 1, "selected": False}],
            "price": {
                "min_minor": 185_000,
                "max_minor": 185_000,
                "buckets": [{"from_minor": 100_000, "until_minor": 200_000, "count": 1}],
            },
        },
        "understood": {
            "types": ["tote"],
            "brands": [],
            "wishes": [],
            "excluded": [],
            "words": [],
            "price_min_minor": None,
            "price_max_minor": None,
            "corrected": None,
            "given_up": [],
        },
    },
    "getProduct": {
        "style_color_code": "ECLUSE-COGNAC",
        "product_code": "ECLUSE",
        "brand": "Hautefeuille",
        "title": "Écluse tote",
        "description": "A tote of calfskin, cut in one piece.",
        "color": "Cognac",
        "color_family": "brown",
        "material": "Calfskin",
        "pattern": None,
        "gender": "female",
        "age_group": "adult",
        "category": "bags/totes",
        "facts": {"Closing": "Magnet"},
        "pictures": [_PICTURE],
        "variants": [
            {
                "sku": "ECLUSE-COGNAC-M",
                "size": "M",
                "size_system": None,
                "gtin": None,
                "price": _euros(185_000),
                "available": 4,
            }
        ],
        "other_colors": [
            {"style_color_code": "ECLUSE-INK", "color": "Ink", "color_family": "blue"}
        ],
    },
    "promise": {
        "moment": "2026-11-25T12:00:00Z",
        "deliveries": [
            {
                "service": "standard",
                "earliest_on": "2026-11-26",
                "latest_on": "2026-11-27",
                "price": _euros(0),
                "parcels": 1,
            }
        ],
        "no_delivery": None,
        "expected_at": None,
        "boutiques": [
            {
                "location": "lyon-merciere",
                "time_zone": "Europe/Paris",
                "collect_from": "2026-11-25T14:00:00Z",
                "open_until": "2026-11-25T18:00:00Z",
                "no_collect": None,
                "held_until": "2026-11-25T18:00:00Z",
                "no_hold": None,
            }
        ],
    },
    "getAvailability": {
        "availability": [
            {
                "sku": "ECLUSE-COGNAC-M",
                "units": 4,
                "locations": [
                    {
                        "location": "lyon-merciere",
                        "name": "Rue Mercière",
                        "city": "Lyon",
                        "country": "FR",
                        "units": 4,
                    }
                ],
            }
        ]
    },
    "listLocations": {"total": 1, "locations": [_LOCATION]},
    "getLocation": _LOCATION,
    "openCart": {"id": CART, "secret": SECRET, "version": 1, "market": "FR", "currency": "EUR"},
    "getCart": _CART,
    "addCartLine": _CART,
    "setCartLine": _CART,
    "reserveForCart": {
        "sku": "ECLUSE-COGNAC-M",
        "quantity": 1,
        "expires_at": "2026-11-23T12:10:00Z",
    },
    "removeCartLine": {
        **_CART,
        "version": 3,
        "lines": [],
        "units": 0,
        "items": _euros(0),
        "total": _euros(0),
        "can_check_out": False,
    },
    "checkOut": {
        "id": ORDER,
        "number": "S-2026-000042",
        "secret": SECRET,
        "status": "confirmed",
        "total": _euros(185_000),
        "payment": _PAYMENT,
    },
    "getOrder": _ORDER,
    "payOrder": _ORDER,
    "announceReturn": _RETURN,
    "listReturns": {"items": [_RETURN]},
    "getReturn": _RETURN,
}

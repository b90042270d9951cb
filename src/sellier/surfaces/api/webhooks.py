"""What programs hear of without asking: the events, in the document and on its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from sellier.domain.webhooks.rules.public import EVENTS, Kind, Member, PublicEvent, example

ABOUT: Final = (
    "A program need not ask again and again: Sellier tells it what happens, as signed"
    " CloudEvents 1.0 by the rules of Standard Webhooks 1.0. An administrator adds its address in"
    " the studio. An event comes at least once, under the same `webhook-id` each time; what is told"
    " of one subject is told in turn."
)

_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_SHAPES: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.ORDER: _TEXT,
    Kind.PAYMENT: _TEXT,
    Kind.FULFILLMENT: _TEXT,
    Kind.PARCEL: _TEXT,
    Kind.RETURN: _TEXT,
    Kind.TEXT: _TEXT,
    Kind.SKUS: {"type": "array", "items": _TEXT},
    Kind.MONEY: {
        "type": "object",
        "properties": {"minor": {"type": "integer"}, "currency": {"type": "string"}},
        "required": ["minor", "currency"],
    },
}
_ENVELOPE: Final[Mapping[str, Any]] = {
    "specversion": {"const": "1.0"},
    "id": _TEXT,
    "source": {"type": "string", "format": "uri"},
    "time": {"type": "string", "format": "date-time"},
    "datacontenttype": {"const": "application/json"},
    "subject": _TEXT,
    "sequence": _TEXT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as the page shows it."""

    type: str
    title: str
    says: str
    members: Sequence[Member]
    example: str


def events() -> Sequence[Told]:
    """List the events for the page."""
    return [
        Told(
            type=event.type,
            title=event.title,
            says=event.says,
            members=event.members,
            example=msgspec.json.format(msgspec.json.encode(example(event)), indent=2).decode(),
        )
        for event in EVENTS.values()
    ]


def described() -> dict[str, Any]:
    """Describe the events as OpenAPI 3.1 does."""
    return {event.type: {"post": _operation(event)} for event in EVENTS.values()}


def _operation(event: PublicEvent) -> dict[str, Any]:
    shape = _shape(event)
    content = {"schema": shape, "example": example(event)}
    return {
        "summary": event.title,
        "description": event.says,
        "requestBody": {
            "required": True,
            "content": {"application/cloudevents+json": content},
        },
        "responses": {"2XX": {"description": "It is taken, and not sent again."}},
    }


def _shape(event: PublicEvent) -> dict[str, Any]:
    data = {
        member.name: {**_SHAPES[member.kind], "description": member.says}
        for member in event.members
    }
    properties = {
        **_ENVELOPE,
        "type": {"const": event.type},
        "data": {"type": "object", "properties": data, "required": list(data)},
    }
    if event.subject is None:
        del properties["subject"]
    return {"type": "object", "properties": properties, "required": list(properties)}

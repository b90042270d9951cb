"""The closed list of what others hear of, compared with what is announced in here."""

from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest

from sellier import domain
from sellier.domain.webhooks.rules.public import CHOICES, Kind, PublicEvent
from sellier.infra.outbox import Event
from sellier.subscriptions import SUBSCRIPTIONS


def announced() -> dict[str, type[Event]]:
    for path in Path(domain.__path__[0]).glob("*/events.py"):
        import_module(f"sellier.domain.{path.parent.name}.events")
    ours = (each for each in Event.__subclasses__() if each.__module__.startswith("sellier."))
    return {each.name: each for each in ours}


@pytest.mark.parametrize("event", CHOICES, ids=lambda event: event.name)
def test_what_is_told_is_what_is_announced(event: PublicEvent) -> None:
    has = {each.name for each in fields(announced()[event.name])}
    needs = {member.key for member in event.members}
    needs |= {"currency" for member in event.members if member.kind is Kind.MONEY}
    assert needs <= has
    assert event.subject is None or event.subject in event.members


def test_whatever_is_public_is_told() -> None:
    for event in CHOICES:
        assert "webhooks.tell" in [each.job for each in SUBSCRIPTIONS[event.name]]

"""The guide shows every event as it is really told."""

import json
from pathlib import Path

import pytest

from sellier.domain.webhooks.rules.public import EVENTS, PublicEvent, example

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "webhooks.md"


def section(event: PublicEvent) -> str:
    members = "\n".join(f"- `{member.name}`: {member.says}" for member in event.members)
    shown = json.dumps(example(event), indent=2)
    return f"### `{event.type}`\n\n{event.says}\n\n{members}\n\n```json\n{shown}\n```\n"


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_the_guide_shows_each_event(event: PublicEvent) -> None:
    assert section(event) in GUIDE.read_text()


def test_the_guide_shows_no_other_event() -> None:
    assert GUIDE.read_text().count("### `") == len(EVENTS)

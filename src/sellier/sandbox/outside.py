"""What every door of the sandbox is given."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sellier.sandbox.store import Store
from sellier.sandbox.values import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    store: Store
    settings: Settings
    clock: Callable[[], datetime]
    closing: asyncio.Event = field(default_factory=asyncio.Event)

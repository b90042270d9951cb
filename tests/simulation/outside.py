"""The world outside: a payment provider, a carrier, and the line to both.

What is asked may be lost on the way, and so may the answer. Notices come late, in any order, more
than once, or never.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

from sellier.domain.carriers.rules.tracking import TrackingEvent
from sellier.domain.carriers.states import TrackingState
from sellier.domain.payments.errors import ProviderRefused, ProviderUnavailable
from sellier.domain.payments.rules import ProviderPayment, ProviderState, can_void
from tests.simulation.loop import Loop, Steps, Violation
from tests.simulation.payments import money

Answer = TypeVar("Answer")
HOURS: Final = 3_600.0


@dataclass(slots=True)
class Weather:
    """How bad things are. Each history has weather of its own; fair weather has no faults."""

    loses: float = 0.0  # questions or answers
    drops: float = 0.0  # notices
    repeats: int = 0  # of a notice, at most
    late: float = 1.0  # seconds, on average
    slow: float = 0.2


@dataclass(slots=True)
class Line:
    """The way to the outside, and back."""

    loop: Loop
    weather: Weather = field(default_factory=Weather)
    notices: int = 0

    def ask(self, question: Callable[[], Answer]) -> Steps[Answer]:
        """Ask; raises `ProviderUnavailable` when nobody knows whether it was heard."""
        chance = self.loop.chance
        yield chance.random() * self.weather.slow
        if chance.random() < self.weather.loses:
            raise ProviderUnavailable("The question was lost.")
        answer = question()
        yield chance.random() * self.weather.slow
        if chance.random() < self.weather.loses:
            raise ProviderUnavailable("The answer was lost.")
        return answer

    def notify(self, hear: Callable[[], Steps[None]]) -> None:
        """Send a notice: never, once, or several times, in an order of its own."""
        chance = self.loop.chance
        for _ in range(1 + chance.randint(0, self.weather.repeats)):
            if chance.random() >= self.weather.drops:
                self.notices += 1
                self.loop.start("notice", hear, after=chance.expovariate(1 / self.weather.late))


class Provider:
    """Keeps its own books; the same key is the same thing."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.book: dict[str, ProviderPayment] = {}
        self.operations: dict[str, str] = {}
        self.heard: Callable[[ProviderPayment], Steps[None]]

    def create(self, payment: Any, amount: int, token: str) -> ProviderPayment:
        key = str(payment)
        if key in self.book:
            return self.book[key]
        state = {"approve": ProviderState.AUTHORIZED, "refuse": ProviderState.REFUSED}
        wrong = 1 if token == "wrong" else 0
        told = ProviderPayment(
            id=f"p{key}",
            key=key,
            state=state.get(token, ProviderState.REQUIRES_ACTION),
            amount=money(amount + wrong),
            captured=money(0),
            refunded=money(0),
            hosted_url=None,
            reason=None,
        )
        return self._tell(told)

    def find(self, payment: Any) -> ProviderPayment | None:
        return self.book.get(str(payment))

    def act(self, payment: Any, state: ProviderState) -> None:
        """The customer decides at the provider's page, or its desk lets go."""
        told = self.book[str(payment)]
        if can_void(told.state):
            self._tell(replace(told, state=state))

    def void(self, payment: Any) -> None:
        self.act(payment, ProviderState.VOIDED)

    def capture(self, payment: Any, key: str, amount: int) -> ProviderPayment:
        told = self.book[str(payment)]
        if key not in self.operations:
            if told.state not in (ProviderState.AUTHORIZED, ProviderState.CAPTURED):
                raise ProviderRefused("It is not authorized.", reason="state_forbids")
            after = told.captured + money(amount)
            if after.minor > told.amount.minor:
                raise ProviderRefused("It is more than authorized.", reason="amount_too_high")
            told = self._tell(replace(told, state=ProviderState.CAPTURED, captured=after))
            self.operations[key] = f"o{len(self.operations)}"
        return replace(told, operation=self.operations[key])

    def refund(self, payment: Any, key: str, amount: int) -> ProviderPayment:
        told = self.book[str(payment)]
        if key not in self.operations:
            after = told.refunded + money(amount)
            if after.minor > told.captured.minor:
                raise ProviderRefused("It is more than captured.", reason="amount_too_high")
            told = self._tell(replace(told, refunded=after))
            self.operations[key] = f"o{len(self.operations)}"
        return replace(told, operation=self.operations[key])

    def _tell(self, told: ProviderPayment) -> ProviderPayment:
        if told.captured.minor > told.amount.minor or told.refunded.minor > told.captured.minor:
            raise Violation(f"I7: the provider moved too much: {told}")
        self.book[told.key] = told
        self.line.notify(lambda: self.heard(told))
        return told


class Carrier:
    """Brings parcels, loses some, and tells of them in any order."""

    def __init__(self, line: Line, *, loses: float) -> None:
        self.line = line
        self.loses = loses
        self.parcels: dict[Any, list[TrackingEvent]] = {}
        self.heard: Callable[[Any, Iterable[TrackingEvent]], Steps[None]]

    def carry(self, parcel: Any) -> Steps[None]:
        """Take a parcel to its end, one way or the other."""
        chance = self.line.loop.chance
        way = [TrackingState.PICKED_UP, TrackingState.IN_TRANSIT]
        way += [TrackingState.FAILED_ATTEMPT] * chance.randint(0, 1)
        is_lost = chance.random() < self.loses
        way.append(TrackingState.LOST if is_lost else TrackingState.DELIVERED)
        if is_lost and chance.random() < 1 / 3:
            way.append(TrackingState.DELIVERED)  # found again
        for number, state in enumerate(way, start=1):
            yield chance.random() * HOURS
            now = self.line.loop.now + timedelta(0)
            event = TrackingEvent(number=number, state=state, at=now, place="")
            self.parcels.setdefault(parcel, []).append(event)
            self.line.notify(partial(self.heard, parcel, [event]))

    def find(self, parcel: Any) -> list[TrackingEvent]:
        return list(self.parcels.get(parcel, ()))
